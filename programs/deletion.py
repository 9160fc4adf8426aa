"""What of this room may be deleted: drafts, and records that nothing rests on."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from codi.desk.bin import Deletable, register_deletable
from programs import permissions
from programs.models import Meeting, Organisation, ProgrammeTarget, Project


def _own_place(record: Any) -> tuple[str | None, str | None]:
    return record.region_id, record.province_id


register_deletable(
    Deletable(
        Project,
        permissions.can_delete_project,
        _own_place,
        after=lambda record: reverse("finance:projects"),
    )
)
register_deletable(
    Deletable(
        Organisation,
        permissions.can_delete_organisation,
        _own_place,
        after=lambda record: reverse("programs:organisations"),
    )
)
register_deletable(
    Deletable(
        Meeting,
        permissions.can_delete_meeting,
        lambda meeting: (meeting.committee.region_id, None),
        after=lambda record: reverse("programs:meetings"),
    )
)
register_deletable(
    Deletable(
        ProgrammeTarget,
        permissions.can_delete_target,
        lambda target: (target.region_id, None),
        after=lambda target: target.programme.get_absolute_url(),
    )
)
