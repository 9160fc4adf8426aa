"""What the API offers of projects and their life, their plans, the ledger and budget moves."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from codi.accounts.permissions import Decision
from codi.api.declared import Act, Call, Resource, Told, register
from codi.api.record_files import attaching
from finance import filters, forms, permissions, queries, services
from finance.models import BudgetMove, Direction, Instalment, LedgerEntry
from programs import forms as project_forms
from programs import permissions as life
from programs import services as programs
from programs.models import Project, ProjectLevel

PLACES = ("region", "province", "district", "subdistrict")
ENTRIES = "ledger-entries"


def _projects(user: Any) -> QuerySet[Any]:
    """Projects with the names that a row tells and their money as of today."""
    rows = Project.objects.visible_to(user).select_related("programme", "organisation")
    return queries.with_money(rows, timezone.localdate())


def _of_project(row: Any) -> dict[str, Any]:
    return {"project": row}


def _step(call: Call, service: Any, **facts: Any) -> Any:
    """A step of the life: the service with who does it, to which project and when."""
    told = {"actor": call.actor, "project": call.row, "today": call.today}
    return service(**told, **(facts or call.facts))


def _entry(call: Call, service: Any, **more: Any) -> Any:
    """A new entry of the ledger, once per key."""
    told = {"actor": call.actor, "request_key": call.key, "today": call.today}
    return service(**told, **(call.facts | more))


LIFE = (
    Act(
        "submit",
        "เสนอโครงการต่อคณะพิจารณา",
        forms.SubmitForm,
        can=life.can_submit_project,
        perform=lambda call: _step(call, programs.submit_project),
    ),
    Act(
        "endorse",
        "บันทึกผลคณะพิจารณา",
        forms.EndorseForm,
        can=life.can_endorse_project,
        form_kwargs=_of_project,
        perform=lambda call: _step(
            call, programs.endorse_project, meeting=call.facts["endorsed_meeting"]
        ),
    ),
    Act(
        "approve",
        "อนุมัติงบโครงการ",
        forms.ApproveForm,
        can=life.can_approve_project,
        perform=lambda call: _step(call, programs.approve_project),
        about="ผู้จัดทำหรือผู้เสนออนุมัติโครงการของตนเองไม่ได้ และอนุมัติได้ไม่เกินกรอบงบที่เหลือ",
    ),
    Act(
        "send-back",
        "ส่งโครงการกลับให้แก้ไข",
        forms.SendBackForm,
        can=life.can_send_back_project,
        perform=lambda call: _step(call, programs.send_back_project),
    ),
    Act(
        "cancel",
        "ยกเลิกโครงการ",
        forms.CancelForm,
        can=life.can_cancel_project,
        perform=lambda call: _step(call, programs.cancel_project),
    ),
    Act(
        "close",
        "ปิดโครงการ",
        forms.CloseForm,
        can=life.can_close_project,
        perform=lambda call: _step(call, services.close_project),
    ),
    Act(
        "record-in-pm",
        "บันทึกวันที่ลงโปรแกรม CODI-PM",
        forms.RecordInPmForm,
        can=life.can_record_in_pm,
        perform=lambda call: _step(call, programs.record_in_pm),
    ),
)

MONEY = (
    Act(
        "payments",
        "บันทึกการเบิกจ่าย",
        forms.PaymentForm,
        can=permissions.can_pay,
        form_kwargs=_of_project,
        perform=lambda call: _entry(call, services.record_payment),
        answers=ENTRIES,
        status=201,
        needs_version=False,
        about="จ่ายสุทธิต้องไม่เกินวงเงินที่อนุมัติและแผนของงวด ทั้งวันนี้และทุกวันที่ผ่านมา",
    ),
    Act(
        "returns",
        "บันทึกการคืนงบ",
        forms.ReturnForm,
        can=permissions.can_correct,
        form_kwargs=_of_project,
        perform=lambda call: _entry(call, services.record_return),
        answers=ENTRIES,
        status=201,
        needs_version=False,
    ),
    Act(
        "adjustments",
        "ปรับปรุงรายการ",
        forms.AdjustmentForm,
        can=permissions.can_correct,
        form_kwargs=_of_project,
        perform=lambda call: _entry(
            call,
            services.record_adjustment,
            direction=Direction(call.facts["direction"]),
        ),
        answers=ENTRIES,
        status=201,
        needs_version=False,
    ),
)

PLAN = Act(
    "instalments",
    "เพิ่มงวดเงิน",
    forms.InstalmentForm,
    can=permissions.can_plan_instalments,
    perform=lambda call: services.add_instalment(actor=call.actor, project=call.row, **call.facts),
    answers="instalments",
    status=201,
    needs_version=False,
    about="เพิ่มต่อจากงวดสุดท้ายของแผน ผลรวมของแผนต้องไม่เกินวงเงินที่อนุมัติ",
)

# What the form leaves out for a level, or asks for only in the page.
PROJECT_OPTIONS: dict[str, Any] = {
    "optional": PLACES,
    "choices": {"level": ProjectLevel.choices},
    "leave_out": ("organisation_search",),
}

register(
    Resource(
        name="projects",
        title="โครงการ",
        about="โครงการขององค์กรชุมชน ตั้งแต่ร่างจนปิด พร้อมเงินที่อนุมัติ จ่ายสุทธิ และคงเหลือ ณ วันนี้",
        model=Project,
        rows=_projects,
        fields=(
            "id",
            "code",
            "title",
            "programme",
            "fiscal_year",
            "level",
            *PLACES,
            "organisation",
            "objectives",
            "target_people_count",
            "target_subdistrict_count",
            "target_household_count",
            "status",
            "origin",
            "requested_baht",
            "approved_baht",
            "submitted_on",
            "endorsed_meeting",
            "endorsed_on",
            "approved_on",
            "recorded_on",
            "started_on",
            "closed_on",
            "sent_back_on",
            "sent_back_reason",
            "cancelled_on",
            "cancel_reason",
            "version",
        ),
        told=(
            Told("programme_code", "รหัสโครงการหลัก", path="programme.code"),
            Told("organisation_name", "ชื่อองค์กรที่เสนอ", path="organisation.name"),
            Told("net_paid_baht", "จ่ายสุทธิ ณ วันนี้ (บาท)", "baht"),
            Told("left_to_pay_baht", "คงเหลือ ณ วันนี้ (บาท)", "baht"),
            Told("is_late", "จ่ายไม่ครบใน 6 เดือน", "flag"),
        ),
        order={
            "id": "pk",
            "code": "code",
            "title": "sort_key",
            "approved_on": "approved_on",
            "approved_baht": "approved_baht",
            "net_paid_baht": "net_paid_baht",
        },
        default_sort="code",
        filters=filters.ProjectFilter,
        search_keys=("search_key", "organisation__search_key"),
        create=Act(
            "new",
            "สร้างร่างโครงการ",
            project_forms.ProjectForm,
            can=lambda user, row: life.can_create_project(user),
            perform=lambda call: programs.create_project(actor=call.actor, **call.facts),
            status=201,
            **PROJECT_OPTIONS,
        ),
        change=Act(
            "edit",
            "แก้ไขร่างโครงการ",
            project_forms.ProjectForm,
            can=life.can_edit_project,
            perform=lambda call: programs.update_project(
                actor=call.actor, project=call.row, expected_version=call.version, **call.facts
            ),
            **PROJECT_OPTIONS,
        ),
        acts=(*LIFE, PLAN, *MONEY, attaching("project")),
    )
)


def _instalments(user: Any) -> QuerySet[Any]:
    return queries.with_left(Instalment.objects.visible_to(user).select_related("project"))


def _can_clear(user: Any, row: Any) -> Decision:
    return permissions.can_clear_evidence(user, row.project)


register(
    Resource(
        name="instalments",
        title="งวดเงิน",
        about="แผนงวดเงินของโครงการ ยอดที่จ่ายแล้ว และการตรวจรับหลักฐาน",
        model=Instalment,
        rows=_instalments,
        fields=(
            "id",
            "project",
            "number",
            "planned_baht",
            "planned_on",
            "condition",
            "evidence",
            "evidence_cleared_on",
            "evidence_note",
            "version",
        ),
        told=(
            Told("project_code", "รหัสโครงการ", path="project.code"),
            Told("net_baht", "จ่ายสุทธิของงวด (บาท)", "baht"),
        ),
        order={"id": "pk", "planned_on": "planned_on", "planned_baht": "planned_baht"},
        default_sort="id",
        filters=filters.InstalmentOfProjectFilter,
        lock_first=lambda row: row.project,
        change=Act(
            "edit",
            "แก้ไขงวดเงิน",
            forms.InstalmentForm,
            can=lambda user, row: permissions.can_plan_instalments(user, row.project),
            perform=lambda call: services.update_instalment(
                actor=call.actor,
                instalment=call.row,
                expected_version=call.version,
                **call.facts,
            ),
        ),
        acts=(
            Act(
                "clear-evidence",
                "ตรวจรับหลักฐาน",
                forms.EvidenceForm,
                can=_can_clear,
                perform=lambda call: services.clear_evidence(
                    actor=call.actor,
                    instalment=call.row,
                    expected_version=call.version,
                    today=call.today,
                    **call.facts,
                ),
            ),
            attaching("instalment"),
        ),
    )
)


def _entries(user: Any) -> QuerySet[Any]:
    return LedgerEntry.objects.visible_to(user).select_related("project", "instalment")


register(
    Resource(
        name=ENTRIES,
        title="รายการเบิกจ่าย",
        about="รายการในบัญชี: เบิกจ่าย คืนงบ กลับรายการ ปรับปรุง เพิ่มได้อย่างเดียว แก้หรือลบไม่ได้",
        model=LedgerEntry,
        rows=_entries,
        fields=(
            "id",
            "project",
            "instalment",
            "kind",
            "direction",
            "amount_baht",
            "net_baht",
            "effective_on",
            "document_number",
            "note",
            "reverses",
            "actor",
            "recorded_at",
        ),
        told=(
            Told("project_code", "รหัสโครงการ", path="project.code"),
            Told("instalment_number", "งวดที่", "count", path="instalment.number"),
        ),
        order={
            "id": "pk",
            "effective_on": "effective_on",
            "amount_baht": "amount_baht",
            "recorded_at": "recorded_at",
        },
        default_sort="-effective_on",
        filters=filters.EntryFilter,
        search_texts=("document_number",),
        acts=(
            Act(
                "reverse",
                "กลับรายการ",
                forms.ReversalForm,
                can=permissions.can_reverse,
                form_kwargs=lambda row: {"project": row.project},
                perform=lambda call: _entry(call, services.reverse_entry, entry=call.row),
                answers=ENTRIES,
                status=201,
            ),
        ),
    )
)

register(
    Resource(
        name="budget-moves",
        title="การปรับโอนงบประมาณ",
        about="การโอนงบที่ยังไม่ผูกพันระหว่างกรอบงบ แก้หรือลบไม่ได้",
        model=BudgetMove,
        rows=lambda user: BudgetMove.objects.visible_to(user),
        fields=(
            "id",
            "from_frame",
            "to_frame",
            "amount_baht",
            "moved_on",
            "reason",
            "approval_document",
            "approval_meeting",
            "actor",
            "recorded_at",
        ),
        order={"id": "pk", "moved_on": "moved_on", "amount_baht": "amount_baht"},
        default_sort="-moved_on",
        filters=filters.MoveFilter,
        create=Act(
            "new",
            "ปรับโอนงบประมาณ",
            forms.MoveForm,
            can=lambda user, row: permissions.can_move_budget(user),
            perform=lambda call: _entry(call, services.move_budget),
            status=201,
        ),
    )
)
