"""Regions, provinces, districts and subdistricts, current and abolished."""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol, Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from codi.thai.normalise import clean, search_key
from codi.thai.sorting import sort_key

P = TypeVar("P", bound="Place")


class Scoped(Protocol):
    """What a queryset needs to know of a person: how far the scope reaches, and where."""

    scope_level: str
    region_id: str | None
    province_id: str | None


class PlaceQuerySet(models.QuerySet[P]):
    """Places by the day they existed and by name."""

    def current_on(self, day: dt.date) -> Self:
        """Places that existed on ``day``: the day a code ends is the first day without it."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day),
            Q(valid_until=None) | Q(valid_until__gt=day),
        )

    def current(self) -> Self:
        """Places that have not been abolished."""
        return self.filter(valid_until=None)

    def matching(self, text: str) -> Self:
        """Places whose name has ``text`` in it, whatever the tone marks and blanks."""
        return self.filter(search_key__contains=search_key(text))


class RegionQuerySet(PlaceQuerySet["Region"]):
    """Regions within the scope of a person."""

    def visible_to(self, user: Scoped) -> Self:
        """All for the nation's scope, otherwise the person's own region (form choices)."""
        return self if user.scope_level == "nation" else self.filter(code=user.region_id)


class ProvinceQuerySet(PlaceQuerySet["Province"]):
    """Provinces within the scope of a person."""

    def visible_to(self, user: Scoped) -> Self:
        """All for the nation's scope, those of the region, or the one province (form choices)."""
        if user.scope_level == "nation":
            return self
        if user.scope_level == "region":
            return self.filter(region=user.region_id)
        return self.filter(code=user.province_id)

    def in_region(self, region: Region | str) -> Self:
        """Provinces that the region looks after."""
        return self.filter(region=region)


class Place(models.Model):
    """What every kind of place has: its official code, name and the days it was valid.

    An unknown first day is None, and so is the last of a place that still exists. ``successor`` is
    the one place that took over; where the gazette split a place, ``split_into`` has the codes.
    """

    code = models.CharField("รหัส", max_length=6, primary_key=True)
    name = models.CharField("ชื่อ", max_length=120)
    valid_from = models.DateField("ใช้ตั้งแต่วันที่", null=True, blank=True)
    valid_until = models.DateField("ยกเลิกเมื่อวันที่", null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name="พื้นที่ที่รับช่วง",
    )
    split_into = ArrayField(
        models.CharField(max_length=6), default=list, blank=True, verbose_name="แยกเป็นรหัส"
    )
    search_key = models.CharField(max_length=160, editable=False, default="")
    sort_key = models.CharField(max_length=260, editable=False, default="", db_collation="C")

    successor_id: str | None

    class Meta:
        abstract = True
        ordering = ["sort_key", "code"]
        indexes = [
            GinIndex(
                fields=["search_key"], opclasses=["gin_trgm_ops"], name="places_%(class)s_search"
            ),
            models.Index(fields=["sort_key", "code"], name="places_%(class)s_sort"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None)
                | Q(valid_until=None)
                | Q(valid_from__lt=F("valid_until")),
                name="places_%(class)s_days_in_order",
                violation_error_message="วันที่ยกเลิกต้องอยู่หลังวันที่เริ่มใช้ ตรวจวันที่ทั้งสองอีกครั้ง",
            ),
            models.CheckConstraint(
                condition=Q(successor=None, split_into=[]) | Q(valid_until__isnull=False),
                name="places_%(class)s_heir_of_abolished",
                violation_error_message="ระบุพื้นที่ที่รับช่วงได้เฉพาะพื้นที่ที่ยกเลิกแล้ว กรอกวันที่ยกเลิกก่อน",
            ),
            models.CheckConstraint(
                condition=Q(successor=None) | Q(split_into=[]),
                name="places_%(class)s_one_kind_of_heir",
                violation_error_message="พื้นที่ที่แยกเป็นหลายแห่งระบุพื้นที่ที่รับช่วงแห่งเดียวไม่ได้ เลือกอย่างใดอย่างหนึ่ง",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def fill_keys(self) -> None:
        """Bring the name to its stored spelling and compute the keys that depend on it."""
        self.name = clean(self.name)
        self.search_key = search_key(self.name)
        self.sort_key = sort_key(self.name)

    def save(self, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        """Store the place; the keys follow the name."""
        self.fill_keys()
        if update_fields is not None and "name" in update_fields:
            update_fields = {*update_fields, "search_key", "sort_key"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def existed_on(self, day: dt.date) -> bool:
        """Whether ``day`` lies within the days that are known of the place."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day < self.valid_until
        )


class Region(Place):
    """One of the five regional offices of the institute (สำนักงานภาค)."""

    short_name = models.CharField("ชื่อย่อ", max_length=60)
    position = models.PositiveSmallIntegerField(
        "ลำดับในรายงาน",
        unique=True,
        error_messages={"unique": "มีภาคที่ใช้ลำดับนี้ในรายงานแล้ว กรุณาใช้ลำดับอื่น"},
    )

    objects = RegionQuerySet.as_manager()

    class Meta(Place.Meta):
        verbose_name = "ภาค"
        ordering = ["position"]


class Province(Place):
    """จังหวัด, with the region that looks after it."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="provinces", verbose_name="ภาค")

    objects = ProvinceQuerySet.as_manager()

    class Meta(Place.Meta):
        verbose_name = "จังหวัด"


class District(Place):
    """อำเภอ or เขต; a name of Bangkok carries its เขต, as the official list has it."""

    province = models.ForeignKey(
        Province, models.PROTECT, related_name="districts", verbose_name="จังหวัด"
    )

    objects = PlaceQuerySet["District"].as_manager()

    class Meta(Place.Meta):
        verbose_name = "อำเภอ/เขต"


class Subdistrict(Place):
    """ตำบล or แขวง; an abolished code names its successor where the gazette does."""

    district = models.ForeignKey(
        District, models.PROTECT, related_name="subdistricts", verbose_name="อำเภอ/เขต"
    )

    objects = PlaceQuerySet["Subdistrict"].as_manager()

    class Meta(Place.Meta):
        verbose_name = "ตำบล/แขวง"


class PlaceAlias(models.Model):
    """A spelling of a region or province met in documents, found by its search key."""

    key = models.CharField(
        "คีย์ค้นหา",
        max_length=160,
        unique=True,
        editable=False,
        error_messages={"unique": "มีคำเรียกพื้นที่นี้อยู่แล้ว ไม่ต้องเพิ่มซ้ำ"},
    )
    text = models.CharField("ข้อความที่พบ", max_length=160)
    source = models.CharField("ที่มา", max_length=60, default="")
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the alias; its key follows its text."""
        self.text = clean(self.text)
        self.key = search_key(self.text)
        super().save(*args, **kwargs)
