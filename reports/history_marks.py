"""How far history had come at a moment: the boundary between before and after.

Times cannot tell it: an event carries the moment at which its transaction began, and may come into
sight long after. Nor is the last key in sight enough, because a lower one may still be on its way:
who holds a table of events is waited for before its last key counts. No lock is taken, so that
nobody is held up, and the database's own housekeeping does not look like somebody who saves.
"""

from __future__ import annotations

import time

from django.apps import apps
from django.db import connection, models
from psycopg2 import sql

from codi.errors import Refused
from codi.history.queries import event_model_of
from codi.writing import BUSY, LOCK_WAIT_SECONDS
from reports.reported import REPORTED

Marks = dict[str, int]
# How long a reading waits for those who were saving when it began; they are done in a moment.
PATIENCE_SECONDS = 2.0


def events_of(label: str) -> type[models.Model]:
    """The table of events of a kind of record that reports are made of."""
    events = event_model_of(apps.get_model(label))
    assert events is not None, label  # noqa: S101 - a test walks all kinds
    return events


def marks_now() -> Marks:
    """Label of each reported kind of record → the last key of its events, all of them in sight.

    Raises :class:`Refused` (``busy``) when somebody goes on saving for longer than three seconds.
    """
    marks = settled_marks(LOCK_WAIT_SECONDS)
    if marks.keys() != REPORTED.keys():
        raise Refused(BUSY, code="busy")
    return marks


WRITERS = """
SELECT table_of.relname, held.virtualtransaction
  FROM pg_locks held
  JOIN pg_class table_of ON table_of.oid = held.relation
 WHERE held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND held.mode = 'RowExclusiveLock' AND held.granted
   AND held.pid IS DISTINCT FROM pg_backend_pid()
   AND table_of.oid = ANY(%s::regclass[])
"""


def settled_marks(patience: float = PATIENCE_SECONDS) -> Marks:
    """Label → the last key of its events up to which nothing can come into sight any more.

    Keys are given out in order, and whoever was given one holds the table until the transaction
    ends. So the keys are read first and then who holds: once these are gone, every event up to the
    key is in sight or never will be, however many began since. Nobody is held up. A kind whose
    writers go on for longer than ``patience`` seconds (a large file) is left out.
    """
    tables = {events_of(label)._meta.db_table: label for label in REPORTED}
    heads = _last_keys(list(tables))
    ends_at = time.monotonic() + patience
    waited_for = _writers(list(tables))
    while waited_for and time.monotonic() < ends_at:
        time.sleep(0.05)
        waited_for &= _writers(list(tables))
    busy = {table for table, _ in waited_for}
    return {label: heads[table] for table, label in tables.items() if table not in busy}


def _last_keys(tables: list[str]) -> dict[str, int]:
    """Table → the last key in sight; one query."""
    ask = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {}, coalesce(max(pgh_id), 0) FROM {}").format(
            sql.Literal(table), sql.Identifier(table)
        )
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(ask.as_string(cursor.connection))
        return dict(cursor.fetchall())


def _writers(tables: list[str]) -> set[tuple[str, str]]:
    """Table and transaction of everybody else who has an unfinished change in these tables."""
    with connection.cursor() as cursor:
        cursor.execute(WRITERS, [tables])
        return set(cursor.fetchall())
