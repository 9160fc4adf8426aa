"""Entry grids of money: the plan of a project, the instalments of a list, payments of many projects."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Model, Q, QuerySet
from django.urls import reverse

from codi.accounts.permissions import Decision, allow, deny
from codi.entry import EntryColumn, EntryGrid, Hand, Listed, Scope, ShownColumn, register_grid
from codi.errors import Refused
from codi.places.resolver import resolve_province
from codi.ui.fields import (
    BahtField,
    CountField,
    NamedField,
    ScopedNamedField,
    TextField,
    ThaiDateField,
    WordedBahtField,
)
from finance import permissions, queries, services
from finance.forms import SATANG
from finance.models import Instalment
from finance.views.lists import Projects
from programs.models import Project, ProjectLevel
from programs.models.project_life import EDITABLE
from programs.permissions import can_create_project, can_edit_project
from programs.queries import (
    codes_of_programmes,
    names_of_organisations,
    names_of_provinces,
    organisation_named,
    programme_named,
)
from programs.services import create_project, update_project

WHOLE_REGION = "งบภาค"
EVIDENCE_FACTS = ("cleared_on", "note")


def _may_plan(scope: Scope, row: Any) -> Decision:
    project = scope.of if row is None else row.project
    return permissions.can_plan_instalments(scope.user, project)


def _may_clear(scope: Scope, row: Any) -> Decision:
    project = scope.of if row is None else row.project
    return permissions.can_clear_evidence(scope.user, project)


def _instalments(scope: Scope) -> QuerySet[Any]:
    """Instalments in sight with what was paid of them, project by project."""
    seen = queries.with_net(Instalment.objects.visible_to(scope.user))
    rows: QuerySet[Any] = seen.annotate(left_baht=F("planned_baht") - F("net_baht"))
    return rows.select_related("project").order_by("project__code", "project", "number")


def _of_project(scope: Scope) -> QuerySet[Any]:
    return _instalments(scope).filter(project=scope.of)


def _save_instalment(hand: Hand) -> Model:
    actor, row, version = hand.scope.user, hand.row, hand.version
    plan = {key: value for key, value in hand.facts.items() if key not in EVIDENCE_FACTS}
    told = {key: value for key, value in hand.facts.items() if key in EVIDENCE_FACTS}
    if row is None:
        row = services.add_instalment(actor=actor, project=hand.scope.of, **plan)
        told, version = {key: value for key, value in told.items() if value}, row.version
    elif plan:
        row = services.update_instalment(
            actor=actor, instalment=row, expected_version=version, **plan
        )
        version = row.version
    return _clear(hand, row, version, told) if told else row


def _clear(hand: Hand, row: Any, version: int | None, told: dict[str, Any]) -> Model:
    cleared_on = told.get("cleared_on", row.evidence_cleared_on)
    if cleared_on is None:
        raise Refused(
            "การตรวจรับต้องมีวันที่ และยกเลิกไม่ได้เมื่อบันทึกแล้ว กรุณาระบุวันที่ตรวจรับหลักฐาน", field="cleared_on"
        )
    return services.clear_evidence(
        actor=hand.scope.user,
        instalment=row,
        cleared_on=cleared_on,
        note=told.get("note", row.evidence_note),
        expected_version=version,
        today=hand.scope.today,
    )


PLAN_COLUMNS = (
    EntryColumn(
        "planned_baht",
        BahtField(label="จำนวนเงินตามแผน", minimum=SATANG),
        lock=_may_plan,
        has_total=True,
    ),
    EntryColumn("planned_on", ThaiDateField(label="กำหนดเบิกจ่าย", required=False), lock=_may_plan),
    EntryColumn(
        "condition",
        TextField(label="เงื่อนไขการเบิก", required=False, max_length=500),
        "wide",
        lock=_may_plan,
    ),
    EntryColumn(
        "evidence",
        TextField(label="หลักฐานที่ต้องส่ง", required=False, max_length=500),
        "wide",
        lock=_may_plan,
    ),
    EntryColumn(
        "cleared_on",
        ThaiDateField(label="วันที่ตรวจรับหลักฐาน", required=False, latest="today"),
        attribute="evidence_cleared_on",
        lock=_may_clear,
    ),
    EntryColumn(
        "note",
        TextField(label="บันทึกการตรวจรับ", required=False, max_length=300),
        "wide",
        attribute="evidence_note",
        lock=_may_clear,
    ),
)
PROJECT = ShownColumn(
    "โครงการและงวด",
    lambda row: f"{row.project.code} งวดที่\u00a0{row.number}",
    url=lambda row: reverse("finance:project", args=[row.project_id]),
    note=lambda row: row.project.title,
)
PAID = ShownColumn("จ่ายสุทธิ", lambda row: row.net_baht, unit="บาท", is_number=True)


def _projects(scope: Scope) -> tuple[str, str]:
    return "โครงการ", reverse("finance:projects")


register_grid(
    EntryGrid(
        key="plan",
        title="แผนงวดเงินแบบตาราง",
        unit="งวด",
        lead="แต่ละแถวบันทึกเองเมื่อพิมพ์เสร็จ แถวที่ผิดจะยังอยู่พร้อมเหตุผล แถวอื่นไม่ต้องรอ",
        of=Project,
        shown=(ShownColumn("งวด", str), PAID),
        columns=PLAN_COLUMNS,
        rows=_of_project,
        save=_save_instalment,
        may_open=lambda scope: permissions.can_plan(scope.user),
        may_add=lambda scope: permissions.can_plan_instalments(scope.user, scope.of),
        back=lambda scope: (scope.of.code, scope.of.get_absolute_url()),
    )
)

register_grid(
    EntryGrid(
        key="instalments",
        title="งวดเงินหลายโครงการ",
        unit="งวด",
        lead="แต่ละแถวบันทึกเองเมื่อพิมพ์เสร็จ แถวที่ผิดจะยังอยู่พร้อมเหตุผล แถวอื่นไม่ต้องรอ",
        empty="ไม่มีงวดเงินตามเงื่อนไขนี้ เพิ่มงวดได้จากหน้าโครงการ",
        shown=(PROJECT, PAID),
        columns=PLAN_COLUMNS,
        rows=_instalments,
        save=_save_instalment,
        may_open=lambda scope: permissions.can_plan(scope.user),
        listed=Listed(Projects, "แก้งวดเงินแบบตาราง", "project"),
        back=_projects,
    )
)


# Drafts of projects


def _projects_in_sight(scope: Scope) -> QuerySet[Any]:
    seen = Project.objects.visible_to(scope.user).order_by("code")
    return seen.select_related("programme", "province", "organisation")


def _drafts(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(status__in=EDITABLE)


def _may_edit(scope: Scope, row: Any) -> Decision:
    return can_create_project(scope.user) if row is None else can_edit_project(scope.user, row)


def _place(scope: Scope, row: Any) -> Decision:
    return allow() if row is None else deny("ย้ายพื้นที่ของโครงการที่มีอยู่แล้วได้ที่หน้าโครงการ")


def _place_named(text: str) -> Any:
    """A province, or None for a project of the region as a whole, as documents write it."""
    return None if text == WHOLE_REGION else resolve_province(text)


def _save_project(hand: Hand) -> Model:
    actor, facts = hand.scope.user, dict(hand.facts)
    if hand.row is not None:
        return update_project(actor=actor, project=hand.row, expected_version=hand.version, **facts)
    province = facts["province"]
    level = ProjectLevel.PROVINCE if province else ProjectLevel.REGION
    region = province.region if province else actor.region
    if region is None:
        raise Refused("ท่านไม่ได้สังกัดภาคใด กรุณาระบุจังหวัด หรือจัดทำที่หน้าโครงการ", field="province")
    return create_project(actor=actor, level=level, region=region, **facts)


register_grid(
    EntryGrid(
        key="projects",
        title="โครงการที่ยังแก้ไขได้ แบบตาราง",
        unit="โครงการ",
        lead="โครงการร่างและโครงการที่ส่งกลับให้แก้ไข จัดทำโครงการใหม่ในแถวว่างด้านล่าง แต่ละแถวบันทึกเองเมื่อพิมพ์เสร็จ แถวที่ผิดจะยังอยู่พร้อมเหตุผล",
        empty="ไม่มีโครงการร่างหรือโครงการที่ส่งกลับตามเงื่อนไขนี้",
        shown=(
            ShownColumn("โครงการ", lambda row: row.code, url=lambda row: row.get_absolute_url()),
        ),
        columns=(
            EntryColumn(
                "programme",
                NamedField(
                    label="โครงการหลัก",
                    read=programme_named,
                    shown=lambda programme: programme.code,
                    names=codes_of_programmes,
                ),
                lock=_may_edit,
            ),
            EntryColumn(
                "province",
                NamedField(
                    label="จังหวัด",
                    read=_place_named,
                    shown=lambda province: province.name,
                    names=lambda: [WHOLE_REGION, *names_of_provinces()],
                ),
                lock=_place,
            ),
            EntryColumn(
                "title", TextField(label="ชื่อโครงการ", max_length=500), "wide", lock=_may_edit
            ),
            EntryColumn(
                "organisation",
                ScopedNamedField(
                    label="องค์กรที่เสนอ",
                    read_for=organisation_named,
                    shown=lambda organisation: organisation.name,
                    names_for=names_of_organisations,
                    required=False,
                ),
                "wide",
                lock=_may_edit,
            ),
            EntryColumn(
                "requested_baht",
                BahtField(label="งบที่ขอ", minimum=SATANG, required=False),
                lock=_may_edit,
                has_total=True,
            ),
            *(
                EntryColumn(key, CountField(label=label, required=False), lock=_may_edit)
                for key, label in (
                    ("target_people_count", "เป้าหมาย (คน)"),
                    ("target_subdistrict_count", "เป้าหมาย (ตำบล)"),
                    ("target_household_count", "เป้าหมาย (ครัวเรือน)"),
                )
            ),
            EntryColumn(
                "objectives",
                TextField(label="วัตถุประสงค์", max_length=8000, required=False),
                "wide",
                lock=_may_edit,
            ),
        ),
        rows=_projects_in_sight,
        open_rows=_drafts,
        save=_save_project,
        may_open=lambda scope: can_create_project(scope.user),
        may_add=lambda scope: can_create_project(scope.user),
        listed=Listed(Projects, "แก้โครงการร่างแบบตาราง"),
        back=_projects,
    )
)


# Payments


def _payable(scope: Scope) -> QuerySet[Any]:
    """Instalments in sight with what is left to pay of them."""
    return _instalments(scope)


def _with_money_left(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(Q(left_baht__gt=0), project__status__in=("approved", "under_way"))


def _pay(hand: Hand) -> Model:
    return services.record_payment(
        actor=hand.scope.user,
        instalment=hand.row,
        request_key=hand.request_key,
        today=hand.scope.today,
        **hand.facts,
    )


def _may_pay(scope: Scope, row: Any) -> Decision:
    return permissions.can_pay(scope.user, row.project)


register_grid(
    EntryGrid(
        key="payments",
        title="บันทึกการเบิกจ่ายหลายโครงการ",
        unit="งวด",
        lead="กรอกเฉพาะแถวที่โอนแล้ว ระบบบันทึกทุกแถวพร้อมกันหลังจากท่านยืนยัน หรือไม่บันทึกแถวใดเลย",
        empty="ไม่มีงวดที่มียอดเหลือให้จ่ายตามเงื่อนไขนี้ เลือกแถวอื่นด้านบน หรือวางแผนงวดเงินที่หน้าโครงการก่อน",
        shown=(
            PROJECT,
            ShownColumn("เหลือจ่าย", lambda row: row.left_baht, unit="บาท", is_number=True),
        ),
        columns=(
            EntryColumn(
                "effective_on", ThaiDateField(label="วันที่โอน", latest="today"), lock=_may_pay
            ),
            EntryColumn(
                "document_number", TextField(label="เลขที่เอกสาร", max_length=60), lock=_may_pay
            ),
            EntryColumn(
                "amount_baht",
                WordedBahtField(label="จำนวนเงินที่จ่าย", minimum=SATANG),
                lock=_may_pay,
                has_total=True,
            ),
            EntryColumn(
                "note",
                TextField(label="หมายเหตุ", required=False, max_length=300),
                "wide",
                lock=_may_pay,
            ),
        ),
        rows=_payable,
        open_rows=_with_money_left,
        save=_pay,
        may_open=lambda scope: permissions.can_record_payments(scope.user),
        listed=Listed(Projects, "เบิกจ่ายหลายโครงการ", "project"),
        back=_projects,
        checked=True,
        lock_order=lambda row: (row.project_id, row.pk),
    )
)
