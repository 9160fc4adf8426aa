"""Many records at once: COPY into a temporary table, then one statement of the database.

Constraints, triggers and history work as for single records. Only services call this: the rules of
the business are theirs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from psycopg2 import sql
from psycopg2.errors import QueryCanceled

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_TABLE = sql.Identifier("bulk_rows")


class Lines:
    """Lines of text as the file that COPY reads; holds one piece at a time."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._rest = ""
        self.count = 0
        self.failure: Exception | None = None

    def read(self, size: int = -1) -> str:
        """At most ``size`` characters more; nothing at the end."""
        pieces = [self._rest]
        length = len(self._rest)
        while size < 0 or length < size:
            line = self._next()
            if line is None:
                break
            self.count += 1
            pieces.append(line)
            length += len(line)
        whole = "".join(pieces)
        if size < 0:
            self._rest = ""
            return whole
        self._rest = whole[size:]
        return whole[:size]

    def _next(self) -> str | None:
        """The next line; None at the end. Keeps why making it failed, which COPY does not tell."""
        try:
            return next(self._lines, None)
        except Exception as failure:
            self.failure = failure
            raise


def line_of(values: Iterable[Any]) -> str:
    """One row in the text format of COPY."""
    return "\t".join([_cell(value) for value in values]) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, list):
        value = "{" + ",".join(json.dumps(part, ensure_ascii=False) for part in value) + "}"
    return value.translate(_ESCAPES) if isinstance(value, str) else str(value)


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> int:
    """COPY rows of plain values into a table; returns how many.

    The rows must not ask the database while they are made: the connection is taken by the COPY.
    What making one raises comes out as it is, a refusal with its words.
    """
    lines = Lines(line_of(row) for row in rows)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor:
        try:
            cursor.copy_expert(statement.as_string(cursor.connection), lines)
        except QueryCanceled:
            if lines.failure is None:
                raise
            raise lines.failure from None
    return lines.count


@contextmanager
def _copied(
    model: type[models.Model], names: Sequence[str], records: Iterable[models.Model]
) -> Iterator[tuple[Any, int]]:
    """The records in a temporary table beside the model's own; a cursor and how many they are."""
    meta = model._meta
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in names)
    with connection.cursor() as cursor:
        make = sql.SQL(
            "CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA"
        ).format(_TABLE, columns, sql.Identifier(meta.db_table))
        cursor.execute(make.as_string(cursor.connection))
        rows = ([getattr(record, name) for name in names] for record in records)
        count = copy_rows("bulk_rows", names, rows)
        cursor.execute("ANALYZE bulk_rows")
        yield cursor, count
        # After a refusal the savepoint of the service takes the table away.
        cursor.execute("DROP TABLE bulk_rows")


def insert_records(
    model: type[models.Model], names: Sequence[str], records: Iterable[models.Model]
) -> int:
    """Store new records, all or none; ``names`` are the columns that they fill. Returns how many."""
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in names)
    with _copied(model, names, records) as (cursor, count):
        statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
            sql.Identifier(model._meta.db_table), columns, columns, _TABLE
        )
        cursor.execute(statement.as_string(cursor.connection))
    return count


def update_records(
    model: type[models.Model], names: Sequence[str], records: Iterable[models.Model]
) -> tuple[int, int]:
    """Write these columns of records that still have the version they carry, and count it up.

    Returns how many were asked for and how many were written: fewer when somebody else was faster.
    """
    names = [name for name in names if name not in ("id", "version")]
    table = sql.Identifier(model._meta.db_table)
    with _copied(model, ["id", "version", *names], records) as (cursor, count):
        lock = sql.SQL(
            "SELECT 1 FROM {0} t JOIN {1} s USING (id) ORDER BY t.id FOR UPDATE OF t"
        ).format(table, _TABLE)
        cursor.execute(lock.as_string(cursor.connection))
        pairs = sql.SQL(", ").join(
            sql.SQL("{0} = s.{0}").format(sql.Identifier(name)) for name in names
        )
        statement = sql.SQL(
            "UPDATE {0} t SET {2}, version = t.version + 1 FROM {1} s "
            "WHERE t.id = s.id AND t.version = s.version"
        ).format(table, _TABLE, pairs)
        cursor.execute(statement.as_string(cursor.connection))
        return count, cursor.rowcount


def with_values(pairs: Sequence[tuple[Any, Mapping[str, Any]]]) -> list[Any]:
    """The records, each with the values that it shall have again."""
    for record, facts in pairs:
        for name, value in facts.items():
            setattr(record, name, value)
    return [record for record, _facts in pairs]
