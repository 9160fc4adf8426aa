"""Columns of the lists of councils, their members and terms."""

from __future__ import annotations

from codi.ui.tables import DateColumn, ListTable, NumberColumn, StateColumn, TextColumn
from councils.models import TermState
from councils.queries import FORM_WORDS

TERM_TONES = {
    TermState.CURRENT: "good",
    TermState.EXPIRED: "warn",
    TermState.RENEWED: "info",
    TermState.NONE: "neutral",
}


class CouncilTable(ListTable):
    """Councils with their registration, forms, certification, term and members."""

    code = TextColumn("รหัส", css_class="code", orderable=True)
    name = TextColumn(
        "ชื่อสภาองค์กรชุมชน", order_by="sort_key", orderable=True, wide=True, linkify=True
    )
    kind = TextColumn(
        "ประเภทพื้นที่", accessor="kind_word", order_by="kind", orderable=True, css_class="nowrap"
    )
    province = TextColumn(
        "จังหวัด", accessor="province__name", order_by="province__sort_key", orderable=True
    )
    district = TextColumn("อำเภอ/เขต", accessor="district__name")
    subdistrict = TextColumn("ตำบล/แขวง", accessor="subdistrict__name")
    registered_on = DateColumn("จดแจ้งเมื่อ", orderable=True)
    forms = StateColumn(
        "จส.02-03",
        choices=FORM_WORDS,
        tones={"whole": "good", "js02": "warn", "js03": "warn", "none": "neutral"},
        definition="แบบ จส.02 และ จส.03 ที่แนบอยู่ ณ วันที่ดูรายการ",
    )
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
    region = TextColumn(
        "ภาค",
        accessor="region__name",
        order_by="region__position",
        orderable=True,
        css_class="nowrap",
    )
    withdrawn_on = DateColumn("ถอนออกเมื่อ")


class TermTable(ListTable):
    """Terms with how they stand."""

    code = TextColumn("รหัสสภา", accessor="council__code", css_class="code")
    council = TextColumn(
        "สภาองค์กรชุมชน",
        accessor="council__name",
        order_by="council__sort_key",
        orderable=True,
        wide=True,
        linkify=True,
    )
    region = TextColumn(
        "ภาค",
        accessor="council__region__name",
        order_by="council__region__position",
        orderable=True,
        css_class="middling",
    )
    province = TextColumn(
        "จังหวัด",
        accessor="council__province__name",
        order_by="council__province__sort_key",
        orderable=True,
    )
    selected_on = DateColumn("วันคัดเลือก", orderable=True, linkify=True)
    expires_on = DateColumn("วันครบวาระ", orderable=True)
    state = StateColumn(
        "สถานะ",
        choices=dict(TermState.choices),
        tones={str(state): tone for state, tone in TERM_TONES.items()},
        definition="ณ วันที่ดูรายการ",
    )
    renewed_on = DateColumn("ทบทวนเมื่อ", orderable=True)
    withdrawn_on = DateColumn("ถอนออกเมื่อ")
    withdrawal_reason = TextColumn("เหตุผลที่ถอน")


class MemberTable(ListTable):
    """Members with their council and days."""

    name = TextColumn("ชื่อ-สกุล", orderable=True, wide=True)
    kind = TextColumn("ประเภทสมาชิก", accessor="get_kind_display", order_by="kind", orderable=True)
    code = TextColumn("รหัสสภา", accessor="council__code", css_class="code")
    council = TextColumn(
        "สภาองค์กรชุมชน",
        accessor="council__name",
        order_by="council__sort_key",
        orderable=True,
        wide=True,
        linkify=True,
    )
    region = TextColumn(
        "ภาค",
        accessor="council__region__name",
        order_by="council__region__position",
        orderable=True,
        css_class="middling",
    )
    province = TextColumn(
        "จังหวัด",
        accessor="council__province__name",
        order_by="council__province__sort_key",
        orderable=True,
    )
    selected_on = DateColumn("วันคัดเลือก", orderable=True)
    left_on = DateColumn("พ้นจากตำแหน่งเมื่อ", orderable=True)
