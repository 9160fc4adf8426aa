"""What is read of frames: what moved, what is committed, what is left, with constant queries."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from finance.models import BudgetMove
from finance.queries import BAHT, ZERO
from programs.models import BudgetFrame, Project, ProjectLevel
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


def with_money(frames: QuerySet[BudgetFrame]) -> QuerySet[Any]:
    """Frames as they stand now, as their list shows them, in one query.

    Annotates ``moved_baht`` (in less out), ``current_baht``, ``committed_baht`` and ``free_baht``.
    """
    same_place = Q(region=OuterRef("region")) | Q(level=ProjectLevel.NATION)
    approved = Project.objects.filter(
        same_place,
        programme=OuterRef("programme"),
        level=OuterRef("level"),
        status__in=APPROVED_ON,
    )
    moves = BudgetMove.objects.all()
    moved_in = _sum(moves.filter(to_frame=OuterRef("pk")), "to_frame", "amount_baht")
    moved_out = _sum(moves.filter(from_frame=OuterRef("pk")), "from_frame", "amount_baht")
    return frames.annotate(
        moved_baht=moved_in - moved_out,
        committed_baht=_sum(approved, "programme", "approved_baht"),
        current_baht=F("allocated_baht") + F("moved_baht"),
        free_baht=F("current_baht") - F("committed_baht"),
    )


def _sum(rows: QuerySet[Any], path: str, name: str) -> Coalesce:
    """The sum of a field over the rows that hang on the outer frame by ``path``."""
    summed = rows.order_by().values(path).annotate(summed=Sum(name)).values("summed")
    return Coalesce(Subquery(summed), ZERO, output_field=BAHT)


def frame_room(frames: QuerySet[BudgetFrame]) -> dict[tuple[int, str | None, str], Decimal]:
    """What each of the frames has left, by programme, region and level."""
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
        for frame in frames
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
