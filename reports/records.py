"""The records behind every cell of a grid, as keys with what each of them added.

Measures ask one query per column whatever the rows; a list asks only for columns made of other
records than its rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from codi.figures.compared import CHANGE, CURRENT, PREVIOUS, ComparedFigure
from codi.figures.declared import (
    TOTAL,
    UNSET,
    Blank,
    Difference,
    ListColumn,
    ListFigure,
    Measure,
    MeasureFigure,
    Percentage,
)
from codi.figures.figure import Figure, FigureScope
from codi.figures.grid import Grid, Row, Unit, items_of

CellKey = tuple[str, str]


@dataclass(frozen=True)
class CellRecords:
    """What stands behind one cell: records of one model, or a formula over cells of its row.

    ``amounts`` holds what each record adds (None where records are counted). ``parts`` are signed
    columns: ``+approved_baht``, ``-paid_baht``; ``=paid_baht`` and ``/approved_baht`` are the two
    sides of a percentage, the second perhaps with a fixed row (``/paid_baht@total``).
    """

    model_label: str = ""
    keys: tuple[int, ...] = ()
    amounts: tuple[Decimal, ...] | None = None
    parts: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal | int:
        """The sum of the list: of its amounts, or the number of its records."""
        if self.amounts is None:
            return len(self.keys)
        return sum(self.amounts, Decimal(0))


def records_of_grid(
    figure: Figure, scope: FigureScope, as_of: dt.date, grid: Grid, *, only: str = ""
) -> dict[CellKey, CellRecords]:
    """Row and column → records, for every cell of the grid that is not nil.

    ``only`` narrows it to one column, and spares the queries of the others.
    """
    if isinstance(figure, MeasureFigure):
        found = _of_measures(figure, scope, as_of, grid, only)
    elif isinstance(figure, ListFigure):
        found = _of_list(figure, scope, as_of, grid, only)
    elif isinstance(figure, ComparedFigure):
        found = _of_compared(figure, scope, as_of, grid, only)
    else:
        found = _cell_by_cell(figure, scope, as_of, grid)
    return {key: cell for key, cell in found.items() if grid.value(*key) is not None}


def _of_measures(
    figure: MeasureFigure, scope: FigureScope, as_of: dt.date, grid: Grid, only: str
) -> dict[CellKey, CellRecords]:
    columns = {column.key: column for column in figure.columns_for(scope, as_of)}
    found: dict[CellKey, CellRecords] = {}
    for column in columns.values():
        if isinstance(column, Blank) or (only and column.key != only):
            continue
        if isinstance(column, Measure):
            found |= _of_measure(figure, column, scope, as_of, grid)
        elif isinstance(column, Difference) and column.records_of:
            measure = columns[column.records_of]
            for row in grid.rows:
                records = figure.records(scope, as_of, row.key, column.key)
                assert isinstance(measure, Measure)  # noqa: S101 - declared so by the figure
                lines = _lines(records, measure, None)
                found[row.key, column.key] = _gathered(records, measure, lines)
        else:
            parts = _parts(column)
            found |= {(row.key, column.key): CellRecords(parts=parts) for row in grid.rows}
    return found


def _parts(column: Difference | Percentage) -> tuple[str, ...]:
    if isinstance(column, Percentage):
        return (f"={column.numerator}", f"/{column.denominator}")
    return (*(f"+{key}" for key in column.plus), *(f"-{key}" for key in column.minus))


Line = tuple[str, int, Decimal | None]


def _counted_path(measure: Measure) -> str:
    """The key that a count of distinct things counts; else the record's own."""
    aggregate: Any = measure.aggregate
    counts = isinstance(aggregate, Count)
    if counts and aggregate.distinct:
        return str(aggregate.get_source_expressions()[0].name)
    return "pk"


def _summed_path(measure: Measure) -> str:
    """The field that the measure sums (baht, people); empty for a count of records."""
    aggregate: Any = measure.aggregate
    if not isinstance(aggregate, Sum):
        return ""
    return str(aggregate.get_source_expressions()[0].name)


def _lines(records: QuerySet[Any], measure: Measure, row_path: str | None) -> list[Line]:
    """Row, key and amount of each record, in the order of the keys."""
    key_path, amount_path = _counted_path(measure), _summed_path(measure)
    wanted = [path for path in (row_path, key_path, amount_path) if path]
    lines = []
    for values in records.order_by(key_path).values(*wanted):
        row = values[row_path] if row_path else None
        amount = values[amount_path] if amount_path else None
        lines.append((UNSET if row is None else str(row), values[key_path], amount))
    return list(dict.fromkeys(lines)) if key_path != "pk" else lines


