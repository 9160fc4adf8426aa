"""The days of the sample: fiscal year 2562 up to the last day on which anything is recorded."""

from __future__ import annotations

import datetime as dt
import random

from codi.fiscal import FiscalYear

YEAR = FiscalYear(2562)
AS_OF = dt.date(2019, 8, 31)
LAST = dt.date(2019, 8, 26)
COUNCILS_SINCE = dt.date(2008, 3, 1)
# The first and the last day of each quarter on which the sample has records.
QUARTERS = tuple((quarter.start, min(quarter.end, LAST)) for quarter in YEAR.quarters)
BEFORE_YEAR = YEAR.start - dt.timedelta(days=1)
FIRST_QUARTER_END = QUARTERS[0][1]
THIRD_QUARTER_END = QUARTERS[2][1]


def between(first: dt.date, last: dt.date, dice: random.Random) -> dt.date:
    """A day from ``first`` to ``last``, both included."""
    return first + dt.timedelta(days=dice.randrange((last - first).days + 1))


def soon_after(day: dt.date, most: int, dice: random.Random) -> dt.date:
    """A day up to so many days later, within the sample."""
    return min(day + dt.timedelta(days=dice.randrange(most)), max(day, LAST))


def years_on(day: dt.date, years: int) -> dt.date:
    """The same day some multiple of four years later (or earlier, when negative)."""
    return day.replace(year=day.year + years)


def moment(day: dt.date, dice: random.Random) -> str:
    """A moment of the working hours of a day in Thailand, as the database reads it."""
    return f"{day} {dice.randrange(8, 17):02d}:{dice.randrange(60):02d}:{dice.randrange(60):02d}+07"


def fiscal_year_of(day: dt.date) -> int:
    """The fiscal year in which a day falls, as its number."""
    return day.year + 543 + (day.month >= 10)
