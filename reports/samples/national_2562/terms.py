"""Terms of the councils of a region, so that every quarter has as many expired and renewed ones.

A cumulative series that falls means terms that were withdrawn: here, terms that had been entered a
second time. The reason stands on the record.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from councils.models import TERM_YEARS
from reports.samples.national_2562.days import (
    BEFORE_YEAR,
    COUNCILS_SINCE,
    FIRST_QUARTER_END,
    QUARTERS,
    between,
    years_on,
)

ENTERED_TWICE = "บันทึกวาระเดียวกันซ้ำ ตรวจพบเมื่อทบทวนข้อมูลรายไตรมาส"
LATER_QUARTERS = (2, 3, 4)
# A first term that began after the first of these days runs on the day of the report; a council
# founded by the second has had time to let its term expire, by whatever quarter.
STILL_RUNNING_SINCE = dt.date(2015, 9, 1)
LONG_EXPIRED_FROM, LONG_EXPIRED_BY = dt.date(2012, 3, 1), dt.date(2018, 12, 15)
OLD_ENOUGH = dt.date(2014, 12, 15)


@dataclass(slots=True)
class PlannedTerm:
    """One term: its selection, and what became of it."""

    selected_on: dt.date
    renewed_on: dt.date | None = None
    withdrawn_on: dt.date | None = None
    key: int = 0

    @property
    def expires_on(self) -> dt.date:
        """Four years later (มาตรา 8)."""
        return years_on(self.selected_on, TERM_YEARS)


@dataclass(slots=True)
class History:
    """The terms of one council, the present one last; doubles that were withdrawn stand apart."""

    terms: list[PlannedTerm]
    doubles: list[PlannedTerm] = field(default_factory=list)


@dataclass(frozen=True)
class Movement:
    """What happened to the terms of a region in a quarter."""

    expired: int
    renewed: int
    lost_open: int
    lost_renewed: int


def movements(told: Mapping[str, int]) -> dict[int, Movement]:
    """Quarter → what must have happened in it for the printed cumulative counts to follow."""
    found = {}
    for quarter in LATER_QUARTERS:
        expired = told[f"expired_q{quarter}"] - told[f"expired_q{quarter - 1}"]
        renewed = told[f"renewed_q{quarter}"] - told[f"renewed_q{quarter - 1}"]
        lost_renewed = max(0, -renewed)
        newly = expired + lost_renewed
        found[quarter] = Movement(max(0, newly), max(0, renewed), max(0, -newly), lost_renewed)
    return found


def histories(told: Mapping[str, int], councils: int, dice: random.Random) -> list[History]:
    """The terms of each of a region's older councils, in no particular order.

    Every council has one present term: expired, or running. A renewed term was followed by the
    present one; in some councils that one has expired again, so that a region may have more expired
    terms than councils.
    """
    moves = movements(told)
    renewed_count = told["renewed_q4"]
    open_count = told["expired_q4"] - renewed_count
    running = councils - open_count
    again = max(renewed_count // 20, renewed_count - running + running // 10)
    renewals = [quarter for quarter, move in moves.items() for _ in range(move.renewed)]
    renewals += [1] * (renewed_count - again - len(renewals))
    expiries = [quarter for quarter, move in moves.items() for _ in range(move.expired)]
    expiries += [1] * (open_count - len(expiries))
    settled = [_expired(quarter, at < again, dice) for at, quarter in enumerate(expiries)]
    settled += [_renewed(quarter, dice) for quarter in renewals]
    since = [
        between(STILL_RUNNING_SINCE, BEFORE_YEAR, dice) for _ in range(councils - len(settled))
    ]
    settled += [History([PlannedTerm(day)]) for day in since]
    _enter_twice(settled, moves, dice)
    return settled


def _expired(quarter: int, again: bool, dice: random.Random) -> History:
    """A council whose present term expired in a quarter (1: by then); ``again``: its second one."""
    first, last = QUARTERS[quarter - 1] if quarter > 1 else (LONG_EXPIRED_FROM, LONG_EXPIRED_BY)
    selected_on = years_on(between(first, last, dice), -TERM_YEARS)
    if not again:
        return History([PlannedTerm(selected_on)])
    founded_on = between(COUNCILS_SINCE, years_on(selected_on, -TERM_YEARS), dice)
    return History([PlannedTerm(founded_on, selected_on), PlannedTerm(selected_on)])


def _renewed(quarter: int, dice: random.Random) -> History:
    """A council whose first term was renewed in a quarter (1: by then), and whose second runs."""
    first, last = QUARTERS[quarter - 1]
    renewed_on = between(first if quarter > 1 else STILL_RUNNING_SINCE, last, dice)
    latest = min(OLD_ENOUGH, years_on(renewed_on, -TERM_YEARS))
    founded_on = between(COUNCILS_SINCE, latest, dice)
    return History([PlannedTerm(founded_on, renewed_on), PlannedTerm(renewed_on)])


def _enter_twice(
    settled: list[History], moves: Mapping[int, Movement], dice: random.Random
) -> None:
    """Give some councils a term that was counted from the first quarter on, and then withdrawn."""
    by_first_quarter = [one for one in settled if one.terms[0].expires_on <= LONG_EXPIRED_BY]
    still_open = [one for one in by_first_quarter if len(one.terms) == 1]
    done = [
        one
        for one in by_first_quarter
        if one.terms[0].renewed_on and one.terms[0].renewed_on <= FIRST_QUARTER_END
    ]
    for quarter, move in moves.items():
        for found, count in ((still_open, move.lost_open), (done, move.lost_renewed)):
            for one in dice.sample(found, count):
                term = one.terms[0]
                selected_on = term.selected_on + dt.timedelta(days=dice.randrange(1, 10))
                withdrawn_on = between(*QUARTERS[quarter - 1], dice)
                one.doubles.append(PlannedTerm(selected_on, term.renewed_on, withdrawn_on))
