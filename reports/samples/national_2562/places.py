"""Where things stand: real tambons, spread over provinces in proportion to how many they have."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codi.places.models import District, Subdistrict
from reports.samples.national_2562.days import AS_OF
from reports.samples.national_2562.shares import spread

BANGKOK = "10"
PLACES_A_TAMBON = 2


@dataclass(frozen=True, slots=True)
class Area:
    """A tambon, or a เขต of Bangkok without one."""

    region: str
    province: str
    district: str
    subdistrict: str | None
    name: str


Areas = Mapping[str, Mapping[str, Sequence[Area]]]


def tambons() -> Areas:
    """Region → province → its tambons and แขวง of the sample's day, in the order of their codes."""
    found: dict[str, dict[str, list[Area]]] = {}
    rows = Subdistrict.objects.current_on(AS_OF).order_by("code").values_list(
        "district__province__region_id", "district__province_id", "district_id", "code", "name"
    )  # fmt: skip
    for row in rows:
        found.setdefault(row[0], {}).setdefault(row[1], []).append(Area(*row))
    return found


def council_areas(areas: Areas) -> Areas:
    """The same, with the เขต of Bangkok in the place of its แขวง: a council stands in a เขต."""
    rows = District.objects.current_on(AS_OF).filter(province=BANGKOK).order_by("code")
    districts = [
        Area(region, BANGKOK, code, None, name)
        for region, code, name in rows.values_list("province__region_id", "code", "name")
    ]
    return {
        region: {**provinces, BANGKOK: districts} if BANGKOK in provinces else provinces
        for region, provinces in areas.items()
    }


def settle(
    provinces: Mapping[str, Sequence[Area]], count: int, dice: random.Random
) -> list[tuple[Area, bool]]:
    """So many places in a region, each with whether it is the second of its tambon.

    A tambon has a second one (of its municipality) only where its province has no free tambon left;
    a เขต never has.
    """
    codes = sorted(provinces)
    sizes = [len(provinces[code]) for code in codes]
    caps = [
        len(provinces[code]) * (PLACES_A_TAMBON if provinces[code][0].subdistrict else 1)
        for code in codes
    ]
    settled = []
    for code, share in zip(codes, spread(count, sizes, caps), strict=True):
        here = list(provinces[code])
        first = here if share >= len(here) else sorted(dice.sample(here, share), key=_code)
        second = sorted(dice.sample(here, share - len(first)), key=_code)
        settled += [(area, False) for area in first] + [(area, True) for area in second]
    return settled


def _code(area: Area) -> str:
    return f"{area.district}{area.subdistrict}"
