"""Welfare funds that stand in the register twice."""

from __future__ import annotations

from programs.views.duplicates import DoubleList
from welfare.models import FundDouble


class FundDoubles(DoubleList):
    """Funds of one tambon with near-equal names."""

    model = case = FundDouble
    page_title = "กองทุนที่สงสัยว่าซ้ำ"
    page_lead = "กองทุนในตำบลเดียวกันที่ชื่อใกล้เคียงกัน ภาคขอรวม ส่วนกลางตรวจแล้วจึงรวม ยกเลิกได้"
