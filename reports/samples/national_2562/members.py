"""Members of the councils: representatives of communities, and at most a fifth of that experts."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from councils.models import Member, MemberKind
from reports.samples.national_2562 import names
from reports.samples.national_2562.councils import PlannedCouncil
from reports.samples.national_2562.published import REGIONS, by_region
from reports.samples.national_2562.shares import sizes, spread
from reports.samples.national_2562.storing import store

LEAST, MOST = 15, 80
REPRESENTATIVES_PER_EXPERT = 5


def store_members(councils: Sequence[PlannedCouncil], dice: random.Random) -> None:
    """Write the members that serve now, each region's as many as the report tells."""
    store(
        Member,
        ("council_id", "name", "kind", "selected_on", "left_on", "version"),
        _members(councils, dice),
    )


def _members(councils: Sequence[PlannedCouncil], dice: random.Random) -> Iterator[tuple[Any, ...]]:
    for region in REGIONS:
        homes = [one for one in councils if one.area.region == region]
        total = by_region("establishment")[region]["members"]
        more = spread(
            total - LEAST * len(homes), sizes(len(homes), dice), [MOST - LEAST] * len(homes)
        )
        for one, extra in zip(homes, more, strict=True):
            yield from _of_council(one, LEAST + extra, dice)


def _of_council(one: PlannedCouncil, count: int, dice: random.Random) -> Iterator[tuple[Any, ...]]:
    experts = dice.randrange(count // (REPRESENTATIVES_PER_EXPERT + 1) + 1)
    for at, name in enumerate(names.people(count, dice)):
        kind = MemberKind.EXPERT if at < experts else MemberKind.REPRESENTATIVE
        yield one.key, name, kind.value, one.selected_on, None, 1
