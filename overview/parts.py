"""The parts of the dashboard: tiles, charts and tables, every number a cell of a registered figure.

A part computes its figures when it is asked for and keeps nothing, so that it never shows a number
that the page of the figure does not show at that moment. Each part takes a few tenths of a second
at national size; pages load them one by one.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from codi.figures.chart import Shape, description, stacked_bars
from codi.figures.figure import FigureScope, get
from codi.figures.findings import amount, leading
from codi.figures.formats import text_of
from codi.figures.grid import Cell, Grid, Unit
from codi.figures.html import CellLink
from codi.fiscal import AsOf, Quarter
from codi.thai.dates import short_date
from codi.thai.numbers import number, percent
from overview.standpoint import Standpoint
from reports.layouts import quarterly
from reports.links import LiveScope, live_cell_address
from reports.outlines import ChartSlot

TOTAL = "total"
# Narrower than a page of its own: two stand side by side, and one is legible on a phone.
BARS = Shape(width=6.2, row_height=0.34, font_size=11)
MANY_BARS = Shape(width=8.4, row_height=0.34, font_size=11)
UP, DOWN, SAME = "arrow-up", "arrow-down", "equal"


@dataclass(frozen=True)
class Tile:
    """A cell on the dashboard. ``share`` is the percentage told with it, of ``of``.

    ``wants`` says whether more or less of it is good; ``column`` may depend on the day.
    """

    title: str
    figure: str
    column: str | Callable[[dt.date], str]
    unit: str
    row: str = TOTAL
    share: str = ""
    of: str = ""
    wants: str = ""
    note: str = ""

    def column_on(self, day: dt.date) -> str:
        """The column of a day."""
        return self.column if isinstance(self.column, str) else self.column(day)


@dataclass(frozen=True)
class Chart:
    """A drawing below the tiles: bars of ``parts`` of a figure, its table one click away."""

    figure: str
    slot: ChartSlot
    what: str = ""


@dataclass(frozen=True)
class Part:
    """A section of the dashboard."""

    key: str
    title: str
    tiles: tuple[Tile, ...]
    charts: tuple[Chart, ...] = ()


MONEY = "projects"
ESTABLISHED, STATUS = "councils.established", "welfare.status"
PARTS: dict[str, Part] = {
    part.key: part
    for part in (
        Part(
            "councils",
            "สภาองค์กรชุมชน",
            (
                Tile(
                    "สภาที่จัดตั้งแล้ว",
                    ESTABLISHED,
                    "councils_established",
                    "แห่ง",
                    share="councils_established_pct",
                    of="ของพื้นที่ทั้งหมด",
                    wants="more",
                ),
                Tile("สมาชิกสภา", ESTABLISHED, "members_total", "คน", wants="more"),
                Tile("กลุ่ม/องค์กรที่จดแจ้ง", ESTABLISHED, "groups_registered", "กลุ่ม", wants="more"),
            ),
        ),
        Part(
            "new",
            "สภาจัดตั้งใหม่",
            (
                Tile(
                    "สภาจัดตั้งใหม่ในปีงบประมาณ",
                    "councils.new",
                    "new_total",
                    "แห่ง",
                    share="new_total_pct_of_target",
                    of="ของเป้าหมายปี",
                    note="สะสมตั้งแต่ต้นปีงบประมาณ",
                ),
            ),
            (
                Chart(
                    "councils.new",
                    ChartSlot(("new_q1", "new_q2", "new_q3", "new_q4"), "สภาจัดตั้งใหม่ รายไตรมาส"),
                ),
            ),
        ),
        Part(
            "work",
            "วาระสภาและการรับรองกลุ่ม",
            (
                Tile(
                    "สภาที่ครบวาระและยังไม่ทบทวน",
                    "councils.terms",
                    "councils_not_reviewed",
                    "แห่ง",
                    wants="less",
                ),
                Tile(
                    "กลุ่มที่รับรองสถานภาพในปี",
                    "councils.group_certification",
                    lambda day: f"certified_q{Quarter.of(day).number}",
                    "กลุ่ม",
                    note="สะสมตั้งแต่ต้นปีงบประมาณ",
                ),
            ),
        ),
        Part(
            "quality",
            "คุณภาพสภา",
            (Tile("สภาที่สอบทานคุณภาพ สองปี", "councils.quality", "all_total", "แห่ง"),),
            (
                Chart(
                    "councils.quality", ChartSlot(("all_a", "all_b", "all_c"), "ระดับคุณภาพสภา สองปี")
                ),
            ),
        ),
        Part(
            "funds",
            "กองทุนสวัสดิการชุมชน",
            (
                Tile("กองทุน", STATUS, "funds", "กองทุน", wants="more"),
                Tile("สมาชิกกองทุน", STATUS, "members", "คน", wants="more"),
                Tile("เงินกองทุน", STATUS, "money_total_baht", "", wants="more"),
                Tile("จ่ายสวัสดิการสะสม", "welfare.change", "current", "", row="1.4"),
            ),
            (
                Chart(STATUS, ChartSlot(("funds",), "กองทุน")),
                Chart(STATUS, ChartSlot(("members",), "สมาชิกกองทุน")),
                Chart(STATUS, ChartSlot(("money_total_baht",), "เงินกองทุน")),
            ),
        ),
        Part(
            "money",
            "โครงการและการเบิกจ่าย",
            (
                Tile(
                    "โครงการที่อนุมัติ", MONEY, "approved_count", "โครงการ", note="โครงการของปีงบประมาณ"
                ),
                Tile("งบที่อนุมัติ", MONEY, "approved_baht", "", note="โครงการของปีงบประมาณ"),
                Tile("เบิกจ่ายสุทธิ", MONEY, "paid_baht", "", share="paid_pct", of="ของงบที่อนุมัติ"),
                Tile("คงเหลือ", MONEY, "remaining_baht", "", share="remaining_pct", of="ของงบที่อนุมัติ"),
                Tile("โครงการเบิกจ่ายล่าช้า", "projects.late", "late_count", "โครงการ", wants="less"),
            ),
            (
                Chart(
                    MONEY,
                    ChartSlot(("paid_baht", "remaining_baht"), "การเบิกจ่าย"),
                    "เบิกจ่ายสุทธิ",
                ),
            ),
        ),
    )
}


def figure_key(key: str, scope: FigureScope) -> str:
    """The figure behind a word: disbursement by region of the country, else by province."""
    if key != MONEY:
        return key
    whole = scope.region is None and scope.province is None
    return "projects.disbursement_by_region" if whole else "projects.disbursement_by_province"


@dataclass(frozen=True)
class ShownTile:
    """A tile as the page shows it; ``change`` says in words what moved."""

    title: str
    value: str
    unit: str
    exact: str
    share: str
    note: str
    url: str
    change: str
    arrow: str
    tone: str


@dataclass(frozen=True)
class ShownDrawing:
    """A chart with its finding, all values as text, and its table."""

    title: str
    caption: str
    source: str
    text: str
    grid: Grid
    link: CellLink


class Numbers:
    """The grids that a part needs, each computed once."""

    def __init__(self, here: Standpoint) -> None:
        self.here = here
        self._grids: dict[tuple[str, dt.date], Grid] = {}

    def scope(self, key: str, day: dt.date) -> FigureScope:
        """The scope of a figure on a day."""
        return self.here.scope_on(day, by_year=key.startswith(f"{MONEY}.disbursement"))

    def grid(self, word: str, day: dt.date) -> Grid:
        """The figure of a word on a day."""
        key = figure_key(word, self.here.scope)
        if (key, day) not in self._grids:
            self._grids[key, day] = get(key).compute(self.scope(key, day), day)
        return self._grids[key, day]

    def value(self, tile: Tile, day: dt.date) -> Cell:
        """A tile's cell; None where the table does not have it."""
        return self.grid(tile.figure, day).cells.get(tile.row, {}).get(tile.column_on(day))

    def link(self, word: str) -> CellLink:
        """From the cells of a figure to the pages of their records."""
        key = figure_key(word, self.here.scope)
        live = LiveScope(key, self.scope(key, self.here.as_of), self.here.as_of)
        return CellLink(lambda row, column: live_cell_address(live, row, column))


