"""Who may change a saved filter, and who may give one to everybody."""

from __future__ import annotations

from codi.accounts.models import User
from codi.accounts.permissions import Decision, allow, deny
from codi.kept.models import Audience, SavedFilter


def can_change_filter(user: User, saved: SavedFilter) -> Decision:
    """Rename, hand on or delete: its owner alone."""
    if saved.owner_id == user.pk:
        return allow()
    return deny("เปลี่ยนหรือลบได้เฉพาะเจ้าของตัวกรอง บันทึกเป็นตัวกรองของท่านเองแทนได้")


def can_give_to(user: User, audience: str) -> Decision:
    """Only headquarters gives filters to everybody; a regional one would mean little elsewhere."""
    if audience != Audience.EVERYBODY or user.sees_nation:
        return allow()
    return deny("ผู้ใช้ส่วนกลางเท่านั้นที่ให้ทุกคนเห็นตัวกรองได้ ให้เลือก “สำนักงานของฉัน” แทน")
