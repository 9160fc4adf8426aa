"""The third kind of figure that only needs declaring: measures as rows, periods as columns.

A :class:`ComparedFigure` asks one query per source and period; the last column is the change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet

from codi.figures.declared import Measure, Source
from codi.figures.figure import Figure, FigureScope
from codi.figures.grid import Basis, Cell, Column, Grid, Row, Unit, add_up
from codi.figures.quarters import Period, current_period, previous_period

CURRENT, PREVIOUS, CHANGE = "current", "previous", "change"


@dataclass(frozen=True)
class Line:
    """A measure as a row, indented by ``level``; the source's row path is not used."""

    measure: Measure
    level: int = 0

    @property
    def row(self) -> Row:
        """The row as the grid shows it."""
        measure = self.measure
        return Row(measure.key, measure.title, unit=measure.unit, level=self.level)


class ComparedFigure(Figure):
    """Measures of two days: the end of the quarter before, and the day of the report.

    A subclass declares ``lines`` in order. The columns are ``previous``, ``current`` and
    ``change`` (the second less the first, nil where both are).
    """

    lines: ClassVar[Sequence[Line]]
    change_title: ClassVar[str] = "เพิ่มขึ้น/ลดลง"

    def periods(self, as_of: dt.date) -> Mapping[str, Period]:
        """The key of each column and what it compares, in order."""
        return {PREVIOUS: previous_period(as_of), CURRENT: current_period(as_of)}

    def line(self, row: str) -> Line:
        """The line of a row's key; raises ``KeyError``."""
        return {line.measure.key: line for line in self.lines}[row]

    def compute(self, scope: FigureScope, as_of: dt.date) -> Grid:
        """The grid, from one query per source and period (see the module)."""
        cells: dict[str, dict[str, Cell]] = {line.measure.key: {} for line in self.lines}
        by_source: dict[Source, list[Measure]] = {}
        for line in self.lines:
            by_source.setdefault(line.measure.source, []).append(line.measure)
        for key, period in self.periods(as_of).items():
            for source, measures in by_source.items():
                found = _aggregated(source, measures, scope, period.ends_on)
                for measure in measures:
                    cells[measure.key][key] = found[f"figure_{measure.key}"]
        for line_cells in cells.values():
            line_cells[CHANGE] = _change(line_cells)
        return Grid(
            key=self.key,
            title=self.title,
            unit=self.unit,
            basis=self.basis,
            as_of=as_of,
            scope_label=self.scope_label(scope),
            columns=self._columns(as_of),
            rows=tuple(line.row for line in self.lines),
            cells=cells,
            notes=self.notes,
            source=self.source,
            row_heading=self.row_heading,
        )

    def records(self, scope: FigureScope, as_of: dt.date, row: str, column: str) -> QuerySet[Any]:
        """What the line counts on the column's day; for the change, on the day of the report.

        Raises ``KeyError`` for an unknown row or column.
        """
        days = {key: period.ends_on for key, period in self.periods(as_of).items()}
        day = {**days, CHANGE: days[CURRENT]}[column]
        measure = self.line(row).measure
        records = measure.source.queryset(scope, day)
        condition = measure.where(scope, day)
        return records if condition is None else records.filter(condition)

    def _columns(self, as_of: dt.date) -> tuple[Column, ...]:
        """The periods and the change; baht where any line has baht, which sets the width."""
        units = {line.measure.unit for line in self.lines}
        unit = Unit.BAHT if Unit.BAHT in units else Unit.COUNT
        told = [
            Column(key, period.title, unit, additive=False, as_of=period.ends_on)
            for key, period in self.periods(as_of).items()
        ]
        change = Column(CHANGE, self.change_title, unit, additive=False, basis=Basis.FLOW)
        return (*told, change)


def _aggregated(
    source: Source, measures: Sequence[Measure], scope: FigureScope, day: dt.date
) -> Mapping[str, Any]:
    expressions = {
        f"figure_{measure.key}": measure.expression(measure.where(scope, day))
        for measure in measures
    }
    return source.queryset(scope, day).order_by().aggregate(**expressions)


def _change(line: Mapping[str, Cell]) -> Cell:
    now, before = add_up([line[CURRENT]]), add_up([line[PREVIOUS]])
    if now is None and before is None:
        return None
    return (now or 0) - (before or 0)
