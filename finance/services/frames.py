"""Budget moves between frames (ปรับโอนงบประมาณ)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import UUID

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.errors import Refused
from codi.writing import service
from finance import permissions
from finance.models import BudgetMove
from programs.models import BudgetFrame, Meeting


@service
def move_budget(
    *,
    actor: User,
    from_frame: BudgetFrame,
    to_frame: BudgetFrame,
    amount_baht: Decimal,
    moved_on: dt.date,
    reason: str,
    approval_document: str,
    approval_meeting: Meeting | None = None,
    request_key: UUID,
    today: dt.date,
) -> BudgetMove:
    """Move uncommitted money from one frame of a programme's fiscal year to another.

    The frames are locked in the order of their keys; the database refuses when more would leave
    the frame than is uncommitted. The same ``request_key`` again answers with the first move.
    """
    require(permissions.can_move_budget(actor))
    _hold(actor, {from_frame.pk, to_frame.pk})
    move = BudgetMove(
        from_frame=from_frame,
        to_frame=to_frame,
        amount_baht=amount_baht,
        moved_on=moved_on,
        reason=reason.strip(),
        approval_document=approval_document.strip(),
        approval_meeting=approval_meeting,
        actor=actor,
        request_key=request_key,
    )
    if earlier := BudgetMove.objects.filter(request_key=request_key).first():
        return _same(earlier, move)
    if moved_on > today:
        raise Refused("วันที่โอนยังมาไม่ถึง กรุณาตรวจวันที่", field="moved_on")
    if from_frame.programme.fiscal_year != to_frame.programme.fiscal_year:
        raise Refused("โอนได้เฉพาะกรอบงบในปีงบประมาณเดียวกัน", field="to_frame")
    move.save(force_insert=True)
    return move


def _hold(actor: User, frame_ids: set[int]) -> None:
    """Lock the frames in one order for all; refuses what the actor does not see."""
    frames = BudgetFrame.objects.select_for_update().visible_to(actor).order_by("pk")
    if len(frames.filter(pk__in=frame_ids)) < len(frame_ids):
        raise Refused("ปรับโอนได้เฉพาะกรอบงบในขอบเขตของท่าน", code="not_allowed")


def _same(earlier: BudgetMove, move: BudgetMove) -> BudgetMove:
    """The first answer to a request that came again; refuses other facts under its key."""
    facts = ("from_frame_id", "to_frame_id", "amount_baht", "moved_on")
    if any(getattr(earlier, name) != getattr(move, name) for name in facts):
        raise Refused("แบบฟอร์มนี้เคยบันทึกด้วยข้อมูลอื่นไปแล้ว กรุณาเปิดแบบฟอร์มใหม่", code="request_key_reused")
    return earlier
