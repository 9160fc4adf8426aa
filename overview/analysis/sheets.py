"""An analysis as a file: a workbook with its cover, or a plain csv, through the common writers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from django.http.response import HttpResponseBase

from codi.figures.formats import as_of_text, column_title
from codi.figures.grid import Grid, Unit
from codi.figures.sheet import Cover, workbook
from codi.sheets.export import Kind
from codi.thai.dates import short_date
from codi.ui import downloads, exports
from overview.analysis.layout import Layout
from overview.analysis.workbench import Workbench

KINDS: dict[Unit, Kind] = {Unit.BAHT: "baht", Unit.COUNT: "number", Unit.PERCENT: "percent"}


def _title(bench: Workbench, layout: Layout, name: str) -> str:
    named = name or "วิเคราะห์ตัวเลข"
    return f"{named} {layout.grid.scope_label} ณ {short_date(bench.today)}"


def xlsx_response(bench: Workbench, layout: Layout, name: str = "") -> HttpResponseBase:
    """The workbook: a cover with scope, moment, who took it out and what is counted; the table."""
    cover = Cover(
        title=name or "วิเคราะห์ตัวเลข",
        scope_label=layout.grid.scope_label,
        as_of_label=as_of_text(layout.grid),
        lines=[
            ("ออกเมื่อ", exports.moment_of_export()),
            ("ผู้ส่งออก", str(bench.user)),
            *((f"ความหมาย: {figure.title}", figure.definition) for figure in bench.figures),
        ],
    )
    content = BytesIO(workbook([layout.grid], cover))
    file_name = downloads.file_name(_title(bench, layout, name), extension="xlsx")
    return downloads.file_response(content, name=file_name, content_type=downloads.XLSX)


def csv_response(bench: Workbench, layout: Layout, name: str = "") -> HttpResponseBase:
    """One line a row, each axis of the rows in a column of its own; the whole is told as รวม."""
    grid = layout.grid
    heads = [exports.ExportColumn(title, "text") for title in grid.row_heading.split(" / ")]
    columns = [exports.ExportColumn(column_title(one), KINDS[one.unit]) for one in grid.columns]
    title = _title(bench, layout, name)
    return exports.csv_response(
        exports.Export(title, title, [*heads, *columns], _lines(layout, grid), conditions=[])
    )


def _lines(layout: Layout, grid: Grid) -> Iterator[list[Any]]:
    for row in grid.rows:
        heads = layout.row_titles(row.key)
        yield [*heads, *(grid.value(row.key, column.key) for column in grid.columns)]


WRITERS: dict[str, Callable[..., HttpResponseBase]] = {
    "xlsx": xlsx_response,
    "csv": csv_response,
}
