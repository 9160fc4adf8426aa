"""Every write to the table of jobs.

A worker may be killed, a message lost or delivered five times. What keeps a job single is here: it
is claimed by one UPDATE that only succeeds while it is queued, every later write names that claim,
and a claim that has gone silent is taken back by :func:`sweep`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from codi.accounts.models import User
from codi.errors import Refused
from codi.jobs import ENDINGS, KINDS, files, outbox
from codi.jobs.models import MAX_ATTEMPT_COUNT, Job, State, WorkerSign
from codi.places.models import Region

LOST_WORKER = "งานหยุดกลางทางซ้ำ 3 ครั้ง จึงเลิกทำ กรุณากดสั่งทำใหม่ หากยังไม่สำเร็จให้แจ้งผู้ดูแลระบบ"
CODE_LOST_WORKER = "lost-worker"


def request(
    kind: str,
    *,
    key: str,
    payload: dict[str, Any],
    requested_by: User,
    region: Region | None = None,
    title: str = "",
) -> Job:
    """Ask for long work of a registered ``kind``; it is sent when the transaction commits.

    ``key`` makes the asking idempotent: the same key with the same payload gives the job that is
    there already, in whatever state. Take a one-time key of the form, or the version of the data.
    Raises :class:`Refused` when the person has too many jobs under way, or when the key is taken
    by other work or by a job out of the person's sight; KeyError for an unknown kind.
    """
    with transaction.atomic():
        # One person's requests come one after the other, so that the quota holds.
        User.objects.select_for_update(no_key=True).get(pk=requested_by.pk)
        existing = _existing(kind, key, payload, requested_by)
        if existing is not None:
            return existing
        _check_quota(requested_by)
        now = timezone.now()
        job = Job(
            kind=kind,
            key=key,
            title=title or KINDS[kind].title,
            payload=payload,
            requested_by=requested_by,
            region=region,
            scope=requested_by.scope_path,
            created_at=now,
            queued_at=now,
        )
        return _store_and_send(job)


def _store_and_send(job: Job) -> Job:
    """Store the job and send it on commit; the one that took the key meanwhile, if there is."""
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        existing = _existing(job.kind, job.key, job.payload, job.requested_by)
        if existing is None:
            raise
        return existing
    transaction.on_commit(partial(outbox.send, [job.pk]), robust=True)
    return job


def _existing(kind: str, key: str, payload: dict[str, Any], user: User) -> Job | None:
    """The job that was asked for under this key; refuses when it is not the same work."""
    job = Job.objects.filter(key=key).first()
    if job is None:
        return None
    if job.kind != kind or job.payload != payload:
        raise Refused("แบบฟอร์มนี้ถูกใช้สั่งงานอื่นไปแล้ว กรุณาเปิดหน้าใหม่แล้วสั่งอีกครั้ง", code="jobs-key-reused")
    if not Job.objects.filter(pk=job.pk).visible_to(user).exists():
        raise Refused(
            "ผู้ใช้อื่นสั่งงานเดียวกันนี้ไว้แล้ว กรุณาสอบถามผู้สั่งงานหรือผู้จัดการสำนักงานภาค",
            code="jobs-key-of-other",
        )
    return job


def _check_quota(user: User) -> None:
    most = settings.JOBS_ACTIVE_PER_USER_COUNT
    if (
        Job.objects.filter(requested_by=user, state__in=(State.QUEUED, State.RUNNING)).count()
        >= most
    ):
        raise Refused(
            f"ท่านมีงานที่รอคิวหรือกำลังทำอยู่ครบ {most} งานแล้ว กรุณารอให้เสร็จหรือยกเลิกงานเดิมก่อน",
            code="jobs-quota",
        )


def claim(job_id: int, *, worker: str) -> Job | None:
    """Take a queued job for ``worker``; None when it is not queued (any more)."""
    now, token = timezone.now(), uuid.uuid4()
    taken = Job.objects.filter(
        pk=job_id, state=State.QUEUED, attempt_count__lt=MAX_ATTEMPT_COUNT
    ).update(
        state=State.RUNNING,
        claim=token,
        worker=worker[:120],
        heartbeat_at=now,
        started_at=now,
        attempt_count=F("attempt_count") + 1,
        percent=0,
        stage="เริ่มทำงาน",
    )
    return Job.objects.select_related("requested_by", "region").get(pk=job_id) if taken else None


class Standing(Enum):
    """What a worker learns from its heartbeat."""

    OURS = "ours"
    CANCELLED = "cancelled"
    LOST = "lost"


def beat(job: Job, *, percent: int, stage: str) -> Standing:
    """Say that the worker of ``job`` (as claimed) is alive and how far it is."""
    now = timezone.now()
    own = Job.objects.filter(pk=job.pk, claim=job.claim, state=State.RUNNING)
    oldest_start = now - dt.timedelta(seconds=settings.JOBS_LIMIT_SECONDS)
    alive = own.filter(started_at__gt=oldest_start).update(
        heartbeat_at=now, percent=max(0, min(100, percent)), stage=stage[:200]
    )
    if not alive:
        return Standing.LOST
    asked = own.filter(cancel_requested_at__isnull=False).exists()
    return Standing.CANCELLED if asked else Standing.OURS


@dataclass(frozen=True)
class Result:
    """A stored file and the Thai name it is downloaded under."""

    stored: files.StoredFile
    file_name: str


def finish(job: Job, *, result: Result | None, outcome: str = "") -> bool:
    """End a claimed job as done; ``outcome`` says in words what came of it.

    False when it was cancelled or is no longer this worker's.
    """
    with transaction.atomic():
        own = _lock_own(job)
        if own is None:
            return False
        if own.cancel_requested_at:
            _end(own, State.CANCELLED)
            return False
        if result is not None:
            own.file_path = result.stored.path
            own.file_name = result.file_name[:200]
            own.file_sha256 = result.stored.sha256
            own.file_byte_count = result.stored.byte_count
        own.percent = 100
        own.stage = outcome[:200] or "งานเสร็จแล้ว"
        _end(own, State.DONE)
        return True


def fail(job: Job, *, message: str, code: str) -> bool:
    """End a claimed job as failed, with the reason for people. False when not this worker's."""
    with transaction.atomic():
        own = _lock_own(job)
        if own is None:
            return False
        if own.cancel_requested_at:
            _end(own, State.CANCELLED)
            return False
        _end(own, State.FAILED, failure=message, code=code)
        return True


