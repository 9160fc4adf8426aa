"""Notices with what becomes of them by mail, the mails, and how often each person wants them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self, cast

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from codi.notices.declared import AT_ONCE, DAILY, KINDS, NEVER, NoticeKind, kinds_for

if TYPE_CHECKING:
    from codi.accounts.models import User

MAX_ATTEMPT_COUNT = 3
MOST_TITLE_LETTERS = 300


class Frequency(models.TextChoices):
    """How often a kind of notice goes by mail."""

    AT_ONCE = AT_ONCE, "ส่งทันที"
    DAILY = DAILY, "รวมส่งวันละครั้ง"
    NEVER = NEVER, "ไม่ส่งอีเมล"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices by who may read them and what is still to be done."""

    def visible_to(self, user: User, kinds: Collection[str] | None = None) -> Self:
        """Own notices of kinds for the person's present role, about records still in sight.

        Scope and role are asked now: who moved to another region no longer reads what was told
        before. One query, however many kinds there are; ``kinds`` keeps it to some of them.
        """
        readable = Q(pk=None)
        keys: dict[str, list[str]] = {}
        for kind in kinds_for(user.role):
            if kinds is None or kind.key in kinds:
                keys.setdefault(kind.model_label, []).append(kind.key)
        for own in keys.values():
            manager = cast(Any, KINDS[own[0]].model._default_manager)
            in_sight = manager.visible_to(user).filter(pk=OuterRef("subject_id"))
            readable |= Q(kind__in=own) & Q(Exists(in_sight))
        return self.filter(readable, recipient=user)

    def unread(self) -> Self:
        """Not yet read."""
        return self.filter(read_at=None)

    def awaiting(self, mode: str) -> Self:
        """Still to be put into a mail of this frequency."""
        return self.filter(mail_mode=mode, mail=None)


class MailQuerySet(models.QuerySet["Mail"]):
    """Mails by who may see them and whether they still have to go."""

    def visible_to(self, user: User) -> Self:
        """Administrators of the whole country see all, others none."""
        seen = user.role == "administrator" and user.sees_nation
        return self.all() if seen else self.none()

    def due(self, now: dt.datetime) -> Self:
        """Waiting, and not resting after a failure."""
        return self.filter(state=MailState.WAITING, due_at__lte=now)

    def failed(self) -> Self:
        """Given up."""
        return self.filter(state=MailState.FAILED)


class MailState(models.TextChoices):
    """The life of a mail: waiting → sending → sent, or failed after three attempts."""

    WAITING = "waiting", "รอส่ง"
    SENDING = "sending", "กำลังส่ง"
    SENT = "sent", "ส่งแล้ว"
    FAILED = "failed", "ส่งไม่สำเร็จ"


class Mail(models.Model):
    """One mail to one person, holding one or more notices. Its text is made when it is sent."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="mails", verbose_name="ผู้รับ"
    )
    state = models.CharField(
        "สถานะ", max_length=10, choices=MailState.choices, default=MailState.WAITING
    )
    attempt_count = models.PositiveSmallIntegerField("จำนวนครั้งที่ลองส่ง", default=0)
    failure = models.CharField("สาเหตุที่ส่งไม่สำเร็จ", max_length=200, blank=True)
    created_at = models.DateTimeField("จัดทำเมื่อ")
    due_at = models.DateTimeField("ส่งได้ตั้งแต่")
    claimed_at = models.DateTimeField("เริ่มส่งเมื่อ", null=True, blank=True)
    sent_at = models.DateTimeField("ส่งเมื่อ", null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = "อีเมลแจ้งเตือน"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=("waiting", "sending")),
                name="notices_mail_open",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MailState.values),
                name="notices_mail_state_known",
                violation_error_message="สถานะของอีเมลไม่ถูกต้อง กรุณาโหลดหน้าใหม่",
            ),
            models.CheckConstraint(
                condition=Q(attempt_count__lte=MAX_ATTEMPT_COUNT),
                name="notices_mail_attempts_bounded",
                violation_error_message="อีเมลหนึ่งฉบับลองส่งได้ไม่เกิน 3 ครั้งต่อการสั่งหนึ่งครั้ง",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | ~Q(state="sent") & Q(sent_at=None),
                name="notices_mail_sent_has_time",
                violation_error_message="อีเมลที่ส่งแล้วต้องมีเวลาส่ง อีเมลอื่นต้องไม่มี",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(failure=""),
                name="notices_mail_failure_has_reason",
                violation_error_message="อีเมลที่ส่งไม่สำเร็จต้องมีสาเหตุ",
            ),
        ]

    def __str__(self) -> str:
        return f"อีเมลถึง {self.recipient}"


class Notice(models.Model):
    """One person is told once of one thing that happened to one record.

    ``mail_mode`` is empty when no mail is wanted, or none any more.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name="ผู้รับ"
    )
    kind = models.CharField("เรื่อง", max_length=60)
    subject_id = models.BigIntegerField("รายการ")
    title = models.CharField("ข้อความ", max_length=MOST_TITLE_LETTERS)
    key = models.CharField("กุญแจกันแจ้งซ้ำ", max_length=120)
    created_at = models.DateTimeField("แจ้งเมื่อ")
    read_at = models.DateTimeField("อ่านเมื่อ", null=True, blank=True)
    mail_mode = models.CharField("ส่งอีเมลแบบ", max_length=10, blank=True)
    mail = models.ForeignKey(
        Mail, models.SET_NULL, null=True, blank=True, related_name="notices", verbose_name="อีเมล"
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "การแจ้งเตือน"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="notices_notice_mine"),
            models.Index(
                fields=["recipient"], condition=Q(read_at=None), name="notices_notice_unread"
            ),
            models.Index(
                fields=["mail_mode"],
                condition=Q(mail=None) & ~Q(mail_mode=""),
                name="notices_notice_unposted",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "key"],
                name="notices_notice_told_once",
                violation_error_message="แจ้งเรื่องนี้แก่ผู้รับแล้ว ไม่แจ้งซ้ำ",
            ),
            models.CheckConstraint(
                condition=Q(mail_mode__in=("", AT_ONCE, DAILY)),
                name="notices_notice_mode_known",
                violation_error_message="เลือกวิธีส่งอีเมลจากรายการที่ให้ไว้",
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="notices_notice_title_given",
                violation_error_message="การแจ้งเตือนต้องมีข้อความ",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def declared(self) -> NoticeKind:
        """What its room declared of this kind."""
        return KINDS[self.kind]

    @property
    def kind_title(self) -> str:
        """What people call this kind."""
        return self.declared.title

    @property
    def url(self) -> str:
        """The page of the record."""
        return self.declared.url(self.subject_id)


class NoticeSetting(models.Model):
    """How often one person wants one kind by mail, where it is not the usual way."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_settings"
    )
    kind = models.CharField("เรื่อง", max_length=60)
    frequency = models.CharField("ส่งอีเมล", max_length=10, choices=Frequency.choices)

    class Meta:
        verbose_name = "การตั้งค่าการแจ้งเตือน"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                name="notices_noticesetting_once",
                violation_error_message="ตั้งค่าเรื่องนี้ไว้แล้ว กรุณาโหลดหน้าใหม่แล้วแก้ไข",
            ),
            models.CheckConstraint(
                condition=Q(frequency__in=Frequency.values),
                name="notices_noticesetting_frequency_known",
                violation_error_message="เลือกความถี่ของอีเมลจากรายการที่ให้ไว้",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.get_frequency_display()}"
