"""Restoring a backup: nothing is believed that does not add up."""

from __future__ import annotations

import datetime as dt
import tarfile
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from codi.backup import attachments
from codi.backup.manifest import Manifest, count_tables, differences, hash_of
from codi.backup.programs import BackupError, find, run, unseal
from codi.backup.settling import People, Settled, people_before, settle, to_check
from codi.files import reconciling
from codi.thai.dates import long_date

EMPTY = """
SELECT count(*) = 0 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
"""


@dataclass
class Restored:
    """What came back, what was put to rest, what to check, and how many seconds each part took."""

    row_count: int = 0
    file_count: int = 0
    attachment_count: int = 0
    missing_count: int = 0
    settled: Settled = field(default_factory=Settled)
    to_check: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def restore(folder: Path, *, force: bool, passphrase_file: Path | None = None) -> Restored:
    """Bring a backup into the database and the place for files that the settings name.

    Every hash is checked before anything is touched. A database, a place for files or a bucket that
    is not empty is refused unless ``force``; then the tables that were there are gone, and files of
    the same names are written over. Afterwards rows and sums are counted anew and must be those of
    the manifest; then what must not wake up again is put to rest (see ``settling``). Raises
    :class:`BackupError`.
    """
    manifest = _checked(folder)
    media = Path(settings.MEDIA_ROOT)
    if not force:
        _refuse_full(media, manifest)
    done = Restored()
    before = people_before()
    with tempfile.TemporaryDirectory() as plain:
        parts = _plain_parts(folder, manifest, passphrase_file, Path(plain))
        began = time.monotonic()
        _load(parts["database.dump"], force=force)
        done.row_count = _compare(manifest)
        call_command("migrate", interactive=False, verbosity=0)
        _settle(done, manifest, before)
        done.seconds["database"] = round(time.monotonic() - began, 2)
        began = time.monotonic()
        try:
            done.file_count = _unpack(parts["media.tar"], media, manifest)
        except (BackupError, OSError) as error:
            # The tables are back and people could log in: what to check is told in any case.
            raise BackupError("\n".join([str(error), *done.to_check])) from error
        done.attachment_count = manifest.attachment_count
        done.missing_count = len(reconciling.compare(now=timezone.now()).missing)
        done.seconds["files"] = round(time.monotonic() - began, 2)
    return done


def _settle(done: Restored, manifest: Manifest, before: People) -> None:
    done.settled = settle(now=timezone.now())
    taken_at = timezone.localtime(dt.datetime.fromisoformat(manifest.taken_at))
    done.to_check = to_check(before, moment=f"{long_date(taken_at.date())} {taken_at:%H:%M} น.")


def _checked(folder: Path) -> Manifest:
    """The manifest, when every part is there and unchanged."""
    try:
        manifest = Manifest.read(folder)
        wrong = [name for name, kept in manifest.parts.items() if hash_of(folder / name) != kept]
    except (OSError, ValueError, TypeError) as error:
        raise BackupError(f"{folder} is not a whole backup: {error}") from error
    if wrong or len(manifest.parts) != 2:
        raise BackupError(f"changed since the backup was taken: {', '.join(wrong)}")
    return manifest


def _refuse_full(media: Path, manifest: Manifest) -> None:
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
        if not cursor.fetchone()[0]:
            raise BackupError(
                "the database is not empty: restore into a new one, "
                "or say --force to lose what is in it"
            )
    if media.exists() and any(media.iterdir()):
        raise BackupError(f"{media} is not empty: name another MEDIA_ROOT, or say --force")
    if attachments.in_bucket() and manifest.attachment_count:
        attachments.refuse_full()


def _plain_parts(
    folder: Path, manifest: Manifest, passphrase_file: Path | None, into: Path
) -> dict[str, Path]:
    """The parts by their plain names, decrypted where they are sealed."""
    parts = {}
    for name in manifest.parts:
        plain = name.removesuffix(".gpg")
        if plain == name:
            parts[plain] = folder / name
        elif passphrase_file is None:
            raise BackupError("the backup is encrypted: name its --passphrase-file")
        else:
            parts[plain] = unseal(folder / name, passphrase_file, into)
    return parts


def _load(dump: Path, *, force: bool) -> None:
    """Restore the tables in one transaction; without owners and rights, which ``migrate`` gives."""
    with connection.cursor() as cursor:
        if force:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        cursor.execute("SHOW server_version_num")
        major = int(cursor.fetchone()[0]) // 10000
    connection.close()
    run(
        *(find("pg_restore", server_major=major), "--no-password", "--no-owner"),
        *("--no-privileges", "--single-transaction", "--exit-on-error"),
        *("--dbname", str(connection.settings_dict["NAME"]), str(dump)),
        connection=connection,
    )


def _compare(manifest: Manifest) -> int:
    """Count everything anew; returns the rows. Raises when a table or a sum differs."""
    session = psycopg2.connect(**connection.get_connection_params())
    try:
        counts, sums = count_tables(session)
    finally:
        session.close()
    wrong = differences(manifest.counts, counts) + differences(manifest.sums_baht, sums)
    if wrong:
        raise BackupError("the restored tables do not add up:\n" + "\n".join(wrong))
    return sum(counts.values())


def _unpack(archive: Path, media: Path, manifest: Manifest) -> int:
    """Put the files into their places; returns how many. Raises when one is missing or changed."""
    media.mkdir(parents=True, exist_ok=True)
    put: dict[str, str] = {}
    with tarfile.open(archive) as opened:
        for entry in opened:
            if attachments.in_bucket() and attachments.is_one(entry.name):
                put[entry.name] = attachments.put(opened, entry)
            else:
                opened.extract(entry, media, filter="data")
    wrong = [
        name
        for name, kept in manifest.files.items()
        if (put[name] if name in put else _hash_if_there(media / name)) != kept
    ]
    if wrong:
        raise BackupError(f"files that did not come back whole: {', '.join(wrong[:10])}")
    if put and attachments.count() < len(put):
        raise BackupError("ไฟล์แนบในถังเก็บ S3 น้อยกว่าที่กู้คืนลงไป ตรวจพื้นที่และสิทธิของถังแล้วสั่งใหม่")
    return len(manifest.files)


def _hash_if_there(path: Path) -> str:
    return hash_of(path) if path.is_file() else ""
