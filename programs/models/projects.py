"""Projects: the facts, the life from draft to closed, and the rules the database keeps of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from codi.history import tracked
from codi.places.models import District, Province, Region, Subdistrict
from codi.thai.normalise import clean, search_key
from codi.thai.sorting import sort_key
from codi.triggers import row_rule, transition_is_unknown
from programs.models.base import BahtField, fiscal_year_field
from programs.models.meetings import Meeting
from programs.models.organisations import Organisation
from programs.models.programmes import Programme, ProjectLevel
from programs.models.project_life import (
    EDITABLE,
    FACT_RULES,
    LIFE_RULES,
    TRANSITIONS,
    Origin,
    ProjectStatus,
)
from programs.models.scope import in_scope

if TYPE_CHECKING:
    from codi.accounts.models import User


class ProjectQuerySet(models.QuerySet["Project"]):
    """Chainable filters over projects."""

    def visible_to(self, user: User) -> Self:
        """Projects inside the person's scope: the nation, the own region or the own province."""
        return self.filter(in_scope(user))

    def in_region(self, region: str | None) -> Self:
        """Projects of a region's code; all of them when it is None."""
        return self.filter(region=region) if region else self

    def approved_as_of(self, day: dt.date) -> Self:
        """Projects whose approval stood on ``day``: approved by then and not cancelled by then."""
        return self.filter(approved_on__lte=day).filter(
            Q(cancelled_on=None) | Q(cancelled_on__gt=day)
        )


