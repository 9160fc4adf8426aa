"""The database role of the application: it reads and writes rows, and cannot touch what is past.

It owns nothing, so it can neither alter a table nor switch a trigger off; it is no superuser, so it
cannot set ``session_replication_role``; it may not empty a table; and what is only ever added to
(events of history, entries of the ledger) it can neither change nor delete.
"""

from __future__ import annotations

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from pghistory.models import Event
from psycopg2 import sql

# Tables of our own that are only added to, beside the events of history.
ADDED_TO_ONLY = ("finance_ledgerentry", "finance_budgetmove", "history_dayseal")
# Tables that triggers of ours keep: the application reads them.
READ_ONLY = ("finance_projectbalance",)


class RoleError(Exception):
    """The role cannot be what it must be; the text says why."""


SEAL = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE AS 'SELECT FALSE'
"""


def seal_triggers(connection: BaseDatabaseWrapper) -> None:
    """Take away the setting by which any session could have triggers ignored.

    The library asks the setting ``pgtrigger.ignore`` before each run of a trigger, and every role
    may set it: the ledger and the history would be guarded by good will only. Each migration that
    makes a trigger brings the function back, so this runs after every migration. It also spares
    each row of a bulk load a subtransaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('public._pgtrigger_should_ignore(name)')")
        if cursor.fetchone()[0]:
            cursor.execute(SEAL)


def append_only_tables(present: set[str]) -> list[str]:
    """Tables among ``present`` whose rows the application may add and read, nothing else."""
    events = {model._meta.db_table for model in apps.get_models() if issubclass(model, Event)}
    return sorted((events | set(ADDED_TO_ONLY)) & present)


def grant(connection: BaseDatabaseWrapper, *, role: str, password: str = "") -> list[str]:
    """Give ``role`` its rights on every table there is, and no others; make it when missing.

    Runs as the owner of the tables, after every migration; a second run changes nothing. Returns
    the tables that can only be added to. Raises :class:`RoleError` when the role is the owner
    itself or a superuser, because then no right can be withheld.
    """
    name = sql.Identifier(role)
    with connection.cursor() as cursor:
        _refuse_powerful(cursor, role)
        if not _exists(cursor, role):
            _make(cursor, role, password)
        present = set(connection.introspection.table_names(cursor))
        closed = append_only_tables(present)
        _execute(cursor, "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {}", name)
        _execute(cursor, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}", name)
        _execute(cursor, "GRANT USAGE ON SCHEMA public TO {}", name)
        _execute(
            cursor,
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            name,
        )
        _execute(cursor, "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}", name)
        for table in closed:
            _execute(
                cursor, "REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}", sql.Identifier(table), name
            )
        for table in READ_ONLY:
            if table in present:
                _execute(
                    cursor,
                    "REVOKE INSERT, UPDATE, DELETE ON {} FROM {}",
                    sql.Identifier(table),
                    name,
                )
    return closed


def _execute(cursor: CursorWrapper, statement: str, *parts: sql.Composable) -> None:
    cursor.execute(sql.SQL(statement).format(*parts).as_string(cursor.connection))


def _exists(cursor: CursorWrapper, role: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    return cursor.fetchone() is not None


def _make(cursor: CursorWrapper, role: str, password: str) -> None:
    """Make the role, unless another process (a second worker of the suite) is just doing so."""
    secret = sql.SQL(" PASSWORD {}").format(sql.Literal(password)) if password else sql.SQL("")
    _execute(
        cursor,
        "DO $make$ BEGIN CREATE ROLE {} LOGIN{}; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $make$",
        sql.Identifier(role),
        secret,
    )


def _refuse_powerful(cursor: CursorWrapper, role: str) -> None:
    cursor.execute("SELECT current_user")
    if cursor.fetchone()[0] == role:
        raise RoleError(
            f"{role} owns the tables itself: name the owner in DATABASE_OWNER_URL "
            "and another role in DATABASE_URL"
        )
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [role])
    found = cursor.fetchone()
    if found and found[0]:
        raise RoleError(f"{role} is a superuser, from whom no right can be withheld")
