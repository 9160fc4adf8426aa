"""Attaching, replacing, removing and restoring files, and the end of what was removed.

The content lies whole in the store before the row is written, and goes again when the row is not:
so there is never a row without its file. What a killed process leaves behind is a file without a
row, which nobody can see and :mod:`codi.files.reconciling` puts away.
"""

from __future__ import annotations

import datetime as dt
import errno
import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Model, Sum

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.errors import Refused
from codi.files.declared import KINDS, AttachmentKind, kind_of
from codi.files.inspection import Judged, judged
from codi.files.models import Attachment, FileState
from codi.files.store import store
from codi.history import acting
from codi.writing import locked, service

logger = logging.getLogger(__name__)

MAX_RECORD_COUNT = 100
MAX_RECORD_MB = 200
_MB = 1024 * 1024
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Upload:
    """What somebody sends: the content, the name and the type it came with, and what it is."""

    content: IO[bytes]
    file_name: str
    declared: str = ""
    document: str = "other"
    description: str = ""


def attach(*, actor: User, subject: Model, upload: Upload, now: dt.datetime) -> Attachment:
    """Attach a file to a record. The same content again gives the file that is there already.

    Raises :class:`Refused` when the person may not, the file is not taken, the record or the store
    is full, or the store cannot be written.
    """
    kind = kind_of(subject)
    require(kind.can_attach(actor, subject))
    with _judged(upload) as file:
        made = _row(kind, subject, upload, file, actor, now)
        with _kept(made, file):
            return _record(kind=kind, made=made, actor=actor)


def replace(*, actor: User, attachment: Attachment, upload: Upload, now: dt.datetime) -> Attachment:
    """Put a new version in the place of a file; the old one is kept and says so.

    Raises :class:`Refused` as :func:`attach` does, and when the content is the same as before.
    """
    kind = kind_of(attachment)
    require(kind.replacing(actor, attachment))
    with _judged(upload) as file:
        if file.sha256 == attachment.sha256:
            raise Refused("ไฟล์ใหม่เหมือนไฟล์เดิมทุกประการ กรุณาเลือกฉบับที่แก้ไขแล้ว", code="files-same")
        made = _row(kind, attachment.subject, upload, file, actor, now)
        made.replaces = attachment
        with _kept(made, file):
            return _record_version(kind=kind, made=made, old=attachment, actor=actor)


@contextmanager
def _judged(upload: Upload) -> Iterator[Judged]:
    """The upload judged; whatever the disk or the store does wrong inside comes out as a refusal."""
    try:
        with judged(upload.content, file_name=upload.file_name, declared=upload.declared) as file:
            yield file
    except OSError as error:
        raise _unwritable(error) from error


def _row(
    kind: AttachmentKind,
    subject: Model,
    upload: Upload,
    file: Judged,
    actor: User,
    now: dt.datetime,
) -> Attachment:
    if upload.document not in kind.documents:
        raise Refused("กรุณาเลือกประเภทเอกสารจากรายการ", field="document", code="files-document")
    table: Any = kind.model
    made: Attachment = table(
        id=uuid.uuid4(),
        subject=subject,
        file_name=file.named.file_name,
        format=file.named.format,
        byte_count=file.byte_count,
        sha256=file.sha256,
        has_preview=file.preview is not None,
        document=upload.document,
        description=" ".join(upload.description.split())[:300],
        attached_by=actor,
        attached_at=now,
    )
    return made


@contextmanager
def _kept(made: Attachment, file: Judged) -> Iterator[None]:
    """Keep the content while the row is written, and take it back when it is not.

    Where the line to the database broke, nobody knows whether the row is there: the content stays,
    and is put away later should it belong to none.
    """
    keeps = False
    try:
        _put(made, file)
        yield
        keeps = made.pk is not None and not made._state.adding
    except (OperationalError, InterfaceError):
        keeps = True
        raise
    finally:
        if not keeps:
            _drop(made)


def _put(made: Attachment, file: Judged) -> None:
    place = store()
    if file.preview is not None:
        place.put(made.preview_name, file.preview)
    place.put(made.stored_name, file.path)


def _drop(made: Attachment) -> None:
    for name in (made.stored_name, made.preview_name):
        try:
            store().delete(name)
        except OSError:
            logger.exception("the content %s of no row could not be removed", name)


def _unwritable(error: OSError) -> Refused:
    if error.errno in _FULL:
        logger.error("the store of files is full: %s", error)
        return Refused(
            "ที่เก็บไฟล์ของระบบเต็ม จึงยังไม่ได้แนบไฟล์ กรุณาแจ้งผู้ดูแลระบบแล้วลองใหม่ภายหลัง", code="files-full"
        )
    logger.exception("the store of files cannot be written")
    return Refused("ที่เก็บไฟล์ของระบบขัดข้อง จึงยังไม่ได้แนบไฟล์ กรุณาลองใหม่ภายหลัง", code="files-store")


