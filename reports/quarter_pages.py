"""What the pages of quarters read: each region's part, who is behind it, and what is missing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Subquery
from django.urls import reverse

from codi.accounts.models import User
from codi.accounts.permissions import Decision
from codi.fiscal import Quarter
from codi.places.models import Region
from codi.thai.dates import long_date
from reports import permissions
from reports.models import Edition, EditionState, LaterChange, ReportingQuarter
from reports.models.edition_life import APPROVED_IN
from reports.region_parts import NOT_BEGUN, OUTLINE, RegionPart, region_parts
from reports.tables import TONES
from welfare.queries import Completeness, completeness

OPEN, CLOSED = "open", "closed"
STANDINGS = {OPEN: "เปิด", CLOSED: "ปิดแล้ว"}


@dataclass(frozen=True)
class Step:
    """Something to do with a part: words, address, whether this person may, and why not.

    ``said_at`` is the place on the page that tells the reason for several rows at once.
    """

    label: str
    url: str
    decision: Decision
    said_at: str = ""


@dataclass(frozen=True)
class Line:
    """A region, or the whole country, in the table of a quarter."""

    name: str
    edition: Edition | None
    state_text: str
    tone: str
    steps: tuple[Step, ...]
    answers: Completeness | None = None
    is_being_corrected: bool = False

    @property
    def person(self) -> str:
        """Who took the last step."""
        edition = self.edition
        if edition is None:
            return "-"
        last = {
            EditionState.SENT_BACK: edition.sent_back_by,
            EditionState.SUBMITTED: edition.submitted_by,
            EditionState.APPROVED: edition.approved_by,
        }.get(EditionState(edition.state), edition.issued_by or edition.created_by)
        return str(last or edition.created_by)

    @property
    def at(self) -> dt.datetime | None:
        """When the last step was taken."""
        edition = self.edition
        if edition is None:
            return None
        last = {
            EditionState.SENT_BACK: edition.sent_back_at,
            EditionState.SUBMITTED: edition.submitted_at,
            EditionState.APPROVED: edition.approved_at,
        }.get(EditionState(edition.state), edition.issued_at or edition.frozen_at)
        return last or edition.created_at


# The labels of the steps by the state of the edition, each with its address and its right.
STEPS: dict[str, tuple[tuple[str, str, Any], ...]] = {
    EditionState.DRAFT: (("เสนอส่วนกลาง", "reports:submit", permissions.can_submit),),
    EditionState.SENT_BACK: (("เสนอส่วนกลาง", "reports:submit", permissions.can_submit),),
    EditionState.SUBMITTED: (
        ("รับรอง", "reports:approve", permissions.can_approve),
        ("ส่งกลับ", "reports:send_back", permissions.can_send_back),
    ),
    EditionState.APPROVED: (("ออกฉบับ", "reports:issue", permissions.can_issue),),
}
NATIONAL_LABELS = {"เสนอส่วนกลาง": "เสนอขออนุมัติ", "รับรอง": "อนุมัติ"}


def regions_of(user: User, day: dt.date) -> list[Region]:
    """The regions of the day whose part the person sees."""
    regions = Region.objects.current_on(day).order_by("position")
    return list(regions if user.sees_nation else regions.filter(pk=user.region_id))


def lines_of(user: User, period: Quarter, today: dt.date) -> list[Line]:
    """The parts of the regions in sight; three queries."""
    day = min(period.end, today)
    parts = region_parts(OUTLINE, period, day, regions=regions_of(user, day))
    answers = {row.code: row for row in completeness(user, period, today, by="region")}
    return [_line_of(user, period, part, answers.get(part.region.pk)) for part in parts]


def _line_of(user: User, period: Quarter, part: RegionPart, told: Completeness | None) -> Line:
    latest = part.latest
    if latest is None:
        begin = Step(
            "จัดทำส่วนของภาค",
            begin_address(period, part.region.pk),
            permissions.can_create_for(user, part.region),
        )
        return Line(part.region.name, None, NOT_BEGUN, "neutral", (begin,), told)
    return Line(
        part.region.name,
        latest,
        state_of(latest),
        TONES[EditionState(latest.state)],
        _steps(user, latest),
        told,
        part.is_being_corrected,
    )


def said_once(lines: Sequence[Line]) -> tuple[list[Line], list[Step]]:
    """The lines, and each closed step whose reason several of them share: it is told once."""
    closed = Counter(
        (step.label, step.decision.reason)
        for line in lines
        for step in line.steps
        if not step.decision
    )
    shared = [of for of, count in closed.items() if count > 1]
    places = {of: f"why-rows-{number}" for number, of in enumerate(shared, 1)}
    told = [
        replace(
            line,
            steps=tuple(
                replace(step, said_at=places.get((step.label, step.decision.reason), ""))
                for step in line.steps
            ),
        )
        for line in lines
    ]
    once = {step.said_at: step for line in told for step in line.steps if step.said_at}
    return told, list(once.values())


def state_of(edition: Edition) -> str:
    """The state in words: what is approved of a region, headquarters accepted."""
    if edition.region_id and edition.state == EditionState.APPROVED:
        return "รับรองแล้ว"
    if edition.region_id and edition.state == EditionState.SUBMITTED:
        return "เสนอแล้ว รอรับรอง"
    return str(edition.get_state_display())


def _steps(user: User, edition: Edition) -> tuple[Step, ...]:
    return tuple(
        Step(
            NATIONAL_LABELS.get(label, label) if edition.is_national else label,
            reverse(page, args=[edition.pk]),
            can(user, edition),
        )
        for label, page, can in STEPS.get(edition.state, ())
    )


def begin_address(period: Quarter, region: str = "") -> str:
    """The form of a new quarterly report, filled in."""
    words = f"fiscal_year={period.fiscal_year.number}&quarter={period.number}&region={region}"
    return f"{reverse('reports:new_quarterly')}?{words}"


def national_line(user: User, period: Quarter) -> Line | None:
    """The report of the whole country, for those who see it; one query."""
    if not user.sees_nation:
        return None
    latest = (
        Edition.objects.filter(
            outline=OUTLINE,
            fiscal_year=period.fiscal_year.number,
            quarter=period.number,
            region=None,
        )
        .select_related("created_by", "submitted_by", "sent_back_by", "approved_by", "issued_by")
        .order_by("-number")
        .first()
    )
    if latest is None:
        may = permissions.can_create_for(user, None)
        begin = Step("จัดทำรายงานทั้งประเทศ", begin_address(period), may)
        return Line("ทั้งประเทศ", None, NOT_BEGUN, "neutral", (begin,))
    tone = TONES[EditionState(latest.state)]
    return Line("ทั้งประเทศ", latest, state_of(latest), tone, _steps(user, latest))


def days_left_text(quarter: ReportingQuarter, today: dt.date) -> str:
    """เหลือ 5 วัน (ภายใน 15 มกราคม 2563); what is said where no day was set."""
    period, due_on = quarter.period, quarter.due_on
    if due_on is None:
        if today <= period.end:
            return f"ยังไม่กำหนดวันส่ง ไตรมาสสิ้นสุด {long_date(period.end)}"
        return "ยังไม่กำหนดวันส่ง"
    left = (due_on - today).days
    if left < 0:
        return f"เลยกำหนด {-left} วัน (กำหนด {long_date(due_on)})"
    if left == 0:
        return f"ครบกำหนดวันนี้ ({long_date(due_on)})"
    return f"เหลือ {left} วัน (ภายใน {long_date(due_on)})"


def quarters_for_list(user: User) -> QuerySet[Any]:
    """Quarters with what the person sees of their reports, and whether they are closed."""
    seen = Edition.objects.visible_to(user).filter(
        outline=OUTLINE, fiscal_year=OuterRef("fiscal_year"), quarter=OuterRef("quarter")
    )
    accepted = (
        seen.filter(region__isnull=False, state__in=APPROVED_IN)
        .order_by()
        .values("outline")
        .annotate(count=Count("region", distinct=True))
    )
    national = seen.filter(region=None).order_by("-number")
    return (
        ReportingQuarter.objects.visible_to(user)
        .select_related("closed_by")
        .annotate(
            accepted_count=Subquery(accepted.values("count")),
            national_state=Subquery(national.values("state")[:1]),
            is_out=Exists(seen.filter(region=None, state=EditionState.ISSUED)),
            standing=Case(
                When(Q(closed_at__isnull=False), then=Value(CLOSED)),
                default=Value(OPEN),
                output_field=CharField(),
            ),
        )
    )


def lacking(lines: Sequence[Line]) -> int:
    """How many regions' parts headquarters has not accepted yet."""
    return sum(
        line.edition is None
        or (line.edition.state not in APPROVED_IN and not line.is_being_corrected)
        for line in lines
    )


def later_count_of(user: User, quarter: ReportingQuarter) -> int:
    """How many changes in sight came after the quarter was closed; one query."""
    return LaterChange.objects.visible_to(user).filter(quarters__quarter=quarter.pk).count()
