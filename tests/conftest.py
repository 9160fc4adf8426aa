"""What every test may use: the browser, and which servers the suite runs against."""

from __future__ import annotations

import gc
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as examples
from playwright.sync_api import Browser, expect
from pytest_django.plugin import DjangoDbBlocker

from codi import writing
from tests import emptying
from tests.browser.policy import WATCH, watch
from tests.template import template

# Playwright keeps an event loop in the thread of the test; Django would refuse the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
emptying.install()
# A busy machine may take longer than the five seconds that the library waits; a fault still fails.
expect.set_options(timeout=20_000)
# Nor does it fail because an example took long: the suite times nothing.
examples.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("suite")

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Files that take half a minute and more begin first, so that no worker is left alone with one.
LONG = (
    "tests/jobs/test_worker.py",
    "tests/browser/test_every_page.py",
    "tests/reports/test_national_sample.py",
    "tests/security/",
    "tests/browser/",
    "tests/backup/",
    "tests/api/",
    "tests/entry/test_browser.py",
    "tests/desk/test_desk_browser.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; the others in their order."""

    def place(item: pytest.Item) -> int:
        found = (n for n, start in enumerate(LONG) if item.nodeid.startswith(start))
        return next(found, len(LONG))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Nothing loaded so far goes away: without it the collector of garbage has little to walk."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


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


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what this worker of the suite watched to the one that tells it."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["policy"] = [
            WATCH.context_count, len(WATCH.heard), WATCH.told_count,
        ]  # fmt: skip


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add up what a worker of the suite watched."""
    contexts, breaches, controls = getattr(node, "workeroutput", {}).get("policy", (0, 0, 0))
    WATCH.context_count += contexts
    WATCH.heard += ["in a worker"] * breaches
    WATCH.told_count += controls


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell at the end how often the browser met a breach of the Content-Security-Policy."""
    if WATCH.context_count:
        terminalreporter.write_line(
            f"Content-Security-Policy: {len(WATCH.heard)} violations in {WATCH.context_count} "
            f"browser sessions ({WATCH.told_count} made by the control tests were refused)"
        )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Copy the tables of the server's template instead of migrating once per worker."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = template()


@pytest.fixture(scope="session")
def browser(browser: Browser) -> Browser:
    """The shared browser, every session of which is watched for breaches of the policy."""
    return watch(browser)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let twenty clients that meet at one row wait for each other, however busy the machine is.

    A service, or the writing of a file, gives up after three seconds and asks the person to come
    again; in a test that counts who got through, that would be one too few.
    """
    monkeypatch.setattr(writing, "LOCK_WAIT_SECONDS", 30)
    monkeypatch.setattr("codi.imports.services.PATIENCE_SECONDS", 30)


@pytest.fixture(autouse=True)
def keeps_to_its_policy(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test in which a page broke the Content-Security-Policy."""
    before = len(WATCH.heard)
    yield
    if "browser" in request.fixturenames:
        assert WATCH.heard[before:] == []


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
