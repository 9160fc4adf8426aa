"""Every named rule of the database has a test that breaks it and a Thai text that explains it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models

from codi.constraints import messages_of_unique_fields
from tests.councils import test_constraints as councils
from tests.councils import test_constraints_of_doubles as doubles
from tests.councils import test_constraints_of_work as work_of_councils
from tests.files import test_constraints as files
from tests.finance import test_constraints as finance
from tests.programs import test_constraints as programs
from tests.welfare import test_constraints as welfare

TESTS = Path(__file__).parent
RAISED = re.compile(r"CONSTRAINT = '(\w+)', MESSAGE = '([^']+)'")


def declared() -> dict[str, str]:
    """Rule → message, of every model of ours."""
    return {
        constraint.name: str(constraint.violation_error_message)
        for config in apps.get_app_configs()
        if "site-packages" not in config.path
        for model in config.get_models()
        for constraint in model._meta.constraints
    }


def raised() -> dict[str, str]:
    """Rule → message, of every trigger function in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE prosrc LIKE '%%CONSTRAINT = %%'")
        return dict(pair for (source,) in cursor.fetchall() for pair in RAISED.findall(source))


@pytest.mark.django_db
def test_every_rule_speaks_thai():
    """Wrong if a person could meet a rule without being told in Thai what to do."""
    silent = [
        name
        for name, message in (declared() | raised()).items()
        if not re.search("[ก-๙]{4}", message)
    ]
    assert silent == []


@pytest.mark.django_db
def test_every_rule_of_the_rooms_of_records_is_broken_by_a_test():
    """Wrong if a new rule came in without a row in the tables of broken parts."""
    rooms = ("programs_", "finance_", "councils_", "welfare_")
    rules = {name for name in declared() | raised() if name.startswith(rooms)}
    tables = (programs, finance, councils, work_of_councils, doubles, welfare, files)
    tested = {rule for table in tables for rule in table.TESTED}
    assert rules - tested == set()
    assert tested - rules == set()


@pytest.mark.parametrize(
    "room", ["accounts", "places", "jobs", "notices", "imports", "desk", "kept", "quality"]
)
def test_every_rule_of_the_other_rooms_is_named_by_a_test(room):
    """Wrong if a new rule came in that no test of its room speaks of.

    A rule is ``room_model_what``; a test of several models at once names only the last part.
    """
    spoken = "\n".join(path.read_text() for path in (TESTS / room).rglob("test_*.py"))
    rules = [name.split("_", 2) for name in declared() if name.startswith(f"{room}_")]
    unspoken = ["_".join(parts) for parts in rules if spoken and parts[2] not in spoken]
    assert unspoken == []


@pytest.mark.django_db
def test_no_uniqueness_goes_without_a_name_of_ours():
    """Wrong if a double entry ended in an error page, because its rule has no message."""
    tables = [
        model._meta.db_table
        for room in ("programs", "finance", "councils", "welfare")
        for model in apps.get_app_config(room).get_models()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid "
            "JOIN pg_class t ON t.oid = x.indrelid "
            "WHERE x.indisunique AND NOT x.indisprimary AND t.relname = ANY(%s)",
            [tables],
        )
        names = {name for (name,) in cursor.fetchall()}
    assert names - declared().keys() - messages_of_unique_fields().keys() == set()


@pytest.mark.django_db
def test_every_unique_field_speaks_thai_under_the_name_of_its_rule():
    """Wrong if a unique field of ours had no message, or the database calls its rule otherwise."""
    fields = [
        f"{model._meta.db_table}_{field.column}_key"
        for config in apps.get_app_configs()
        if "site-packages" not in config.path
        for model in config.get_models()
        for field in model._meta.local_concrete_fields
        if field.unique and not field.primary_key and not isinstance(field, models.AutoField)
    ]
    messages = messages_of_unique_fields()
    assert [name for name in fields if not re.search("[ก-๙]{4}", messages.get(name, ""))] == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE conname = ANY(%s)", [fields])
        assert {name for (name,) in cursor.fetchall()} == set(fields)
