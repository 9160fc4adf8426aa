"""Columns of the list of uploaded files."""

from __future__ import annotations

from django_tables2.utils import A

from codi.imports.models import BatchState
from codi.ui.tables import DateColumn, ListTable, NumberColumn, StateColumn, TextColumn

TONES = {
    BatchState.CHECKING: "info",
    BatchState.PREVIEWED: "info",
    BatchState.WAITING: "warn",
    BatchState.CONFIRMED: "good",
    BatchState.REFUSED: "bad",
    BatchState.DISCARDED: "neutral",
    BatchState.FAILED: "bad",
    BatchState.UNDONE: "neutral",
}


class BatchTable(ListTable):
    """What was uploaded, by whom, and what became of it."""

    file_name = TextColumn("ไฟล์", wide=True, linkify=("imports:preview", {"pk": A("pk")}))
    kind_title = TextColumn("ชนิดข้อมูล", definition="ชนิดข้อมูลในไฟล์")
    state = StateColumn(
        "สถานะ", choices=dict(BatchState.choices), tones=dict(TONES), orderable=True
    )
    new_count = NumberColumn("เพิ่มใหม่ (แถว)")
    changed_count = NumberColumn("เปลี่ยนแปลง (แถว)")
    error_count = NumberColumn("ต้องแก้ไข (แถว)")
    uploaded_by = TextColumn("ผู้ส่งไฟล์", accessor="uploaded_by__full_name")
    uploaded_at = DateColumn("ส่งเมื่อ", orderable=True)
