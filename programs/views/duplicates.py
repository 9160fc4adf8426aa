"""Pages of records that are taken for one: the list, both side by side, and the steps.

A room makes a class of each with its ``case``; its addresses follow from :func:`addresses`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.accounts.permissions import Decision
from codi.jobs.models import Job
from codi.jobs.starting import StartsJob
from codi.thai.dates import long_date
from codi.ui.lists import Empty, ListPage
from programs import permissions_of_merging as permissions
from programs.forms_of_merging import (
    DecideForm,
    ProposeForm,
    ReasonedForm,
    RequestForm,
    exchangeable,
)
from programs.merging import Cases, Merger, lines_of, merger_of, problems_of, shares_of
from programs.models.duplicates import CaseState, DuplicateCase
from programs.services import merging as services
from programs.services.doubles import last_search, request_search
from programs.tables_of_merging import STATE_TONES, DoubleFilter, DoubleTable, joined, whole
from programs.views.records import Crumb, RecordForm

# Opens a merged record itself, past the way on to the one that stays.
STAY = "own"


def list_name(case: type[DuplicateCase]) -> str:
    """The address of the list of a register's doubles: that of a pair with an ``s``."""
    return f"{merger_of(case).url_name}s"


def to_kept(request: HttpRequest, record: Any, user: Any) -> HttpResponse | None:
    """Lead on from a merged record to the one that stays, whose page says so; None when it stands."""
    kept = record.merged_into
    if kept is None or STAY in request.GET:
        return None
    seen: Any = type(record)._default_manager
    if not seen.visible_to(user).filter(pk=kept.pk).exists():
        return None
    return HttpResponseRedirect(f"{kept.get_absolute_url()}#merged")


class DoubleList(ScopedMixin, ListPage):
    """Pairs in sight."""

    case: ClassVar[Cases] = DuplicateCase
    place_path: ClassVar[str] = ""
    table_class = DoubleTable
    filterset_class = DoubleFilter
    template_name = "programs/doubles.html"
    unit = "คู่"
    default_sort = "-found_on"
    search_keys = ("first__search_key", "second__search_key")
    search_label = "ค้นหารหัสหรือชื่อ"

    def get_queryset(self) -> QuerySet[Any]:
        return joined(self.case.objects.visible_to(self.user), self.place_path)  # type: ignore[no-any-return]

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        noun = merger_of(self.case).noun
        text = "ระบบค้นหาชื่อใกล้เคียงทุกคืน ถ้าพบเองให้แจ้งด้วยรหัสของทั้งสองระเบียน"
        may = permissions.can_propose(self.user, self.case)
        url = reverse(f"{merger_of(self.case).url_name}_new") if may else ""
        return Empty(f"ไม่มี{noun}ที่สงสัยว่าซ้ำ", text, "copy-check", url, f"แจ้ง{noun}ซ้ำ")

    def get_context(self) -> dict[str, Any]:
        name = merger_of(self.case).url_name
        may_find = permissions.can_check_doubles(self.user)
        return {
            "noun": merger_of(self.case).noun,
            "may_propose": permissions.can_propose(self.user, self.case),
            "may_find": may_find,
            "last_search": last_search(self.case) if may_find else None,
            "new_url": reverse(f"{name}_new"),
            "find_url": reverse(f"{name}_find"),
        }


class OfCase(ScopedMixin, View):
    """A page about one kind of pairs."""

    case: ClassVar[Cases] = DuplicateCase

    @property
    def merger(self) -> Merger:
        """How its records are merged."""
        return merger_of(self.case)

    def way(self) -> list[Crumb]:
        """The way to the list."""
        return [(f"{self.merger.noun}ซ้ำ", reverse(list_name(self.case)))]


class Find(StartsJob, OfCase):
    """Look for near-equal names now, as a job; it happens every night as well."""

    started = "กำลังค้นหา ปิดหน้านี้ได้ ระบบทำต่อให้"

    def allowed(self) -> Decision:
        return permissions.can_check_doubles(self.user)

    def start(self, key: str) -> Job:
        return request_search(actor=self.user, case=self.case)

    def back(self) -> str:
        return reverse(list_name(self.case))


