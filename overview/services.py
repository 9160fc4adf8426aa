"""Every write of what people keep of their analyses."""

from __future__ import annotations

import datetime as dt
from typing import Any

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.errors import Refused
from codi.kept.permissions import can_give_to
from codi.writing import change, locked, service
from overview.models import SavedAnalysis
from overview.permissions import can_change_analysis

LONGEST_QUERY = 4000
MOST_OWN = 100


@service
def save_analysis(
    *, actor: User, title: str, query: str, audience: str, now: dt.datetime
) -> SavedAnalysis:
    """Keep an analysis under a name. Raises :class:`Refused` with what to do instead.

    ``query`` holds only words that an analysis reads, with values that the actor may choose.
    """
    require(can_give_to(actor, audience))
    _refuse_long(query)
    make_room(actor.pk)
    saved = SavedAnalysis(
        owner=actor,
        title=title,
        query=query,
        audience=audience,
        region_id=actor.region_id,
        province_id=actor.province_id,
        saved_at=now,
    )
    saved.fill_keys()
    saved.save(force_insert=True)
    return saved


@service
def change_analysis(
    *,
    actor: User,
    saved: SavedAnalysis,
    title: str,
    query: str,
    audience: str,
    expected_version: int | None,
    now: dt.datetime,
) -> SavedAnalysis:
    """Give an own analysis another name, content or audience; the office becomes the present one.

    Raises :class:`codi.errors.Conflict` when it was changed since ``expected_version``.
    """
    saved = locked(saved)
    require(can_change_analysis(actor, saved))
    require(can_give_to(actor, audience))
    _refuse_long(query)
    facts: dict[str, Any] = {
        "title": title,
        "query": query,
        "audience": audience,
        "region_id": actor.region_id,
        "province_id": actor.province_id,
    }
    moved = any(getattr(saved, name) != value for name, value in facts.items())
    facts |= {"saved_at": now} if moved else {}
    return change(saved, facts, expected_version=expected_version)


def make_room(owner: int) -> None:
    """Refuse one more analysis than a person may keep, be it new or back from the bin."""
    _hold_owner(owner)
    if SavedAnalysis.objects.filter(owner=owner).count() >= MOST_OWN:
        raise Refused(f"บันทึกการวิเคราะห์ได้ไม่เกิน {MOST_OWN} รายการ ลบรายการที่ไม่ใช้ก่อน")


def _hold_owner(owner: int) -> None:
    """Let what one person saves come one after the other, so that the limit holds."""
    User.objects.select_for_update(no_key=True).get(pk=owner)


def _refuse_long(query: str) -> None:
    if not query:
        raise Refused("ยังไม่ได้เลือกตัวเลข เลือกตัวเลขและช่วงเวลา แล้วบันทึกอีกครั้ง")
    if len(query) > LONGEST_QUERY:
        raise Refused("เลือกไว้มากเกินกว่าจะบันทึก ลดจำนวนตัวเลขหรือวันที่ แล้วบันทึกอีกครั้ง")
