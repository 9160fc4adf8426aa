"""Two kinds of figure that only need declaring: measures by a dimension, and lists of records.

A :class:`MeasureFigure` asks one grouped query per distinct source (and one ungrouped query per
source that has measures which do not add up); a :class:`ListFigure` asks one query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Aggregate, Q, QuerySet
from django.db.models.expressions import Combinable

from codi.figures.figure import Figure, FigureScope
from codi.figures.grid import Basis, Cell, Column, Grid, Row, Unit, add_up, items_of, share

TOTAL = "total"
UNSET = "unset"

QuerysetFactory = Callable[[FigureScope, dt.date], QuerySet[Any]]
Condition = Q | Callable[[FigureScope, dt.date], Q] | None


@dataclass(frozen=True)
class Source:
    """Where measures come from: a queryset for a scope and day, and the path that names the row.

    ``row_path`` is a field path or an annotation of the queryset; its value as text is the row key.
    An empty one stands for what cannot be told of single rows (the base of a region beside rows of
    provinces): it fills totals only, and only of measures that do not add up.
    """

    queryset: QuerysetFactory
    row_path: str


@dataclass(frozen=True)
class Measure:
    """One counted or summed column. Measures of an equal source share a query.

    ``aggregate`` is a Django aggregate, or a function from the condition (or None) to an
    expression where one aggregate is not enough. ``condition`` narrows this measure alone.
    """

    key: str
    title: str
    unit: Unit
    source: Source
    aggregate: Aggregate | Callable[[Q | None], Combinable]
    condition: Condition = None
    group: str = ""
    additive: bool = True
    pair: str = ""
    basis: Basis | None = None
    as_of: dt.date | None = None

    def column(self) -> Column:
        """The column as the grid shows it."""
        return _column(self)

    def where(self, scope: FigureScope, as_of: dt.date) -> Q | None:
        """The measure's own condition for a scope and day."""
        return self.condition(scope, as_of) if callable(self.condition) else self.condition

    def expression(self, condition: Q | None) -> Any:
        """The aggregate, counting only what meets ``condition``."""
        if not isinstance(self.aggregate, Aggregate):
            return self.aggregate(condition)
        if condition is None:
            return self.aggregate
        narrowed = self.aggregate.copy()
        narrowed.filter = condition if narrowed.filter is None else narrowed.filter & condition
        return narrowed


@dataclass(frozen=True)
class Difference:
    """Sum of the columns ``plus`` less the columns ``minus``; nil where all of them are nil.

    With ``needs_both`` it is nil where either side is: what was never counted is not nought. The
    records behind it are those of ``records_of``, or of its first ``plus`` column.
    """

    key: str
    title: str
    unit: Unit
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()
    group: str = ""
    records_of: str = ""
    additive: bool = True
    pair: str = ""
    basis: Basis | None = None
    as_of: dt.date | None = None
    needs_both: bool = False

    def column(self) -> Column:
        """The column as the grid shows it."""
        return _column(self)

    def of(self, line: Mapping[str, Cell]) -> Cell:
        """The value from the other cells of the same row."""
        more = add_up([line.get(key) for key in self.plus])
        less = add_up([line.get(key) for key in self.minus])
        if self.needs_both and (more is None or less is None):
            return None
        return more if less is None else (more or 0) - less


@dataclass(frozen=True)
class Percentage:
    """``numerator`` as a percentage of ``denominator`` (a column, or ``column@row``)."""

    key: str
    title: str
    numerator: str
    denominator: str
    group: str = ""

    def column(self) -> Column:
        """The column as the grid shows it."""
        return Column(
            self.key, self.title, Unit.PERCENT, self.group, self.numerator, self.denominator, False
        )


@dataclass(frozen=True)
class Blank:
    """A column that has nothing to tell yet, such as a quarter that has not begun: nil everywhere."""

    key: str
    title: str
    unit: Unit
    group: str = ""
    additive: bool = True
    pair: str = ""
    basis: Basis | None = None
    as_of: dt.date | None = None

    def column(self) -> Column:
        """The column as the grid shows it."""
        return _column(self)


