"""Cross tables of the list of funds."""

from __future__ import annotations

from codi.figures.grid import Unit
from codi.pivot import Dimension, Pivot, count_of, register_pivot, sum_of
from programs.pivots import place_of
from welfare.filters import GRADES
from welfare.models import RiskClass
from welfare.queries import ANSWERS, STANDINGS
from welfare.views.funds import FundList

register_pivot(
    Pivot(
        key="funds",
        title="กองทุนสวัสดิการ",
        url_name="welfare:funds",
        page=FundList,
        dimensions=(
            *place_of(""),
            Dimension("answer", "รายงานไตรมาสนี้", "answer", names=ANSWERS),
            Dimension("standing", "สถานะกองทุน", "standing", names=STANDINGS),
            Dimension("grade", "ระดับคุณภาพ", "review_grade", names=GRADES),
            Dimension(
                "risk", "ความเสี่ยง", "risk", names={"": "ยังไม่ประเมิน", **dict(RiskClass.choices)}
            ),
        ),
        measures=(
            count_of("จำนวนกองทุน"),
            sum_of("members", "สมาชิก (คน)", "member_count", unit=Unit.COUNT),
            sum_of("money", "เงินกองทุน (บาท)", "money_baht"),
        ),
        first=("region", "answer", ("count",)),
    )
)
