"""The money of a programme's frames, on the page of the programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from codi.accounts.models import User
from finance.frames import FrameState
from finance.models import BudgetMove
from finance.queries import ZERO
from finance.rules import share_pct
from programs.models import BudgetFrame, Programme, Project, ProjectLevel
from programs.models.project_life import APPROVED_ON
from programs.panels import Panel, programme_panel


@dataclass(frozen=True)
class FrameTotal:
    """The sums of the frames in sight, in baht."""

    allocated_baht: Decimal
    moved_in_baht: Decimal
    moved_out_baht: Decimal
    committed_baht: Decimal
    left_baht: Decimal


@dataclass(frozen=True)
class FrameLine:
    """A frame as it stands, and its committed share in whole percent for a bar."""

    state: FrameState
    width: int


def frame_states(programme: Programme, user: User) -> Sequence[FrameState]:
    """The programme's frames in the person's sight as they stand now: four queries.

    The centre comes first, then regions as reports order them, each from wide levels to narrow.
    """
    frames = BudgetFrame.objects.visible_to(user).filter(programme=programme)
    moves = BudgetMove.objects.order_by()
    came = moves.filter(to_frame__programme=programme).values_list("to_frame")
    went = moves.filter(from_frame__programme=programme).values_list("from_frame")
    moved_in = dict(came.annotate(Sum("amount_baht")))
    moved_out = dict(went.annotate(Sum("amount_baht")))
    approved = Project.objects.filter(programme=programme, status__in=APPROVED_ON).order_by()
    committed = {
        (region, level): baht
        for region, level, baht in approved.values_list("region", "level").annotate(
            Sum("approved_baht")
        )
    }
    return [
        FrameState(
            frame,
            moved_in.get(frame.pk, ZERO),
            moved_out.get(frame.pk, ZERO),
            committed.get((frame.region_id, frame.level), ZERO),
        )
        for frame in sorted(frames.select_related("region"), key=_place_in_table)
    ]


def _place_in_table(frame: BudgetFrame) -> tuple[bool, int, int]:
    position = frame.region.position if frame.region else 0
    return bool(frame.region), position, ProjectLevel.values.index(frame.level)


def _total(states: Sequence[FrameState]) -> FrameTotal:
    return FrameTotal(
        allocated_baht=sum((one.frame.allocated_baht for one in states), ZERO),
        moved_in_baht=sum((one.moved_in_baht for one in states), ZERO),
        moved_out_baht=sum((one.moved_out_baht for one in states), ZERO),
        committed_baht=sum((one.committed_baht for one in states), ZERO),
        left_baht=sum((one.left_baht for one in states), ZERO),
    )


@programme_panel
def frames(programme: Programme, user: User) -> Panel | None:
    """Allocated, moved, committed and uncommitted money of each frame in sight."""
    states = frame_states(programme, user)
    if not states:
        return None
    lines = [FrameLine(one, share_pct(one.committed_baht, one.current_baht)) for one in states]
    context = {"lines": lines, "total": _total(states)}
    return Panel("finance/programme_panel.html", context, "css/money.css")
