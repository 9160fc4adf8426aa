"""What the forms of this room share: one record, its service, narrowing choices without saving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from codi.accounts.access import ScopedMixin
from codi.accounts.permissions import Decision
from codi.desk.pages import DRAFT, DeskPage
from codi.history.queries import last_changes
from codi.ui.forms import UserForm

CHOOSE = "choose"
Crumb = tuple[str, Any]


class TooLate(PermissionDenied):
    """A form came in after its record was merged, ended or done with by somebody else."""


class RecordForm(ScopedMixin, DeskPage):
    """A form behind which one record is written.

    A subclass gives :meth:`save`, which calls the service. Whoever sends a form whose record somebody
    else merged, ended or settled meanwhile reads what happened, where to go on, and what they typed. ``fragments`` maps the id of a part of the form to its template: a button
    named ``choose`` (or htmx) shows that part again for what was chosen so far; nothing is checked
    or written, and nothing typed is lost.
    """

    fragments: ClassVar[dict[str, str]] = {}
    record: Any = None

    def check(self) -> None:
        """Find the record and ask ``permissions``; 404 and 403 come from here."""

    def concerned(self) -> Sequence[Any]:
        """The records whose standing decides whether the form may still be sent."""
        return [self.record] if self.record else []

    def require(self, decision: Decision) -> None:
        """As everywhere; what was sent to a record that is closed by now is answered by a page."""
        if decision.is_closed and self.request.method == "POST" and DRAFT not in self.request.POST:
            raise TooLate(decision.reason)
        super().require(decision)

    def too_late(self, reason: str) -> HttpResponse:
        """What became of the record and by whom, what to do, and all that was typed."""
        form = self.form_class(**self.get_form_kwargs())
        records = [
            (record, last_changes(type(record), [record.pk]).get(record.pk))
            for record in self.concerned()
        ]
        context = self.get_context(form) | {"reason": reason, "records": records}
        return render(self.request, "programs/too_late.html", context, status=409)

    def save(self, form: Any) -> Model:
        """Call the service."""
        raise NotImplementedError

    def done(self, record: Any) -> str:
        """The sentence that says what was written."""
        return f"บันทึก “{record}” แล้ว"

    def next_url(self, record: Any) -> str:
        """Where the person goes on: the record's page."""
        return str(record.get_absolute_url())

    def crumbs(self) -> list[Crumb]:
        """The way to this page, the last one being the page itself."""
        return []

    def get_context(self, form: UserForm) -> dict[str, Any]:
        crumbs = self.crumbs()
        context = super().get_context(form) | {"record": self.record}
        if crumbs:
            title = context["page_title"]
            context |= {"crumbs": [*crumbs, (title, "")], "cancel_url": crumbs[-1][1]}
        return context

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            if request.user.is_authenticated:
                self.check()
        except TooLate as late:
            return self.too_late(str(late))
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if CHOOSE in request.POST:
            return self.choose()
        return super().post(request, *args, **kwargs)

    def choose(self) -> HttpResponse:
        """The form again with narrower choices: unbound, so that nothing is called an error yet."""
        kwargs = self.get_form_kwargs()
        kwargs.pop("files", None)
        typed = {name: value for name, value in kwargs.pop("data").items() if name != CHOOSE}
        form = self.form_class(**kwargs | {"initial": {**kwargs.get("initial", {}), **typed}})
        fragment = self.fragments.get(self.request.headers.get("HX-Target", ""))
        return self.show(form, fragment or "")

    def act(self, form: UserForm) -> HttpResponse:
        record = self.save(form)
        messages.success(self.request, self.done(record))
        return HttpResponseRedirect(self.next_url(record))
