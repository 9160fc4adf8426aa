"""How a page gets its scope: who is asking, what they see, whether they may.

Every view inherits :class:`ScopedMixin`. Rows come through ``.visible_to(user)`` only, so that a
row out of sight answers 404 as if it did not exist; an act that is not allowed on a visible row
answers 403 with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from codi.accounts.models import User
from codi.accounts.permissions import Decision
from codi.ui.views import not_opened

if TYPE_CHECKING:
    from django.views import View as _Base
else:
    _Base = object


def require(decision: Decision) -> None:
    """Go on only when allowed. Raises ``PermissionDenied`` with the Thai reason: a 403 page."""
    if not decision:
        raise PermissionDenied(decision.reason)


def visible_or_404(queryset: QuerySet[Any], user: User, **lookup: Any) -> Any:
    """The one row that the person may see. Raises ``Http404`` when it is out of sight or missing.

    ``queryset`` must have ``visible_to``; a model's default manager is fine.
    """
    found = cast(Any, queryset).visible_to(user).filter(**lookup).first()
    if found is None:
        raise Http404
    return found


class ScopedMixin(LoginRequiredMixin, _Base):
    """A page for people who have logged in, with their scope at hand."""

    request: HttpRequest

    @property
    def user(self) -> User:
        """The person asking; only people who have logged in get this far."""
        return cast(User, self.request.user)

    def require(self, decision: Decision) -> None:
        """As :func:`require`."""
        require(decision)

    def http_method_not_allowed(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """405 as a page that says what to do; browsers show nothing of their own in Thai."""
        refused = super().http_method_not_allowed(request, *args, **kwargs)
        return not_opened(request, allowed=refused["Allow"])

    def visible(self, model: type[Model]) -> QuerySet[Any]:
        """All rows of ``model`` that the person may see."""
        rows: QuerySet[Any] = cast(Any, model._default_manager).visible_to(self.user)
        return rows

    def get_visible_or_404(self, model: type[Model], **lookup: Any) -> Any:
        """As :func:`visible_or_404`, for a model."""
        return visible_or_404(cast(Any, model._default_manager), self.user, **lookup)
