"""How long a login lasts: 3 hours without a click, 12 hours at most (OWASP ASVS 5.0 V7.3).

A disabled account or a changed password ends every session of the person at their next click: that
part is Django's own, through ``is_active`` and the session's hash of the password.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

IDLE_LIMIT = dt.timedelta(hours=3)
ABSOLUTE_LIMIT = dt.timedelta(hours=12)
# The last click is written once a minute: often enough for the limit, seldom enough for the database.
NOTED_EVERY = dt.timedelta(minutes=1)
# A program is answered in its own shape: it is a stranger (401), or may not go on (403).
API = "/api/"
STARTED, LAST_CLICK = "login_started_at", "last_click_at"


class SessionLimits:
    """Middleware: ends sessions that are too old, and sends new people to choose a password."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        if reason := _expired(request):
            if request.path.startswith(API):
                logout(request)
                return self.get_response(request)
            return _send_to_login(request, reason)
        if request.user.must_change_password and not _may_wait(request):
            return redirect("accounts:password_change")
        return self.get_response(request)


def _expired(request: HttpRequest) -> str:
    """Why the session is over, in Thai; empty while it goes on, and the click is noted."""
    now, session = timezone.now(), request.session
    started = _moment(session.get(STARTED)) or now
    last = _moment(session.get(LAST_CLICK)) or now
    if now - started > ABSOLUTE_LIMIT:
        return "เข้าสู่ระบบครบ 12 ชั่วโมงแล้ว กรุณาเข้าสู่ระบบอีกครั้ง"
    if now - last > IDLE_LIMIT:
        return "ไม่มีการใช้งานเกิน 3 ชั่วโมง กรุณาเข้าสู่ระบบอีกครั้ง"
    if STARTED not in session:
        session[STARTED] = now.isoformat()
    if LAST_CLICK not in session or now - last >= NOTED_EVERY:
        session[LAST_CLICK] = now.isoformat()
    return ""


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def _send_to_login(request: HttpRequest, reason: str) -> HttpResponse:
    logout(request)
    messages.warning(request, reason)
    response = redirect_to_login(_page_of(request))
    if not request.headers.get("HX-Request"):
        return response
    # A fragment must not be replaced by the login page: htmx is told to load it whole.
    return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})


def _page_of(request: HttpRequest) -> str:
    """The page on which the person was: for a sent form the page that sent it, with its draft."""
    if request.method == "GET":
        return request.get_full_path()
    page = request.headers.get("Referer", "")
    own = {request.get_host()}
    if not url_has_allowed_host_and_scheme(page, own, require_https=request.is_secure()):
        return "/"
    return urlsplit(page).path


def _may_wait(request: HttpRequest) -> bool:
    public = {reverse("accounts:password_change"), reverse("accounts:logout")}
    return request.path in public or request.path.startswith(f"{API}v1/")
