"""Taking a file in, checking it, and writing it all or nothing."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import connection, transaction
from django.utils import timezone

from codi.accounts.models import User
from codi.accounts.permissions import Decision
from codi.errors import Refused
from codi.history import acting
from codi.imports import files, permissions
from codi.imports.declared import UPLOADS, Upload
from codi.imports.headings import read_table
from codi.imports.models import BatchState, ImportBatch
from codi.imports.plan import Hands, Plan, PlannedRow, Status, in_sheet_order
from codi.imports.reading import open_sheets

STALE = "ข้อมูลเปลี่ยนไปหลังตรวจ กรุณาตรวจใหม่"


def make_plan(
    upload: Upload, *, content: bytes, file_name: str, actor: User, today: dt.date
) -> Plan:
    """What the file would do if ``actor`` had it written ``today``; writes nothing.

    Raises :class:`Refused` when the file as a whole cannot be read; the errors of rows are in the
    plan, all of them.
    """
    table = read_table(upload, open_sheets(content, file_name), today=today)
    plan = upload.plan(table.rows, actor, today)
    judged = {row.number for row in plan.rows}
    for row in table.rows:
        if row.number not in judged:
            if row.ok:
                raise ValueError(f"{upload.key}: row {row.number} was not judged")
            plan.rows.append(
                PlannedRow(row.number, Status.ERROR, "", (), tuple(row.errors), row.raw)
            )
    plan.rows = in_sheet_order(plan.rows)
    plan.notes = [*table.notes, *plan.notes]
    return plan


def upload_file(
    *, kind: str, content: bytes, file_name: str, actor: User, today: dt.date
) -> ImportBatch:
    """Check an uploaded file and keep it with its preview. Raises :class:`Refused`."""
    _require(permissions.can_upload(actor, kind))
    upload = UPLOADS[kind]
    plan = make_plan(upload, content=content, file_name=file_name, actor=actor, today=today)
    try:
        path = files.keep(content, file_name)
    except OSError as error:
        raise Refused(
            "เก็บไฟล์ไม่สำเร็จ ที่เก็บไฟล์อาจเต็ม กรุณาแจ้งผู้ดูแลระบบแล้วส่งใหม่ภายหลัง", code="imports-disk"
        ) from error
    try:
        with transaction.atomic():
            batch = ImportBatch(
                kind=kind,
                region=actor.region,
                file_path=path,
                file_name=file_name[:200],
                file_sha256=hashlib.sha256(content).hexdigest(),
                file_byte_count=len(content),
                uploaded_by=actor,
                uploaded_at=timezone.now(),
            )
            _note_preview(batch, upload, plan)
            batch.save()
    except BaseException:
        files.drop(path)
        raise
    return batch


def _note_preview(batch: ImportBatch, upload: Upload, plan: Plan) -> None:
    """Write the preview of a plan onto a batch that waits for its uploader."""
    batch.state = BatchState.PREVIEWED
    batch.failure = ""
    batch.preview = plan.to_dict()
    batch.fingerprint = plan.fingerprint()
    batch.checker_roles = [str(role) for role in upload.needs_checker(plan)]
    batch.new_count = plan.count(Status.NEW)
    batch.changed_count = plan.count(Status.CHANGED)
    batch.same_count = plan.count(Status.SAME)
    batch.error_count = plan.count(Status.ERROR)
    batch.previewed_at = timezone.now()


def check_again(*, batch: ImportBatch, actor: User, today: dt.date) -> ImportBatch:
    """Make the preview anew from the stored file, against what is stored now."""
    with transaction.atomic():
        locked = _lock(batch)
        _require(permissions.can_discard(actor, locked))
        plan = _plan_of(locked, today=today)
        _note_preview(locked, UPLOADS[locked.kind], plan)
        locked.save()
        return locked


def send_for_confirmation(*, batch: ImportBatch, actor: User) -> ImportBatch:
    """Hand a checked file to those who may confirm it."""
    with transaction.atomic():
        locked = _lock(batch)
        _require(permissions.can_send(actor, locked))
        locked.state = BatchState.WAITING
        locked.save(update_fields=["state"])
        return locked


def confirm(*, batch: ImportBatch, actor: User, today: dt.date) -> ImportBatch:
    """Write the file, all or nothing, in the name of ``actor``.

    The plan is made again inside the transaction and must be the one that was shown. A refusal
    during the writing leaves the batch failed with the reason and the data untouched. Raises
    :class:`Refused`.
    """
    try:
        with (
            transaction.atomic(),
            acting(actor, door="import", reason=f"นำเข้าไฟล์ {batch.file_name}"),
        ):
            locked = _lock(batch)
            _require(permissions.can_confirm(actor, locked))
            _one_at_a_time(locked.kind)
            plan = _plan_of(locked, today=today)
            if plan.has_errors or plan.fingerprint() != locked.fingerprint:
                raise Refused(STALE, code="imports-stale")
            upload = UPLOADS[locked.kind]
            try:
                with transaction.atomic():
                    upload.apply(plan, Hands(locked.uploaded_by, actor), today)
            except Refused as refused:
                raise _WriteRefused(refused) from refused
            locked.state = BatchState.CONFIRMED
            locked.confirmed_by = actor
            locked.confirmed_at = timezone.now()
            locked.save()
            return locked
    except _WriteRefused as stopped:
        _note_failure(batch, stopped.refused)
        raise stopped.refused from stopped


class _WriteRefused(Exception):
    """A service refused while the file was being written."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.message)
        self.refused = refused


