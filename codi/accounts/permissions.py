"""The answer to "may this person do this?", with the reason when the answer is no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codi.accounts.models import Role, User

from codi.errors import Refused


@dataclass(frozen=True)
class Decision:
    """Truthy when allowed; else ``reason`` says in Thai why not and who can.

    ``is_closed``: it is how the record stands that says no, and not who asks.
    """

    allowed: bool
    reason: str = ""
    is_closed: bool = False

    def __bool__(self) -> bool:
        return self.allowed


def allow() -> Decision:
    """Yes."""
    return Decision(True)


def deny(reason: str) -> Decision:
    """No, because …; the reason stands beside the disabled button."""
    return Decision(False, reason)


def closed(reason: str) -> Decision:
    """No, because of how the record stands: it was merged, ended, done. Asked after who may."""
    return Decision(False, reason, is_closed=True)


def all_of(*decisions: Decision) -> Decision:
    """The first no, or yes."""
    return next((decision for decision in decisions if not decision), allow())


def require(decision: Decision) -> None:
    """Raise the decision's reason as a refusal when the answer is no."""
    if not decision:
        raise Refused(decision.reason, code="not_allowed")


def has_role(user: User, *roles: Role) -> Decision:
    """Whether the person has one of the roles; the reason names those who do."""
    if user.role in roles:
        return allow()
    return deny(f"ทำได้เฉพาะ{' หรือ '.join(role.label for role in roles)}")


def can_manage_users(user: User, person: User | None = None) -> Decision:
    """Whether ``user`` may list, add and change people (``person``, when one is named)."""
    if user.role != "administrator" or not user.sees_nation:
        return deny("เฉพาะผู้ดูแลระบบระดับประเทศจัดการผู้ใช้ได้")
    return allow()


def can_disable_user(user: User, person: User) -> Decision:
    """Whether ``user`` may end the access of ``person``: nobody locks themselves out."""
    if not (decision := can_manage_users(user)):
        return decision
    if user.pk == person.pk:
        return deny("ระงับบัญชีของตนเองไม่ได้ ให้ผู้ดูแลระบบคนอื่นดำเนินการ")
    return allow()
