"""The base of forms behind which one record is written: no work is lost, nobody's is written over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, cast
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from codi.accounts.models import User
from codi.desk import drafts
from codi.desk.conflicts import STORED, differences, with_choices
from codi.desk.models import Draft
from codi.errors import Conflict, Refused
from codi.ui.pages import FormPage

DRAFT, KEEP, DISCARD, USE = "desk_draft", "keep", "discard", "use"
PAGE, SEQUENCE = "desk_page", "desk_sequence"
FINISHED, MOST_FINISHED = "desk_finished_pages", 20


@dataclass(frozen=True)
class DraftState:
    """What a page says of the draft of its form.

    ``page`` names this opened page; ``offered`` waits for a choice; ``used`` is what the form shows;
    ``is_answer`` tells that the page answers a post, so that it holds the newest of what was typed.
    """

    page: UUID
    offered: Draft | None = None
    used: Draft | None = None
    is_answer: bool = False


def _whole(text: str, *, digits: int) -> int:
    """A whole number that a page carries; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else 0


class DeskPage(FormPage):
    """A form page that keeps drafts and meets other people's changes field by field.

    The form carries the ``version`` of the record that it shows; the service that is called with it
    raises :class:`codi.errors.Conflict` when somebody else wrote since. A subclass with the record
    in ``record`` needs nothing more. ``keeps_draft = True`` makes the form save itself.
    """

    template_name = "desk/form.html"
    conflict_template_name: ClassVar[str] = "desk/conflict.html"
    keeps_draft: ClassVar[bool] = False
    record: Any = None
    draft: DraftState | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = self.draft_place.found() if self.keeps_draft else None
        if found is None:
            return super().get(request, *args, **kwargs)
        if request.GET.get("draft") != USE:
            self.draft = DraftState(uuid4(), offered=found)
            return super().get(request, *args, **kwargs)
        self.draft = DraftState(found.page, used=found)
        form_kwargs = self.get_form_kwargs()
        initial = form_kwargs.get("initial", {}) | drafts.as_initial(self.form_class, found)
        return self.show(self.form_class(**form_kwargs | {"initial": initial}))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.POST.get(DRAFT, "") if self.keeps_draft else ""
        if asked == KEEP:
            return self.keep_draft()
        if asked == DISCARD:
            drafts.drop_draft(place=self.draft_place)
            return HttpResponseRedirect(request.path)
        response = super().post(request, *args, **kwargs)
        if self.keeps_draft and isinstance(response, HttpResponseRedirect):
            self._finish(self._posted_page())
        return response

    @property
    def draft_place(self) -> drafts.Place:
        """Where the draft of this form lies: by the address's name and its parts."""
        match: Any = self.request.resolver_match
        key = "/".join(str(part) for part in match.kwargs.values())
        return drafts.Place(cast(User, self.request.user), match.view_name, key)

    def _posted_page(self) -> UUID:
        """The opened page that asks; a new one when it says none."""
        try:
            return UUID(self.request.POST.get(PAGE, ""))
        except ValueError:
            return uuid4()

    def keep_draft(self) -> HttpResponse:
        """Keep what is typed so far and say when, as JSON for the script of the page."""
        page = self._posted_page()
        if str(page) in self.request.session.get(FINISHED, ()):
            return JsonResponse({"code": "draft_finished", "message": ""}, status=409)
        try:
            kept = drafts.keep_draft(
                place=self.draft_place,
                page=page,
                sequence=_whole(self.request.POST.get(SEQUENCE, ""), digits=15),
                data=drafts.typed_values(self.form_class, self.request.POST),
                base_version=self.expected_version or None,
                now=timezone.now(),
            )
        except Refused as refused:
            answer = {"code": refused.code, "message": refused.message}
            return JsonResponse(answer, status=409)
        at = timezone.localtime(kept.saved_at)
        return JsonResponse({"message": f"บันทึกร่างอัตโนมัติเมื่อ {at:%H.%M} น."})

    def _finish(self, page: UUID) -> None:
        """The form is saved: its draft goes, and a late post of this page brings none back."""
        drafts.drop_draft(place=self.draft_place, page=page)
        finished = [*self.request.session.get(FINISHED, ()), str(page)]
        self.request.session[FINISHED] = finished[-MOST_FINISHED:]

    def get_context(self, form: Any) -> dict[str, Any]:
        context = super().get_context(form)
        if self.keeps_draft:
            is_answer = self.request.method == "POST"
            context["draft"] = self.draft or DraftState(self._posted_page(), is_answer=is_answer)
            context["draft_is_older"] = self._is_older()
        return context

    def _is_older(self) -> bool:
        """Whether the record has moved on since the offered or used draft was begun."""
        found = self.draft and (self.draft.offered or self.draft.used)
        stored = self.get_form_kwargs().get("initial", {}).get("version")
        return bool(found and found.base_version is not None and found.base_version != stored)

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if "data" in kwargs:
            kwargs["data"] = with_choices(kwargs["data"])
        return kwargs

    @property
    def expected_version(self) -> int:
        """The version that the person saw; none sent counts as an old one, so nothing is overwritten."""
        return _whole(with_choices(self.request.POST).get("version", ""), digits=9)

    def refuse(self, form: Any, refused: Refused) -> HttpResponse:
        if isinstance(refused, Conflict) and refused.record is not None:
            return self.show_conflict(form, refused)
        return super().refuse(form, refused)

    def show_conflict(self, form: Any, conflict: Conflict) -> HttpResponse:
        """Both values of each field; saving from there overwrites the version shown, and no later."""
        if self.record == conflict.record:
            self.record.refresh_from_db()
        form.data = form.data.copy()
        form.data["version"] = conflict.record.version
        kwargs = {
            name: value
            for name, value in self.get_form_kwargs().items()
            if name not in ("data", "files")
        }
        stored_form = self.form_class(**kwargs, prefix=STORED)
        context = self.get_context(form) | {
            "conflict": conflict,
            "differences": differences(conflict, form, stored_form),
            "has_errors": True,
        }
        return render(self.request, self.conflict_template_name, context, status=409)
