"""Columns of the lists that show money."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2.utils import A

from codi.thai.dates import short_date
from codi.ui.tables import (
    BahtColumn,
    DateColumn,
    ListTable,
    NumberColumn,
    StateColumn,
    TextColumn,
)
from finance.models import EntryKind
from programs.models import ProjectStatus

PROJECT_TONES = {
    ProjectStatus.DRAFT: "neutral",
    ProjectStatus.SUBMITTED: "info",
    ProjectStatus.SENT_BACK: "warn",
    ProjectStatus.ENDORSED: "info",
    ProjectStatus.APPROVED: "good",
    ProjectStatus.UNDER_WAY: "good",
    ProjectStatus.CLOSED: "neutral",
    ProjectStatus.CANCELLED: "bad",
}
ENTRY_TONES = {
    EntryKind.PAYMENT: "good",
    EntryKind.RETURN: "info",
    EntryKind.REVERSAL: "bad",
    EntryKind.ADJUSTMENT: "warn",
}
LATE = "ล่าช้า"
PROJECT_PAGE = ("finance:project", {"pk": A("pk")})


class LateColumn(TextColumn):
    """The warning that the approved money is not fully paid within six months."""

    def render(self, value: bool) -> SafeString | str:
        """A tag, or nothing to see."""
        return format_html('<span class="tag tag--bad">{}</span>', LATE) if value else "-"

    def exported(self, value: Any) -> Any:
        """The word in a file."""
        return LATE if value else None


class DocumentColumn(TextColumn):
    """The document's number, which leads to the entry; an entry without one has its link too."""

    empty_values = ()

    def render(self, value: str, record: Any) -> SafeString | str:
        """The number, or that there is none."""
        day = short_date(record.effective_on)
        return value or format_html(
            'ไม่มีเลขที่<span class="visually-hidden"> รายการวันที่ {}</span>', day
        )


class ProjectTable(ListTable):
    """Projects with what was approved, paid and is left."""

    code = TextColumn("รหัส", css_class="code", orderable=True)
    title = TextColumn(
        "ชื่อโครงการ", css_class="roomy", linkify=PROJECT_PAGE, orderable=True, order_by="sort_key"
    )
    organisation = TextColumn("องค์กรที่เสนอ", css_class="middling", accessor="organisation__name")
    place = TextColumn("พื้นที่", accessor="place_name")
    status = StateColumn(
        "สถานะ", choices=dict(ProjectStatus.choices), tones=PROJECT_TONES, accessor="status"
    )
    approved_on = DateColumn("วันที่อนุมัติ", orderable=True)
    approved = BahtColumn(
        "อนุมัติ",
        accessor="standing_baht",
        orderable=True,
        definition="งบที่อนุมัติแล้ว ไม่นับโครงการที่ยกเลิก",
    )
    paid = BahtColumn(
        "จ่ายสุทธิ",
        accessor="net_paid_baht",
        orderable=True,
        definition="เงินที่จ่ายแล้วหักคืนงบและรายการกลับ ณ วันที่ของรายการ",
    )
    remaining = BahtColumn(
        "คงเหลือ", accessor="left_to_pay_baht", orderable=True, definition="อนุมัติลบจ่ายสุทธิ"
    )
    evidence = TextColumn(
        "หลักฐาน",
        accessor="evidence_text",
        unit="งวด",
        definition="จำนวนงวดที่ตรวจรับหลักฐานแล้ว ต่อจำนวนงวดทั้งหมด",
        css_class="nowrap",
    )
    late = LateColumn(
        "เตือน",
        accessor="is_late",
        definition="เลย 6 เดือนนับจากวันที่อนุมัติแล้วยังจ่ายไม่ครบ (ไม่หักคืนงบ)",
    )


class LateTable(ListTable):
    """Late projects with what each lacks."""

    code = TextColumn("รหัส", css_class="code", orderable=True)
    title = TextColumn(
        "ชื่อโครงการ", css_class="roomy", linkify=PROJECT_PAGE, orderable=True, order_by="sort_key"
    )
    place = TextColumn("พื้นที่", accessor="place_name")
    approved_on = DateColumn("วันที่อนุมัติ", orderable=True)
    due_on = DateColumn(
        "ครบกำหนดจ่าย", orderable=True, order_by="approved_on", definition="วันที่อนุมัติบวก 6 เดือน"
    )
    approved = BahtColumn("อนุมัติ", accessor="approved_baht", orderable=True)
    paid = BahtColumn(
        "จ่ายแล้ว", accessor="paid_in_all_baht", orderable=True, definition="ยอดจ่ายไม่หักคืนงบ"
    )
    unpaid = BahtColumn(
        "ยังไม่จ่าย", accessor="unpaid_baht", orderable=True, definition="อนุมัติลบจ่ายแล้ว"
    )


