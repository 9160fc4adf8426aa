"""Rows into tables: keys drawn beforehand, COPY, and what the tables are told afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

from codi.bulk import copy_rows


def keys(model: type[models.Model], count: int) -> list[int]:
    """So many new primary keys of a model, drawn from its sequence."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, count],
        )
        return [key for (key,) in cursor.fetchall()]


def store(model: type[models.Model], columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> int:
    """COPY rows into a model's table, past its Python and under every rule of the database."""
    return copy_rows(model._meta.db_table, columns, rows)


def count_anew(*kinds: type[models.Model]) -> None:
    """Tell the planner how large the tables became: it took them for empty."""
    with connection.cursor() as cursor:
        for model in kinds:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
