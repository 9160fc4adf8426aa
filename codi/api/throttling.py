"""How often a person may ask: one measure for reading, one for writing, over all tokens and pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from codi.api import pace

SECONDS = {"sec": 1, "min": 60, "hour": 3600}


class PerPerson(BaseThrottle):
    """``API_RATES``: requests per person and time, for reading and for writing."""

    _wait = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether the person has not asked too often; strangers are refused before."""
        measure = "read" if request.method in SAFE_METHODS else "write"
        count, _, unit = settings.API_RATES[measure].partition("/")
        name = f"{measure}:{request.user.pk}"
        now = timezone.now()
        self._wait = pace.take(name, count=int(count), seconds=SECONDS[unit], now=now)
        return not self._wait

    def wait(self) -> float:
        """The seconds until the next request is welcome."""
        return self._wait
