"""HTML to PDF, in a child process with limits; the only module that knows which engine it is.

The child sees the document, the assets given by name and our fonts, and nothing else: no network,
no files, no system fonts. The same input gives the same bytes.
"""

from __future__ import annotations

import base64
import datetime as dt
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from codi.confined import Limits, Overrun, run, workplace
from codi.pdf.fonts import font_dir

CHILD = "codi.pdf.child:draw"
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
    }
    limits = Limits(seconds=timeout, cpu_seconds=int(timeout) + 5, memory_mb=memory_mb)
    with workplace("codi-pdf-") as folder:
        conf = folder / "fonts.conf"
        conf.write_text(FONTS_CONF.format(fonts=font_dir()), encoding="utf-8")
        fonts = {"FONTCONFIG_FILE": str(conf)}
        try:
            outcome = run(CHILD, job, folder=folder, limits=limits, environment=fonts)
        except Overrun as overrun:
            raise _failure(overrun, limits) from overrun
        pdf = (folder / "out.pdf").read_bytes()
    seconds = time.monotonic() - started
    return RenderResult(pdf, outcome.value["pages"], seconds, outcome.peak_mb)


def _failure(overrun: Overrun, limits: Limits) -> RenderFailed:
    """Why there is no file, in words that help."""
    if overrun.code == "memory":
        return RenderFailed(
            f"เอกสารใหญ่เกินหน่วยความจำที่กำหนดไว้ ({limits.memory_mb:,} MB) โปรดแบ่งรายงานหรือส่งออกตารางยาวเป็นไฟล์ Excel แทน",
            code="memory",
            detail=overrun.detail,
        )
    if overrun.code == "time":
        return RenderFailed(
            f"จัดทำไฟล์ PDF ไม่เสร็จภายใน {limits.seconds:g} วินาที โปรดแบ่งรายงานให้สั้นลงแล้วลองใหม่",
            code="timeout",
            detail=overrun.detail,
        )
    return RenderFailed(
        "จัดทำไฟล์ PDF ไม่สำเร็จเพราะเนื้อหามีรูปแบบที่พิมพ์ไม่ได้ โปรดแจ้งผู้ดูแลระบบพร้อมเวลาที่พบ",
        code="error",
        detail=overrun.detail,
    )
