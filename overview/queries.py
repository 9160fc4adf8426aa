"""What the dashboard and the pages of places read across the rooms."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from councils.models import Council
from finance.models import LedgerEntry
from welfare.models import FundStatus

if TYPE_CHECKING:
    from codi.accounts.models import User


def last_told_on(user: User, today: dt.date) -> dt.date | None:
    """The latest day up to today of which something in sight is on record: three queries."""
    asked: tuple[tuple[Any, str], ...] = (
        (Council, "registered_on"),
        (FundStatus, "reported_on"),
        (LedgerEntry, "effective_on"),
    )
    days = []
    for model, path in asked:
        rows = model.objects.visible_to(user).filter(**{f"{path}__lte": today}).order_by()
        days.append(rows.aggregate(last=Max(path))["last"])
    return max((day for day in days if day), default=None)
