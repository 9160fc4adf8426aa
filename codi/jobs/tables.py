"""Columns of the list of jobs."""

from __future__ import annotations

from django_tables2.utils import A

from codi.jobs.models import State
from codi.ui.tables import DateColumn, ListTable, NumberColumn, StateColumn, TextColumn

TONES = {
    State.QUEUED: "neutral",
    State.RUNNING: "info",
    State.DONE: "good",
    State.FAILED: "bad",
    State.CANCELLED: "neutral",
}


class JobTable(ListTable):
    """What was asked for, by whom, and how it stands."""

    title = TextColumn("งาน", wide=True, linkify=("jobs:detail", {"pk": A("pk")}))
    state = StateColumn("สถานะ", choices=dict(State.choices), tones=dict(TONES), orderable=True)
    percent = NumberColumn("คืบหน้า (%)", definition="ความคืบหน้าของงาน 0 ถึง 100")
    requested_by = TextColumn("ผู้สั่งงาน", accessor="requested_by__full_name")
    created_at = DateColumn("สั่งเมื่อ", orderable=True, definition="วันที่สั่งงาน")
