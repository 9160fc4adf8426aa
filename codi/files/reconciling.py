"""Rows without files and files without rows: found by comparing the tables with the store."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from codi.files.declared import KINDS
from codi.files.models import Attachment
from codi.files.store import Stored, store

# An upload that is being written now has no row yet: what is younger is left alone.
SETTLED_AFTER = dt.timedelta(hours=1)
_BLOCK = 1024 * 1024
_AT_ONCE = 1000


@dataclass
class Findings:
    """What the comparison found."""

    row_count: int = 0
    file_count: int = 0
    missing: list[Attachment] = field(default_factory=list)
    damaged: list[Attachment] = field(default_factory=list)
    orphans: list[Stored] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every row has its content, unchanged."""
        return not self.missing and not self.damaged


def compare(*, now: dt.datetime, hashes: bool = False) -> Findings:
    """Compare every table of files with the store; ``hashes`` reads every content as well.

    The store is listed first: a file that arrives meanwhile cannot then be a row without one.
    """
    present = {found.name: found for found in store().files()}
    found = Findings(file_count=len(present))
    for row in _rows():
        found.row_count += 1
        names = row.stored_names
        if any(name not in present and not _arrived(name) for name in names):
            found.missing.append(row)
        elif hashes and not _is_unchanged(row):
            found.damaged.append(row)
        for name in names:
            present.pop(name, None)
    settled = now - SETTLED_AFTER
    found.orphans = [file for file in present.values() if file.changed_at <= settled]
    return found


def _rows() -> Iterator[Attachment]:
    for kind in KINDS.values():
        yield from kind.rows.order_by("pk").iterator(chunk_size=_AT_ONCE)


def _arrived(name: str) -> bool:
    """Whether a file that was not listed is there by now: its row came while we compared."""
    try:
        store().open(name).close()
    except FileNotFoundError:
        return False
    return True


def _is_unchanged(row: Attachment) -> bool:
    digest = hashlib.sha256()
    with closing(store().open(row.stored_name)) as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest() == row.sha256


def put_away(orphans: list[Stored]) -> int:
    """Move files without a row out of the way; how many were moved."""
    place = store()
    for file in orphans:
        place.put_away(file.name)
    return len(orphans)
