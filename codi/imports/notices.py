"""Whom an uploaded file concerns: its uploader, and those who may confirm it."""

from __future__ import annotations

from codi.accounts.models import User
from codi.imports.models import ImportBatch
from codi.notices.declared import AT_ONCE, DAILY, NoticeKind, declare
from codi.notices.services import tell

BATCH, PAGE = "imports.ImportBatch", "imports:preview"
DONE = declare(NoticeKind("import-done", "นำเข้าไฟล์แล้ว", BATCH, PAGE, mail=DAILY, tone="good"))
REFUSED = declare(
    NoticeKind("import-refused", "ไฟล์นำเข้าไม่ได้รับอนุมัติ", BATCH, PAGE, mail=AT_ONCE, tone="warn")
)
CAME_BACK = declare(
    NoticeKind("import-came-back", "ไฟล์นำเข้าต้องดูใหม่", BATCH, PAGE, mail=AT_ONCE, tone="warn")
)
WAITING = declare(NoticeKind("import-waiting", "ไฟล์นำเข้ารอท่านยืนยัน", BATCH, PAGE, mail=DAILY))


def _tell(kind: NoticeKind, batch: ImportBatch, words: str, to: list[User], by: User) -> None:
    tell(
        kind,
        about=batch,
        title=f"{words}: {batch.file_name}",
        # A file that was checked again may be another one: each preview is told of once.
        key=f"{batch.pk}:{batch.previewed_at:%Y%m%dT%H%M%S%f}",
        to=to,
        actor=by,
    )


def waits(batch: ImportBatch, *, actor: User) -> None:
    """Those of the roles that confirm it, in whose scope it lies, learn that it waits."""
    people = User.objects.covering(region_id=batch.region_id)
    _tell(WAITING, batch, "รอยืนยัน", list(people.filter(role__in=batch.checker_roles)), actor)


def done(batch: ImportBatch, *, actor: User) -> None:
    """The uploader learns that somebody else confirmed the file and it is written."""
    _tell(DONE, batch, "นำเข้าแล้ว", [batch.uploaded_by], actor)


def came_back(batch: ImportBatch, *, actor: User) -> None:
    """The uploader learns that the file could not be written as it was sent to be confirmed."""
    _tell(CAME_BACK, batch, "ต้องดูผลตรวจและส่งใหม่", [batch.uploaded_by], actor)


def refused(batch: ImportBatch, *, actor: User) -> None:
    """The uploader learns that the file was not accepted; the reason stands on its page."""
    _tell(REFUSED, batch, "ไม่อนุมัติ", [batch.uploaded_by], actor)
