"""What has become late, told each morning to those who can do something about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache

from codi.accounts.models import Role, User
from codi.notices.declared import DAILY, NoticeKind, declare, every_morning
from codi.notices.services import News, tell_all
from finance import queries
from finance.models import Instalment
from finance.rules import payment_due_on
from programs.models import Project

ROLES = (Role.REGIONAL_OFFICER, Role.REGIONAL_MANAGER, Role.FINANCE_OFFICER)
LATE = declare(
    NoticeKind(
        "project-late",
        "โครงการเบิกจ่ายล่าช้า",
        "programs.Project",
        "finance:project",
        ROLES,
        mail=DAILY,
        tone="bad",
    )
)
OVERDUE = declare(
    NoticeKind(
        "instalment-overdue",
        "งวดเลยกำหนดจ่าย",
        "programs.Project",
        "finance:project",
        ROLES,
        mail=DAILY,
        tone="warn",
    )
)
WINDOW = dt.timedelta(days=31)
"""What was late before is on the lists; after a standstill of a month nothing is lost."""


@every_morning
def tell_what_became_late(today: dt.date) -> None:
    """Tell once of each project and instalment that became late within the last 31 days."""

    @cache
    def people(region_id: str | None, province_id: str | None) -> Iterable[User]:
        in_charge = User.objects.covering(region_id=region_id, province_id=province_id)
        return tuple(in_charge.filter(role__in=ROLES))

    tell_all(
        LATE,
        [
            News(
                project,
                f"เบิกจ่ายล่าช้าเกิน 6 เดือน: {project}",
                f"{project.pk}:{due_on.isoformat()}",
                people(project.region_id, project.province_id),
            )
            for project, due_on in _late(today)
        ],
    )
    tell_all(
        OVERDUE,
        [
            News(
                line.project,
                f"เลยกำหนดจ่ายงวดที่ {line.number}: {line.project}",
                f"{line.pk}:{line.planned_on}",
                people(line.project.region_id, line.project.province_id),
            )
            for line in _overdue(today)
        ],
    )


def _late(today: dt.date) -> Iterable[tuple[Project, dt.date]]:
    for project in queries.late_now(today, Project.objects.all()):
        due_on = payment_due_on(project.approved_on)
        if due_on >= today - WINDOW:
            yield project, due_on


def _overdue(today: dt.date) -> Iterable[Instalment]:
    rows = queries.unpaid(Instalment.objects.all()).filter(
        planned_on__lt=today, planned_on__gte=today - WINDOW
    )
    return rows.select_related("project").order_by("pk")
