"""What people do with findings: say that one is right as it is, take that back, ask for a sweep."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.errors import Refused
from codi.jobs import services as jobs
from codi.jobs.models import Job
from codi.quality import permissions
from codi.quality.models import Finding, FindingState
from codi.thai.normalise import clean
from codi.writing import change, locked, service

SWEEP = "quality-sweep"


@service
def close_finding(
    *, actor: User, finding: Finding, reason: str, expected_version: int | None, now: dt.datetime
) -> Finding:
    """Say that a finding is right as it is, and why; it holds while its facts stay the same.

    The same person saying the same again (a double click) changes nothing. Raises
    :class:`Refused` when somebody else explained it, when it is gone, and when its facts are others
    than the person saw.
    """
    latest = locked(finding)
    told = clean(reason)
    if latest.state == FindingState.EXPLAINED and (latest.closed_by, latest.reason) == (
        actor,
        told,
    ):
        return latest
    require(permissions.can_close(actor, latest))
    if not told:
        raise Refused("กรุณาบอกเหตุผลที่ข้อมูลนี้ถูกต้องแล้ว", field="reason", code="reason")
    if latest.version != expected_version:
        raise Refused(
            f"สิ่งที่พบเปลี่ยนไปหลังจากที่ท่านเปิดหน้านี้ ขณะนี้คือ “{latest.detail}” "
            "กรุณาตรวจอีกครั้ง หากยังถูกต้องให้กดยืนยันอีกครั้ง",
            code="changed_by_another",
        )
    facts = {"closed_by": actor, "closed_at": now, "reason": told}
    return _now(change(latest, facts, expected_version=expected_version))


@service
def reopen_finding(*, actor: User, finding: Finding) -> Finding:
    """Take an explanation back: the finding waits again; one that waits already stays as it is."""
    latest = locked(finding)
    if latest.state == FindingState.OPEN:
        return latest
    require(permissions.can_reopen(actor, latest))
    return _now(change(latest, {"closed_by": None, "closed_at": None, "reason": ""}))


def _now(finding: Finding) -> Finding:
    """With the state that the database computes of it."""
    finding.refresh_from_db()
    return finding


def request_sweep(*, actor: User, key: str) -> Job:
    """Ask for a sweep now; ``key`` is the one-time key of the button."""
    require(permissions.can_sweep(actor))
    return jobs.request(
        SWEEP,
        key=f"{SWEEP}-{actor.pk}-{key[:64]}",
        payload={"day": timezone.localdate().isoformat()},
        requested_by=actor,
        region=actor.region,
    )
