"""Entry grids of this room: the status of all funds in a quarter."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse

from codi.entry import EntryColumn, EntryGrid, Hand, Listed, Scope, ShownColumn, register_grid
from codi.errors import Refused
from codi.fiscal import Quarter
from codi.thai.numbers import LARGEST_BAHT, number
from codi.ui.fields import BahtField, CountField, NamedChoiceField, TextField
from programs.forms import MOST_PEOPLE
from welfare import services
from welfare.models import MEMBER_GROUPS, MONEY_SOURCES, FundStatus
from welfare.permissions import can_manage_funds
from welfare.queries import ENTERED, NOTHING, REPORTED, funds_to_enter
from welfare.views.funds import FundList

ANSWER = "answer"
BOTH = "ตอบว่าไม่มีข้อมูลเปลี่ยนแปลงแล้วไม่ต้องกรอกยอด ลบยอดที่กรอก หรือเปลี่ยนคำตอบเป็น “มีข้อมูล”"
TOLD = {REPORTED: "มีข้อมูล", NOTHING: "ไม่มีข้อมูลเปลี่ยนแปลง"}


def _title(name: str) -> str:
    title = str(FundStatus._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return title.removesuffix(" (คน)").removesuffix(" (บาท)")


def _count(name: str, unit: str = "คน", most: int = MOST_PEOPLE) -> EntryColumn:
    field = CountField(label=_title(name), unit=unit, maximum=most, required=False)
    return EntryColumn(name, field, attribute=f"now_{name}", has_total=True)


def _baht(name: str) -> EntryColumn:
    field = BahtField(label=_title(name), maximum=LARGEST_BAHT, required=False)
    return EntryColumn(name, field, attribute=f"now_{name}", has_total=True)


COLUMNS = (
    EntryColumn(
        ANSWER,
        NamedChoiceField(label="คำตอบ", choices=list(TOLD.items()), required=False),
        attribute="told_answer",
    ),
    _count("member_count"),
    *(_count(name) for name in MEMBER_GROUPS),
    _count("village_count", "หมู่บ้าน", 999),
    *(_baht(name) for name in MONEY_SOURCES),
    _count("beneficiary_count"),
    _baht("benefit_baht"),
    EntryColumn(
        "correction_reason",
        TextField(label="เหตุผลที่ยอดลดลง", required=False, max_length=300),
        "wide",
        attribute="now_correction_reason",
    ),
)
SHOWN = (
    ShownColumn(
        "กองทุน",
        str,
        url=lambda row: row.get_absolute_url(),
        note=lambda row: f"{row.code} · {row.province}",
    ),
    ShownColumn(
        "สมาชิกครั้งก่อน",
        lambda row: None if row.before_member_count is None else number(row.before_member_count),
        unit="คน",
        is_number=True,
    ),
    ShownColumn("เงินครั้งก่อน", lambda row: row.before_money_baht, unit="บาท", is_number=True),
    ShownColumn("สวัสดิการครั้งก่อน", lambda row: row.before_benefit_baht, unit="บาท", is_number=True),
)


def _quarter(scope: Scope) -> Quarter:
    """The quarter that was chosen; that of the day where none was."""
    return scope.quarter or Quarter.of(scope.today)


def _rows(scope: Scope) -> QuerySet[Any]:
    return funds_to_enter(scope.user, _quarter(scope))


def _save(hand: Hand) -> Model:
    facts = {name: _stored(name, value) for name, value in hand.facts.items()}
    answer = facts.pop(ANSWER, None)
    if answer:
        facts["has_nothing_to_report"] = answer == NOTHING
    if answer == NOTHING and any(facts.get(name) for name in ENTERED):
        raise Refused(BOTH, field=ANSWER)
    services.save_status(
        actor=hand.scope.user,
        fund=hand.row,
        quarter=_quarter(hand.scope),
        expected_version=hand.version,
        today=hand.scope.today,
        **facts,
    )
    fund: Model = hand.row
    return fund


def _stored(name: str, value: Any) -> Any:
    """A blank amount is nothing."""
    return value if value is not None or name in (ANSWER, "correction_reason") else 0


register_grid(
    EntryGrid(
        key="fund-status",
        title="สถานะกองทุน",
        unit="กองทุน",
        lead="กรอกหรือวางจากตาราง แต่ละแถวบันทึกเองเมื่อพิมพ์เสร็จ กองทุนที่ไม่มีการเปลี่ยนแปลงให้เลือกคำตอบ “ไม่มีข้อมูลเปลี่ยนแปลง”",
        empty="ไม่มีกองทุนตามเงื่อนไขนี้ เลือกแถวอื่นด้านบน",
        shown=SHOWN,
        columns=COLUMNS,
        rows=_rows,
        save=_save,
        may_open=lambda scope: can_manage_funds(scope.user),
        listed=Listed(FundList, "กรอกสถานะรายไตรมาส"),
        back=lambda scope: ("กองทุนสวัสดิการ", reverse("welfare:funds")),
        version_of=lambda row: row.status_version,
        by_quarter=True,
    )
)
