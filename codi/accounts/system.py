"""The accounts under which commands act when no person is named."""

from __future__ import annotations

from codi.accounts.models import SYSTEM_USERNAMES, Role, ScopeLevel, User

MAKER, CHECKER = SYSTEM_USERNAMES
_NAMES = {MAKER: "ระบบ", CHECKER: "ระบบ (ผู้ยืนยัน)"}


def system_account(username: str = MAKER) -> User:
    """The system's own account, made when missing; nobody can log in with it.

    There are two of them, because the one who makes a record may not be the one who approves it.
    """
    account: User
    account, _ = User.objects.get_or_create(
        username=username,
        defaults={
            "full_name": _NAMES[username],
            "role": Role.ADMINISTRATOR,
            "scope_level": ScopeLevel.NATION,
            "is_active": False,
            "password": "!",
        },
    )
    return account


def is_system(user: User) -> bool:
    """Whether the account is the system's own, which stands for the operator at the machine."""
    return user.username in SYSTEM_USERNAMES and not user.is_active
