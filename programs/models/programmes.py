"""The programme tree of a fiscal year, its money frames and its targets."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from codi.history import tracked
from codi.places.models import Region
from codi.thai.normalise import clean, search_key
from codi.triggers import row_rule
from programs.models.base import (
    BahtField,
    check,
    fiscal_year_check,
    fiscal_year_field,
    not_blank,
    unique,
)

if TYPE_CHECKING:
    from codi.accounts.models import User


class ProjectLevel(models.TextChoices):
    """ระดับโครงการ: how wide the area of a project (and of the frame that pays it) is."""

    NATION = "nation", "ระดับชาติ/ส่วนกลาง"
    REGION = "region", "ระดับภาค"
    PROVINCE = "province", "ระดับจังหวัด"
    DISTRICT = "district", "ระดับอำเภอ"
    SUBDISTRICT = "subdistrict", "ระดับตำบล"


class ProgrammeKind(models.TextChoices):
    """The storey of the tree; a child always stands on a lower storey than its parent."""

    PLAN = "1_plan", "แผนงาน"
    PROGRAMME = "2_programme", "โครงการหลัก"
    ACTIVITY = "3_activity", "แผนงานกิจกรรม"


@tracked()
class FundingSource(models.Model):
    """แหล่งงบประมาณ: where the money of a programme comes from."""

    code = models.CharField("รหัส", max_length=30)
    name = models.CharField("ชื่อแหล่งงบประมาณ", max_length=200)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = "แหล่งงบประมาณ"
        ordering = ["code"]
        constraints = [
            unique("programs_source_code_once", "มีแหล่งงบประมาณรหัสนี้แล้ว กรุณาใช้รหัสอื่น", "code"),
            not_blank("programs_source_name_given", "name", "กรุณาระบุชื่อแหล่งงบประมาณ"),
        ]

    def __str__(self) -> str:
        return self.name


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    """Programmes are common reference: everybody sees them; their frames are scoped."""

    def visible_to(self, user: User) -> Self:
        """Programmes that ``user`` may see: all of them."""
        return self.all() if user.is_active else self.none()

    def with_projects(self) -> Self:
        """Programmes that projects may belong to."""
        return self.filter(kind=ProgrammeKind.PROGRAMME)


@tracked(exclude=("search_key",))
class Programme(models.Model):
    """แผนงาน, โครงการหลัก or แผนงานกิจกรรม of one fiscal year."""

    code = models.CharField("รหัส", max_length=30)
    name = models.CharField("ชื่อ", max_length=400)
    kind = models.CharField(
        "ประเภท", max_length=20, choices=ProgrammeKind.choices, default=ProgrammeKind.PROGRAMME
    )
    fiscal_year = fiscal_year_field()
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="อยู่ภายใต้",
    )
    position = models.PositiveSmallIntegerField("ลำดับ", default=1)
    funding_source = models.ForeignKey(
        FundingSource, models.PROTECT, null=True, blank=True, verbose_name="แหล่งงบประมาณ"
    )
    objectives = models.TextField("วัตถุประสงค์", blank=True)
    search_key = models.CharField(max_length=480, editable=False, default="")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = "แผนงาน/โครงการหลัก"
        ordering = ["-fiscal_year", "code"]
        constraints = [
            unique("programs_programme_code_once", "มีแผนงานรหัสนี้แล้ว กรุณาใช้รหัสอื่น", "code"),
            fiscal_year_check("programs_programme"),
            check(
                "programs_programme_kind_known",
                Q(kind__in=ProgrammeKind.values),
                "ประเภทแผนงานไม่ถูกต้อง เลือกจากรายการที่ให้ไว้",
            ),
            not_blank("programs_programme_name_given", "name", "กรุณาระบุชื่อแผนงาน"),
            check(
                "programs_programme_code_plain",
                Q(code__regex=r"^[A-Za-z0-9][A-Za-z0-9._-]*$"),
                "รหัสใช้ได้เฉพาะ A-Z, 0-9, จุด ขีด และขีดล่าง เช่น NL2564",
            ),
            check(
                "programs_programme_activity_has_parent",
                ~Q(kind=ProgrammeKind.ACTIVITY, parent=None),
                "แผนงานกิจกรรมต้องอยู่ภายใต้โครงการหลัก กรุณาเลือกโครงการหลัก",
            ),
        ]
        triggers = [
            row_rule(
                "programs_programme_below_parent",
                broken=(
                    "NEW.parent_id IS NOT NULL AND NOT EXISTS ("
                    "SELECT 1 FROM programs_programme p WHERE p.id = NEW.parent_id "
                    "AND p.fiscal_year = NEW.fiscal_year AND p.kind < NEW.kind)"
                ),
                message="แผนงานที่อยู่เหนือขึ้นไปต้องเป็นปีงบประมาณเดียวกันและอยู่ชั้นสูงกว่า",
            ),
            row_rule(
                "programs_programme_storey_fixed",
                broken=(
                    "(NEW.kind <> OLD.kind OR NEW.fiscal_year <> OLD.fiscal_year) AND ("
                    "EXISTS (SELECT 1 FROM programs_programme c WHERE c.parent_id = NEW.id) OR "
                    "EXISTS (SELECT 1 FROM programs_project c WHERE c.programme_id = NEW.id))"
                ),
                message="มีแผนงานย่อยหรือโครงการอยู่แล้ว จึงเปลี่ยนประเภทหรือปีงบประมาณไม่ได้",
                operation=pgtrigger.Update,
            ),
        ]

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("programs:programme", args=[self.pk])

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def save(self, *args: Any, **options: Any) -> None:
        self.fill_keys()
        super().save(*args, **options)

    def fill_keys(self) -> None:
        """Tidy the name and compute what searching needs of it."""
        self.name = clean(self.name)
        self.search_key = search_key(f"{self.code} {self.name}")[:480]


class BudgetFrameQuerySet(models.QuerySet["BudgetFrame"]):
    """Frames by scope and day."""

    def visible_to(self, user: User) -> Self:
        """Frames of the person's own region; all of them for a national scope."""
        return self if user.sees_nation else self.filter(region=user.region_id)

    def as_of(self, day: dt.date) -> Self:
        """Frames already allocated on ``day``."""
        return self.filter(allocated_on__lte=day)


