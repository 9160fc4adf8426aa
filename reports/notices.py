"""Whom the steps of an edition concern: its makers, and those who may approve it."""

from __future__ import annotations

from codi.accounts.models import Role, ScopeLevel, User
from codi.notices.declared import AT_ONCE, DAILY, NoticeKind, declare
from codi.notices.services import tell
from reports.models import Edition
from reports.permissions import APPROVERS, HEADQUARTERS

EDITION, PAGE = "reports.Edition", "reports:detail"
SENT_BACK = declare(
    NoticeKind("edition-sent-back", "รายงานถูกส่งกลับ", EDITION, PAGE, mail=AT_ONCE, tone="warn")
)
APPROVED = declare(
    NoticeKind("edition-approved", "รายงานได้รับอนุมัติ", EDITION, PAGE, mail=AT_ONCE, tone="good")
)
WAITING = declare(
    NoticeKind(
        "edition-waiting",
        "รายงานรอท่านอนุมัติ",
        EDITION,
        PAGE,
        (*APPROVERS, Role.ANALYST),
        mail=DAILY,
    )
)


def _tell(kind: NoticeKind, edition: Edition, words: str, to: list[User | None], by: User) -> None:
    tell(
        kind,
        about=edition,
        title=f"{words}: รายงาน {edition}",
        key=f"{edition.pk}:{edition.version}",
        to=to,
        actor=by,
    )


def submitted(edition: Edition, *, actor: User) -> None:
    """Those who may approve it learn that it waits."""
    people = User.objects.covering(region_id=edition.region_id)
    if edition.quarter is None:
        people = people.filter(role__in=APPROVERS)
    else:
        roles = (Role.EXECUTIVE,) if edition.is_national else HEADQUARTERS
        people = people.filter(role__in=roles, scope_level=ScopeLevel.NATION)
    to = people.exclude(pk__in=(edition.created_by_id, actor.pk))
    _tell(WAITING, edition, "รออนุมัติ", list(to), actor)


def approved(edition: Edition, *, actor: User) -> None:
    """The makers learn that it was approved."""
    makers = list(dict.fromkeys((edition.created_by, edition.submitted_by)))
    _tell(APPROVED, edition, "อนุมัติแล้ว", makers, actor)


def sent_back(edition: Edition, *, actor: User) -> None:
    """The makers learn that it came back; the reason stands on its page."""
    makers = list(dict.fromkeys((edition.created_by, edition.submitted_by)))
    _tell(SENT_BACK, edition, "ส่งกลับให้แก้ไข", makers, actor)