@tracked(exclude=("search_key", "sort_key", "title_key"))
class Project(models.Model):
    """โครงการ of a community organisation, paid from the frame of its programme, region and level."""

    code = models.CharField("รหัสโครงการ", max_length=40)
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="projects", verbose_name="โครงการหลัก"
    )
    fiscal_year = fiscal_year_field()
    level = models.CharField("ระดับโครงการ", max_length=12, choices=ProjectLevel.choices)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name="ภาค"
    )
    province = models.ForeignKey(
        Province,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name="จังหวัด",
    )
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
    title = models.CharField("ชื่อโครงการ", max_length=500)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name="องค์กรที่เสนอ",
    )
    objectives = models.TextField("วัตถุประสงค์", blank=True)
    target_people_count = models.PositiveIntegerField("เป้าหมาย (คน)", null=True, blank=True)
    target_subdistrict_count = models.PositiveIntegerField("เป้าหมาย (ตำบล)", null=True, blank=True)
    target_household_count = models.PositiveIntegerField("เป้าหมาย (ครัวเรือน)", null=True, blank=True)
    requested_baht = BahtField("งบประมาณที่ขอ (บาท)", null=True, blank=True)
    approved_baht = BahtField("งบที่อนุมัติ (บาท)", null=True, blank=True)
    status = models.CharField(
        "สถานะ", max_length=12, choices=ProjectStatus.choices, default=ProjectStatus.DRAFT
    )
    origin = models.CharField(
        "ที่มาของข้อมูล", max_length=8, choices=Origin.choices, default=Origin.FORM
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ผู้จัดทำ"
    )
    submitted_on = models.DateField("วันที่เสนอ", null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้เสนอ",
    )
    endorsed_meeting = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="endorsed_projects",
        verbose_name="ประชุมคณะพิจารณาโครงการ",
    )
    endorsed_on = models.DateField("วันที่ผ่านคณะพิจารณา", null=True, blank=True)
    approved_on = models.DateField("วันที่อนุมัติ", null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้บันทึกการอนุมัติ",
    )
    recorded_on = models.DateField("วันที่บันทึกในโปรแกรม CODI-PM", null=True, blank=True)
    started_on = models.DateField("วันที่เริ่มดำเนินงาน", null=True, blank=True)
    closed_on = models.DateField("วันที่ปิดโครงการ", null=True, blank=True)
    sent_back_on = models.DateField("วันที่ส่งกลับ", null=True, blank=True)
    sent_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้ส่งกลับ",
    )
    sent_back_reason = models.TextField("เหตุผลที่ส่งกลับ", blank=True)
    cancelled_on = models.DateField("วันที่ยกเลิก", null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้ยกเลิก",
    )
    cancel_reason = models.TextField("เหตุผลที่ยกเลิก", blank=True)
    search_key = models.CharField(max_length=1200, editable=False, default="")
    title_key = models.CharField(max_length=700, editable=False, default="", db_index=True)
    sort_key = models.CharField(max_length=1040, editable=False, default="", db_collation="C")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "โครงการ"
        ordering = ["-fiscal_year", "code"]
        constraints = [*FACT_RULES, *LIFE_RULES]
        triggers = [
            row_rule(
                "programs_project_transition",
                broken=transition_is_unknown(TRANSITIONS),
                message="เปลี่ยนสถานะข้ามขั้นตอนไม่ได้ กรุณาทำตามลำดับ เสนอ → ผ่านคณะพิจารณา → อนุมัติ → ดำเนินงาน → ปิด",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.status IS DISTINCT FROM NEW.status"),
            ),
            row_rule(
                "programs_project_approval_fixed",
                broken=(
                    "OLD.approved_on IS NOT NULL AND ("
                    "(NEW.approved_baht, NEW.approved_on, NEW.level, NEW.programme_id) IS DISTINCT FROM "
                    "(OLD.approved_baht, OLD.approved_on, OLD.level, OLD.programme_id) OR "
                    "(NEW.region_id, NEW.province_id, NEW.created_by_id) IS DISTINCT FROM "
                    "(OLD.region_id, OLD.province_id, OLD.created_by_id))"
                ),
                message="โครงการอนุมัติแล้ว จึงแก้งบ วันที่อนุมัติ ระดับ พื้นที่ หรือโครงการหลักไม่ได้ ให้ยกเลิกแล้วจัดทำใหม่",
                operation=pgtrigger.Update,
            ),
            row_rule(
                "programs_project_programme_fits",
                broken=(
                    "NOT EXISTS (SELECT 1 FROM programs_programme p WHERE p.id = NEW.programme_id "
                    "AND p.fiscal_year = NEW.fiscal_year AND p.kind = '2_programme')"
                ),
                message="โครงการต้องอยู่ใต้โครงการหลักของปีงบประมาณเดียวกัน กรุณาเลือกใหม่",
            ),
            row_rule(
                "programs_project_province_in_region",
                broken=(
                    "NEW.province_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM places_province p "
                    "WHERE p.code = NEW.province_id AND p.region_id = NEW.region_id)"
                ),
                message="จังหวัดที่เลือกไม่อยู่ในภาคนั้น กรุณาเลือกใหม่",
            ),
        ]
        indexes = [
            GinIndex(OpClass(F("search_key"), name="gin_trgm_ops"), name="programs_project_search"),
            models.Index(fields=["-fiscal_year", "code"], name="programs_project_list"),
            models.Index(
                fields=["region", "-fiscal_year", "code"], name="programs_project_by_region"
            ),
            models.Index(fields=["programme", "region", "level"], name="programs_project_of_frame"),
            models.Index(fields=["sort_key"], name="programs_project_by_title"),
            models.Index(fields=["status", "approved_on"], name="programs_project_by_status"),
            models.Index(
                fields=["approved_on"],
                include=[
                    "id",
                    "programme",
                    "region",
                    "province",
                    "level",
                    "approved_baht",
                    "cancelled_on",
                    "closed_on",
                    "recorded_on",
                ],
                name="programs_project_of_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def save(self, *args: Any, **options: Any) -> None:
        self.fill_keys()
        super().save(*args, **options)

    def get_absolute_url(self) -> str:
        """The project's page."""
        return reverse("finance:project", args=[self.pk])

    def fill_keys(self) -> None:
        """Tidy the title and derive the keys that search and order use."""
        self.title = clean(self.title)
        self.search_key = search_key(f"{self.code} {self.title}")[:1200]
        self.title_key = search_key(self.title)[:700]
        self.sort_key = sort_key(self.title)[:1040]

    @property
    def is_editable(self) -> bool:
        """Whether the facts may still be changed by the maker."""
        return self.status in EDITABLE

    @property
    def place_name(self) -> str:
        """จังหวัด (or a narrower place) of the project; งบภาค for a regional one, as documents say."""
        if self.level == ProjectLevel.NATION:
            return "ส่วนกลาง"
        if self.level == ProjectLevel.REGION:
            return "งบภาค"
        parts = (self.subdistrict, self.district, self.province)
        return " ".join(part.name for part in parts if part)