@tracked(part_of="programme")
class BudgetFrame(models.Model):
    """กรอบงบประมาณ: what a region (or the centre) may approve at one level of projects.

    ``allocated_baht`` is what was first allocated on ``allocated_on``; what moved in or out since
    lies in ``finance.BudgetMove``.
    """

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="frames", verbose_name="โครงการหลัก"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ภาค"
    )
    level = models.CharField("ระดับโครงการ", max_length=12, choices=ProjectLevel.choices)
    allocated_baht = BahtField("กรอบงบจัดสรร (บาท)")
    allocated_on = models.DateField("วันที่จัดสรร")
    note = models.CharField("หมายเหตุ/เอกสารอ้างอิง", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = BudgetFrameQuerySet.as_manager()

    class Meta:
        verbose_name = "กรอบงบประมาณ"
        ordering = ["programme", "region", "level"]
        constraints = [
            unique(
                "programs_frame_once",
                "มีกรอบงบของภาคและระดับนี้แล้ว ให้ปรับโอนงบแทนการเพิ่มกรอบซ้ำ",
                "programme",
                "region",
                "level",
            ),
            check(
                "programs_frame_not_negative",
                Q(allocated_baht__gte=0),
                "กรอบงบจัดสรรต้องไม่ติดลบ",
            ),
            check(
                "programs_frame_centre_has_no_region",
                Q(level=ProjectLevel.NATION, region=None)
                | (Q(level__in=ProjectLevel.values, region__isnull=False) & ~Q(level="nation")),
                "กรอบงบส่วนกลางต้องไม่ระบุภาค ส่วนกรอบงบระดับอื่นต้องระบุภาค",
            ),
        ]
        triggers = [
            row_rule(
                "programs_frame_of_main_programme",
                broken=(
                    "NOT EXISTS (SELECT 1 FROM programs_programme p "
                    "WHERE p.id = NEW.programme_id AND p.kind = '2_programme')"
                ),
                message="กรอบงบตั้งได้เฉพาะโครงการหลัก กรุณาเลือกโครงการหลัก",
            ),
            row_rule(
                "programs_frame_identity_fixed",
                broken=(
                    "NEW.programme_id <> OLD.programme_id OR NEW.level <> OLD.level "
                    "OR NEW.region_id IS DISTINCT FROM OLD.region_id"
                ),
                message="เปลี่ยนโครงการหลัก ภาค หรือระดับของกรอบงบไม่ได้ ให้ใช้การปรับโอนงบ",
                operation=pgtrigger.Update,
            ),
            row_rule(
                "programs_frame_before_its_approvals",
                broken=(
                    "NEW.allocated_on > OLD.allocated_on AND EXISTS "
                    "(SELECT 1 FROM programs_project p WHERE p.programme_id = NEW.programme_id "
                    "AND p.level = NEW.level AND p.region_id IS NOT DISTINCT FROM NEW.region_id "
                    "AND p.status IN ('approved', 'under_way', 'closed') "
                    "AND p.approved_on < NEW.allocated_on)"
                ),
                message=("มีโครงการที่อนุมัติจากกรอบงบนี้ก่อนวันที่จัดสรรที่กรอก กรุณาใช้วันที่ไม่หลังวันที่อนุมัติโครงการแรก"),
                operation=pgtrigger.Update,
            ),
        ]

    def __str__(self) -> str:
        place = self.region.name if self.region else "ส่วนกลาง"
        return f"{self.programme.code} · {place} · {self.get_level_display()}"


class TargetMeasure(models.TextChoices):
    """What a target counts."""

    PEOPLE = "people", "คน"
    SUBDISTRICTS = "subdistricts", "ตำบล"
    PROVINCES = "provinces", "จังหวัด"
    HOUSEHOLDS = "households", "ครัวเรือน"
    ORGANISATIONS = "organisations", "องค์กร"


class ProgrammeTargetQuerySet(models.QuerySet["ProgrammeTarget"]):
    """Targets by scope."""

    def visible_to(self, user: User) -> Self:
        """National targets and those of the person's own region; all for a national scope."""
        if user.sees_nation:
            return self
        return self.filter(Q(region=None) | Q(region=user.region_id))


@tracked(part_of="programme")
class ProgrammeTarget(models.Model):
    """เป้าหมาย: a number with its basis and date; two bases of one measure may stand side by side."""

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="targets", verbose_name="โครงการหลัก"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ภาค"
    )
    measure = models.CharField("หน่วยนับ", max_length=20, choices=TargetMeasure.choices)
    target_count = models.PositiveIntegerField("จำนวนเป้าหมาย")
    basis = models.CharField("ที่มาของเป้าหมาย", max_length=300)
    set_on = models.DateField("ข้อมูล ณ วันที่")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ProgrammeTargetQuerySet.as_manager()

    class Meta:
        verbose_name = "เป้าหมาย"
        ordering = ["measure", "set_on", "pk"]
        constraints = [
            unique(
                "programs_target_once",
                "มีเป้าหมายหน่วยนับนี้จากที่มาและวันที่เดียวกันแล้ว",
                "programme",
                "region",
                "measure",
                "basis",
                "set_on",
            ),
            not_blank("programs_target_basis_given", "basis", "กรุณาระบุที่มาของเป้าหมาย"),
            check(
                "programs_target_measure_known",
                Q(measure__in=TargetMeasure.values),
                "หน่วยนับไม่ถูกต้อง เลือกจากรายการที่ให้ไว้",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_count:,} {self.get_measure_display()}"
