"""Personal tokens, and the answers kept under one-time keys."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from codi.history import tracked

if TYPE_CHECKING:
    from codi.accounts.models import User


class Reach(models.TextChoices):
    """What a token may do; never more than the person."""

    READ = "read", "อ่านอย่างเดียว"
    WRITE = "write", "อ่านและบันทึก"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens by owner."""

    def visible_to(self, user: User) -> Self:
        """One's own; nobody handles another's."""
        return self.filter(user=user)


@tracked(exclude=("digest", "password_stamp", "last_used_at"))
class ApiToken(models.Model):
    """A personal token: kept as a digest, so that nobody reads it out of the database.

    ``password_stamp`` is the stamp of the owner's password at the time: with another password it
    no longer fits, and the token has ended, as sessions do.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="เจ้าของ"
    )
    name = models.CharField("ชื่อโทเคน", max_length=80)
    reach = models.CharField("ใช้ทำอะไรได้", max_length=5, choices=Reach.choices)
    hint = models.CharField("ขึ้นต้นด้วย", max_length=12)
    digest = models.CharField(
        max_length=64,
        unique=True,
        editable=False,
        error_messages={"unique": "มีโทเคนนี้แล้ว กรุณากดสร้างใหม่อีกครั้ง"},
    )
    password_stamp = models.CharField(max_length=128, editable=False)
    created_at = models.DateTimeField("สร้างเมื่อ")
    expires_on = models.DateField("ใช้ได้ถึงวันที่")
    last_used_at = models.DateTimeField("ใช้ล่าสุดเมื่อ", null=True, blank=True)
    revoked_at = models.DateTimeField("ยกเลิกเมื่อ", null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "โทเคน API"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                condition=Q(revoked_at=None),
                name="api_token_name_once",
                violation_error_message="ท่านมีโทเคนชื่อนี้อยู่แล้ว ใช้ชื่ออื่น หรือยกเลิกโทเคนเดิมก่อน",
            ),
            models.CheckConstraint(
                condition=Q(name__regex=r"\S"),
                name="api_token_name_given",
                violation_error_message="กรุณาตั้งชื่อโทเคน",
            ),
            models.CheckConstraint(
                condition=Q(reach__in=Reach.values),
                name="api_token_reach_known",
                violation_error_message="เลือกว่าโทเคนใช้ทำอะไรได้จากรายการที่ให้ไว้",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("created_at__date")),
                name="api_token_ends_later",
                violation_error_message="วันหมดอายุต้องอยู่หลังวันที่สร้าง",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def ended(self, now: dt.datetime, today: dt.date) -> str:
        """Why the token is of no use any more, in Thai; empty while it is."""
        if self.revoked_at is not None and self.revoked_at <= now:
            return "ยกเลิกแล้ว"
        if self.expires_on < today:
            return "หมดอายุแล้ว"
        if self.password_stamp != self.user.get_session_auth_hash():
            return "สิ้นสุดเพราะเปลี่ยนรหัสผ่าน"
        return "" if self.user.is_active else "บัญชีถูกระงับ"


class KeptAnswer(models.Model):
    """What was answered under a person's one-time key, to answer the same when it is asked again.

    It is written in the transaction of the work itself: either both stand or neither. ``row_key``
    names the row that the answer shows, which must still be in sight to be shown again.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ผู้เรียก"
    )
    key = models.CharField("กุญแจกันบันทึกซ้ำ", max_length=200)
    fingerprint = models.CharField("ลายนิ้วมือของคำขอ", max_length=64)
    status = models.PositiveSmallIntegerField("สถานะของคำตอบ")
    content_type = models.CharField("ชนิดของคำตอบ", max_length=60)
    body = models.TextField("คำตอบ")
    etag = models.CharField(max_length=80, blank=True)
    register = models.CharField("ทะเบียน", max_length=60, blank=True)
    row_key = models.CharField("รายการ", max_length=60, blank=True)
    created_at = models.DateTimeField("ตอบเมื่อ", db_index=True)

    class Meta:
        verbose_name = "คำตอบที่เก็บไว้"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"],
                name="api_answer_key_once",
                violation_error_message="คำขอนี้ทำแล้ว ไม่ทำซ้ำ",
            ),
            models.CheckConstraint(
                condition=Q(status__gte=200, status__lt=500),
                name="api_answer_is_final",
                violation_error_message="เก็บได้เฉพาะคำตอบที่สิ้นสุดแล้ว ลองส่งคำขอใหม่",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.key}"


class Pace(models.Model):
    """How far somebody has used up how often they may ask (``codi.api.pace``).

    It holds no business data and is written without the log of the database (UNLOGGED), which is
    quick: after a crash of the server everybody may ask anew.
    """

    name = models.CharField("ผู้เรียกและชนิดของคำขอ", max_length=100, primary_key=True)
    whole_at = models.DateTimeField("เรียกได้เต็มจำนวนอีกครั้งเมื่อ")

    class Meta:
        verbose_name = "จังหวะการเรียก API"

    def __str__(self) -> str:
        return self.name