def _gathered(records: QuerySet[Any], measure: Measure, lines: Iterable[Line]) -> CellRecords:
    chosen = list(lines)
    key_path = _counted_path(measure)
    model = records.model
    if key_path != "pk":
        model = model._meta.get_field(key_path).related_model
    keys = tuple(key for _, key, _ in chosen)
    amounts = None
    if _summed_path(measure):
        amounts = tuple(amount or Decimal(0) for _, _, amount in chosen)
    return CellRecords(model._meta.label_lower, keys, amounts)


def _of_measure(
    figure: Figure, measure: Measure, scope: FigureScope, as_of: dt.date, grid: Grid
) -> dict[CellKey, CellRecords]:
    records = figure.records(scope, as_of, TOTAL, measure.key)
    lines = _lines(records, measure, measure.source.row_path)
    by_row: dict[str, list[Line]] = {}
    for line in lines:
        by_row.setdefault(line[0], []).append(line)

    def behind(row: Row) -> list[Line]:
        if row.kind == "total" and not measure.source.row_path:
            return lines
        if row.kind == "item":
            return by_row.get(row.key, [])
        return [line for item in items_of(row, grid.rows) for line in by_row.get(item.key, [])]

    return {(row.key, measure.key): _gathered(records, measure, behind(row)) for row in grid.rows}


def _of_compared(
    figure: ComparedFigure, scope: FigureScope, as_of: dt.date, grid: Grid, only: str
) -> dict[CellKey, CellRecords]:
    """The records of each period; the change leads to both. A query per line and period."""
    found: dict[CellKey, CellRecords] = {}
    for row in grid.rows:
        measure = figure.line(row.key).measure
        for column in grid.columns:
            if only and column.key != only:
                continue
            if column.key == CHANGE:
                found[row.key, CHANGE] = CellRecords(parts=(f"+{CURRENT}", f"-{PREVIOUS}"))
                continue
            records = figure.records(scope, as_of, row.key, column.key)
            lines = _lines(records, measure, None)
            found[row.key, column.key] = _gathered(records, measure, lines)
    return found


def _of_list(
    figure: ListFigure, scope: FigureScope, as_of: dt.date, grid: Grid, only: str
) -> dict[CellKey, CellRecords]:
    label = figure.queryset(scope, as_of).model._meta.label_lower
    found: dict[CellKey, CellRecords] = {}
    for column in figure.columns_for(scope, as_of):
        if only and column.key != only:
            continue
        if isinstance(column, Blank):
            continue
        if not isinstance(column, ListColumn):
            parts = _parts(column)
            found |= {(row.key, column.key): CellRecords(parts=parts) for row in grid.rows}
        elif column.behind is not None:
            measure = replace(column.behind, key=column.key)
            found |= _of_measure(figure, measure, scope, as_of, grid)
        else:
            found |= _own(grid, column.key, label)
    return found


def _own(grid: Grid, column: str, label: str) -> dict[CellKey, CellRecords]:
    """A column that tells of the row's own record."""
    found: dict[CellKey, CellRecords] = {}
    for row in grid.rows:
        items = (row,) if row.kind == "item" else items_of(row, grid.rows)
        valued = [item for item in items if grid.value(item.key, column) is not None]
        keys = tuple(int(item.key) for item in valued)
        found[row.key, column] = CellRecords(label, keys, _amounts(grid, valued, column))
    return found


def _amounts(grid: Grid, rows: Iterable[Row], column: str) -> tuple[Decimal, ...] | None:
    values = [grid.value(row.key, column) for row in rows]
    if grid.column(column).unit is not Unit.BAHT:
        return None
    return tuple(value for value in values if isinstance(value, Decimal))


def _cell_by_cell(
    figure: Figure, scope: FigureScope, as_of: dt.date, grid: Grid
) -> dict[CellKey, CellRecords]:
    """A figure of its own kind: one query per cell, and the records are counted."""
    found: dict[CellKey, CellRecords] = {}
    for row in grid.rows:
        for column in grid.columns:
            records = figure.records(scope, as_of, row.key, column.key)
            keys = tuple(records.order_by("pk").values_list("pk", flat=True))
            found[row.key, column.key] = CellRecords(records.model._meta.label_lower, keys)
    return found


def keys_among(records: QuerySet[Any], label: str, keys: Iterable[int]) -> list[int]:
    """Which of these records of a model are among those behind a cell; none when it holds others."""
    if records.model._meta.label_lower != label:
        return []
    return list(records.filter(pk__in=list(keys)).order_by().values_list("pk", flat=True))


def all_keys(cells: Iterable[Mapping[CellKey, CellRecords]], label: str) -> frozenset[int]:
    """Every key of a model that stands behind any cell."""
    return frozenset(
        key
        for of_grid in cells
        for cell in of_grid.values()
        if cell.model_label == label
        for key in cell.keys
    )
