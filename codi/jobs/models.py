"""The table of long work: outbox, state and result in one row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from codi.jobs import KINDS
from codi.places.models import Region

if TYPE_CHECKING:
    from codi.accounts.models import User

MAX_ATTEMPT_COUNT = 3


class State(models.TextChoices):
    """The life of a job: queued → running → done, failed or cancelled."""

    QUEUED = "queued", "รอคิว"
    RUNNING = "running", "กำลังทำ"
    DONE = "done", "เสร็จแล้ว"
    FAILED = "failed", "ไม่สำเร็จ"
    CANCELLED = "cancelled", "ยกเลิกแล้ว"


ACTIVE = (State.QUEUED, State.RUNNING)
ENDED = (State.DONE, State.FAILED, State.CANCELLED)


class WorkerSign(models.Model):
    """When a worker was last seen: written by each sweep, so that beat and broker lived as well."""

    worker = models.CharField(
        "เครื่องที่ทำ",
        max_length=120,
        unique=True,
        error_messages={"unique": "มีเครื่องชื่อนี้แล้ว กรุณาลองใหม่"},
    )
    seen_at = models.DateTimeField("เห็นล่าสุดเมื่อ")

    class Meta:
        verbose_name = "สัญญาณของเครื่องที่ทำงาน"

    def __str__(self) -> str:
        return self.worker


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs by who may see them and whether they still need something."""

    def visible_to(self, user: User) -> Self:
        """Own jobs; a regional manager also those of the region; the nation sees all.

        An own job is seen while the scope in which it was asked for lies in the present one: what
        it made holds that scope's rows. A region's job that has no scope yet goes by its region.
        """
        if user.sees_nation:
            return self.all()
        mine = Q(requested_by=user, scope__startswith=user.scope_path)
        if user.scope_level == "region":
            mine |= Q(requested_by=user, scope="", region=user.region_id)
        if user.role == "regional_manager" and user.scope_level == "region":
            return self.filter(mine | Q(region=user.region_id))
        return self.filter(mine)

    def active(self) -> Self:
        """Queued or running."""
        return self.filter(state__in=ACTIVE)


