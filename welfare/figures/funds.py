"""What funds hold: status by place, the change between two quarters, benefits by kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, Sum

from codi.figures.compared import ComparedFigure, Line
from codi.figures.declared import Derived, Measure, MeasureFigure, Percentage, Source
from codi.figures.figure import FigureScope, register
from codi.figures.grid import Basis, Row, Unit
from codi.places.figures import PlaceFigure, ProvinceFigure, place_name
from welfare.figures.sources import SOURCE, STATUSES, benefits, fund_count, funds, statuses
from welfare.models import BenefitKind

MONEY = "เงินกองทุน (บาท)"
COLUMNS = (
    ("members", "สมาชิก (คน)", Unit.COUNT, "member_count", ""),
    ("villages", "หมู่บ้าน (แห่ง)", Unit.COUNT, "village_count", ""),
    ("money_total_baht", "รวม", Unit.BAHT, "money_baht", MONEY),
    ("src_6_members_baht", "[6] สมาชิก", Unit.BAHT, "from_members_baht", MONEY),
    ("src_64_local_gov_baht", "[64] อปท.", Unit.BAHT, "from_local_government_baht", MONEY),
    ("src_65_codi_baht", "[65] รัฐผ่าน พอช.", Unit.BAHT, "from_codi_baht", MONEY),
    ("src_66_other_state_baht", "[66] หน่วยงานรัฐอื่น", Unit.BAHT, "from_other_state_baht", MONEY),
    ("src_67_other_baht", "[67] แหล่งอื่น", Unit.BAHT, "from_others_baht", MONEY),
    ("src_75_donation_baht", "[75] เงินบริจาค", Unit.BAHT, "from_donations_baht", MONEY),
)


@register
class Status(PlaceFigure):
    """Funds by place with members, villages and money by source, from each fund's latest status."""

    key = "welfare.status"
    title = "สถานะกองทุนสวัสดิการชุมชน จำแนกตามพื้นที่"
    unit = "กองทุน คน แห่ง บาท"
    basis = Basis.STOCK
    source = SOURCE
    definition = (
        "กองทุน = กองทุนที่จัดตั้งแล้วและไม่ได้ถอนออกจากทะเบียน · สมาชิก หมู่บ้าน และเงิน มาจากสถานะล่าสุดที่กองทุนรายงานภายในวันที่ของรายงาน"
        " · กองทุนที่แจ้งว่าไม่มีข้อมูลเปลี่ยนแปลงใช้สถานะครั้งก่อน · ตัวเลขในวงเล็บคือรหัสแหล่งเงินของระบบเดิม"
    )

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """Funds, members, villages, money and its six sources."""
        return (
            fund_count(),
            *(
                Measure(key, title, unit, STATUSES, Sum(path), group=group)
                for key, title, unit, path, group in COLUMNS
            ),
        )


@register
class ByProvince(ProvinceFigure):
    """Funds, members and money by province, for the map."""

    key = "welfare.by_province"
    title = "กองทุนสวัสดิการชุมชน สมาชิก และเงินกองทุน รายจังหวัด"
    unit = "กองทุน คน บาท"
    basis = Basis.STOCK
    source = SOURCE
    definition = (
        "กองทุน = กองทุนที่จัดตั้งแล้วและไม่ได้ถอนออกจากทะเบียน · สมาชิกและเงิน มาจากสถานะล่าสุดที่กองทุนรายงานภายในวันที่ของรายงาน"
        " · กองทุนที่แจ้งว่าไม่มีข้อมูลเปลี่ยนแปลงใช้สถานะครั้งก่อน"
    )

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """Funds, members and money of all sources."""
        return (
            fund_count(),
            Measure("members", "สมาชิก (คน)", Unit.COUNT, STATUSES, Sum("member_count")),
            Measure("money_total_baht", "เงินกองทุน (บาท)", Unit.BAHT, STATUSES, Sum("money_baht")),
        )


ALL_FUNDS, LATEST = Source(funds, ""), Source(statuses, "")


def _line(key: str, title: str, unit: Unit, path: str) -> Line:
    return Line(Measure(key, title, unit, LATEST, Sum(path)), key.count("."))


