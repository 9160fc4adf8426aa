"""The ten development indicators of funds in two quarters, with the one-page sheets."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from codi.accounts.models import User
from codi.files.models import DocumentKind
from reports.samples.national_2562.days import QUARTERS, YEAR, between
from reports.samples.national_2562.files import PlannedFile, attach
from reports.samples.national_2562.funds import PlannedFund
from reports.samples.national_2562.published import REGIONS, by_region, national
from reports.samples.national_2562.shares import arcs
from reports.samples.national_2562.storing import store
from welfare.models import INDICATORS, FundFile, FundIndicators

CRITERIA = 5
ATTACHED = 7  # the place of indicator 1.8 among the ten
# Funds that report indicators without passing the five criteria.
NOT_PASSING_COUNT = 1000
# Of the files attached by the third quarter, so many in a hundred were complete one-page sheets.
COMPLETE_PCT = 55


@dataclass(slots=True)
class Marks:
    """The indicators of a fund: what stood in the third quarter (if anything), and in the fourth."""

    fund: PlannedFund
    now: list[bool] = field(default_factory=lambda: [True] * len(INDICATORS))
    then: list[bool] | None = None
    has_one_page: bool = False
    had_one_page: bool = False


def plan(funds: Sequence[PlannedFund], dice: random.Random) -> list[Marks]:
    """Marks of the funds that report indicators; what stood in the third quarter still stands."""
    told = national("indicators")
    updated = [one for one in funds if one.is_updated and not one.is_late]
    passing = _with_one_page(updated, dice)
    sheets = {one.fund.key for one in passing}
    others = [one for one in updated if one.key not in sheets]
    dice.shuffle(others)
    more = int(told["1"]["q4"]) - len(passing)
    passing += [Marks(others.pop()) for _ in range(more)]
    rest = [Marks(others.pop()) for _ in range(NOT_PASSING_COUNT)]
    counts = [int(told[f"1.{number}"]["q4"]) - len(passing) for number in range(1, 11)]
    _criteria_now(rest, counts[:CRITERIA])
    _others_now(passing, rest, counts, dice)
    _before(passing, dice)
    return passing + rest


def _with_one_page(updated: Sequence[PlannedFund], dice: random.Random) -> list[Marks]:
    found = []
    for region in REGIONS:
        here = [one for one in updated if one.area.region == region]
        chosen = dice.sample(here, by_region("one_page")[region]["complete"])
        found += [Marks(one, has_one_page=True) for one in chosen]
    return found


def _criteria_now(rest: Sequence[Marks], counts: Sequence[int]) -> None:
    """The first five of those that do not pass: each lacks at least one."""
    for one, met in zip(
        rest, arcs(len(rest), [len(rest) - count for count in counts]), strict=True
    ):
        one.now[:CRITERIA] = met


def _others_now(
    passing: Sequence[Marks], rest: Sequence[Marks], counts: Sequence[int], dice: random.Random
) -> None:
    """The last five: those that pass have them all, but for the file that some never attached."""
    for one in passing:
        one.now[ATTACHED] = one.has_one_page
    for number in range(CRITERIA, len(INDICATORS)):
        count = counts[number]
        if number == ATTACHED:
            count += sum(not one.has_one_page for one in passing)
        have = set(dice.sample(range(len(rest)), count))
        for at, one in enumerate(rest):
            one.now[number] = at in have


def _before(passing: Sequence[Marks], dice: random.Random) -> None:
    """The third quarter: only funds that pass by now had reported, most of them less."""
    told = national("indicators")
    ready = int(told["1"]["q3"])
    order = dice.sample(list(passing), len(passing))
    early, late = order[:ready], order[ready:]
    counts = [int(told[f"1.{number}"]["q3"]) for number in range(1, 11)]
    met = arcs(len(late), [len(passing) - count for count in counts[:CRITERIA]])
    for one in early:
        one.then = [True] * CRITERIA
    for one, marks in zip(late, met, strict=True):
        one.then = list(marks)
    for number in range(CRITERIA, len(INDICATORS)):
        able = [at for at, one in enumerate(passing) if one.now[number]]
        have = set(dice.sample(able, counts[number]))
        for at, one in enumerate(passing):
            if one.then is not None:
                one.then.append(at in have)
    for one in passing:
        attached = one.then is not None and one.then[ATTACHED]
        one.had_one_page = attached and dice.randrange(100) < COMPLETE_PCT


def store_indicators(marks: Sequence[Marks], actor: User, dice: random.Random) -> None:
    """Write the indicators of both quarters, and attach the sheets and rules that they count."""
    columns = (
        "fund_id", "fiscal_year", "quarter", "reported_on", *INDICATORS, "has_complete_one_page",
        "version",
    )  # fmt: skip
    rows, files = _records(marks, dice)
    store(FundIndicators, columns, rows)
    attach(FundFile, files, actor, dice)


def _records(
    marks: Iterable[Marks], dice: random.Random
) -> tuple[list[tuple[Any, ...]], list[PlannedFile]]:
    rows: list[tuple[Any, ...]] = []
    files = []
    for one in marks:
        days: Iterator[dt.date] = (between(*QUARTERS[number - 1], dice) for number in (3, 4))
        third, fourth = days
        if one.then is not None:
            rows.append((one.fund.key, YEAR.number, 3, third, *one.then, one.had_one_page, 1))
        rows.append((one.fund.key, YEAR.number, 4, fourth, *one.now, one.has_one_page, 1))
        if one.now[ATTACHED]:
            kind = DocumentKind.ONE_PAGE if one.has_one_page else DocumentKind.FUND_RULES
            day = third if one.then is not None and one.then[ATTACHED] else fourth
            files.append(PlannedFile(one.fund.key, one.fund.code, kind, day))
    return rows, files
