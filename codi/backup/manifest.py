"""What a backup says of itself, and the tables as they are, in the same words."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from psycopg2 import sql
from psycopg2.extensions import connection as Session  # noqa: N812 - a class of the driver

# Who is logged in now does not come back: after a restore everybody logs in again.
LEFT_OUT = ("django_session",)
TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""
MONEY = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND data_type = 'numeric' AND column_name LIKE '%%\\_baht'
ORDER BY table_name, column_name
"""


@dataclass
class Manifest:
    """Counts of rows, sums of money as text, and hashes of the parts and files.

    ``attachment_count`` of the files are attachments, from a folder or a bucket;
    ``attachments_elsewhere_count`` lay in a bucket that has a backup of its own and are not here.
    """

    taken_at: str
    server: str
    migrations: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    sums_baht: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    attachment_count: int = 0
    attachments_elsewhere_count: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Store it beside the parts."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        (folder / "manifest.json").write_text(text)

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of a backup; raises OSError or ValueError when it is none."""
        return cls(**json.loads((folder / "manifest.json").read_text()))


def count_tables(session: Session) -> tuple[dict[str, int], dict[str, str]]:
    """Rows of every table, and the sum of every column of money, as the session sees them."""
    with session.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [name for (name,) in cursor.fetchall() if name not in LEFT_OUT]
        counts = {name: _one(cursor, "SELECT count(*) FROM {}", name) for name in tables}
        cursor.execute(MONEY)
        money = [pair for pair in cursor.fetchall() if pair[0] in counts]
        sums = {
            f"{table}.{column}": str(
                _one(cursor, "SELECT coalesce(sum({1}), 0)::text FROM {0}", table, column)
            )
            for table, column in money
        }
    return counts, sums


def _one(cursor: Any, statement: str, *names: str) -> Any:
    cursor.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))
    return cursor.fetchone()[0]


def hash_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def differences(wanted: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What differs between two tellings, a line each."""
    names = sorted(wanted.keys() | found.keys())
    return [
        f"{name}: backup {wanted.get(name)}, restored {found.get(name)}"
        for name in names
        if wanted.get(name) != found.get(name)
    ]
