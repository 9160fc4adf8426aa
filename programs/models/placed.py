"""What registers of things in a tambon share: name, place, search keys and scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left

from codi.places.models import District, Province, Region, Subdistrict
from codi.thai.normalise import clean, search_key
from codi.thai.sorting import sort_key
from codi.triggers import row_rule
from programs.models.base import check, not_blank
from programs.models.scope import in_scope

if TYPE_CHECKING:
    from codi.accounts.models import User

P = TypeVar("P", bound="Placed")
_NAME = "%(app_label)s_%(class)s_"


class PlacedQuerySet(models.QuerySet[P]):
    """Records by scope."""

    def visible_to(self, user: User) -> Self:
        """Records inside the person's scope."""
        return self.filter(in_scope(user))

    def in_region(self, region: Region | str) -> Self:
        """Records that the region looks after."""
        return self.filter(region=region)


class Placed(models.Model):
    """A record of a register that stands in a province, and as a rule in a tambon of it.

    The tambon may be unknown in old records; what is known fits together (tambon in district in
    province in region), which the database checks.
    """

    name = models.CharField("ชื่อ", max_length=300)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="ภาค")
    province = models.ForeignKey(Province, models.PROTECT, related_name="+", verbose_name="จังหวัด")
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="อำเภอ/เขต"
    )
    subdistrict = models.ForeignKey(
        Subdistrict,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ตำบล/แขวง",
    )
    search_key = models.CharField(max_length=400, editable=False, default="")
    sort_key = models.CharField(max_length=640, editable=False, default="", db_collation="C")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
        ordering = ["sort_key", "pk"]
        constraints = [
            not_blank(_NAME + "name_given", "name", "กรุณาระบุชื่อ"),
            check(
                _NAME + "district_in_province",
                Q(district=None) | Q(province_id=Left(F("district_id"), 2)),
                "อำเภอที่เลือกไม่อยู่ในจังหวัดนั้น กรุณาเลือกใหม่",
            ),
            check(
                _NAME + "tambon_in_district",
                Q(subdistrict=None)
                | Q(district__isnull=False, district_id=Left(F("subdistrict_id"), 4)),
                "ตำบลที่เลือกไม่อยู่ในอำเภอนั้น กรุณาเลือกใหม่",
            ),
        ]
        triggers = [
            row_rule(
                "programs_placed_province_in_region",
                broken=(
                    "NOT EXISTS (SELECT 1 FROM places_province p "
                    "WHERE p.code = NEW.province_id AND p.region_id = NEW.region_id)"
                ),
                message="จังหวัดที่เลือกไม่อยู่ในภาคนั้น กรุณาเลือกใหม่",
            ),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name=_NAME + "sort"),
            models.Index(fields=["region", "province"], name=_NAME + "place"),
            GinIndex(OpClass(F("search_key"), name="gin_trgm_ops"), name=_NAME + "search"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        self.fill_keys()
        super().save(*args, **options)

    def fill_keys(self) -> None:
        """Tidy the name and compute what searching and sorting need of it."""
        self.name = clean(self.name)
        self.search_key = search_key(self.searched_text)[:400]
        self.sort_key = sort_key(self.name)[:640]

    @property
    def searched_text(self) -> str:
        """What a search finds the record by."""
        return self.name