@service
def _record(*, kind: AttachmentKind, made: Attachment, actor: User) -> Attachment:
    """Write the row under the lock of its record; the content that is there already wins."""
    subject = _locked_subject(kind, made.subject)
    require(kind.can_attach(actor, subject))
    same = kind.rows.present().filter(subject=subject, sha256=made.sha256)
    known: Attachment | None = same.first()
    if known is not None:
        return known
    _require_room(kind, subject, made)
    made.save(force_insert=True)
    return made


@service
def _record_version(
    *, kind: AttachmentKind, made: Attachment, old: Attachment, actor: User
) -> Attachment:
    """Write the row of a new version, and that the old one is replaced."""
    subject = _locked_subject(kind, made.subject)
    old = _locked_file(old, subject)
    require(kind.replacing(actor, old))
    if not old.is_present:
        raise _moved()
    _require_room(kind, subject, made)
    old.state = FileState.REPLACED
    old.save(update_fields=["state"])
    made.save(force_insert=True)
    return made


def _moved() -> Refused:
    return Refused("ไฟล์นี้มีผู้อื่นเปลี่ยนสถานะไปแล้ว กรุณาเปิดหน้านี้ใหม่", code="files-moved")


def _locked_subject(kind: AttachmentKind, subject: Model) -> Any:
    """The record under its lock, with the further row that its kind names."""
    guard = kind.lock(subject)
    if guard is not subject:
        locked(guard)
    return locked(subject)


def _locked_file(attachment: Attachment, subject: Any) -> Attachment:
    found = locked(attachment)
    found.subject = subject
    return found


def _require_room(kind: AttachmentKind, subject: Any, made: Attachment) -> None:
    """Refuse what would be too much for the record or for the store."""
    of_record = kind.rows.with_bytes().filter(subject=subject)
    if of_record.filter(state=FileState.PRESENT).count() >= MAX_RECORD_COUNT:
        raise Refused(
            f"รายการนี้มีไฟล์แนบครบ {MAX_RECORD_COUNT} ไฟล์แล้ว กรุณาเอาไฟล์ที่ไม่ใช้ออกก่อน", code="files-many"
        )
    if _bytes_of(of_record) + made.byte_count > MAX_RECORD_MB * _MB:
        raise Refused(
            f"ไฟล์แนบของรายการนี้รวมกันจะเกิน {MAX_RECORD_MB} MB กรุณาย่อไฟล์ก่อนแนบ", code="files-much"
        )
    kept = sum(_bytes_of(one.rows.with_bytes()) for one in KINDS.values())
    if kept + made.byte_count > settings.ATTACHMENTS_QUOTA_GB * 1024 * _MB:
        raise Refused("ที่เก็บไฟล์ของระบบเต็มตามโควตา จึงยังไม่ได้แนบไฟล์ กรุณาแจ้งผู้ดูแลระบบ", code="files-full")


def _bytes_of(rows: Any) -> int:
    found: int | None = rows.order_by().aggregate(found=Sum("byte_count"))["found"]
    return int(found or 0)


@service
def remove(*, actor: User, attachment: Attachment, reason: str, now: dt.datetime) -> Attachment:
    """Take a file off its record; for 30 days it can be put back. The reason stays with it."""
    kind = kind_of(attachment)
    found = _locked_file(attachment, _locked_subject(kind, attachment.subject))
    require(kind.can_remove(actor, found))
    if not reason.strip():
        raise Refused("กรุณาระบุเหตุผลที่เอาไฟล์ออก", field="reason")
    if not found.is_present:
        raise _moved()
    found.state = FileState.REMOVED
    found.removed_by, found.removed_at = actor, now
    found.removal_reason = " ".join(reason.split())[:300]
    found.save(update_fields=["state", "removed_by", "removed_at", "removal_reason"])
    return found


@service
def restore(*, actor: User, attachment: Attachment) -> Attachment:
    """Put a removed file back where it was; whoever may remove it may do so."""
    kind = kind_of(attachment)
    found = _locked_file(attachment, _locked_subject(kind, attachment.subject))
    require(kind.can_attach(actor, found.subject))
    if found.state != FileState.REMOVED:
        raise _moved()
    found.state = FileState.PRESENT
    found.removed_by = found.removed_at = None
    found.removal_reason = ""
    found.save(update_fields=["state", "removed_by", "removed_at", "removal_reason"])
    return found


def purge(*, now: dt.datetime) -> int:
    """End what was removed more than 30 days ago: the row stays, its content goes. How many did.

    The row says so first; content that could not be deleted then belongs to no row and is put away.
    """
    count = 0
    for kind in KINDS.values():
        rows = kind.rows
        for pk in list(rows.due_for_purge(now).values_list("pk", flat=True)):
            count += _purge_one(rows, pk, now)
    return count


def _purge_one(rows: Any, pk: uuid.UUID, now: dt.datetime) -> int:
    with transaction.atomic(), acting(None, door="job"):
        found: Attachment | None = rows.due_for_purge(now).select_for_update().filter(pk=pk).first()
        if found is None:
            return 0
        found.state, found.purged_at = FileState.PURGED, now
        found.save(update_fields=["state", "purged_at"])
    _drop(found)
    return 1
