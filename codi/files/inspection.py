"""From what came in to what may be kept: read to disk under a limit, judged in a child, scanned."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from codi.confined import Limits, Overrun, run, workplace
from codi.errors import Refused
from codi.files import scanner
from codi.files.content import CLEAN, PREVIEW
from codi.files.names import Named, read_name

logger = logging.getLogger(__name__)

MAX_BYTE_COUNT = 20 * 1024 * 1024
MAX_MB = 20
LIMITS = Limits(seconds=30, cpu_seconds=20, memory_mb=1200, file_mb=256)
_BLOCK = 1024 * 1024
_OVERRUN = {
    "time": "ไฟล์ซับซ้อนเกินไป ตรวจไม่เสร็จในเวลาที่กำหนด กรุณาบันทึกเป็นไฟล์ใหม่ที่เล็กลงแล้วแนบอีกครั้ง",
    "memory": "ไฟล์ซับซ้อนเกินไป ระบบจึงไม่เปิด กรุณาบันทึกเป็นไฟล์ใหม่ที่เล็กลงแล้วแนบอีกครั้ง",
    "fault": "ไฟล์เสียหรือมีรูปแบบที่อ่านไม่ได้ กรุณาเปิดในโปรแกรมเดิม บันทึกเป็นไฟล์ใหม่ แล้วแนบอีกครั้ง",
}


@dataclass(frozen=True)
class Judged:
    """A file that may be kept: its name and format, and where its content and preview lie now."""

    named: Named
    path: Path
    preview: Path | None
    byte_count: int
    sha256: str


@contextmanager
def judged(content: IO[bytes], *, file_name: str, declared: str) -> Iterator[Judged]:
    """Judge what somebody sends; the files lie in a folder that goes with the block.

    Raises :class:`Refused` when the name, the size, the content or the scanner speaks against it.
    """
    named = read_name(file_name, declared)
    with workplace("codi-files-") as folder:
        source = folder / "upload"
        _read(content, source)
        scanner.scan(source)
        found = _examined(source, named, folder)
        kept = folder / CLEAN if found["clean"] else source
        yield Judged(
            named=named,
            path=kept,
            preview=folder / PREVIEW if found["preview"] else None,
            byte_count=kept.stat().st_size,
            sha256=sha256_of(kept),
        )


def sha256_of(path: Path) -> str:
    """The fingerprint of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read(content: IO[bytes], source: Path) -> None:
    """Write what comes in to disk, up to the limit and not a byte beyond."""
    size = 0
    with source.open("wb") as stream:
        while block := content.read(_BLOCK):
            size += len(block)
            if size > MAX_BYTE_COUNT:
                raise Refused(
                    f"ไฟล์ใหญ่เกิน {MAX_MB} MB กรุณาย่อไฟล์หรือแบ่งเป็นหลายไฟล์", code="files-too-big"
                )
            stream.write(block)
    if not size:
        raise Refused("ไฟล์ว่างเปล่า กรุณาเลือกไฟล์ที่มีเนื้อหา", code="files-empty")


def _examined(source: Path, named: Named, folder: Path) -> dict[str, bool]:
    """What the child says of the content. Raises :class:`Refused`."""
    call = {"path": str(source), "format": named.format.value}
    try:
        found: dict[str, bool] = run(
            "codi.files.content:examine", call, folder=folder, limits=LIMITS
        ).value
    except Overrun as overrun:
        logger.warning("a file of kind %s could not be judged: %s", named.format.value, overrun)
        raise Refused(_OVERRUN[overrun.code], code=f"files-{overrun.code}") from overrun
    return found
