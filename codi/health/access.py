"""Who is told details: the own machine, or whoever brings the token."""

from __future__ import annotations

import ipaddress
import secrets

from django.conf import settings
from django.http import HttpRequest

# A proxy on the own machine calls from the loopback too, and names whom it speaks for.
PROXY_MARKS = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_FORWARDED")


def may_know(request: HttpRequest) -> bool:
    """Whether the request may read details and metrics."""
    return _has_token(request) or _is_own_machine(request)


def _has_token(request: HttpRequest) -> bool:
    word, _, given = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    if not wanted or word.lower() != "bearer":
        return False
    return secrets.compare_digest(given.encode(), wanted.encode())


def _is_own_machine(request: HttpRequest) -> bool:
    if any(mark in request.META for mark in PROXY_MARKS):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
