"""An uploaded spreadsheet with its preview, and what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from codi.history import tracked
from codi.imports.declared import UPLOADS
from codi.places.models import Region

if TYPE_CHECKING:
    from codi.accounts.models import User


class BatchState(models.TextChoices):
    """The life of an uploaded file."""

    PREVIEWED = "previewed", "รอตรวจทาน"
    WAITING = "waiting_confirmation", "รอผู้ยืนยัน"
    CONFIRMED = "confirmed", "นำเข้าแล้ว"
    REFUSED = "refused", "ไม่อนุมัติ"
    DISCARDED = "discarded", "ยกเลิกแล้ว"
    FAILED = "failed", "นำเข้าไม่สำเร็จ"


OPEN = (BatchState.PREVIEWED, BatchState.WAITING, BatchState.FAILED)


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Batches by who may see them."""

    def visible_to(self, user: User) -> Self:
        """Own batches; whoever looks after a region also that region's; the nation sees all."""
        if user.sees_nation:
            return self.all()
        own = Q(uploaded_by=user) & (Q(region=None) | Q(region=user.region_id))
        if user.scope_level == "region":
            return self.filter(own | Q(region=user.region_id))
        return self.filter(own)

    def waiting(self) -> Self:
        """Batches that a second person must confirm."""
        return self.filter(state=BatchState.WAITING)


@tracked(exclude=("preview",))
class ImportBatch(models.Model):
    """One uploaded file: stored under a random name, previewed, then written or not."""

    kind = models.CharField("ชนิดข้อมูล", max_length=60)
    state = models.CharField(
        "สถานะ", max_length=20, choices=BatchState.choices, default=BatchState.PREVIEWED
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ภาค"
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
                    state="confirmed", confirmed_by__isnull=False, confirmed_at__isnull=False
                )
                | ~Q(state="confirmed") & Q(confirmed_by=None, confirmed_at=None),
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
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_open(self) -> bool:
        """Whether something can still be done with the file."""
        return self.state in OPEN

    @property
    def changes_nothing(self) -> bool:
        """Whether all rows are as they are stored already."""
        return not self.new_count and not self.changed_count

    @property
    def kind_title(self) -> str:
        """What people call this kind of data."""
        return UPLOADS[self.kind].title if self.kind in UPLOADS else self.kind

    @property
    def file(self) -> Path:
        """Where the uploaded file lies."""
        return Path(settings.MEDIA_ROOT) / self.file_path