def give_up(job: Job) -> None:
    """End a claimed job whose cancellation the worker has seen; nothing when it is not ours."""
    with transaction.atomic():
        own = _lock_own(job)
        if own is not None and own.cancel_requested_at:
            _end(own, State.CANCELLED)


def _lock_own(job: Job) -> Job | None:
    return (
        Job.objects.select_for_update()
        .filter(pk=job.pk, claim=job.claim, state=State.RUNNING)
        .first()
    )


def _end(job: Job, state: State, *, failure: str = "", code: str = "") -> None:
    """Write the end of a locked job, and let those know who asked to hear of it."""
    now = timezone.now()
    job.state = state
    job.failure = failure[:500]
    job.failure_code = code[:60]
    job.claim = None
    job.worker = ""
    job.heartbeat_at = None
    job.finished_at = now
    job.cancel_requested_at = (job.cancel_requested_at or now) if state == State.CANCELLED else None
    job.save()
    for tell in ENDINGS:
        tell(job)


def cancel(job: Job, *, actor: User) -> Job:
    """Cancel a queued job at once, a running one as soon as its worker notices.

    Raises :class:`Refused` when ``actor`` may not, or when the job has ended.
    """
    from codi.jobs.permissions import can_cancel

    with transaction.atomic():
        locked = Job.objects.select_for_update().get(pk=job.pk)
        decision = can_cancel(actor, locked)
        if not decision:
            raise Refused(decision.reason, code="jobs-cancel")
        if locked.state == State.QUEUED:
            _end(locked, State.CANCELLED)
        elif locked.cancel_requested_at is None:
            locked.cancel_requested_at = timezone.now()
            locked.save(update_fields=["cancel_requested_at"])
        return locked


