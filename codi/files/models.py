"""What the tables of files share. Each kind of record has a table of its own, with a real key to it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from codi.files.declared import kind_of
from codi.fiscal import BANGKOK
from codi.triggers import row_rule, transition_is_unknown

if TYPE_CHECKING:
    from codi.accounts.models import User

KEPT_DAYS = 30


class Format(models.TextChoices):
    """What is taken; the value is the ending of the stored file."""

    PDF = "pdf", "PDF"
    JPEG = "jpg", "JPEG"
    PNG = "png", "PNG"
    XLSX = "xlsx", "Excel"
    DOCX = "docx", "Word"


CONTENT_TYPES: dict[str, str] = {
    Format.PDF: "application/pdf",
    Format.JPEG: "image/jpeg",
    Format.PNG: "image/png",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
PICTURES = (Format.JPEG, Format.PNG)


class DocumentKind(models.TextChoices):
    """ประเภทเอกสาร: what a file is to the people who look for it."""

    PROPOSAL = "proposal", "ข้อเสนอโครงการ"
    AGREEMENT = "agreement", "สัญญาหรือบันทึกข้อตกลง"
    PAYMENT = "payment", "ใบเสร็จหรือหลักฐานการจ่าย"
    REPORT = "report", "รายงานผล"
    MINUTES = "minutes", "รายงานการประชุม"
    REGISTRATION = "registration", "เอกสารจัดตั้งหรือรับรอง"
    JS02 = "js02", "แบบ จส.02"
    JS03 = "js03", "แบบ จส.03"
    RENEWAL = "renewal", "เอกสารทบทวนสมาชิก"
    PROBLEMS = "problems", "รายงานปัญหาและข้อเสนอ"
    LETTER_COPY = "letter_copy", "สำเนาจดหมาย"
    FOLLOW_UP = "follow_up", "รายงานผลการติดตามข้อเสนอ"
    FUND_RULES = "fund_rules", "ระเบียบกองทุน"
    ONE_PAGE = "one_page", "ชุดความรู้ one page"
    YEARLY_REPORT = "year_report", "รายงานประจำปี"
    PHOTO = "photo", "ภาพถ่าย"
    OTHER = "other", "อื่น ๆ"


class FileState(models.TextChoices):
    """The life of a file: present → replaced, or removed → (restored or) purged."""

    PRESENT = "present", "แนบอยู่"
    REPLACED = "replaced", "มีฉบับใหม่แทน"
    REMOVED = "removed", "เอาออกแล้ว"
    PURGED = "purged", "ลบถาวรแล้ว"


TRANSITIONS: dict[str, tuple[str, ...]] = {
    FileState.PRESENT: (FileState.REPLACED, FileState.REMOVED),
    FileState.REMOVED: (FileState.PRESENT, FileState.PURGED),
}


class AttachmentQuerySet(models.QuerySet[Any]):
    """Files by who may see them and by what is left of them."""

    def visible_to(self, user: User) -> Self:
        """Files of the records that the person sees."""
        subjects: Any = self.model._meta.get_field("subject").related_model
        return self.filter(subject__in=subjects._default_manager.visible_to(user))

    def present(self) -> Self:
        """Files that are attached now."""
        return self.filter(state=FileState.PRESENT)

    def attached_as_of(self, day: dt.date) -> Self:
        """Files that had been attached by the end of a day in Thailand and not taken off by then.

        A replaced file counts as well: its record had a file from then on.
        """
        end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), BANGKOK)
        return self.filter(Q(removed_at=None) | Q(removed_at__gte=end), attached_at__lt=end)

    def with_bytes(self) -> Self:
        """Files whose content is still kept: all but the purged ones."""
        return self.exclude(state=FileState.PURGED)

    def due_for_purge(self, now: dt.datetime) -> Self:
        """Files that were removed so long ago that their content goes."""
        before = now - dt.timedelta(days=KEPT_DAYS)
        return self.filter(state=FileState.REMOVED, removed_at__lte=before)


_NAME = "%(app_label)s_%(class)s_"
_GONE = (FileState.REMOVED, FileState.PURGED)


def content_fixed(*, moves_when: str = "") -> pgtrigger.Trigger:
    """Nothing of a file changes but its state.

    ``moves_when`` is the SQL condition under which it may go over to another record of its kind: two
    records of one thing that are merged.
    """
    columns = [
        "subject_id", "file_name", "format", "byte_count", "sha256", "attached_by_id",
        "attached_at", "replaces_id",
    ]  # fmt: skip
    if moves_when:
        columns.remove("subject_id")
    new, old = (", ".join(f"{row}.{name}" for name in columns) for row in ("NEW", "OLD"))
    broken = f"({new}) IS DISTINCT FROM ({old})"
    if moves_when:
        broken += f" OR (NEW.subject_id IS DISTINCT FROM OLD.subject_id AND NOT ({moves_when}))"
    return row_rule(
        "files_attachment_content_fixed",
        broken=broken,
        message="เนื้อหาของไฟล์แนบแก้ไขไม่ได้ ให้แนบฉบับใหม่แทนที่",
        operation=pgtrigger.Update,
    )


class Attachment(models.Model):
    """A file of a record: what it is, who attached it when, and what became of it.

    A table of its own inherits this and adds ``subject``, the foreign key to the record. The
    content never changes; a new version is a row of its own that names the one it ``replaces``.
    """

    subject: Any

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_name = models.CharField("ชื่อไฟล์", max_length=160)
    format = models.CharField("ชนิดไฟล์", max_length=4, choices=Format.choices)
    byte_count = models.PositiveBigIntegerField("ขนาด (ไบต์)")
    sha256 = models.CharField("SHA-256", max_length=64)
    has_preview = models.BooleanField("มีภาพตัวอย่าง", default=False)
    document = models.CharField("ประเภทเอกสาร", max_length=12, choices=DocumentKind.choices)
    description = models.CharField("คำอธิบาย", max_length=300, blank=True)
    attached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ผู้แนบ"
    )
    attached_at = models.DateTimeField("แนบเมื่อ")
    state = models.CharField(
        "สถานะ", max_length=8, choices=FileState.choices, default=FileState.PRESENT
    )
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name="แทนฉบับเดิม",
        error_messages={"unique": "ไฟล์นี้มีฉบับใหม่แทนแล้ว กรุณาเปิดหน้านี้ใหม่แล้วแทนที่ฉบับล่าสุด"},
    )
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้เอาออก",
    )
    removed_at = models.DateTimeField("เอาออกเมื่อ", null=True, blank=True)
    removal_reason = models.CharField("เหตุผลที่เอาออก", max_length=300, blank=True)
    purged_at = models.DateTimeField("ลบถาวรเมื่อ", null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["attached_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(format__in=Format.values),
                name=_NAME + "format_known",
                violation_error_message="รับเฉพาะไฟล์ PDF, JPEG, PNG, Excel (.xlsx) และ Word (.docx)",
            ),
            models.CheckConstraint(
                condition=Q(document__in=DocumentKind.values),
                name=_NAME + "document_known",
                violation_error_message="ประเภทเอกสารไม่ถูกต้อง เลือกจากรายการที่ให้ไว้",
            ),
            models.CheckConstraint(
                condition=Q(state__in=FileState.values),
                name=_NAME + "state_known",
                violation_error_message="สถานะของไฟล์แนบไม่ถูกต้อง กรุณาโหลดหน้าใหม่",
            ),
            models.CheckConstraint(
                condition=Q(
                    byte_count__gt=0, file_name__regex=r"\S", sha256__regex="^[0-9a-f]{64}$"
                ),
                name=_NAME + "content_known",
                violation_error_message="ไฟล์แนบต้องมีชื่อ ขนาด และลายนิ้วมือครบ กรุณาแนบใหม่",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=_GONE, removed_by__isnull=False, removed_at__isnull=False)
                    & Q(removal_reason__regex=r"\S")
                )
                | (~Q(state__in=_GONE) & Q(removed_by=None, removed_at=None, removal_reason="")),
                name=_NAME + "removal_whole",
                violation_error_message="การเอาไฟล์ออกต้องมีผู้เอาออก เวลา และเหตุผลครบ",
            ),
            models.CheckConstraint(
                condition=Q(state=FileState.PURGED, purged_at__isnull=False)
                | (~Q(state=FileState.PURGED) & Q(purged_at=None)),
                name=_NAME + "purge_whole",
                violation_error_message="ไฟล์ที่ลบถาวรแล้วต้องมีเวลาที่ลบ และไฟล์อื่นต้องไม่มี",
            ),
            models.UniqueConstraint(
                fields=["subject", "sha256"],
                condition=Q(state=FileState.PRESENT),
                name=_NAME + "once",
                violation_error_message="รายการนี้มีไฟล์ที่เนื้อหาเหมือนกันอยู่แล้ว ไม่ต้องแนบซ้ำ หากเลือกผิดกรุณาเลือกไฟล์อื่น",
            ),
        ]
        triggers = [
            content_fixed(),
            row_rule(
                "files_attachment_transition",
                broken=transition_is_unknown(TRANSITIONS, "state"),
                message="ไฟล์นี้มีผู้อื่นเปลี่ยนสถานะไปแล้ว กรุณาเปิดหน้านี้ใหม่",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state IS DISTINCT FROM NEW.state"),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("files:detail", args=[kind_of(self).key, self.pk])

    @property
    def stored_name(self) -> str:
        """The name of the content in the store: random, with nothing of what people typed."""
        return f"{self.pk}.{self.format}"

    @property
    def preview_name(self) -> str:
        """The name of the small picture in the store."""
        return f"{self.pk}.preview.jpg"

    @property
    def stored_names(self) -> tuple[str, ...]:
        """Every name that the store keeps for this row now."""
        if self.state == FileState.PURGED:
            return ()
        return (self.stored_name, self.preview_name) if self.has_preview else (self.stored_name,)

    @property
    def content_type(self) -> str:
        """The type under which the content is sent: ours, never the sender's."""
        return CONTENT_TYPES[self.format]

    @property
    def is_picture(self) -> bool:
        """Whether a browser shows the content itself as a picture."""
        return self.format in PICTURES

    @property
    def is_present(self) -> bool:
        """Whether the file is attached now."""
        return self.state == FileState.PRESENT

    @property
    def purge_on(self) -> dt.datetime | None:
        """When the content of a removed file goes for good."""
        return self.removed_at + dt.timedelta(days=KEPT_DAYS) if self.removed_at else None
