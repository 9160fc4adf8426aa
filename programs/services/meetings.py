"""Writes to committees, meetings and resolutions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.errors import Refused
from codi.places.models import Region
from codi.thai.normalise import clean
from codi.writing import change, locked, service
from programs import permissions
from programs.models import Committee, Meeting, Resolution
from programs.queries import why_days_are_fixed

DAYS = ("starts_on", "ends_on")


def _require_manager(actor: User, region_id: str | None) -> None:
    require(permissions.can_manage_meetings(actor))
    if not actor.sees_nation and region_id != actor.region_id:
        raise Refused("บันทึกการประชุมได้เฉพาะคณะของภาคท่าน", field="committee")


@service
def create_committee(*, actor: User, name: str, region: Region | None) -> Committee:
    """Add a committee of a region, or of the nation."""
    _require_manager(actor, region.pk if region else None)
    return Committee.objects.create(name=name, region=region)


@service
def rename_committee(
    *, actor: User, committee: Committee, expected_version: int | None, name: str
) -> Committee:
    """Correct the name of a committee; raises ``Conflict`` when somebody else did meanwhile."""
    committee = locked(committee)
    require(permissions.can_manage_committee(actor, committee))
    return change(committee, {"name": clean(name)}, expected_version=expected_version)


@service
def create_meeting(
    *,
    actor: User,
    committee: Committee,
    number: int,
    fiscal_year: int,
    starts_on: dt.date,
    ends_on: dt.date,
    venue: str = "",
) -> Meeting:
    """Record a meeting; number and year occur once per committee."""
    _require_manager(actor, committee.region_id)
    return Meeting.objects.create(
        committee=committee,
        number=number,
        fiscal_year=fiscal_year,
        starts_on=starts_on,
        ends_on=ends_on,
        venue=venue.strip(),
    )


@service
def update_meeting(
    *, actor: User, meeting: Meeting, expected_version: int | None, **facts: Any
) -> Meeting:
    """Correct number, fiscal year, days or venue of a meeting.

    Raises ``Conflict`` when somebody else changed it meanwhile, and :class:`Refused` for its days
    once projects or organisations rest on them: a project's endorsement is dated by the meeting.
    """
    meeting = locked(meeting)
    require(permissions.can_manage_committee(actor, meeting.committee))
    moved = [name for name in DAYS if name in facts and facts[name] != getattr(meeting, name)]
    if moved and (reason := why_days_are_fixed(meeting)):
        raise Refused(reason, field=moved[0], code="days_are_fixed")
    return change(meeting, facts, expected_version=expected_version)


@service
def update_resolution(
    *, actor: User, resolution: Resolution, expected_version: int | None, kind: str, text: str
) -> Resolution:
    """Correct kind or text of a resolution; raises ``Conflict`` when somebody else did meanwhile."""
    resolution = locked(resolution)
    require(permissions.can_manage_committee(actor, resolution.meeting.committee))
    facts = {"kind": kind, "text": text.strip()}
    return change(resolution, facts, expected_version=expected_version)


@service
def add_resolution(
    *, actor: User, meeting: Meeting, number: int, kind: str, text: str
) -> Resolution:
    """Record a numbered resolution of a meeting."""
    _require_manager(actor, meeting.committee.region_id)
    return Resolution.objects.create(meeting=meeting, number=number, kind=kind, text=text.strip())


@service
def record_meeting(
    *,
    region: Region | None,
    number: int,
    fiscal_year: int,
    starts_on: dt.date | None,
    ends_on: dt.date | None,
) -> Meeting:
    """The meeting that an import names: the one on record, or a new one with the days it tells.

    Its committee is the one that considers the projects of the region, made when there is none.
    Raises :class:`Refused` when the meeting is not on record and no day is told, or the days told
    differ from those on record.
    """
    found = (
        Meeting.objects.filter(committee__region=region, number=number, fiscal_year=fiscal_year)
        .order_by("committee_id")
        .first()
    )
    if found and starts_on and (found.starts_on, found.ends_on) != (starts_on, ends_on):
        raise Refused(f"วันประชุมไม่ตรงกับที่บันทึกไว้ ({found}) กรุณาตรวจวันที่", field="meeting")
    if found:
        return found
    if starts_on is None or ends_on is None:
        raise Refused(
            f"ยังไม่มีการประชุมครั้งที่ {number}/{fiscal_year} กรุณาเขียนวันที่ประชุมต่อท้าย", field="meeting"
        )
    committee = Committee.objects.filter(region=region).order_by("pk").first()
    if committee is None:
        place = region.name if region else "ส่วนกลาง"
        committee = Committee.objects.create(name=f"คณะทำงานพิจารณาโครงการ{place}", region=region)
    return Meeting.objects.create(
        committee=committee,
        number=number,
        fiscal_year=fiscal_year,
        starts_on=starts_on,
        ends_on=ends_on,
    )
