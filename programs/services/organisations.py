"""Writes to organisations and the certification of their status."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import ProtectedError

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.bulk import insert_records, update_records
from codi.errors import Refused
from codi.places.models import Province, Region
from codi.thai.normalise import clean, search_key
from codi.writing import change, locked, service
from programs import permissions
from programs.models import Meeting, Organisation, OrganisationCertification, OrganisationKind


def _require_inside(actor: User, region_id: str | None, province_id: str | None) -> None:
    """The organisation must lie inside the actor's scope, else it would vanish from their list."""
    inside = actor.sees_nation or (
        region_id == actor.region_id and (not actor.province_id or province_id == actor.province_id)
    )
    if not inside:
        raise Refused("พื้นที่ขององค์กรอยู่นอกขอบเขตของท่าน กรุณาเลือกพื้นที่ใหม่", field="province")


@service
def create_organisation(*, actor: User, **facts: Any) -> Organisation:
    """Add an organisation; the same name in the same place is refused."""
    require(permissions.can_manage_organisations(actor))
    organisation = Organisation(**facts)
    _require_inside(actor, organisation.region_id, organisation.province_id)
    organisation.save()
    return organisation


@service
def update_organisation(
    *, actor: User, organisation: Organisation, expected_version: int | None, **facts: Any
) -> Organisation:
    """Change an organisation's facts; raises ``Conflict`` when somebody else did meanwhile."""
    require(permissions.can_manage_organisations(actor))
    organisation = change(locked(organisation), facts, expected_version=expected_version)
    _require_inside(actor, organisation.region_id, organisation.province_id)
    return organisation


COLUMNS = (
    "name", "kind", "region_id", "province_id", "district_id", "subdistrict_id", "contact",
    "search_key", "sort_key",
)  # fmt: skip


def _judged(actor: User, records: Iterable[Organisation]) -> Iterator[Organisation]:
    """The records under the rules of single ones: inside the actor's scope, keys filled."""
    for record in records:
        _require_inside(actor, record.region_id, record.province_id)
        record.fill_keys()
        yield record


@service
def create_organisations(*, actor: User, records: Iterable[Organisation]) -> int:
    """Add many organisations at once, all or none; the rules of :func:`create_organisation`."""
    require(permissions.can_manage_organisations(actor))
    return insert_records(Organisation, (*COLUMNS, "version"), _judged(actor, records))


@service
def change_organisations(*, actor: User, records: Iterable[Organisation]) -> int:
    """Change many organisations at once, all or none.

    Each record carries the version that the actor saw; raises :class:`Refused` when somebody else
    changed one of them meanwhile, or when one lies outside the actor's scope.
    """
    require(permissions.can_manage_organisations(actor))
    records = list(_judged(actor, records))
    keys = [record.pk for record in records]
    if Organisation.objects.visible_to(actor).filter(pk__in=keys).count() != len(keys):
        raise Refused("มีองค์กรที่อยู่นอกขอบเขตของท่านหรือถูกลบไปแล้ว กรุณาดาวน์โหลดข้อมูลใหม่")
    asked, written = update_records(Organisation, COLUMNS, records)
    if written != asked:
        raise Refused("มีผู้อื่นแก้ไของค์กรบางรายการในเวลาเดียวกัน กรุณาตรวจใหม่", code="changed_by_another")
    return written


@service
def restore_organisations(
    pairs: Sequence[tuple[Organisation, dict[str, Any]]], actor: User, reason: str, today: dt.date
) -> None:
    """Put old values back, as taking a written file back asks; the reason is in the history."""
    for record, facts in pairs:
        for name, value in facts.items():
            setattr(record, name, value)
    change_organisations(actor=actor, records=[record for record, _ in pairs])


@service
def remove_organisations(
    records: Sequence[Organisation], actor: User, reason: str, today: dt.date
) -> None:
    """Take away organisations that nothing rests on; their history stays.

    Raises :class:`Refused` when a project or a certification names one of them.
    """
    require(permissions.can_manage_organisations(actor))
    for record in records:
        _require_inside(actor, record.region_id, record.province_id)
    try:
        Organisation.objects.filter(pk__in=[record.pk for record in records]).delete()
    except ProtectedError as error:
        raise Refused("มีโครงการหรือผลการรับรองที่อ้างถึงองค์กรนี้ จึงนำออกไม่ได้") from error


def _require_certifiable_day(certified_on: dt.date, meeting: Meeting, today: dt.date) -> None:
    if certified_on > today:
        raise Refused("วันที่รับรองยังมาไม่ถึง กรุณาตรวจวันที่", field="certified_on")
    if certified_on < meeting.starts_on:
        raise Refused("วันที่รับรองต้องไม่ก่อนวันประชุม", field="certified_on")


@service
def certify_organisation(
    *,
    actor: User,
    organisation: Organisation,
    meeting: Meeting,
    certified_on: dt.date,
    is_certified: bool,
    valid_until: dt.date | None = None,
    note: str = "",
    today: dt.date,
) -> OrganisationCertification:
    """Record what the committee decided about the status of an organisation."""
    require(permissions.can_manage_organisations(actor))
    _require_inside(actor, organisation.region_id, organisation.province_id)
    meeting = locked(meeting)
    _require_certifiable_day(certified_on, meeting, today)
    return OrganisationCertification.objects.create(
        organisation=organisation,
        meeting=meeting,
        certified_on=certified_on,
        is_certified=is_certified,
        valid_until=valid_until,
        note=note.strip(),
    )


@service
def correct_certification(
    *,
    actor: User,
    certification: OrganisationCertification,
    expected_version: int | None,
    today: dt.date,
    **facts: Any,
) -> OrganisationCertification:
    """Correct the result, days or note of a certification; the meeting and organisation stay.

    Raises ``Conflict`` when somebody else changed it meanwhile, :class:`Refused` for a day to come
    or before the meeting.
    """
    require(permissions.can_manage_organisations(actor))
    certification = locked(certification)
    organisation = certification.organisation
    _require_inside(actor, organisation.region_id, organisation.province_id)
    certification = change(certification, facts, expected_version=expected_version)
    _require_certifiable_day(certification.certified_on, certification.meeting, today)
    return certification


_KIND_BY_WORD = (
    ("สหกรณ์", OrganisationKind.COOPERATIVE),
    ("คณะทำงาน", OrganisationKind.WORKING_GROUP),
    ("คณะประสานงาน", OrganisationKind.WORKING_GROUP),
    ("คณะกรรมการ", OrganisationKind.WORKING_GROUP),
    ("เครือข่าย", OrganisationKind.NETWORK),
    ("ขบวน", OrganisationKind.NETWORK),
    ("สภาองค์กรชุมชน", OrganisationKind.COUNCIL),
    ("กองทุน", OrganisationKind.FUND),
)


@service
def record_organisation(*, name: str, region: Region, province: Province | None) -> Organisation:
    """The organisation that an import names: the one on record in that place, or a new one.

    Its kind is read from the first telling word of the name; anything else is an องค์กรชุมชน.
    """
    found = Organisation.objects.filter(
        search_key=search_key(clean(name))[:400], region=region, province=province
    ).first()
    if found:
        return found
    kind = next((kind for word, kind in _KIND_BY_WORD if word in name), OrganisationKind.COMMUNITY)
    return Organisation.objects.create(name=name, kind=kind, region=region, province=province)
