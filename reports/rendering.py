"""A report as HTML for print, and the PDF of it. The same content gives the same bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from codi.figures import map as map_shapes
from codi.figures.chart import Shape, description, in_shares, side_by_side, stacked_bars
from codi.pdf.renderer import RenderResult, print_stylesheet, render
from codi.places.shapes import province_areas
from codi.thai.dates import long_date
from reports import layouts
from reports.content import Content, Table
from reports.facts import name_of, year_of
from reports.layouts import KeyFigure, Shown, ShownChart
from reports.links import link_for
from reports.outlines import ChartSlot, Drawing

Progress = Callable[[int, str], None]


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
    layout = layouts.of(content.outline)
    return {
        chart_name(table, place): drawing_of(
            content, table, chart, bars=layout.shape, province_shape=map_shapes.PRINT
        )
        for table in content.tables
        for place, chart in charts_in(table)
    }


def drawing_of(
    content: Content,
    table: Table,
    chart: ChartSlot,
    *,
    bars: Shape,
    province_shape: map_shapes.MapShape,
) -> bytes:
    """One drawing of a table in the sizes of its medium."""
    layout = layouts.of(content.outline)
    title, parts = layout.chart_title(table.grid, chart), layout.chart_parts(table, chart)
    if chart.drawing is Drawing.MAP:
        return map_shapes.province_map(
            table.grid, parts[0], province_areas(), title=title, shape=province_shape
        )
    if chart.drawing is Drawing.SHARES:
        return side_by_side(in_shares(table.grid, parts), parts, title=title, shape=bars)
    return stacked_bars(table.grid, parts, title=title, shape=bars)


def charts_in(table: Table) -> list[tuple[int, ChartSlot]]:
    """The drawings of a table with their places: its outline says so, and something is there."""
    return [
        (place, chart)
        for place, chart in enumerate(table.slot.charts, start=1)
        if chart.columns(table.grid)
    ]


def chart_name(table: Table, place: int) -> str:
    """projects.disbursement_by_province-20210805.svg; the second of a table ends in -2."""
    more = f"-{place}" if place > 1 else ""
    return f"{table.grid.key}-{table.grid.as_of:%Y%m%d}{more}.svg"


def html_of(content: Content) -> str:
    """The whole printed document; its figures lead to their records on the site."""
    facts = content.facts
    about = facts.get("edition")
    layout = layouts.of(content.outline)
    context = {
        "content": content,
        "facts": facts,
        "subject_name": name_of(facts),
        "fiscal_year": year_of(facts),
        "about": _told(about),
        "is_draft": about is None,
        "as_of_text": as_of_text(content),
        "sections": list(layout.sections(content, shown_tables(content))),
        "key_figures": key_figures(content),
        "key_unit": layout.unit,
        "last_day": long_date(content.as_of_dates[-1]),
    }
    return render_to_string(content.outline.template, context)


def key_figures(content: Content) -> list[KeyFigure]:
    """What the first page says before all else."""
    return layouts.of(content.outline).key_figures(content)


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
    layout = layouts.of(content.outline)
    found: dict[str, list[Shown]] = {}
    for table in content.tables:
        grid = table.grid
        charts = tuple(
            ShownChart(
                chart_name(table, place),
                layout.chart_title(grid, chart),
                _described(table, chart, layout.chart_parts(table, chart)),
                chart.caption,
                place,
                chart.drawing is Drawing.MAP,
            )
            for place, chart in charts_in(table)
        )
        found.setdefault(grid.key, []).append(Shown(grid, link(grid), charts))
    return found


def _described(table: Table, chart: ChartSlot, parts: Sequence[str]) -> str:
    """All values of a drawing as text."""
    grid = table.grid
    if chart.drawing is Drawing.MAP:
        return map_shapes.description(grid, parts[0])
    if chart.drawing is Drawing.SHARES:
        grid = in_shares(grid, parts)
    return description(grid, parts, [row.title for row in grid.items])
