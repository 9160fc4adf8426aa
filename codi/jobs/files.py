"""The files of jobs: written under a private name, renamed when whole, removed when orphaned.

Every file and folder is named by the token (a random UUID) of the run that wrote it, so that what
belongs to nobody can be told from what is being written now.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

FOLDER = "jobs"
_SUFFIX_LETTER_COUNT = 10


@dataclass(frozen=True)
class StoredFile:
    """A result in its final place; ``path`` is relative to MEDIA_ROOT."""

    path: str
    sha256: str
    byte_count: int


def root() -> Path:
    """The folder of finished results."""
    return Path(settings.MEDIA_ROOT) / FOLDER


def work_folder(token: str) -> Path:
    """The private folder of one run, made when missing."""
    folder = root() / "tmp" / token
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def store(made: Path, token: str) -> StoredFile:
    """Move a finished file into its place in one step; raises OSError when the disk is full."""
    with made.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        os.fsync(stream.fileno())
    suffix = made.suffix if len(made.suffix) <= _SUFFIX_LETTER_COUNT else ""
    place = root() / f"{token}{suffix}"
    byte_count = made.stat().st_size
    made.replace(place)
    return StoredFile(f"{FOLDER}/{place.name}", digest, byte_count)


def discard(token: str) -> None:
    """Remove whatever a run left: its folder and, if it came so far, its file."""
    clear_work_folder(token)
    for leftover in root().glob(f"{token}*"):
        leftover.unlink(missing_ok=True)


def clear_work_folder(token: str) -> None:
    """Remove the private folder of a run that has ended."""
    shutil.rmtree(root() / "tmp" / token, ignore_errors=True)


def tokens_on_disk() -> set[str]:
    """The tokens that have a file or a folder."""
    if not root().exists():
        return set()
    found = {entry.name.partition(".")[0] for entry in root().iterdir() if entry.is_file()}
    temporary = root() / "tmp"
    return found | ({entry.name for entry in temporary.iterdir()} if temporary.exists() else set())
