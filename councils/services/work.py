"""Writes to what a council did: meetings, missions of section 21, capability, quality reviews."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.errors import Refused
from codi.fiscal import FiscalYear
from codi.thai.dates import long_date
from codi.writing import change, locked, service
from councils import permissions_of_work as permissions
from councils.models import (
    CapabilityResult,
    Council,
    CouncilMeeting,
    QualityReview,
    Section21Mission,
)
from programs.models import QualityScale, ScaleSubject


def require_past(day: dt.date, today: dt.date, field: str) -> None:
    """Refuse a day that has not come yet."""
    if day > today:
        raise Refused(f"วันที่ {long_date(day)} ยังมาไม่ถึง กรุณาตรวจวันที่แล้วบันทึกใหม่", field=field)


def require_day_of(
    council: Council, fiscal_year: int, day: dt.date, today: dt.date, field: str
) -> None:
    """Refuse a day to come, before the year of the record, or before the council stood."""
    require_past(day, today, field)
    if day < FiscalYear(fiscal_year).start:
        start = long_date(FiscalYear(fiscal_year).start)
        raise Refused(f"ปีงบประมาณ {fiscal_year} เริ่มวันที่ {start} กรุณาตรวจวันที่หรือปี", field=field)
    if day < council.registered_on:
        since = long_date(council.registered_on)
        raise Refused(f"สภานี้จดแจ้งจัดตั้งวันที่ {since} กรุณาตรวจวันที่", field=field)


def kept_council(council: Council, actor: User) -> Council:
    """The council under its lock, if the actor may record its work."""
    council = locked(council)
    require(permissions.can_record_work(actor, council))
    return council


def _meeting_day(council: Council, held_on: dt.date, today: dt.date) -> int:
    """The fiscal year of a meeting's day."""
    year = FiscalYear.of(held_on).number
    require_day_of(council, year, held_on, today, "held_on")
    return year


@service
def record_meeting(
    *,
    actor: User,
    council: Council,
    number: int,
    held_on: dt.date,
    attendee_count: int | None = None,
    topics: str = "",
    today: dt.date,
) -> CouncilMeeting:
    """Record a meeting of a council; its fiscal year is that of the day. Number once per year."""
    council = kept_council(council, actor)
    return CouncilMeeting.objects.create(
        council=council,
        fiscal_year=_meeting_day(council, held_on, today),
        number=number,
        held_on=held_on,
        attendee_count=attendee_count,
        topics=topics.strip(),
    )


@service
def correct_meeting(
    *,
    actor: User,
    meeting: CouncilMeeting,
    expected_version: int | None,
    today: dt.date,
    **facts: Any,
) -> CouncilMeeting:
    """Correct number, day, attendance or topics; raises ``Conflict`` as every change does."""
    council = kept_council(meeting.council, actor)
    meeting = locked(meeting)
    held_on = facts.get("held_on", meeting.held_on)
    facts["fiscal_year"] = _meeting_day(council, held_on, today)
    return change(meeting, facts, expected_version=expected_version)


@service
def set_missions(
    *,
    actor: User,
    council: Council,
    fiscal_year: int,
    done: Collection[int],
    seen: Collection[int],
    reported_on: dt.date,
    today: dt.date,
) -> int:
    """Record which of the twelve missions a council performed in a year. Returns how many it has.

    ``seen`` are those that stood when the form was opened: only what the person ticked or unticked
    is written, so that two people filling in one year do not undo each other. A mission taken away
    keeps its trail in the history.
    """
    council = kept_council(council, actor)
    require_day_of(council, fiscal_year, reported_on, today, "reported_on")
    stored = Section21Mission.objects.filter(council=council, fiscal_year=fiscal_year)
    there = set(stored.values_list("mission", flat=True))
    stored.filter(mission__in=set(seen) - set(done)).delete()
    for mission in sorted(set(done) - set(seen) - there):
        Section21Mission.objects.create(
            council=council, fiscal_year=fiscal_year, mission=mission, reported_on=reported_on
        )
    return stored.count()


