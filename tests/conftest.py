"""What every test may use: the browser, and which servers the suite runs against."""

from __future__ import annotations

import os
import shutil
import socket
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings

# Playwright keeps an event loop in the thread of the test; Django would refuse the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_report_header() -> list[str]:
    """Say which database and which broker this run used."""
    database = settings.DATABASES["default"]
    where = (
        f"embedded PostgreSQL ({database['HOST']})"
        if database["HOST"].startswith("/")
        else f"PostgreSQL on {database['HOST']}:{database['PORT'] or 5432}"
    )
    brokers = ["files"]
    with suppress(OSError), socket.create_connection(("127.0.0.1", 6379), timeout=0.5):
        brokers.append("Redis on 127.0.0.1:6379")
    return [f"database: {where}", f"queue tests on: {', '.join(brokers)}"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, which looks nothing up outside of this machine."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    return {
        **browser_type_launch_args,
        "executable_path": program,
        "args": CHROMIUM_ARGUMENTS,
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A Thai reader at a small laptop."""
    return {
        **browser_context_args,
        "locale": "th-TH",
        "timezone_id": "Asia/Bangkok",
        "viewport": {"width": 1366, "height": 768},
    }