def shown_part(part: Part, here: Standpoint) -> dict[str, Any]:
    """The part's tiles and drawings."""
    numbers = Numbers(here)
    return {
        "part": part,
        "here": here,
        "tiles": [shown_tile(tile, numbers) for tile in part.tiles],
        "drawings": [one for chart in part.charts for one in _drawn(chart, numbers)],
    }


def shown_tile(tile: Tile, numbers: Numbers) -> ShownTile:
    """A tile with its change since the compared day."""
    here = numbers.here
    grid, column = numbers.grid(tile.figure, here.as_of), tile.column_on(here.as_of)
    known = column in grid.cells.get(tile.row, {})
    value = grid.value(tile.row, column) if known else None
    unit = grid.unit_of(tile.row, column) if known else Unit.COUNT
    before = numbers.value(tile, here.compared_on)
    change, arrow, tone = told_change(value, before, unit, tile, here.compared_on)
    share = grid.value(tile.row, tile.share) if tile.share and known else None
    return ShownTile(
        title=tile.title,
        value=_short(unit, value),
        unit="ล้านบาท" if unit is Unit.BAHT else tile.unit,
        exact=f"{text_of(unit, value)} บาท" if unit is Unit.BAHT else "",
        share=f"ร้อยละ {percent(share)} {tile.of}" if isinstance(share, Decimal) else "",
        note=tile.note,
        url=numbers.link(tile.figure)(tile.row, column) or "" if value is not None else "",
        change=change,
        arrow=arrow,
        tone=tone,
    )


