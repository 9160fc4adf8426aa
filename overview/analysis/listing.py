"""The list of saved analyses: its columns and filters."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from codi.kept.models import Audience
from codi.ui.lists import ListFilter
from codi.ui.tables import DateColumn, ListTable, StateColumn, TextColumn

MINE, SHARED = "mine", "shared"
TONES = {Audience.MINE: "neutral", Audience.OFFICE: "info", Audience.EVERYBODY: "good"}


class AnalysisTable(ListTable):
    """Analyses with who saved them and for whom."""

    title = TextColumn("ชื่อ", wide=True, orderable=True, linkify=True)
    owner = TextColumn("ผู้บันทึก", accessor="owner__full_name", orderable=True)
    audience = StateColumn("ผู้ที่เห็น", choices=dict(Audience.choices), tones=TONES, orderable=True)
    saved_at = DateColumn("บันทึกเมื่อ", orderable=True)


class AnalysisFilter(ListFilter):
    """The own ones, or those that others share."""

    whose = django_filters.ChoiceFilter(
        label="ของใคร",
        method="of",
        choices=[(MINE, "ของฉัน"), (SHARED, "ที่ผู้อื่นแบ่งปัน")],
    )

    def of(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Own or not own."""
        own = {"owner": self.request.user}
        return rows.filter(**own) if value == MINE else rows.exclude(**own)
