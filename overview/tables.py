"""Columns of the list of tambons."""

from __future__ import annotations

from django_tables2 import A

from codi.ui.tables import BahtColumn, ListTable, NumberColumn, TextColumn


class TambonTable(ListTable):
    """Tambons with what each has on the day of the list."""

    code = TextColumn("รหัส", accessor="pk", css_class="code", orderable=True)
    name = TextColumn(
        "ตำบล/แขวง",
        order_by="sort_key",
        orderable=True,
        linkify=("overview:subdistrict", {"code": A("pk")}),
    )
    district = TextColumn("อำเภอ/เขต", accessor="district__name")
    province = TextColumn(
        "จังหวัด",
        accessor="district__province__name",
        order_by=("district__province__sort_key", "district__sort_key", "sort_key"),
        orderable=True,
    )
    councils_count = NumberColumn("สภา", unit="แห่ง", orderable=True)
    members_count = NumberColumn("สมาชิกสภา", unit="คน", orderable=True)
    funds_count = NumberColumn("กองทุน", unit="กองทุน", orderable=True)
    fund_members_count = NumberColumn(
        "สมาชิกกองทุน", unit="คน", orderable=True, definition="ตามรายงานล่าสุดของแต่ละกองทุนถึงวันนั้น"
    )
    projects_count = NumberColumn(
        "โครงการ", unit="โครงการ", orderable=True, definition="โครงการระดับตำบลที่อนุมัติแล้ว ทุกปี"
    )
    approved_baht = BahtColumn("อนุมัติ", orderable=True)
    paid_baht = BahtColumn("จ่ายสุทธิ", orderable=True, definition="จ่ายแล้วหักเงินคืน ถึงวันนั้น")