Derived = Difference | Percentage | Blank


def _column(of: Measure | Difference | Blank) -> Column:
    return Column(
        of.key,
        of.title,
        of.unit,
        of.group,
        additive=of.additive,
        pair=of.pair,
        basis=of.basis,
        as_of=of.as_of,
    )


def derive(
    columns: Sequence[object], rows: Sequence[Row], cells: dict[str, dict[str, Cell]]
) -> None:
    """Fill the differences, then the percentages, of every row in place."""
    for difference in (column for column in columns if isinstance(column, Difference)):
        for row in rows:
            line = cells[row.key]
            line[difference.key] = difference.of(line)
    for percentage in (column for column in columns if isinstance(column, Percentage)):
        key, _, fixed_row = percentage.denominator.partition("@")
        for row in rows:
            whole = cells[fixed_row or row.key].get(key)
            cells[row.key][percentage.key] = share(cells[row.key].get(percentage.numerator), whole)


def add_totals(
    columns: Sequence[Column], rows: Sequence[Row], cells: dict[str, dict[str, Cell]]
) -> None:
    """Fill the additive columns of subtotal and total rows in place, by addition of the items."""
    for row in rows:
        if row.kind == "item":
            continue
        items = items_of(row, rows)
        for column in columns:
            if column.adds_up:
                cells[row.key][column.key] = add_up(
                    [cells[item.key].get(column.key) for item in items]
                )


