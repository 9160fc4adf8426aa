"""What lies on the desk: drafts that nobody saved yet, and the bin of what was deleted."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Cast, Length
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse

from codi.history import tracked
from codi.places.models import Province, Region

if TYPE_CHECKING:
    from codi.accounts.models import User

KEPT = dt.timedelta(days=30)
MOST_LETTERS = 200_000


class Draft(models.Model):
    """One form of one person, as it was typed; nobody else sees it.

    It is no business data: its fields are unchecked text, it goes when the form is saved and after
    30 days. So it has no history. ``page`` is the opened page that writes it: another page of the
    same form neither overwrites it nor brings it back once it was saved. ``sequence`` grows with
    each state that the page sends, so that a late one undoes no newer one. ``base_version`` is the
    version of the record that the person saw.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts", verbose_name="เจ้าของร่าง"
    )
    form_key = models.CharField("แบบฟอร์ม", max_length=100)
    object_key = models.CharField("รายการ", max_length=100, blank=True)
    page = models.UUIDField("หน้าที่เปิด")
    sequence = models.BigIntegerField("ลำดับในหน้า", default=0)
    data = models.JSONField("ค่าที่กรอก", default=dict)
    base_version = models.PositiveIntegerField(null=True)
    saved_at = models.DateTimeField("บันทึกร่างเมื่อ")

    class Meta:
        verbose_name = "ร่างของแบบฟอร์ม"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "form_key", "object_key"],
                name="desk_draft_once",
                violation_error_message="มีร่างของแบบฟอร์มนี้อยู่แล้ว เปิดหน้านี้ใหม่แล้วเลือกใช้หรือทิ้งร่างนั้น",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(
                    Length(Cast(F("data"), TextField())), Value(2 * MOST_LETTERS)
                ),
                name="desk_draft_of_bearable_size",
                violation_error_message="ร่างยาวเกินไป ระบบเก็บร่างนี้ไม่ได้ กรุณาบันทึกแบบฟอร์ม",
            ),
        ]
        indexes = [BrinIndex(fields=["saved_at"], name="desk_draft_by_age")]

    def __str__(self) -> str:
        return f"{self.form_key} {self.object_key}".strip()


class BinnedQuerySet(models.QuerySet["Binned"]):
    """What was deleted, by scope."""

    def visible_to(self, user: User) -> Self:
        """As the record itself was seen: the own province or region, or everything.

        What was one person's own stays so.
        """
        seen = self.filter(Q(owner=None) | Q(owner=user.pk))
        if user.sees_nation:
            return seen
        if user.province_id:
            # What belongs to the region as a whole has no province: who deleted it can bring it back.
            own = Q(deleted_by=user.pk, region=user.region_id)
            return seen.filter(Q(province=user.province_id) | own | Q(owner=user.pk))
        return seen.filter(Q(region=user.region_id) | Q(owner=user.pk))


@tracked(exclude=("content",))
class Binned(models.Model):
    """A deleted record with its parts, whole, so that it can come back under its own key.

    The rows themselves are gone from their tables: no list, figure, sum of a trigger or uniqueness
    can count what was deleted. ``content`` holds them as Django's serializer writes them, the
    record first. ``owner`` is the one person who may see it, for what was private to them.
    """

    model = models.CharField("ชนิดข้อมูล", max_length=100)
    object_id = models.BigIntegerField("เลขรายการ")
    kind = models.CharField("ประเภท", max_length=100)
    title = models.CharField("รายการ", max_length=600)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ภาค"
    )
    province = models.ForeignKey(
        Province, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="จังหวัด"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="เจ้าของ",
    )
    content = models.JSONField("ข้อมูลที่ลบ")
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ผู้ลบ"
    )
    deleted_at = models.DateTimeField("ลบเมื่อ")
    kept_until = models.DateTimeField("เลิกลบได้ถึง")

    objects = BinnedQuerySet.as_manager()

    class Meta:
        verbose_name = "รายการในถังขยะ"
        ordering = ["-deleted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "object_id"],
                name="desk_binned_once",
                violation_error_message="รายการนี้อยู่ในถังขยะแล้ว เปิดถังขยะเพื่อเลิกลบ",
            ),
            models.CheckConstraint(
                condition=Q(kept_until__gt=F("deleted_at")),
                name="desk_binned_kept_a_while",
                violation_error_message="วันที่เลิกลบได้ต้องอยู่หลังวันที่ลบ",
            ),
        ]
        indexes = [models.Index(fields=["-deleted_at"], name="desk_binned_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"

    def get_absolute_url(self) -> str:
        """Its page in the bin."""
        return reverse("desk:binned", args=[self.pk])
