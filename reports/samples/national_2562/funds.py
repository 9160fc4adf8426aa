"""Welfare funds with their places, founding and committees."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from codi.thai.normalise import search_key
from codi.thai.sorting import sort_key
from reports.samples.national_2562.days import BEFORE_YEAR, QUARTERS, between
from reports.samples.national_2562.places import BANGKOK, Area, Areas, settle
from reports.samples.national_2562.published import REGIONS, by_region, text
from reports.samples.national_2562.shares import largest_remainder
from reports.samples.national_2562.storing import keys, store
from welfare.models import WelfareFund

NORTH, NORTH_EAST = "N", "NE"
FUND = "กองทุนสวัสดิการชุมชน"
FOUNDED_FROM = dt.date(2005, 1, 4)
DOUBLE = "บันทึกกองทุนซ้ำในระบบ สำนักงานภาคตรวจพบและขอถอนออก"
COMMITTEE = (9, 26)
FIRST_CODE = "W00001"


@dataclass(slots=True)
class PlannedFund:
    """A fund before it is stored; ``is_updated``: it reported in the fourth quarter."""

    area: Area
    name: str
    founded_on: dt.date
    key: int = 0
    code: str = ""
    committee_count: int | None = None
    is_updated: bool = False
    is_late: bool = False
    twin: PlannedFund | None = None


def plan(areas: Areas, dice: random.Random) -> tuple[list[PlannedFund], list[PlannedFund]]:
    """The funds of the country on the day of the report, and those that were withdrawn before."""
    planned = []
    for region in REGIONS:
        homes = settle(areas[region], by_region("fund_status")[region]["funds"], dice)
        homes = _holding(homes, areas[region]) if region == NORTH else homes
        planned += [_fund(area, is_second, dice) for area, is_second in homes]
    _found_late(planned, dice)
    _update(planned, dice)
    withdrawn = _withdrawn(planned, dice)
    whole = planned + withdrawn
    for number, (key, one) in enumerate(zip(keys(WelfareFund, len(whole)), whole, strict=True), 1):
        one.key, one.code = key, f"W{number:05d}"
    return planned, withdrawn


def _fund(area: Area, is_second: bool, dice: random.Random) -> PlannedFund:
    word = "แขวง" if area.province == BANGKOK else "ตำบล"
    name = f"{FUND}{'เทศบาลตำบล' if is_second else word}{area.name}"
    return PlannedFund(area, name, between(FOUNDED_FROM, BEFORE_YEAR, dice))


def _holding(homes: list[tuple[Area, bool]], provinces: Any) -> list[tuple[Area, bool]]:
    """The same number of places, those of the withdrawn doubles among them."""
    held = {area.subdistrict for area, _ in homes}
    wanted = set(text()["funds"]["withdrawn_in"])
    missing = [
        area
        for code in sorted(provinces)
        for area in provinces[code]
        if area.subdistrict in wanted - held
    ]
    for area in missing:
        at = next(
            at
            for at, (home, _) in enumerate(homes)
            if home.province == area.province and home.subdistrict not in wanted
        )
        homes[at] = (area, False)
    return homes


def _found_late(planned: Sequence[PlannedFund], dice: random.Random) -> None:
    """The funds that came in the last quarter."""
    for region, count in text()["funds"]["founded"].items():
        for one in dice.sample([one for one in planned if one.area.region == region], count):
            first, last = QUARTERS[-1]
            one.founded_on = between(first, last - dt.timedelta(days=20), dice)
            one.is_late = True


def _update(planned: Sequence[PlannedFund], dice: random.Random) -> None:
    """Choose who reported in the last quarter, and whose committee nobody knows."""
    told = text()["funds"]
    others = [region for region in REGIONS if region != NORTH_EAST]
    left = len(planned) - told["updated"] - told["not_updated_in_north_east"]
    shares = largest_remainder(left, [by_region("fund_status")[one]["funds"] for one in others])
    silent = {NORTH_EAST: told["not_updated_in_north_east"], **dict(zip(others, shares, strict=True))}  # fmt: skip
    for one in planned:
        one.is_updated = True
        one.committee_count = dice.randrange(*COMMITTEE)
    for region, count in silent.items():
        here = [one for one in planned if one.area.region == region and not one.is_late]
        chosen = dice.sample(here, count)
        for one in chosen:
            one.is_updated = False
        if region == NORTH_EAST:
            for one in chosen[: told["committee_unknown_in_north_east"]]:
                one.committee_count = None


def _withdrawn(planned: Sequence[PlannedFund], dice: random.Random) -> list[PlannedFund]:
    """The doubles that the report names, beside the fund that each of them doubled."""
    told = text()["funds"]
    doubles = []
    for name, code in zip(told["withdrawn"], told["withdrawn_in"], strict=True):
        twin = next(one for one in planned if one.area.subdistrict == code)
        day = between(FOUNDED_FROM, BEFORE_YEAR, dice)
        doubles.append(PlannedFund(twin.area, name, day, committee_count=15, twin=twin))
    return doubles


def store_funds(funds: Sequence[PlannedFund], dice: random.Random) -> None:
    """Write the funds, the withdrawn ones among them."""
    columns = (
        "id", "code", "name", "region_id", "province_id", "district_id", "subdistrict_id",
        "founded_on", "committee_count", "contact", "stopped_on", "withdrawn_on",
        "withdrawal_reason", "search_key", "sort_key", "version",
    )  # fmt: skip
    store(WelfareFund, columns, (_row(one, dice) for one in funds))


def _row(one: PlannedFund, dice: random.Random) -> tuple[Any, ...]:
    area = one.area
    gone = (between(*QUARTERS[-1], dice), DOUBLE) if one.twin else (None, "")
    return (
        one.key, one.code, one.name, area.region, area.province, area.district, area.subdistrict,
        one.founded_on, one.committee_count, "", None, *gone,
        search_key(f"{one.code} {one.name}")[:400], sort_key(one.name)[:640], 1,
    )  # fmt: skip


def name_twins(withdrawn: Sequence[PlannedFund]) -> None:
    """Let the doubles name the fund that stays, last of all: from then on they take nothing more."""
    for one in withdrawn:
        WelfareFund.objects.filter(pk=one.key).update(
            merged_into=one.twin.key if one.twin else None
        )
