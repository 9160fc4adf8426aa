"""Taking a file in, checking it, and writing it all or nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, transaction
from django.utils import timezone

from codi.accounts.models import User
from codi.accounts.permissions import Decision
from codi.errors import Refused
from codi.history import acting
from codi.imports import (
    effects,
    files,
    holding,
    notices,
    permissions,
    registers,
    staging,
    templates,
)
from codi.imports.declared import UPLOADS, Upload
from codi.imports.headings import Table, open_table
from codi.imports.models import BatchState, ImportBatch
from codi.imports.plan import Hands, Plan, PlannedRow, Status
from codi.imports.reading import open_sheets
from codi.jobs import services as jobs
from codi.jobs.models import Job
from codi.writing import politely, waiting

Told = Callable[[int, str], None]
T = TypeVar("T")

CHECK, WRITE = "import-check", "import-write"
STALE = "ข้อมูลเปลี่ยนไปหลังตรวจ ระบบตรวจให้ใหม่แล้ว กรุณาดูผลตรวจอีกครั้งก่อนยืนยัน"
SENT_BACK = "ข้อมูลเปลี่ยนไปหลังตรวจ ระบบตรวจให้ใหม่แล้ว และแจ้งผู้ส่งให้ดูผลตรวจแล้วส่งมายืนยันอีกครั้ง"
MOVED = "ผลตรวจของไฟล์นี้เปลี่ยนไปหลังจากที่ท่านเปิดดู ยังไม่มีการบันทึก กรุณาดูผลตรวจล่าสุดแล้วยืนยันอีกครั้ง"
BUSY = "ระบบกำลังทำงานกับไฟล์นี้ หรือไฟล์อื่นของข้อมูลชนิดเดียวกันอยู่ กรุณารอสักครู่แล้วกดอีกครั้ง"
OVERTAKEN = "มีการทำงานกับไฟล์นี้หลังจากสั่งงานนี้แล้ว จึงไม่ตรวจซ้ำและผลเดิมยังอยู่ กรุณาเปิดหน้าไฟล์เพื่อดูผลล่าสุด"
IN_HANDS = "ระบบกำลังทำงานกับไฟล์นี้อยู่ กรุณารอให้เสร็จ หรือให้ผู้สั่งยกเลิกงานนั้นก่อน"
OUT_OF_SIGHT = "ไฟล์นี้อยู่นอกขอบเขตของท่านแล้ว ให้ผู้ที่เห็นไฟล์นี้ทำต่อ หรือส่งไฟล์ใหม่"
SOMEBODY_WAS_FASTER = frozenset(("changed_by_another", "gone"))
# These say nothing against the file: it stays as it is, and the same act will do later.
NOT_THE_FILE = frozenset(("imports-permission", "imports-busy", "imports-moved", "busy"))
# Above these a worker does it, so that nobody waits before a page that does not answer.
DIRECT_BYTE_COUNT = 200_000
DIRECT_ROW_COUNT = 200
DIRECT_REGISTER_ROW_COUNT = 3_000
WRITTEN_AT_ONCE = 5_000
PATIENCE_SECONDS, PATIENCE_OF_WORKER_SECONDS = 3, 600


def in_silence(percent: int, stage: str) -> None:
    """Progress that nobody watches."""


def _read(upload: Upload, *, content: bytes, file_name: str, today: dt.date) -> Table:
    """The rows of a file, one at a time. Raises :class:`Refused` when it cannot be read as a whole."""
    sheets = open_sheets(content, file_name, hidden=templates.SYSTEM)
    table = open_table(upload, sheets, today=today)
    table.template_version = templates.version_in(sheets.hidden)
    return table


def make_plan(
    upload: Upload, *, content: bytes, file_name: str, actor: User, today: dt.date
) -> Plan:
    """What the file would do if ``actor`` had it written ``today``; writes nothing.

    Raises :class:`Refused` when the file as a whole cannot be read; the errors of rows are in the
    plan, all of them.
    """
    table = _read(upload, content=content, file_name=file_name, today=today)
    plan = Plan()
    plan.rows = list(upload.judged(table.rows, actor, today))
    plan.notes = list(table.notes)
    return plan


def upload_file(
    *,
    kind: str,
    content: bytes,
    file_name: str,
    actor: User,
    today: dt.date,
    wait: bool = True,
) -> ImportBatch:
    """Check an uploaded file and keep it with its preview. Raises :class:`Refused`.

    Without ``wait`` a large file is left to a worker: the batch says that it is being checked.
    """
    _require(permissions.can_upload(actor, kind))
    path = _keep(content, file_name)
    try:
        with transaction.atomic():
            now = timezone.now()
            batch = ImportBatch.objects.create(
                kind=kind,
                state=BatchState.CHECKING,
                region=actor.region,
                scope=actor.scope_path,
                file_path=path,
                file_name=file_name[:200],
                file_sha256=hashlib.sha256(content).hexdigest(),
                file_byte_count=len(content),
                uploaded_by=actor,
                uploaded_at=now,
                previewed_at=now,
            )
            if wait or len(content) <= DIRECT_BYTE_COUNT:
                return _check(batch, content, today, in_silence)
            return queue(batch, CHECK, actor, title=f"ตรวจไฟล์ {batch.file_name}")
    except BaseException:
        files.drop(path)
        raise


def _keep(content: bytes, file_name: str) -> str:
    try:
        return files.keep(content, file_name)
    except OSError as error:
        raise Refused(
            "เก็บไฟล์ไม่สำเร็จ ที่เก็บไฟล์อาจเต็ม กรุณาแจ้งผู้ดูแลระบบแล้วส่งใหม่ภายหลัง", code="imports-disk"
        ) from error


def queue(batch: ImportBatch, work: str, actor: User, *, title: str, **told: str) -> ImportBatch:
    """Leave work on a locked batch to a worker, with what it must be told besides."""
    batch.job = jobs.request(
        work,
        key=f"{work}:{batch.pk}:{uuid.uuid4()}",
        payload={"batch": batch.pk, **told},
        requested_by=actor,
        region=batch.region,
        title=title[:200],
    )
    batch.save(update_fields=["job"])
    return batch


def _check(batch: ImportBatch, content: bytes, today: dt.date, told: Told) -> ImportBatch:
    """Judge every row for the uploader and stage the judgements; the caller holds the transaction."""
    upload = UPLOADS[batch.kind]
    told(2, "อ่านไฟล์")
    table = _read(upload, content=content, file_name=batch.file.name, today=today)
    tally = staging.Tally()
    rows = _watched(table.rows, table.line_count, "ตรวจแถว", told, first=10, last=95)
    judged = tally.watch(upload.judged(rows, batch.uploaded_by, today))
    plan = Plan()
    if upload.register is None:
        plan.rows = list(judged)
        judged = iter(plan.rows)
    batch.checker_roles = [str(role) for role in upload.needs_checker(plan)]
    staging.stage(batch, judged, with_data=upload.register is not None)
    batch.state = BatchState.PREVIEWED
    batch.failure = ""
    batch.template_version = table.template_version
    batch.judged_version = upload.template_version
    batch.preview = {
        "notes": _notes(upload, batch, table.notes),
        "warnings": [*staging.mixed_up(batch, tally), *staging.doubts(tally)],
    }
    batch.fingerprint = tally.fingerprint
    for status in Status:
        setattr(batch, f"{status}_count", tally.counts[status])
    batch.previewed_at = timezone.now()
    batch.save()
    return batch


def _notes(upload: Upload, batch: ImportBatch, notes: Iterable[str]) -> list[str]:
    old = batch.template_version not in ("", upload.template_version)
    outdated = "แบบฟอร์มนี้เป็นรุ่นเก่า อ่านตามหัวตารางที่ยังใช้ได้ ครั้งหน้ากรุณาดาวน์โหลดแบบฟอร์มใหม่"
    return [*notes, *([outdated] if old else [])]


def _watched(
    rows: Iterable[T], count: int, stage: str, told: Told, *, first: int, last: int
) -> Iterator[T]:
    """The rows, telling now and then how many have gone by."""
    for number, row in enumerate(rows):
        if number % 500 == 0:
            told(
                first + (last - first) * number // max(count, 1),
                f"{stage} {number:,} จาก {count:,}",
            )
        yield row


def check(
    *, batch: ImportBatch, today: dt.date, told: Told = in_silence, job: Job | None = None
) -> ImportBatch:
    """Make the preview of a stored file, anew or for the first time; ``job`` is the worker's own.

    A file that cannot be read leaves the batch failed with the reason. Raises :class:`Refused`,
    also when the file went on since ``job`` was ordered: it may wait for its checker by now.
    """
    try:
        with patient(PATIENCE_OF_WORKER_SECONDS):
            locked = lock_batch(batch)
            if not locked.is_open:
                raise Refused(
                    "ไฟล์นี้นำเข้า ส่งกลับ หรือยกเลิกไปแล้ว หากต้องการนำเข้าอีก กรุณาส่งไฟล์ใหม่",
                    code="imports-permission",
                )
            if job is not None and _is_overtaken(job, locked):
                raise Refused(OVERTAKEN, code="imports-moved")
            return _check(locked, _content(locked), today, told)
    except Refused as refused:
        if refused.code not in NOT_THE_FILE:
            _note_failure(batch, refused)
        raise


def _is_overtaken(job: Job, batch: ImportBatch) -> bool:
    """Whether other work followed a check, or its preview was made and sent before it ended."""
    was_sent = batch.state == BatchState.WAITING and batch.previewed_at > job.created_at
    return batch.job_id != job.pk or was_sent


def check_again(
    *, batch: ImportBatch, actor: User, today: dt.date, wait: bool = True
) -> ImportBatch:
    """Make the preview anew from the stored file, against what is stored now."""
    with in_hand(batch, actor) as locked:
        _require(permissions.can_discard(actor, locked))
        if wait or locked.file_byte_count <= DIRECT_BYTE_COUNT:
            return _check(locked, _content(locked), today, in_silence)
        return queue(locked, CHECK, actor, title=f"ตรวจไฟล์ {locked.file_name}")


def send_for_confirmation(*, batch: ImportBatch, actor: User) -> ImportBatch:
    """Hand a checked file to those who may confirm it."""
    with in_hand(batch, actor) as locked:
        _require(permissions.can_send(actor, locked))
        locked.state = BatchState.WAITING
        locked.save(update_fields=["state"])
        notices.waits(locked, actor=actor)
        return locked


def order_writing(*, batch: ImportBatch, actor: User, seen: str, today: dt.date) -> ImportBatch:
    """Confirm a file: a short one is written now, a long one by a worker. Raises :class:`Refused`.

    ``seen`` is the fingerprint of the preview that the person had before them.
    """
    register = UPLOADS[batch.kind].register is not None
    most = DIRECT_REGISTER_ROW_COUNT if register else DIRECT_ROW_COUNT
    if batch.new_count + batch.changed_count <= most:
        return confirm(batch=batch, actor=actor, seen=seen, today=today)
    with in_hand(batch, actor) as locked:
        _require_confirm(actor, locked, seen)
        return queue(locked, WRITE, actor, title=f"นำเข้าไฟล์ {locked.file_name}", seen=seen)


def _require_confirm(actor: User, batch: ImportBatch, seen: str) -> None:
    """The person may, and the preview is the one they saw: who agreed to another did not agree."""
    _require(permissions.is_confirmer(actor, batch))
    if batch.is_open and seen != batch.fingerprint:
        raise Refused(MOVED, code="imports-moved")
    _require(permissions.can_confirm(actor, batch))


def confirm(
    *,
    batch: ImportBatch,
    actor: User,
    today: dt.date,
    seen: str | None = None,
    told: Told = in_silence,
    job: Job | None = None,
) -> ImportBatch:
    """Write the file, all or nothing, in the name of ``actor``; ``job`` is the worker's own.

    What is written is what was shown: the preview with the fingerprint ``seen``, by itself that of
    ``batch`` as it was read. When the preview is another one nothing is written. When the data moved
    meanwhile nothing is written either, and the preview is made anew. Where others hold what is to
    be written, the batch stays as it is. Any other refusal leaves it failed with the reason. Raises
    :class:`Refused`.
    """
    seen = batch.fingerprint if seen is None else seen
    try:
        with (
            in_hand(batch, actor, job) as locked,
            acting(actor, door="import", reason=f"นำเข้าไฟล์ {batch.file_name}"),
        ):
            _require_confirm(actor, locked, seen)
            one_at_a_time(locked.kind)
            before = effects.marks()
            _write(locked, Hands(locked.uploaded_by, actor), today, told)
            locked.effects = effects.since(before)
            locked.state = BatchState.CONFIRMED
            locked.confirmed_by = actor
            locked.confirmed_at = timezone.now()
            locked.save()
            notices.done(locked, actor=actor)
            told(99, "บันทึกทั้งไฟล์")
            return locked
    except Refused as refused:
        if refused.code in NOT_THE_FILE:
            raise
        raise _after_refusal(batch, refused, actor, today) from refused


def _write(batch: ImportBatch, hands: Hands, today: dt.date, told: Told) -> None:
    """Write what was shown; refuses when it is no longer what would happen."""
    upload = UPLOADS[batch.kind]
    if upload.register:
        _write_register(batch, upload.register, hands, told)
        return
    told(5, "ตรวจกับข้อมูลล่าสุด")
    plan, tally = Plan(), staging.Tally()
    table = _read(upload, content=_content(batch), file_name=batch.file.name, today=today)
    plan.rows = list(tally.watch(upload.judged(table.rows, batch.uploaded_by, today)))
    if plan.has_errors or tally.fingerprint != batch.fingerprint or upload.apply is None:
        raise Refused(STALE, code="imports-stale")
    told(30, "บันทึก")
    upload.apply(_Watched(plan, told), hands, today)


class _Watched(Plan):
    """A plan that tells how far its writing is."""

    def __init__(self, plan: Plan, told: Told) -> None:
        super().__init__()
        self.rows, self.notes, self._told = plan.rows, plan.notes, told

    def with_status(self, *statuses: Status) -> list[PlannedRow]:
        """The rows of these statuses, each telling the progress when its turn comes."""
        return _Telling(super().with_status(*statuses), self._told)


class _Telling(list[PlannedRow]):
    """A list that tells how far somebody who goes through it has come."""

    def __init__(self, rows: list[PlannedRow], told: Told) -> None:
        super().__init__(rows)
        self._told = told

    def __iter__(self) -> Iterator[PlannedRow]:
        return _watched(super().__iter__(), len(self), "บันทึกแถว", self._told, first=30, last=95)


def _write_register(
    batch: ImportBatch, register: registers.Register, hands: Hands, told: Told
) -> None:
    """Hand the staged rows to the bulk services, a few thousand at once, in one transaction."""
    holding.hold_for_writing(batch, register)
    done, count = 0, batch.new_count + batch.changed_count
    for status, act in ((Status.NEW, register.create), (Status.CHANGED, register.change)):
        for piece in staging.pieces(batch, status, WRITTEN_AT_ONCE):
            told(5 + 90 * done // max(count, 1), f"บันทึกแถว {done:,} จาก {count:,}")
            act(actor=hands.maker, records=[register.record(data) for data in piece])
            done += len(piece)


def _after_refusal(batch: ImportBatch, refused: Refused, actor: User, today: dt.date) -> Refused:
    """Check the file again: when the preview is another now, that is the reason to tell.

    A file that waited for ``actor`` comes back to its uploader, who learns of it.
    """
    try:
        with patient(PATIENCE_SECONDS):
            locked = lock_batch(batch)
            if not locked.is_open:
                return refused
            shown = locked.fingerprint
            fresh = _check(locked, _content(locked), today, in_silence)
    except Refused as unreadable:
        if unreadable.code not in NOT_THE_FILE:
            _note_failure(batch, unreadable)
        return unreadable
    # Somebody wrote between the judging and the writing, maybe where the file has no column.
    has_moved = fresh.fingerprint != shown or refused.code in SOMEBODY_WAS_FASTER
    if not has_moved:
        _note_failure(batch, refused)
    notices.came_back(fresh, actor=actor)
    if has_moved:
        by_uploader = actor.pk == fresh.uploaded_by_id
        return Refused(STALE if by_uploader else SENT_BACK, code="imports-stale")
    return refused


def _note_failure(batch: ImportBatch, refused: Refused) -> None:
    """Keep the reason, in a transaction of its own after the writing was undone."""
    text = "\n".join((refused.message, *refused.details))
    ImportBatch.objects.filter(
        pk=batch.pk, state__in=(BatchState.CHECKING, BatchState.PREVIEWED, BatchState.WAITING)
    ).update(state=BatchState.FAILED, failure=text[:1000])


def refuse(*, batch: ImportBatch, actor: User, reason: str) -> ImportBatch:
    """The second person sends the file back with a reason; its uploader makes a new one."""
    with in_hand(batch, actor) as locked:
        _require(permissions.can_refuse(actor, locked))
        if not reason.strip():
            raise Refused("กรุณาเขียนเหตุผลที่ไม่อนุมัติ เพื่อให้ผู้ส่งแก้ไขได้", field="reason")
        locked.state = BatchState.REFUSED
        locked.refused_by = actor
        locked.refused_at = timezone.now()
        locked.refusal_reason = reason.strip()[:500]
        locked.save()
        notices.refused(locked, actor=actor)
        return locked


def discard(*, batch: ImportBatch, actor: User) -> ImportBatch:
    """The uploader throws the file away; the row stays for the history."""
    with in_hand(batch, actor) as locked:
        _require(permissions.can_discard(actor, locked))
        locked.state = BatchState.DISCARDED
        locked.failure = ""
        locked.save(update_fields=["state", "failure"])
        return locked


def import_now(
    *, kind: str, content: bytes, file_name: str, hands: Hands, today: dt.date
) -> ImportBatch:
    """Upload and confirm in one transaction, for commands: on a refusal nothing stays at all.

    Where a second person is asked for, ``hands`` names both. Raises :class:`Refused`.
    """
    path = ""
    try:
        with transaction.atomic():
            batch = upload_file(
                kind=kind, content=content, file_name=file_name, actor=hands.maker, today=today
            )
            path = batch.file_path
            if batch.error_count == 0 and batch.checker_roles:
                batch = send_for_confirmation(batch=batch, actor=hands.maker)
            checker = hands.checker if batch.checker_roles else hands.maker
            return confirm(batch=batch, actor=checker, today=today)
    except BaseException:
        if path:
            files.drop(path)
        raise


@contextmanager
def patient(seconds: float) -> Iterator[None]:
    """One transaction that waits no longer for what others hold, then says so politely.

    It also ends politely where its last check finds that somebody deleted what it names.
    """
    with politely(BUSY, "imports-busy"), transaction.atomic(), waiting(seconds):
        yield


@contextmanager
def in_hand(batch: ImportBatch, actor: User, job: Job | None = None) -> Iterator[ImportBatch]:
    """One transaction of a person on a batch: the batch under a lock, in sight, in no other hands.

    ``job`` is the work that the caller does itself: a worker waits longer for what others hold.
    Raises :class:`Refused`.
    """
    seconds = PATIENCE_OF_WORKER_SECONDS if job else PATIENCE_SECONDS
    with patient(seconds):
        locked = lock_batch(batch, seen_by=actor)
        if locked.is_busy and (job is None or locked.job_id != job.pk):
            raise Refused(IN_HANDS, code="imports-busy")
        yield locked


def lock_batch(batch: ImportBatch, *, seen_by: User | None = None) -> ImportBatch:
    """The batch as it is now, under a lock to the end of the transaction.

    Raises :class:`Refused` when it is out of the person's sight by now.
    """
    rows = ImportBatch.objects.all() if seen_by is None else ImportBatch.objects.visible_to(seen_by)
    locked = (
        rows.select_for_update(of=("self",))
        .select_related("uploaded_by", "region", "job")
        .filter(pk=batch.pk)
        .first()
    )
    if locked is None:
        raise Refused(OUT_OF_SIGHT, code="imports-permission")
    return locked


def one_at_a_time(kind: str) -> None:
    """Two files of one kind are written one after the other: the second sees what the first did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"imports:{kind}"])


def _content(batch: ImportBatch) -> bytes:
    """The stored file."""
    try:
        return batch.file.read_bytes()
    except OSError as error:
        raise Refused("ไม่พบไฟล์ที่ส่งไว้ กรุณาส่งไฟล์ใหม่", code="imports-file-missing") from error


def _require(decision: Decision) -> None:
    if not decision:
        raise Refused(decision.reason, code="imports-permission")
