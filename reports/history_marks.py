"""How far history had come at a moment: the exact boundary between before and after.

Times cannot tell it: an event carries the moment at which its transaction began, and may come into
sight long after. So each table of events is asked for its last key at a moment when nobody has an
unfinished change in any of them; the database function takes a lock for that moment and lets it go.
"""

from __future__ import annotations

import json

from django.apps import apps
from django.db import connection, models

from codi.history.queries import event_model_of
from reports.reported import REPORTED

Marks = dict[str, int]


def events_of(label: str) -> type[models.Model]:
    """The table of events of a kind of record that reports are made of."""
    events = event_model_of(apps.get_model(label))
    assert events is not None, label  # noqa: S101 - a test walks all kinds
    return events


def marks_now() -> Marks:
    """Label of each reported kind of record → the last key of its events; one query.

    Waits three seconds for those who are saving; then the database refuses politely (``busy``).
    """
    tables = {label: events_of(label)._meta.db_table for label in REPORTED}
    with connection.cursor() as cursor:
        cursor.execute("SELECT reports_history_marks(%s)", [list(tables.values())])
        (found,) = cursor.fetchone()
    read: Marks = json.loads(found)
    return {label: read[table] for label, table in tables.items()}
