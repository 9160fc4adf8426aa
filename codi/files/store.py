"""Where the content of files lies: a folder outside the web root, or a bucket that speaks S3.

Names are random and given by the rows. One setting decides: ``ATTACHMENTS_URL`` is empty for the
folder ``MEDIA_ROOT/attachments``, or ``s3://KEY:SECRET@host:port/bucket?region=…&tls=no``.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File

FOLDER = "attachments"
PUT_AWAY = "put-away"
LONGEST_SIGNED_SECONDS = 300
_SPOOLED_BYTE_COUNT = 1024 * 1024


@dataclass(frozen=True)
class Stored:
    """A file in the store, with its size and when it was last written."""

    name: str
    byte_count: int
    changed_at: dt.datetime


class Store(Protocol):
    """What the rest of the room needs of a place for files. All of it may raise ``OSError``."""

    def put(self, name: str, source: Path) -> None:
        """Keep a file under its name: wholly there or not at all."""

    def put_copies(self, names: Sequence[str], source: Path) -> None:
        """Keep one content under many names."""

    def open(self, name: str) -> IO[bytes]:
        """The content, to be read once and closed; ``FileNotFoundError`` when it is missing."""

    def delete(self, name: str) -> None:
        """Remove a file; one that is missing is fine."""

    def files(self) -> Iterator[Stored]:
        """Every file there is, half-written ones as well."""

    def put_away(self, name: str) -> None:
        """Move a file that belongs to no row out of the way, where nobody is served from."""

    def signed_url(self, name: str, disposition: str, content_type: str) -> str:
        """An address that works for a few minutes without asking us; empty where there is none."""


def store() -> Store:
    """The place that the settings name."""
    address = settings.ATTACHMENTS_URL
    return _bucket(address) if address else FolderStore(Path(settings.MEDIA_ROOT) / FOLDER)


@dataclass(frozen=True)
class FolderStore:
    """A folder on this machine, shared by web and worker."""

    folder: Path

    def put(self, name: str, source: Path) -> None:
        """Write under a private name, make sure that it is on the disk, rename."""
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / f".{name}.part"
        try:
            with source.open("rb") as content, temporary.open("xb") as stream:
                shutil.copyfileobj(content, stream, _SPOOLED_BYTE_COUNT)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.chmod(settings.FILE_UPLOAD_PERMISSIONS)
            temporary.replace(self.folder / name)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise

    def put_copies(self, names: Sequence[str], source: Path) -> None:
        """One file with many names: contents never change, and a name is taken away on its own."""
        if not names:
            return
        first, *others = names
        self.put(first, source)
        for name in others:
            (self.folder / name).unlink(missing_ok=True)
            (self.folder / name).hardlink_to(self.folder / first)

    def open(self, name: str) -> IO[bytes]:
        """The file itself."""
        return (self.folder / name).open("rb")

    def delete(self, name: str) -> None:
        """Unlink it."""
        (self.folder / name).unlink(missing_ok=True)

    def files(self) -> Iterator[Stored]:
        """The files of the folder, not of those below it."""
        if not self.folder.exists():
            return
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False):
                    found = entry.stat()
                    changed_at = dt.datetime.fromtimestamp(found.st_mtime, dt.UTC)
                    yield Stored(entry.name, found.st_size, changed_at)

    def put_away(self, name: str) -> None:
        """Into a folder below, under the same name."""
        aside = self.folder / PUT_AWAY
        aside.mkdir(exist_ok=True)
        (self.folder / name).replace(aside / name)

    def signed_url(self, name: str, disposition: str, content_type: str) -> str:
        """A folder has no addresses."""
        return ""


class BucketStore:
    """A bucket of an S3-like service, through django-storages."""

    def __init__(self, address: str) -> None:
        from storages.backends.s3 import S3Storage

        parts = urlsplit(address)
        wishes = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        bucket = parts.path.strip("/")
        if parts.scheme != "s3" or not parts.hostname or not bucket:
            raise ImproperlyConfigured(
                "ATTACHMENTS_URL must be s3://KEY:SECRET@host:port/bucket?region=…"
            )
        port = f":{parts.port}" if parts.port else ""
        protocol = "http" if wishes.get("tls") == "no" else "https"
        self._storage = S3Storage(
            access_key=unquote(parts.username or "") or None,
            secret_key=unquote(parts.password or "") or None,
            bucket_name=bucket,
            endpoint_url=f"{protocol}://{parts.hostname}{port}",
            region_name=wishes.get("region", "us-east-1"),
            addressing_style="path",
            signature_version="s3v4",
            location=FOLDER,
            file_overwrite=True,
            max_memory_size=_SPOOLED_BYTE_COUNT,
            querystring_auth=True,
        )

    @property
    def _objects(self) -> Any:
        return self._storage.bucket.objects

    def _key(self, name: str) -> str:
        return f"{FOLDER}/{name}"

    def put(self, name: str, source: Path) -> None:
        """One request: the service shows an object when it is whole."""
        with _service_errors(), source.open("rb") as stream:
            self._storage.save(name, File(stream))

    def put_copies(self, names: Sequence[str], source: Path) -> None:
        """One request for each name."""
        for name in names:
            self.put(name, source)

    def open(self, name: str) -> IO[bytes]:
        """The object, streamed."""
        with _service_errors():
            content: IO[bytes] = self._storage.open(name, "rb")
        return content

    def delete(self, name: str) -> None:
        """Delete the object."""
        with _service_errors():
            self._storage.delete(name)

    def files(self) -> Iterator[Stored]:
        """The objects below our folder, not of those put away."""
        with _service_errors():
            for found in self._objects.filter(Prefix=f"{FOLDER}/"):
                name = found.key.removeprefix(f"{FOLDER}/")
                if "/" not in name:
                    yield Stored(name, found.size, found.last_modified)

    def put_away(self, name: str) -> None:
        """Copy it to the folder below and delete it here."""
        with _service_errors():
            bucket = self._storage.bucket
            source = {"Bucket": bucket.name, "Key": self._key(name)}
            bucket.copy(source, self._key(f"{PUT_AWAY}/{name}"))
            self._storage.delete(name)

    def signed_url(self, name: str, disposition: str, content_type: str) -> str:
        """An address for as long as the settings say, five minutes at most; empty when they say 0."""
        seconds = min(settings.ATTACHMENTS_SIGNED_SECONDS, LONGEST_SIGNED_SECONDS)
        if seconds <= 0:
            return ""
        wanted = {"ResponseContentDisposition": disposition, "ResponseContentType": content_type}
        address: str = self._storage.url(name, parameters=wanted, expire=seconds)
        return address


@contextmanager
def _service_errors() -> Iterator[None]:
    """What the service or the line to it does wrong comes out as ``OSError``, as from a disk."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError) as error:
        raise OSError(f"the bucket refused: {error}") from error


@lru_cache(maxsize=4)
def _bucket(address: str) -> BucketStore:
    return BucketStore(address)
