"""Saved filters and what a person wants to see of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from codi.history import tracked
from codi.places.models import Province, Region

if TYPE_CHECKING:
    from codi.accounts.models import User


class Audience(models.TextChoices):
    """For whom a saved filter is."""

    MINE = "mine", "เฉพาะฉัน"
    OFFICE = "office", "สำนักงานของฉัน"
    EVERYBODY = "everybody", "ทุกคน"


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    """Saved filters as people see them."""

    def visible_to(self, user: User) -> Self:
        """The own ones, those of people with the same scope, and those for everybody.

        A filter holds words, no rows: whoever opens it sees the own rows only.
        """
        office = Q(audience=Audience.OFFICE, region=user.region_id, province=user.province_id)
        return self.filter(Q(owner=user) | office | Q(audience=Audience.EVERYBODY))

    def of_list(self, list_name: str) -> Self:
        """Those of one list, by name."""
        return self.filter(list_name=list_name)


@tracked()
class SavedFilter(models.Model):
    """A search with filters under a name; ``query`` is the part of the address that chooses rows.

    ``region`` and ``province`` are the owner's scope when it was saved: the office that sees it.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="เจ้าของ"
    )
    list_name = models.CharField("รายการ", max_length=80)
    name = models.CharField("ชื่อตัวกรอง", max_length=80)
    query = models.CharField("เงื่อนไข", max_length=2000)
    audience = models.CharField("ผู้ที่เห็นตัวกรอง", max_length=10, choices=Audience.choices)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ภาค"
    )
    province = models.ForeignKey(
        Province, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="จังหวัด"
    )

    owner_id: int

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = "ตัวกรองที่บันทึก"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "list_name", "name"],
                name="kept_filter_once",
                violation_error_message="มีตัวกรองชื่อนี้ในรายการนี้แล้ว ตั้งชื่ออื่น หรือลบตัวกรองเดิมก่อน",
            ),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values),
                name="kept_filter_audience_known",
                violation_error_message="กรุณาเลือกจากรายการว่าจะให้ใครเห็นตัวกรองนี้",
            ),
            models.CheckConstraint(
                condition=Q(name__regex=r"\S") & Q(query__regex=r"\S"),
                name="kept_filter_says_something",
                violation_error_message="กรุณาตั้งชื่อตัวกรอง และกรองรายการก่อนบันทึก",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ListChoice(models.Model):
    """How one person wants one list: columns in order, order of rows, page size, first filter.

    Not tracked: it changes what somebody sees first, and nothing that anybody else sees.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="ผู้ใช้"
    )
    list_name = models.CharField("รายการ", max_length=80)
    columns = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, verbose_name="คอลัมน์ที่แสดง"
    )
    sort = models.CharField("เรียงตาม", max_length=60, blank=True)
    page_size = models.PositiveSmallIntegerField("แถวต่อหน้า", null=True, blank=True)
    default_filter = models.ForeignKey(
        SavedFilter,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ตัวกรองเมื่อเปิดรายการ",
    )

    class Meta:
        verbose_name = "การแสดงของรายการ"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "list_name"],
                name="kept_choice_once",
                violation_error_message="มีการตั้งค่าของรายการนี้แล้ว กรุณาโหลดหน้าใหม่",
            )
        ]

    def __str__(self) -> str:
        return self.list_name
