"""Small answers that forms ask for while someone types, and the pages of errors."""

from __future__ import annotations

import logging
import sys
import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.http import require_GET

from codi.thai.dates import DateError, full_echo, parse_date
from codi.thai.numbers import NumberError, parse_baht
from codi.thai.words import baht_text

logger = logging.getLogger(__name__)
CODE_HEADER = "X-Error-Code"


@require_GET
@login_required
def echo_date(request: HttpRequest) -> HttpResponse:
    """What the date typed so far means, in full; the field's name does not matter."""
    typed = str(next(iter(request.GET.values()), ""))
    try:
        text = full_echo(parse_date(typed, today=timezone.localdate())) if typed.strip() else ""
    except DateError as error:
        text = error.message
    return HttpResponse(escape(text))


@require_GET
@login_required
def echo_baht(request: HttpRequest) -> HttpResponse:
    """The amount typed so far in words; the field's name does not matter."""
    typed = str(next(iter(request.GET.values()), ""))
    try:
        text = baht_text(parse_baht(typed)) if typed.strip() else ""
    except NumberError as error:
        text = error.message
    return HttpResponse(escape(text))


def _noted_code(request: HttpRequest, status: int) -> str:
    """A code for the page of an error, noted in the log so that it leads to what happened."""
    code = f"{status}-{uuid.uuid4().hex[:8].upper()}"
    level = logging.ERROR if status >= 500 else logging.INFO
    match = request.resolver_match
    view = match.view_name if match else "no view"
    logger.log(level, "error page %s: %s %s", code, request.method, view)
    return code


def error_page(
    request: HttpRequest, *, status: int, title: str, text: str, advice: str
) -> HttpResponse:
    """An error in the frame of the product, with a code that is in the log."""
    code = _noted_code(request, status)
    context = {"page_title": title, "text": text, "advice": advice, "error_code": code}
    page = render(request, "errors/error.html", context, status=status)
    page[CODE_HEADER] = code
    return page


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request cannot be read; 413 when it is too large."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return error_page(
            request,
            status=413,
            title="ข้อมูลที่ส่งมาใหญ่เกินไป",
            text="ข้อมูลหรือไฟล์ที่ส่งมาใหญ่หรือมีช่องมากกว่าที่ระบบรับได้ ยังไม่มีการบันทึกใด ๆ",
            advice="แบ่งข้อมูลเป็นส่วนย่อย หรือลดขนาดไฟล์ แล้วส่งใหม่ทีละส่วน",
        )
    return error_page(
        request,
        status=400,
        title="คำขอไม่ถูกต้อง",
        text="ระบบอ่านข้อมูลที่ส่งมาไม่ได้ ยังไม่มีการบันทึกใด ๆ",
        advice="กลับไปหน้าก่อนหน้าแล้วลองอีกครั้ง หากเปิดจากลิงก์ที่คัดลอกมา ให้ตรวจว่าลิงก์ครบถ้วน",
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the person may see it but not do it; the reason comes with the exception."""
    return error_page(
        request,
        status=403,
        title="ทำรายการนี้ไม่ได้",
        text=str(exception) or "บทบาทหรือขอบเขตของท่านไม่ครอบคลุมรายการนี้",
        advice="กลับไปหน้าก่อนเพื่อทำขั้นตอนอื่น หากงานนี้เป็นหน้าที่ของท่าน ติดต่อผู้ดูแลระบบเพื่อขอสิทธิ",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: there is nothing here, or nothing that this person may see."""
    return error_page(
        request,
        status=404,
        title="ไม่พบหน้าหรือรายการนี้",
        text="รายการอาจถูกย้าย ลิงก์อาจไม่ครบ หรือรายการอยู่นอกขอบเขตที่ท่านเห็นได้",
        advice="ค้นหาจากหน้ารายการ หรือกลับไปหน้าแรก",
    )


def not_opened(request: HttpRequest, *, allowed: str) -> HttpResponse:
    """405: an address that is only posted to was opened, as after logging in again."""
    page = error_page(
        request,
        status=405,
        title="หน้านี้เปิดโดยตรงไม่ได้",
        text="ที่อยู่นี้ใช้เมื่อกดปุ่มในหน้าของรายการเท่านั้น ยังไม่มีการบันทึกใด ๆ",
        advice="กลับไปที่หน้าของรายการแล้วกดปุ่มอีกครั้ง หากเพิ่งเข้าสู่ระบบใหม่ สิ่งที่กดไว้ก่อนหน้านี้ยังไม่ได้ทำ",
    )
    page["Allow"] = allowed
    return page


def is_outage(fault: BaseException | None) -> bool:
    """Whether the database could not be reached, or a lock was waited for too long.

    The driver says of an answer that broke off in its middle no more than DatabaseError.
    """
    return isinstance(fault, OperationalError | InterfaceError) or type(fault) is DatabaseError


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours; says nothing of its inside and needs neither user nor database.

    When it is the database that cannot be reached, or a lock that was waited for too long, the
    honest answer is 503: the same act will do in a moment.
    """
    if is_outage(sys.exc_info()[1]):
        return unavailable(request)
    return _plain_page(
        request,
        status=500,
        title="ระบบขัดข้อง",
        text="ระบบทำรายการนี้ไม่สำเร็จ ข้อมูลที่บันทึกไว้ก่อนหน้านี้ยังอยู่ครบ",
        advice="ลองอีกครั้งในอีกสักครู่ หากยังพบปัญหา แจ้งรหัสด้านล่างให้ผู้ดูแลระบบ",
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database or another part cannot be reached for the moment."""
    response = _plain_page(
        request,
        status=503,
        title="ระบบไม่พร้อมใช้งานชั่วคราว",
        text="ระบบกำลังปรับปรุงหรือเชื่อมต่อฐานข้อมูลไม่ได้ในขณะนี้",
        advice="รอสักครู่แล้วโหลดหน้านี้ใหม่ อย่าเพิ่งปิดหน้าที่กรอกข้อมูลค้างไว้",
    )
    response["Retry-After"] = "60"
    return response


def too_many(request: HttpRequest) -> HttpResponse:
    """429: too many failed logins from here."""
    return error_page(
        request,
        status=429,
        title="พักการเข้าสู่ระบบชั่วคราว",
        text="ใส่ชื่อผู้ใช้หรือรหัสผ่านผิดครบ 5 ครั้ง เพื่อความปลอดภัยระบบจึงพักการเข้าใช้จากเครื่องนี้ 15 นาที",
        advice="รอ 15 นาทีแล้วลองใหม่ หากลืมรหัสผ่าน ติดต่อผู้ดูแลระบบเพื่อขอรหัสผ่านชั่วคราว",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the CSRF check: mostly a page that stood open too long."""
    return error_page(
        request,
        status=403,
        title="หน้านี้เปิดค้างไว้นานเกินไป",
        text="เพื่อความปลอดภัย ระบบไม่รับข้อมูลจากหน้าที่หมดอายุ ยังไม่มีการบันทึกใด ๆ",
        advice="กดย้อนกลับ โหลดหน้าใหม่ แล้วส่งอีกครั้ง หากยังไม่ได้ ให้เปิดใช้คุกกี้ของเว็บไซต์นี้",
    )


def _plain_page(request: HttpRequest, **context: Any) -> HttpResponse:
    """A page rendered without the request, so that nothing in it can fail again."""
    status = context.pop("status")
    context["error_code"] = code = _noted_code(request, status)
    context["page_title"] = context.pop("title")
    page = HttpResponse(render_to_string("errors/plain.html", context), status=status)
    page[CODE_HEADER] = code
    return page
