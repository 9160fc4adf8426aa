"""Writing the reference data of places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from codi.places import official
from codi.places.models import District, Place, PlaceAlias, Province, Region, Subdistrict
from codi.thai.normalise import search_key

_PLACE_FIELDS = (
    "name",
    "valid_from",
    "valid_until",
    "successor_id",
    "split_into",
    "search_key",
    "sort_key",
)


@dataclass(frozen=True)
class Loaded:
    """How many places of a kind the list has, and how many rows had to be written."""

    title: str
    listed_count: int
    written_count: int


@transaction.atomic
def load_places() -> list[Loaded]:
    """Bring the tables of places to the lists of :mod:`codi.places.official`.

    Only rows that differ are written, so a second run changes nothing. A code that left the list
    stays: records point at it.
    """
    parts: list[tuple[type[Place], Sequence[Place], tuple[str, ...]]] = [
        (Region, [_region(row) for row in official.regions()], ("short_name", "position")),
        (
            Province,
            [_place(Province, row, "region_id") for row in official.provinces()],
            ("region_id",),
        ),
        (
            District,
            [_place(District, row, "province_id") for row in official.districts()],
            ("province_id",),
        ),
        (
            Subdistrict,
            [_place(Subdistrict, row, "district_id") for row in official.subdistricts()],
            ("district_id",),
        ),
    ]
    loaded = []
    for model, places, fields in parts:
        for place in places:
            place.fill_keys()
        loaded.append(_store(model, places, (*_PLACE_FIELDS, *fields), key="code"))
    return [
        *loaded,
        _store(PlaceAlias, _aliases(), ("text", "source", "region_id", "province_id"), key="key"),
    ]


def _region(row: official.OfficialRegion) -> Region:
    return Region(code=row.code, name=row.name, short_name=row.short_name, position=row.position)


def _place(model: type[Place], row: official.OfficialPlace, parent: str) -> Place:
    """An unsaved place; only a single heir is a successor."""
    heirs: dict[str, Any] = {
        "successor_id": row.heirs[0] if len(row.heirs) == 1 else None,
        "split_into": list(row.heirs) if len(row.heirs) > 1 else [],
    }
    return model(
        code=row.code, name=row.name, valid_until=row.valid_until, **heirs, **{parent: row.parent}
    )


def _aliases() -> list[PlaceAlias]:
    """One alias per key: spellings that differ in blanks and points only are one."""
    aliases: dict[str, PlaceAlias] = {}
    for spelling in official.spellings():
        key = search_key(spelling.text)
        place = {"province_id" if spelling.code.isdigit() else "region_id": spelling.code}
        aliases.setdefault(
            key, PlaceAlias(key=key, text=spelling.text, source=spelling.source, **place)
        )
    return list(aliases.values())


def _store(
    model: type[models.Model], rows: Iterable[models.Model], fields: Sequence[str], *, key: str
) -> Loaded:
    """Insert or update the rows that differ from what is stored."""
    rows = list(rows)
    stored = {values[0]: values[1:] for values in model._default_manager.values_list(key, *fields)}
    changed = [
        row
        for row in rows
        if stored.get(getattr(row, key)) != tuple(getattr(row, field) for field in fields)
    ]
    model._default_manager.bulk_create(
        changed,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=[key],
        update_fields=[model._meta.get_field(field.removesuffix("_id")).name for field in fields],
    )
    if changed:
        # Without fresh statistics the planner takes the tables for empty and joins them row by row.
        with connection.cursor() as cursor:
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')
    return Loaded(str(model._meta.verbose_name), len(rows), len(changed))
