"""Who may have tokens, and what a request of the API needs before anything else."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from codi.accounts.models import User
from codi.accounts.permissions import Decision, allow, deny
from codi.api.errors import Problem
from codi.api.models import ApiToken, Reach


def can_make_token(user: User) -> Decision:
    """Everybody, once they have a password of their own."""
    if user.must_change_password:
        return deny("ตั้งรหัสผ่านของท่านเองก่อน จึงสร้างโทเคนได้")
    return allow()


def can_revoke_token(user: User, token: ApiToken) -> Decision:
    """The owner."""
    return allow() if token.user_id == user.pk else deny("ยกเลิกได้เฉพาะโทเคนของตนเอง")


class KnownPerson(BasePermission):
    """Somebody is known; a temporary password is changed first, and a reading token only reads."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the request may go on. Raises :class:`Problem` with the reason."""
        user: Any = request.user
        if not user or not user.is_authenticated:
            return False
        if user.must_change_password:
            raise Problem(
                "not-allowed",
                "รหัสผ่านนี้ใช้ได้ชั่วคราว ตั้งรหัสผ่านใหม่ในหน้าเว็บก่อน",
                code="password_due",
            )
        token = request.auth
        reads = request.method in SAFE_METHODS
        if isinstance(token, ApiToken) and token.reach == Reach.READ and not reads:
            text = "โทเคนนี้อ่านได้อย่างเดียว หากต้องการบันทึก ให้สร้างโทเคนแบบ “อ่านและบันทึก”"
            raise Problem("not-allowed", text, code="read_only_token")
        return True
