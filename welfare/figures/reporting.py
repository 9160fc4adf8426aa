"""How complete the register is: two registers side by side, and who reported in the quarter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q

from codi.figures.declared import Derived, Difference, Measure, Percentage
from codi.figures.figure import FigureScope, register
from codi.figures.grid import Basis, Unit
from codi.figures.quarters import Period, current_period, previous_period
from codi.places.figures import PlaceFigure, shows_regions
from programs.figures import base
from programs.models.region_bases import BaseKind
from welfare.figures.sources import FUNDS, SOURCE, fund_count
from welfare.models import FundStatus


@register
class Registers(PlaceFigure):
    """Our register beside that of CODI PMS: a reconciliation, nothing is averaged."""

    key = "welfare.registers"
    title = "กองทุนในทะเบียนสองระบบ"
    unit = "กองทุน"
    basis = Basis.STOCK
    source = f"{SOURCE} และทะเบียน CODI PMS"
    definition = "ทะเบียนนี้ = กองทุนที่จัดตั้งแล้ว ณ วันที่ของรายงาน · CODI PMS = จำนวนที่ระบบนั้นแจ้งเป็นรายภาคครั้งล่าสุด · ผลต่าง = ทะเบียนนี้ลบ CODI PMS"
    notes = ("สองทะเบียนแสดงคู่กันเพื่อกระทบยอด ไม่ถือว่าทะเบียนใดถูกจนกว่าจะตรวจรายกองทุน",)
    notes_of_provinces = (
        "CODI PMS แจ้งจำนวนเป็นรายภาค ไม่มีจำนวนรายจังหวัด จึงเทียบสองทะเบียนได้ในแถวรวมของภาคเท่านั้น",
    )

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """Both registers and what the one has more than the other."""
        # Beside provinces the second register is known of their region as a whole: in the total.
        of_total = not shows_regions(scope)
        return (
            fund_count("ทะเบียนนี้ (กองทุน)"),
            base("funds_in_pms", "CODI PMS (กองทุน)", BaseKind.FUNDS_IN_PMS),
            Difference(
                "difference",
                "ผลต่าง (กองทุน)",
                Unit.COUNT,
                ("funds",),
                ("funds_in_pms",),
                additive=not of_total,
                needs_both=of_total,
            ),
        )


def _reported(period: Period, as_of: dt.date, *, late: bool = False) -> Q:
    """The condition that a fund's report of the period was made by the day, or made late."""
    told: Any = FundStatus.objects.filter(
        fiscal_year=period.quarter.fiscal_year.number,
        quarter=period.number,
        reported_on__lte=as_of,
    )
    if late:
        told = told.filter(reported_on__gt=period.quarter.end)
    return Q(pk__in=told.order_by().values("fund"))


@register
class Completeness(PlaceFigure):
    """Funds that reported this quarter, those that did not, and those that were late before."""

    key = "welfare.completeness"
    title = "ความครบถ้วนและทันเวลาของข้อมูลกองทุน"
    unit = "กองทุน"
    basis = Basis.STOCK
    source = SOURCE
    definition = (
        "รายงานแล้ว = มีสถานะของไตรมาสปัจจุบันที่รายงานภายในวันที่ของรายงาน รวมที่แจ้งว่าไม่มีข้อมูลเปลี่ยนแปลง · ยังไม่รายงาน = กองทุนที่เหลือ"
        " · รายงานช้า = สถานะของไตรมาสก่อนที่รายงานหลังวันสิ้นไตรมาสนั้น"
    )

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """Funds, with and without a report of the quarter, and the late of the quarter before."""
        now, before = current_period(as_of), previous_period(as_of)
        reported = _reported(now, as_of)
        told: tuple[tuple[str, str, Q], ...] = (
            ("updated", "รายงานแล้ว (กองทุน)", reported),
            ("not_updated", "ยังไม่รายงาน (กองทุน)", ~reported),
        )
        shares = [
            column
            for key, title, condition in told
            for column in (
                Measure(
                    key,
                    title,
                    Unit.COUNT,
                    FUNDS,
                    Count("pk"),
                    condition,
                    now.title,
                    pair=f"{key}_pct",
                ),
                Percentage(f"{key}_pct", "ร้อยละ", key, "funds", now.title),
            )
        ]
        late = _reported(before, as_of, late=True)
        return (
            fund_count(),
            *shares,
            Measure(
                "late",
                f"รายงานช้าของไตรมาส {before.number} (กองทุน)",
                Unit.COUNT,
                FUNDS,
                Count("pk"),
                late,
                basis=Basis.FLOW,
            ),
        )
