"""Asking, claiming, ending, cancelling, repeating and repairing jobs."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from codi.accounts.models import User
from codi.errors import Refused
from codi.jobs import Stopped, files, handler, runner, services
from codi.jobs.models import Job, State
from codi.jobs.pulse import Pulse
from codi.places.models import Region
from tests.jobs.conftest import broker


def ask(user: User, key: str = "k", kind: str = "test-file", **fields: Any) -> Job:
    return services.request(
        kind, key=key, payload=fields.pop("payload", {}), requested_by=user, **fields
    )


def age(job: Job, seconds: float, *fields: str) -> None:
    then = timezone.now() - dt.timedelta(seconds=seconds)
    Job.objects.filter(pk=job.pk).update(**dict.fromkeys(fields, then))


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run ``act`` in ``count`` threads that start together; exceptions come back as results."""
    barrier = threading.Barrier(count)

    def one(number: int) -> Any:
        try:
            barrier.wait()
            return act(number)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def messages(queue: Path) -> int:
    return len(list((queue / "messages").iterdir())) if (queue / "messages").exists() else 0


@pytest.fixture
def queue(tmp_path: Path) -> Any:
    from tests.jobs.conftest import folder_options

    with broker("filesystem://", folder_options(tmp_path)):
        yield tmp_path


def test_request_stores_the_job_and_sends_it_only_on_commit(
    transactional_db: None, officer: User, queue: Path
) -> None:
    """Would be wrong: a worker that looks for a job that is not there yet, or never will be."""
    with transaction.atomic():
        job = ask(officer)
        assert messages(queue) == 0
    assert messages(queue) == 1
    job.refresh_from_db()
    assert (job.state, job.sent_at is not None, job.title) == (State.QUEUED, True, "งานทดสอบ")

    with transaction.atomic():
        ask(officer, "other")
        transaction.set_rollback(True)
    assert messages(queue) == 1
    assert Job.objects.count() == 1


def test_same_key_gives_the_same_job_and_another_body_is_refused(officer: User) -> None:
    """Would be wrong: a double click that makes two reports."""
    first = ask(officer, payload={"a": 1})
    assert ask(officer, payload={"a": 1}).pk == first.pk
    with pytest.raises(Refused) as caught:
        ask(officer, payload={"a": 2})
    assert caught.value.code == "jobs-key-reused"


def test_key_of_a_job_out_of_sight_is_refused(officer: User, south: Region) -> None:
    """Would be wrong: the job of another region handed over through a guessed key."""
    other = User.objects.create_user("o2", full_name="ข", role="regional_officer", region=south)
    ask(other, region=south)
    with pytest.raises(Refused) as caught:
        ask(officer)
    assert caught.value.code == "jobs-key-of-other"


def test_twenty_same_requests_at_once_make_one_job(transactional_db: None, officer: User) -> None:
    """Would be wrong: two rows, or an error page for the second click."""
    answers = at_once(20, lambda number: ask(officer).pk)
    assert set(answers) == {Job.objects.get().pk}


def test_quota_holds_when_ten_requests_come_at_once(transactional_db: None, officer: User) -> None:
    """Would be wrong: one person filling the queue by clicking fast."""
    answers = at_once(10, lambda number: ask(officer, key=f"k{number}"))
    assert Job.objects.count() == 3
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(refused) == 7
    assert {answer.code for answer in refused} == {"jobs-quota"}


def test_quota_frees_up_when_a_job_ends(officer: User, analyst: User) -> None:
    """Would be wrong: a full quota for ever, or one person's quota used up by another."""
    first = ask(officer, "k1")
    ask(officer, "k2")
    ask(officer, "k3")
    assert ask(analyst, "a1").pk
    with pytest.raises(Refused):
        ask(officer, "k4")
    services.cancel(first, actor=officer)
    assert ask(officer, "k4").state == State.QUEUED


def test_broken_broker_does_not_break_the_request(
    transactional_db: None, officer: User, queue: Path, settings: Any
) -> None:
    """Would be wrong: an error page, a hanging page, or one of 200 jobs lost or sent twice because
    Redis is down.
    """
    settings.JOBS_ACTIVE_PER_USER_COUNT = 200
    down = {"max_retries": 1, "interval_start": 0, "socket_connect_timeout": 1}
    with broker("redis://127.0.0.1:1/0", down):
        asked = [ask(officer, f"k{number}") for number in range(200)]
        assert services.sweep().sent == 0
    waiting = Job.objects.filter(pk__in=[job.pk for job in asked], state=State.QUEUED)
    assert waiting.filter(sent_at=None).count() == 200
    assert services.sweep().sent == 200
    assert services.sweep().sent == 0
    assert messages(queue) == 200
    assert not waiting.filter(sent_at=None).exists()


def test_twenty_workers_claim_once(transactional_db: None, officer: User) -> None:
    """Would be wrong: two workers on one job."""
    job = ask(officer)
    answers = at_once(20, lambda number: services.claim(job.pk, worker=f"w{number}"))
    assert len([answer for answer in answers if isinstance(answer, Job)]) == 1
    assert answers.count(None) == 19
    job.refresh_from_db()
    assert job.attempt_count == 1


