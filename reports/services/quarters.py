"""Quarters of reporting: the row that stands for one, its due day, its closing and reopening."""

from __future__ import annotations

import datetime as dt

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.errors import Refused
from codi.fiscal import Quarter
from codi.thai.normalise import clean
from codi.writing import change, service
from reports import permissions
from reports.history_marks import marks_now
from reports.models import Edition, ReportingQuarter


def hold_quarter(period: Quarter) -> ReportingQuarter:
    """The row of a quarter, made when it is asked for first, locked until the transaction ends."""
    named = {"fiscal_year": period.fiscal_year.number, "quarter": period.number}
    ReportingQuarter.objects.bulk_create([ReportingQuarter(**named)], ignore_conflicts=True)
    return ReportingQuarter.objects.select_for_update(no_key=True).get(**named)


def hold_national(edition: Edition) -> None:
    """Hold the quarter of an edition, so that no part is sent back while the nation's is issued."""
    period = edition.subject.period
    if period is not None:
        hold_quarter(period)


def national_edition_is_out(period: Quarter) -> bool:
    """Whether an edition of the whole country was issued for the quarter."""
    of_nation = Edition.objects.issued().filter(
        fiscal_year=period.fiscal_year.number, quarter=period.number, region=None
    )
    return of_nation.exists()


@service
def close_quarter(
    *,
    actor: User,
    period: Quarter,
    reason: str,
    now: dt.datetime,
    today: dt.date,
    expected_version: int | None = None,
) -> ReportingQuarter:
    """Close a quarter that is over; before its national edition is out only with a reason.

    Everybody's saving is before the closing or after it, never in between: the closing notes how far
    history had come while nobody was saving. Raises :class:`Refused` (``busy``) when that moment
    does not come within three seconds.
    """
    quarter = hold_quarter(period)
    require(permissions.can_close(actor, quarter, today))
    told = clean(reason, keep_newlines=True)
    if not told and not national_edition_is_out(period):
        raise Refused(
            "ยังไม่มีรายงานทั้งประเทศของไตรมาสนี้ที่ออกแล้ว ให้ออกฉบับก่อน หรือเขียนเหตุผลที่ปิดโดยไม่มีฉบับ",
            field="reason",
        )
    return change(
        quarter,
        {"closed_by": actor, "closed_at": now, "closing_reason": told, "marks": marks_now()},
        expected_version=expected_version,
    )


@service
def reopen_quarter(
    *,
    actor: User,
    period: Quarter,
    reason: str,
    now: dt.datetime,
    expected_version: int | None = None,
) -> ReportingQuarter:
    """Open a closed quarter again, with the reason; what the register holds stays in it."""
    quarter = hold_quarter(period)
    require(permissions.can_reopen(actor, quarter))
    told = clean(reason, keep_newlines=True)
    if not told:
        raise Refused("กรุณาเขียนเหตุผลที่เปิดไตรมาสอีกครั้ง", field="reason")
    return change(
        quarter,
        {
            "closed_by": None,
            "closed_at": None,
            "closing_reason": "",
            "marks": None,
            "reopened_by": actor,
            "reopened_at": now,
            "reopening_reason": told,
        },
        expected_version=expected_version,
    )


@service
def set_due_day(
    *,
    actor: User,
    period: Quarter,
    due_on: dt.date | None,
    expected_version: int | None = None,
) -> ReportingQuarter:
    """Say by when the regions hand in their parts, or take the day back."""
    quarter = hold_quarter(period)
    require(permissions.can_set_due_day(actor, quarter))
    if due_on is not None and due_on < period.start:
        raise Refused("กำหนดส่งต้องไม่ก่อนวันแรกของไตรมาส", field="due_on")
    return change(quarter, {"due_on": due_on}, expected_version=expected_version)