@service
def record_mission(
    *,
    actor: User,
    council: Council,
    fiscal_year: int,
    mission: int,
    reported_on: dt.date,
    detail: str = "",
    today: dt.date,
) -> Section21Mission:
    """Record one mission of a year; the same once more is refused."""
    council = kept_council(council, actor)
    require_day_of(council, fiscal_year, reported_on, today, "reported_on")
    return Section21Mission.objects.create(
        council=council,
        fiscal_year=fiscal_year,
        mission=mission,
        reported_on=reported_on,
        detail=detail.strip(),
    )


@service
def record_capability(
    *, actor: User, council: Council, fiscal_year: int, today: dt.date, **facts: Any
) -> CapabilityResult:
    """Record the capability result of a council for a year; its three files are attached to it."""
    council = kept_council(council, actor)
    require_day_of(council, fiscal_year, facts["reported_on"], today, "reported_on")
    return CapabilityResult.objects.create(council=council, fiscal_year=fiscal_year, **facts)


@service
def correct_capability(
    *,
    actor: User,
    result: CapabilityResult,
    expected_version: int | None,
    today: dt.date,
    **facts: Any,
) -> CapabilityResult:
    """Correct a capability result; council and year stay."""
    council = kept_council(result.council, actor)
    result = locked(result)
    day = facts.get("reported_on", result.reported_on)
    require_day_of(council, result.fiscal_year, day, today, "reported_on")
    return change(result, facts, expected_version=expected_version)


def scale_of(fiscal_year: int, subject: str = ScaleSubject.COUNCIL) -> QualityScale:
    """The scale of a year: its own, or the latest one before it. Raises :class:`Refused`."""
    scales = QualityScale.objects.filter(subject=subject, fiscal_year__lte=fiscal_year)
    found = scales.prefetch_related("bands").order_by("-fiscal_year").first()
    if found is None:
        raise Refused(
            f"ยังไม่มีเกณฑ์สอบทานของปีงบประมาณ {fiscal_year} ให้ผู้ดูแลระบบเพิ่มเกณฑ์ก่อน",
            field="fiscal_year",
        )
    return found


def graded(scale: QualityScale, score_pct: Decimal) -> str:
    """The grade of a score on a scale. Raises :class:`Refused` where the scale has none for it."""
    if score_pct != round(score_pct, 2):
        raise Refused("คะแนนมีทศนิยมได้ไม่เกิน 2 ตำแหน่ง กรุณาปัดก่อนบันทึก", field="score_pct")
    try:
        return scale.grade_of(score_pct)
    except LookupError as error:
        raise Refused(
            f"เกณฑ์{scale}ไม่มีระดับสำหรับคะแนนนี้ ให้ผู้ดูแลระบบตรวจเกณฑ์", field="score_pct"
        ) from error


@service
def review_council(
    *,
    actor: User,
    council: Council,
    fiscal_year: int,
    reviewed_on: dt.date,
    score_pct: Decimal,
    today: dt.date,
) -> QualityReview:
    """Record the quality review of a council for a year; the year's scale gives the grade."""
    council = kept_council(council, actor)
    require_day_of(council, fiscal_year, reviewed_on, today, "reviewed_on")
    scale = scale_of(fiscal_year)
    return QualityReview.objects.create(
        council=council,
        fiscal_year=fiscal_year,
        reviewed_on=reviewed_on,
        scale=scale,
        score_pct=score_pct,
        grade=graded(scale, score_pct),
    )


@service
def correct_review(
    *,
    actor: User,
    review: QualityReview,
    expected_version: int | None,
    reviewed_on: dt.date,
    score_pct: Decimal,
    today: dt.date,
) -> QualityReview:
    """Correct day and score of a review; its grade follows on the scale that it was given on."""
    council = kept_council(review.council, actor)
    review = locked(review)
    require_day_of(council, review.fiscal_year, reviewed_on, today, "reviewed_on")
    facts = {
        "reviewed_on": reviewed_on,
        "score_pct": score_pct,
        "grade": graded(review.scale, score_pct),
    }
    return change(review, facts, expected_version=expected_version)
