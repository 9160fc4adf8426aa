"""Rules about the data of projects and their money: what is late, what does not add up.

Source: the annual report of 2563, part 2 (money is paid within six months of its approval).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from codi.quality.declared import (
    Baht,
    Rule,
    Severity,
    ThaiDate,
    Topic,
    page,
    part_of,
    register,
    words,
)
from finance.models import Instalment
from finance.queries import BAHT, ZERO, late_as_of
from programs.models import Project

EVIDENCE_DAYS = 90
"""After so many days without a cleared evidence a payment is looked into (own rule)."""

LABEL = words(F("code"), " ", F("title"))
OF_PROJECT = part_of("project", name="title")
PROJECT_PAGE, PLAN_PAGE = page("finance:project"), page("finance:plan")


def under_way(today: dt.date, prefix: str = "") -> Q:
    """The condition that a project is approved, and neither cancelled nor closed, on the day."""
    return (
        Q(**{f"{prefix}approved_on__lte": today})
        & (Q(**{f"{prefix}cancelled_on": None}) | Q(**{f"{prefix}cancelled_on__gt": today}))
        & (Q(**{f"{prefix}closed_on": None}) | Q(**{f"{prefix}closed_on__gt": today}))
    )


def late(today: dt.date) -> QuerySet[Any]:
    """Projects whose approved money was not fully paid within six months."""
    rows = late_as_of(today, Project.objects.all())
    found: QuerySet[Any] = rows.annotate(unpaid_baht=F("approved_baht") - F("paid_in_all_baht"))
    return found


def overdue_instalments(today: dt.date) -> QuerySet[Any]:
    """Instalments past their planned day of which something is unpaid."""
    paid = Coalesce(
        Sum("entries__paid_baht", filter=Q(entries__effective_on__lte=today)),
        ZERO,
        output_field=BAHT,
    )
    rows = Instalment.objects.filter(under_way(today, "project__"), planned_on__lt=today)
    summed = rows.annotate(paid_sum_baht=paid)
    unpaid = summed.annotate(unpaid_baht=F("planned_baht") - F("paid_sum_baht"))
    return unpaid.filter(unpaid_baht__gt=0)


def plan_differs(today: dt.date) -> QuerySet[Any]:
    """Approved projects whose instalments do not add up to the approved amount."""
    planned = Coalesce(Sum("instalments__planned_baht"), ZERO, output_field=BAHT)
    rows = Project.objects.filter(under_way(today)).annotate(planned_sum_baht=planned)
    return rows.exclude(planned_sum_baht=F("approved_baht"))


def evidence_missing(today: dt.date) -> QuerySet[Any]:
    """Instalments paid long ago whose evidence was not cleared, in projects under way."""
    before = today - dt.timedelta(days=EVIDENCE_DAYS)
    rows = Instalment.objects.filter(
        under_way(today, "project__"),
        Q(evidence_cleared_on=None) | Q(evidence_cleared_on__gt=today),
    )
    paid = Sum("entries__paid_baht", filter=Q(entries__effective_on__lte=before))
    return rows.annotate(paid_sum_baht=paid).filter(paid_sum_baht__gt=Decimal(0))


def unrecorded(today: dt.date) -> QuerySet[Any]:
    """Approved projects that are not in the program CODI-PM: one register only."""
    missing = Q(recorded_on=None) | Q(recorded_on__gt=today)
    return Project.objects.filter(under_way(today), missing)


register(
    Rule(
        key="finance.late",
        title="โครงการเบิกจ่ายไม่ครบใน 6 เดือน",
        topic=Topic.MONEY,
        severity=Severity.SERIOUS,
        subject="โครงการ",
        advice="เปิดหน้าโครงการ แล้วเบิกจ่ายส่วนที่เหลือ ปิดโครงการ หรือยกเลิก",
        offending=late,
        label=LABEL,
        detail=words("อนุมัติ ", ThaiDate("approved_on"), " ยังไม่จ่าย ", Baht("unpaid_baht"), " บาท"),
        due="due_on",
        link=PROJECT_PAGE,
    ),
    Rule(
        key="finance.instalment_overdue",
        title="งวดเงินเลยกำหนดเบิกจ่าย",
        topic=Topic.MONEY,
        severity=Severity.WARNING,
        subject="งวดเงิน",
        advice="เปิดแผนงวดของโครงการ แล้วเบิกจ่าย หรือเลื่อนกำหนดให้ตรงกับความจริง",
        offending=overdue_instalments,
        detail=words(
            "งวดที่ ",
            F("number"),
            " กำหนด ",
            ThaiDate("planned_on"),
            " ยังไม่จ่าย ",
            Baht("unpaid_baht"),
            " บาท",
        ),
        due="planned_on",
        subject_key=words(F("project"), "-", F("number")),
        link=lambda key: PLAN_PAGE(key.partition("-")[0]),
        **OF_PROJECT,
    ),
    Rule(
        key="finance.plan_differs",
        title="งวดเงินรวมไม่เท่างบที่อนุมัติ",
        topic=Topic.SUMS,
        severity=Severity.WARNING,
        subject="โครงการ",
        advice="เปิดแผนงวดของโครงการ แล้วแบ่งงวดให้รวมกันเท่ากับงบที่อนุมัติ",
        offending=plan_differs,
        label=LABEL,
        detail=words(
            "อนุมัติ ", Baht("approved_baht"), " บาท งวดรวม ", Baht("planned_sum_baht"), " บาท"
        ),
        link=PLAN_PAGE,
    ),
    Rule(
        key="finance.evidence",
        title=f"จ่ายแล้วเกิน {EVIDENCE_DAYS} วัน ยังไม่ตรวจรับหลักฐาน",
        topic=Topic.DOCUMENTS,
        severity=Severity.WARNING,
        subject="งวดเงิน",
        advice="เปิดหน้าตรวจรับหลักฐานของงวด แนบหลักฐาน แล้วบันทึกการตรวจรับ",
        offending=evidence_missing,
        detail=words("งวดที่ ", F("number"), " จ่ายแล้ว ", Baht("paid_sum_baht"), " บาท"),
        link=page("finance:evidence"),
        **OF_PROJECT,
    ),
    Rule(
        key="finance.unrecorded",
        title="โครงการยังไม่บันทึกในโปรแกรม CODI-PM",
        topic=Topic.REPORTING,
        severity=Severity.NOTE,
        subject="โครงการ",
        advice="บันทึกโครงการใน CODI-PM แล้วกรอกวันที่บันทึกที่หน้าโครงการ",
        offending=unrecorded,
        label=LABEL,
        detail=words("อนุมัติ ", ThaiDate("approved_on"), " ยังไม่มีวันที่บันทึกใน CODI-PM"),
        link=PROJECT_PAGE,
    ),
)
