"""From which address a request comes."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of the person's machine or office.

    Behind a proxy of the house it is the last one of ``X-Forwarded-For``, which that proxy wrote;
    those before it are whatever the client claimed.
    """
    told = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return told.rsplit(",", 1)[-1].strip() or str(request.META.get("REMOTE_ADDR", ""))
