"""Writes to base figures and targets of regions, and to the scales of quality reviews."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.bulk import insert_records, update_records
from codi.errors import Refused
from codi.thai.dates import long_date
from codi.writing import change, locked, service
from programs import permissions
from programs.models import Grade, QualityBand, QualityScale, RegionBase

COLUMNS = ("kind", "region_id", "fiscal_year", "stands_on", "base_count", "source")


def _require_past(day: dt.date, today: dt.date) -> None:
    if day > today:
        raise Refused(f"วันที่ {long_date(day)} ยังมาไม่ถึง กรุณาตรวจวันที่", field="stands_on")


@service
def add_base(*, actor: User, today: dt.date, **facts: Any) -> RegionBase:
    """Add a base figure or target of a region; an older one of another day stays beside it."""
    require(permissions.can_set_bases(actor))
    _require_past(facts["stands_on"], today)
    return RegionBase.objects.create(**facts)


@service
def correct_base(
    *, actor: User, base: RegionBase, expected_version: int | None, today: dt.date, **facts: Any
) -> RegionBase:
    """Correct a base figure that was entered wrongly; a new figure is added with its own day."""
    require(permissions.can_set_bases(actor))
    base = change(locked(base), facts, expected_version=expected_version)
    _require_past(base.stands_on, today)
    return base


def _judged(records: Iterable[RegionBase], today: dt.date) -> Iterator[RegionBase]:
    for record in records:
        _require_past(record.stands_on, today)
        yield record


@service
def add_bases(*, actor: User, records: Iterable[RegionBase], today: dt.date) -> int:
    """Add many base figures at once, all or none."""
    require(permissions.can_set_bases(actor))
    return insert_records(RegionBase, (*COLUMNS, "version"), _judged(records, today))


@service
def change_bases(*, actor: User, records: Iterable[RegionBase], today: dt.date) -> int:
    """Change many base figures at once, all or none; each carries the version that was seen."""
    require(permissions.can_set_bases(actor))
    asked, written = update_records(RegionBase, COLUMNS, _judged(records, today))
    if written != asked:
        raise Refused("มีผู้อื่นแก้ไขบางรายการในเวลาเดียวกัน กรุณาตรวจใหม่", code="changed_by_another")
    return written


@service
def remove_bases(records: Sequence[RegionBase], actor: User, reason: str, today: dt.date) -> None:
    """Take away base figures that a file brought, as taking it back asks; their trail stays."""
    require(permissions.can_set_bases(actor))
    RegionBase.objects.filter(pk__in=[record.pk for record in records]).delete()


@service
def restore_bases(
    pairs: Sequence[tuple[RegionBase, dict[str, Any]]], actor: User, reason: str, today: dt.date
) -> None:
    """Put old values back, as taking a written file back asks."""
    for record, facts in pairs:
        for name, value in facts.items():
            setattr(record, name, value)
    change_bases(actor=actor, records=[record for record, _ in pairs], today=today)


def require_whole(bounds: Mapping[str, Decimal]) -> None:
    """Refuse bounds that leave a score without a grade, or give a worse grade for more points."""
    if not bounds or min(bounds.values()) != 0:
        raise Refused("ระดับต่ำสุดต้องเริ่มที่ร้อยละ 0 เพื่อไม่ให้มีคะแนนที่ไม่มีระดับ", field="from_c")
    in_order = [(grade, bounds[grade]) for grade in Grade.values if grade in bounds]
    for (better, high), (worse, low) in pairwise(in_order):
        if high <= low:
            raise Refused(
                f"ระดับ {better} ต้องเริ่มที่คะแนนสูงกว่าระดับ {worse}", field=f"from_{better.lower()}"
            )


@service
def add_scale(
    *, actor: User, subject: str, fiscal_year: int, source: str, bounds: Mapping[str, Decimal]
) -> QualityScale:
    """Add the scale of a subject and year with its grades, each from a percentage on."""
    require(permissions.can_set_bases(actor))
    require_whole(bounds)
    scale = QualityScale.objects.create(
        subject=subject, fiscal_year=fiscal_year, source=source.strip()
    )
    _set_bands(scale, bounds)
    return scale


@service
def correct_scale(
    *,
    actor: User,
    scale: QualityScale,
    expected_version: int | None,
    source: str,
    bounds: Mapping[str, Decimal],
) -> QualityScale:
    """Correct source and bounds of a scale; grades that were given on it stay until corrected."""
    require(permissions.can_set_bases(actor))
    require_whole(bounds)
    scale = locked(scale)
    stored = {str(band.grade): band.from_pct for band in scale.bands.all()}
    was = scale.version
    scale = change(scale, {"source": source.strip()}, expected_version=expected_version)
    if stored == dict(bounds):
        return scale
    QualityBand.objects.filter(scale=scale).delete()
    _set_bands(scale, bounds)
    if scale.version == was:
        scale.version = was + 1
        scale.save(update_fields=["version"])
    return scale


def _set_bands(scale: QualityScale, bounds: Mapping[str, Decimal]) -> None:
    for grade, from_pct in bounds.items():
        QualityBand.objects.create(scale=scale, grade=grade, from_pct=from_pct)
