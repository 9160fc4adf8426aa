"""Files that a person downloads: their Thai names and the headers that carry them."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import IO
from urllib.parse import quote

from django.http import FileResponse

from codi.thai.normalise import clean

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
PDF = "application/pdf"

_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]+')
_LONGEST = 120


def file_name(*parts: str, extension: str) -> str:
    """A name from its parts, safe on every system: "รายการโครงการ ภาคเหนือ 31 พ.ค. 64.xlsx".

    Characters that some system forbids, and marks that turn the direction of text (a way to hide
    the real extension), become blanks.
    """
    text = clean(_UNSAFE.sub(" ", " ".join(part for part in parts if part)))
    return f"{text[:_LONGEST].strip(' .') or 'file'}.{extension}"


def disposition(name: str, *, inline: bool = False) -> str:
    """The Content-Disposition of RFC 6266: the Thai name, and a plain one for old programs."""
    plain = f"download{PurePath(name).suffix}" if not name.isascii() else name.replace('"', "")
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def file_response(
    content: IO[bytes], *, name: str, content_type: str, inline: bool = False
) -> FileResponse:
    """Send a file under its Thai name; it is closed when it has been sent."""
    response = FileResponse(content, content_type=content_type)
    response["Content-Disposition"] = disposition(name, inline=inline)
    response["Cache-Control"] = "private, no-store"
    return response
