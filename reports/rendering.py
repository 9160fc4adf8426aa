"""A report as HTML for print, and the PDF of it. The same content gives the same bytes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from codi.figures import figure as figures
from codi.figures.chart import Shape, description, stacked_bars
from codi.figures.formats import text_of
from codi.figures.grid import Grid, Unit
from codi.figures.html import CellLink
from codi.fiscal import AsOf
from codi.pdf.renderer import RenderResult, print_stylesheet, render
from codi.thai.dates import long_date, short_date
from codi.thai.numbers import number
from reports.blocks import blocks_of
from reports.content import Content, Table
from reports.links import link_for
from reports.narrative.regional_status import PAID_COLUMN
from reports.outlines.regional_status import BY_LEVEL
from reports.sheets import keys_of

FOLDER = "reports/regional_status/"
DETAIL = "projects.detail"
# Low enough that the chart of a region and the months stand on one page.
PAGE_CHART = Shape(width=6.6, row_height=0.158, font_size=8.6)
Progress = Callable[[int, str], None]


@dataclass(frozen=True)
class Shown:
    """A table as a template shows it: grid, links of its cells, and its chart, if it has one."""

    grid: Grid
    link: CellLink
    chart: str = ""
    chart_title: str = ""
    chart_text: str = ""


@dataclass(frozen=True)
class KeyFigure:
    """An amount on the first page, with its share in words and the page of its records."""

    title: str
    value: str
    share: str
    url: str


@dataclass(frozen=True)
class Section:
    """A part of the report under a heading of the contents."""

    key: str
    title: str
    template: str
    wide: bool = False
    context: dict[str, Any] = field(default_factory=dict)


def pdf_of(content: Content, progress: Progress | None = None) -> RenderResult:
    """The PDF. Raises :class:`codi.pdf.renderer.RenderFailed`."""
    tell = progress or (lambda _percent, _stage: None)
    tell(45, "วาดแผนภูมิ")
    charts = charts_of(content)
    tell(60, "จัดหน้า")
    own = (Path(settings.BASE_DIR) / "static/css/print-report.css").read_text("utf-8")
    return render(
        html_of(content),
        assets=charts,
        stylesheets=[print_stylesheet(), own],
        created_at=created_at(content),
    )


def created_at(content: Content) -> dt.datetime | None:
    """When an issued edition was frozen; nothing for what still follows the tables."""
    edition = content.edition
    return edition.frozen_at if edition is not None and edition.is_frozen else None


def charts_of(content: Content) -> dict[str, bytes]:
    """File name → drawing of every table that is drawn as well."""
    return {
        chart_name(table): stacked_bars(
            table.grid, chart_parts(table), title=chart_title(table.grid), shape=PAGE_CHART
        )
        for table in content.tables
        if has_chart(table)
    }


def has_chart(table: Table) -> bool:
    """Whether the table is drawn: its outline says so, and there is something to draw."""
    grid = table.grid
    return any(
        grid.value(row.key, column) is not None for row in grid.items for column in table.slot.chart
    )


def chart_parts(table: Table) -> tuple[str, ...]:
    """The columns that are drawn: what was paid by instalment, where at most two were paid."""
    parts = table.slot.chart
    numbered = tuple(c.key for c in table.grid.columns if PAID_COLUMN.match(c.key))
    if "paid_baht" not in parts or not 0 < len(numbered) <= 2:
        return parts
    return (*numbered, *(key for key in parts if key != "paid_baht"))


def chart_name(table: Table) -> str:
    """projects.disbursement_by_province-20210805.svg."""
    return f"{table.grid.key}-{table.grid.as_of:%Y%m%d}.svg"


def _chart_text(table: Table) -> str:
    """The chart for those who do not see it."""
    names = [row.title for row in table.grid.items]
    return description(table.grid, chart_parts(table), names)


def chart_title(grid: Grid) -> str:
    """The finding that the chart shows."""
    paid = grid.value("total", "paid_pct")
    day = AsOf(grid.as_of).label
    if paid is None:
        return f"{day} ยังไม่มีงบประมาณที่อนุมัติ"
    return f"{day} เบิกจ่ายแล้วร้อยละ {text_of(Unit.PERCENT, paid)} ของงบประมาณที่อนุมัติ"


def html_of(content: Content) -> str:
    """The whole printed document; its figures lead to their records on the site."""
    facts = content.facts
    about = facts.get("edition")
    context = {
        "content": content,
        "facts": facts,
        "about": _told(about),
        "is_draft": about is None,
        "as_of_text": as_of_text(content),
        "sections": list(sections_of(content)),
        "key_figures": key_figures(content),
        "last_day": long_date(content.as_of_dates[-1]),
    }
    return render_to_string(content.outline.template, context)


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


def _told(about: dict[str, Any] | None) -> dict[str, Any] | None:
    """What the report says of itself, with its day as printed."""
    if about is None:
        return None
    return {**about, "issued_date": long_date(dt.date.fromisoformat(about["issued_on"]))}


def as_of_text(content: Content) -> str:
    """ข้อมูล ณ วันที่ 31 พฤษภาคม 2564 และ 5 สิงหาคม 2564."""
    days = [long_date(day) for day in content.as_of_dates]
    head = " ".join(days[:-1])
    return f"ข้อมูล ณ วันที่ {head} และ {days[-1]}" if head else f"ข้อมูล ณ วันที่ {days[-1]}"


def shown_tables(content: Content, *, absolute: bool = True) -> dict[str, list[Shown]]:
    """Figure key → its tables in order of their days."""
    link = link_for(content, absolute=absolute)
    found: dict[str, list[Shown]] = {}
    for table in content.tables:
        grid = table.grid
        drawn = has_chart(table)
        found.setdefault(grid.key, []).append(
            Shown(
                grid,
                link(grid),
                chart_name(table) if drawn else "",
                chart_title(grid) if drawn else "",
                _chart_text(table) if drawn else "",
            )
        )
    return found


def sections_of(content: Content, *, absolute: bool = True) -> Iterator[Section]:
    """The sections that have something to say, in the order of the report."""
    tables = shown_tables(content, absolute=absolute)
    yield Section(
        "opening",
        "ความเป็นมา เป้าหมาย และกรอบงบประมาณ",
        f"{FOLDER}opening.html",
        context={"targets": _targets(content)},
    )
    for slot in content.outline.texts:
        blocks = blocks_of(content.staff_texts.get(slot.key, ""))
        if blocks:
            yield Section(slot.key, slot.title, f"{FOLDER}text.html", context={"blocks": blocks})
    for key, title, template, wide in (
        ("projects.disbursement_by_level", "รายงานผลการเบิกจ่าย", "levels.html", True),
        (DETAIL, "รายละเอียดโครงการและการเบิกจ่าย", "detail.html", True),
        (
            "projects.disbursement_by_province",
            "สถานะการเบิกจ่ายรายจังหวัดและงบภาค",
            "provinces.html",
            False,
        ),
        ("projects.disbursement_by_month", "การเบิกจ่ายรายเดือน", "months.html", False),
        ("projects.late", "โครงการที่เบิกจ่ายล่าช้า", "late.html", False),
    ):
        if key in tables:
            yield Section(
                key.partition(".")[2],
                title,
                FOLDER + template,
                wide and (key != DETAIL or any(shown.grid.items for shown in tables[key])),
                {"tables": tables[key], "statements": _statements(content)},
            )
    yield from _closing(content)


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


def _dated(move: dict[str, Any]) -> dict[str, Any]:
    return {**move, "as_of_short": short_date(dt.date.fromisoformat(move["as_of"]))}


def _changes(moves: list[dict[str, Any]]) -> dict[str, Any]:
    """The moves of the main table cell by cell, and of every table how many cells moved."""
    main = [move for move in moves if move["figure_key"] == BY_LEVEL]
    counts = Counter((move["table"], move["as_of_short"]) for move in moves)
    return {
        "moves": main,
        "all_count": len(moves),
        "tables": [(title, day, count) for (title, day), count in counts.items()],
        "main_title": main[0]["table"] if main else "",
    }


def _closing(content: Content) -> Iterator[Section]:
    """What moved since the edition before, the checks, and the definitions."""
    about = content.facts.get("edition") or {}
    if "replaces" in about:
        yield Section(
            "changes",
            f"ตัวเลขที่เปลี่ยนจากฉบับที่ {about['replaces']}",
            f"{FOLDER}changes.html",
            context=_changes([_dated(move) for move in about["changes"]]),
        )
    yield Section(
        "checks",
        "ผลการตรวจสอบตัวเลขและข้อสังเกต",
        f"{FOLDER}checks.html",
        context={
            "passed_count": sum(checked.result.is_ok for checked in content.checks),
            "passed": _passed(content),
            "failed": [checked for checked in content.checks if not checked.result.is_ok],
        },
    )
    yield Section(
        "definitions",
        "นิยามและแหล่งข้อมูล",
        f"{FOLDER}definitions.html",
        context={"definitions": _definitions(content)},
    )


def _passed(content: Content) -> list[str]:
    """What was checked and is right; the same check of several days in one line."""
    days: dict[str, list[str]] = {}
    for result in (checked.result for checked in content.checks if checked.result.is_ok):
        day = AsOf(dt.date.fromisoformat(result.code.rpartition("@")[2])).short
        days.setdefault(result.title.removesuffix(day).strip(), []).append(day)
    return [f"{title} {', '.join(of_title)}" for title, of_title in days.items()]


def _definitions(content: Content) -> list[tuple[str, str, str]]:
    """Titles, definition and source; tables that are defined alike stand together."""
    known = {grid.key: grid for grid in content.grids}
    titles: dict[tuple[str, str], list[str]] = {}
    for key in keys_of(content):
        told = (figures.get(key).definition, known[key].source)
        titles.setdefault(told, []).append(known[key].title)
    return [("; ".join(names), text, source) for (text, source), names in titles.items()]
