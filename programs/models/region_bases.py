"""Base figures and targets of a region: what counts are compared with, each with its day and source."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from codi.history import tracked
from codi.places.models import Region
from programs.models.base import check, fiscal_year_check, fiscal_year_field, not_blank, unique

if TYPE_CHECKING:
    from codi.accounts.models import User


class BaseKind(models.TextChoices):
    """What the number counts; the documents print each as a column of its own."""

    LOCAL_AUTHORITIES = "local_authorities", "พื้นที่ที่จัดตั้งสภาองค์กรชุมชนได้ (อปท./เขต)"
    NEW_COUNCILS = "new_councils", "เป้าหมายสภาจัดตั้งใหม่"
    CAPABLE_COUNCILS = "capable_councils", "เป้าหมายสภาที่มีศักยภาพ (ตัวชี้วัด ก.พ.ร.)"
    ONE_PAGE_FUNDS = "one_page_funds", "เป้าหมายกองทุนที่มี one page"
    FUNDS_IN_PMS = "funds_in_pms", "กองทุนสวัสดิการในพื้นที่ตามทะเบียน CODI PMS"


class RegionBaseQuerySet(models.QuerySet["RegionBase"]):
    """Bases by scope and by the day they were known."""

    def visible_to(self, user: User) -> Self:
        """Bases of the person's region; all for the nation's scope."""
        return self if user.sees_nation else self.filter(region=user.region_id)

    def latest_as_of(self, kind: str, fiscal_year: int, day: dt.date) -> Self:
        """The latest base of each region for a year that stood on the day."""
        standing = self.filter(kind=kind, fiscal_year=fiscal_year, stands_on__lte=day)
        return standing.order_by("region_id", "-stands_on", "-pk").distinct("region_id")


@tracked()
class RegionBase(models.Model):
    """One base figure or target of a region for a fiscal year, as of a day, from a named source."""

    kind = models.CharField("รายการ", max_length=24, choices=BaseKind.choices)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="ภาค")
    fiscal_year = fiscal_year_field()
    stands_on = models.DateField("ข้อมูล ณ วันที่")
    base_count = models.PositiveIntegerField("จำนวน")
    source = models.CharField("ที่มา", max_length=300)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RegionBaseQuerySet.as_manager()

    class Meta:
        verbose_name = "ฐานและเป้าหมายรายภาค"
        ordering = ["-fiscal_year", "kind", "region__position", "-stands_on"]
        constraints = [
            unique(
                "programs_regionbase_once",
                "มีจำนวนของภาคนี้ในรายการ ปี และวันที่เดียวกันแล้ว กรุณาแก้ไขรายการเดิม",
                "kind", "region", "fiscal_year", "stands_on",
            ),
            check(
                "programs_regionbase_kind_known",
                Q(kind__in=BaseKind.values),
                "รายการไม่ถูกต้อง เลือกจากรายการที่ให้ไว้",
            ),
            fiscal_year_check("programs_regionbase"),
            not_blank("programs_regionbase_source_given", "source", "กรุณาระบุที่มาของจำนวน"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.region} ปีงบประมาณ {self.fiscal_year}"
