"""Whom the steps of a pair of doubles concern: who asked, and headquarters, for whom it waits."""

from __future__ import annotations

from codi.accounts.models import Role, User
from codi.notices.declared import AT_ONCE, DAILY, NoticeKind, declare
from codi.notices.services import tell
from programs.models.duplicates import DuplicateCase

# Who checks requests at headquarters.
CHECKERS = (Role.ANALYST, Role.ADMINISTRATOR)
_asked: dict[type[DuplicateCase], NoticeKind] = {}
_decided: dict[type[DuplicateCase], NoticeKind] = {}


def declare_kinds(case: type[DuplicateCase], noun: str, page: str) -> None:
    """The two kinds of notices of a register: a request waits, a request was decided."""
    key, label = case._meta.model_name, case._meta.label
    _asked[case] = declare(
        NoticeKind(f"{key}-asked", f"คำขอรวม{noun}รอตรวจ", label, page, CHECKERS, mail=DAILY)
    )
    _decided[case] = declare(
        NoticeKind(f"{key}-decided", f"ผลการตรวจคำขอรวม{noun}", label, page, mail=AT_ONCE)
    )


def asked(case: DuplicateCase, *, actor: User) -> None:
    """A request waits for headquarters."""
    checkers = User.objects.filter(role__in=CHECKERS, scope_level="nation", is_active=True)
    tell(
        _asked[type(case)],
        about=case,
        title=f"ขอรวมรหัส {case}",
        key=f"{case.pk}:{case.version}",
        to=checkers,
        actor=actor,
    )


def decided(case: DuplicateCase, words: str, *, actor: User, also: User | None = None) -> None:
    """Who asked (``also`` whom it concerns) learns what was decided; the reason is on the page."""
    tell(
        _decided[type(case)],
        about=case,
        title=f"{words}: รหัส {case}",
        key=f"{case.pk}:{case.version}",
        to={case.requested_by, also},
        actor=actor,
    )
