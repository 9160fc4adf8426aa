"""Councils and groups that stand in the register twice."""

from __future__ import annotations

from councils.models import CouncilDouble, GroupDouble
from programs.tables_of_merging import GroupDoubleFilter, GroupDoubleTable
from programs.views.duplicates import DoubleList


class CouncilDoubles(DoubleList):
    """Councils of one district with near-equal names."""

    model = case = CouncilDouble
    page_title = "สภาที่สงสัยว่าซ้ำ"
    page_lead = "สภาในอำเภอเดียวกันที่ชื่อใกล้เคียงกัน ภาคขอรวม ส่วนกลางตรวจแล้วจึงรวม ยกเลิกได้"


class GroupDoubles(DoubleList):
    """Groups of one council with near-equal names."""

    model = case = GroupDouble
    place_path = "council__"
    table_class = GroupDoubleTable
    filterset_class = GroupDoubleFilter
    page_title = "กลุ่มที่สงสัยว่าซ้ำ"
    page_lead = "กลุ่มของสภาเดียวกันที่ชื่อใกล้เคียงกัน ภาคขอรวม ส่วนกลางตรวจแล้วจึงรวม ยกเลิกได้"
