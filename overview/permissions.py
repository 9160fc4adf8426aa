"""Who may change an analysis."""

from __future__ import annotations

from codi.accounts.models import User
from codi.accounts.permissions import Decision, allow, deny
from overview.models import SavedAnalysis


def can_change_analysis(user: User, saved: SavedAnalysis) -> Decision:
    """Rename, hand on, save over or delete: its owner alone; anybody may copy what they see."""
    if saved.owner_id == user.pk:
        return allow()
    return deny("เปลี่ยนหรือลบได้เฉพาะผู้บันทึก บันทึกสำเนาเป็นของท่านเองแทนได้")
