"""Real worker processes over real brokers: delivered twice, killed, lost, poisoned."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from codi.accounts.models import User
from codi.celery import app
from codi.jobs import files, outbox, services
from codi.jobs.models import Job, State
from tests.jobs.conftest import Worker, state_of, wait_until

pytestmark = pytest.mark.concurrency


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    settings.JOBS_STALE_SECONDS = 1.2
    settings.JOBS_RESEND_SECONDS = 0.5
    settings.JOBS_ACTIVE_PER_USER_COUNT = 50


def deliver_again(job: Job) -> None:
    app.signature(outbox.RUN_JOB, args=(job.pk,)).apply_async(retry=False)


def stored_files(media: Path) -> list[Path]:
    return [path for path in (media / "jobs").rglob("*") if path.is_file()]


def sweep_until_ended(jobs: list[Job], seconds: float, log: Path) -> None:
    def ended() -> bool:
        services.sweep()
        time.sleep(0.2)
        return not Job.objects.filter(pk__in=[job.pk for job in jobs]).active().exists()

    wait_until(ended, seconds, log)


def test_many_deliveries_make_one_file_and_lost_messages_are_sent_again(
    worker: Worker, officer: User, media: Path, tmp_path: Path
) -> None:
    """Would be wrong: two files for one job, or a job for ever queued whose message got lost."""
    log = tmp_path / "runs"
    payload = {"log": str(log), "steps": 5, "pause": 0.5}
    many = services.request("test-file", key="many", payload=payload, requested_by=officer)
    for _ in range(5):
        deliver_again(many)
    quick = {"log": str(log)}
    lost = services.request("test-file", key="lost", payload=quick, requested_by=officer)
    app.control.purge()
    for _ in range(5):
        deliver_again(many)
    worker.start()
    wait_until(lambda: state_of(many) == State.DONE, 60, worker.log)
    assert state_of(lost) == State.QUEUED
    sweep_until_ended([lost], 60, worker.log)
    time.sleep(1.5)

    assert sorted(log.read_text().splitlines()) == [f"{many.pk} 1", f"{lost.pk} 1"]
    assert len(stored_files(media)) == 2
    many.refresh_from_db()
    assert many.file_name == "ผลงาน.txt"
    assert many.file.read_text() == "0\n1\n2\n3\n4\n"
    assert many.file_sha256 == hashlib.sha256(b"0\n1\n2\n3\n4\n").hexdigest()
    assert many.file_byte_count == 10
    assert many.attempt_count == 1


def test_killed_workers_end_in_one_file_or_one_reason(
    worker: Worker, officer: User, media: Path, tmp_path: Path
) -> None:
    """Would be wrong: a job for ever running, or a file that belongs to no job."""
    dice = random.Random(2564)
    payload = {"steps": 4, "pause": 0.15}
    worker.start()
    jobs = [
        services.request("test-file", key=f"kill-{number}", payload=payload, requested_by=officer)
        for number in range(8)
    ]
    assert worker.process is not None
    for _ in range(6):
        time.sleep(dice.uniform(0.1, 0.6))
        children = psutil.Process(worker.process.pid).children()
        if children:
            os.kill(dice.choice(children).pid, signal.SIGKILL)
        services.sweep()
    time.sleep(dice.uniform(0.1, 0.4))
    worker.kill()
    worker.start()
    sweep_until_ended(jobs, 60, worker.log)
    services.sweep()

    ended = list(Job.objects.all())
    assert {job.state for job in ended} <= {State.DONE, State.FAILED}
    assert all(job.failure for job in ended if job.state == State.FAILED)
    done = [job for job in ended if job.state == State.DONE]
    assert done
    assert {job.file for job in done} == set(stored_files(media))
    assert all(job.file.read_text() == "0\n1\n2\n3\n" for job in done)
    assert files.tokens_on_disk() == {job.file.stem for job in done}


def test_poison_stops_at_three_attempts_while_others_go_on(
    worker: Worker, officer: User, tmp_path: Path
) -> None:
    """Would be wrong: a job that kills every worker for ever, or takes its neighbours with it."""
    log = tmp_path / "runs"
    poison = services.request(
        "test-poison", key="poison", payload={"log": str(log)}, requested_by=officer
    )
    worker.start()
    sweep_until_ended([poison], 60, worker.log)
    good = services.request("test-nothing", key="good", payload={}, requested_by=officer)
    sweep_until_ended([good], 60, worker.log)

    poison.refresh_from_db()
    assert poison.state == State.FAILED
    assert poison.failure_code == services.CODE_LOST_WORKER
    assert log.read_text().splitlines() == [f"{poison.pk} {attempt}" for attempt in (1, 2, 3)]
    assert state_of(good) == State.DONE


def test_cancel_reaches_a_running_job(worker: Worker, officer: User, media: Path) -> None:
    """Would be wrong: a cancelled job that goes on, or leaves its half-written file."""
    payload = {"steps": 200, "pause": 0.1}
    job = services.request("test-file", key="long", payload=payload, requested_by=officer)
    worker.start()
    wait_until(lambda: state_of(job) == State.RUNNING, 60, worker.log)
    wait_until(lambda: Job.objects.get(pk=job.pk).percent > 0, 60, worker.log)
    services.cancel(job, actor=officer)
    wait_until(lambda: state_of(job) == State.CANCELLED, 60, worker.log)
    wait_until(lambda: stored_files(media) == [], 60, worker.log)
    assert Job.objects.get(pk=job.pk).cancel_requested_at is not None
