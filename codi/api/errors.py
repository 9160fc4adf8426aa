"""Errors in one shape: RFC 9457 ``application/problem+json``, with Thai texts that say what to do."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions

from codi.errors import Conflict, Refused
from codi.ui import views as pages

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/"
# Kind of problem → status and title. The kind is the end of ``type``, stable for programs.
KINDS: dict[str, tuple[int, str]] = {
    "bad-request": (400, "อ่านคำขอไม่ได้"),
    "invalid": (400, "ข้อมูลที่ส่งมาไม่ถูกต้อง"),
    "one-time-key-missing": (400, "ไม่มีกุญแจกันบันทึกซ้ำ"),
    "not-authenticated": (401, "ยังไม่ได้ยืนยันตัวตน"),
    "not-allowed": (403, "ทำรายการนี้ไม่ได้"),
    "not-found": (404, "ไม่พบรายการนี้"),
    "method-not-allowed": (405, "ที่อยู่นี้ไม่รับวิธีเรียกแบบนี้"),
    "refused": (409, "ขัดกับกติกาของข้อมูล"),
    "in-flight": (409, "คำขอเดียวกันกำลังทำอยู่"),
    "changed-by-another": (412, "มีผู้อื่นแก้ไขข้อมูลนี้แล้ว"),
    "too-large": (413, "ข้อมูลที่ส่งมาใหญ่เกินไป"),
    "media-type": (415, "ไม่รองรับรูปแบบข้อมูลนี้"),
    "one-time-key-reused": (422, "กุญแจกันบันทึกซ้ำถูกใช้กับคำขออื่นแล้ว"),
    "version-missing": (428, "ไม่ได้ระบุรุ่นของข้อมูลที่อ่านไว้"),
    "too-many": (429, "เรียกถี่เกินไป"),
    "fault": (500, "ระบบขัดข้อง"),
    "unavailable": (503, "ระบบไม่พร้อมใช้งานชั่วคราว"),
}
BUSY = frozenset({"busy", "imports-busy"})
# A part of the system that does not answer or is full: no fault of what was sent.
DOWN = frozenset({"files-store", "files-full", "files-scanner", "imports-disk"})
TOO_LARGE = "ข้อมูลหรือไฟล์ใหญ่กว่าที่รับได้ ยังไม่มีการบันทึก แบ่งเป็นส่วนย่อยแล้วส่งใหม่"
# Codes of refusals that are no broken rule of the data but have a kind of their own.
KIND_OF_CODE = {
    "not_allowed": "not-allowed",
    "imports-permission": "not-allowed",
    "jobs-cancel": "refused",
    "imports-moved": "changed-by-another",
    "imports-stale": "changed-by-another",
    "imports-too-big": "too-large",
    "files-too-big": "too-large",
    "jobs-quota": "too-many",
    "request_key_reused": "one-time-key-reused",
    "changed_by_another": "changed-by-another",
    **dict.fromkeys(DOWN, "unavailable"),
}


class Problem(exceptions.APIException):
    """An answer that is an error. ``errors`` blames fields: name, stable code, Thai message."""

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        code: str = "",
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.kind, self.text, self.code = kind, detail, code or kind
        self.errors, self.headers, self.more = errors, dict(headers or {}), more
        self.status_code = KINDS[kind][0]

    def body(self) -> dict[str, Any]:
        """The problem as plain data."""
        status, title = KINDS[self.kind]
        told: dict[str, Any] = {
            "type": f"{PREFIX}v1/#problem-{self.kind}",
            "title": title,
            "status": status,
            "detail": self.text,
            "code": self.code,
            "errors": [dict(error) for error in self.errors],
        }
        return told | self.more

    def answer(self) -> HttpResponse:
        """The response."""
        text = json.dumps(self.body(), ensure_ascii=False)
        return HttpResponse(
            text, status=self.status_code, content_type=MEDIA_TYPE, headers=self.headers
        )


def of_refusal(refused: Refused) -> Problem:
    """The problem that a service's refusal is."""
    kind = KIND_OF_CODE.get(refused.code, "refused")
    blamed = [
        {"field": refused.field or "", "code": refused.code or "refused", "message": text}
        for text in (refused.message, *refused.details)
    ]
    more: dict[str, Any] = {}
    if isinstance(refused, Conflict):
        more["differences"] = [
            {"title": title, "stored": stored, "wanted": wanted}
            for title, stored, wanted in refused.differences
        ]
    wait = "3" if refused.code in BUSY else "60" if refused.code in DOWN else ""
    headers = {"Retry-After": wait} if wait else {}
    return Problem(kind, refused.message, code=refused.code, errors=blamed, headers=headers, **more)


def of_form(errors: Mapping[str, Sequence[Any]]) -> Problem:
    """The problem of a form's errors by field."""
    blamed = [
        {
            "field": "" if name == "__all__" else name,
            "code": getattr(error, "code", None) or "invalid",
            "message": text,
        }
        for name, found in errors.items()
        for error in found
        for text in getattr(error, "messages", [str(error)])
    ]
    return Problem("invalid", "แก้ไขข้อมูลตามรายการใน errors แล้วส่งใหม่", errors=blamed)


def _of_validation(error: exceptions.ValidationError) -> Problem:
    return Problem(
        "invalid", "แก้ไขข้อมูลตามรายการใน errors แล้วส่งใหม่", errors=list(_flat(error.detail))
    )


