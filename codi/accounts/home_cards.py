"""Many names tried from one address, on the home page of administrators."""

from __future__ import annotations

import datetime as dt
from typing import Any

from axes.models import AccessFailureLog
from django.db.models import Count, Max
from django.utils import timezone

from codi.accounts.models import Role
from codi.thai.calendar import short_date
from codi.ui.home import HomeCard, HomeItem, home_card

# An office behind one address has a few people who mistype on one day, not so many names.
NAMES, WITHIN, SHOWN = 10, dt.timedelta(days=1), 3


@home_card(Role.ADMINISTRATOR, position=20)
def tried_names(user: Any, *, today: dt.date) -> HomeCard:
    """Addresses from which ten names or more failed to log in within a day: one password on many
    names never reaches the five failures of one.
    """
    found = (
        AccessFailureLog.objects.filter(attempt_time__gte=timezone.now() - WITHIN)
        .values("ip_address")
        .annotate(names=Count("username", distinct=True), last=Max("attempt_time"))
        .filter(names__gte=NAMES)
        .order_by("-names", "ip_address")
    )
    addresses = list(found)
    return HomeCard(
        title="การลองเข้าสู่ระบบที่ผิดปกติ",
        empty_text="24 ชั่วโมงที่ผ่านมาไม่มีที่อยู่ใดลองเข้าสู่ระบบด้วยหลายชื่อ",
        count=len(addresses),
        items=[_item(one) for one in addresses[:SHOWN]],
        tone="bad" if addresses else "good",
        icon="shield-alert",
    )


def _item(one: dict[str, Any]) -> HomeItem:
    last = timezone.localtime(one["last"])
    return HomeItem(
        f"{one['ip_address']}: {one['names']:,} ชื่อ",
        note=f"ล่าสุด {short_date(last.date())} {last:%H.%M} น. สอบถามสำนักงานที่ใช้ที่อยู่นี้ หรือปิดกั้นที่ไฟร์วอลล์",
    )
