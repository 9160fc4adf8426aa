"""Where uploaded files lie: outside the web root, under random names."""

from __future__ import annotations

import os
import uuid
from pathlib import Path, PurePosixPath

from django.conf import settings

FOLDER = "imports"


def keep(content: bytes, file_name: str) -> str:
    """Store an uploaded file; returns its path below MEDIA_ROOT. Raises OSError on a full disk."""
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    suffix = PurePosixPath(file_name.lower()).suffix
    name = f"{uuid.uuid4()}{suffix if suffix in {'.xlsx', '.csv', '.tsv', '.txt'} else ''}"
    temporary = folder / f".{name}"
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(folder / name)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return f"{FOLDER}/{name}"


def drop(path: str) -> None:
    """Remove a stored file whose row was not kept."""
    (Path(settings.MEDIA_ROOT) / path).unlink(missing_ok=True)
