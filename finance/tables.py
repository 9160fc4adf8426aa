"""Columns of the lists that show money."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2.utils import A

from codi.ui.tables import BahtColumn, DateColumn, ListTable, StateColumn, TextColumn
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


class SizedColumn(TextColumn):
    """Text with its own width: ``nowrap`` for codes, ``middling`` or ``roomy`` for names."""

    def __init__(self, verbose_name: str, *, css_class: str = "nowrap", **kwargs: Any) -> None:
        super().__init__(verbose_name, **kwargs)
        self.css_class = css_class


class LateColumn(TextColumn):
    """The warning that the approved money is not fully paid within six months."""

    def render(self, value: bool) -> SafeString | str:
        """A tag, or nothing to see."""
        return format_html('<span class="tag tag--bad">{}</span>', LATE) if value else "-"

    def exported(self, value: Any) -> Any:
        """The word in a file."""
        return LATE if value else None


class ProjectTable(ListTable):
    """Projects with what was approved, paid and is left."""

    code = SizedColumn("รหัส", orderable=True)
    title = SizedColumn(
        "ชื่อโครงการ", css_class="roomy", linkify=PROJECT_PAGE, orderable=True, order_by="sort_key"
    )
    organisation = SizedColumn("องค์กรที่เสนอ", css_class="middling", accessor="organisation__name")
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
    evidence = SizedColumn(
        "หลักฐาน",
        accessor="evidence_text",
        unit="งวด",
        definition="จำนวนงวดที่ตรวจรับหลักฐานแล้ว ต่อจำนวนงวดทั้งหมด",
    )
    late = LateColumn(
        "เตือน",
        accessor="is_late",
        definition="เลย 6 เดือนนับจากวันที่อนุมัติแล้วยังจ่ายไม่ครบ (ไม่หักคืนงบ)",
    )


class LateTable(ListTable):
    """Late projects with what each lacks."""

    code = SizedColumn("รหัส", orderable=True)
    title = SizedColumn(
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
    document_number = SizedColumn(
        "เลขที่เอกสาร", linkify=("finance:entry", {"pk": A("pk")}), orderable=True
    )
    project = SizedColumn(
        "โครงการ",
        accessor="project__title",
        css_class="roomy",
        linkify=("finance:project", {"pk": A("project_id")}),
    )
    code = SizedColumn(
        "รหัสโครงการ", accessor="project__code", orderable=True, order_by="project__code"
    )
    instalment = TextColumn("งวดที่", accessor="instalment__number")
    amount = BahtColumn("จำนวนเงิน", accessor="amount_baht", orderable=True)
    net = BahtColumn(
        "ผลต่อยอดจ่าย",
        accessor="net_baht",
        orderable=True,
        definition="จำนวนเงินพร้อมเครื่องหมาย: จ่ายเป็นบวก คืนงบหรือกลับรายการจ่ายเป็นลบ",
    )
    actor = SizedColumn("ผู้บันทึก", accessor="actor__full_name")
    note = SizedColumn("หมายเหตุ", css_class="middling")


class MoveTable(ListTable):
    """Budget moves."""

    moved_on = DateColumn("วันที่โอน", orderable=True)
    from_frame = TextColumn("จากกรอบงบ", wide=True)
    to_frame = TextColumn("ไปกรอบงบ", wide=True)
    amount = BahtColumn("จำนวนเงิน", accessor="amount_baht", orderable=True)
    reason = TextColumn("เหตุผล", wide=True)
    approval_document = TextColumn("เอกสารอนุมัติ")
    actor = TextColumn("ผู้บันทึก", accessor="actor__full_name")
