"""Old code on new tables: what the last release reads and inserts still works after all migrations.

The models of the last release come from its own migrations, so no second checkout is needed. Its
reading is tried on the tables themselves; its inserting on empty copies of them, which have every
default, NOT NULL and rule of the original, but no rows, keys or triggers in the way. (What new
triggers may refuse is asked of every migration by the rule TRIGGER-REFUSES.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from tests import world as build
from tools.migrations import FOUNDATION

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def old_models() -> list[Any]:
    """The models of our apps as the last release left them."""
    loader = MigrationLoader(None, replace_migrations=False)
    last = [
        key for key in loader.disk_migrations
        if key[0] in FOUNDATION and int(key[1][:4]) == FOUNDATION[key[0]]
    ]  # fmt: skip
    state = loader.project_state(last)
    return [model for model in state.apps.get_models() if model._meta.app_label in FOUNDATION]


def breaches(models: list[Any]) -> Iterator[str]:
    """What of the old code fails on the tables of now, a line each."""
    for model in models:
        for act in (_read, _insert):
            try:
                with transaction.atomic():
                    act(model)
            except DatabaseError as error:
                yield f"{act.__name__[1:]} {model._meta.db_table}: {str(error).splitlines()[0]}"


def _read(model: Any) -> None:
    """As the old code does: every column by its name."""
    list(model._base_manager.all()[:50])


def _insert(model: Any) -> None:
    """The old columns of rows that are there, into a copy of the table; the rest is not named."""
    table = model._meta.db_table
    columns = ", ".join(
        f'"{field.column}"' for field in model._meta.local_concrete_fields if not field.generated
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TEMP TABLE copy (LIKE "{table}" INCLUDING DEFAULTS INCLUDING CONSTRAINTS '
            "INCLUDING GENERATED INCLUDING IDENTITY) ON COMMIT DROP"
        )
        cursor.execute(
            f'INSERT INTO copy ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM "{table}"'
        )
        cursor.execute("DROP TABLE copy")


def unfilled(model: Any) -> Iterator[str]:
    """New columns that nothing fills when the old code inserts: seen without any row as well."""
    known = {field.column for field in model._meta.local_concrete_fields}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL "
            "AND is_generated = 'NEVER' AND is_identity = 'NO'",
            [model._meta.db_table],
        )
        for (name,) in cursor.fetchall():
            if name not in known:
                yield f"{model._meta.db_table}.{name}"


def test_the_last_release_works_on_the_tables_of_now(old_models):
    """Wrong if, while a release goes out, people on the old version met faults or lost their saves."""
    w = build.world()
    project = build.project(w, "under_way", plan=(600_000, 400_000))
    build.pay(w, project.instalments.get(number=1), 600_000)
    assert len(old_models) > 30
    assert list(breaches(old_models)) == []
    assert [line for model in old_models for line in unfilled(model)] == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("ADD COLUMN x integer NOT NULL DEFAULT 1; ALTER TABLE {} ALTER x DROP DEFAULT", "insert"),
        ("ADD COLUMN x integer, ADD CONSTRAINT y CHECK (x IS NOT NULL) NOT VALID", "insert"),
        ("DROP COLUMN title_key CASCADE", "read"),
        ("RENAME COLUMN title TO x", "read"),
        ("RENAME TO programs_x", "read"),
    ],
)
def test_control_a_contract_step_is_felt(old_models, statement, told):
    """The danger is real: what takes away or asks for more breaks the last release, and is seen."""
    build.project(build.world(), "draft")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE programs_project " + statement.format("programs_project"))
    (model,) = [one for one in old_models if one._meta.db_table == "programs_project"]
    assert f"{told} programs_project" in "\n".join(breaches([model]))
