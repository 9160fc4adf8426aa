"""A server of the drill's own, and the one that speaks S3 as the tests of files start it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from codi.embedded import OWNER, ensure
from codi.embedded.placement import Placement, place
from tests.files.test_store import bucket_address

__all__ = ["bucket_address"]

ARCHIVE = "test ! -f {0}/%f && cp %p {0}/.%f && mv {0}/.%f {0}/%f"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """The folder of a new server, which archives what it writes from its first restart on."""
    root = Path(tempfile.mkdtemp(prefix="codi-drill-"))
    root.chmod(0o755)
    placement = place(root)
    archive = owned(placement, "archive")
    with asking(ensure(root)) as ask:
        ask("ALTER SYSTEM SET fsync = off")  # nothing here need outlive a loss of power
        ask("SELECT pg_reload_conf()")
        ask("ALTER SYSTEM SET archive_mode = on")
        ask(f"ALTER SYSTEM SET archive_command = '{ARCHIVE.format(archive)}'")
    yield root
    program(placement, "pg_ctl", "-D", str(placement.data), "-m", "immediate", "stop")
    shutil.rmtree(placement.base)
    shutil.rmtree(root, ignore_errors=True)


def owned(placement: Placement, name: str) -> Path:
    """A new private folder of the server's account."""
    made = placement.base / name
    made.mkdir(mode=0o700)
    os.chown(made, placement.account.pw_uid, placement.account.pw_gid)
    return made


def program(placement: Placement, name: str, *words: str) -> None:
    """Run a program of PostgreSQL under the account of the server."""
    options: Any = placement.as_account
    subprocess.run(
        [str(placement.binaries / name), *words], **options, cwd="/", check=True,
        capture_output=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@contextmanager
def asking(socket: Path, database: str = "postgres") -> Iterator[Any]:
    """A function that runs one statement at a time and gives the first value of its answer."""
    session = psycopg2.connect(host=str(socket), user=OWNER, dbname=database)
    session.autocommit = True

    def ask(statement: str, *facts: Any) -> Any:
        with session.cursor() as cursor:
            cursor.execute(statement, facts or None)
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    yield ask
    session.close()
