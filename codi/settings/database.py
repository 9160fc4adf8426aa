"""Which database a process uses, and as whom.

The application's role reads and writes rows and can do nothing else. Commands that change the
schema connect as its owner: ``manage.py`` says so through ``CODI_DATABASE_ROLE``, which it sets for
every command, so that the word is never inherited by mistake.
"""

import os
from typing import Any

import dj_database_url

ROLE_VARIABLE = "CODI_DATABASE_ROLE"
OWNER_COMMANDS = frozenset(
    {
        "backup",
        "createcachetable",
        "flush",
        "grant_app_role",
        "makemigrations",
        "migrate",
        "pgtrigger",
        "restore",
        "showmigrations",
        "sqlflush",
        "sqlmigrate",
        "squashmigrations",
        "test",
    }
)


def note_role(command: str) -> None:
    """Say as whom this process connects, before the settings are read."""
    os.environ[ROLE_VARIABLE] = "owner" if command in OWNER_COMMANDS else "app"


def wants_owner() -> bool:
    """Whether this process changes the schema."""
    return os.environ.get(ROLE_VARIABLE) == "owner"


def parse(url: str) -> dict[str, Any]:
    """Django's description of the database that an address names.

    A lock is waited for 3 seconds at most: a page answers with a polite refusal instead of hanging.
    A server that does not answer at all is given up after 5 seconds.
    Sums over the whole country sort and hash in memory instead of in files, and are too short to
    be worth compiling.
    """
    parsed: dict[str, Any] = dict(dj_database_url.parse(url, conn_health_checks=True))
    parsed["ENGINE"] = "django.db.backends.postgresql"
    options = parsed.setdefault("OPTIONS", {})
    options.setdefault("connect_timeout", 5)
    options.setdefault("options", "-c lock_timeout=3000 -c work_mem=32MB -c jit=off")
    return parsed


def socket_url(*, user: str, folder: str, name: str) -> str:
    """The address of a database behind a socket."""
    return f"postgres://{user}@{folder.replace('/', '%2F')}/{name}"