def test_a_run_keeps_one_file_with_its_hash(officer: User, media: Path) -> None:
    """Would be wrong: a result without its file, or a work folder left behind."""
    job = ask(officer, payload={"steps": 2})
    runner.run(job.pk, worker="w")
    runner.run(job.pk, worker="w2")
    job.refresh_from_db()
    assert (job.state, job.percent, job.file_name, job.attempt_count) == (
        State.DONE,
        100,
        "ผลงาน.txt",
        1,
    )
    assert job.file.read_bytes() == b"0\n1\n"
    assert files.tokens_on_disk() == {job.file.stem}


@pytest.mark.parametrize(
    ("kind", "code", "text"),
    [
        ("test-refused", "no-projects", "ไม่มีโครงการในช่วงที่เลือก กรุณาเลือกช่วงใหม่"),
        ("test-disk-full", "disk-full", "ที่เก็บไฟล์ของระบบเต็ม"),
        ("test-error", "J", "แจ้งรหัสนี้แก่ผู้ดูแลระบบ"),
    ],
)
def test_failures_tell_people_why_and_nothing_else(
    officer: User, kind: str, code: str, text: str
) -> None:
    """Would be wrong: a program's innards on the page, or a failure without a reason."""
    job = ask(officer, kind=kind)
    runner.run(job.pk, worker="w")
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert job.failure_code.startswith(code)
    assert text in job.failure
    assert "secret detail" not in job.failure
    assert files.tokens_on_disk() == set()


def test_unknown_kind_fails_clearly(officer: User) -> None:
    """Would be wrong: a job of a kind that was removed staying in the queue for ever."""
    job = ask(officer)
    Job.objects.update(kind="gone")
    runner.run(job.pk, worker="w")
    job.refresh_from_db()
    assert job.state == State.FAILED


def test_superseded_worker_can_neither_finish_nor_fail(officer: User, media: Path) -> None:
    """Would be wrong: a worker thought dead that overwrites the result of its successor."""
    job = ask(officer)
    old = services.claim(job.pk, worker="old")
    assert old is not None
    age(job, 3600, "heartbeat_at")
    assert services.sweep().requeued == 1
    new = services.claim(job.pk, worker="new")
    assert new is not None
    assert services.finish(old, result=None) is False
    assert services.fail(old, message="x", code="x") is False
    assert services.beat(old, percent=5, stage="") is services.Standing.LOST
    assert services.beat(new, percent=5, stage="ทำต่อ") is services.Standing.OURS
    assert services.finish(new, result=None) is True
    job.refresh_from_db()
    assert (job.state, job.attempt_count) == (State.DONE, 2)


def test_beat_over_the_time_limit_is_lost(officer: User, settings: Any) -> None:
    """Would be wrong: a handler in an endless loop that is kept alive by its heartbeat."""
    job = ask(officer)
    claimed = services.claim(job.pk, worker="w")
    assert claimed is not None
    age(job, settings.JOBS_LIMIT_SECONDS + 1, "started_at")
    assert services.beat(claimed, percent=1, stage="") is services.Standing.LOST


def test_sweep_leaves_healthy_jobs_alone(officer: User) -> None:
    """Would be wrong: a sweep that doubles messages or takes jobs from living workers."""
    waiting, running = ask(officer, "a"), ask(officer, "b")
    age(waiting, 5, "sent_at")
    assert services.claim(running.pk, worker="w") is not None
    age(running, 30, "heartbeat_at", "started_at")
    swept = services.sweep()
    assert (swept.requeued, swept.ended, swept.sent) == (0, 0, 0)


def test_sweep_ends_a_silent_job_after_three_attempts(officer: User) -> None:
    """Would be wrong: running for ever, or more than three attempts."""
    job = ask(officer)
    for attempt in (1, 2, 3):
        claimed = services.claim(job.pk, worker="w")
        assert claimed is not None
        assert claimed.attempt_count == attempt
        age(job, 3600, "heartbeat_at")
        services.sweep()
    job.refresh_from_db()
    assert (job.state, job.failure, job.failure_code) == (
        State.FAILED,
        services.LOST_WORKER,
        services.CODE_LOST_WORKER,
    )


def test_sweep_ends_a_silent_job_that_was_cancelled(officer: User) -> None:
    """Would be wrong: a cancelled job that is done again because its worker died."""
    job = ask(officer)
    services.claim(job.pk, worker="w")
    services.cancel(job, actor=officer)
    age(job, 3600, "heartbeat_at")
    assert services.sweep().ended == 1
    job.refresh_from_db()
    assert job.state == State.CANCELLED


