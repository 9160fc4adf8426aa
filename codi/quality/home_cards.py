"""What is wrong in the own area, on the home page of those who mend it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Count

from codi.accounts.models import Role
from codi.quality.declared import RULES, Severity
from codi.quality.links import list_address
from codi.quality.models import Finding
from codi.quality.queries import weight
from codi.thai.numbers import number
from codi.ui.home import HomeCard, HomeItem, home_card

SHOWN = 5


@home_card(Role.REGIONAL_OFFICER, Role.REGIONAL_MANAGER, position=40)
def wrong_here(user: Any, *, today: dt.date) -> HomeCard:
    """How many findings wait in the person's area, by rule, the weightiest rules first: one query."""
    waiting = Finding.objects.visible_to(user).open()
    by_rule = waiting.order_by().values("rule_key", "severity").annotate(count=Count("pk"))
    rows = list(by_rule.order_by(weight(), "-count", "rule_key"))
    serious = any(row["severity"] == Severity.SERIOUS for row in rows)
    return HomeCard(
        title="สิ่งที่ผิดในพื้นที่ของฉัน",
        empty_text="ไม่พบสิ่งที่ต้องแก้ในทะเบียนของพื้นที่",
        count=sum(row["count"] for row in rows),
        items=[_item(row) for row in rows[:SHOWN]],
        url=list_address(),
        tone="bad" if serious else "warn" if rows else "good",
        icon="shield-alert",
    )


def _item(row: Mapping[str, Any]) -> HomeItem:
    rule = RULES.get(row["rule_key"])
    note = f"{Severity(row['severity']).label} {number(row['count'])} รายการ"
    return HomeItem(rule.title if rule else "กฎที่เลิกใช้แล้ว", list_address(rule=row["rule_key"]), note)
