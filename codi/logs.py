"""Log lines for machines: one JSON object a line, with numbers instead of names.

A line says which request, person (by number) and job it belongs to. No body, no address with what
was searched for, no name: what a person typed stays out. The database's own details of a refused
row, which quote its values, are left out of tracebacks.
"""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

# JSON escapes LF and CR; programs that read logs may end a line at these as well.
ESCAPED = {ord(mark): f"\\u{ord(mark):04x}" for mark in "\x7f\x85\u2028\u2029"}
# "DETAIL:  Failing row contains (…)" and "Key (username)=(somsri) already exists."
DETAIL = re.compile(
    r"^(?:DETAIL|CONTEXT):.*?(?=^The above exception was|^During handling of|\Z)", re.M | re.S
)
GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

request_id: ContextVar[str] = ContextVar("request_id", default="")
job_id: ContextVar[int | None] = ContextVar("job_id", default=None)
log = logging.getLogger("codi.requests")


class JsonFormatter(logging.Formatter):
    """Writes time, level, logger, message, what the line belongs to, and a traceback if any."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        line: dict[str, object] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if identity := request_id.get():
            line["request"] = identity
        if (job := job_id.get()) is not None:
            line["job"] = job
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["traceback"] = DETAIL.sub("", self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False).translate(ESCAPED)


class RequestLog:
    """The outermost middleware: gives each request a number and writes one line when it ends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        given = request.headers.get("X-Request-ID", "")
        identity = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(identity)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = identity
            log.info("request", extra={"facts": _facts(request, response, began)})
            return response
        finally:
            request_id.reset(token)


def _facts(request: HttpRequest, response: HttpResponse, began: float) -> dict[str, object]:
    """View, answer and time of a request; the person's number where the page asked who it was."""
    match = request.resolver_match
    # Asking request.user here could ask the database once more for pages that need nobody.
    person = getattr(request, "_cached_user", None)
    return {
        "view": match.view_name if match else "",
        "method": request.method,
        "status": response.status_code,
        "ms": round((time.monotonic() - began) * 1000, 1),
        "user": getattr(person, "pk", None),
    }


@contextmanager
def of_job(number: int) -> Iterator[None]:
    """Mark every line inside the block as belonging to a job."""
    token = job_id.set(number)
    try:
        yield
    finally:
        job_id.reset(token)