def test_sweep_removes_files_of_no_job_and_keeps_the_others(officer: User, media: Path) -> None:
    """Would be wrong: a disk that fills with orphans, or a result that is swept away."""
    done, running = ask(officer, "a"), ask(officer, "b")
    runner.run(done.pk, worker="w")
    done.refresh_from_db()
    claimed = services.claim(running.pk, worker="w")
    assert claimed is not None
    (files.work_folder(claimed.token) / "half").write_text("x")
    (files.work_folder("0" * 32) / "half").write_text("x")
    (files.root() / "11111111-1111-1111-1111-111111111111.pdf").write_text("x")
    assert services.sweep().removed == 2
    assert files.tokens_on_disk() == {done.file.stem, claimed.token}


def test_cancel_and_retry_ask_who_may(
    officer: User, manager: User, analyst: User, north: Region
) -> None:
    """Would be wrong: a stranger stopping someone's work."""
    job = ask(officer, region=north)
    with pytest.raises(Refused) as caught:
        services.cancel(job, actor=analyst)
    assert caught.value.code == "jobs-cancel"
    assert services.cancel(job, actor=manager).state == State.CANCELLED
    with pytest.raises(Refused):
        services.cancel(job, actor=manager)
    with pytest.raises(Refused):
        services.retry(job, actor=analyst)
    again = services.retry(job, actor=officer)
    assert (again.state, again.run_count, again.attempt_count) == (State.QUEUED, 2, 0)
    assert services.retry(job, actor=officer).run_count == 2


def test_done_job_cannot_be_run_again(officer: User) -> None:
    """Would be wrong: a result replaced under the people who already have it."""
    job = ask(officer)
    runner.run(job.pk, worker="w")
    with pytest.raises(Refused) as caught:
        services.retry(job, actor=officer)
    assert caught.value.code == "jobs-retry"


def test_cancel_while_the_handler_returns_leaves_no_file(officer: User, media: Path) -> None:
    """Would be wrong: a cancelled job with a file lying about."""

    @handler("test-cancelled-late")
    def run(job: Job, progress: Any) -> Path:
        services.cancel(job, actor=officer)
        path: Path = progress.folder / "late.txt"
        path.write_text("x")
        return path

    job = ask(officer, kind="test-cancelled-late")
    runner.run(job.pk, worker="w")
    job.refresh_from_db()
    assert job.state == State.CANCELLED
    assert files.tokens_on_disk() == set()


def test_pulse_writes_at_most_once_a_second_and_shows_the_last_word(
    transactional_db: None, officer: User, settings: Any
) -> None:
    """Would be wrong: ten thousand writes for ten thousand rows, or progress hidden in a transaction."""
    settings.JOBS_HEARTBEAT_SECONDS = 0.2
    job = services.claim(ask(officer).pk, worker="w")
    assert job is not None
    with Pulse(job) as progress, transaction.atomic():
        began = job.heartbeat_at
        for row in range(10_000):
            progress(row // 100, f"แถวที่ {row}")
        end = time.monotonic() + 20
        with ThreadPoolExecutor(1) as other:
            while (seen := other.submit(_seen_by_another, job.pk).result()).percent != 99:
                assert time.monotonic() < end
                time.sleep(0.05)
    assert (seen.percent, seen.stage) == (99, "แถวที่ 9999")
    assert seen.heartbeat_at is not None
    assert began is not None
    assert seen.heartbeat_at > began


def _seen_by_another(pk: int) -> Job:
    try:
        return Job.objects.get(pk=pk)
    finally:
        connection.close()


def test_pulse_stops_the_handler_of_a_lost_job(
    transactional_db: None, officer: User, settings: Any
) -> None:
    """Would be wrong: a worker that goes on for an hour with a job that is no longer its own."""
    settings.JOBS_HEARTBEAT_SECONDS = 0.05
    job = services.claim(ask(officer).pk, worker="w")
    assert job is not None
    with Pulse(job) as progress:
        Job.objects.filter(pk=job.pk).update(
            state="queued", claim=None, worker="", heartbeat_at=None
        )
        end = time.monotonic() + 20
        while not progress.stopped and time.monotonic() < end:
            time.sleep(0.02)
        with pytest.raises(Stopped):
            progress(50, "")


def test_visible_to(
    officer: User, manager: User, analyst: User, north: Region, south: Region
) -> None:
    """Would be wrong: another region's job in a list, or one's own missing."""
    neighbour = User.objects.create_user("nb", full_name="ค", role="regional_officer", region=north)
    stranger = User.objects.create_user("st", full_name="ง", role="regional_manager", region=south)
    own = ask(officer, "own", region=north)
    plain = ask(officer, "plain")
    other = ask(neighbour, "nb", region=north)
    strange = ask(stranger, "st", region=south)

    def seen(user: User) -> set[int]:
        return set(Job.objects.visible_to(user).values_list("pk", flat=True))

    assert seen(officer) == {own.pk, plain.pk}
    assert seen(manager) == {own.pk, other.pk}
    assert seen(stranger) == {strange.pk}
    assert seen(analyst) == {own.pk, plain.pk, other.pk, strange.pk}
    User.objects.filter(pk=officer.pk).update(region=south)
    assert seen(User.objects.get(pk=officer.pk)) == set()
