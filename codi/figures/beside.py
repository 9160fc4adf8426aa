"""The same table of two days as one grid: before, now and the change of every number.

Nothing is computed anew: both are grids of one figure, the change is their difference. A quarter's
own columns (``new_q3``) keep their meaning, because each day's grid holds them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

from codi.figures.formats import column_title
from codi.figures.grid import Basis, Cell, Column, Grid, Row, Unit, add_up
from codi.thai.dates import short_date

BEFORE, NOW, CHANGE = "before", "now", "change"
BETWEEN = "~"


def beside(before: Grid, now: Grid, *, only: str = "") -> Grid:
    """The columns of ``now`` three times; rows that only one of the days has stand where they were.

    Columns that hold no numbers stand once, as they are now. A percentage changes by points.
    ``only`` names the one column to compare, of a figure that compares two quarters itself.
    """
    if only:
        now = _narrowed(now, only)
    rows = _rows(before, now)
    columns = [one for column in now.columns for one in _columns(column, before, now)]
    return Grid(
        key=f"{now.key}-beside",
        title=f"{now.title} · เทียบกับ {short_date(before.as_of)}",
        unit=now.unit,
        basis=now.basis,
        as_of=now.as_of,
        scope_label=now.scope_label,
        columns=tuple(columns),
        rows=rows,
        cells={row.key: _cells(row.key, before, now) for row in rows},
        notes=(*now.notes, *_notes(now)),
        source=now.source,
        row_heading=now.row_heading,
        is_numbered=now.is_numbered,
    )


def behind(key: str, before: dt.date, now: dt.date) -> tuple[str, dt.date]:
    """The column and day of the figure that a column of the two days was made of."""
    column, _, which = key.rpartition(BETWEEN)
    return (column, before if which == BEFORE else now) if column else (key, now)


def _narrowed(grid: Grid, column: str) -> Grid:
    cells = {row: {column: line[column]} for row, line in grid.cells.items()}
    return replace(grid, columns=(grid.column(column),), cells=cells)


def _group(column: Column, before: Grid) -> str:
    """The column's name, with that of the other day where the two differ (another quarter)."""
    name = column_title(column)
    found = [column_title(one) for one in before.columns if one.key == column.key]
    return name if not found or found == [name] else f"{name} · เดิม {found[0]}"


def _rows(before: Grid, now: Grid) -> tuple[Row, ...]:
    known = {row.key for row in now.rows}
    gone = [row for row in before.rows if row.key not in known]
    items = [row for row in now.rows if row.kind == "item"]
    if not gone or len(items) + 1 < len(now.rows):
        return (*now.rows, *gone)
    return (*items, *gone, *now.rows[len(items) :])


def _columns(column: Column, before: Grid, now: Grid) -> Iterator[Column]:
    if not column.unit.is_number:
        yield column
        return
    group = _group(column, before)
    told = ((BEFORE, short_date(before.as_of)), (NOW, short_date(now.as_of)), (CHANGE, "เปลี่ยนแปลง"))
    for which, title in told:
        day = {BEFORE: before.as_of, NOW: now.as_of}.get(which)
        yield replace(
            column,
            key=f"{column.key}{BETWEEN}{which}",
            title=title,
            group=group,
            numerator="",
            denominator="",
            additive=False,
            pair="",
            as_of=day,
            basis=Basis.FLOW if which == CHANGE else column.basis,
        )


def _cells(row: str, before: Grid, now: Grid) -> Mapping[str, Cell]:
    found: dict[str, Cell] = {}
    for column in now.columns:
        value = now.cells.get(row, {}).get(column.key)
        if not column.unit.is_number:
            found[column.key] = value
            continue
        earlier = before.cells.get(row, {}).get(column.key)
        found[f"{column.key}{BETWEEN}{BEFORE}"] = earlier
        found[f"{column.key}{BETWEEN}{NOW}"] = value
        found[f"{column.key}{BETWEEN}{CHANGE}"] = _change(column, earlier, value)
    return found


def _change(column: Column, earlier: Cell, value: Cell) -> Cell:
    """The difference; a nil beside a number is nothing, except among percentages."""
    old, new = add_up([earlier]), add_up([value])
    if (old is None and new is None) or (column.unit is Unit.PERCENT and None in (old, new)):
        return None
    return (new or 0) - (old or 0)


def _notes(now: Grid) -> Iterator[str]:
    if any(column.unit is Unit.PERCENT for column in now.columns):
        yield "การเปลี่ยนแปลงของร้อยละเป็นจุดร้อยละ"
