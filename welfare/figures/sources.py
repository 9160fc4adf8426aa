"""What the figures of funds count: the records of a scope that stood on a day.

The latest report of each fund is found by ``DISTINCT ON`` over the index of reports, once, and the
rows are then asked for by key: aggregates of Django cannot stand beside ``DISTINCT ON``, and a
subselect per fund would be asked 6,000 times.
"""

from __future__ import annotations

import datetime as dt
from functools import reduce
from operator import add
from typing import Any

from django.db.models import Count, F, QuerySet

from codi.figures.declared import Measure
from codi.figures.figure import FigureScope
from codi.figures.grid import Unit
from codi.fiscal import FiscalYear
from codi.places.figures import PlaceSource, within
from welfare.models import (
    MEMBER_GROUPS,
    MONEY_SOURCES,
    Benefit,
    FundIndicators,
    FundReview,
    FundStatus,
    WelfareFund,
)

SOURCE = "ทะเบียนกองทุนสวัสดิการชุมชน"


def year_of(day: dt.date) -> int:
    """The number of the day's fiscal year."""
    return FiscalYear.of(day).number


def funds(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """Funds established on the day; one that stopped working stays in the register."""
    return WelfareFund.objects.established_as_of(day).filter(within(scope))


def _total(names: tuple[str, ...]) -> Any:
    return reduce(add, (F(name) for name in names))


def statuses(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """The latest status of each fund established on the day, as reported by then.

    With ``money_baht`` (all six sources), ``from_elsewhere_baht`` ([67] and [75], which the national
    comparison prints as one) and ``unclassified_count`` (members in none of the five groups).
    """
    of_funds: Any = FundStatus.objects.filter(fund__in=funds(scope, day))
    latest = of_funds.latest_as_of(day)
    found: QuerySet[Any] = FundStatus.objects.filter(pk__in=latest.values("pk")).annotate(
        money_baht=_total(MONEY_SOURCES),
        from_elsewhere_baht=F("from_others_baht") + F("from_donations_baht"),
        unclassified_count=F("member_count") - _total(MEMBER_GROUPS),
    )
    return found


def benefits(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """What the latest statuses tell of benefits by kind."""
    return Benefit.objects.filter(status__in=statuses(scope, day).order_by().values("pk"))


def indicators(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """The latest indicators of each fund within the day's fiscal year, as reported by then."""
    of_funds: Any = FundIndicators.objects.filter(fund__in=funds(scope, day))
    latest = of_funds.latest_as_of(year_of(day), day)
    return FundIndicators.objects.filter(pk__in=latest.values("pk"))


def reviews(scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """The quality reviews of the day's fiscal year made by then; a fund has one a year."""
    return FundReview.objects.filter(
        fund__in=funds(scope, day), fiscal_year=year_of(day), reviewed_on__lte=day
    )


FUNDS = PlaceSource(funds, "")
REVIEWS = PlaceSource(reviews, "fund__")
STATUSES = PlaceSource(statuses, "fund__")
INDICATORS = PlaceSource(indicators, "fund__")


def fund_count(title: str = "กองทุน (กองทุน)") -> Measure:
    """The column of funds in the register."""
    return Measure("funds", title, Unit.COUNT, FUNDS, Count("pk"))
