"""What is read of frames: what moved, what is committed, what is left, with constant queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from finance.models import BudgetMove
from finance.queries import ZERO
from programs.models import BudgetFrame, Project
from programs.models.project_life import APPROVED_ON


@dataclass(frozen=True)
class FrameState:
    """A frame with what moved and what is committed, in baht."""

    frame: BudgetFrame
    moved_in_baht: Decimal
    moved_out_baht: Decimal
    committed_baht: Decimal

    @property
    def current_baht(self) -> Decimal:
        """The frame after moves."""
        allocated: Decimal = self.frame.allocated_baht
        return allocated + self.moved_in_baht - self.moved_out_baht

    @property
    def left_baht(self) -> Decimal:
        """Uncommitted money: what may be approved or moved away."""
        return self.current_baht - self.committed_baht


def frame_state(frame: BudgetFrame) -> FrameState:
    """A frame as it stands now: three aggregates."""
    moved_in = BudgetMove.objects.filter(to_frame=frame).aggregate(baht=Sum("amount_baht"))["baht"]
    moved_out = BudgetMove.objects.filter(from_frame=frame).aggregate(baht=Sum("amount_baht"))
    committed = Project.objects.filter(
        programme=frame.programme_id,
        region=frame.region_id,
        level=frame.level,
        status__in=APPROVED_ON,
    ).aggregate(baht=Sum("approved_baht"))["baht"]
    return FrameState(frame, moved_in or ZERO, moved_out["baht"] or ZERO, committed or ZERO)


def frame_room(today: dt.date) -> dict[tuple[int, str | None, str], Decimal]:
    """What every frame allocated by ``today`` has left, by programme, region and level."""
    moves = BudgetMove.objects.order_by()
    came = dict(moves.values_list("to_frame").annotate(Sum("amount_baht")))
    went = dict(moves.values_list("from_frame").annotate(Sum("amount_baht")))
    place = ("programme_id", "region_id", "level")
    committed = {
        key: total
        for *key_parts, total in Project.objects.order_by()
        .filter(status__in=APPROVED_ON)
        .values_list(*place)
        .annotate(Sum("approved_baht"))
        for key in [tuple(key_parts)]
    }
    return {
        key: frame.allocated_baht
        + came.get(frame.pk, ZERO)
        - went.get(frame.pk, ZERO)
        - committed.get(key, ZERO)
        for frame in BudgetFrame.objects.as_of(today)
        for key in [(frame.programme_id, frame.region_id, frame.level)]
    }


def frame_of(project: Project) -> FrameState | None:
    """The frame that pays the project, or None when none was set."""
    frame = (
        BudgetFrame.objects.filter(
            programme=project.programme_id, region=project.region_id, level=project.level
        )
        .select_related("programme", "region")
        .first()
    )
    return frame_state(frame) if frame else None
