"""Pure arithmetic of money: due days, lateness, what is left. Plain values in, plain values out."""

from __future__ import annotations

import calendar
import datetime as dt
from decimal import Decimal

PAYMENT_DUE_MONTHS = 6
"""An approved budget is to be paid within six months from the day of its approval (CODI annual
report 2563, part 2: "จะต้องมีการเบิกจ่ายงบประมาณภายใน 6 เดือนนับจากวันที่ได้รับอนุมัติ", watched per
project, month and quarter)."""

DUE_SOON_DAYS = 30
"""How far ahead a planned instalment counts as due soon."""


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of a later (or, below zero, earlier) month; its last day when it is shorter.

    31 August plus 6 months is 28 February, or 29 in a leap year, as PostgreSQL adds an interval.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def payment_due_on(approved_on: dt.date) -> dt.date:
    """The last day on which a project approved on ``approved_on`` may be fully paid in time."""
    return add_months(approved_on, PAYMENT_DUE_MONTHS)


def latest_overdue_approval(as_of: dt.date) -> dt.date:
    """The last day of approval whose payment was due before ``as_of``.

    A project can be late on ``as_of`` exactly when it was approved on or before this day.
    """
    day = add_months(as_of, -PAYMENT_DUE_MONTHS)
    while payment_due_on(day) >= as_of:
        day -= dt.timedelta(days=1)
    return day


def is_late(
    *,
    approved_on: dt.date | None,
    approved_baht: Decimal | None,
    paid_baht: Decimal,
    as_of: dt.date,
) -> bool:
    """Whether an approved amount is past its due day and not fully paid.

    ``paid_baht`` leaves returns out: money that was paid in time and came back was paid in time.
    """
    if approved_on is None or approved_baht is None:
        return False
    return as_of > payment_due_on(approved_on) and paid_baht < approved_baht


def left_baht(ceiling_baht: Decimal | None, used_baht: Decimal) -> Decimal:
    """What is left below a ceiling; an unknown ceiling leaves nothing."""
    return (ceiling_baht or Decimal(0)) - used_baht


def share_pct(part_baht: Decimal | None, whole_baht: Decimal | None) -> int:
    """``part`` in whole percent of ``whole`` for drawing a bar: 0 to 100, never 100 before it is full."""
    if not part_baht or not whole_baht or part_baht < 0:
        return 0
    if part_baht >= whole_baht:
        return 100
    return int(part_baht * 100 / whole_baht)
