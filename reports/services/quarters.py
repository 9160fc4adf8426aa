"""Quarters of reporting: the row that stands for one, and its closing."""

from __future__ import annotations

from codi.fiscal import Quarter
from reports.models import ReportingQuarter


def hold_quarter(period: Quarter) -> ReportingQuarter:
    """The row of a quarter, made when it is asked for first, locked until the transaction ends."""
    named = {"fiscal_year": period.fiscal_year.number, "quarter": period.number}
    ReportingQuarter.objects.bulk_create([ReportingQuarter(**named)], ignore_conflicts=True)
    return ReportingQuarter.objects.select_for_update(no_key=True).get(**named)
