"""Empty tables between tests that commit: what was filled is deleted, the rest is left alone.

Django truncates every table and then makes permissions and content types anew, about half a second
for each of several hundred tests. Most of them fill a dozen tables.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase

DEADLOCK, TRIES = "40P01", 10


@cache
def every_table() -> list[str]:
    """The quoted names of all tables of the product."""
    quote = connection.ops.quote_name
    found = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [quote(name) for name in sorted(found)]


def filled_tables(cursor: Any) -> list[str]:
    """The quoted names of the tables that hold a row."""
    cursor.execute(
        " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in every_table()
        )
    )
    return [name for (name,) in cursor.fetchall()]


def empty_tables() -> None:
    """Delete every row of every table, guards and history notwithstanding; sequences go on.

    The locks wait for what a late request still writes, as truncating would.
    """
    tables = every_table()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        if filled := filled_tables(cursor):
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("; ".join(f"DELETE FROM {name}" for name in filled))


def install() -> None:
    """Let every test case that commits be emptied this way."""

    def teardown(self: Any) -> None:
        for patience in range(TRIES, 0, -1):
            try:
                return empty_tables()
            except OperationalError as error:
                # A late request may hold one of the tables and ask for another: let it end first.
                if patience == 1 or getattr(error.__cause__, "pgcode", "") != DEADLOCK:
                    raise
        return None

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
