"""What each fund's members, money and benefits come to, now and in the quarter before.

The fourth quarter is told by region, the third for the country only, with the growth of the north.
A fund that did not report in the fourth quarter stands with what it reported before, so the change
between the quarters lies with those that did.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.samples.national_2562.funds import NORTH, PlannedFund
from reports.samples.national_2562.published import (
    REGIONS,
    by_region,
    national,
    satang,
    satang_by_region,
    text,
)
from reports.samples.national_2562.shares import before, largest_remainder, sizes, spread, table
from welfare.models import BenefitKind

GROUPS = ("working_age", "youth", "elderly", "disadvantaged", "other")
SOURCES = ("6", "64", "65", "66", "67", "75")
KINDS = tuple(kind.value for kind in BenefitKind)
# How persons and baht lie on the kinds that the report does not print, in relation to each other.
OTHER_PERSONS = {"birth": 6, "elderly": 52, "education": 18, "disaster": 7, "disadvantaged": 9, "other": 7}  # fmt: skip
OTHER_BAHT = {"birth": 6, "elderly": 21, "education": 9, "disaster": 5, "disadvantaged": 6, "other": 6}  # fmt: skip
# Payments that had been entered twice, in relation to each other by kind.
CORRECTED = {"death": 30, "medical": 10, "other": 6}
# Of the growth in each group of members, this part in a hundred is the north's.
NORTH_PCT = 15
UNCLASSIFIED_PCT_OF_SILENT = 35
FALLER_COUNT = 260
NOTHING_COUNT = 200
MOST_VILLAGES = 30


@dataclass(slots=True)
class Amounts:
    """The numbers of one fund on one day: counts, satang by source, persons and baht by kind.

    ``members`` has the five groups and then those that no group counts.
    """

    members: list[int]
    money: list[int]
    persons: list[int]
    baht: list[int]


@dataclass
class Reported:
    """What all funds come to; the lists run beside that of the funds.

    Movers told other numbers in the fourth quarter than before, fallers lower ones among them, and
    some funds that nothing had changed.
    """

    now: list[Amounts]
    then: list[Amounts | None]
    withdrawn: list[Amounts]
    villages: list[int]
    movers: frozenset[int]
    fallers: frozenset[int]
    nothing: frozenset[int]


def plan(
    funds: Sequence[PlannedFund], withdrawn: Sequence[PlannedFund], dice: random.Random
) -> Reported:
    """Everything that the funds report, so that both quarters add up to what was printed."""
    steady = [at for at, one in enumerate(funds) if one.is_updated and not one.is_late]
    nothing = frozenset(dice.sample(steady, NOTHING_COUNT))
    movers = [at for at in steady if at not in nothing]
    fallers = frozenset(dice.sample(movers, FALLER_COUNT))
    weights = sizes(len(funds), dice, sigma=0.6)
    now = _now(funds, weights, dice)
    small = [_small(now) for _ in withdrawn]
    found = Reported(
        now, [None if one.is_late else held for one, held in zip(funds, now, strict=True)], small,
        _villages(funds, weights), frozenset(movers), fallers, nothing,
    )  # fmt: skip
    _go_back(found, funds)
    return found


def _now(
    funds: Sequence[PlannedFund], weights: Sequence[int], dice: random.Random
) -> list[Amounts]:
    """The fourth quarter: by region where the report tells it, else in proportion to the funds."""
    told = national("fund_change")
    totals = [int(told[group]["q4"]) for group in GROUPS]
    rows = [by_region("fund_status")[region]["members"] for region in REGIONS]
    parts = table(rows, [*totals, sum(rows) - sum(totals)])
    found = [Amounts([], [], [], []) for _ in funds]
    for region, members in zip(REGIONS, parts, strict=True):
        here = [at for at, one in enumerate(funds) if one.area.region == region]
        pull = [weights[at] for at in here]
        silent = [
            weights[at] * (100 if funds[at].is_updated else UNCLASSIFIED_PCT_OF_SILENT)
            for at in here
        ]
        for number, total in enumerate(members):
            shares = largest_remainder(total, silent if number == len(GROUPS) else pull)
            for at, share in zip(here, shares, strict=True):
                found[at].members.append(share)
        for total in satang_by_region("fund_status", SOURCES)[region]:
            noisy = [weight * dice.randrange(60, 140) for weight in pull]
            for at, share in zip(here, largest_remainder(total, noisy), strict=True):
                found[at].money.append(share)
    _benefits(found, dice)
    return found


def benefit_totals() -> tuple[list[int], list[int]]:
    """Persons and baht of each kind in the country, now: printed for two kinds, and the rest."""
    told, change = text()["benefits"], national("fund_change")
    persons = {kind: one["persons"] for kind, one in told.items()}
    baht = {kind: int(one["baht"]) for kind, one in told.items()}
    for known, other, total in (
        (persons, OTHER_PERSONS, change["beneficiaries"]["q4"]),
        (baht, OTHER_BAHT, change["benefit"]["q4"]),
    ):
        shares = largest_remainder(int(total) - sum(known.values()), list(other.values()))
        known.update(zip(other, shares, strict=True))
    return [persons[kind] for kind in KINDS], [baht[kind] for kind in KINDS]


def _benefits(found: Sequence[Amounts], dice: random.Random) -> None:
    """Persons in proportion to the members, baht to the persons."""
    people = [sum(one.members) for one in found]
    for persons, baht in zip(*benefit_totals(), strict=True):
        noisy = [count * dice.randrange(50, 150) for count in people]
        received = largest_remainder(persons, noisy)
        paid = largest_remainder(baht, [count * dice.randrange(60, 140) for count in received])
        for one, count, amount in zip(found, received, paid, strict=True):
            one.persons.append(count)
            one.baht.append(amount)


def _villages(funds: Sequence[PlannedFund], weights: Sequence[int]) -> list[int]:
    """Villages of each fund, at least one; the same in both quarters."""
    found = [1] * len(funds)
    for region in REGIONS:
        here = [at for at, one in enumerate(funds) if one.area.region == region]
        total = by_region("fund_status")[region]["villages"] - len(here)
        more = spread(total, [weights[at] for at in here], [MOST_VILLAGES - 1] * len(here))
        for at, share in zip(here, more, strict=True):
            found[at] += share
    return found


def _small(now: Sequence[Amounts]) -> Amounts:
    """What a withdrawn double had told: half of what a fund has on average."""

    def half(name: str) -> list[int]:
        columns = zip(*(getattr(one, name) for one in now), strict=True)
        return [sum(column) // len(now) // 2 for column in columns]

    return Amounts(half("members"), half("money"), half("persons"), half("baht"))


def _go_back(found: Reported, funds: Sequence[PlannedFund]) -> None:
    """Fill what the movers told a quarter earlier, so that the earlier totals come out."""
    for at in found.movers:
        found.then[at] = Amounts([], [], [], [])
    north = [at for at, one in enumerate(funds) if one.area.region == NORTH]
    rest = [at for at, one in enumerate(funds) if one.area.region != NORTH]
    members, money = _member_growth(), _money_growth()
    for block, side, gone in ((north, 0, found.withdrawn), (rest, 1, [])):
        _block(found, "members", block, gone, [pair[side] for pair in members])
        _block(found, "money", block, gone, [pair[side] for pair in money])
    whole = list(range(len(funds)))
    persons, baht = _benefit_growth()
    _block(found, "persons", whole, found.withdrawn, persons)
    _block(found, "baht", whole, found.withdrawn, baht)


def _block(
    found: Reported,
    name: str,
    block: Sequence[int],
    gone: Sequence[Amounts],
    growth: Sequence[int],
) -> None:
    """Earlier numbers of the movers of a block, part by part, from how much the block grew.

    ``gone`` are the withdrawn doubles that counted in the block.
    """
    moving = [at for at in block if at in found.movers]
    still = [at for at in block if at not in found.movers and found.then[at] is not None]
    fallers = frozenset(place for place, at in enumerate(moving) if at in found.fallers)
    for part, grown in enumerate(growth):
        total = sum(getattr(found.now[at], name)[part] for at in block) - grown
        total -= sum(getattr(found.now[at], name)[part] for at in still)
        total -= sum(getattr(one, name)[part] for one in gone)
        values = before([getattr(found.now[at], name)[part] for at in moving], total, fallers)
        for at, value in zip(moving, values, strict=True):
            earlier = found.then[at]
            if earlier is not None:
                getattr(earlier, name).append(value)


def _member_growth() -> list[tuple[int, int]]:
    """North and rest, for each group and those without one, from the third quarter to the fourth."""
    told = national("fund_change")
    grown = [int(told[group]["q4"] - told[group]["q3"]) for group in GROUPS]
    grown.append(int(told["members"]["q4"] - told["members"]["q3"]) - sum(grown))
    north = [growth * NORTH_PCT // 100 for growth in grown[:-1]]
    north.append(text()["funds"]["growth_of_north"]["members"] - sum(north))
    return [(part, whole - part) for part, whole in zip(north, grown, strict=True)]


def _money_growth() -> list[tuple[int, int]]:
    """The same for the six sources, in satang; the report adds the last two up."""
    told = national("fund_change")
    grown = [satang(told[one]["q4"] - told[one]["q3"]) for one in SOURCES[:4]]
    last = [sum(satang_by_region("fund_status", SOURCES)[one][part] for one in REGIONS) for part in (4, 5)]  # fmt: skip
    grown += largest_remainder(satang(told["67+75"]["q4"] - told["67+75"]["q3"]), last)
    north = spread(satang(Decimal(text()["funds"]["growth_of_north"]["money"])), grown, grown)
    return [(part, whole - part) for part, whole in zip(north, grown, strict=True)]


def _benefit_growth() -> tuple[list[int], list[int]]:
    """Persons and baht by kind: a few persons more, and the baht that were corrected less."""
    told = national("fund_change")
    persons, _ = benefit_totals()
    more = int(told["beneficiaries"]["q4"] - told["beneficiaries"]["q3"])
    less = int(told["benefit"]["q3"] - told["benefit"]["q4"])
    falls = largest_remainder(less, [CORRECTED.get(kind, 0) for kind in KINDS])
    return largest_remainder(more, persons), [-fall for fall in falls]