class LedgerTable(ListTable):
    """Entries of the ledger."""

    effective_on = DateColumn("วันที่มีผล", orderable=True)
    kind = StateColumn("ประเภท", choices=dict(EntryKind.choices), tones=ENTRY_TONES)
    document_number = DocumentColumn(
        "เลขที่เอกสาร", linkify=("finance:entry", {"pk": A("pk")}), orderable=True, css_class="nowrap"
    )
    project = TextColumn(
        "โครงการ",
        accessor="project__title",
        css_class="roomy",
        linkify=("finance:project", {"pk": A("project_id")}),
    )
    code = TextColumn(
        "รหัสโครงการ",
        css_class="code",
        accessor="project__code",
        orderable=True,
        order_by="project__code",
    )
    instalment = TextColumn("งวดที่", accessor="instalment__number")
    amount = BahtColumn("จำนวนเงิน", accessor="amount_baht", orderable=True)
    net = BahtColumn(
        "ผลต่อยอดจ่าย",
        accessor="net_baht",
        orderable=True,
        definition="จำนวนเงินพร้อมเครื่องหมาย: จ่ายเป็นบวก คืนงบหรือกลับรายการจ่ายเป็นลบ",
    )
    actor = TextColumn("ผู้บันทึก", accessor="actor__full_name", css_class="nowrap")
    note = TextColumn("หมายเหตุ", css_class="middling")


class FrameTable(ListTable):
    """Frames with what moved, what is committed and what is free."""

    programme = TextColumn(
        "โครงการหลัก",
        accessor="programme__code",
        css_class="code",
        orderable=True,
        order_by=("programme__code", "region__position", "level"),
        linkify=("programs:programme", {"pk": A("programme_id")}),
    )
    region = TextColumn(
        "ภาค",
        accessor="region__name",
        order_by="region__position",
        orderable=True,
        default="ส่วนกลาง",
    )
    level = TextColumn(
        "ระดับโครงการ", accessor="get_level_display", order_by="level", orderable=True
    )
    allocated_on = DateColumn("วันที่จัดสรร", orderable=True)
    allocated = BahtColumn("จัดสรร", accessor="allocated_baht", orderable=True)
    moved = BahtColumn(
        "ปรับโอนสุทธิ",
        accessor="moved_baht",
        orderable=True,
        definition="โอนเข้าลบโอนออก",
    )
    current = BahtColumn(
        "กรอบหลังปรับโอน", accessor="current_baht", orderable=True, definition="จัดสรรบวกปรับโอนสุทธิ"
    )
    committed = BahtColumn(
        "ผูกพัน",
        accessor="committed_baht",
        orderable=True,
        definition="งบที่อนุมัติแล้วของโครงการในกรอบนี้ ไม่นับโครงการที่ยกเลิก",
    )
    free = BahtColumn(
        "คงเหลือ", accessor="free_baht", orderable=True, definition="กรอบหลังปรับโอนลบผูกพัน"
    )


class MoveTable(ListTable):
    """Budget moves."""

    moved_on = DateColumn("วันที่โอน", orderable=True)
    from_frame = TextColumn("จากกรอบงบ", wide=True)
    to_frame = TextColumn("ไปกรอบงบ", wide=True)
    amount = BahtColumn("จำนวนเงิน", accessor="amount_baht", orderable=True)
    reason = TextColumn("เหตุผล", wide=True)
    approval_document = TextColumn("เอกสารอนุมัติ")
    actor = TextColumn("ผู้บันทึก", accessor="actor__full_name")


class InstalmentTable(ListTable):
    """Planned instalments with what was paid of them and whether their evidence is in."""

    planned_on = DateColumn("กำหนดเบิก", orderable=True)
    code = TextColumn(
        "รหัสโครงการ",
        css_class="code",
        accessor="project__code",
        orderable=True,
        order_by=("project__code", "number"),
    )
    project = TextColumn(
        "โครงการ",
        accessor="project__title",
        css_class="roomy",
        linkify=("finance:project", {"pk": A("project_id")}),
    )
    number = NumberColumn("งวดที่", orderable=True)
    planned = BahtColumn("ตามแผน", accessor="planned_baht", orderable=True)
    net = BahtColumn(
        "จ่ายสุทธิ",
        accessor="net_baht",
        orderable=True,
        definition="ยอดจ่ายของงวดหักคืนงบและรายการกลับ",
    )
    left = BahtColumn(
        "คงเหลือ", accessor="left_baht", orderable=True, definition="ตามแผนลบจ่ายสุทธิของงวด"
    )
    evidence_cleared_on = DateColumn("ตรวจรับหลักฐานเมื่อ", orderable=True)
