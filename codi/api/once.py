"""Once and only once: a write under an ``Idempotency-Key`` is done one time and answered the same.

The key is held by an advisory lock of the transaction that does the work, and the answer is stored
in that transaction. So a second request finds the first one under way (409), or its answer; and
where the first one died, nothing of it stayed and the key is free.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from codi.accounts.models import User
from codi.api import conditions
from codi.api.errors import Problem
from codi.api.models import KeptAnswer
from codi.api.services import ANSWERS_KEPT

HEADER = "Idempotency-Key"
LONGEST_KEY = 200


@dataclass(frozen=True)
class Answer:
    """What is answered, as it is kept and sent."""

    status: int
    body: str
    content_type: str = "application/json"
    etag: str = ""
    register: str = ""
    row_key: str = ""

    def response(self) -> HttpResponse:
        """The HTTP response."""
        sent = HttpResponse(self.body, status=self.status, content_type=self.content_type)
        for name, value in conditions.headers(self.etag).items():
            if value:
                sent[name] = value
        return sent


def asked_key(request: Request) -> str:
    """The key of the request; empty when there is none. Raises :class:`Problem` for a wild one."""
    key = str(request.headers.get(HEADER, "")).strip()
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Problem("invalid", f"{HEADER} ใช้ได้เฉพาะอักษร ASCII ไม่เกิน {LONGEST_KEY} ตัว")
    return key


def require_key(key: str) -> str:
    """Go on only with a key. Raises :class:`Problem`."""
    if not key:
        text = (
            f"ส่งส่วนหัว (header) {HEADER} เป็นค่าที่ไม่ซ้ำ (เช่น UUID) และใช้ค่าเดิมเมื่อส่งซ้ำ เพื่อไม่ให้บันทึกสองครั้ง"
        )
        raise Problem("one-time-key-missing", text)
    return key


def key_of_service(user: User, key: str) -> uuid.UUID:
    """The one-time key that services keep with what they write, which outlives the kept answer."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"api:{user.pk}:{key}")


def fingerprint(request: Request) -> str:
    """What tells one request from another: method, address and content."""
    data = request.data
    is_object = isinstance(data, Mapping)
    said = [(name, _said(data[name])) for name in sorted(data)] if is_object else data
    text = json.dumps([request.method, request.get_full_path(), said], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _said(value: Any) -> Any:
    if isinstance(value, UploadedFile):
        digest = hashlib.sha256(b"".join(value.chunks())).hexdigest()
        value.seek(0)
        return [value.name, digest]
    return value


def claim(user: User, key: str, mark: str) -> Answer | None:
    """Hold the key until the end of the transaction; the answer that is kept under it, if any.

    Raises :class:`Problem`: 409 while the same key is under way, 422 when it stands for another
    request.
    """
    with connection.cursor() as cursor:
        name = f"codi-api:{user.pk}:{key}"
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        if not cursor.fetchone()[0]:
            text = "คำขอที่ใช้กุญแจนี้กำลังทำอยู่ กรุณารอสักครู่แล้วส่งคำขอเดิมอีกครั้งเพื่อดูผล"
            raise Problem("in-flight", text, headers={"Retry-After": "1"})
    kept = KeptAnswer.objects.filter(user=user, key=key).first()
    if kept is None:
        return None
    if kept.created_at < timezone.now() - ANSWERS_KEPT:
        kept.delete()
        return None
    if kept.fingerprint != mark:
        raise Problem("one-time-key-reused", "ใช้กุญแจใหม่สำหรับคำขอใหม่ กุญแจเดิมใช้ได้เมื่อส่งคำขอเดิมซ้ำเท่านั้น")
    return Answer(kept.status, kept.body, kept.content_type, kept.etag, kept.register, kept.row_key)


def keep(user: User, key: str, mark: str, answer: Answer) -> None:
    """Store the final answer beside the work, in its transaction."""
    KeptAnswer.objects.create(
        user=user,
        key=key,
        fingerprint=mark,
        status=answer.status,
        content_type=answer.content_type,
        body=answer.body,
        etag=answer.etag,
        register=answer.register,
        row_key=answer.row_key,
        created_at=timezone.now(),
    )
