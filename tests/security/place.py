"""A place of the country of the tests of rights: a province and one thing of every kind in it.

Three places hold the same things: ``own`` (the north, Chiang Mai), ``near`` (the north, another
province) and ``other`` (the north-east). Every text of a place carries its mark, so that a page
that shows another place's row gives itself away.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from codi.accounts.models import ScopeLevel, User
from codi.places.models import Province, Region
from programs.models import (
    Programme,
)
from tests import world as build

MARKS = {"own": "เครื่องหมายเหนือ", "near": "เครื่องหมายลำพูน", "other": "เครื่องหมายอีสาน"}
TODAY = dt.date(2021, 8, 13)
NOW = dt.datetime(2021, 8, 13, 9, 0, tzinfo=dt.UTC)
MAY, BEFORE_FRAMES = dt.date(2021, 5, 31), dt.date(2021, 2, 15)
ANALYSIS = "measure=councils.established%3Acouncils_established&since=2564&until=2564&quarter=3"
FAILING = f"frame:projects.disbursement_by_level@{BEFORE_FRAMES.isoformat()}"
CELL = "figure=projects.disbursement_by_level&as_of=2021-05-31&row=total&column=approved_baht"
NATION = ScopeLevel.NATION


@dataclass
class Place:
    """A province, its region, and one thing of every kind in it."""

    key: str
    region: Region
    province: Province
    w: build.World
    things: dict[str, Any] = field(default_factory=dict)

    def text(self, what: str) -> str:
        """A text with the place's mark."""
        return f"{what} {MARKS[self.key]}"


@dataclass
class Country:
    """The places and the people under test, by the letter that the table of rights uses."""

    programme: Programme
    places: dict[str, Place]
    people: dict[str, User]

    def thing(self, kind: str, place: str) -> Any:
        """One thing of a place."""
        return self.places[place].things[kind]
