"""``python -m tools.migrations``: migrations that old and new code survive, or a reason why not.

While a release goes out, the old program runs on the new tables and the new one on the old ones. So
a migration only adds (expand), the next release moves the data and stops using what is old
(migrate), and the release after that takes it away (contract). django-migration-linter reads the
SQL; the rules below see what it misses: indexes and rules on tables in use by whatever operation
they come, columns that old writes do not fill, tables written anew, triggers, data and tables
changed in one transaction, no way back. See docs/deploy.md.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# What the last release holds: no running program has to survive it, and the tables that came later
# are in nobody's use yet. A release moves these numbers up.
FOUNDATION: Mapping[str, int] = {
    "accounts": 2,
    "finance": 9,
    "imports": 2,
    "jobs": 3,
    "notices": 1,
    "places": 3,
    "programs": 6,
    "reports": 2,
}
# "app.name": "rule because reason", or "rule and rule because reason". A reason says why no running program meets what it changes.
EXCEPTIONS: Mapping[str, str] = {
    "api.0002_pace": "DATA-WITH-TABLES because the statement marks the new, empty table as unlogged",
    "imports.0003_staged_rows_and_undo": (
        "FIELD-SCANS because the table of uploads has one row a file, a few thousand in all: its "
        "indexes are made and its keys are checked in milliseconds"
    ),
    "reports.0004_quarterly_editions": (
        "ADD_UNIQUE and CONSTRAINT-SCANS because it takes the place of a uniqueness that asked the same of every row "
        "that the old program writes: the two columns that joined it are empty there"
    ),
    "reports.0005_subject_of_editions": (
        "CONSTRAINT-SCANS because the table of editions has a few thousand rows at most, and the "
        "rows of the old program keep the rule"
    ),
    "finance.0011_frames_wait_for_amounts_only": (
        "TRIGGER-REFUSES because it takes the place of a trigger that asked the same of every "
        "change of a project, and asks it of those only that move what a frame holds"
    ),
}

EXISTING_INDEX = "INDEX-LOCKS"
EXISTING_CONSTRAINT = "CONSTRAINT-SCANS"
EXISTING_FIELD = "FIELD-SCANS"
UNFILLED = "OLD-INSERT-FAILS"
REWRITTEN = "TABLE-REWRITTEN"
MIXED = "DATA-WITH-TABLES"
ONE_WAY = "NO-WAY-BACK"
TRIGGER_GONE = "TRIGGER-GONE"
TRIGGER_NEW = "TRIGGER-REFUSES"
OWN_TIMEOUT = "OWN-TIMEOUT"
WORDS = {
    EXISTING_INDEX: "an index on a table in use: AddIndexConcurrently in a migration of its own",
    EXISTING_CONSTRAINT: "a rule on a table in use: AddConstraintNotValid, later ValidateConstraint",
    EXISTING_FIELD: (
        "a field with index, unique or foreign key on a table in use: first the bare column "
        "(db_index=False, db_constraint=False), then AddIndexConcurrently and a key NOT VALID"
    ),
    UNFILLED: "old code does not fill the column: null=True or db_default, and keep the old default",
    REWRITTEN: "the whole table is written anew under a lock: an empty column, filled in steps",
    MIXED: "data and tables in one transaction hold the lock for as long as the data takes: two",
    ONE_WAY: "RunPython or RunSQL without a way back: give the reverse, or noop where none is needed",
    TRIGGER_GONE: "a trigger goes while old code relies on it: a contract step, with its reason",
    TRIGGER_NEW: "a trigger on a table in use may refuse what old code writes: say why it does not",
    OWN_TIMEOUT: "lock_timeout is set by the settings: a migration that changes it can stop the site",
}
# The triggers of history, which copy every row and refuse none.
HISTORY = ("insert_insert", "update_update", "delete_delete", "append_only")

_BODY = re.compile(r"\$(\w*)\$.*?\$\1\$", re.S)
_COMMENT = re.compile(r"^\s*--.*$", re.M)
_TEXT = re.compile(r"'(?:[^']|'')*'")
_MADE = re.compile(r'CREATE\s+TABLE\s+(?:IF NOT EXISTS\s+)?"?(\w+)"?', re.I)
_INDEX = re.compile(
    r'CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY).*?\sON\s+(?:ONLY\s+)?"?(\w+)"?', re.I | re.S
)
_ALTER = re.compile(r'ALTER\s+TABLE\s+(?:IF EXISTS\s+)?(?:ONLY\s+)?"?(\w+)"?\s+(.*)', re.I | re.S)
_TRIGGER = re.compile(
    r'CREATE\s+(?:OR REPLACE\s+)?(?:CONSTRAINT\s+)?TRIGGER\s+"?(\w+)"?.*?\sON\s+"?(\w+)"?',
    re.I | re.S,
)
_ADDED = re.compile(r'ADD COLUMN (?:IF NOT EXISTS )?"?(\w+)"? (.*)', re.I | re.S)
_ALTERED = re.compile(r'ALTER COLUMN "?(\w+)"? (SET NOT NULL|DROP DEFAULT)', re.I)
_KEYED = re.compile(r"\b(REFERENCES|UNIQUE|PRIMARY KEY)\b", re.I)
_REWRITES = re.compile(
    r"\bGENERATED\b|\b\w*serial\b|DEFAULT .*?"
    r"\b(gen_random_uuid|uuid_generate\w*|random|clock_timestamp|nextval|timeofday)\b",
    re.I | re.S,
)


def own_findings(migration: Any) -> Iterator[str]:
    """The rules of ours that the operations of a migration break, by their names."""
    from django.db.migrations import operations as known
    from pgtrigger.migrations import AddTrigger, RemoveTrigger

    steps = list(_flat(migration.operations))
    triggers = {step.trigger.name for step in steps if isinstance(step, AddTrigger)}
    data = [step for step in steps if isinstance(step, known.RunPython | known.RunSQL)]
    if any(isinstance(step, RemoveTrigger) and step.name not in triggers for step in steps):
        yield TRIGGER_GONE
    if data and len(data) < len(steps):
        yield MIXED
    if any(not step.reversible for step in data):
        yield ONE_WAY
    if any("lock_timeout" in str(getattr(step, "sql", "")) for step in data):
        yield OWN_TIMEOUT


def _flat(steps: Iterable[Any]) -> Iterator[Any]:
    """The operations that reach the database, those inside of others as well."""
    for step in steps:
        if hasattr(step, "database_operations"):
            yield from _flat(step.database_operations)
        else:
            yield step


def lock_findings(
    statements: Iterable[str], renewed: Iterable[str] = (), unused: Iterable[str] = ()
) -> Iterator[str]:
    """The rules of ours that the SQL of a migration breaks, whatever operation it comes from.

    ``renewed`` are the names of triggers that the same migration takes away first, ``unused`` the
    tables that no running program knows.
    """
    lines = list(_single(statements))
    made = {*unused, *made_tables(lines)}
    added: dict[tuple[str, str], str] = {}
    for line in lines:
        index, alter, trigger = _INDEX.match(line), _ALTER.match(line), _TRIGGER.match(line)
        if index and index[1] not in made:
            is_new = any(table == index[1] and f'"{name}"' in line for table, name in added)
            yield EXISTING_FIELD if is_new else EXISTING_INDEX
        elif trigger and trigger[2] not in made and not _is_known(trigger[1], renewed):
            yield TRIGGER_NEW
        elif alter and alter[1] not in made:
            yield from _of_column(alter[1], alter[2], added)
            if "ADD CONSTRAINT" in alter[2] and not re.search("NOT VALID|USING INDEX", alter[2]):
                yield EXISTING_CONSTRAINT


def made_tables(statements: Iterable[str]) -> set[str]:
    """The tables that the SQL of a migration makes."""
    return {found[1] for line in _single(statements) if (found := _MADE.match(line))}


def _single(statements: Iterable[str]) -> Iterator[str]:
    """Each statement by itself, without comments, bodies of functions and texts."""
    whole = _BODY.sub("''", ";\n".join(statements))
    for statement in _TEXT.sub("''", _COMMENT.sub("", whole)).split(";"):
        yield statement.strip()


def _of_column(table: str, change: str, added: dict[tuple[str, str], str]) -> Iterator[str]:
    """What a change of one column breaks; ``added`` gathers the new columns of the migration."""
    new, altered = _ADDED.match(change), _ALTERED.match(change)
    if new:
        added[table, new[1]] = new[2]
        if _KEYED.search(new[2]):
            yield EXISTING_FIELD
        if _REWRITES.search(new[2]):
            yield REWRITTEN
        if "NOT NULL" in new[2] and not re.search(r"\b(DEFAULT|GENERATED)\b", new[2]):
            yield UNFILLED
    elif altered:
        # Django gives a new column its default for a moment; one that may be empty needs none.
        may_be_empty = "NOT NULL" not in added.get((table, altered[1]), "NOT NULL")
        if altered[2].upper() == "SET NOT NULL" or not may_be_empty:
            yield UNFILLED


def _is_known(name: str, renewed: Iterable[str]) -> bool:
    """Whether a trigger of that name in the database stood there before, or is one of history."""
    own = name.removeprefix("pgtrigger_").rpartition("_")[0]
    return own.startswith(HISTORY) or any(known.startswith(own) for known in renewed if own)


def renewed_triggers(migration: Any) -> list[str]:
    """The triggers that a migration takes away, which may come back in other words."""
    from pgtrigger.migrations import RemoveTrigger

    return [step.name for step in _flat(migration.operations) if isinstance(step, RemoveTrigger)]


def sql_findings(statements: list[str]) -> Iterator[str]:
    """What django-migration-linter calls an error in the SQL of a migration."""
    from django_migration_linter.sql_analyser.analyser import (
        analyse_sql_statements,
        get_sql_analyser_class,
    )

    errors, _ignored, _warnings = analyse_sql_statements(
        get_sql_analyser_class("postgresql"), statements
    )
    for issue in errors:
        yield issue.code


def judge(
    label: str, migration: Any, statements: list[str], unused: Iterable[str] = ()
) -> list[str]:
    """The findings of one migration that no exception explains, a line each."""
    excused = EXCEPTIONS.get(label, "")
    locks = lock_findings(statements, renewed_triggers(migration), unused)
    found = [*own_findings(migration), *locks, *sql_findings(statements)]
    return [
        f"{label}: {rule}: {WORDS.get(rule, 'old code does not survive it; see docs/deploy.md')}"
        for rule in dict.fromkeys(found)
        if rule not in excused.partition(" because ")[0].split(" and ")
    ]


def later_than_foundation(app: str, name: str) -> bool:
    """Whether a migration of ours came after the first deployment."""
    return app in FOUNDATION and int(name[:4]) > FOUNDATION[app]


def check_all(ours: set[str]) -> list[str]:
    """Every finding in the migrations of our apps."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection, replace_migrations=False)
    later = {}
    for app, name in sorted(loader.disk_migrations):
        if app not in ours or (app in FOUNDATION and not later_than_foundation(app, name)):
            continue
        migration = loader.disk_migrations[app, name]
        statements = [str(line) for line in loader.collect_sql([(migration, False)])]
        later[f"{app}.{name}"] = (migration, statements)
    unused = {table for _, statements in later.values() for table in made_tables(statements)}
    return [
        line
        for label, (migration, statements) in later.items()
        for line in judge(label, migration, statements, unused)
    ]


def main() -> int:
    """Tell every finding; the status is 1 when there is one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "codi.settings.dev")
    from codi.settings.database import note_role

    note_role("migrate")
    import django
    from django.apps import apps

    django.setup()
    ours = {config.label for config in apps.get_app_configs() if "site-packages" not in config.path}
    found = check_all(ours)
    sys.stdout.write(
        "".join(f"{line}\n" for line in found) or "migrations: every step is survived\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
