"""Columns of the bin."""

from __future__ import annotations

from django_tables2.utils import A

from codi.ui.tables import DateColumn, ListTable, TextColumn


class BinTable(ListTable):
    """What was deleted, by whom, and until when it can come back."""

    title = TextColumn("รายการ", wide=True, linkify=("desk:binned", {"pk": A("pk")}))
    kind = TextColumn("ประเภท", orderable=True)
    deleted_by = TextColumn("ผู้ลบ", accessor="deleted_by__full_name")
    deleted_at = DateColumn("ลบเมื่อ", orderable=True)
    kept_until = DateColumn("เลิกลบได้ถึง", definition="พ้นเวลานี้แล้วระบบลบถาวร แต่ประวัติยังอยู่")
