"""The heartbeat of a run: one thread that tells the table how far the work is.

Only this thread writes progress, on a connection of its own. So the work may sit in a child
process for minutes and still beat, and a handler that holds one long transaction neither hides its
progress nor locks its own row against a cancellation.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from types import TracebackType

from django.conf import settings
from django.db import DatabaseError, connection

from codi.jobs import Stopped, files
from codi.jobs.models import Job
from codi.jobs.services import Standing, beat

log = logging.getLogger(__name__)

SHORTEST_PAUSE_SECONDS = 1.0


class Pulse:
    """Beats while it is open; calling it tells the progress (see ``codi.jobs.Progress``)."""

    folder: Path

    def __init__(self, job: Job) -> None:
        self._job = job
        self._told = (0, job.stage)
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._standing = Standing.OURS
        self._thread = threading.Thread(target=self._run, name=f"pulse-{job.pk}", daemon=True)
        self.folder = files.work_folder(job.token)

    def __enter__(self) -> Pulse:
        # Inside a transaction nobody else can see the row, so there is nobody to beat for.
        if not connection.in_atomic_block:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def __call__(self, percent: int, stage: str) -> None:
        if self.stopped:
            raise Stopped(self._standing.value)
        self._told = (percent, stage)
        self._wake.set()

    @property
    def stopped(self) -> bool:
        """Whether the job was cancelled or is no longer this run's."""
        return self._standing is not Standing.OURS

    def _run(self) -> None:
        try:
            while not self._closing.is_set() and not self.stopped:
                self._wake.wait(settings.JOBS_HEARTBEAT_SECONDS)
                self._wake.clear()
                if self._closing.is_set():
                    return
                self._beat()
                self._closing.wait(min(SHORTEST_PAUSE_SECONDS, settings.JOBS_HEARTBEAT_SECONDS))
        finally:
            connection.close()

    def _beat(self) -> None:
        percent, stage = self._told
        try:
            self._standing = beat(self._job, percent=percent, stage=stage)
        except DatabaseError:
            log.warning("Job %s could not beat", self._job.pk, exc_info=True)
            connection.close()
            time.sleep(SHORTEST_PAUSE_SECONDS)
