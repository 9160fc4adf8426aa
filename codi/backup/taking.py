"""Taking a backup: tables and their sums from one snapshot, then the files."""

from __future__ import annotations

import datetime as dt
import shutil
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from django.conf import settings
from django.db import connection
from psycopg2.extensions import connection as Session  # noqa: N812 - a class of the driver

from codi.backup import attachments
from codi.backup.manifest import LEFT_OUT, Manifest, count_tables, hash_of
from codi.backup.programs import find, run, seal

# What is being written at this moment belongs to nobody yet.
PASSING = ("jobs/tmp/",)


def take(
    folder: Path,
    *,
    now: dt.datetime,
    passphrase_file: Path | None = None,
    attachments_elsewhere: bool = False,
) -> Path:
    """Make a backup in a new folder below ``folder``; returns it.

    The files are read after the tables, so every file that a row of the dump names is there; files
    that are attached to records come from the bucket where the settings name one, unless
    ``attachments_elsewhere`` says that the bucket has a backup of its own. It is written beside its
    place and renamed when it is whole. Raises :class:`BackupError`.
    """
    target = folder / f"codi-{now:%Y%m%dT%H%M%SZ}"
    arriving = folder / f".{target.name}.arriving"
    shutil.rmtree(arriving, ignore_errors=True)
    arriving.mkdir(parents=True, mode=0o700)
    manifest = Manifest(taken_at=now.isoformat(), server="")
    try:
        began = time.monotonic()
        _dump(arriving / "database.dump", manifest)
        manifest.seconds["database"] = round(time.monotonic() - began, 2)
        began = time.monotonic()
        with tarfile.open(arriving / "media.tar", "w") as archive:
            manifest.files = _pack(Path(settings.MEDIA_ROOT), archive)
            if attachments.in_bucket() and attachments_elsewhere:
                manifest.attachments_elsewhere_count = attachments.count()
            elif attachments.in_bucket():
                manifest.files |= attachments.pack(archive)
        manifest.attachment_count = sum(map(attachments.is_one, manifest.files))
        manifest.seconds["files"] = round(time.monotonic() - began, 2)
        for part in sorted(arriving.iterdir()):
            kept = seal(part, passphrase_file) if passphrase_file else part
            manifest.parts[kept.name] = hash_of(kept)
        manifest.write(arriving)
        arriving.rename(target)
    finally:
        shutil.rmtree(arriving, ignore_errors=True)
    return target


def _dump(path: Path, manifest: Manifest) -> None:
    """Dump the tables and count them, both as one moment saw them."""
    with _moment() as (session, snapshot):
        version = session.server_version
        manifest.server = f"PostgreSQL {version // 10000}"
        manifest.counts, manifest.sums_baht = count_tables(session)
        manifest.migrations = manifest.counts.get("django_migrations", 0)
        run(
            *(find("pg_dump", server_major=version // 10000), "--format=custom"),
            *("--no-password", "--lock-wait-timeout=30s", f"--snapshot={snapshot}"),
            *(f"--exclude-table-data=public.{table}" for table in LEFT_OUT),
            f"--file={path}",
            connection=connection,
        )


@contextmanager
def _moment() -> Iterator[tuple[Session, str]]:
    """A session that sees one moment, and the name by which another program sees the same."""
    session = psycopg2.connect(**connection.get_connection_params())
    try:
        session.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with session.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            yield session, str(cursor.fetchone()[0])
    finally:
        session.close()


def _pack(root: Path, archive: tarfile.TarFile) -> dict[str, str]:
    """Put every file below ``root`` into the archive; returns the hash of each by its place."""
    hashes: dict[str, str] = {}
    for found in sorted(root.rglob("*")):
        name = found.relative_to(root).as_posix()
        if name.startswith(PASSING) or found.name.startswith(".") or not found.is_file():
            continue
        try:
            hashes[name] = hash_of(found)
            archive.add(found, arcname=name, recursive=False)
        except FileNotFoundError:  # removed at this moment: no row names it any more
            hashes.pop(name, None)
    return hashes
