"""The statuses that funds reported by quarter, and the benefits in them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from typing import Any

from reports.samples.national_2562.amounts import KINDS, Amounts, Reported
from reports.samples.national_2562.days import QUARTERS, YEAR, between
from reports.samples.national_2562.funds import PlannedFund
from reports.samples.national_2562.storing import keys, store
from welfare.models import MEMBER_GROUPS, MONEY_SOURCES, Benefit, FundStatus

CORRECTION = "แก้ไขยอดที่บันทึกซ้ำในไตรมาสก่อน ตรวจกับสมุดบัญชีของกองทุนแล้ว"
# How many in a hundred of the funds that were not updated last told of each earlier quarter.
LAST_TOLD = {3: 70, 2: 20, 1: 10}
SAID_NOTHING_PCT = 30
# Reports of a quarter come in from its third week on.
FIRST_REPORT = dt.timedelta(days=15)

Status = tuple[int, PlannedFund, int, dt.date, Amounts | None, int, str]


def store_statuses(
    funds: Sequence[PlannedFund],
    withdrawn: Sequence[PlannedFund],
    reported: Reported,
    dice: random.Random,
) -> None:
    """Write the statuses and their benefits."""
    told = [*_told(funds, reported, dice), *_of_withdrawn(withdrawn, reported, dice)]
    numbers = keys(FundStatus, len(told))
    statuses: list[Status] = [(key, *rest) for key, rest in zip(numbers, told, strict=True)]
    columns = (
        "id", "fund_id", "fiscal_year", "quarter", "reported_on", "has_nothing_to_report",
        "member_count", *MEMBER_GROUPS, "village_count", *MONEY_SOURCES, "beneficiary_count",
        "benefit_baht", "correction_reason", "version",
    )  # fmt: skip
    store(FundStatus, columns, (_row(*status) for status in statuses))
    store(Benefit, ("status_id", "kind", "person_count", "paid_baht"), _benefits(statuses))


def _told(
    funds: Sequence[PlannedFund], reported: Reported, dice: random.Random
) -> Iterator[tuple[PlannedFund, int, dt.date, Amounts | None, int, str]]:
    quarters, weights = list(LAST_TOLD), list(LAST_TOLD.values())
    for at, fund in enumerate(funds):
        then, villages = reported.then[at], reported.villages[at]
        if then is not None:
            (quarter,) = [3] if fund.is_updated else dice.choices(quarters, weights)
            yield fund, quarter, _day(quarter, dice), then, villages, ""
            if quarter < 3 and dice.randrange(100) < SAID_NOTHING_PCT:
                yield fund, 3, _day(3, dice), None, 0, ""
        if not fund.is_updated:
            continue
        day = max(_day(4, dice), fund.founded_on)
        if at in reported.nothing:
            yield fund, 4, day, None, 0, ""
        else:
            reason = CORRECTION if at in reported.fallers else ""
            yield fund, 4, day, reported.now[at], villages, reason


def _of_withdrawn(
    withdrawn: Sequence[PlannedFund], reported: Reported, dice: random.Random
) -> Iterator[tuple[PlannedFund, int, dt.date, Amounts | None, int, str]]:
    for fund, amounts in zip(withdrawn, reported.withdrawn, strict=True):
        yield fund, 3, _day(3, dice), amounts, 5, ""


def _day(quarter: int, dice: random.Random) -> dt.date:
    first, last = QUARTERS[quarter - 1]
    return between(first + FIRST_REPORT, last, dice)


def _row(
    key: int,
    fund: PlannedFund,
    quarter: int,
    day: dt.date,
    amounts: Amounts | None,
    villages: int,
    reason: str,
) -> tuple[Any, ...]:
    told = amounts or Amounts([0] * 6, [0] * 6, [], [])
    return (
        key, fund.key, YEAR.number, quarter, day, amounts is None,
        sum(told.members), *told.members[:-1], villages, *(baht(one) for one in told.money),
        sum(told.persons), sum(told.baht), reason, 1,
    )  # fmt: skip


def _benefits(statuses: Sequence[Status]) -> Iterator[tuple[Any, ...]]:
    for key, _, _, _, amounts, _, _ in statuses:
        if amounts is None:
            continue
        for kind, persons, paid in zip(KINDS, amounts.persons, amounts.baht, strict=True):
            if persons or paid:
                yield key, kind, persons, paid


def baht(satang: int) -> str:
    """An amount in satang as the database reads it."""
    return f"{satang // 100}.{satang % 100:02d}"
