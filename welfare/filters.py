"""Filters of the list of funds, and of what they report, for programs."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from codi.places.filters import provinces_in_sight, regions_in_sight
from codi.ui.lists import ListFilter
from programs.models import Grade
from welfare.models import (
    Contribution,
    FundIndicators,
    FundReview,
    FundStatus,
    RiskClass,
    WelfareFund,
)
from welfare.queries import ANSWERS, FOUND_STOPPED, NOT_REVIEWED, STANDINGS

QUARTERS = [(number, f"ไตรมาส {number}") for number in range(1, 5)]
GRADES = {
    **dict(Grade.choices),
    FOUND_STOPPED: "พบว่าหยุดดำเนินการ",
    NOT_REVIEWED: "ยังไม่สอบทาน",
}


class FundFilter(ListFilter):
    """By place, answer of this quarter, grade, risk and standing."""

    region = django_filters.ModelChoiceFilter(label="ภาค", queryset=regions_in_sight)
    province = django_filters.ModelChoiceFilter(label="จังหวัด", queryset=provinces_in_sight)
    answer = django_filters.ChoiceFilter(label="รายงานไตรมาสนี้", choices=list(ANSWERS.items()))
    grade = django_filters.ChoiceFilter(
        label="ระดับคุณภาพ", field_name="review_grade", choices=list(GRADES.items())
    )
    risk = django_filters.ChoiceFilter(label="ความเสี่ยง", choices=RiskClass.choices)
    standing = django_filters.ChoiceFilter(label="สถานะกองทุน", choices=list(STANDINGS.items()))


def _funds(request: Any) -> QuerySet[WelfareFund]:
    return WelfareFund.objects.visible_to(request.user)


class OfFundFilter(ListFilter):
    """Of which fund: for programs, which know its key."""

    fund = django_filters.ModelChoiceFilter(label="กองทุน (id)", queryset=_funds)


def _years(model: Any) -> Any:
    """The fiscal years on record of a model, the latest first."""

    def found() -> list[tuple[int, str]]:
        years = model.objects.order_by("-fiscal_year").values_list("fiscal_year", flat=True)
        return [(year, str(year)) for year in years.distinct()]

    return django_filters.ChoiceFilter(label="ปีงบประมาณ", choices=found)


class StatusFilter(OfFundFilter):
    """Reports by fund, year and quarter."""

    fiscal_year = _years(FundStatus)
    quarter = django_filters.ChoiceFilter(label="ไตรมาส", choices=QUARTERS)


class IndicatorsFilter(OfFundFilter):
    """Indicators by fund, year and quarter."""

    fiscal_year = _years(FundIndicators)
    quarter = django_filters.ChoiceFilter(label="ไตรมาส", choices=QUARTERS)


class ReviewFilter(OfFundFilter):
    """Reviews by fund and year."""

    fiscal_year = _years(FundReview)


class ContributionFilter(OfFundFilter):
    """Contributions by fund and year."""

    fiscal_year = _years(Contribution)
