"""The rule of migrations: each kind that running code does not survive is found, the rest is not."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models.functions import Now
from pgtrigger.compiler import Trigger, UpsertTriggerSql
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from codi.settings.database import parse
from tools.migrations import (
    EXCEPTIONS,
    FOUNDATION,
    judge,
    lock_findings,
    own_findings,
    renewed_triggers,
    sql_findings,
)

CHECK = models.CheckConstraint(condition=models.Q(code__gt=""), name="x_code_given")
INDEX = models.Index(fields=["code"], name="x_code")
TABLE = migrations.CreateModel("Thing", [("id", models.AutoField(primary_key=True))])
CODED = migrations.CreateModel("Thing", [("code", models.TextField(primary_key=True))])
HISTORY = "insert_insert"


def trigger(name: str) -> Trigger:
    """A trigger as migrations carry them."""
    sql = UpsertTriggerSql(
        pgid=f"pgtrigger_{name}_1", table="programs_project", func="", when="BEFORE",
        operation="UPDATE",
    )  # fmt: skip
    return Trigger(name=name, sql=sql)


def made_of(*operations: Any) -> Any:
    """A migration of these operations."""
    migration = migrations.Migration("0099_test", "programs")
    migration.operations = list(operations)
    return migration


@pytest.fixture(scope="module")
def tables() -> ProjectState:
    """The models as all migrations leave them."""
    return MigrationLoader(None, replace_migrations=False).project_state()


def of(tables: ProjectState, *operations: Any) -> list[str]:
    """What our own rules find in a migration of these operations and in its SQL."""
    migration = made_of(*operations)
    with connection.schema_editor(collect_sql=True) as editor:
        migration.apply(tables.clone(), editor, collect_sql=True)
    locks = lock_findings(map(str, editor.collected_sql), renewed_triggers(migration))
    found = [*own_findings(migration), *locks]
    return list(dict.fromkeys(found))


def back_and_forth(sql: str) -> migrations.RunSQL:
    return migrations.RunSQL(sql, migrations.RunSQL.noop)


def added(field: models.Field) -> migrations.AddField:
    return migrations.AddField("project", "x", field)


def inside(*operations: Any) -> migrations.SeparateDatabaseAndState:
    return migrations.SeparateDatabaseAndState(database_operations=list(operations))


USER = "accounts.user"
UPDATE = "UPDATE programs_project SET title = ''"
REFUSED = {
    "an index": ("INDEX-LOCKS", [migrations.AddIndex("organisation", models.Index(fields=["name"], name="x_name"))]),
    "an index by SQL": ("INDEX-LOCKS", [back_and_forth("CREATE INDEX x ON programs_project (level)")]),
    "db_index switched on": (
        "INDEX-LOCKS", [migrations.AlterField("organisation", "name", models.CharField(max_length=300, db_index=True))],
    ),
    "a rule": (
        "CONSTRAINT-SCANS",
        [migrations.AddConstraint("organisation", models.CheckConstraint(condition=models.Q(name__gt=""), name="x_name"))],
    ),
    "a field with an index": ("FIELD-SCANS", [added(models.IntegerField(null=True, db_index=True))]),
    "a field without doubles": ("FIELD-SCANS", [added(models.IntegerField(null=True, unique=True))]),
    "a key": ("FIELD-SCANS", [added(models.ForeignKey(USER, models.PROTECT, null=True, related_name="+"))]),
    "a key without index": (
        "FIELD-SCANS",
        [added(models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False))],
    ),
    "a key of one to one": (
        "FIELD-SCANS", [added(models.OneToOneField(USER, models.PROTECT, null=True, related_name="+"))],
    ),
    "a field that must be filled": ("OLD-INSERT-FAILS", [added(models.IntegerField(default=0))]),
    "one of two that must be filled": (
        "OLD-INSERT-FAILS",
        [migrations.AddField("project", "y", models.IntegerField(db_default=0)), added(models.IntegerField(default=0))],
    ),
    "a field that may no longer be empty": (
        "OLD-INSERT-FAILS", [back_and_forth("ALTER TABLE programs_project ALTER COLUMN province_id SET NOT NULL")],
    ),
    "a random default": ("TABLE-REWRITTEN", [added(models.UUIDField(db_default=RandomUUID()))]),
    "a computed field": (
        "TABLE-REWRITTEN",
        [added(models.GeneratedField(expression=models.F("requested_baht"), output_field=models.DecimalField(max_digits=18, decimal_places=2), db_persist=True))],
    ),
    "data and tables": ("DATA-WITH-TABLES", [TABLE, back_and_forth(UPDATE)]),
    "data and tables, wrapped": ("DATA-WITH-TABLES", [TABLE, inside(back_and_forth(UPDATE))]),
    "SQL without a way back": ("NO-WAY-BACK", [migrations.RunSQL(UPDATE)]),
    "Python without a way back": ("NO-WAY-BACK", [migrations.RunPython(lambda apps, editor: None)]),
    "the same, wrapped": ("NO-WAY-BACK", [inside(migrations.RunPython(lambda apps, editor: None))]),
    "a trigger gone": ("TRIGGER-GONE", [RemoveTrigger("project", "programs_project_transition")]),
    "a trigger more": ("TRIGGER-REFUSES", [AddTrigger("project", trigger("x_rule"))]),
    "a trigger by SQL": (
        "TRIGGER-REFUSES",
        [back_and_forth("CREATE TRIGGER x BEFORE INSERT ON programs_project EXECUTE FUNCTION f()")],
    ),
    "a wait of its own": ("OWN-TIMEOUT", [back_and_forth("SET lock_timeout = 0")]),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("case", REFUSED)
def test_what_running_code_does_not_survive_is_found(tables, case):
    """Wrong if a migration that locks, loses its way back or drops a guard passed the check."""
    rule, operations = REFUSED[case]
    assert of(tables, *operations) == [rule]


PASSED = {
    "a new table": [
        CODED, migrations.AddIndex("thing", INDEX), migrations.AddConstraint("thing", CHECK),
        migrations.AddField("thing", "by", models.ForeignKey(USER, models.PROTECT, related_name="+")),
    ],
    "a field that may be empty": [added(models.IntegerField(null=True, default=3))],
    "a field that the database fills": [added(models.CharField(max_length=9, db_default="ก; NOT NULL"))],
    "a moment that the database fills": [added(models.DateTimeField(db_default=Now()))],
    "a bare key": [
        added(models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)),
    ],
    "a rule for what is written from now on": [
        AddConstraintNotValid("organisation", models.CheckConstraint(condition=models.Q(name__gt=""), name="x_name")),
    ],
    "history renewed": [RemoveTrigger("project", HISTORY), AddTrigger("project", trigger(HISTORY))],
    "a trigger in other words": [
        RemoveTrigger("project", "programs_project_transition"),
        AddTrigger("project", trigger("programs_project_transition")),
    ],
    "data with a way back": [back_and_forth(UPDATE)],
    "a function that speaks of tables": [
        back_and_forth("CREATE FUNCTION x() RETURNS trigger AS $$ BEGIN CREATE INDEX x ON y (z); END $$ LANGUAGE plpgsql"),
    ],
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("case", PASSED)
def test_what_running_code_survives_passes(tables, case):
    """Wrong if a new table, a quick lock or a renewed trigger needed an excuse."""
    assert of(tables, *PASSED[case]) == []


def test_a_table_that_no_release_knows_may_be_changed_at_will():
    """Wrong if tables that were made since the last release needed three releases to be finished."""
    index = 'CREATE INDEX "x" ON "programs_novelty" ("level");'
    assert list(lock_findings([index])) == ["INDEX-LOCKS"]
    assert list(lock_findings([index], unused={"programs_novelty"})) == []


def test_an_index_made_beside_the_work_passes():
    """Wrong if the way that we advise were refused."""
    assert (
        list(lock_findings(['CREATE INDEX CONCURRENTLY "x" ON "programs_project" ("level");']))
        == []
    )


@pytest.mark.parametrize(
    ("code", "sql"),
    [
        ("NOT_NULL", 'ALTER TABLE "a" ADD COLUMN "b" integer NOT NULL;'),
        ("DROP_COLUMN", 'ALTER TABLE "a" DROP COLUMN "b" CASCADE;'),
        ("DROP_TABLE", 'DROP TABLE "a" CASCADE;'),
        ("RENAME_COLUMN", 'ALTER TABLE "a" RENAME COLUMN "b" TO "c";'),
        ("RENAME_TABLE", 'ALTER TABLE "a" RENAME TO "b";'),
        ("ALTER_COLUMN", 'ALTER TABLE "a" ALTER COLUMN "b" TYPE bigint USING "b"::bigint;'),
    ],
)
def test_sql_that_old_code_does_not_survive_is_found(code, sql):
    """Wrong if the linter that we rely on no longer found what it is there for."""
    assert code in list(sql_findings([sql]))


@pytest.mark.django_db
def test_the_check_reads_the_migrations_there_are():
    """Wrong if it looked at nothing: an old migration, made before the rule, breaks it."""
    loader = MigrationLoader(connection, replace_migrations=False)
    name = "0005_indexes_of_lists"
    migration = loader.disk_migrations["finance", name]
    statements = [str(line) for line in loader.collect_sql([(migration, False)])]
    assert any("INDEX-LOCKS" in line for line in judge(f"finance.{name}", migration, statements))


def test_foundation_and_exceptions_name_migrations_that_are_there():
    """Wrong if an excuse outlived its migration, or gave no reason."""
    loader = MigrationLoader(None)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    for app, number in FOUNDATION.items():
        assert [label for label in known if label.startswith(f"{app}.{number:04}_")], app
    for label, excuse in EXCEPTIONS.items():
        assert label in known
        assert len(excuse.partition(" because ")[2]) > 20


def test_no_lock_is_waited_for_longer_than_five_seconds():
    """Wrong if a migration that waits for a lock let all requests queue behind it."""
    parsed = parse("postgres://codi_owner@host/codi")["OPTIONS"]
    options = parsed["options"]
    assert "lock_timeout=3000" in options
    assert parsed["connect_timeout"] == 5
    assert settings.APP_DATABASE["OPTIONS"]["options"] == options