def _note_failure(batch: ImportBatch, refused: Refused) -> None:
    """Keep the reason, in a transaction of its own after the writing was undone."""
    text = "\n".join((refused.message, *refused.details))
    ImportBatch.objects.filter(
        pk=batch.pk, state__in=(BatchState.PREVIEWED, BatchState.WAITING)
    ).update(state=BatchState.FAILED, failure=text[:1000])


def refuse(*, batch: ImportBatch, actor: User, reason: str) -> ImportBatch:
    """The second person sends the file back with a reason; its uploader makes a new one."""
    with transaction.atomic():
        locked = _lock(batch)
        _require(permissions.can_refuse(actor, locked))
        if not reason.strip():
            raise Refused("กรุณาเขียนเหตุผลที่ไม่อนุมัติ เพื่อให้ผู้ส่งแก้ไขได้", field="reason")
        locked.state = BatchState.REFUSED
        locked.refused_by = actor
        locked.refused_at = timezone.now()
        locked.refusal_reason = reason.strip()[:500]
        locked.save()
        return locked


def discard(*, batch: ImportBatch, actor: User) -> ImportBatch:
    """The uploader throws the file away; the row stays for the history."""
    with transaction.atomic():
        locked = _lock(batch)
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


def _lock(batch: ImportBatch) -> ImportBatch:
    return (
        ImportBatch.objects.select_for_update(of=("self",))
        .select_related("uploaded_by", "region")
        .get(pk=batch.pk)
    )


def _one_at_a_time(kind: str) -> None:
    """Two files of one kind are written one after the other: the second sees what the first did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"imports:{kind}"])


def _plan_of(batch: ImportBatch, *, today: dt.date) -> Plan:
    """The plan of a stored file, made for its uploader."""
    try:
        content = batch.file.read_bytes()
    except OSError as error:
        raise Refused("ไม่พบไฟล์ที่ส่งไว้ กรุณาส่งไฟล์ใหม่", code="imports-file-missing") from error
    return make_plan(
        UPLOADS[batch.kind],
        content=content,
        file_name=batch.file.name,
        actor=batch.uploaded_by,
        today=today,
    )


def _require(decision: Decision) -> None:
    if not decision:
        raise Refused(decision.reason, code="imports-permission")
