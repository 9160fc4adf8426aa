"""Reads of money across projects, instalments and the ledger."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import DateField, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast

from finance.models import EntryKind, LedgerEntry
from programs.models import Project

PAY_WITHIN_MONTHS = 6
"""เบิกจ่ายภายใน 6 เดือนนับจากวันที่ได้รับอนุมัติ: annual report 2563, housing budget."""


def paid_of_projects() -> Sum:
    """Baht paid per project, corrections included and returns not: returned money was once paid."""
    return Sum("net_baht", filter=~Q(kind=EntryKind.RETURN))


def with_due_day(projects: QuerySet[Project]) -> QuerySet[Any]:
    """Annotate ``due_on``: the day by which the approved money should be paid.

    Six months after the approval; where that month is shorter, its last day.
    """
    six_months = Cast(Value(f"{PAY_WITHIN_MONTHS} months"), DurationField())
    due = Cast(ExpressionWrapper(F("approved_on") + six_months, DateField()), DateField())
    return projects.annotate(due_on=due)


def late_as_of(day: dt.date, projects: QuerySet[Project]) -> QuerySet[Project]:
    """Those of ``projects`` whose money was due before ``day`` and not fully paid by then."""
    fully_paid = (
        LedgerEntry.objects.as_of(day)
        .values("project")
        .annotate(paid=paid_of_projects())
        .filter(paid__gte=F("project__approved_baht"))
        .values("project")
    )
    standing = projects.approved_as_of(day)  # type: ignore[attr-defined]
    return with_due_day(standing).filter(due_on__lt=day).exclude(pk__in=fully_paid)
