"""What the forms of this room share: one record, its service, narrowing choices without saving."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from codi.accounts.access import ScopedMixin
from codi.desk.pages import DeskPage
from codi.ui.forms import UserForm

CHOOSE = "choose"
Crumb = tuple[str, Any]


class RecordForm(ScopedMixin, DeskPage):
    """A form behind which one record is written.

    A subclass gives :meth:`save`, which calls the service. ``fragments`` maps the id of a part of the form to its template: a button
    named ``choose`` (or htmx) shows that part again for what was chosen so far; nothing is checked
    or written, and nothing typed is lost.
    """

    fragments: ClassVar[dict[str, str]] = {}
    record: Any = None

    def check(self) -> None:
        """Find the record and ask ``permissions``; 404 and 403 come from here."""

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
        if request.user.is_authenticated:
            self.check()
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
