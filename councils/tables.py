"""Columns of the lists of councils, their members and terms."""

from __future__ import annotations

from codi.ui.tables import DateColumn, ListTable, NumberColumn, StateColumn, TextColumn
from councils.models import TermState

TERM_TONES = {
    TermState.CURRENT: "good",
    TermState.EXPIRED: "warn",
    TermState.RENEWED: "info",
    TermState.NONE: "neutral",
}
FORM_WORDS = {True: "แนบแล้ว", False: "ยังไม่แนบ"}
FORM_TONES = {True: "good", False: "warn"}


class CouncilTable(ListTable):
    """Councils with their registration, forms, certification, term and members."""

    code = TextColumn("รหัส", css_class="code", orderable=True)
    name = TextColumn(
        "ชื่อสภาองค์กรชุมชน", order_by="sort_key", orderable=True, wide=True, linkify=True
    )
    kind = TextColumn("ประเภทพื้นที่", accessor="get_kind_display", order_by="kind", orderable=True)
    region = TextColumn("ภาค", accessor="region__name", order_by="region__position", orderable=True)
    province = TextColumn(
        "จังหวัด", accessor="province__name", order_by="province__sort_key", orderable=True
    )
    district = TextColumn("อำเภอ/เขต", accessor="district__name")
    subdistrict = TextColumn("ตำบล/แขวง", accessor="subdistrict__name")
    registered_on = DateColumn("จดแจ้งเมื่อ", orderable=True)
    js02 = StateColumn("จส.02", accessor="has_js02", choices=FORM_WORDS, tones=FORM_TONES)
    js03 = StateColumn("จส.03", accessor="has_js03", choices=FORM_WORDS, tones=FORM_TONES)
    certified_on = DateColumn("รับรองเมื่อ", orderable=True)
    term = StateColumn(
        "วาระสมาชิก",
        accessor="term_state",
        choices=dict(TermState.choices),
        tones={str(state): tone for state, tone in TERM_TONES.items()},
        definition="วาระล่าสุดที่ไม่ถูกถอน ณ วันที่ดูรายการ",
    )
    term_expires_on = DateColumn("ครบวาระเมื่อ", orderable=True)
    member_count = NumberColumn(
        "สมาชิก",
        unit="คน",
        orderable=True,
        definition="สมาชิกที่คัดเลือกแล้วและยังไม่พ้นจากตำแหน่ง ณ วันที่ดูรายการ",
    )
    withdrawn_on = DateColumn("ถอนออกเมื่อ")
