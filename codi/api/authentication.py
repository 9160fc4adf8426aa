"""Who is asking: a personal token in the Authorization header, or the session of the pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from codi.accounts.addresses import client_address
from codi.accounts.models import User
from codi.api import pace, services
from codi.api.models import ApiToken

WRONG = "โทเคนไม่ถูกต้อง หมดอายุ หรือถูกยกเลิกแล้ว สร้างใหม่ได้ที่หน้า “โทเคน API”"


def _count_wrong(address: str) -> None:
    """Note a wrong token. Raises ``Throttled`` when there were too many from that address."""
    count, seconds = settings.API_WRONG_TOKENS, settings.API_WRONG_SECONDS
    wait = pace.take(f"wrong:{address}", count=count, seconds=seconds, now=timezone.now())
    if wait:
        raise exceptions.Throttled(wait=wait)


class TokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer codi_…``; in an address a token is never read.

    Wrong tokens are counted per address: ``API_WRONG_TOKENS`` of them in ``API_WRONG_SECONDS``,
    further ones are told to wait. A right one always passes: behind a proxy or in an office
    many share an address, and nobody may shut the others out.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The person and the token; None when the header names none. Raises for a wrong one."""
        words = authentication.get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        raw = words[1].decode("ascii", "replace") if len(words) == 2 else ""
        token = services.find_token(raw, now=timezone.now(), today=timezone.localdate())
        if token is None:
            _count_wrong(client_address(request))
            raise exceptions.AuthenticationFailed(WRONG)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="api"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of somebody who logged in on the pages; writes need the CSRF token."""


class _TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the token stands in the OpenAPI document."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "โทเคนส่วนตัวจากหน้า “โทเคน API” ส่งในส่วนหัว (header) Authorization เท่านั้น",
        }


class _SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the session stands in the OpenAPI document."""

    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "การเข้าสู่ระบบในหน้าเว็บ การบันทึกต้องส่งส่วนหัว (header) X-CSRFToken ด้วย",
        }
