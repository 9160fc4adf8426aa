"""Columns of the list of editions."""

from __future__ import annotations

from typing import Any

from django_tables2.utils import A

from codi.thai.dates import short_date
from codi.ui.tables import DateColumn, ListTable, NumberColumn, StateColumn, TextColumn
from reports.models import EditionState

TONES = {
    EditionState.DRAFT: "neutral",
    EditionState.SUBMITTED: "info",
    EditionState.SENT_BACK: "warn",
    EditionState.APPROVED: "info",
    EditionState.ISSUING: "info",
    EditionState.ISSUED: "good",
}


class DaysColumn(TextColumn):
    """The days of a report."""

    def render(self, value: list[Any]) -> str:
        return ", ".join(short_date(day) for day in value)

    def exported(self, value: list[Any]) -> str:
        return self.render(value)


class EditionTable(ListTable):
    """Which report, of what, as of when, and how far it is."""

    programme = TextColumn(
        "เรื่อง",
        accessor="subject__name",
        wide=True,
        orderable=True,
        order_by=("programme__name", "fiscal_year", "quarter"),
        linkify=("reports:detail", {"pk": A("pk")}),
    )
    region = TextColumn(
        "พื้นที่", accessor="region_name", orderable=True, order_by=("region__position",)
    )
    number = NumberColumn("ฉบับที่", orderable=True)
    as_of_dates = DaysColumn("ข้อมูล ณ วันที่", orderable=True)
    state = StateColumn(
        "สถานะ", choices=dict(EditionState.choices), tones=dict(TONES), orderable=True
    )
    created_by = TextColumn("ผู้จัดทำ", accessor="created_by__full_name")
    created_at = DateColumn("จัดทำเมื่อ", orderable=True)


class QuarterTable(ListTable):
    """Which quarter, how many regions are through, the national report, and the closing."""

    period = TextColumn(
        "ไตรมาส",
        accessor="period__label",
        wide=True,
        orderable=True,
        order_by=("fiscal_year", "quarter"),
        linkify=("reports:quarter", {"year": A("fiscal_year"), "number": A("quarter")}),
    )
    accepted_count = NumberColumn(
        "ภาคที่รับรองแล้ว",
        unit="ภาค",
        default=0,
        definition="ภาคที่ส่วนกลางรับรองส่วนของไตรมาสแล้ว เฉพาะภาคที่ผู้ดูเห็น",
    )
    national_state = StateColumn(
        "รายงานทั้งประเทศ",
        choices=dict(EditionState.choices),
        tones=dict(TONES),
        definition="สถานะของฉบับล่าสุดของทั้งประเทศ",
    )
    due_on = DateColumn("กำหนดส่ง", orderable=True)
    standing = StateColumn(
        "ไตรมาส",
        choices={"open": "เปิด", "closed": "ปิดแล้ว"},
        tones={"open": "info", "closed": "good"},
    )
    closed_at = DateColumn("ปิดเมื่อ", orderable=True)
    closed_by = TextColumn("ผู้ปิด", accessor="closed_by__full_name")
