"""Development of funds: indicators with the five criteria, one-page sheets, quality reviews, risk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, Q

from codi.figures.compared import ComparedFigure, Line
from codi.figures.declared import Derived, Measure, Percentage, Source
from codi.figures.figure import FigureScope, register
from codi.figures.grid import Basis, Unit
from codi.places.figures import PlaceFigure, place_name
from programs.figures import base
from programs.models import Grade
from programs.models.region_bases import BaseKind
from welfare.figures.sources import INDICATORS, REVIEWS, SOURCE, fund_count, indicators
from welfare.models import CRITERIA, RiskClass
from welfare.models import INDICATORS as NAMES
from welfare.models import FundIndicators as Record

LATEST = Source(indicators, "")


def _line(number: int, name: str) -> Line:
    title = str(Record._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    measure = Measure(f"1.{number}", title, Unit.COUNT, LATEST, Count("pk"), Q(**{name: True}))
    return Line(measure, 1)


@register
class Indicators(ComparedFigure):
    """Funds that meet each indicator, and all five criteria, in two quarters."""

    key = "welfare.indicators"
    title = "การพัฒนากองทุนสวัสดิการชุมชนตามตัวชี้วัด เทียบกับไตรมาสก่อน"
    unit = "กองทุน"
    basis = Basis.STOCK
    source = SOURCE
    definition = (
        "นับกองทุนตามข้อมูลพัฒนาล่าสุดของปีงบประมาณที่รายงานภายในวันสิ้นไตรมาสก่อนและวันที่ของรายงาน · ผ่านเกณฑ์คุณภาพ = เข้าตัวชี้วัดข้อ 1.1 ถึง 1.5 ครบห้าข้อ"
        " · ไตรมาสแรกเทียบกับปีงบประมาณก่อน"
    )
    lines = (
        Line(
            Measure(
                "1",
                "ผ่านเกณฑ์คุณภาพครบ 5 ข้อ",
                Unit.COUNT,
                LATEST,
                Count("pk"),
                Q(**dict.fromkeys(CRITERIA, True)),
            )
        ),
        *(_line(number, name) for number, name in enumerate(NAMES, start=1)),
    )

    def scope_label(self, scope: FigureScope) -> str:
        """The province, the region or the whole country."""
        return place_name(scope)


@register
class OnePage(PlaceFigure):
    """Funds with a complete one-page sheet, against the target."""

    key = "welfare.one_page"
    title = "กองทุนที่มีชุดความรู้ one page ครบถ้วน"
    unit = "กองทุน"
    basis = Basis.STOCK
    source = SOURCE
    definition = "นับกองทุนที่ข้อมูลพัฒนาล่าสุดของปีงบประมาณ ซึ่งรายงานภายในวันที่ของรายงาน ระบุว่า one page ครบถ้วนสมบูรณ์ · ร้อยละเทียบกับเป้าหมายของปี"

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """Target, complete sheets and their share."""
        return (
            base("target_funds", "เป้าหมาย (กองทุน)", BaseKind.ONE_PAGE_FUNDS),
            Measure(
                "funds_passed_complete",
                "ครบถ้วนสมบูรณ์ (กองทุน)",
                Unit.COUNT,
                INDICATORS,
                Count("pk"),
                Q(has_complete_one_page=True),
                pair="passed_pct",
            ),
            Percentage("passed_pct", "ร้อยละของเป้าหมาย", "funds_passed_complete", "target_funds"),
        )


# The words of the annual report of 2563, part 1, for the grades of funds.
GRADE_WORDS = {Grade.A: "ดีมาก", Grade.B: "ดี", Grade.C: "ปานกลาง", Grade.D: "น้อย"}
STOPPED = "stopped"


def _share(key: str, title: str, condition: Q) -> tuple[Measure | Derived, ...]:
    """A class of the reviewed funds, with its share of all that were reviewed."""
    return (
        Measure(key, title, Unit.COUNT, REVIEWS, Count("pk"), condition, pair=f"{key}_pct"),
        Percentage(f"{key}_pct", "ร้อยละของที่สอบทาน", key, "reviewed"),
    )


def _reviewed() -> Measure:
    """All reviews of the year, those that found a fund stopped among them."""
    return Measure("reviewed", "สอบทานแล้ว (กองทุน)", Unit.COUNT, REVIEWS, Count("pk"))


@register
class Quality(PlaceFigure):
    """Grades of the year's reviews; funds found stopped count as reviewed."""

    key = "welfare.quality"
    title = "ระดับคุณภาพของกองทุนสวัสดิการชุมชนจากการสอบทาน"
    unit = "กองทุน"
    basis = Basis.STOCK
    source = SOURCE
    definition = (
        "นับการสอบทานของปีงบประมาณที่สอบทานภายในวันที่ของรายงาน ตามระดับที่เกณฑ์ของปีนั้นให้"
        " · กองทุนที่พบว่าหยุดดำเนินการนับรวมในที่สอบทานแล้ว · ร้อยละของระดับเทียบกับที่สอบทานแล้ว"
    )

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """Funds, the reviewed ones, and of these each grade and those that stopped."""
        return (
            fund_count(),
            _reviewed(),
            Percentage("reviewed_pct", "ร้อยละของกองทุน", "reviewed", "funds"),
            *(
                column
                for grade, word in GRADE_WORDS.items()
                for column in _share(
                    f"grade_{grade.lower()}", f"{grade} {word} (กองทุน)", Q(grade=grade)
                )
            ),
            *_share(STOPPED, "หยุดดำเนินการ (กองทุน)", Q(is_stopped=True)),
        )


@register
class Risk(PlaceFigure):
    """Classes of risk of the year's reviews, apart from the grade."""

    key = "welfare.risk"
    title = "ระดับความเสี่ยงของกองทุนสวัสดิการชุมชนจากการสอบทาน"
    unit = "กองทุน"
    basis = Basis.STOCK
    source = SOURCE
    definition = (
        "นับการสอบทานของปีงบประมาณที่สอบทานภายในวันที่ของรายงาน ตามระดับความเสี่ยง ซึ่งประเมินแยกจากระดับคุณภาพ"
    )

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """The reviewed funds, each class, and those without an assessment."""
        return (
            _reviewed(),
            *(
                column
                for risk in RiskClass
                for column in _share(risk.value, f"{risk.label} (กองทุน)", Q(risk=risk))
            ),
            *_share("unassessed", "ยังไม่ประเมิน (กองทุน)", Q(risk="")),
        )
