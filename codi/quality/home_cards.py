"""What is wrong in the own area, on the home page of those who mend it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from codi.accounts.models import Role
from codi.quality import queries
from codi.quality.declared import Severity
from codi.quality.links import list_address
from codi.quality.models import Finding
from codi.ui.home import HomeCard, HomeItem, home_card

SHOWN = 5


@home_card(Role.REGIONAL_OFFICER, Role.REGIONAL_MANAGER, position=40)
def wrong_here(user: Any, *, today: dt.date) -> HomeCard:
    """How many findings wait in the person's area, and the weightiest of them."""
    counts = queries.open_counts(user)
    rows = Finding.objects.visible_to(user).open().order_by(queries.weight(), "first_seen_on", "pk")
    return HomeCard(
        title="สิ่งที่ผิดในพื้นที่ของฉัน",
        empty_text="ไม่พบสิ่งที่ต้องแก้ในทะเบียนของพื้นที่",
        count=sum(counts.values()),
        items=[
            HomeItem(row.subject_label, row.get_absolute_url(), f"{row.rule_title}: {row.detail}")
            for row in rows[:SHOWN]
        ],
        url=list_address(),
        tone="bad" if counts.get(Severity.SERIOUS.value) else "warn" if counts else "good",
        icon="shield-alert",
    )