class DoublePage(OfCase):
    """Both records side by side, what a merge moves and what stands in the way."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = whole(self.case.objects.visible_to(self.user)).filter(pk=pk).first()
        if case is None:
            raise Http404
        lines = lines_of(self.merger, case.first, case.second, timezone.localdate())
        context = {
            "page_title": f"{self.merger.noun}ที่สงสัยว่าซ้ำ รหัส {case}",
            "crumbs": [*self.way(), (f"รหัส {case}", "")],
            "case": case,
            "tone": STATE_TONES[case.state],
            "noun": self.merger.noun,
            "differing": [line for line in lines if line.differs],
            "agreeing": [line for line in lines if not line.differs],
            **self._steps(),
            **self._outlook(case),
            **permissions.acts_of(self.user, case),
        }
        return render(request, "programs/double.html", context)

    def _steps(self) -> dict[str, str]:
        return {f"{step}_url": f"{self.merger.url_name}_{step}" for step in STEPS}

    def _outlook(self, case: Any) -> dict[str, Any]:
        """What would move: into the chosen record, or for a look into the first one."""
        kept = case.kept or case.first
        gone = case.second if kept.pk == case.first_id else case.first
        shares = shares_of(self.merger, gone, kept, case.moved)
        merged = case.state == CaseState.MERGED
        return {
            "kept": kept,
            "gone": gone,
            "shares": [share for share in shares if share.gone_rows or share.kept_rows],
            "problems": [] if merged else problems_of(self.merger, gone, kept),
            "merged": merged,
            "merged_text": merged_text(case) if merged else "",
            "exchanged": [label for key, label in exchangeable(self.case) if key in case.exchanged],
            "stay_query": f"?{STAY}=1",
        }


def merged_text(case: Any) -> str:
    """What became of the two, and what a person can do."""
    gone, kept, day = case.gone.code, case.kept.code, long_date(case.merged_on)
    return (
        f"รหัส {gone} รวมเข้ากับรหัส {kept} เมื่อ {day} ที่อยู่เดิมของรหัส {gone} นำไปยังรหัส {kept} "
        "ส่วนกลางยกเลิกการรวมได้"
    )


class CaseStep(RecordForm):
    """A step on one pair.

    Who may take such steps at all but not this one now (somebody else was faster, the pair was
    merged meanwhile) is led to the page of the pair, which shows how it stands, and is told why.
    """

    case: ClassVar[Cases] = DuplicateCase
    template_name = "programs/double_form.html"
    record: Any

    def may(self) -> Decision:
        """Whether the person takes such steps at all."""
        return permissions.can_check_doubles(self.user)

    def can(self) -> Decision:
        """Whether the person may take the step now."""
        raise NotImplementedError

    def check(self) -> None:
        self.record = self.get_visible_or_404(self.case, pk=self.kwargs["pk"])
        self.require(self.may())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._led_back() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._led_back() or super().post(request, *args, **kwargs)

    def _led_back(self) -> HttpResponse | None:
        if decision := self.can():
            return None
        messages.warning(self.request, decision.reason)
        return HttpResponseRedirect(self.record.get_absolute_url())

    def crumbs(self) -> list[Crumb]:
        noun = merger_of(self.case).noun
        here = (f"รหัส {self.record}", self.record.get_absolute_url())
        return [(f"{noun}ซ้ำ", reverse(list_name(self.case))), here]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": {"version": self.record.version}}

    def told(self, form: Any) -> dict[str, Any]:
        """What every step tells its service."""
        return {
            "actor": self.user,
            "case": self.record,
            "expected_version": self.expected_version,
            "today": self.today(),
            **form.facts(),
        }


class Request(CaseStep):
    """Ask for the merge of a pair."""

    form_class = RequestForm
    page_title = "ขอรวมระเบียนซ้ำ"
    page_lead = "ส่วนกลางตรวจก่อนรวม ข้อมูลไม่หาย และยกเลิกการรวมได้"
    submit_label = "ส่งคำขอ"

    def may(self) -> Decision:
        return permissions.may_speak_of(self.user, self.record)

    def can(self) -> Decision:
        return permissions.can_request(self.user, self.record)

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        older = "first" if self.record.kept_id in (None, self.record.first_id) else "second"
        initial = kwargs["initial"] | {"keep": older, "exchanged": self.record.exchanged}
        return kwargs | {"case": self.record, "initial": initial}

    def save(self, form: RequestForm) -> Model:
        return services.request_merge(**self.told(form))

    def done(self, record: Any) -> str:
        return f"ส่งคำขอรวมรหัส {record} ให้ส่วนกลางตรวจแล้ว"


class SendBack(CaseStep):
    """Send a request back to the region."""

    form_class = ReasonedForm
    page_title = "ส่งคำขอกลับให้แก้ไข"
    submit_label = "ส่งกลับ"

    def can(self) -> Decision:
        return permissions.can_decide(self.user, self.record)

    def save(self, form: ReasonedForm) -> Model:
        return services.send_back(**self.told(form))

    def done(self, record: Any) -> str:
        return f"ส่งคำขอรวมรหัส {record} กลับแล้ว"


class Merge(CaseStep):
    """Allow and carry out the merge, after a look at what it does."""

    form_class = DecideForm
    page_title = "รวมระเบียน"
    page_lead = "หน้าถัดไปแสดงทุกรายการที่จะย้าย ยังไม่รวมจนกว่าจะยืนยัน"
    submit_label = "รวมระเบียน"
    check_answers = True
    confirm_template_name = "programs/double_confirm.html"

    def can(self) -> Decision:
        return permissions.can_decide(self.user, self.record)

    def get_context(self, form: Any) -> dict[str, Any]:
        kept, gone = self.record.kept, self.record.gone
        shares = shares_of(merger_of(self.case), gone, kept)
        return super().get_context(form) | {
            "kept": kept,
            "gone": gone,
            "shares": [share for share in shares if share.gone_rows],
        }

    def save(self, form: DecideForm) -> Model:
        return services.merge(**self.told(form))

    def done(self, record: Any) -> str:
        return f"รวมรหัส {record.gone.code} เข้ากับรหัส {record.kept.code} แล้ว"


class Close(CaseStep):
    """Say for good that the two are not one."""

    form_class = ReasonedForm
    page_title = "บันทึกว่าไม่ซ้ำ"
    page_lead = "คู่นี้จะไม่ถูกเสนอขึ้นมาอีก ถ้าบันทึกผิด ส่วนกลางเปิดพิจารณาใหม่ได้"
    submit_label = "บันทึกว่าไม่ซ้ำ"

    def may(self) -> Decision:
        return permissions.may_close(self.user, self.record)

    def can(self) -> Decision:
        return permissions.can_close(self.user, self.record)

    def save(self, form: ReasonedForm) -> Model:
        return services.close_case(**self.told(form))

    def done(self, record: Any) -> str:
        return f"บันทึกว่ารหัส {record} ไม่ซ้ำกันแล้ว"


class Reopen(CaseStep):
    """Take back that the two are not one."""

    form_class = ReasonedForm
    page_title = "เปิดพิจารณาใหม่"
    page_lead = "คู่นี้จะขอรวมได้อีก ผู้ที่บันทึกว่าไม่ซ้ำได้รับแจ้ง เหตุผลเดิมยังอยู่ในประวัติการแก้ไข"
    submit_label = "เปิดพิจารณาใหม่"

    def can(self) -> Decision:
        return permissions.can_reopen(self.user, self.record)

    def save(self, form: ReasonedForm) -> Model:
        return services.reopen_case(**self.told(form))

    def done(self, record: Any) -> str:
        return f"เปิดพิจารณารหัส {record} ใหม่แล้ว"


class TakeBack(CaseStep):
    """Take a merge back."""

    form_class = ReasonedForm
    page_title = "ยกเลิกการรวม"
    page_lead = "รายการที่ย้ายกลับไประเบียนเดิมทุกรายการ และระเบียนที่ถูกรวมกลับเข้าทะเบียน"
    submit_label = "ยกเลิกการรวม"

    def can(self) -> Decision:
        return permissions.can_take_back(self.user, self.record)

    def save(self, form: ReasonedForm) -> Model:
        return services.take_back(**self.told(form))

    def done(self, record: Any) -> str:
        return f"ยกเลิกการรวมรหัส {record} แล้ว"


class Propose(RecordForm):
    """Ask for the merge of two records that no search found."""

    case: ClassVar[Cases] = DuplicateCase
    form_class = ProposeForm
    submit_label = "ส่งคำขอ"
    page_lead = "กรอกรหัสของทั้งสองระเบียน ส่วนกลางตรวจก่อนรวม"

    def check(self) -> None:
        self.require(permissions.can_propose(self.user, self.case))

    def crumbs(self) -> list[Crumb]:
        return [(f"{merger_of(self.case).noun}ซ้ำ", reverse(list_name(self.case)))]

    def get_context(self, form: Any) -> dict[str, Any]:
        title = f"แจ้ง{merger_of(self.case).noun}ซ้ำ"
        context = super().get_context(form) | {"page_title": title}
        return context | {"crumbs": [*self.crumbs(), (title, "")]}

    def get_form_kwargs(self) -> dict[str, Any]:
        initial = {"gone_code": self.request.GET.get("code", "")[:20]}
        return super().get_form_kwargs() | {"case": self.case, "initial": initial}

    def save(self, form: ProposeForm) -> Model:
        return services.propose(actor=self.user, case=self.case, today=self.today(), **form.facts())

    def done(self, record: Any) -> str:
        return f"ส่งคำขอรวมรหัส {record} ให้ส่วนกลางตรวจแล้ว"


STEPS: dict[str, tuple[str, type[CaseStep]]] = {
    "request": ("request", Request),
    "send_back": ("send-back", SendBack),
    "merge": ("merge", Merge),
    "close": ("not-double", Close),
    "reopen": ("reopen", Reopen),
    "take_back": ("take-back", TakeBack),
}


def addresses(case: type[DuplicateCase], listed: type[DoubleList], root: str) -> list[URLPattern]:
    """The addresses of one register's doubles under ``root``, named after the case."""
    name = merger_of(case).url_name.split(":")[1]
    kind: dict[str, Any] = {"case": case}
    return [
        path(f"{root}", listed.as_view(), name=f"{name}s"),
        path(f"{root}new/", Propose.as_view(**kind), name=f"{name}_new"),
        path(f"{root}find/", Find.as_view(**kind), name=f"{name}_find"),
        path(f"{root}<int:pk>/", DoublePage.as_view(**kind), name=name),
        *(
            path(f"{root}<int:pk>/{word}/", view.as_view(**kind), name=f"{name}_{step}")
            for step, (word, view) in STEPS.items()
        ),
    ]
