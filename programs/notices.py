"""Whom the steps of a project concern: its makers, and those for whom it waits."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from codi.accounts.models import Role, User
from codi.notices.declared import AT_ONCE, DAILY, NoticeKind, declare
from codi.notices.services import tell
from programs.models import Project
from programs.permissions import DECIDERS

PROJECT, PAGE = "programs.Project", "finance:project"
SENT_BACK = declare(
    NoticeKind("project-sent-back", "โครงการถูกส่งกลับ", PROJECT, PAGE, mail=AT_ONCE, tone="warn")
)
APPROVED = declare(
    NoticeKind("project-approved", "โครงการได้รับอนุมัติ", PROJECT, PAGE, mail=AT_ONCE, tone="good")
)
WAITING = declare(
    NoticeKind("project-waiting", "โครงการรอท่านดำเนินการ", PROJECT, PAGE, DECIDERS, mail=DAILY)
)


def _makers(project: Project) -> Iterable[User | None]:
    return dict.fromkeys((project.created_by, project.submitted_by))


def _deciders(project: Project, *roles: Role) -> QuerySet[User]:
    """People of the roles in whose scope the project lies, but those who made it."""
    people: QuerySet[User] = User.objects.covering(
        region_id=project.region_id, province_id=project.province_id
    )
    makers = (project.created_by_id, project.submitted_by_id)
    return people.filter(role__in=roles).exclude(pk__in=[key for key in makers if key])


def submitted(project: Project, *, actor: User) -> None:
    """The committee's result is to be recorded."""
    _wait(project, actor, "รอบันทึกผลคณะพิจารณา", Role.REGIONAL_MANAGER)


def endorsed(project: Project, *, actor: User) -> None:
    """The money is to be approved."""
    _wait(project, actor, "รออนุมัติงบ", *DECIDERS)


def _wait(project: Project, actor: User, words: str, *roles: Role) -> None:
    tell(
        WAITING,
        about=project,
        title=f"{words}: {project}",
        key=f"{project.pk}:{project.version}",
        to=_deciders(project, *roles),
        actor=actor,
    )


def approved(project: Project, *, actor: User) -> None:
    """The makers learn that their project was approved."""
    tell(
        APPROVED,
        about=project,
        title=f"อนุมัติแล้ว: {project}",
        key=f"{project.pk}:{project.version}",
        to=_makers(project),
        actor=actor,
    )


def sent_back(project: Project, *, actor: User) -> None:
    """The makers learn that their project came back; the reason stands on its page."""
    tell(
        SENT_BACK,
        about=project,
        title=f"ส่งกลับให้แก้ไข: {project}",
        key=f"{project.pk}:{project.version}",
        to=_makers(project),
        actor=actor,
    )
