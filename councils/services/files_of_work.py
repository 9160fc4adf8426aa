"""Writes of whole files: meetings, missions, reviews and certifications; all of a file or none.

The rules are those of single records, asked of all rows at once, under the locks of single records:
the councils first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Model

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.bulk import insert_records, update_records, with_values
from codi.errors import Refused
from codi.fiscal import FiscalYear
from codi.writing import service
from councils import permissions_of_work as permissions
from councils.models import CommunityGroup, Council, GroupCertification, QualityReview
from councils.services.terms import councils_of, hold_councils
from councils.services.work import graded, require_day_of, scale_of
from programs.models import QualityScale

MERGED = "มีกลุ่มที่รวมเข้ากับกลุ่มอื่นหรือถูกลบไปแล้ว กรุณาตรวจรหัสกลุ่มในไฟล์"
FASTER = "มีผู้อื่นแก้ไขบางรายการในเวลาเดียวกัน กรุณาตรวจใหม่"
Judge = Callable[[Any, Council], None]


def _columns(model: type[Model]) -> list[str]:
    """The stored columns of a model but its key."""
    return [field.attname for field in model._meta.concrete_fields if not field.primary_key]


def _judged(records: Iterable[Any], actor: User, day_field: str, today: dt.date) -> Iterator[Any]:
    """The records, each of an open council in sight and on a day of its year; the councils held."""
    records = list(records)
    left = councils_of(type(records[0]), records) if records else ()
    councils = hold_councils(actor, (record.council_id for record in records), left=left)
    for record in records:
        day = getattr(record, day_field)
        if hasattr(record, "held_on"):
            record.fiscal_year = FiscalYear.of(day).number
        require_day_of(councils[record.council_id], record.fiscal_year, day, today, day_field)
        yield record


def _graded(records: Iterable[QualityReview]) -> Iterator[QualityReview]:
    """Reviews with the grade that the scale of their year gives them."""
    scales: dict[int, QualityScale] = {}
    for record in records:
        year = record.fiscal_year
        if year not in scales:
            scales[year] = scale_of(year)
        if record.score_pct is None:
            raise Refused("กรุณาระบุคะแนน", field="score_pct")
        record.scale = scales[year]
        record.grade = graded(record.scale, record.score_pct)
        yield record


def _ready(
    model: type[Model], records: Iterable[Any], actor: User, day_field: str, today: dt.date
) -> list[Any]:
    require(permissions.can_record(actor))
    judged = _judged(records, actor, day_field, today)
    return list(_graded(judged) if model is QualityReview else judged)


@service
def create_work(
    *, actor: User, model: type[Model], records: Iterable[Any], day_field: str, today: dt.date
) -> int:
    """Add many meetings, missions or reviews at once, all or none. Returns how many."""
    ready = _ready(model, records, actor, day_field, today)
    return insert_records(model, _columns(model), ready)


@service
def change_work(
    *,
    actor: User,
    model: type[Model],
    records: Iterable[Any],
    columns: Sequence[str],
    day_field: str,
    today: dt.date,
) -> int:
    """Change these columns of many records, all or none; each carries the version that was seen."""
    ready = _ready(model, records, actor, day_field, today)
    derived = {"held_on": ["fiscal_year"]}.get(day_field, [])
    derived += ["scale_id", "grade"] if model is QualityReview else []
    asked, written = update_records(model, [*columns, *derived], ready)
    if written != asked:
        raise Refused(FASTER, code="changed_by_another")
    return written


def _put_back(model: type[Model], pairs: Sequence[tuple[Any, dict[str, Any]]]) -> None:
    """Write old values over records that still have the version they carry, exactly as they were.

    They are not judged anew: what stood before a file may rest on an older scale, or on none.
    """
    columns = sorted({name for _record, facts in pairs for name in facts})
    asked, written = update_records(model, columns, with_values(pairs))
    if written != asked:
        raise Refused(FASTER, code="changed_by_another")


@service
def restore_work(
    pairs: Sequence[tuple[Any, dict[str, Any]]], actor: User, reason: str, today: dt.date
) -> None:
    """Put old values of meetings, missions or reviews back, as taking a written file back asks."""
    require(permissions.can_record(actor))
    hold_councils(actor, (record.council_id for record, _facts in pairs))
    _put_back(type(pairs[0][0]), pairs)


@service
def remove_work(records: Sequence[Any], actor: User, reason: str, today: dt.date) -> None:
    """Take away records of work that a file brought, as taking it back asks; their trail stays."""
    require(permissions.can_record(actor))
    hold_councils(actor, (record.council_id for record in records))
    if records:
        manager: Any = type(records[0])._default_manager
        manager.filter(pk__in=[record.pk for record in records]).delete()


def _hold_councils_of(actor: User, groups: Iterable[int]) -> None:
    """Hold the councils of groups: whoever writes to a group holds its council."""
    rows = CommunityGroup.objects.filter(pk__in=set(groups)).order_by()
    hold_councils(actor, rows.values_list("council", flat=True))


def _certifiable(
    records: Iterable[GroupCertification], actor: User, today: dt.date
) -> Iterator[GroupCertification]:
    records = list(records)
    keys = {record.group_id for record in records}
    _hold_councils_of(actor, keys)
    groups = CommunityGroup.objects.filter(merged_into=None).in_bulk(keys)
    for record in records:
        group, day = groups.get(record.group_id), record.certified_on
        if group is None:
            raise Refused(MERGED, field="group")
        ended = group.ended_on is not None and group.ended_on <= day
        if day > today or day < FiscalYear(record.fiscal_year).start or ended:
            raise Refused(
                f"วันที่รับรองของกลุ่ม {group.code} ไม่อยู่ในช่วงที่กลุ่มจดแจ้งและปีที่รับรอง",
                field="certified_on",
            )
        if day < group.registered_on:
            raise Refused(f"กลุ่ม {group.code} จดแจ้งหลังวันที่รับรอง", field="certified_on")
        yield record


@service
def create_certifications(
    *, actor: User, records: Iterable[GroupCertification], today: dt.date
) -> int:
    """Certify many groups at once, all or none; the rules of one."""
    require(permissions.can_record(actor))
    ready = list(_certifiable(records, actor, today))
    return insert_records(GroupCertification, _columns(GroupCertification), ready)


@service
def change_certifications(
    *, actor: User, records: Iterable[GroupCertification], today: dt.date
) -> int:
    """Correct the day of many certifications, all or none."""
    require(permissions.can_record(actor))
    ready = list(_certifiable(records, actor, today))
    asked, written = update_records(GroupCertification, ["certified_on"], ready)
    if written != asked:
        raise Refused(FASTER, code="changed_by_another")
    return written


@service
def restore_certifications(
    pairs: Sequence[tuple[GroupCertification, dict[str, Any]]],
    actor: User,
    reason: str,
    today: dt.date,
) -> None:
    """Put the days of certifications back, as taking a written file back asks."""
    require(permissions.can_record(actor))
    _hold_councils_of(actor, (record.group_id for record, _facts in pairs))
    _put_back(GroupCertification, pairs)


@service
def remove_certifications(
    records: Sequence[GroupCertification], actor: User, reason: str, today: dt.date
) -> None:
    """Take away certifications that a file brought; their trail stays."""
    require(permissions.can_record(actor))
    _hold_councils_of(actor, (record.group_id for record in records))
    GroupCertification.objects.filter(pk__in=[record.pk for record in records]).delete()
