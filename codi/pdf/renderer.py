"""HTML to PDF, in a child process with limits; the only module that knows which engine it is.

The child sees the document, the assets given by name and our fonts, and nothing else: no network,
no files, no system fonts. The same input gives the same bytes.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from codi.pdf.fonts import font_dir

CHILD = Path(__file__).with_name("child.py")
MEMORY_STATUS = 3
# The native libraries abort, trap or crash when an allocation fails; the kernel kills.
OUT_OF_MEMORY_SIGNALS = (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGTRAP)
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}/print</dir>
  <cachedir>{fonts}/cache</cachedir>
</fontconfig>
"""


class RenderFailed(Exception):
    """The document could not be rendered; ``message`` says in Thai why and what to do.

    ``code`` is ``timeout``, ``memory`` or ``error``; ``detail`` is for the log, never for users.
    """

    def __init__(self, message: str, *, code: str, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class RenderResult:
    """The file, its number of pages, the seconds it took and the peak memory of the child (MB)."""

    pdf: bytes
    pages: int
    seconds: float
    peak_mb: float


def print_stylesheet() -> str:
    """The stylesheet of every printed document."""
    return (Path(settings.BASE_DIR) / "static" / "css" / "print.css").read_text(encoding="utf-8")


def render(
    html: str,
    *,
    assets: Mapping[str, bytes] | None = None,
    stylesheets: Sequence[str] | None = None,
    pdf_variant: str | None = "pdf/ua-1",
    created_at: dt.datetime | None = None,
    timeout: float = 60,
    memory_mb: int = 1500,
) -> RenderResult:
    """Render a whole HTML document.

    ``assets`` are pictures that the document names ``asset:NAME`` (svg, png or jpeg by the name's
    ending); ``stylesheets`` replace the print stylesheet; ``created_at`` is written into the file
    (nothing when None, so that the bytes depend on the input alone). ``timeout`` is in seconds of
    wall time. Raises :class:`RenderFailed`.
    """
    started = time.monotonic()
    job = {
        "html": html,
        "stylesheets": list(stylesheets) if stylesheets is not None else [print_stylesheet()],
        "assets": {
            name: base64.b64encode(content).decode() for name, content in (assets or {}).items()
        },
        "pdf_variant": pdf_variant,
        "created_at": created_at.isoformat(timespec="seconds") if created_at else None,
        "memory_bytes": memory_mb * 1024 * 1024,
        "cpu_seconds": int(timeout) + 5,
    }
    with tempfile.TemporaryDirectory(prefix="codi-pdf-") as folder:
        report = _run_child(json.dumps(job).encode(), Path(folder), timeout, memory_mb)
        pdf = (Path(folder) / "out.pdf").read_bytes()
    seconds = time.monotonic() - started
    return RenderResult(pdf, report["pages"], seconds, report["peak_kb"] / 1024)


def _run_child(job: bytes, folder: Path, timeout: float, memory_mb: int) -> dict[str, Any]:
    """Run the child in its own folder and process group; returns what it reports."""
    conf = folder / "fonts.conf"
    conf.write_text(FONTS_CONF.format(fonts=font_dir()), encoding="utf-8")
    child = subprocess.Popen(
        [sys.executable, "-P", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=_environment(folder, conf),
        start_new_session=True,
    )
    try:
        out, err = child.communicate(job, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise RenderFailed(
            f"จัดทำไฟล์ PDF ไม่เสร็จภายใน {timeout:g} วินาที โปรดแบ่งรายงานให้สั้นลงแล้วลองใหม่",
            code="timeout",
        ) from None
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
    if child.returncode == 0:
        report: dict[str, Any] = json.loads(out)
        return report
    raise _failure(child.returncode, err.decode(errors="replace")[-4000:], memory_mb)


def _environment(folder: Path, conf: Path) -> dict[str, str]:
    """No variable of the server reaches the child (no proxy, no secret)."""
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "FONTCONFIG_FILE": str(conf),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _failure(status: int, log: str, memory_mb: int) -> RenderFailed:
    if status == MEMORY_STATUS or -status in OUT_OF_MEMORY_SIGNALS:
        return RenderFailed(
            f"เอกสารใหญ่เกินหน่วยความจำที่กำหนดไว้ ({memory_mb:,} MB) โปรดแบ่งรายงานหรือส่งออกตารางยาวเป็นไฟล์ Excel แทน",
            code="memory",
            detail=log,
        )
    if status == -signal.SIGXCPU:
        return RenderFailed(
            "จัดทำไฟล์ PDF นานเกินเวลาที่กำหนด โปรดแบ่งรายงานให้สั้นลงแล้วลองใหม่",
            code="timeout",
            detail=log,
        )
    return RenderFailed(
        "จัดทำไฟล์ PDF ไม่สำเร็จเพราะเนื้อหามีรูปแบบที่พิมพ์ไม่ได้ โปรดแจ้งผู้ดูแลระบบพร้อมเวลาที่พบ",
        code="error",
        detail=log,
    )
