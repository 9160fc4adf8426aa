"""Columns of the list of funds."""

from __future__ import annotations

from codi.ui.tables import BahtColumn, DateColumn, ListTable, NumberColumn, StateColumn, TextColumn
from welfare.filters import GRADES
from welfare.models import RiskClass
from welfare.queries import ANSWERS, STANDINGS

ANSWER_TONES = {"reported": "good", "nothing": "neutral", "missing": "warn"}
STANDING_TONES = {"working": "good", "stopped": "bad", "withdrawn": "neutral"}
GRADE_TONES = {"A": "good", "B": "good", "C": "warn", "D": "bad", "stopped": "bad"}
RISK_TONES = {"low": "good", "middle": "warn", "high": "bad"}


class FundTable(ListTable):
    """Funds with where they stand, what they told last and how they were reviewed."""

    code = TextColumn("รหัส", css_class="code", orderable=True)
    name = TextColumn("ชื่อกองทุน", order_by="sort_key", orderable=True, wide=True, linkify=True)
    region = TextColumn(
        "ภาค",
        accessor="region__name",
        order_by="region__position",
        orderable=True,
        css_class="middling",
    )
    province = TextColumn(
        "จังหวัด", accessor="province__name", order_by="province__sort_key", orderable=True
    )
    district = TextColumn("อำเภอ/เขต", accessor="district__name")
    founded_on = DateColumn("จัดตั้ง", orderable=True)
    standing = StateColumn("สถานะกองทุน", choices=STANDINGS, tones=STANDING_TONES)
    answer = StateColumn(
        "รายงานไตรมาสนี้",
        choices=ANSWERS,
        tones=ANSWER_TONES,
        definition="คำตอบของกองทุนสำหรับไตรมาสปัจจุบันของปีงบประมาณ",
    )
    member_count = NumberColumn(
        "สมาชิก", unit="คน", orderable=True, definition="ตามรายงานล่าสุดของกองทุน"
    )
    money_baht = BahtColumn(
        "เงินกองทุน", orderable=True, definition="ทุกแหล่งที่มารวมกัน ตามรายงานล่าสุดของกองทุน"
    )
    review_grade = StateColumn(
        "ระดับคุณภาพ",
        choices=GRADES,
        tones=GRADE_TONES,
        definition="ผลสอบทานครั้งล่าสุด",
    )
    risk = StateColumn(
        "ความเสี่ยง",
        choices={"": "ยังไม่ประเมิน", **dict(RiskClass.choices)},
        tones=RISK_TONES,
        definition="จากการสอบทานครั้งล่าสุด แยกจากระดับคุณภาพ",
    )
