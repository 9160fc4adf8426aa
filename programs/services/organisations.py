"""Writes to organisations and the certification of their status."""

from __future__ import annotations

import datetime as dt
from typing import Any

from codi.accounts.models import User
from codi.accounts.permissions import require
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
