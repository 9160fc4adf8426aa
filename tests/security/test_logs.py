"""Log lines: whatever a person types into an address, one event stays one line."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from codi.logs import JsonFormatter


def written(message: str, *values: object, fault: bool = False) -> str:
    """The line that production writes."""
    record = logging.LogRecord(
        "django.request",
        logging.WARNING,
        __file__,
        1,
        message,
        values,
        sys.exc_info() if fault else None,
    )
    return JsonFormatter().format(record)


@pytest.mark.parametrize(
    "end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]
)
def test_a_logged_value_cannot_forge_a_second_line(end):
    """Wrong if an address with a line break in it could write what looks like another event."""
    typed = f'/projects/{end}{{"level": "INFO", "message": "ผู้ดูแลเข้าระบบ"}}'
    line = written("Not Found: %s", typed)
    assert line.splitlines() == [line]
    assert json.loads(line)["message"] == f"Not Found: {typed}"


def test_a_traceback_stays_on_its_line():
    """Wrong if a fault, whose text may be anything, broke the log into pieces."""
    try:
        raise ValueError("หนึ่ง\r\nสอง\u2028สาม")
    except ValueError:
        line = written("fault", fault=True)
    assert line.splitlines() == [line]
    assert "หนึ่ง" in json.loads(line)["traceback"]
