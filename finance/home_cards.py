"""Cards of the home page: what waits for this person among projects and their money."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, QuerySet, Window
from django.urls import reverse

from codi.accounts.models import Role, User
from codi.thai.dates import short_date
from codi.thai.numbers import baht
from codi.ui.home import HomeCard, HomeItem, home_card
from finance import queries
from finance.rules import payment_due_on
from programs.models import Project, ProjectStatus

SHOWN = 5


def _link(project: Project) -> str:
    return reverse("finance:project", args=[project.pk])


def _in_status(user: User, *statuses: str) -> QuerySet[Project]:
    return Project.objects.visible_to(user).filter(status__in=statuses)


def _list_url(**filters: str) -> str:
    words = "&".join(f"{name}={value}" for name, value in filters.items())
    return f"{reverse('finance:projects')}?{words}"


def _card(title: str, empty_text: str, rows: QuerySet[Project], **options: Any) -> HomeCard:
    """A card of projects: the count of all and the first few."""
    items = [
        HomeItem(row.title, _link(row), f"{row.code} · {_amount(row)}") for row in rows[:SHOWN]
    ]
    return HomeCard(title=title, empty_text=empty_text, count=rows.count(), items=items, **options)


def _amount(project: Project) -> str:
    if project.approved_baht is not None:
        return f"อนุมัติ {baht(project.approved_baht)} บาท"
    return f"ขอ {baht(project.requested_baht)} บาท"


@home_card(Role.FINANCE_OFFICER, position=10)
def due_soon(user: User, *, today: dt.date) -> HomeCard:
    """Instalments planned within a month, or overdue."""
    lines: QuerySet[Any] = queries.due_soon(user, today).select_related("project")
    items = [
        HomeItem(
            f"{line.project.title} {line}",
            _link(line.project),
            f"กำหนด {short_date(line.planned_on)} · ยังไม่จ่าย {baht(line.planned_baht - line.paid_baht)} บาท"
            + (" · เลยกำหนด" if line.planned_on < today else ""),
        )
        for line in lines[:SHOWN]
        if line.planned_on
    ]
    return HomeCard(
        title="งวดที่ถึงกำหนดจ่ายใน 30 วัน",
        empty_text="ไม่มีงวดที่ถึงกำหนดจ่ายใน 30 วันนี้",
        count=lines.count(),
        items=items,
        tone="warn" if items else "calm",
        icon="calendar-clock",
    )


@home_card(Role.FINANCE_OFFICER, position=20)
def waiting_to_pay(user: User, *, today: dt.date) -> HomeCard:
    """Approved projects without a first payment."""
    rows = _in_status(user, ProjectStatus.APPROVED).order_by("approved_on", "pk")
    return _card(
        "อนุมัติแล้ว รอจ่ายงวดแรก",
        "ทุกโครงการที่อนุมัติแล้วมีการจ่ายงวดแรกครบ",
        rows,
        url=_list_url(status=ProjectStatus.APPROVED),
        icon="banknote",
    )


@home_card(Role.REGIONAL_MANAGER, position=10)
def waiting_for_committee(user: User, *, today: dt.date) -> HomeCard:
    """Submitted projects that wait for the committee's result."""
    rows = _in_status(user, ProjectStatus.SUBMITTED).order_by("submitted_on", "pk")
    return _card(
        "รอบันทึกผลคณะพิจารณา",
        "ไม่มีโครงการที่รอผลคณะพิจารณา",
        rows,
        url=_list_url(status=ProjectStatus.SUBMITTED),
        icon="gavel",
    )


@home_card(Role.REGIONAL_MANAGER, Role.FINANCE_OFFICER, position=15)
def waiting_for_approval(user: User, *, today: dt.date) -> HomeCard:
    """Endorsed projects that wait for the approval of their money."""
    rows = _in_status(user, ProjectStatus.ENDORSED).order_by("endorsed_on", "pk")
    return _card(
        "รออนุมัติงบ",
        "ไม่มีโครงการที่รออนุมัติงบ",
        rows,
        url=_list_url(status=ProjectStatus.ENDORSED),
        icon="circle-check",
    )


@home_card(Role.REGIONAL_OFFICER, position=10)
def sent_back_to_me(user: User, *, today: dt.date) -> HomeCard:
    """Projects of this maker that came back with a reason."""
    rows = _in_status(user, ProjectStatus.SENT_BACK).filter(created_by=user)
    items = [
        HomeItem(row.title, _link(row), f"เหตุผล: {row.sent_back_reason[:120]}")
        for row in rows.order_by("sent_back_on", "pk")[:SHOWN]
    ]
    return HomeCard(
        title="ส่งกลับให้ฉันแก้ไข",
        empty_text="ไม่มีโครงการที่ถูกส่งกลับ",
        count=rows.count(),
        items=items,
        url=_list_url(status=ProjectStatus.SENT_BACK),
        tone="warn" if items else "calm",
        icon="corner-up-left",
    )


@home_card(Role.REGIONAL_OFFICER, position=20)
def my_drafts(user: User, *, today: dt.date) -> HomeCard:
    """Drafts of this maker that are not proposed yet."""
    rows = _in_status(user, ProjectStatus.DRAFT).filter(created_by=user).order_by("-pk")
    return _card(
        "ร่างของฉันที่ยังไม่เสนอ",
        "ไม่มีร่างค้างอยู่",
        rows,
        url=_list_url(status=ProjectStatus.DRAFT),
        icon="file-pen-line",
    )


@home_card(position=40)
def late_in_sight(user: User, *, today: dt.date) -> HomeCard:
    """Late projects in the person's scope, the longest due first."""
    late = queries.late_now(today, Project.objects.visible_to(user))
    counted = late.annotate(late_count=Window(Count("pk"))).order_by("approved_on", "pk")
    rows = list(counted[:SHOWN])
    items = [
        HomeItem(
            row.title,
            _link(row),
            f"{row.code} · ครบกำหนด {short_date(payment_due_on(row.approved_on))} · {_amount(row)}",
        )
        for row in rows
    ]
    return HomeCard(
        title="เบิกจ่ายล่าช้าเกิน 6 เดือน",
        empty_text="ไม่มีโครงการที่เบิกจ่ายล่าช้า",
        count=rows[0].late_count if rows else 0,
        items=items,
        url=reverse("finance:late"),
        tone="bad" if items else "good",
        icon="alarm-clock",
    )
