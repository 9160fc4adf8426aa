"""Conditional requests: the tag of a row, ``If-None-Match`` for reading, ``If-Match`` for writing.

A tag is ``"VERSION-DIGEST"``: the row's count of changes, and a digest of what is told of it (which
may follow other tables, such as money paid). Reading compares the whole, so that nothing stale is
kept; writing compares the version alone, so that a payment does not stand in the way of a change.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from rest_framework.request import Request

from codi.api.errors import Problem

TAG = re.compile(r'"([0-9]{1,10})-[0-9a-f]{16}"')


def tag_of(body: bytes, version: int | None = None) -> str:
    """The strong tag of an answer."""
    return f'"{version or 0}-{hashlib.sha256(body).hexdigest()[:16]}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether the caller has this very answer already."""
    asked = request.headers.get("If-None-Match", "")
    known = {part.strip().removeprefix("W/") for part in asked.split(",")}
    return tag in known or asked.strip() == "*"


def require_version(request: Request, version: int) -> int:
    """The version that the caller saw, when it is the present one.

    Raises :class:`Problem`: 428 when ``If-Match`` does not say, 412 when somebody wrote since.
    """
    seen = TAG.fullmatch(request.headers.get("If-Match", "").strip())
    if seen is None:
        text = "ส่ง ETag ของรายการที่อ่านไว้ในส่วนหัว (header) If-Match เพื่อไม่ให้ทับการแก้ไขของผู้อื่น"
        raise Problem("version-missing", text)
    if int(seen[1]) != version:
        text = "อ่านรายการนี้ใหม่ เทียบค่า แล้วส่งอีกครั้งด้วย ETag ใหม่"
        raise Problem("changed-by-another", text, code="changed_by_another")
    return version


def headers(tag: str) -> dict[str, Any]:
    """The tag, and that only the caller's own store may keep the answer, asking each time."""
    return {"ETag": tag, "Cache-Control": "private, no-cache"}
