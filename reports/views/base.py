"""What the pages of one edition share."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.accounts.permissions import Decision, allow
from codi.ui.pages import FormPage
from reports import outlines
from reports.models import Edition
from reports.queries import with_names


class EditionMixin(ScopedMixin, View):
    """A page about one edition in sight; 404 when it is out of sight."""

    _edition: Edition | None = None

    @property
    def edition(self) -> Edition:
        """The edition of the address, read once."""
        if self._edition is None:
            found = with_names(self.visible(Edition)).filter(pk=self.kwargs["pk"]).first()
            if found is None:
                raise Http404
            self._edition = found
        return self._edition

    def crumbs(self, *more: tuple[str, str]) -> list[tuple[str, str]]:
        """The way to this page."""
        edition = self.edition
        way = [("รายงาน", reverse("reports:list"))]
        return [*way, (str(edition), reverse("reports:detail", args=[edition.pk])), *more]

    @property
    def heading(self) -> str:
        """รายงานสถานการณ์โครงการ ภาคเหนือ ฉบับที่ 1."""
        edition = self.edition
        title = edition.facts["title"] if edition.is_frozen else outlines.get(edition.outline).title
        return f"{title} {edition.region_name} ฉบับที่ {edition.number}"


class ActPage(EditionMixin, FormPage):
    """A page that asks before it acts; who may not act is told why (403)."""

    def decision(self) -> Decision:
        """Whether this person may act on this edition now."""
        return allow()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.require(self.decision())
        return super().dispatch(request, *args, **kwargs)

    def get_context(self, form: Any) -> dict[str, Any]:
        return {
            **super().get_context(form),
            "crumbs": self.crumbs((self.page_title, "")),
            "cancel_url": reverse("reports:detail", args=[self.edition.pk]),
            "edition": self.edition,
            "heading": self.heading,
            "now": timezone.localtime(),
        }
