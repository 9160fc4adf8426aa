"""Columns of the list of findings."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from codi.quality.declared import TONES, Severity
from codi.quality.models import FindingState
from codi.ui.tables import DateColumn, ListTable, StateColumn, TextColumn

STATE_TONES = {
    FindingState.OPEN: "warn",
    FindingState.EXPLAINED: "good",
    FindingState.GONE: "neutral",
}


class SubjectColumn(TextColumn):
    """The record's name; it leads to the page of the finding."""

    def render(self, record: Any, value: Any) -> SafeString:
        """The link to the finding."""
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), value)


class MendColumn(TextColumn):
    """What is wrong, and the way to the page that mends it."""

    def render(self, record: Any, value: Any) -> SafeString:
        """The detail, with a link where its rule is still declared."""
        if not record.mending_url or record.state == FindingState.GONE:
            return format_html("{}", value)
        return format_html(
            '{} <a class="text-nowrap" href="{}">ไปแก้ไข<span class="visually-hidden"> {}</span></a>',
            value,
            record.mending_url,
            record.subject_label,
        )


class FindingTable(ListTable):
    """What breaks which rule, where, since when, and whose it is."""

    severity = StateColumn(
        "ความสำคัญ",
        choices=dict(Severity.choices),
        tones=dict(TONES),
        orderable=True,
        order_by=("weight",),
    )
    subject_label = SubjectColumn("รายการ", wide=True, orderable=True)
    rule_title = TextColumn("กฎ", css_class="middling", definition="กฎคุณภาพข้อมูลที่รายการนี้ผิด")
    detail = MendColumn("สิ่งที่พบ", css_class="roomy")
    province = TextColumn("จังหวัด", accessor="province__name", orderable=True)
    region = TextColumn("ภาค", accessor="region__short_name")
    owner = TextColumn(
        "ผู้บันทึก",
        accessor="owner__full_name",
        default="-",
        definition="ผู้บันทึกรายการนั้นครั้งล่าสุด ว่างเมื่อไม่ทราบ เป็นงานของสำนักงานภาค",
    )
    first_seen_on = DateColumn("พบครั้งแรก", orderable=True)
    due_on = DateColumn("ครบกำหนด", orderable=True)
    state = StateColumn(
        "สถานะ", choices=dict(FindingState.choices), tones=dict(STATE_TONES), orderable=True
    )
