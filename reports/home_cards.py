"""Reports on the home page: what waits for my approval, and what came out lately."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone

from codi.thai.dates import short_date
from codi.ui.home import HomeCard, HomeItem, home_card
from reports.models import Edition
from reports.queries import issued_lately, waiting_for, with_names

SHOWN = 5


def _item(edition: Edition, note: str) -> HomeItem:
    return HomeItem(str(edition), reverse("reports:detail", args=[edition.pk]), note)


@home_card("regional_manager", "analyst", "executive", position=15)
def waiting_reports(user: Any, *, today: dt.date) -> HomeCard:
    """Editions that wait for this person's approval."""
    found = list(with_names(waiting_for(user)).order_by("submitted_at"))
    return HomeCard(
        title="รายงานรออนุมัติ",
        empty_text="ไม่มีรายงานรออนุมัติ",
        count=len(found),
        items=[_item(edition, f"เสนอโดย {edition.submitted_by}") for edition in found[:SHOWN]],
        url=reverse("reports:list") + "?state=submitted",
        tone="warn" if found else "calm",
        icon="file-check",
    )


@home_card(
    "regional_officer", "regional_manager", "finance_officer", "analyst", "executive", position=60
)
def issued_reports(user: Any, *, today: dt.date) -> HomeCard | None:
    """Editions of the last ninety days; no card for a person of one province, who sees none."""
    if user.province_id:
        return None
    found = list(with_names(issued_lately(user, today)).order_by("-issued_at")[: SHOWN + 50])
    return HomeCard(
        title="รายงานที่ออกล่าสุด",
        empty_text="ยังไม่มีรายงานที่ออกใน 90 วันที่ผ่านมา",
        count=len(found),
        items=[
            _item(edition, f"ออกเมื่อ {short_date(timezone.localdate(edition.issued_at))}")
            for edition in found[:SHOWN]
            if edition.issued_at
        ],
        url=reverse("reports:list") + "?state=issued",
        tone="good" if found else "calm",
        icon="file-text",
    )
