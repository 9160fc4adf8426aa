"""A cross table as a file: a workbook with its cover, or a plain csv for another program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.http.response import HttpResponseBase

from codi.accounts.models import User
from codi.figures.formats import column_title
from codi.figures.grid import Grid, Unit
from codi.figures.sheet import Cover, workbook
from codi.pivot.cross import Crossing
from codi.pivot.declared import Pivot
from codi.sheets.export import Kind
from codi.thai.dates import short_date
from codi.ui import downloads, exports

KINDS: dict[Unit, Kind] = {Unit.BAHT: "baht", Unit.COUNT: "number", Unit.PERCENT: "percent"}


@dataclass(frozen=True)
class PivotFile:
    """A cross table on its way into a file, and who takes it out."""

    pivot: Pivot
    crossing: Crossing
    grid: Grid
    user: User

    @property
    def title(self) -> str:
        """What the file is called."""
        return f"ตารางไขว้ {self.grid.title} ณ {short_date(self.grid.as_of)}"


def definitions_of(crossing: Crossing) -> Sequence[tuple[str, str]]:
    """What each measure of the table means, where it is not plain."""
    return [(one.title, one.definition) for one in crossing.choice.measures if one.definition]


def xlsx_response(file: PivotFile) -> HttpResponseBase:
    """The workbook: a cover that says scope, filter, moment and definitions, and the table."""
    lines = [
        ("ออกเมื่อ", exports.moment_of_export()),
        ("ผู้ส่งออก", str(file.user)),
        *(("ตัวกรอง", note) for note in file.grid.notes),
        *((f"ความหมาย: {title}", text) for title, text in definitions_of(file.crossing)),
    ]
    cover = Cover(
        title=f"ตารางไขว้ {file.grid.title}",
        scope_label=file.user.scope_label,
        as_of_label=f"ณ {short_date(file.grid.as_of)}",
        lines=lines,
    )
    name = downloads.file_name(file.title, extension="xlsx")
    content = BytesIO(workbook([file.grid], cover))
    return downloads.file_response(content, name=name, content_type=downloads.XLSX)


def csv_response(file: PivotFile) -> HttpResponseBase:
    """One line a group, its dimensions in columns of their own; no subtotals that would be added."""
    dimensions = file.crossing.choice.rows
    columns = [
        *(exports.ExportColumn(one.title, "text") for one in dimensions),
        *(exports.ExportColumn(column_title(one), KINDS[one.unit]) for one in file.grid.columns),
    ]
    export = exports.Export(
        title=file.title,
        file_title=file.title,
        columns=columns,
        rows=_lines(file.grid, len(dimensions)),
        conditions=[],
    )
    return exports.csv_response(export)


def _lines(grid: Grid, depth: int) -> Iterator[list[Any]]:
    for row in grid.items:
        heads = [row.title] if depth == 1 else [grid.row(row.group).title, row.title]
        yield [*heads, *(grid.value(row.key, column.key) for column in grid.columns)]


WRITERS: dict[str, Callable[[PivotFile], HttpResponseBase]] = {
    "xlsx": xlsx_response,
    "csv": csv_response,
}
