"""The grid: one computed table as frozen, plain data that can check itself.

Everything downstream (page, PDF, chart, sheet, JSON) takes a :class:`Grid` and nothing else, so a
number is computed once and printed everywhere alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from codi.thai.numbers import percent_of

Cell = Decimal | int | dt.date | str | None
RowKind = Literal["item", "subtotal", "total"]


class Basis(StrEnum):
    """Whether a figure is a state on a day or a movement within a period."""

    STOCK = "stock"
    FLOW = "flow"


class Unit(StrEnum):
    """What a column holds; it decides the type of its cells and how they are printed."""

    BAHT = "baht"
    COUNT = "count"
    PERCENT = "percent"
    DATE = "date"
    TEXT = "text"

    @property
    def is_number(self) -> bool:
        """True for what is added, right-aligned and written as a number in a sheet."""
        return self in (Unit.BAHT, Unit.COUNT, Unit.PERCENT)


@dataclass(frozen=True)
class Column:
    """One column; ``group`` is the heading above it, shared by neighbours of the same group.

    A percentage names its ``numerator`` and ``denominator`` columns; a denominator of the form
    ``"approved@total"`` is the cell of one fixed row. ``additive`` is false where items do not add
    up to their total (distinct people, running numbers). ``pair`` names the percentage column that
    pages and print set behind the number, ``7,666 (97.97%)``; sheets keep both. ``basis`` and
    ``as_of`` are given where they differ from the grid's (a quarter beside a state of today).
    """

    key: str
    title: str
    unit: Unit
    group: str = ""
    numerator: str = ""
    denominator: str = ""
    additive: bool = True
    pair: str = ""
    basis: Basis | None = None
    as_of: dt.date | None = None

    @property
    def adds_up(self) -> bool:
        """True when the total row of this column is the sum of its items."""
        return self.additive and self.unit in (Unit.BAHT, Unit.COUNT)


@dataclass(frozen=True)
class Row:
    """One row. A subtotal adds the items of its ``group``, or without one those right above it.

    ``unit`` is the unit of the row's numbers where rows differ (people, baht); ``level`` indents it.
    """

    key: str
    title: str
    kind: RowKind = "item"
    group: str = ""
    unit: Unit | None = None
    level: int = 0


@dataclass(frozen=True)
class Finding:
    """One cell that disagrees with the rest of its grid, with a Thai message."""

    row: str
    column: str
    message: str
    expected: Decimal | None
    actual: Decimal | None


def share(part: Cell, whole: Cell) -> Decimal | None:
    """Percentage of ``part`` in ``whole``, half up to two places; nil where there is no whole.

    A nil part of a whole is 0.00. A share above 100 is returned as it is.
    """
    if not isinstance(whole, (Decimal, int)):
        return None
    return percent_of(part if isinstance(part, (Decimal, int)) else 0, whole)


def add_up(cells: Sequence[Cell]) -> Decimal | int | None:
    """Sum of the cells that are not nil; nil when all of them are."""
    numbers = [cell for cell in cells if isinstance(cell, (Decimal, int))]
    if not numbers:
        return None
    return sum(numbers[1:], start=numbers[0])


def items_of(row: Row, rows: Sequence[Row]) -> tuple[Row, ...]:
    """The item rows that a subtotal or total row stands for, in order."""
    items = [other for other in rows if other.kind == "item"]
    if row.kind == "total":
        return tuple(items)
    if row.group:
        return tuple(other for other in items if other.group == row.group)
    above: list[Row] = []
    for other in rows:
        if other.key == row.key:
            break
        above = [*above, other] if other.kind == "item" else []
    return tuple(above)


def cell_unit(row: Row, column: Column) -> Unit:
    """The unit of a cell: the row's own among numbers, else the column's."""
    counts = column.unit in (Unit.BAHT, Unit.COUNT)
    return row.unit if row.unit is not None and counts else column.unit


def _typed(unit: Unit, key: str, value: object) -> Cell:
    """``value`` in the type of its unit; raises TypeError for floats and strangers."""
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        if unit is Unit.COUNT:
            return value
        if unit.is_number:
            return Decimal(value)
    if isinstance(value, Decimal) and value.is_finite():
        if unit is Unit.COUNT and value == value.to_integral_value():
            return int(value)
        if unit in (Unit.BAHT, Unit.PERCENT):
            return value
    if unit is Unit.DATE and isinstance(value, dt.date):
        return value.date() if isinstance(value, dt.datetime) else value
    if unit is Unit.TEXT and isinstance(value, str):
        return value
    raise TypeError(f"column {key} ({unit}) cannot hold {value!r}")


def _plain(value: Cell) -> str | None:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date):
        return value.isoformat()
    return None if value is None else str(value)


def _parsed(unit: Unit, text: str | None) -> Cell:
    if text is None or unit is Unit.TEXT:
        return text
    if unit is Unit.COUNT:
        return int(text)
    return dt.date.fromisoformat(text) if unit is Unit.DATE else Decimal(text)


@dataclass(frozen=True)
class Grid:
    """One table of a report, computed for a scope as of a day.

    ``unit`` is the Thai unit of the caption ("บาท") or a :class:`Unit`. ``cells`` maps row key to
    column key to value; absent cells are nil. Raises ``ValueError`` for unknown or doubled keys and
    ``TypeError`` for a value that its column's unit cannot hold (floats above all). The items of a
    numbered grid are shown with running numbers, which are no cells: nothing is added or compared.
    """

    key: str
    title: str
    unit: str
    basis: Basis
    as_of: dt.date
    scope_label: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    cells: Mapping[str, Mapping[str, Cell]]
    notes: tuple[str, ...] = ()
    source: str = ""
    row_heading: str = "รายการ"
    is_numbered: bool = False
    _columns: Mapping[str, Column] = field(init=False, repr=False, compare=False)
    _rows: Mapping[str, Row] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        columns = {column.key: column for column in self.columns}
        rows = {row.key: row for row in self.rows}
        if len(columns) != len(self.columns) or len(rows) != len(self.rows):
            raise ValueError(f"grid {self.key} has two rows or columns of one key")
        unknown = set(self.cells) - set(rows)
        for line in self.cells.values():
            unknown |= set(line) - set(columns)
        if unknown:
            raise ValueError(f"grid {self.key} has cells of unknown keys: {sorted(unknown)}")
        full = {
            key: MappingProxyType(
                {
                    name: _typed(cell_unit(row, column), name, self.cells.get(key, {}).get(name))
                    for name, column in columns.items()
                }
            )
            for key, row in rows.items()
        }
        set_field = object.__setattr__
        set_field(self, "columns", tuple(self.columns))
        set_field(self, "rows", tuple(self.rows))
        set_field(self, "notes", tuple(self.notes))
        set_field(self, "cells", MappingProxyType(full))
        set_field(self, "_columns", MappingProxyType(columns))
        set_field(self, "_rows", MappingProxyType(rows))

    def value(self, row: str, column: str) -> Cell:
        """The cell; raises ``KeyError`` for a key that the grid does not have."""
        return self.cells[row][column]

    def number(self, row: str, column: str) -> Decimal | int | None:
        """The number of a cell; None for nil, and for a row or column that the grid lacks.

        For what reads several grids of which one may be set out without it: sentences and checks.
        """
        value = self.cells.get(row, {}).get(column)
        return value if isinstance(value, (Decimal, int)) else None

    def unit_of(self, row: str, column: str) -> Unit:
        """The unit of a cell: the row's own among numbers, else the column's."""
        return cell_unit(self._rows[row], self._columns[column])

    def column(self, key: str) -> Column:
        """The column of a key; raises ``KeyError``."""
        return self._columns[key]

    def row(self, key: str) -> Row:
        """The row of a key; raises ``KeyError``."""
        return self._rows[key]

    @property
    def items(self) -> tuple[Row, ...]:
        """The rows that are neither subtotals nor totals."""
        return tuple(row for row in self.rows if row.kind == "item")

    def whole(self, row: str, column: Column) -> Cell:
        """What a percentage column divides by in a row (its denominator, fixed row or not)."""
        key, _, fixed_row = column.denominator.partition("@")
        return self.value(fixed_row or row, key)

    def reordered(self, keys: Sequence[str]) -> Grid:
        """The same grid with the items in the order of ``keys``; others follow, sums come last.

        For tables whose source prints the regions in an order of its own. Raises ``ValueError``
        where a subtotal stands for the items right above it.
        """
        if any(row.kind == "subtotal" and not row.group for row in self.rows):
            raise ValueError(f"the subtotals of grid {self.key} hang on its order")
        places = {key: place for place, key in enumerate(keys)}
        items = sorted(self.items, key=lambda row: places.get(row.key, len(places)))
        sums = tuple(row for row in self.rows if row.kind != "item")
        return replace(self, rows=(*items, *sums))

    def check(self) -> tuple[Finding, ...]:
        """Every disagreement inside the grid: sums against totals, percentages against parts."""
        return (*self._wrong_sums(), *self._wrong_percentages())

    def _wrong_sums(self) -> Iterator[Finding]:
        for row in self.rows:
            if row.kind == "item":
                continue
            keys = [item.key for item in items_of(row, self.rows)]
            for column in self.columns:
                if not column.adds_up:
                    continue
                expected = Decimal(add_up([self.value(key, column.key) for key in keys]) or 0)
                actual = Decimal(self.value(row.key, column.key) or 0)  # type: ignore[arg-type]
                if expected != actual:
                    yield Finding(
                        row.key,
                        column.key,
                        f"{self.title}: แถว “{row.title}” ช่อง “{column.title}” แสดง {actual:,}"
                        f" แต่รายการรวมกันได้ {expected:,} (ต่างกัน {abs(actual - expected):,})",
                        expected,
                        actual,
                    )

    def _wrong_percentages(self) -> Iterator[Finding]:
        for column in self.columns:
            if column.unit is not Unit.PERCENT or not (column.numerator and column.denominator):
                continue
            for row in self.rows:
                expected = share(self.value(row.key, column.numerator), self.whole(row.key, column))
                actual = self.value(row.key, column.key)
                if expected != actual:
                    yield Finding(
                        row.key,
                        column.key,
                        f"{self.title}: แถว “{row.title}” ช่อง “{column.title}” แสดงร้อยละ"
                        f" {_said(actual)} แต่คำนวณได้ร้อยละ {_said(expected)}",
                        expected,
                        actual if isinstance(actual, Decimal) else None,
                    )

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; numbers are exact decimal strings, days are ISO dates."""
        return {
            "key": self.key,
            "title": self.title,
            "unit": str(self.unit),
            "basis": str(self.basis),
            "as_of": self.as_of.isoformat(),
            "scope_label": self.scope_label,
            "row_heading": self.row_heading,
            "is_numbered": self.is_numbered,
            "columns": [_plain_column(column) for column in self.columns],
            "rows": [_plain_row(row) for row in self.rows],
            "cells": {
                row: {column: _plain(value) for column, value in line.items()}
                for row, line in self.cells.items()
            },
            "notes": list(self.notes),
            "source": self.source,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Grid:
        """The grid that :meth:`to_dict` described, equal to it in every cell."""
        columns = tuple(_column_of(item) for item in data["columns"])
        rows = tuple(_row_of(item) for item in data["rows"])
        units = {
            (row.key, column.key): cell_unit(row, column) for row in rows for column in columns
        }
        return cls(
            key=data["key"],
            title=data["title"],
            unit=data["unit"],
            basis=Basis(data["basis"]),
            as_of=dt.date.fromisoformat(data["as_of"]),
            scope_label=data["scope_label"],
            row_heading=data["row_heading"],
            is_numbered=data.get("is_numbered", False),  # what was stored before did not know it
            columns=columns,
            rows=rows,
            cells={
                row: {key: _parsed(units[row, key], text) for key, text in line.items()}
                for row, line in data["cells"].items()
            },
            notes=tuple(data["notes"]),
            source=data["source"],
        )


def _plain_column(column: Column) -> dict[str, Any]:
    return {
        "key": column.key,
        "title": column.title,
        "unit": str(column.unit),
        "group": column.group,
        "numerator": column.numerator,
        "denominator": column.denominator,
        "additive": column.additive,
        **_given(pair=column.pair, basis=column.basis, as_of=column.as_of),
    }


def _plain_row(row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "title": row.title,
        "kind": row.kind,
        "group": row.group,
        **_given(unit=row.unit),
        **({"level": row.level} if row.level else {}),
    }


def _given(**facts: str | dt.date | None) -> dict[str, str]:
    """The facts that are not empty, as text: what older editions do not know stays away."""
    return {
        name: value.isoformat() if isinstance(value, dt.date) else str(value)
        for name, value in facts.items()
        if value
    }


def _column_of(item: Mapping[str, Any]) -> Column:
    basis, as_of = item.get("basis"), item.get("as_of")
    return Column(
        **{
            **item,
            "unit": Unit(item["unit"]),
            "basis": Basis(basis) if basis else None,
            "as_of": dt.date.fromisoformat(as_of) if as_of else None,
        }
    )


def _row_of(item: Mapping[str, Any]) -> Row:
    unit = item.get("unit")
    return Row(**{**item, "unit": Unit(unit) if unit else None})


def _said(value: Cell) -> str:
    return "-" if value is None else f"{value:,}"
