"""The map of the dashboard: one column of a figure by province, with its ranked table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from codi.figures.figure import get
from codi.figures.findings import leading
from codi.figures.formats import counted_unit
from codi.figures.grid import Cell, Grid
from codi.figures.html import CellLink
from codi.figures.map import SCREEN, province_map, shown
from codi.fiscal import AsOf
from codi.places.shapes import CREDIT, province_areas
from overview.standpoint import Standpoint
from reports.links import LiveScope, live_cell_address


@dataclass(frozen=True)
class Indicator:
    """What the map can show: a column of a figure by province.

    ``steps`` are bounds of classes where the numbers themselves do not suggest them.
    """

    key: str
    title: str
    figure: str
    column: str
    steps: tuple[int, ...] = ()
    by_year: bool = False


_COUNCILS, _FUNDS = "councils.by_province", "welfare.by_province"
_MONEY = "projects.disbursement_by_province"
INDICATORS: dict[str, Indicator] = {
    one.key: one
    for one in (
        Indicator("councils", "สภาองค์กรชุมชน", _COUNCILS, "councils_established"),
        Indicator("new", "สภาจัดตั้งใหม่ในปี", _COUNCILS, "new_total"),
        Indicator("groups", "กลุ่ม/องค์กรที่จดแจ้ง", _COUNCILS, "groups_registered"),
        Indicator("members", "สมาชิกสภา", _COUNCILS, "members_total"),
        Indicator("funds", "กองทุนสวัสดิการ", _FUNDS, "funds"),
        Indicator("fund-members", "สมาชิกกองทุน", _FUNDS, "members"),
        Indicator("fund-money", "เงินกองทุน", _FUNDS, "money_total_baht"),
        Indicator("approved", "งบโครงการที่อนุมัติ", _MONEY, "approved_baht", by_year=True),
        Indicator("paid", "ร้อยละเบิกจ่าย", _MONEY, "paid_pct", steps=(25, 50, 75, 100), by_year=True),
    )
}
FIRST = "councils"


@dataclass(frozen=True)
class Ranked:
    """A province in the table beside the map."""

    place: int
    name: str
    value: str
    url: str
    records_url: str


def shown_map(indicator: Indicator, here: Standpoint) -> dict[str, Any]:
    """The map with links to the provinces, its finding, and the provinces in order."""
    scope = here.scope_on(here.as_of, by_year=indicator.by_year)
    grid = get(indicator.figure).compute(scope, here.as_of)
    records = LiveScope(indicator.figure, scope, here.as_of)
    areas = province_areas()

    def page(row: str, _column: str) -> str | None:
        if row not in areas:
            return None
        return f"{reverse('overview:province', args=[row])}?{here.query(region='', province='')}"

    title = finding(indicator, grid)
    column = grid.column(indicator.column)
    return {
        "indicator": indicator,
        "indicators": INDICATORS.values(),
        "here": here,
        "title": title,
        "map": _drawn(indicator, grid, title, CellLink(page)),
        "unit": counted_unit(grid, column),
        "credit": CREDIT,
        "ranked": [
            Ranked(
                place,
                name,
                shown(column, value),
                page(key, "") or "",
                live_cell_address(records, key, column.key) if value is not None else "",
            )
            for place, key, name, value in ranked(grid, column.key)
        ],
    }


def _drawn(indicator: Indicator, grid: Grid, title: str, link: CellLink) -> SafeString:
    """The map; empty where no province is to draw, as before the founding of the only one in sight."""
    areas = province_areas()
    if not any(row.key in areas for row in grid.items):
        return SafeString("")
    steps = indicator.steps or None
    svg = province_map(
        grid, indicator.column, areas, title=title, shape=SCREEN, steps=steps, link=link
    )
    return mark_safe(svg.decode())  # noqa: S308 - drawn by us, every text escaped


def finding(indicator: Indicator, grid: Grid) -> str:
    """ณ วันที่ … สภาองค์กรชุมชน 7,666 แห่ง มากที่สุดที่จังหวัดนครราชสีมา …."""
    unit = counted_unit(grid, grid.column(indicator.column))
    said = leading(grid, indicator.column, indicator.title, unit)
    return f"{AsOf(grid.as_of).label} {said}"


def ranked(grid: Grid, column: str) -> list[tuple[int, str, str, Cell]]:
    """Place, key, name and value of the items, most first; equal values share a place."""
    values = [(row.key, row.title, grid.value(row.key, column)) for row in grid.items]
    numbers = {
        key: Decimal(value) if isinstance(value, int | Decimal) else None
        for key, _, value in values
    }
    nothing = Decimal("-Infinity")
    order = {key: nothing if number is None else number for key, number in numbers.items()}
    ordered = sorted(values, key=lambda one: order[one[0]], reverse=True)
    found: list[tuple[int, str, str, Cell]] = []
    for count, (key, name, value) in enumerate(ordered, start=1):
        same = found and numbers[found[-1][1]] == numbers[key]
        found.append((found[-1][0] if same else count, key, name, value))
    return found
