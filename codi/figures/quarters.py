"""The quarters of a report's fiscal year as columns of a figure, each with its own day.

A quarter counts up to its last day, the one under way up to the report's day; one that has not
begun has a column without values, so that the table keeps its shape from October to September.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from codi.figures.declared import QuerysetFactory
from codi.figures.figure import FigureScope
from codi.fiscal import FiscalYear, Quarter
from codi.thai.calendar import SHORT_MONTHS, short_month


@dataclass(frozen=True)
class Period:
    """A quarter as far as a report of a day knows it; both days are included."""

    quarter: Quarter
    ends_on: dt.date
    has_begun: bool

    @property
    def number(self) -> int:
        """1 to 4."""
        return self.quarter.number

    @property
    def starts_on(self) -> dt.date:
        """The first day."""
        return self.quarter.start

    @property
    def title(self) -> str:
        """ไตรมาส 1 (ต.ค.-ธ.ค. 61); a quarter under way ends with the month of the report."""
        first, last = self.starts_on, self.ends_on
        months = short_month(last)
        if first.month != last.month:
            months = f"{SHORT_MONTHS[first.month - 1]}-{months}"
        return f"ไตรมาส {self.number} ({months})"

    def holds(self, path: str) -> Q:
        """The condition that the day ``path`` lies within the period."""
        return Q(**{f"{path}__gte": self.starts_on, f"{path}__lte": self.ends_on})


def period_of(quarter: Quarter, as_of: dt.date) -> Period:
    """A quarter as a report of ``as_of`` knows it."""
    has_begun = quarter.start <= as_of
    ends_on = min(quarter.end, as_of) if has_begun else quarter.end
    return Period(quarter, ends_on, has_begun)


def periods(as_of: dt.date) -> tuple[Period, ...]:
    """The four quarters of the day's fiscal year, in order."""
    return tuple(period_of(quarter, as_of) for quarter in FiscalYear.of(as_of).quarters)


def current_period(as_of: dt.date) -> Period:
    """The quarter under way on the day."""
    return period_of(Quarter.of(as_of), as_of)


def previous_period(as_of: dt.date) -> Period:
    """The whole quarter before the one under way; in October the fourth of the year before."""
    return period_of(Quarter.of(Quarter.of(as_of).start - dt.timedelta(days=1)), as_of)


@dataclass(frozen=True)
class AsOfDay:
    """A queryset of a source as it stood on a fixed day, whatever the day of the report.

    Two of the same queryset and day are equal, so that their measures share a query.
    """

    queryset: Callable[[FigureScope, dt.date], QuerySet[Any]]
    day: dt.date

    def __call__(self, scope: FigureScope, as_of: dt.date) -> QuerySet[Any]:
        """The records of the fixed day."""
        return self.queryset(scope, self.day)


def on_day(queryset: QuerysetFactory, day: dt.date) -> QuerysetFactory:
    """``queryset`` held to a day (the end of a quarter)."""
    return AsOfDay(queryset, day)
