"""Walk every cell of a figure: the records that it leads to must add up to it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from codi.figures.figure import Figure, FigureScope
from codi.figures.grid import Grid
from reports.records import records_of_grid


def walk(figure: Figure, scope: FigureScope, day: dt.date) -> Grid:
    """The figure's grid, whose checks found nothing and whose cells are all told by records."""
    grid = figure.compute(scope, day)
    assert grid.check() == ()
    behind = records_of_grid(figure, scope, day, grid)
    for row in grid.rows:
        for column in grid.columns:
            value = grid.value(row.key, column.key)
            if value is None:
                continue
            cell = behind[row.key, column.key]
            if cell.parts:
                assert value == _of_parts(grid, row.key, cell.parts), (row.key, column.key)
                continue
            assert cell.total == value, (figure.key, row.key, column.key)
            if cell.amounts is None:
                found = figure.records(scope, day, row.key, column.key)
                assert found.count() == value, (figure.key, row.key, column.key)
    return grid


def _of_parts(grid: Grid, row: str, parts: tuple[str, ...]) -> Decimal | int | None:
    """A cell from the cells it is computed of: a sum with signs, or a percentage."""
    values: dict[str, Any] = {}
    for part in parts:
        key, _, fixed_row = part[1:].partition("@")
        values[part] = grid.value(fixed_row or row, key) or 0
    if parts[0][0] == "=":
        part, whole = values.values()
        return round(Decimal(part) * 100 / Decimal(whole), 9).quantize(
            Decimal("0.01"), rounding="ROUND_HALF_UP"
        )
    return sum(-value if part[0] == "-" else value for part, value in values.items())


def told(grid: Grid, row: str) -> dict[str, Any]:
    """The cells of a row by column, as plain values."""
    return dict(grid.cells[row])
