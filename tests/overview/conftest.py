"""A country small enough to count by hand, for analyses over the fiscal year 2562.

The north (N: Chiang Mai 50, Lamphun 51) and the south (S: Songkhla 90). Councils that stand at the
ends of the quarters, from the days below: Q4/2561 north 1, south 1; Q1 2, 1; Q2 3, 1 (one of them is
withdrawn in May); Q3 2, 2; Q4 3, 2.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from codi.accounts.models import Role, ScopeLevel
from codi.places.models import Region
from programs.models.region_bases import RegionBase
from tests import world as build
from welfare.models import WelfareFund

COUNCILS = (
    ("a", "50", "2012-05-01", {}),
    ("b", "50", "2018-11-15", {}),
    ("c", "51", "2019-07-10", {}),
    ("d", "90", "2011-01-01", {}),
    ("e", "90", "2019-06-30", {}),
    ("gone", "51", "2019-02-02", {"withdrawn_on": dt.date(2019, 5, 5), "withdrawal_reason": "ซ้ำ"}),
)


def fill() -> dict[str, Any]:
    """Places, bases, councils, two funds, and an analyst of the nation with an officer of the north."""
    build.region("S", "ใต้", 1)
    build.region("N", "เหนือ", 2)
    Region.objects.filter(pk="N").update(position=2)
    for code, name, region in (("50", "เชียงใหม่", "N"), ("51", "ลำพูน", "N"), ("90", "สงขลา", "S")):
        build.province(code, name, region)
    for region, count in (("N", 4), ("S", 1)):
        RegionBase.objects.create(
            kind="local_authorities",
            region_id=region,
            fiscal_year=2562,
            base_count=count,
            stands_on=dt.date(2018, 10, 1),
            source="แผน",
        )
    for name, code, on, facts in COUNCILS:
        place = build.province(code)
        build.council(name, province=place, registered_on=dt.date.fromisoformat(on), **facts)
    for name, code, on in (("f1", "50", "2018-01-01"), ("f2", "90", "2019-01-15")):
        place = build.province(code)
        WelfareFund.objects.create(
            code=name, name=name, province=place, region=place.region, founded_on=on
        )
    return {
        "analyst": build.user(Role.ANALYST, scope_level=ScopeLevel.NATION, region=None),
        "officer": build.user(Role.REGIONAL_OFFICER, region=build.region("N")),
        "mate": build.user(Role.REGIONAL_MANAGER, region=build.region("N")),
        "south": build.user(Role.REGIONAL_OFFICER, region=build.region("S")),
    }


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """The people of the country, in a transaction that the end of the module undoes."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield fill()
        transaction.set_rollback(True)
