"""An uploaded spreadsheet with its preview, and what became of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest

from codi.history import tracked
from codi.imports.declared import UPLOADS
from codi.jobs.models import Job
from codi.places.models import Region

if TYPE_CHECKING:
    from codi.accounts.models import User


class BatchState(models.TextChoices):
    """The life of an uploaded file."""

    CHECKING = "checking", "กำลังตรวจ"
    PREVIEWED = "previewed", "รอตรวจทาน"
    WAITING = "waiting_confirmation", "รอผู้ยืนยัน"
    CONFIRMED = "confirmed", "นำเข้าแล้ว"
    REFUSED = "refused", "ไม่อนุมัติ"
    DISCARDED = "discarded", "ยกเลิกแล้ว"
    FAILED = "failed", "นำเข้าไม่สำเร็จ"
    UNDONE = "undone", "ย้อนกลับแล้ว"


OPEN = (BatchState.CHECKING, BatchState.PREVIEWED, BatchState.WAITING, BatchState.FAILED)
CLOSED = (BatchState.CONFIRMED, BatchState.REFUSED, BatchState.DISCARDED, BatchState.UNDONE)
ROWS_KEPT = dt.timedelta(days=90)


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Batches by who may see them."""

    def visible_to(self, user: User) -> Self:
        """A region's batches to whoever looks after it, own ones in a province; the nation sees all.

        What somebody sent in a wider scope holds that scope's rows: it is out of sight of the
        narrower one, for its uploader too.
        """
        if user.sees_nation:
            return self.all()
        if user.scope_level == "region":
            return self.filter(region=user.region_id)
        return self.filter(uploaded_by=user, scope__startswith=user.scope_path)

    def with_old_rows(self, now: dt.datetime) -> Self:
        """Batches that ended so long ago that their rows are no longer kept."""
        # Greatest passes over what is empty; a discarded file has no moment of its own.
        ended_at = Greatest("previewed_at", "confirmed_at", "refused_at", "undone_at")
        return (
            self.filter(state__in=CLOSED)
            .alias(ended_at=ended_at)
            .filter(ended_at__lt=now - ROWS_KEPT)
        )

    def waiting(self) -> Self:
        """Batches that a second person must confirm."""
        return self.filter(state=BatchState.WAITING)