def _flat(detail: Any, path: str = "") -> Any:
    """Every error of a nested detail, with the path to its field."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            step = "" if name == "non_field_errors" else str(name)
            yield from _flat(inner, ".".join(part for part in (path, step) if part))
    elif isinstance(detail, list) and any(isinstance(one, (list, dict)) for one in detail):
        for place, inner in enumerate(detail):
            yield from _flat(inner, f"{path}.{place}")
    else:
        for one in detail if isinstance(detail, list) else [detail]:
            yield {"field": path, "code": getattr(one, "code", "invalid"), "message": str(one)}


def _of_throttle(error: exceptions.Throttled) -> Problem:
    seconds = math.ceil(getattr(error, "wait", None) or 60)
    return Problem(
        "too-many",
        f"เรียกถี่เกินกว่าที่กำหนด กรุณารออีก {seconds} วินาทีแล้วเรียกใหม่",
        headers={"Retry-After": str(seconds)},
    )


def _of_identity(error: exceptions.APIException) -> Problem:
    header = str(getattr(error, "auth_header", "") or 'Bearer realm="api"')
    text = (
        str(error.detail)
        if isinstance(error, exceptions.AuthenticationFailed)
        else "ส่งโทเคนในส่วนหัว (header) Authorization: Bearer … หรือเข้าสู่ระบบก่อน สร้างโทเคนได้ที่หน้า “โทเคน API”"
    )
    return Problem("not-authenticated", text, headers={"WWW-Authenticate": header})


def problem_of(error: Exception) -> Problem | None:
    """The problem behind an exception; None for a fault of ours."""
    match error:
        case Problem():
            return error
        case Refused():
            return of_refusal(error)
        case Http404() | exceptions.NotFound():
            return Problem("not-found", "ไม่มีรายการนี้ หรือรายการอยู่นอกขอบเขตที่ท่านเห็นได้")
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return _of_identity(error)
        case PermissionDenied():
            return Problem("not-allowed", str(error) or "บทบาทของท่านทำรายการนี้ไม่ได้")
        case exceptions.PermissionDenied():
            return Problem("not-allowed", _denied(error))
        case exceptions.Throttled():
            return _of_throttle(error)
        case exceptions.ValidationError():
            return _of_validation(error)
        case exceptions.MethodNotAllowed():
            return Problem("method-not-allowed", "ดูวิธีเรียกที่รับได้ในส่วนหัว (header) Allow ของคำตอบนี้")
        case exceptions.UnsupportedMediaType():
            return Problem(
                "media-type", "ส่งข้อมูลเป็น application/json หรือ multipart/form-data เมื่อมีไฟล์"
            )
        case exceptions.ParseError():
            return Problem(
                "bad-request", "เนื้อหาคำขอไม่ใช่ JSON (UTF-8) หรือ multipart/form-data ที่ถูกต้อง"
            )
        case RequestDataTooBig() | TooManyFieldsSent() | TooManyFilesSent():
            return Problem("too-large", TOO_LARGE)
        case DatabaseError() | InterfaceError() if pages.is_outage(error):
            return Problem(
                "unavailable", "รอสักครู่แล้วเรียกใหม่ด้วยกุญแจเดิม", headers={"Retry-After": "60"}
            )
    return None


def _denied(error: exceptions.PermissionDenied) -> str:
    text = str(error.detail)
    if text.startswith("CSRF"):
        return "การเรียกผ่านหน้าเว็บต้องส่งส่วนหัว (header) X-CSRFToken ด้วย หรือใช้โทเคน API แทน"
    return text


def handle(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """EXCEPTION_HANDLER of REST framework; None lets a fault of ours go on to the 500 page."""
    problem = problem_of(error)
    return problem.answer() if problem else None


# The error pages of the site, for addresses of the API in its own shape


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 outside of a view."""
    page = pages.bad_request(request, exception)
    if page.status_code == 413:
        return _as_problem(request, page, "too-large", TOO_LARGE)
    return _as_problem(
        request, page, "bad-request", "ระบบอ่านคำขอไม่ได้ ตรวจที่อยู่และส่วนหัว (header) ของคำขอ"
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 outside of a view."""
    page = pages.forbidden(request, exception)
    return _as_problem(request, page, "not-allowed", str(exception) or "ทำรายการนี้ไม่ได้")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 of an address that there is not."""
    page = pages.not_found(request, exception)
    return _as_problem(request, page, "not-found", "ไม่มีที่อยู่นี้ ดูที่อยู่ทั้งหมดได้ที่ /api/v1/")


def server_error(request: HttpRequest) -> HttpResponse:
    """500: the code leads to what happened in the log, and nothing of the inside is told."""
    page = pages.server_error(request)
    kind = "unavailable" if page.status_code == 503 else "fault"
    return _as_problem(request, page, kind, "ลองอีกครั้งในอีกสักครู่ หากยังพบปัญหา แจ้ง code ให้ผู้ดูแลระบบ")


def _as_problem(request: HttpRequest, page: HttpResponse, kind: str, text: str) -> HttpResponse:
    """The page, or for the API the problem under the page's own code."""
    if not request.path.startswith(PREFIX):
        return page
    return Problem(kind, text, code=page[pages.CODE_HEADER]).answer()