def _short(unit: Unit, value: Cell) -> str:
    if unit is Unit.BAHT and isinstance(value, Decimal):
        return number(value / 1_000_000, 2)
    return text_of(unit, value)


def told_change(
    value: Cell, before: Cell, unit: Unit, tile: Tile, day: dt.date
) -> tuple[str, str, str]:
    """What moved since ``day`` in words, its arrow, and whether that is good, bad or neither."""
    since = short_date(day)
    if not isinstance(value, int | Decimal) and not isinstance(before, int | Decimal):
        return f"ไม่มีรายการ เช่นเดียวกับ {since}", "", "neutral"
    now = Decimal(value) if isinstance(value, int | Decimal) else Decimal(0)
    then = Decimal(before) if isinstance(before, int | Decimal) else Decimal(0)
    moved = now - then
    if not moved:
        return f"เท่ากับ {since}", SAME, "neutral"
    rises = moved > 0
    amount_text = (
        f"{number(abs(moved) / 1_000_000, 2)} ล้านบาท"
        if unit is Unit.BAHT
        else f"{number(abs(moved))} {tile.unit}"
    )
    good = {"more": rises, "less": not rises}.get(tile.wants)
    tone = "neutral" if good is None else "good" if good else "bad"
    word = "เพิ่มขึ้น" if rises else "ลดลง"
    return f"{word} {amount_text} จาก {since}", UP if rises else DOWN, tone


def _drawn(chart: Chart, numbers: Numbers) -> list[ShownDrawing]:
    """The chart, unless there is nothing to draw."""
    here = numbers.here
    grid = numbers.grid(chart.figure, here.as_of)
    parts = chart.slot.columns(grid)
    if not parts or len(grid.items) < 2:
        return []
    title = _finding(chart, grid)
    source = _picture(json.dumps(grid.to_dict()), parts, title)
    names = [row.title for row in grid.items]
    return [
        ShownDrawing(
            title=title,
            caption=chart.slot.caption,
            source=source,
            text=description(grid, parts, names),
            grid=grid,
            link=numbers.link(chart.figure),
        )
    ]


@lru_cache(maxsize=64)
def _picture(grid: str, parts: tuple[str, ...], title: str) -> str:
    """The drawing as an address that holds it.

    It depends on the numbers of the grid alone, so that it is drawn once for as long as they stand.
    """
    shape = BARS if len(parts) < 3 else MANY_BARS
    svg = stacked_bars(Grid.from_dict(json.loads(grid)), parts, title=title, shape=shape)
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()


def _finding(chart: Chart, grid: Grid) -> str:
    """What the chart shows: as the quarterly report says it, or of money."""
    if not chart.what:
        return quarterly.chart_title(grid, chart.slot)
    column = chart.slot.parts[0]
    share = amount(grid, TOTAL, "paid_pct", "")
    said = leading(grid, column, chart.what)
    return f"{AsOf(grid.as_of).label} {said} รวมเบิกจ่าย{share} ของงบที่อนุมัติ"
