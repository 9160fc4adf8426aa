"""The page of one project and the page of one ledger entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from codi.accounts.access import ScopedMixin, visible_or_404
from codi.accounts.models import User
from codi.accounts.permissions import Decision, all_of
from codi.thai.numbers import number
from finance import permissions, queries
from finance.models import Instalment, LedgerEntry
from finance.tables import ENTRY_TONES, PROJECT_TONES
from finance.views.base import FACTS
from programs import permissions as life
from programs.models import Project, ProjectStatus


@dataclass(frozen=True)
class Action:
    """A button of the project page: enabled, or disabled with the reason beside it."""

    label: str
    url: str
    decision: Decision
    icon: str
    is_main: bool = False
    is_grave: bool = False


Can = Callable[[User, Project], Decision]
# url name → label, icon, who may
ACTS: dict[str, tuple[str, str, Can]] = {
    "programs:project_edit": ("แก้ไขข้อมูลโครงการ", "pencil", life.can_edit_project),
    "finance:plan": ("วางแผนงวดเงิน", "list-ordered", permissions.can_plan_instalments),
    "finance:submit": ("เสนอโครงการ", "send", life.can_submit_project),
    "finance:endorse": ("บันทึกผลคณะพิจารณา", "gavel", life.can_endorse_project),
    "finance:approve": ("อนุมัติงบ", "circle-check", life.can_approve_project),
    "finance:pay": ("บันทึกการเบิกจ่าย", "banknote", permissions.can_pay),
    "finance:evidence": ("ตรวจรับหลักฐาน", "clipboard-check", permissions.can_clear_evidence),
    "finance:return": ("บันทึกการคืนงบ", "undo-2", permissions.can_correct),
    "finance:adjust": ("ปรับปรุงรายการ", "scale", permissions.can_correct),
    "finance:record_in_pm": ("บันทึกวันที่ลง CODI-PM", "calendar-check", life.can_record_in_pm),
    "finance:close": ("ปิดโครงการ", "archive", life.can_close_project),
    "finance:send_back": ("ส่งกลับให้แก้ไข", "corner-up-left", life.can_send_back_project),
    "finance:cancel": ("ยกเลิกโครงการ", "ban", life.can_cancel_project),
}
GRAVE = {"finance:cancel"}
# The step that takes the project on, where the person may take it.
MAIN = (
    "finance:submit",
    "finance:endorse",
    "finance:approve",
    "finance:pay",
    "finance:evidence",
    "finance:close",
)
# The acts that make sense in each status, the main one first.
ACTS_OF_STATUS: dict[str, tuple[str, ...]] = {
    ProjectStatus.DRAFT: (
        "finance:submit",
        "programs:project_edit",
        "finance:plan",
        "finance:cancel",
    ),
    ProjectStatus.SENT_BACK: (
        "programs:project_edit",
        "finance:submit",
        "finance:plan",
        "finance:cancel",
    ),
    ProjectStatus.SUBMITTED: (
        "finance:endorse",
        "finance:plan",
        "finance:send_back",
        "finance:cancel",
    ),
    ProjectStatus.ENDORSED: (
        "finance:approve",
        "finance:plan",
        "finance:send_back",
        "finance:cancel",
    ),
    ProjectStatus.APPROVED: (
        "finance:pay",
        "finance:plan",
        "finance:record_in_pm",
        "finance:cancel",
    ),
    ProjectStatus.UNDER_WAY: (
        "finance:pay",
        "finance:evidence",
        "finance:return",
        "finance:adjust",
        "finance:close",
        "finance:plan",
        "finance:record_in_pm",
        "finance:cancel",
    ),
    ProjectStatus.CLOSED: ("finance:return", "finance:adjust", "finance:record_in_pm"),
    ProjectStatus.CANCELLED: (),
}


def actions_for(
    user: User, project: Project, left_baht: Decimal, to_clear: Instalment | None
) -> list[Action]:
    """The acts of the project's status, each with whether the person may and why not.

    ``left_baht`` may still be paid; ``to_clear`` is the first paid instalment without evidence.
    """
    acts = []
    for name in ACTS_OF_STATUS[project.status]:
        label, icon, can = ACTS[name]
        record: Any = project
        if name == "finance:evidence":
            if to_clear is None:
                continue
            label, record = f"{label} {to_clear}", to_clear
        decision = can(user, project)
        if name == "finance:pay":
            decision = all_of(decision, permissions.has_money_left(left_baht))
        url = reverse(name, args=[record.pk])
        acts.append((name, Action(label, url, decision, icon, is_grave=name in GRAVE)))
    return _with_main(project, acts)


def _with_main(project: Project, acts: Sequence[tuple[str, Action]]) -> list[Action]:
    """One act stands out: mending after a send-back, else the first allowed step onwards."""
    steps = ("programs:project_edit",) if project.status == ProjectStatus.SENT_BACK else MAIN
    main = next((name for name, act in acts if name in steps and act.decision), "")
    return [replace(act, is_main=name == main) for name, act in acts]


def first_to_clear(lines: Sequence[queries.InstalmentState]) -> Instalment | None:
    """The first paid instalment whose evidence is not cleared yet."""
    waiting = (line.instalment for line in lines if line.net_baht > 0)
    return next((line for line in waiting if line.evidence_cleared_on is None), None)


@dataclass(frozen=True)
class LifeStep:
    """One step of the life as told: what, on which day, by whom, with which words."""

    label: str
    on: Any
    by: str
    note: str = ""


def life_of(project: Project) -> list[LifeStep]:
    """The steps that were taken, in order."""

    def name(person: Any) -> str:
        return person.full_name if person else "ตามเอกสารที่นำเข้า"

    meeting = project.endorsed_meeting
    steps = [
        LifeStep("เสนอโครงการ", project.submitted_on, name(project.submitted_by)),
        LifeStep(
            "ส่งกลับให้แก้ไข",
            project.sent_back_on,
            name(project.sent_back_by),
            project.sent_back_reason,
        ),
        LifeStep(
            "ผ่านคณะพิจารณา",
            project.endorsed_on,
            meeting.committee.name if meeting else "",
            str(meeting) if meeting else "",
        ),
        LifeStep("อนุมัติงบ", project.approved_on, name(project.approved_by)),
        LifeStep("เริ่มดำเนินงาน", project.started_on, "", "วันที่จ่ายเงินครั้งแรก"),
        LifeStep("บันทึกในโปรแกรม CODI-PM", project.recorded_on, ""),
        LifeStep("ปิดโครงการ", project.closed_on, ""),
        LifeStep(
            "ยกเลิกโครงการ", project.cancelled_on, name(project.cancelled_by), project.cancel_reason
        ),
    ]
    return sorted((step for step in steps if step.on), key=lambda step: step.on)


def targets_of(project: Project) -> str:
    """The targets that are set, in one line; empty when none is."""
    targets = (
        (project.target_people_count, "คน"),
        (project.target_subdistrict_count, "ตำบล"),
        (project.target_household_count, "ครัวเรือน"),
    )
    return " · ".join(f"{number(count)} {unit}" for count, unit in targets if count is not None)


class ProjectPage(ScopedMixin, TemplateView):
    """Everything about one project: facts, ladder, next acts, plan, ledger, life."""

    template_name = "finance/project.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Project.objects.select_related(*FACTS)
        project: Project = visible_or_404(rows, self.user, pk=self.kwargs["pk"])
        today = timezone.localdate()
        money = queries.money_of([project], today)[project.pk]
        lines = queries.instalments_of(project, today)
        acts = actions_for(self.user, project, money.left_baht, first_to_clear(lines))
        return super().get_context_data(
            page_title=project.title,
            crumbs=[("โครงการ", reverse("finance:projects")), (project.code, "")],
            project=project,
            tone=PROJECT_TONES[ProjectStatus(project.status)],
            money=money,
            ladder=queries.ladder(project, money, today),
            as_of=today,
            instalments=lines,
            **self._rights(project),
            ledger=queries.ledger_of(project),
            life=life_of(project),
            resolutions=self._resolutions(project),
            targets=targets_of(project),
            entry_tones=ENTRY_TONES,
            allowed=[act for act in acts if act.decision],
            refused=[act for act in acts if not act.decision],
            **kwargs,
        )

    def _rights(self, project: Project) -> dict[str, Decision]:
        clear = permissions.can_clear_evidence(self.user, project)
        return {
            "clear": clear,
            "pay": permissions.can_pay(self.user, project),
            "may_plan": permissions.can_plan_instalments(self.user, project),
        }

    def _resolutions(self, project: Project) -> Any:
        meeting = project.endorsed_meeting
        return meeting.resolutions.all() if meeting else []


class EntryPage(ScopedMixin, TemplateView):
    """One entry of the ledger: what, when, by whom, and what corrected it."""

    template_name = "finance/entry.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        joins = ("project", "instalment", "actor", "reverses", "reversed_by")
        rows = LedgerEntry.objects.select_related(*joins)
        entry: LedgerEntry = visible_or_404(rows, self.user, pk=self.kwargs["pk"])
        project_url = reverse("finance:project", args=[entry.project_id])
        return super().get_context_data(
            page_title=f"{entry.get_kind_display()} {entry.document_number}".strip(),
            page_lead=f"{entry.project.code} {entry.project.title}",
            crumbs=[
                ("บัญชีเบิกจ่าย", reverse("finance:ledger")),
                (entry.project.code, project_url),
                (f"รายการที่ {entry.pk}", ""),
            ],
            entry=entry,
            undone_by=getattr(entry, "reversed_by", None),
            reverse_decision=permissions.can_reverse(self.user, entry),
            **kwargs,
        )
