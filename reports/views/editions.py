"""The list of editions, a new one, and the page of one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from codi.accounts.access import ScopedMixin
from codi.accounts.permissions import Decision
from codi.desk.pages import DeskPage
from codi.fiscal import Quarter
from codi.jobs.models import Job
from codi.jobs.starting import StartsJob
from codi.ui.lists import Empty, ListPage
from codi.ui.pages import FormPage
from reports import outlines, permissions, services
from reports.changes import ToldMove, tables_moved, told_moves
from reports.content import of_edition
from reports.facts import name_of
from reports.filters import EditionFilter
from reports.forms import NewEditionForm, NewQuarterlyForm, TextForm
from reports.models import Comparison, Edition, EditionState, EditionText, TextOrigin
from reports.queries import (
    comparing_job,
    later_count,
    latest_draft_file,
    latest_job,
    staff_texts,
)
from reports.rendering import shown_tables
from reports.tables import TONES, EditionTable
from reports.views.base import ActPage, EditionMixin

MOVES_A_PAGE = 100


class EditionList(ScopedMixin, ListPage):
    """The editions that a person may see, the newest first."""

    model = Edition
    table_class = EditionTable
    filterset_class = EditionFilter
    template_name = "reports/list.html"
    page_title = "รายงาน"
    page_lead = "รายงานที่จัดทำ เสนอ อนุมัติ และออกฉบับแล้ว ฉบับที่ออกแล้วไม่เปลี่ยนตัวเลขอีก"
    unit = "ฉบับ"
    default_sort = "-created_at"
    search_keys = ("programme__search_key",)
    search_label = "ค้นหาโครงการหลัก"
    empty = Empty(
        "ยังไม่มีรายงาน",
        "กด “จัดทำรายงานใหม่” เลือกโครงการหลัก ภาค และวันที่ของข้อมูล หรือ “จัดทำรายงานรายไตรมาส”",
        "file-text",
    )

    def get_queryset(self) -> QuerySet[Edition]:
        return super().get_queryset().select_related("programme", "region", "created_by")

    def allowed(self) -> Decision:
        return permissions.can_see_reports(self.user)

    def get_context(self) -> dict[str, Any]:
        return {"can_create": permissions.can_create(self.user)}


class NewEdition(ScopedMixin, FormPage):
    """One form, one click: the draft, and its PDF under way."""

    form_class: type[NewEditionForm | NewQuarterlyForm] = NewEditionForm
    page_title = "จัดทำรายงานใหม่"
    page_lead = "ระบบคำนวณทุกตาราง ประโยค และแผนภูมิจากข้อมูล ณ วันที่ที่เลือก แล้วจัดทำ PDF ให้ตรวจทานทันที"
    submit_label = "จัดทำรายงาน"

    def get_form_kwargs(self) -> dict[str, Any]:
        self.require(permissions.can_create(self.user))
        initial = {
            "region": self.user.region_id,
            "programme": self.request.GET.get("programme"),
            "as_of_1": timezone.localdate(),
        }
        return {**super().get_form_kwargs(), "initial": initial}

    def get_context(self, form: Any) -> dict[str, Any]:
        return {
            **super().get_context(form),
            "crumbs": [("รายงาน", reverse("reports:list")), (self.page_title, "")],
            "cancel_url": reverse("reports:list"),
        }

    def act(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        edition = services.create_edition(
            actor=self.user,
            outline_key=data["outline"],
            subject=form.subject,
            as_of_dates=form.days,
            request_key=data["one_time_key"],
            now=timezone.now(),
            today=self.today(),
        )
        return redirect("reports:detail", pk=edition.pk)


class NewQuarterly(NewEdition):
    """One form, one click: the draft of a quarter's report, and its PDF under way."""

    form_class = NewQuarterlyForm
    page_title = "จัดทำรายงานรายไตรมาส"

    def get_form_kwargs(self) -> dict[str, Any]:
        today = self.today()
        # In the first weeks of a quarter people report the one before.
        last = Quarter.of(today - dt.timedelta(days=45))
        asked = self.request.GET
        initial = {
            "region": asked.get("region", self.user.region_id),
            "fiscal_year": asked.get("fiscal_year", last.fiscal_year.number),
            "quarter": asked.get("quarter", last.number),
        }
        return {**super().get_form_kwargs(), "initial": initial}


