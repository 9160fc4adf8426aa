"""People, a place for files, and real worker processes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import connection

import tests.jobs.sample.tasks  # noqa: F401
from codi.accounts.models import User
from codi.celery import app
from codi.jobs.models import Job
from codi.places.models import Region

REDIS_URL = "redis://127.0.0.1:6379/9"


def _redis_answers() -> bool:
    try:
        return bool(redis.Redis.from_url(REDIS_URL, socket_connect_timeout=0.5).ping())
    except redis.RedisError:
        return False


def _forget(prefix: str) -> None:
    """Remove what a test left on the server: the server is somebody's, only our keys are ours."""
    server = redis.Redis.from_url(REDIS_URL)
    for key in server.scan_iter(match=f"{prefix}*"):
        server.delete(key)


BROKERS = ["filesystem", "redis"] if _redis_answers() else ["filesystem"]


@pytest.fixture
def north(db: None) -> Region:
    return Region.objects.get_or_create(
        code="N", defaults={"name": "ภาคเหนือ", "short_name": "เหนือ", "position": 1}
    )[0]


@pytest.fixture
def south(db: None) -> Region:
    return Region.objects.get_or_create(
        code="S", defaults={"name": "ภาคใต้", "short_name": "ใต้", "position": 5}
    )[0]


@pytest.fixture
def officer(north: Region) -> User:
    return User.objects.create_user(
        "officer", full_name="สมใจ", role="regional_officer", region=north
    )


@pytest.fixture
def manager(north: Region) -> User:
    return User.objects.create_user(
        "manager", full_name="ผู้จัดการ", role="regional_manager", region=north
    )


@pytest.fixture
def analyst(db: None) -> User:
    return User.objects.create_user(
        "analyst", full_name="นักวิเคราะห์", role="analyst", scope_level="nation"
    )


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def queue(tmp_path: Path) -> Iterator[Path]:
    """A broker folder of this test's own, for what the test process sends."""
    folder = tmp_path / "queue"
    folder.mkdir()
    with broker("filesystem://", folder_options(folder)):
        yield folder


def folder_options(folder: Path) -> dict[str, Any]:
    for name in ("messages", "processed", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "processed_folder": str(folder / "processed"),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.05,
        "max_retries": 1,
        "interval_start": 0,
        "interval_max": 0.1,
    }


@contextlib.contextmanager
def broker(url: str, options: dict[str, Any]) -> Iterator[None]:
    """Let this process send through another broker."""
    keys = ("broker_url", "broker_transport_options")
    before = {key: app.conf[key] for key in keys}
    with pytest.MonkeyPatch.context() as patch:
        # Celery asks this variable before any setting, and the worker inherits it.
        patch.setenv("CELERY_BROKER_URL", url)
        app.conf.update(broker_url=url, broker_transport_options=options)
        _forget_connections()
        try:
            yield
        finally:
            app.conf.update(before)
            _forget_connections()


def _forget_connections() -> None:
    app._after_fork()  # type: ignore[attr-defined]


@dataclass
class Worker:
    """A real Celery worker in a process group of its own."""

    broker_url: str
    broker_options: dict[str, Any]
    media_root: Path
    log: Path
    pool: str = "prefork"
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        database = {
            key: connection.settings_dict[key]
            for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")
        }
        given = {
            "database": database,
            "media_root": str(self.media_root),
            "broker_url": self.broker_url,
            "broker_options": self.broker_options,
        }
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.jobs.worker_settings",
            "CODI_TEST_WORKER": json.dumps(given),
        }
        self.log.write_bytes(b"")
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "codi",
            "worker",
            "-c",
            "2",
            "-P",
            self.pool,
        ]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "INFO"]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                env=environment,
                cwd=Path(__file__).parents[2],
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_until(lambda: b" ready." in self.log.read_bytes(), 60, self.log)

    def kill(self) -> None:
        """``kill -9`` of the worker and its children, as the machine going down would."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def wait_until(true: Callable[[], bool], seconds: float, log: Path | None = None) -> None:
    """Wait for something to become true; fails with the worker's log when it does not."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            pytest.fail(log.read_text() if log else "waited in vain")
        time.sleep(0.05)


def state_of(job: Job) -> str:
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


@pytest.fixture(params=BROKERS)
def worker(
    request: pytest.FixtureRequest, transactional_db: None, tmp_path: Path, media: Path
) -> Iterator[Worker]:
    """A worker that has not been started, and this process sending to the same broker."""
    prefix = f"codi-test-{uuid.uuid4()}:"
    if request.param == "redis":
        # A visibility timeout of one second makes Redis deliver every longer task again and again.
        url, options = (
            REDIS_URL,
            {
                "visibility_timeout": 1,
                "unacked_restore_interval": 1,
                "max_retries": 1,
                "global_keyprefix": prefix,
            },
        )
    else:
        url, options = "filesystem://", folder_options(tmp_path / "worker-queue")
    made = Worker(url, options, media, tmp_path / "worker.log")
    with broker(url, options):
        try:
            yield made
        finally:
            made.kill()
            if request.param == "redis":
                _forget(prefix)
