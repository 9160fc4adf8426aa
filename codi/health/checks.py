"""The parts that the product stands on, each asked for its state within a short time.

However often somebody asks, a process asks its parts once in :data:`FRESH_S` seconds.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from codi.jobs.models import WorkerSign

LATEST_SIGN = dt.timedelta(seconds=60)
BROKER_PATIENCE_S = 2
FRESH_S = 3.0
# Who asks while a part hangs does not hang for longer than this: the last answer counts if it is
# not too old (a lost broker takes two seconds to be found out), else the answer is no.
PATIENCE_S = 3.0
STALE_S = 6.0


class NotReady(Exception):
    """A part is not as it must be; the text is for operators and holds no address or secret."""


@dataclass(frozen=True)
class Part:
    """One part; without an ``essential`` one nothing can be saved, without another much still works."""

    name: str
    ask: Callable[[], None]
    essential: bool
    in_database: bool = False


@dataclass(frozen=True)
class Finding:
    """How a part answered, and in how many milliseconds."""

    name: str
    ok: bool
    essential: bool
    ms: float
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For the details of the answer."""
        return {"ok": self.ok, "essential": self.essential, "ms": self.ms, "reason": self.reason}


def database() -> None:
    """The database answers a question."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def migrations() -> None:
    """The tables are those of this program. Newer tables are fine: they come before new code."""
    applied = MigrationRecorder(connection).applied_migrations().keys()
    waiting = [
        key for key, made_of in _steps().items() if key not in applied and not made_of <= applied
    ]
    if waiting:
        raise NotReady(f"{len(waiting)} migrations are not applied")


@cache
def _steps() -> dict[tuple[str, str], frozenset[tuple[str, str]]]:
    """Every migration of this program with those that stand for it: read once, they never change."""
    nodes = MigrationLoader(None).graph.nodes
    return {key: frozenset(found.replaces) or frozenset({key}) for key, found in nodes.items()}


def broker() -> None:
    """The broker takes a connection."""
    with current_app.connection_for_write(connect_timeout=BROKER_PATIENCE_S) as found:
        found.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_PATIENCE_S)


def worker() -> None:
    """A worker ran its sweep lately: beat, broker and worker are all alive."""
    latest = WorkerSign.objects.order_by("-seen_at").first()
    if latest is None:
        raise NotReady("no worker was ever seen")
    silent = timezone.now() - latest.seen_at
    if silent > LATEST_SIGN:
        raise NotReady(f"no worker was seen for {int(silent.total_seconds())} seconds")


def storage() -> None:
    """A file can be written, read and removed where uploads and results lie."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".ready-", dir=folder)
    try:
        os.write(handle, b"ready")
        if Path(name).read_bytes() != b"ready":
            raise NotReady("what was written could not be read")
    finally:
        os.close(handle)
        Path(name).unlink()


PARTS = (
    Part("database", database, essential=True),
    Part("migrations", migrations, essential=True, in_database=True),
    Part("storage", storage, essential=True),
    # Without these two, people go on saving; jobs and mails wait in their tables.
    Part("broker", broker, essential=False),
    Part("worker", worker, essential=False, in_database=True),
)


def ask(part: Part) -> Finding:
    """The state of one part; whatever goes wrong is its finding, never a fault of ours."""
    began = time.monotonic()
    reason = ""
    try:
        part.ask()
    except NotReady as error:
        reason = str(error)
    except Exception as error:
        reason = type(error).__name__
    ms = round((time.monotonic() - began) * 1000, 1)
    return Finding(part.name, not reason, part.essential, ms, reason)


def _ask_all() -> list[Finding]:
    """The state of every part; what lies in a database that is lost is not asked for again."""
    found: list[Finding] = []
    for part in PARTS:
        is_lost = part.in_database and any(not one.ok for one in found if one.name == "database")
        found.append(
            Finding(part.name, False, part.essential, 0.0, "no database") if is_lost else ask(part)
        )
    return found


class Latest:
    """The findings of this process: asked anew when they are older than :data:`FRESH_S` seconds.

    One thread asks, the others wait for its answer, so that a flood of questions costs one. They
    do not wait for longer than :data:`PATIENCE_S` seconds.
    """

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._findings: list[Finding] = []
        self._asked_at = -FRESH_S

    def findings(self) -> list[Finding]:
        """The state of every part, at most :data:`FRESH_S` seconds old."""
        if not self._asking.acquire(timeout=PATIENCE_S):
            return self._meanwhile()
        try:
            if not self._findings or time.monotonic() - self._asked_at >= FRESH_S:
                self._findings = _ask_all()
                self._asked_at = time.monotonic()
            return self._findings
        finally:
            self._asking.release()

    def _meanwhile(self) -> list[Finding]:
        """The answer while another thread waits for a part that hangs."""
        if self._findings and time.monotonic() - self._asked_at < STALE_S:
            return self._findings
        ms = PATIENCE_S * 1000
        return [Finding(part.name, False, part.essential, ms, "no answer") for part in PARTS]

    def forget(self) -> None:
        """Ask anew at the next question."""
        with self._asking:
            self._findings = []


LATEST = Latest()