@register
class Change(ComparedFigure):
    """Funds, members, money and benefits at the end of the quarter before, and now."""

    key = "welfare.change"
    title = "กองทุนสวัสดิการชุมชน เทียบกับไตรมาสก่อน"
    unit = "กองทุน คน บาท"
    basis = Basis.STOCK
    source = SOURCE
    definition = (
        "ยอด ณ สิ้นไตรมาสก่อนและ ณ วันที่ของรายงาน จากสถานะล่าสุดที่แต่ละกองทุนรายงานภายในวันนั้น · แหล่งอื่น = รหัส [67] และ [75] รวมกัน"
        " · ไม่ได้จำแนกกลุ่ม = สมาชิกทั้งหมดลบสมาชิกห้ากลุ่ม"
    )
    notes = ("ยอดสะสมที่ลดลงมีเหตุผลบันทึกไว้ที่สถานะของกองทุน",)
    lines = (
        Line(Measure("1", "กองทุนที่จัดตั้งแล้ว (กองทุน)", Unit.COUNT, ALL_FUNDS, Count("pk"))),
        _line("1.1", "สมาชิกทั้งหมด (คน)", Unit.COUNT, "member_count"),
        _line("1.1.1", "คนวัยทำงาน", Unit.COUNT, "working_age_count"),
        _line("1.1.2", "เด็กและเยาวชน (0-25 ปี)", Unit.COUNT, "youth_count"),
        _line("1.1.3", "ผู้สูงอายุ (60 ปีขึ้นไป)", Unit.COUNT, "elderly_count"),
        _line("1.1.4", "ผู้ด้อยโอกาส/ผู้พิการ", Unit.COUNT, "disadvantaged_count"),
        _line("1.1.5", "กลุ่มอื่น", Unit.COUNT, "other_count"),
        _line("1.1.6", "ไม่ได้จำแนกกลุ่ม", Unit.COUNT, "unclassified_count"),
        _line("1.2", "เงินกองทุนทั้งหมด (บาท)", Unit.BAHT, "money_baht"),
        _line("1.2.1", "เงินจากสมาชิก", Unit.BAHT, "from_members_baht"),
        _line("1.2.2", "อปท. สมทบ", Unit.BAHT, "from_local_government_baht"),
        _line("1.2.3", "รัฐสมทบผ่าน พอช.", Unit.BAHT, "from_codi_baht"),
        _line("1.2.4", "หน่วยงานรัฐอื่นสมทบ", Unit.BAHT, "from_other_state_baht"),
        _line("1.2.5", "แหล่งอื่น", Unit.BAHT, "from_elsewhere_baht"),
        _line("1.3", "ผู้รับประโยชน์โดยตรง (คน)", Unit.COUNT, "beneficiary_count"),
        _line("1.4", "เงินจ่ายสวัสดิการ (บาท)", Unit.BAHT, "benefit_baht"),
    )

    def scope_label(self, scope: FigureScope) -> str:
        """The province, the region or the whole country."""
        return place_name(scope)


BENEFITS = Source(benefits, "kind")


@register
class Benefits(MeasureFigure):
    """Persons and baht by kind of benefit, each with its share of all."""

    key = "welfare.benefits"
    title = "การจ่ายสวัสดิการ จำแนกตามประเภท"
    unit = "คน บาท"
    basis = Basis.STOCK
    source = SOURCE
    row_heading = "ประเภทสวัสดิการ"
    definition = "ผู้รับและเงินที่จ่ายแต่ละประเภท จากสถานะล่าสุดที่แต่ละกองทุนรายงานภายในวันที่ของรายงาน · ร้อยละเทียบกับทุกประเภทรวมกัน ปัดเศษสองตำแหน่ง"
    columns = (
        Measure("persons", "ผู้รับ (คน)", Unit.COUNT, BENEFITS, Sum("person_count")),
        Percentage("persons_pct", "ร้อยละของผู้รับ", "persons", "persons@total"),
        Measure("paid_baht", "จ่าย (บาท)", Unit.BAHT, BENEFITS, Sum("paid_baht")),
        Percentage("paid_pct", "ร้อยละของเงินที่จ่าย", "paid_baht", "paid_baht@total"),
    )

    def rows(self, scope: FigureScope, as_of: dt.date) -> Sequence[Row]:
        """The kinds of benefits, one that nobody received as well."""
        return [Row(kind.value, kind.label) for kind in BenefitKind]

    def scope_label(self, scope: FigureScope) -> str:
        """The province, the region or the whole country."""
        return place_name(scope)
