"""Community groups, their certification of the year, and letters of status with their printing."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from codi.accounts.models import User
from codi.thai.normalise import search_key
from councils.models import CommunityGroup, GroupCertification, LetterPrint, StatusLetter
from reports.samples.national_2562 import names
from reports.samples.national_2562.councils import PlannedCouncil
from reports.samples.national_2562.days import (
    BEFORE_YEAR,
    LAST,
    QUARTERS,
    YEAR,
    between,
    fiscal_year_of,
    moment,
    soon_after,
)
from reports.samples.national_2562.published import REGIONS, by_region, text
from reports.samples.national_2562.shares import largest_remainder, sizes
from reports.samples.national_2562.storing import keys, store

# Of the groups registered in the year, so many in a hundred belong to the year's new councils.
IN_NEW_COUNCILS_PCT = 70
VILLAGES = (6, 16)


@dataclass(slots=True)
class PlannedGroup:
    """A group before it is stored."""

    council: PlannedCouncil
    registered_on: dt.date
    key: int = 0
    certified_on: dt.date | None = None


def plan(councils: Sequence[PlannedCouncil], dice: random.Random) -> list[PlannedGroup]:
    """All groups of the country, council by council."""
    planned = []
    for region in REGIONS:
        homes = [one for one in councils if one.area.region == region]
        groups = _of_region(region, homes, dice)
        _certify(region, groups, dice)
        planned += groups
    for key, one in zip(keys(CommunityGroup, len(planned)), planned, strict=True):
        one.key = key
    return planned


def _of_region(
    region: str, homes: Sequence[PlannedCouncil], dice: random.Random
) -> list[PlannedGroup]:
    total = by_region("establishment")[region]["groups"]
    of_year = by_region("group_certification")[region]["registered"]
    fresh = of_year * IN_NEW_COUNCILS_PCT // 100
    new = [one for one in homes if one.is_new]
    old = [one for one in homes if not one.is_new]
    groups = []
    for some, count, first in (
        (old, total - of_year, None), (old, of_year - fresh, YEAR.start), (new, fresh, YEAR.start),
    ):  # fmt: skip
        shares = largest_remainder(count, sizes(len(some), dice))
        for one, share in zip(some, shares, strict=True):
            earliest = max(one.registered_on, first or one.registered_on)
            latest = LAST if first else min(BEFORE_YEAR, earliest + dt.timedelta(days=900))
            groups += [PlannedGroup(one, between(earliest, latest, dice)) for _ in range(share)]
    groups.sort(key=lambda group: (group.council.code, group.registered_on))
    return groups


def _certify(region: str, groups: Sequence[PlannedGroup], dice: random.Random) -> None:
    """As many certified in each quarter as the cumulative counts tell, of the older groups."""
    told = by_region("group_certification")[region]
    chosen = dice.sample([one for one in groups if one.registered_on < YEAR.start], told["q4"])
    for quarter in (4, 3, 2, 1):
        for group in chosen[told[f"q{quarter - 1}"] if quarter > 1 else 0 : told[f"q{quarter}"]]:
            group.certified_on = between(*QUARTERS[quarter - 1], dice)


def store_groups(groups: Sequence[PlannedGroup], dice: random.Random) -> None:
    """Write the groups and their certification."""
    columns = (
        "id", "code", "council_id", "name", "registered_on", "found_existing_on", "ended_on",
        "ended_reason", "search_key", "version",
    )  # fmt: skip
    store(CommunityGroup, columns, _rows(groups, dice))
    store(
        GroupCertification,
        ("group_id", "fiscal_year", "certified_on", "version"),
        ((one.key, YEAR.number, one.certified_on, 1) for one in groups if one.certified_on),
    )


def _rows(groups: Sequence[PlannedGroup], dice: random.Random) -> Iterator[tuple[Any, ...]]:
    for code, members in groupby(groups, key=lambda group: group.council.code):
        home = names.villages(dice.randrange(*VILLAGES), dice)
        for number, one in enumerate(members, start=1):
            own = f"{code}-{number:03d}"
            name = names.group(home, dice)
            yield (
                one.key, own, one.council.key, name, one.registered_on, one.certified_on, None, "",
                search_key(f"{own} {name}")[:400], 1,
            )  # fmt: skip


def store_letters(
    councils: Sequence[PlannedCouncil],
    groups: Sequence[PlannedGroup],
    actor: User,
    dice: random.Random,
) -> None:
    """Write the letters of councils and of groups, each printed once on the day of its issue."""
    told = text()["letters"]
    issued: list[tuple[dt.date, int, int | None]] = [
        (soon_after(one.registered_on, 90, dice), one.key, None)
        for one in dice.sample(councils, told["councils"])
    ]
    issued += [
        (soon_after(one.registered_on, 120, dice), one.council.key, one.key)
        for one in dice.sample(groups, told["groups"])
    ]
    issued.sort(key=itemgetter(0))
    numbers = keys(StatusLetter, len(issued))
    columns = (
        "id", "number", "fiscal_year", "council_id", "group_id", "issued_on", "issued_by_id",
        "replaces_id", "revoked_on", "revocation_reason", "token", "version",
    )  # fmt: skip
    store(StatusLetter, columns, _letters(numbers, issued, actor, dice))
    store(
        LetterPrint,
        ("letter_id", "printed_at", "printed_by_id"),
        (
            (key, moment(day, dice), actor.pk)
            for key, (day, _, _) in zip(numbers, issued, strict=True)
        ),
    )


def _letters(
    numbers: Sequence[int],
    issued: Sequence[tuple[dt.date, int, int | None]],
    actor: User,
    dice: random.Random,
) -> Iterator[tuple[Any, ...]]:
    """Numbered anew in each fiscal year, in the order of issue."""
    year, number = 0, 0
    for key, (day, council, group) in zip(numbers, issued, strict=True):
        number = number + 1 if fiscal_year_of(day) == year else 1
        year = fiscal_year_of(day)
        token = f"{dice.getrandbits(128):032x}"
        yield key, number, year, council, group, day, actor.pk, None, None, "", token, 1
