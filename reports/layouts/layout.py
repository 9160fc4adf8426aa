"""What the layouts of reports share: their parts, the staff's texts, and the closing sections."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from codi.figures import figure as figures
from codi.figures.chart import Shape
from codi.figures.grid import Grid
from codi.figures.html import CellLink
from codi.fiscal import AsOf
from codi.thai.dates import short_date
from reports.blocks import blocks_of
from reports.content import Content, Table
from reports.outlines.outline import ChartSlot
from reports.region_parts import in_words
from reports.sheets import keys_of

PAPER = "reports/paper/"


@dataclass(frozen=True)
class ShownChart:
    """A drawing as a template shows it: its file, the finding, all values, what stands below it.

    ``place`` is its place among the drawings of its table, ``number`` that in the report.
    """

    name: str
    title: str
    text: str
    caption: str
    place: int
    is_map: bool = False
    number: int = 0


@dataclass(frozen=True)
class Shown:
    """A table as a template shows it: grid, links of its cells, and its drawings."""

    grid: Grid
    link: CellLink
    charts: tuple[ShownChart, ...] = ()


@dataclass(frozen=True)
class KeyFigure:
    """A number on the first page, with its share in words and the page of its records."""

    title: str
    value: str
    share: str
    url: str


@dataclass(frozen=True)
class Section:
    """A part of the report under a heading of the contents; the first of a chapter names it."""

    key: str
    title: str
    template: str
    wide: bool = False
    chapter: str = ""
    context: dict[str, Any] = field(default_factory=dict)


Tables = Mapping[str, list[Shown]]


@dataclass(frozen=True)
class Layout:
    """How a report stands on paper: its sections in order, its first page, its charts.

    ``main`` is the figure whose changed cells are printed one by one; ``unit`` the unit of the
    key figures, if they have one in common; ``shape`` the size of the charts.
    """

    sections: Callable[[Content, Tables], Iterator[Section]]
    key_figures: Callable[[Content], list[KeyFigure]]
    chart_parts: Callable[[Table, ChartSlot], Sequence[str]]
    chart_title: Callable[[Grid, ChartSlot], str]
    main: str
    unit: str
    shape: Shape


def staff_sections(content: Content) -> Iterator[Section]:
    """The staff's blocks that have something to say."""
    for slot in content.outline.texts:
        blocks = blocks_of(content.staff_texts.get(slot.key, ""))
        if blocks:
            yield Section(slot.key, slot.title, f"{PAPER}text.html", context={"blocks": blocks})


def closing_sections(content: Content, main: str) -> Iterator[Section]:
    """What moved since the edition before, the checks, and the definitions."""
    about = content.facts.get("edition") or {}
    if "replaces" in about:
        yield Section(
            "changes",
            f"ตัวเลขที่เปลี่ยนจากฉบับที่ {about['replaces']}",
            f"{PAPER}changes.html",
            context=_changes([_dated(move) for move in about["changes"]], main),
        )
    if content.facts.get("parts"):
        yield Section(
            "parts",
            "ส่วนของภาคที่รายงานฉบับนี้อาศัย",
            f"{PAPER}parts.html",
            context={"parts": [in_words(part) for part in content.facts["parts"]]},
        )
    yield Section(
        "checks",
        "ผลการตรวจสอบตัวเลขและข้อสังเกต",
        f"{PAPER}checks.html",
        context={
            "passed_count": sum(checked.result.is_ok for checked in content.checks),
            "passed": _passed(content),
            "failed": [checked for checked in content.checks if not checked.result.is_ok],
        },
    )
    yield Section(
        "definitions",
        "นิยามและแหล่งข้อมูล",
        f"{PAPER}definitions.html",
        context={"definitions": _definitions(content)},
    )


def _dated(move: dict[str, Any]) -> dict[str, Any]:
    return {**move, "as_of_short": short_date(dt.date.fromisoformat(move["as_of"]))}


def _changes(moves: list[dict[str, Any]], main_key: str) -> dict[str, Any]:
    """The moves of the main table cell by cell, and of every table how many cells moved."""
    main = [move for move in moves if move["figure_key"] == main_key]
    counts = Counter((move["table"], move["as_of_short"]) for move in moves)
    return {
        "moves": main,
        "all_count": len(moves),
        "tables": [(title, day, count) for (title, day), count in counts.items()],
        "main_title": main[0]["table"] if main else "",
    }


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