class Job(models.Model):
    """One piece of long work that somebody asked for.

    ``stage`` says what is being done, and of a job that is done what came of it.
    """

    kind = models.CharField("ชนิดงาน", max_length=60)
    key = models.CharField(
        "กุญแจกันทำซ้ำ",
        max_length=200,
        unique=True,
        error_messages={"unique": "สั่งงานนี้ไว้แล้ว ดูความคืบหน้าได้ที่หน้างาน"},
    )
    title = models.CharField("งาน", max_length=200)
    payload = models.JSONField("ข้อมูลตั้งต้น", default=dict, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs", verbose_name="ผู้สั่งงาน"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ภาค"
    )
    scope = models.CharField(
        "ขอบเขตของผู้สั่งเมื่อสั่งงาน", max_length=40, blank=True, default="", db_default="", editable=False
    )
    state = models.CharField("สถานะ", max_length=10, choices=State.choices, default=State.QUEUED)
    percent = models.PositiveSmallIntegerField("ร้อยละ", default=0)
    stage = models.CharField("ขั้นตอน", max_length=200, blank=True)
    attempt_count = models.PositiveSmallIntegerField("จำนวนครั้งที่ลองทำ", default=0)
    run_count = models.PositiveSmallIntegerField("จำนวนครั้งที่สั่ง", default=1)
    failure = models.CharField("สาเหตุที่ไม่สำเร็จ", max_length=500, blank=True)
    failure_code = models.CharField("รหัสเหตุขัดข้อง", max_length=60, blank=True)

    claim = models.UUIDField("กุญแจของผู้ทำ", null=True, blank=True, editable=False)
    worker = models.CharField("เครื่องที่ทำ", max_length=120, blank=True)
    heartbeat_at = models.DateTimeField("สัญญาณล่าสุดเมื่อ", null=True, blank=True)

    file_path = models.CharField("ที่เก็บไฟล์", max_length=80, blank=True)
    file_name = models.CharField("ชื่อไฟล์", max_length=200, blank=True)
    file_sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    file_byte_count = models.PositiveBigIntegerField("ขนาดไฟล์ (ไบต์)", null=True, blank=True)

    created_at = models.DateTimeField("สั่งเมื่อ")
    queued_at = models.DateTimeField("เข้าคิวเมื่อ")
    sent_at = models.DateTimeField("ส่งเข้าคิวเมื่อ", null=True, blank=True)
    started_at = models.DateTimeField("เริ่มทำเมื่อ", null=True, blank=True)
    cancel_requested_at = models.DateTimeField("ขอยกเลิกเมื่อ", null=True, blank=True)
    finished_at = models.DateTimeField("จบเมื่อ", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "งานเบื้องหลัง"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["requested_by", "-created_at"], name="jobs_job_mine"),
            models.Index(
                fields=["state", "queued_at"],
                condition=Q(state__in=("queued", "running")),
                name="jobs_job_active",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=State.values),
                name="jobs_job_state_known",
                violation_error_message="สถานะของงานไม่ถูกต้อง กรุณาโหลดหน้าใหม่",
            ),
            models.CheckConstraint(
                condition=Q(percent__lte=100) & (~Q(state="done") | Q(percent=100)),
                name="jobs_job_percent_fits_state",
                violation_error_message="ความคืบหน้าต้องอยู่ระหว่าง 0 ถึง 100 และงานที่เสร็จแล้วต้องเป็น 100",
            ),
            models.CheckConstraint(
                condition=Q(attempt_count__lte=MAX_ATTEMPT_COUNT, run_count__gte=1),
                name="jobs_job_attempts_bounded",
                violation_error_message="งานหนึ่งลองทำได้ไม่เกิน 3 ครั้งต่อการสั่งหนึ่งครั้ง",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="running",
                    claim__isnull=False,
                    heartbeat_at__isnull=False,
                    started_at__isnull=False,
                    attempt_count__gte=1,
                )
                & ~Q(worker="")
                | ~Q(state="running") & Q(claim=None, heartbeat_at=None, worker=""),
                name="jobs_job_running_has_worker",
                violation_error_message="งานที่กำลังทำต้องมีผู้ทำ สัญญาณล่าสุด และเวลาเริ่มครบ งานอื่นต้องไม่มี",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, finished_at__isnull=False)
                | ~Q(state__in=ENDED) & Q(finished_at=None),
                name="jobs_job_ended_has_time",
                violation_error_message="งานที่จบแล้วต้องมีเวลาจบ งานที่ยังไม่จบต้องไม่มี",
            ),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(failure="") & ~Q(failure_code=""))
                | (~Q(state="failed") & Q(failure="", failure_code="")),
                name="jobs_job_failure_has_reason",
                violation_error_message="งานที่ไม่สำเร็จต้องมีสาเหตุและรหัส งานอื่นต้องไม่มี",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="done", file_byte_count__isnull=False)
                    & ~Q(file_path="")
                    & ~Q(file_name="")
                    & ~Q(file_sha256="")
                )
                | Q(file_path="", file_name="", file_sha256="", file_byte_count=None),
                name="jobs_job_file_complete",
                violation_error_message="ไฟล์ผลลัพธ์ต้องมีที่เก็บ ชื่อ SHA-256 และขนาดครบ และมีได้เมื่องานเสร็จแล้วเท่านั้น",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") & Q(cancel_requested_at=None)
                | Q(cancel_requested_at__isnull=False, state__in=("running", "cancelled")),
                name="jobs_job_cancel_was_asked",
                violation_error_message="งานที่ยกเลิกต้องมีเวลาที่ขอยกเลิก และขอยกเลิกได้เฉพาะงานที่ยังไม่จบ",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_active(self) -> bool:
        """Whether the job still waits or runs."""
        return self.state in ACTIVE

    @property
    def has_file(self) -> bool:
        """Whether there is a result to download."""
        return bool(self.file_path)

    @property
    def file(self) -> Path:
        """Where the result lies; only for a job that :attr:`has_file`."""
        return Path(settings.MEDIA_ROOT) / self.file_path

    @property
    def token(self) -> str:
        """The name of what the claiming run writes on the disk."""
        return str(self.claim)

    @property
    def kind_title(self) -> str:
        """What people call this kind of work."""
        return KINDS[self.kind].title if self.kind in KINDS else self.kind
