"""Who may look after the mails of notices."""

from __future__ import annotations

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, allow, deny


def can_see_mails(user: User) -> Decision:
    """Whether ``user`` may see which mails went out and send the failed ones again."""
    if user.role == Role.ADMINISTRATOR and user.sees_nation:
        return allow()
    return deny("เฉพาะผู้ดูแลระบบระดับประเทศดูแลการส่งอีเมลได้")