@tracked(exclude=("preview", "effects", "scope", "judged_version"))
class ImportBatch(models.Model):
    """One uploaded file: stored under a random name, previewed, then written or not.

    ``preview`` keeps the notes of the reading; the rows are :class:`ImportRow`. ``effects`` keeps,
    per model, the span of history events that writing the file made: what an undo takes back.
    ``template_version`` is that of the workbook that was sent, ``judged_version`` that of the
    columns by which its rows were judged last.
    """

    kind = models.CharField("ชนิดข้อมูล", max_length=60)
    state = models.CharField(
        "สถานะ", max_length=20, choices=BatchState.choices, default=BatchState.PREVIEWED
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ภาค"
    )
    scope = models.CharField(
        "ขอบเขตของผู้ส่งเมื่อส่งไฟล์", max_length=40, blank=True, default="", db_default="", editable=False
    )
    file_path = models.CharField(
        "ที่เก็บไฟล์",
        max_length=80,
        unique=True,
        error_messages={"unique": "ไฟล์นี้ถูกเก็บไว้แล้ว กรุณาอัปโหลดใหม่อีกครั้ง"},
    )
    file_name = models.CharField("ชื่อไฟล์", max_length=200)
    file_sha256 = models.CharField("SHA-256", max_length=64)
    file_byte_count = models.PositiveIntegerField("ขนาดไฟล์ (ไบต์)")

    new_count = models.PositiveIntegerField("เพิ่มใหม่ (แถว)", default=0)
    changed_count = models.PositiveIntegerField("เปลี่ยนแปลง (แถว)", default=0)
    same_count = models.PositiveIntegerField("เหมือนเดิม (แถว)", default=0)
    error_count = models.PositiveIntegerField("ต้องแก้ไข (แถว)", default=0)
    preview = models.JSONField("ผลตรวจ", default=dict)
    effects = models.JSONField(
        "สิ่งที่บันทึก",
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        blank=True,
        editable=False,
    )
    template_version = models.CharField(
        "รุ่นของแบบฟอร์ม", max_length=16, blank=True, default="", db_default=""
    )
    judged_version = models.CharField(
        "รุ่นของคอลัมน์ที่ใช้ตรวจ", max_length=16, blank=True, default="", db_default="", editable=False
    )
    fingerprint = models.CharField("ลายนิ้วมือของผลตรวจ", max_length=64)
    checker_roles = models.JSONField("บทบาทที่ต้องยืนยัน", default=list, blank=True)

    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ผู้ส่งไฟล์"
    )
    uploaded_at = models.DateTimeField("ส่งเมื่อ")
    previewed_at = models.DateTimeField("ตรวจเมื่อ")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้ยืนยัน",
    )
    confirmed_at = models.DateTimeField("ยืนยันเมื่อ", null=True, blank=True)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้ไม่อนุมัติ",
    )
    refused_at = models.DateTimeField("ไม่อนุมัติเมื่อ", null=True, blank=True)
    refusal_reason = models.CharField("เหตุผลที่ไม่อนุมัติ", max_length=500, blank=True)
    failure = models.CharField("สาเหตุที่ไม่สำเร็จ", max_length=1000, blank=True)
    job = models.ForeignKey(
        Job,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="งานเบื้องหลัง",
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้ย้อนกลับ",
    )
    undone_at = models.DateTimeField("ย้อนกลับเมื่อ", null=True, blank=True)
    undo_reason = models.CharField(
        "เหตุผลที่ย้อนกลับ", max_length=500, blank=True, default="", db_default=""
    )

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "ไฟล์นำเข้า"
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=BatchState.values),
                name="imports_batch_state_known",
                violation_error_message="สถานะของไฟล์นำเข้าไม่ถูกต้อง กรุณาโหลดหน้าใหม่",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("waiting_confirmation", "confirmed")) | Q(error_count=0),
                name="imports_batch_no_errors",
                violation_error_message="ไฟล์ที่ยังมีแถวต้องแก้ไขนำเข้าไม่ได้ กรุณาแก้แล้วส่งใหม่",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=("confirmed", "undone"),
                    confirmed_by__isnull=False,
                    confirmed_at__isnull=False,
                )
                | ~Q(state__in=("confirmed", "undone")) & Q(confirmed_by=None, confirmed_at=None),
                name="imports_batch_confirmed_complete",
                violation_error_message="การยืนยันต้องมีผู้ยืนยันและเวลาครบ และมีได้เมื่อนำเข้าแล้วเท่านั้น",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None)
                | Q(checker_roles=[])
                | ~Q(confirmed_by=F("uploaded_by")),
                name="imports_batch_maker_is_not_checker",
                violation_error_message="ผู้ส่งไฟล์ยืนยันไฟล์ของตนเองไม่ได้ กรุณาให้ผู้มีสิทธิอีกคนยืนยัน",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting_confirmation") | ~Q(checker_roles=[]),
                name="imports_batch_waits_for_somebody",
                violation_error_message="ไฟล์นี้ไม่ต้องมีผู้ยืนยันคนที่สอง กดนำเข้าได้เลย",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="refused", refused_by__isnull=False, refused_at__isnull=False)
                    & ~Q(refusal_reason="")
                )
                | (~Q(state="refused") & Q(refused_by=None, refused_at=None, refusal_reason="")),
                name="imports_batch_refusal_complete",
                violation_error_message="การไม่อนุมัติต้องมีผู้ตัดสิน เวลา และเหตุผลครบ",
            ),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(failure=""))
                | (~Q(state="failed") & Q(failure="")),
                name="imports_batch_failure_has_reason",
                violation_error_message="การนำเข้าที่ไม่สำเร็จต้องมีสาเหตุ",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="undone", undone_by__isnull=False, undone_at__isnull=False)
                    & ~Q(undo_reason="")
                )
                | (~Q(state="undone") & Q(undone_by=None, undone_at=None, undo_reason="")),
                name="imports_batch_undo_complete",
                violation_error_message="การย้อนกลับต้องมีผู้ทำ เวลา และเหตุผลครบ",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_open(self) -> bool:
        """Whether something can still be done with the file."""
        return self.state in OPEN

    @property
    def is_busy(self) -> bool:
        """Whether a worker has the file in hand."""
        return self.job is not None and self.job.is_active

    @property
    def changes_nothing(self) -> bool:
        """Whether all rows are as they are stored already."""
        return not self.new_count and not self.changed_count

    @property
    def notes(self) -> list[str]:
        """What the reading of the file has to say; nothing while it is being read."""
        return list(self.preview.get("notes", ()))

    @property
    def warnings(self) -> list[str]:
        """What is to be looked at before confirming: rows mixed up, or maybe written already."""
        return list(self.preview.get("warnings", ()))

    @property
    def kind_title(self) -> str:
        """What people call this kind of data."""
        return UPLOADS[self.kind].title if self.kind in UPLOADS else self.kind

    @property
    def file(self) -> Path:
        """Where the uploaded file lies."""
        return Path(settings.MEDIA_ROOT) / self.file_path


