"""Filters of the list of notices."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from codi.notices.declared import KINDS
from codi.notices.models import MailState, Notice
from codi.ui.lists import ListFilter

READING = (("unread", "ยังไม่อ่าน"), ("read", "อ่านแล้ว"))


def _kinds() -> list[tuple[str, str]]:
    return sorted(((kind.key, kind.title) for kind in KINDS.values()), key=lambda pair: pair[1])


class NoticeFilter(ListFilter):
    """By whether it was read, and by what it tells."""

    reading = django_filters.ChoiceFilter(label="การอ่าน", choices=READING, method="by_reading")
    kind = django_filters.ChoiceFilter(label="เรื่อง", choices=_kinds)

    def by_reading(self, rows: QuerySet[Notice], name: str, value: Any) -> QuerySet[Notice]:
        """Unread or read ones only."""
        return rows.filter(read_at__isnull=value == "unread")


class MailFilter(ListFilter):
    """By how the mail stands."""

    state = django_filters.ChoiceFilter(label="สถานะ", choices=MailState.choices)
