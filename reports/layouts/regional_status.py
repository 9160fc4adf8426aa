"""The regional status report on paper: its sections in order, its first page, its chart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from codi.figures.chart import Shape
from codi.figures.formats import text_of
from codi.figures.grid import Grid, Unit
from codi.fiscal import AsOf
from codi.thai.dates import short_date
from codi.thai.numbers import number
from reports.content import Content, Table
from reports.layouts.layout import (
    KeyFigure,
    Layout,
    Section,
    Tables,
    closing_sections,
    staff_sections,
)
from reports.links import link_for
from reports.narrative.regional_status import PAID_COLUMN
from reports.outlines.outline import ChartSlot
from reports.outlines.regional_status import BY_LEVEL, BY_MONTH, BY_PROVINCE, DETAIL, LATE

FOLDER = "reports/regional_status/"


def chart_parts(table: Table, chart: ChartSlot) -> tuple[str, ...]:
    """The columns that are drawn: what was paid by instalment, where at most two were paid."""
    parts = chart.parts
    numbered = tuple(c.key for c in table.grid.columns if PAID_COLUMN.match(c.key))
    if "paid_baht" not in parts or not 0 < len(numbered) <= 2:
        return parts
    return (*numbered, *(key for key in parts if key != "paid_baht"))


def chart_title(grid: Grid, chart: ChartSlot) -> str:
    """The finding that the chart shows."""
    paid = grid.value("total", "paid_pct")
    day = AsOf(grid.as_of).label
    if paid is None:
        return f"{day} ยังไม่มีงบประมาณที่อนุมัติ"
    return f"{day} เบิกจ่ายแล้วร้อยละ {text_of(Unit.PERCENT, paid)} ของงบประมาณที่อนุมัติ"


def key_figures(content: Content) -> list[KeyFigure]:
    """What the first page says before all else: frame, approval, payments and rest of the last
    day, each leading to its records."""
    grid = next((g for g in reversed(content.grids) if g.key == BY_LEVEL), None)
    if grid is None:
        return []
    link = link_for(content, absolute=True)(grid)
    wanted = (
        ("กรอบงบประมาณ", "frame_baht", "", ""),
        ("อนุมัติ", "approved_baht", "approved_pct", "ของกรอบ"),
        ("เบิกจ่ายสุทธิ", "paid_baht", "paid_pct", "ของงบที่อนุมัติ"),
        ("คงเหลือ", "remaining_baht", "remaining_pct", "ของงบที่อนุมัติ"),
    )
    found = []
    for title, key, share, whole in wanted:
        value, part = grid.value("total", key), grid.value("total", share) if share else None
        said = f"ร้อยละ {text_of(Unit.PERCENT, part)} {whole}" if part is not None else ""
        url = link("total", key) if value is not None else None
        found.append(KeyFigure(title, text_of(Unit.BAHT, value), said, url or ""))
    return found


def sections(content: Content, tables: Tables) -> Iterator[Section]:
    """The sections that have something to say, in the order of the report."""
    yield Section(
        "opening",
        "ความเป็นมา เป้าหมาย และกรอบงบประมาณ",
        f"{FOLDER}opening.html",
        context={"targets": _targets(content)},
    )
    yield from staff_sections(content)
    for key, title, template, wide in (
        (BY_LEVEL, "รายงานผลการเบิกจ่าย", "levels.html", True),
        (DETAIL, "รายละเอียดโครงการและการเบิกจ่าย", "detail.html", True),
        (BY_PROVINCE, "สถานะการเบิกจ่ายรายจังหวัดและงบภาค", "provinces.html", False),
        (BY_MONTH, "การเบิกจ่ายรายเดือน", "months.html", False),
        (LATE, "โครงการที่เบิกจ่ายล่าช้า", "late.html", False),
    ):
        if key in tables:
            yield Section(
                key.partition(".")[2],
                title,
                FOLDER + template,
                wide and (key != DETAIL or any(shown.grid.items for shown in tables[key])),
                context={"tables": tables[key], "statements": _statements(content)},
            )
    yield from closing_sections(content, BY_LEVEL)


def _statements(content: Content) -> list[tuple[str, str]]:
    """1.1 to 1.4 with their sentences."""
    return [
        (f"1.{number}", content.sentences[f"statement.{number}"])
        for number in range(1, 5)
        if f"statement.{number}" in content.sentences
    ]


def _targets(content: Content) -> list[dict[str, Any]]:
    return [
        {
            **target,
            "shown_count": number(target["count"]),
            "set_on": short_date(dt.date.fromisoformat(target["set_on"])),
        }
        for target in content.facts["targets"]
    ]


LAYOUT = Layout(
    sections=sections,
    key_figures=key_figures,
    chart_parts=chart_parts,
    chart_title=chart_title,
    main=BY_LEVEL,
    unit="บาท",
    # Low enough that the chart of a region and the months stand on one page.
    shape=Shape(width=6.6, row_height=0.158, font_size=8.6),
)