class ImportRow(models.Model):
    """One row of an uploaded file with its judgement: the preview, and what confirming writes.

    Working data of the upload, not of the business: it has no history of its own. ``changes`` is
    column → [before, after] in words, ``errors`` a list of [column, message], ``data`` what a
    register writes, ``record`` the signed key under which a corrected row comes back.
    """

    batch = models.ForeignKey(
        ImportBatch, models.CASCADE, related_name="rows", verbose_name="ไฟล์นำเข้า"
    )
    number = models.PositiveIntegerField("แถวในไฟล์")
    status = models.CharField("ผลตรวจ", max_length=8)
    label = models.CharField("รายการ", max_length=500, blank=True)
    changes = models.JSONField("สิ่งที่เปลี่ยน", default=dict)
    errors = models.JSONField("สิ่งที่ต้องแก้ไข", default=list)
    raw = models.JSONField("ค่าในไฟล์", default=dict)
    data = models.JSONField("ค่าที่จะบันทึก", null=True)
    record = models.CharField("รหัสแถว", max_length=120, blank=True)

    class Meta:
        verbose_name = "แถวของไฟล์นำเข้า"
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "number"],
                name="imports_row_once",
                violation_error_message="แถวนี้ตรวจไว้แล้ว กรุณาตรวจไฟล์ใหม่",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("new", "changed", "same", "error")),
                name="imports_row_status_known",
                violation_error_message="ผลตรวจของแถวไม่ถูกต้อง กรุณาตรวจไฟล์ใหม่",
            ),
        ]

    def __str__(self) -> str:
        return f"แถว {self.number}"

    def _title(self, column: str) -> str:
        """The heading of a column; of none, that the whole row is meant."""
        upload = UPLOADS.get(self.batch.kind)
        known = upload.by_key.get(column) if upload else None
        return known.title if known else column or "ทั้งแถว"

    @property
    def told_changes(self) -> list[dict[str, Any]]:
        """What would change, each with the heading of its column: old and new in words."""
        return [
            {"column": column, "title": self._title(column), "old": old, "new": new}
            for column, (old, new) in self.changes.items()
        ]

    @property
    def told_errors(self) -> list[dict[str, Any]]:
        """What must be corrected, each with the heading of its column."""
        return [
            {"column": column, "title": self._title(column), "message": message}
            for column, message in self.errors
        ]

    def to_dict(self) -> dict[str, Any]:
        """The row as pages show it, with the headings of its columns."""
        return {
            "number": self.number,
            "status": self.status,
            "label": self.label,
            "changes": self.told_changes,
            "errors": self.told_errors,
            "raw": self.raw,
        }
