"""Writes to committees, meetings and resolutions."""

from __future__ import annotations

import datetime as dt

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.errors import Refused
from codi.places.models import Region
from codi.writing import service
from programs import permissions
from programs.models import Committee, Meeting, Resolution


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
def add_resolution(
    *, actor: User, meeting: Meeting, number: int, kind: str, text: str
) -> Resolution:
    """Record a numbered resolution of a meeting."""
    _require_manager(actor, meeting.committee.region_id)
    return Resolution.objects.create(meeting=meeting, number=number, kind=kind, text=text.strip())
