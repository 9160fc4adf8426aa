"""The rows of a list for a file, read the cheapest way that gives what the screen shows.

Columns that the database can answer by itself are read as plain values through a cursor of the
server: no model instance is made for a row. One column that only Python knows (a property) makes
instances of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, DateField, DateTimeField, Field, QuerySet, TextField

from codi.ui.tables import DateColumn, NumberColumn, TextColumn, value_reader

_ROWS_AT_ONCE = 2_000
Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class Plain:
    """A column that the database answers: where it lies, and what makes its value (None: itself)."""

    path: str
    convert: Convert | None


def rows_of(rows: QuerySet[Any], columns: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values of bound table columns, row by row in the order of ``rows``."""
    plain = [_plain(rows, bound) for bound in columns]
    found = [column for column in plain if column is not None]
    if len(found) == len(columns):
        return _from_values(rows, found)
    return _from_records(rows, columns)


def _from_values(rows: QuerySet[Any], columns: Sequence[Plain]) -> Iterator[Sequence[Any]]:
    paths = list(dict.fromkeys(column.path for column in columns))
    cells = [(paths.index(column.path), column.convert) for column in columns]
    read = rows.prefetch_related(None).values_list(*paths).iterator(chunk_size=_ROWS_AT_ONCE)
    if all(convert is None for _place, convert in cells) and len(paths) == len(cells):
        return read
    return (
        [convert(row[place]) if convert else row[place] for place, convert in cells] for row in read
    )


def _from_records(rows: QuerySet[Any], columns: Sequence[Any]) -> Iterator[Sequence[Any]]:
    cells = [(bound.column.exported, value_reader(bound)) for bound in columns]
    return (
        [exported(read(record)) for exported, read in cells]
        for record in rows.iterator(chunk_size=_ROWS_AT_ONCE)
    )


def _plain(rows: QuerySet[Any], bound: Any) -> Plain | None:
    """How the database answers a column; None when it cannot."""
    path = str(bound.accessor).replace(".", "__")
    if path in rows.query.annotations:
        return Plain(path, bound.column.exported)
    if field := _field(rows.model, path):
        return Plain(path, _convert(bound.column, field))
    shown = next(
        (f for f in rows.model._meta.concrete_fields if path == f"get_{f.name}_display"), None
    )
    if shown is None:
        return None
    labels = {value: str(label) for value, label in shown.flatchoices}
    return Plain(shown.name, lambda value: bound.column.exported(labels.get(value, value)))


def _field(model: Any, path: str) -> Field[Any, Any] | None:
    """The concrete field at the end of a path of relations to one; None where there is none."""
    *relations, last = path.split("__")
    try:
        for name in relations:
            relation = model._meta.get_field(name)
            if not (relation.many_to_one or relation.one_to_one) or not relation.concrete:
                return None
            model = relation.related_model
        field = model._meta.get_field(last)
    except FieldDoesNotExist:
        return None
    # A relation shows as the words of its record, which only Python knows.
    return field if field.concrete and not field.is_relation else None


def _convert(column: Any, field: Field[Any, Any]) -> Convert | None:
    """What makes the value in the file; None where the stored value is it."""
    own = type(column).exported
    if own is NumberColumn.exported:
        return None
    if own is TextColumn.exported and isinstance(field, CharField | TextField):
        return None
    is_day = isinstance(field, DateField) and not isinstance(field, DateTimeField)
    if own is DateColumn.exported and is_day:
        return None
    exported: Convert = column.exported
    return exported
