"""Attached files of a bucket: on their way into the archive of a backup and back, one at a time.

In the archive they lie where a folder would keep them, so that a backup of a bucket can be restored
into a folder and the other way round. No more than one block of a file is held in memory.
"""

from __future__ import annotations

import hashlib
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings

from codi.backup.programs import BackupError
from codi.files.store import FOLDER, Stored, store

BLOCK = 1024 * 1024


def in_bucket() -> bool:
    """Whether the settings keep attached files in a bucket."""
    return bool(settings.ATTACHMENTS_URL)


def is_one(name: str) -> bool:
    """Whether a place in the archive is that of an attached file."""
    folder, _, own = name.partition("/")
    return folder == FOLDER and bool(own) and "/" not in own


def count() -> int:
    """How many attached files the store holds now."""
    with _words("อ่านรายชื่อไฟล์แนบจาก"):
        return sum(1 for _ in store().files())


def pack(archive: tarfile.TarFile) -> dict[str, str]:
    """Put every object of the bucket into the archive; returns the hash of each by its place."""
    hashes = {}
    with _words("อ่านไฟล์แนบจาก"):
        for found in store().files():
            try:
                content = store().open(found.name)
            except FileNotFoundError:  # purged at this moment: no row names it any more
                continue
            with closing(content):
                content.seek(0)  # fetches all of it, so that nothing is missing behind its header
                hashes[f"{FOLDER}/{found.name}"] = _add(archive, found, content)
    return hashes


def _add(archive: tarfile.TarFile, found: Stored, content: IO[bytes]) -> str:
    """Write one object into the archive; returns the hash of what was written."""
    entry = tarfile.TarInfo(f"{FOLDER}/{found.name}")
    entry.size, entry.mode = found.byte_count, 0o640
    entry.mtime = int(found.changed_at.timestamp())
    read = _Hashing(content)
    archive.addfile(entry, read)
    return read.digest.hexdigest()


class _Hashing:
    """A stream that counts the SHA-256 of what is read through it."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._content.read(size)
        self.digest.update(block)
        return block


def refuse_full() -> None:
    """Refuse to restore into a bucket that holds attached files already."""
    with _words("อ่านรายชื่อไฟล์แนบจาก"):
        if next(iter(store().files()), None) is not None:
            raise BackupError(
                "ถังเก็บไฟล์แนบ (ATTACHMENTS_URL) ไม่ว่าง ให้ระบุถังใหม่ที่ว่าง "
                "หรือสั่งด้วย --force เพื่อเขียนทับไฟล์ชื่อเดียวกัน"
            )


def put(opened: tarfile.TarFile, entry: tarfile.TarInfo) -> str:
    """Put one entry of the archive into the bucket; returns the hash of what was put."""
    content = opened.extractfile(entry)
    if content is None:
        raise BackupError(f"{entry.name} ในไฟล์สำรองไม่ใช่ไฟล์ ข้อมูลสำรองชุดนี้ใช้ไม่ได้")
    with tempfile.NamedTemporaryFile() as plain, content, _words("เขียนไฟล์แนบลงใน"):
        read = _Hashing(content)
        while block := read.read(BLOCK):
            plain.write(block)
        plain.flush()
        store().put(Path(entry.name).name, Path(plain.name))
    return read.digest.hexdigest()


@contextmanager
def _words(act: str) -> Iterator[None]:
    """What the service does wrong, by whatever name, comes out as words for the operator."""
    try:
        yield
    except BackupError:
        raise
    except Exception as error:
        raise BackupError(
            f"{act}ถังเก็บ S3 (ATTACHMENTS_URL) ไม่สำเร็จ: {error} "
            "ตรวจที่อยู่ รหัส และการเชื่อมต่อของถังแล้วสั่งใหม่ (ถ้าถังมีการสำรองของตนเอง "
            "ให้สำรองด้วย --attachments-elsewhere)"
        ) from error