def retry(job: Job, *, actor: User) -> Job:
    """Run a failed or cancelled job again, with three new attempts.

    A job that is under way already is returned as it is (double click). Raises :class:`Refused`
    when ``actor`` may not, when the job is done, or when the person's quota is used up.
    """
    from codi.jobs.permissions import can_retry

    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=job.requested_by_id)
        locked = Job.objects.select_for_update().get(pk=job.pk)
        if locked.is_active:
            return locked
        decision = can_retry(actor, locked)
        if not decision:
            raise Refused(decision.reason, code="jobs-retry")
        _check_quota(locked.requested_by)
        locked.run_count += 1
        locked.attempt_count = 0
        locked.cancel_requested_at = locked.finished_at = locked.started_at = None
        _requeue(locked)
        return locked


def _requeue(job: Job) -> None:
    """Put a locked job back in the queue and send it on commit."""
    job.state = State.QUEUED
    job.claim = job.heartbeat_at = job.sent_at = None
    job.worker = job.failure = job.failure_code = job.stage = ""
    job.percent = 0
    job.queued_at = timezone.now()
    job.save()
    transaction.on_commit(partial(outbox.send, [job.pk]), robust=True)


def interrupt_all(*, reason: str, code: str) -> int:
    """End every job that waits or runs, as failed for a reason of the operator's; returns how many.

    Only while no worker runs. Who asked for a job may ask for it again.
    """
    with transaction.atomic():
        jobs = list(Job.objects.select_for_update().active().order_by("pk"))
        for job in jobs:
            if job.cancel_requested_at:
                _end(job, State.CANCELLED)
            else:
                _end(job, State.FAILED, failure=reason, code=code)
    return len(jobs)


def note_worker(worker: str) -> None:
    """Note that a worker lives, and forget those that were not seen for a day."""
    now = timezone.now()
    WorkerSign.objects.update_or_create(worker=worker[:120], defaults={"seen_at": now})
    WorkerSign.objects.filter(seen_at__lt=now - dt.timedelta(days=1)).delete()


@dataclass(frozen=True)
class Swept:
    """What a sweep did, in numbers of jobs and files."""

    requeued: int
    ended: int
    sent: int
    removed: int


def sweep() -> Swept:
    """Repair what crashes left behind; safe at any time and by several at once.

    Running jobs without a sign of life go back to the queue, or end as failed after three
    attempts; queued jobs whose message was lost are sent again; files of no job are removed.
    """
    requeued, ended = _take_back_lost(timezone.now())
    late = timezone.now() - dt.timedelta(seconds=settings.JOBS_RESEND_SECONDS)
    waiting = (
        Job.objects.filter(Q(sent_at=None) | Q(sent_at__lt=late), state=State.QUEUED)
        .order_by("queued_at")
        .values_list("pk", flat=True)[:500]
    )
    sent = outbox.send(list(waiting))
    return Swept(requeued, ended, sent, _remove_orphans())


def _take_back_lost(now: dt.datetime) -> tuple[int, int]:
    """Requeue or end the running jobs whose worker is silent or over its time."""
    silent = now - dt.timedelta(seconds=settings.JOBS_STALE_SECONDS)
    overdue = now - dt.timedelta(seconds=settings.JOBS_LIMIT_SECONDS + settings.JOBS_STALE_SECONDS)
    requeued = ended = 0
    with transaction.atomic():
        lost = Job.objects.select_for_update(skip_locked=True).filter(
            Q(heartbeat_at__lt=silent) | Q(started_at__lt=overdue), state=State.RUNNING
        )
        for job in lost:
            if job.cancel_requested_at:
                _end(job, State.CANCELLED)
                ended += 1
            elif job.attempt_count >= MAX_ATTEMPT_COUNT:
                _end(job, State.FAILED, failure=LOST_WORKER, code=CODE_LOST_WORKER)
                ended += 1
            else:
                _requeue(job)
                requeued += 1
    return requeued, ended


def _remove_orphans() -> int:
    """Remove files and folders that no running job writes and no finished job names.

    The disk is read before the table: a claim that was alive then is still running or has its file
    named by now, so nothing in use can be taken for an orphan.
    """
    on_disk = files.tokens_on_disk()
    if not on_disk:
        return 0
    running = Job.objects.filter(state=State.RUNNING).values_list("claim", flat=True)
    named = Job.objects.exclude(file_path="").values_list("file_path", flat=True)
    kept = {str(token) for token in running}
    kept |= {path.rpartition("/")[2].partition(".")[0] for path in named}
    orphans = on_disk - kept
    for token in orphans:
        files.discard(token)
    return len(orphans)