class MeasureFigure(Figure):
    """Measures by one dimension.

    A subclass declares ``columns`` (measures and derived columns in order) and :meth:`rows` (item
    and subtotal rows in order; a row without records stays, as nil). A value met in the data that
    has no row gets one of its own before the total, so that nothing is left out silently.
    """

    columns: ClassVar[Sequence[Measure | Derived]]
    total_title: ClassVar[str | None] = "รวม"
    unset_title: ClassVar[str] = "ไม่ระบุ"

    def rows(self, scope: FigureScope, as_of: dt.date) -> Sequence[Row]:
        """The rows of the dimension in order, without the total; at most one query."""
        raise NotImplementedError

    def row_title(self, key: str) -> str:
        """The title of a row that was met in the data and not declared."""
        return self.unset_title if key == UNSET else key

    def columns_for(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """The columns for a scope and day: the declared ones, unless a figure's depend on data."""
        return self.columns

    def compute(self, scope: FigureScope, as_of: dt.date) -> Grid:
        """The grid, from one grouped query per source (see the module)."""
        chosen = self.columns_for(scope, as_of)
        declared = list(self.rows(scope, as_of))
        cells: dict[str, dict[str, Cell]] = {row.key: {} for row in declared}
        by_source = _by_source(chosen)
        for source, measures in by_source.items():
            if source.row_path:
                self._fill(source, measures, scope, as_of, cells)
        rows = self._all_rows(declared, cells)
        for row in rows:
            cells.setdefault(row.key, {})
        columns = tuple(column.column() for column in chosen)
        add_totals([measure.column() for measure in _measures(chosen)], rows, cells)
        for source, measures in by_source.items():
            self._fill_totals(source, measures, rows, scope, as_of, cells)
        derive(chosen, rows, cells)
        return Grid(
            key=self.key,
            title=self.title,
            unit=self.unit,
            basis=self.basis,
            as_of=as_of,
            scope_label=self.scope_label(scope),
            columns=columns,
            rows=tuple(rows),
            cells=cells,
            notes=self.notes,
            source=self.source,
            row_heading=self.row_heading,
        )

    def records(self, scope: FigureScope, as_of: dt.date, row: str, column: str) -> QuerySet[Any]:
        """The source's records of that row that the measure counts; for a derived column, those
        of its numerator or first part. Raises ``KeyError`` for an unknown column."""
        measure = _measure(column, self.columns_for(scope, as_of))
        records = _behind(measure, scope, as_of, TOTAL)
        if row == TOTAL:
            return records
        declared = {known.key: known for known in self.rows(scope, as_of)}
        known = declared.get(row, Row(row, row))
        if known.kind == "item":
            return records.filter(_row_is(measure.source, row))
        return records.filter(_row_in(measure.source, known, list(declared.values())))

    def _fill(
        self,
        source: Source,
        measures: Sequence[Measure],
        scope: FigureScope,
        as_of: dt.date,
        cells: dict[str, dict[str, Cell]],
    ) -> None:
        expressions = {
            f"figure_{measure.key}": measure.expression(measure.where(scope, as_of))
            for measure in measures
        }
        grouped = source.queryset(scope, as_of).order_by().values(source.row_path)
        for line in grouped.annotate(**expressions):
            value = line[source.row_path]
            target = cells.setdefault(UNSET if value is None else str(value), {})
            for measure in measures:
                target[measure.key] = line[f"figure_{measure.key}"]

    def _all_rows(self, declared: Sequence[Row], cells: dict[str, dict[str, Cell]]) -> list[Row]:
        """The declared rows, those of values that nobody declared, and the total."""
        known = {row.key for row in declared}
        strangers = []
        for key in sorted(set(cells) - known):
            if any(cells[key].values()):
                strangers.append(Row(key, self.row_title(key)))
            else:
                del cells[key]
        total = [] if self.total_title is None else [Row(TOTAL, self.total_title, "total")]
        return [*declared, *strangers, *total]

    def _fill_totals(
        self,
        source: Source,
        measures: Sequence[Measure],
        rows: Sequence[Row],
        scope: FigureScope,
        as_of: dt.date,
        cells: dict[str, dict[str, Cell]],
    ) -> None:
        """One ungrouped query for the measures whose items do not add up (distinct people)."""
        sums = [row for row in rows if row.kind != "item"]
        odd = [measure for measure in measures if not measure.additive]
        if not sums or not odd:
            return
        names = {}
        for number, row in enumerate(sums):
            inside = None if row.kind == "total" else _row_in(source, row, rows)
            for measure in odd:
                condition = _both(measure.where(scope, as_of), inside)
                names[f"sum_{number}_{measure.key}"] = (row, measure, condition)
        line = (
            source.queryset(scope, as_of)
            .order_by()
            .aggregate(**{name: m.expression(q) for name, (_, m, q) in names.items()})
        )
        for name, (row, measure, _) in names.items():
            cells[row.key][measure.key] = line[name]


def _measures(columns: Sequence[Measure | Derived]) -> list[Measure]:
    return [column for column in columns if isinstance(column, Measure)]


def _measure(key: str, columns: Sequence[Measure | Derived]) -> Measure:
    """The measure whose records stand behind a column."""
    found = {column.key: column for column in columns}[key]
    if isinstance(found, Measure):
        return found
    if isinstance(found, Blank):
        raise KeyError(key)
    if isinstance(found, Percentage):
        return _measure(found.numerator, columns)
    return _measure(found.records_of or found.plus[0], columns)


def _by_source(columns: Sequence[Measure | Derived]) -> dict[Source, list[Measure]]:
    sources: dict[Source, list[Measure]] = {}
    for measure in _measures(columns):
        sources.setdefault(measure.source, []).append(measure)
    return sources


def _row_is(source: Source, key: str) -> Q:
    if not source.row_path:
        return Q(pk__in=())
    return Q(**{f"{source.row_path}__isnull": True} if key == UNSET else {source.row_path: key})


def _row_in(source: Source, row: Row, rows: Sequence[Row]) -> Q:
    if not source.row_path:
        return Q(pk__in=())
    return Q(**{f"{source.row_path}__in": [item.key for item in items_of(row, rows)]})


def _behind(measure: Measure, scope: FigureScope, as_of: dt.date, row: str) -> QuerySet[Any]:
    """What a measure counts, of one row or of all."""
    records = measure.source.queryset(scope, as_of)
    condition = measure.where(scope, as_of)
    if condition is not None:
        records = records.filter(condition)
    return records if row == TOTAL else records.filter(_row_is(measure.source, row))


def _both(one: Q | None, other: Q | None) -> Q | None:
    return one & other if one is not None and other is not None else one or other


@dataclass(frozen=True)
class ListColumn:
    """One column of a list: the field path or annotation it shows.

    ``convert`` turns the stored value into a cell (a code into its Thai name, say). ``behind`` is
    for a column made of other records than the row's own (entries of a project): the measure that
    finds them, whose source's row path gives the row's key.
    """

    key: str
    title: str
    unit: Unit
    path: str
    group: str = ""
    additive: bool = True
    convert: Callable[[Any], Cell] | None = None
    behind: Measure | None = None

    def column(self) -> Column:
        """The column as the grid shows it."""
        return Column(self.key, self.title, self.unit, self.group, additive=self.additive)

    def of(self, line: Mapping[str, Any]) -> Cell:
        """The cell of a record."""
        value = line[self.path]
        return value if self.convert is None else self.convert(value)


class ListFigure(Figure):
    """One row per record, in the order of :meth:`queryset`, from a single query.

    A subclass declares ``columns``, ``row_title`` (the path of the text that heads a row) and
    :meth:`queryset`; the total row adds the additive columns. ``is_numbered`` shows running numbers.
    """

    columns: ClassVar[Sequence[ListColumn | Derived]]
    row_title: ClassVar[str]
    is_numbered: ClassVar[bool] = False
    total_title: ClassVar[str | None] = "รวม"

    def columns_for(self, scope: FigureScope, as_of: dt.date) -> Sequence[ListColumn | Derived]:
        """The columns for a scope and day: the declared ones, unless a figure's depend on data."""
        return self.columns

    def queryset(self, scope: FigureScope, as_of: dt.date) -> QuerySet[Any]:
        """The records, ordered, with the annotations that the columns name."""
        raise NotImplementedError

    def compute(self, scope: FigureScope, as_of: dt.date) -> Grid:
        """The grid, from one query."""
        chosen = self.columns_for(scope, as_of)
        shown = [column for column in chosen if isinstance(column, ListColumn)]
        paths = {"pk", self.row_title, *(column.path for column in shown)}
        rows: list[Row] = []
        cells: dict[str, dict[str, Cell]] = {}
        for line in self.queryset(scope, as_of).values(*sorted(paths)):
            row = Row(str(line["pk"]), str(line[self.row_title]))
            rows.append(row)
            cells[row.key] = {column.key: column.of(line) for column in shown}
        if self.total_title is not None:
            rows.append(Row(TOTAL, self.total_title, "total"))
            cells[TOTAL] = {}
        add_totals([column.column() for column in shown], rows, cells)
        derive(chosen, rows, cells)
        return Grid(
            key=self.key,
            title=self.title,
            unit=self.unit,
            basis=self.basis,
            as_of=as_of,
            scope_label=self.scope_label(scope),
            columns=tuple(column.column() for column in chosen),
            rows=tuple(rows),
            cells=cells,
            notes=self.notes,
            source=self.source,
            row_heading=self.row_heading,
            is_numbered=self.is_numbered,
        )

    def records(self, scope: FigureScope, as_of: dt.date, row: str, column: str) -> QuerySet[Any]:
        """The record of the row, or those behind the cell where the column names others; all of
        them for the total. Raises ``KeyError``."""
        found = {known.key: known for known in self.columns_for(scope, as_of)}[column]
        if isinstance(found, ListColumn) and found.behind is not None:
            return _behind(found.behind, scope, as_of, row)
        records = self.queryset(scope, as_of)
        return records if row == TOTAL else records.filter(pk=row)
