"""Columns of the list of people."""

from __future__ import annotations

from django_tables2.utils import A

from codi.ui.tables import DateColumn, ListTable, StateColumn, TextColumn


class UserTable(ListTable):
    """Who can log in, as what, and how far they see."""

    full_name = TextColumn(
        "ชื่อ-สกุล",
        css_class="middling",
        orderable=True,
        linkify=("accounts:user_edit", {"pk": A("pk")}),
    )
    username = TextColumn("ชื่อผู้ใช้", orderable=True)
    role = TextColumn("บทบาท", accessor="get_role_display", order_by="role", orderable=True)
    scope = TextColumn(
        "ขอบเขตที่เห็น",
        accessor="scope_label",
        definition="พื้นที่ที่ผู้ใช้เห็นข้อมูล: ทั้งประเทศ ภาค หรือจังหวัด",
    )
    is_active = StateColumn(
        "สถานะ",
        choices={True: "ใช้งานได้", False: "ระงับ"},
        tones={True: "good", False: "neutral"},
        orderable=True,
    )
    last_login = DateColumn("เข้าใช้ล่าสุด", orderable=True, definition="วันที่เข้าสู่ระบบครั้งล่าสุด")
