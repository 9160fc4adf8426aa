"""What other pages show of merging: the requests that wait, and what was merged into a record."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from codi.accounts.models import User
from codi.thai.dates import short_date
from codi.ui.home import HomeCard, HomeItem
from programs.merging import merger_of
from programs.models.duplicates import CaseState, DuplicateCase
from programs.permissions_of_merging import can_check_doubles

SHOWN = 5


def waiting_card(case: type[DuplicateCase], user: User, title: str) -> HomeCard | None:
    """Pairs whose merge was asked for, the longest waiting first; None for who does not check."""
    if not can_check_doubles(user):
        return None
    rows = case.objects.visible_to(user).waiting().select_related("first", "second")
    waiting = rows.order_by("requested_on", "pk")
    items = [
        HomeItem(
            one.first.name,
            one.get_absolute_url(),
            f"รหัส {one} · ขอเมื่อ {short_date(one.requested_on)}",
        )
        for one in waiting[:SHOWN]
    ]
    noun = merger_of(case).noun
    return HomeCard(
        title=title,
        empty_text=f"ไม่มีคำขอรวม{noun}ที่รอตรวจ",
        count=waiting.count(),
        items=items,
        url=f"{reverse(merger_of(case).url_name + 's')}?state={CaseState.REQUESTED.value}",
        tone="warn" if items else "calm",
        icon="git-merge",
    )


def merged_into(record: Any, user: User) -> QuerySet[Any]:
    """The records in sight that were merged into this one; one may lie elsewhere by now."""
    seen: QuerySet[Any] = type(record)._default_manager.visible_to(user)
    return seen.filter(merged_into=record).order_by("code")