class EditionPage(EditionMixin):
    """One edition: its state and next steps, PDF, texts, checks, changes and tables."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        edition = self.edition
        content = of_edition(edition, today=timezone.localdate())
        context = {
            "page_title": self.heading,
            "page_lead": name_of(content.facts),
            "crumbs": [*self.crumbs()[:1], (str(edition), "")],
            "edition": edition,
            "content": content,
            "tone": TONES[EditionState(edition.state)],
            "job": latest_job(edition),
            "draft_file": None if edition.is_frozen else latest_draft_file(edition),
            "actions": self._actions(edition),
            "successor": edition.successor if edition.is_frozen else None,
            "texts": staff_texts(edition),
            "unwritten": content.unwritten,
            "later_count": later_count(self.user, edition),
            "failed": [checked for checked in content.checks if not checked.result.is_ok],
            "passed_count": sum(checked.result.is_ok for checked in content.checks),
            "stored_checks": {c.code: c for c in edition.checks.select_related("asked_by")},
            "tables": shown_tables(content, absolute=False),
            "files": {file.kind: file for file in edition.files.defer("content")},
            "can_edit": permissions.can_edit(self.user, edition),
            "can_ask": permissions.can_ask_waiver(self.user, edition),
        }
        return render(request, "reports/detail.html", context)

    def _actions(self, edition: Edition) -> list[tuple[str, str, Decision]]:
        """The steps that make sense in this state, each with whether this person may take it."""
        steps = {
            "submit": ("เสนอขออนุมัติ", permissions.can_submit),
            "approve": ("อนุมัติ", permissions.can_approve),
            "send_back": ("ส่งกลับให้แก้ไข", permissions.can_send_back),
            "issue": ("ออกฉบับ", permissions.can_issue),
            "withdraw": ("ถอนการออกฉบับ", permissions.can_withdraw),
            "replace": ("จัดทำฉบับใหม่แทนฉบับนี้", permissions.can_replace),
        }
        return [
            (name, steps[name][0], steps[name][1](self.user, edition))
            for name in NEXT[edition.state]
        ]


NEXT: dict[str, tuple[str, ...]] = {
    EditionState.DRAFT: ("submit",),
    EditionState.SENT_BACK: ("submit",),
    EditionState.SUBMITTED: ("approve", "send_back"),
    EditionState.APPROVED: ("issue", "send_back"),
    EditionState.ISSUING: ("withdraw",),
    EditionState.ISSUED: ("replace",),
}


class EditionProgress(EditionMixin):
    """The part of the page that is asked for every two seconds; the end loads the whole page."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = latest_job(self.edition)
        response = render(request, "reports/progress.html", {"job": job})
        if job is None or not job.is_active:
            response["HX-Refresh"] = "true"
        return response


class EditText(DeskPage, ActPage):
    """Write one staff block."""

    keeps_draft = True
    form_class = TextForm
    submit_label = "บันทึกข้อความ"

    def decision(self) -> Decision:
        return permissions.can_edit(self.user, self.edition)

    @property
    def stored(self) -> EditionText:
        """The text of the address; 404 for a block that the outline does not have."""
        found = self.edition.texts.filter(slot=self.kwargs["slot"], origin=TextOrigin.STAFF).first()
        if found is None:
            raise Http404
        return found

    @property
    def page_title(self) -> str:  # type: ignore[override]
        """The block's heading in the report."""
        return outlines.get(self.edition.outline).text_slot(self.kwargs["slot"]).title

    @property
    def page_lead(self) -> str:  # type: ignore[override]
        """What belongs into the block."""
        return outlines.get(self.edition.outline).text_slot(self.kwargs["slot"]).hint

    def get_form_kwargs(self) -> dict[str, Any]:
        stored = self.stored
        initial = {"text": stored.text, "version": stored.version}
        return {**super().get_form_kwargs(), "initial": initial}

    def act(self, form: TextForm) -> HttpResponse:
        services.update_text(
            actor=self.user,
            edition=self.edition,
            slot=self.kwargs["slot"],
            text=form.cleaned_data["text"],
            expected_version=form.cleaned_data["version"],
        )
        messages.success(self.request, f"บันทึก “{self.page_title}” แล้ว")
        return redirect("reports:detail", pk=self.edition.pk)


class ChangesPage(EditionMixin):
    """What moved since the edition that this one replaces, and why: as frozen, or as compared last."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        edition = self.edition
        if edition.replaces is None:
            raise Http404
        comparison, job = None, None
        if not edition.is_frozen:
            comparison = Comparison.objects.filter(edition=edition).first()
            job = comparing_job(self.user, edition)
        context = {
            "page_title": f"ตัวเลขที่เปลี่ยนจากฉบับที่ {edition.replaces.number}",
            "page_lead": self.heading,
            "crumbs": self.crumbs(("ตัวเลขที่เปลี่ยน", "")),
            "edition": edition,
            "comparison": comparison,
            "job": job,
            "can_compare": permissions.can_compare(self.user, edition),
            "one_time_key": uuid.uuid4().hex,
            **self._listed(self._moves(edition, comparison)),
        }
        return render(request, "reports/changes.html", context)

    @staticmethod
    def _moves(edition: Edition, comparison: Comparison | None) -> Sequence[ToldMove]:
        if edition.is_frozen:
            return told_moves(edition.facts["edition"].get("changes", ()))
        return told_moves(comparison.moves) if comparison else ()

    def _listed(self, moves: Sequence[ToldMove]) -> dict[str, Any]:
        """The tables that moved, and the page of the cells of the one that the address names."""
        tables = tables_moved(moves)
        asked = self.request.GET.get("figure", "")
        chosen = next((table for table in tables if table.figure_key == asked), None)
        shown = [move for move in moves if chosen is None or move.figure_key == asked]
        return {
            "tables": tables,
            "chosen": chosen,
            "all_count": len(moves),
            "page": Paginator(shown, MOVES_A_PAGE).get_page(self.request.GET.get("page")),
            "address": f"?{urlencode({'figure': asked} if chosen else {})}",
        }


class Compare(StartsJob, EditionMixin):
    """The button: compare the draft anew; what comes next is the page of the job."""

    started = "เริ่มเทียบตัวเลขแล้ว ปิดหน้านี้ได้ ระบบทำต่อให้"

    def allowed(self) -> Decision:
        return permissions.can_compare(self.user, self.edition)

    def start(self, key: str) -> Job:
        return services.request_comparison(actor=self.user, edition=self.edition, key=key)

    def back(self) -> str:
        return reverse("reports:changes", args=[self.edition.pk])
