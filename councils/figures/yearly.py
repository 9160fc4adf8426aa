"""Terms of members by quarter, and quality reviews of two years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, Q

from codi.figures.declared import Blank, Derived, Measure, Percentage
from codi.figures.figure import FigureScope, register
from codi.figures.grid import Basis, Unit
from codi.figures.quarters import Period, current_period, on_day, periods
from codi.places.figures import PlaceFigure, PlaceSource
from councils.figures.sources import (
    COUNCILS,
    REVIEWS,
    SOURCE,
    expired_terms,
    reviews,
    year_of,
)
from programs.models.scales import Grade


def not_renewed(day: dt.date) -> Q:
    """The condition that a term had not been renewed on the day."""
    return Q(renewed_on=None) | Q(renewed_on__gt=day)


def _of_quarter(period: Period, *, is_current: bool) -> Iterator[Measure | Derived]:
    """Expired, renewed and not renewed; the quarter under way with the shares of both."""
    day, first = period.ends_on, f"q{period.number}"
    source = PlaceSource(on_day(expired_terms, day), "council__")
    told: tuple[tuple[str, str, Q | None], ...] = (
        ("term_expired", "ครบวาระ", None),
        ("reviewed", "ทบทวนแล้ว", Q(renewed_on__lte=day)),
        ("not_reviewed", "ยังไม่ทบทวน", not_renewed(day)),
    )
    for name, title, condition in told:
        key, pair = f"{first}_{name}", ""
        if is_current and condition is not None:
            pair = f"{name}_pct"
        if not period.has_begun:
            yield Blank(key, title, Unit.COUNT, period.title, basis=Basis.STOCK)
            continue
        yield Measure(
            key,
            title,
            Unit.COUNT,
            source,
            Count("pk"),
            condition,
            period.title,
            pair=pair,
            basis=Basis.STOCK,
            as_of=day,
        )
        if pair:
            yield Percentage(pair, f"ร้อยละ{title}", key, f"{first}_term_expired", period.title)


@register
class Terms(PlaceFigure):
    """Terms that were over at the end of each quarter, renewed and not; and the councils waiting."""

    key = "councils.terms"
    title = "วาระของสมาชิกสภาที่ครบ 4 ปีและการทบทวน รายไตรมาส"
    unit = "วาระ"
    basis = Basis.STOCK
    source = SOURCE
    definition = (
        "ครบวาระ = วาระที่ครบ 4 ปีนับแต่วันคัดเลือกภายในวันสิ้นไตรมาส ไม่นับวาระที่ถอนออกแล้ว · ทบทวนแล้ว = มีวันที่ทบทวนภายในวันนั้น"
        " · นับเป็นวาระ สภาหนึ่งมีได้หลายวาระ · สภาที่รอทบทวน นับสภาละครั้งเดียว"
    )
    notes = (
        "แต่ละไตรมาสเป็นยอดสะสม ยอดอาจลดลงเมื่อถอนวาระที่บันทึกผิด โดยมีเหตุผลในทะเบียน",
        "จำนวนวาระอาจมากกว่าจำนวนสภา เพราะสภาหนึ่งครบวาระได้มากกว่าหนึ่งครั้ง",
    )

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """Three columns per quarter and, on the day, the councils that wait."""
        now = current_period(as_of).number
        waiting = expired_terms(scope, as_of).filter(not_renewed(as_of))
        return (
            *(
                column
                for period in periods(as_of)
                for column in _of_quarter(period, is_current=period.number == now)
            ),
            Measure(
                "councils_not_reviewed",
                "สภาที่มีวาระครบและยังไม่ทบทวน (แห่ง)",
                Unit.COUNT,
                COUNCILS,
                Count("pk"),
                Q(pk__in=waiting.order_by().values("council")),
            ),
        )


def _grade(key: str, grade: str, condition: Q, group: str) -> Measure:
    return Measure(key, grade, Unit.COUNT, REVIEWS, Count("pk"), condition, group)


@register
class Quality(PlaceFigure):
    """Grades of the reviews of this fiscal year and the one before."""

    key = "councils.quality"
    title = "ระดับคุณภาพของสภาองค์กรชุมชนจากการสอบทาน"
    unit = "แห่ง"
    basis = Basis.STOCK
    source = SOURCE
    definition = "นับการสอบทานของปีงบประมาณนี้และปีก่อนที่สอบทานภายในวันที่ของรายงาน ตามระดับที่เกณฑ์ของปีนั้นให้ · สภาที่สอบทานทั้งสองปีนับปีละครั้ง"

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """A column per grade and year, and both years together; D where a review has it."""
        has_d = reviews(scope, as_of).filter(grade=Grade.D).exists()
        grades = [grade for grade in Grade.values if grade != Grade.D or has_d]
        year = year_of(as_of)
        years: tuple[tuple[str, Any, str], ...] = (
            ("previous", Q(fiscal_year=year - 1), f"ปี {year - 1} (แห่ง)"),
            ("current", Q(fiscal_year=year), f"ปี {year} (แห่ง)"),
            ("all", Q(), "รวมสองปี (แห่ง)"),
        )
        return (
            *(
                _grade(f"{key}_{grade.lower()}", grade, condition & Q(grade=grade), group)
                for key, condition, group in years
                for grade in grades
            ),
            Measure("all_total", "รวม", Unit.COUNT, REVIEWS, Count("pk"), group="รวมสองปี (แห่ง)"),
        )
