"""The points in time of an analysis: quarters of fiscal years, and single days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from codi.figures.quarters import Period, current_period, period_of, previous_period
from codi.fiscal import FiscalYear, Quarter
from codi.thai.dates import short_date


@dataclass(frozen=True)
class Point:
    """A day as of which figures are computed, under the name of its quarter or of the day."""

    key: str
    title: str
    day: dt.date
    quarter: Quarter

    @property
    def before(self) -> Point:
        """The end of the quarter before the one in which the day falls."""
        return of_period(previous_period(self.day))

    @property
    def fiscal_year(self) -> int:
        """The year that figures of a year count in."""
        return self.quarter.fiscal_year.number


def of_period(period: Period) -> Point:
    """A quarter as far as it is known."""
    year = period.quarter.fiscal_year.number
    key, title = f"{year}q{period.number}", f"ไตรมาส {period.number}/{year}"
    if period.ends_on != period.quarter.end:
        title = f"{title} (ถึง {short_date(period.ends_on)})"
    return Point(key, title, period.ends_on, period.quarter)


def of_day(day: dt.date) -> Point:
    """A single day."""
    return Point(day.isoformat(), short_date(day), day, current_period(day).quarter)


def points(
    years: Iterable[int], quarters: Iterable[int], days: Iterable[dt.date], *, today: dt.date
) -> list[Point]:
    """In the order of time; a quarter that has not begun is left out, one under way ends today."""
    numbers = sorted(set(quarters))
    asked = [Quarter(FiscalYear(year), number) for year in years for number in numbers]
    begun = [period for quarter in asked if (period := period_of(quarter, today)).has_begun]
    found = [*(of_period(period) for period in begun), *(of_day(day) for day in set(days))]
    return sorted(found, key=lambda point: (point.day, point.key))
