"""Regions, provinces, districts and subdistricts, current and abolished."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q


class PlaceQuerySet(models.QuerySet):
    """Places by the day they existed."""

    def current_on(self, day: dt.date) -> Self:
        """Places that existed on ``day``: the day a code ends is the first day without it."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day),
            Q(valid_until=None) | Q(valid_until__gt=day),
        )


class Place(models.Model):
    """What every kind of place has: its official code, name and the days it was valid."""

    code = models.CharField("รหัส", max_length=6, primary_key=True)
    name = models.CharField("ชื่อ", max_length=120)
    valid_from = models.DateField("ใช้ตั้งแต่วันที่", null=True, blank=True)
    valid_until = models.DateField("ยกเลิกเมื่อวันที่", null=True, blank=True)
    search_key = models.CharField(max_length=160, editable=False, default="")
    sort_key = models.CharField(max_length=200, editable=False, default="", db_collation="C")

    objects = PlaceQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["sort_key", "code"]

    def __str__(self) -> str:
        return self.name


class Region(Place):
    """One of the five regional offices of the institute (สำนักงานภาค)."""

    short_name = models.CharField("ชื่อย่อ", max_length=60)
    position = models.PositiveSmallIntegerField("ลำดับในรายงาน", unique=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True)

    class Meta(Place.Meta):
        verbose_name = "ภาค"
        ordering = ["position"]


class Province(Place):
    """จังหวัด, with the region that looks after it."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="provinces", verbose_name="ภาค")
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True)

    class Meta(Place.Meta):
        verbose_name = "จังหวัด"


class District(Place):
    """อำเภอ or เขต."""

    province = models.ForeignKey(
        Province, models.PROTECT, related_name="districts", verbose_name="จังหวัด"
    )
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True)

    class Meta(Place.Meta):
        verbose_name = "อำเภอ/เขต"


class Subdistrict(Place):
    """ตำบล or แขวง; an abolished code names its successor where the gazette does."""

    district = models.ForeignKey(
        District, models.PROTECT, related_name="subdistricts", verbose_name="อำเภอ/เขต"
    )
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True)

    class Meta(Place.Meta):
        verbose_name = "ตำบล/แขวง"


class PlaceAlias(models.Model):
    """A spelling of a region or province met in documents, found by its search key."""

    key = models.CharField("คีย์ค้นหา", max_length=160, unique=True)
    text = models.CharField("ข้อความที่พบ", max_length=160)
    region = models.ForeignKey(
        Region, models.CASCADE, null=True, blank=True, related_name="aliases", verbose_name="ภาค"
    )
    province = models.ForeignKey(
        Province,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="aliases",
        verbose_name="จังหวัด",
    )

    class Meta:
        verbose_name = "ชื่อเรียกอื่น"
        constraints = [
            models.CheckConstraint(
                condition=Q(region=None, province__isnull=False)
                | Q(region__isnull=False, province=None),
                name="places_alias_names_one_place",
                violation_error_message="ชื่อเรียกอื่นต้องชี้ไปที่ภาคหรือจังหวัดอย่างใดอย่างหนึ่งเท่านั้น",
            ),
        ]

    def __str__(self) -> str:
        return self.text
