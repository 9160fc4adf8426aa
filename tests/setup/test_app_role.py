"""The application's database role: what SQL in its hands cannot do."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class of the driver

from codi.history.roles import RoleError, grant


@pytest.fixture
def app_connection(transactional_db: None) -> Iterator[Connection]:
    """A connection of the application's role to the database of the suite, rights granted."""
    grant(connection, role=settings.APP_DATABASE["USER"])
    own = psycopg2.connect(
        **{**connection.get_connection_params(), "user": settings.APP_DATABASE["USER"]}
    )
    own.autocommit = True
    yield own
    own.close()


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE accounts_userevent",
        "TRUNCATE accounts_user CASCADE",
        "UPDATE accounts_userevent SET username = 'x'",
        "DELETE FROM accounts_userevent",
        "UPDATE history_dayseal SET digest = 'x'",
        "DELETE FROM history_dayseal",
        "INSERT INTO finance_projectbalance VALUES (1, 1, 1)",
        "UPDATE finance_projectbalance SET net_baht = 1",
        "DELETE FROM finance_projectbalance",
        "ALTER TABLE accounts_user DISABLE TRIGGER ALL",
        "ALTER TABLE accounts_userevent DISABLE TRIGGER USER",
        "DROP TABLE accounts_userevent",
        "SET session_replication_role = replica",
        "CREATE TABLE public.mine (id int)",
        "SET ROLE codi_owner",
    ],
)
def test_refused(app_connection: Connection, statement: str) -> None:
    """Otherwise history could be changed through the application's own way in."""
    with app_connection.cursor() as cursor, pytest.raises(psycopg2.Error) as refused:
        cursor.execute(statement)
    assert refused.value.pgcode in {"42501", "22023"}


def test_rows_are_read_and_written(app_connection: Connection) -> None:
    """The same role must be able to do the daily work."""
    with app_connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session VALUES ('key', 'data', now())")
        cursor.execute("UPDATE django_session SET session_data = 'x' WHERE session_key = 'key'")
        assert cursor.rowcount == 1
        cursor.execute("DELETE FROM django_session WHERE session_key = 'key'")
        assert cursor.rowcount == 1


def test_second_grant_changes_nothing(app_connection: Connection) -> None:
    """A grant after every migration must not open what the first one closed."""
    rights = "SELECT relname, relacl FROM pg_class WHERE relkind IN ('r', 'S') ORDER BY relname"
    with connection.cursor() as cursor:
        cursor.execute(rights)
        before = cursor.fetchall()
        grant(connection, role=settings.APP_DATABASE["USER"])
        cursor.execute(rights)
        assert {name: set((acl or "{}")[1:-1].split(",")) for name, acl in cursor.fetchall()} == {
            name: set((acl or "{}")[1:-1].split(",")) for name, acl in before
        }


@pytest.mark.django_db
def test_owner_is_no_application_role() -> None:
    """A single all-powerful role must be refused aloud, not accepted in silence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
    with pytest.raises(RoleError, match="DATABASE_OWNER_URL"):
        grant(connection, role=owner)
