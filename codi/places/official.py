"""Places as their sources list them, ready to be stored.

Provinces, districts and subdistricts: package geothai (GeoThai, CC BY 4.0), which follows the codes
of the Department of Provincial Administration. Regions, the provinces of each and the spellings met
in documents: ``data/`` of this app. Rows carry no database objects, only plain values.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geothai
from geothai.abolished import abolished_areas

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class OfficialPlace:
    """One place of a list: ``parent`` is the code of the place it lies in."""

    code: str
    name: str
    parent: str
    valid_until: dt.date | None = None
    heirs: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfficialRegion:
    """One region with its place in reports and the codes of its provinces."""

    code: str
    name: str
    short_name: str
    position: int
    province_codes: tuple[str, ...]


@dataclass(frozen=True)
class Spelling:
    """One way a document writes a region or province, with the code it means."""

    text: str
    code: str
    source: str


def regions() -> list[OfficialRegion]:
    """The five regions of the institute, in the order of its quarterly report."""
    return [
        OfficialRegion(
            row["code"],
            row["name"],
            row["short_name"],
            int(row["position"]),
            tuple(row["province_codes"].split()),
        )
        for row in _rows("regions.csv")
    ]


def provinces() -> list[OfficialPlace]:
    """The 77 provinces; the parent is the region."""
    region_of = {code: region.code for region in regions() for code in region.province_codes}
    return [OfficialPlace(p.code, p.name_th, region_of[p.code]) for p in geothai.provinces()]


def districts() -> list[OfficialPlace]:
    """Districts, the abolished ones after the current."""
    current = [
        OfficialPlace(d.code, d.name_th, d.province_code)
        for province in geothai.provinces()
        for d in geothai.districts(province.code)
    ]
    return [*current, *_abolished("district")]


def subdistricts() -> list[OfficialPlace]:
    """Subdistricts, the abolished ones after the current."""
    current = [
        OfficialPlace(s.code, s.name_th, s.district_code)
        for province in geothai.provinces()
        for district in geothai.districts(province.code)
        for s in geothai.subdistricts(district.code)
    ]
    return [*current, *_abolished("subdistrict")]


def spellings() -> list[Spelling]:
    """Every spelling of a region or province met in the documents, slips of print included."""
    return [Spelling(row["text"], row["code"], row["source"]) for row in _rows("aliases.csv")]


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _abolished(level: str) -> Iterator[OfficialPlace]:
    for area in abolished_areas():
        if area.level == level and area.parent_code:
            yield OfficialPlace(
                area.code,
                area.name_th,
                area.parent_code,
                dt.date.fromisoformat(area.abolished_on),
                tuple(area.successors),
            )
