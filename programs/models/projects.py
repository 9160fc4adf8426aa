"""Projects: the facts, the life from draft to closed, and the rules the database keeps of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left
from django.urls import reverse

from codi.history import tracked
from codi.places.models import District, Province, Region, Subdistrict
from codi.thai.normalise import clean, search_key
from codi.thai.sorting import sort_key
from codi.triggers import row_rule
from programs.models.base import (
    BahtField,
    check,
    fiscal_year_check,
    fiscal_year_field,
    not_blank,
    together,
    unique,
)
from programs.models.meetings import Meeting
from programs.models.organisations import Organisation
from programs.models.programmes import Programme, ProjectLevel

if TYPE_CHECKING:
    from codi.accounts.models import User


class ProjectStatus(models.TextChoices):
    """สถานะโครงการ, in the order of its life."""

    DRAFT = "draft", "ร่าง"
    SUBMITTED = "submitted", "เสนอแล้ว"
    SENT_BACK = "sent_back", "ส่งกลับให้แก้ไข"
    ENDORSED = "endorsed", "ผ่านคณะพิจารณา"
    APPROVED = "approved", "อนุมัติแล้ว"
    UNDER_WAY = "under_way", "กำลังดำเนินงาน"
    CLOSED = "closed", "ปิดโครงการ"
    CANCELLED = "cancelled", "ยกเลิก"


class Origin(models.TextChoices):
    """How a record came in; an imported one may lack the steps its document does not tell."""

    FORM = "form", "บันทึกผ่านหน้าจอ"
    IMPORT = "import", "นำเข้าจากแฟ้ม"


EDITABLE = (ProjectStatus.DRAFT, ProjectStatus.SENT_BACK)
SUBMITTED_ON = ("submitted", "endorsed", "approved", "under_way", "closed")
ENDORSED_ON = ("endorsed", "approved", "under_way", "closed")
APPROVED_ON = ("approved", "under_way", "closed")
TRANSITIONS: dict[str, tuple[str, ...]] = {
    "draft": ("submitted", "cancelled"),
    "sent_back": ("submitted", "cancelled"),
    "submitted": ("sent_back", "endorsed", "cancelled"),
    "endorsed": ("sent_back", "approved", "cancelled"),
    "approved": ("under_way", "cancelled"),
    "under_way": ("closed", "cancelled"),
    "closed": (),
    "cancelled": (),
}


def _transition_is_unknown() -> str:
    pairs = ", ".join(f"('{old}', '{new}')" for old, news in TRANSITIONS.items() for new in news)
    return f"(OLD.status, NEW.status) NOT IN ({pairs})"


class ProjectQuerySet(models.QuerySet["Project"]):
    """Chainable filters over projects."""

    def visible_to(self, user: User) -> Self:
        """Projects inside the person's scope: the nation, the own region or the own province."""
        if user.sees_nation:
            return self
        if user.province_id:
            return self.filter(province=user.province_id)
        return self.filter(region=user.region_id)

    def in_region(self, region: str | None) -> Self:
        """Projects of a region's code; all of them when it is None."""
        return self.filter(region=region) if region else self

    def approved_as_of(self, day: dt.date) -> Self:
        """Projects whose approval stood on ``day``: approved by then and not cancelled by then."""
        return self.filter(approved_on__lte=day).filter(
            Q(cancelled_on=None) | Q(cancelled_on__gt=day)
        )


def _life_constraints() -> list[models.BaseConstraint]:
    """One named rule per step of the life: a step's fields stand together and with its status."""
    imported = Q(origin=Origin.IMPORT)
    return [
        check(
            "programs_project_status_known",
            Q(status__in=ProjectStatus.values),
            "สถานะโครงการไม่ถูกต้อง เลือกจากรายการที่ให้ไว้",
        ),
        check(
            "programs_project_submission_whole",
            together("submitted_on", "submitted_by"),
            "วันที่เสนอและผู้เสนอต้องบันทึกพร้อมกัน",
        ),
        check(
            "programs_project_submitted_has_submission",
            ~Q(status__in=SUBMITTED_ON) | Q(submitted_on__isnull=False) | imported,
            "โครงการที่เสนอแล้วต้องมีวันที่เสนอและผู้เสนอ",
        ),
        check(
            "programs_project_submitted_has_request",
            ~Q(status__in=SUBMITTED_ON)
            | Q(requested_baht__isnull=False, organisation__isnull=False)
            | Q(origin=Origin.IMPORT, organisation__isnull=False),
            "ก่อนเสนอโครงการต้องระบุองค์กรที่เสนอและงบประมาณที่ขอ",
        ),
        check(
            "programs_project_endorsement_whole",
            together("endorsed_meeting", "endorsed_on"),
            "ครั้งที่ประชุมและวันที่ผ่านคณะพิจารณาต้องบันทึกพร้อมกัน",
        ),
        check(
            "programs_project_endorsement_with_status",
            Q(status__in=ENDORSED_ON, endorsed_on__isnull=False)
            | (Q(endorsed_on__isnull=True) & ~Q(status__in=ENDORSED_ON))
            | Q(status=ProjectStatus.CANCELLED),
            "โครงการที่ผ่านคณะพิจารณาต้องระบุครั้งที่ประชุม และโครงการที่ยังไม่ผ่านต้องไม่มี",
        ),
        check(
            "programs_project_approval_whole",
            together("approved_baht", "approved_on"),
            "งบที่อนุมัติและวันที่อนุมัติต้องบันทึกพร้อมกัน",
        ),
        check(
            "programs_project_approval_with_status",
            Q(status__in=APPROVED_ON, approved_on__isnull=False)
            | (Q(approved_on__isnull=True) & ~Q(status__in=APPROVED_ON))
            | Q(status=ProjectStatus.CANCELLED),
            "โครงการที่อนุมัติแล้วต้องมีงบและวันที่อนุมัติ และโครงการที่ยังไม่อนุมัติต้องไม่มี",
        ),
        check(
            "programs_project_approval_named",
            Q(approved_on=None, approved_by=None)
            | Q(approved_on__isnull=False, approved_by__isnull=False)
            | (imported & Q(approved_by=None)),
            "การอนุมัติต้องมีชื่อผู้บันทึกการอนุมัติ",
        ),
        check(
            "programs_project_maker_cannot_approve",
            Q(approved_by=None) | ~Q(approved_by=F("created_by")),
            "ผู้จัดทำโครงการอนุมัติโครงการของตนเองไม่ได้ ให้ผู้อื่นที่มีสิทธิเป็นผู้อนุมัติ",
        ),
        check(
            "programs_project_approval_after_endorsement",
            Q(approved_on=None) | Q(endorsed_on=None) | Q(approved_on__gte=F("endorsed_on")),
            "วันที่อนุมัติต้องไม่ก่อนวันที่ผ่านคณะพิจารณา",
        ),
        check(
            "programs_project_start_with_status",
            Q(status__in=("under_way", "closed"), started_on__isnull=False)
            | (Q(started_on__isnull=True) & ~Q(status__in=("under_way", "closed")))
            | Q(status=ProjectStatus.CANCELLED),
            "โครงการที่กำลังดำเนินงานหรือปิดแล้วต้องมีวันที่เริ่ม และโครงการที่ยังไม่เริ่มต้องไม่มี",
        ),
        check(
            "programs_project_closing_with_status",
            Q(status=ProjectStatus.CLOSED, closed_on__isnull=False)
            | (Q(closed_on__isnull=True) & ~Q(status=ProjectStatus.CLOSED)),
            "โครงการที่ปิดแล้วต้องมีวันที่ปิด และโครงการที่ยังไม่ปิดต้องไม่มี",
        ),
        check(
            "programs_project_life_in_order",
            (Q(started_on=None) | Q(approved_on__isnull=False, started_on__gte=F("approved_on")))
            & (Q(closed_on=None) | Q(started_on__isnull=False, closed_on__gte=F("started_on"))),
            "วันที่เริ่มต้องไม่ก่อนวันที่อนุมัติ และวันที่ปิดต้องไม่ก่อนวันที่เริ่ม",
        ),
        check(
            "programs_project_sending_back_whole",
            Q(sent_back_on=None, sent_back_by=None, sent_back_reason="")
            | Q(
                sent_back_on__isnull=False,
                sent_back_by__isnull=False,
                sent_back_reason__regex=r"\S",
            ),
            "การส่งกลับต้องมีวันที่ ผู้ส่งกลับ และเหตุผล",
        ),
        check(
            "programs_project_sent_back_has_reason",
            ~Q(status=ProjectStatus.SENT_BACK) | Q(sent_back_on__isnull=False),
            "โครงการที่ส่งกลับต้องมีเหตุผลให้ผู้จัดทำแก้ไข",
        ),
        check(
            "programs_project_cancellation_whole",
            Q(
                status=ProjectStatus.CANCELLED,
                cancelled_on__isnull=False,
                cancelled_by__isnull=False,
                cancel_reason__regex=r"\S",
            )
            | (
                Q(cancelled_on=None, cancelled_by=None, cancel_reason="")
                & ~Q(status=ProjectStatus.CANCELLED)
            ),
            "การยกเลิกต้องมีวันที่ ผู้ยกเลิก และเหตุผล และใช้กับโครงการที่ยกเลิกเท่านั้น",
        ),
        check(
            "programs_project_cancelled_after_approval",
            Q(cancelled_on=None) | Q(approved_on=None) | Q(cancelled_on__gte=F("approved_on")),
            "วันที่ยกเลิกต้องไม่ก่อนวันที่อนุมัติ",
        ),
    ]


def _fact_constraints() -> list[models.BaseConstraint]:
    """Rules on the facts: amounts, level and place."""
    no_place = Q(province=None, district=None, subdistrict=None)
    return [
        unique("programs_project_code_once", "มีโครงการรหัสนี้แล้ว กรุณาใช้รหัสอื่น", "code"),
        fiscal_year_check("project"),
        not_blank("programs_project_title_given", "title", "กรุณาระบุชื่อโครงการ"),
        check(
            "programs_project_code_plain",
            Q(code__regex=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$"),
            "รหัสโครงการใช้ได้เฉพาะ A-Z, 0-9, จุด ขีด และทับ เช่น NL2564-0001",
        ),
        check(
            "programs_project_origin_known",
            Q(origin__in=Origin.values),
            "ที่มาของข้อมูลไม่ถูกต้อง",
        ),
        check(
            "programs_project_requested_positive",
            Q(requested_baht=None) | Q(requested_baht__gt=0),
            "งบประมาณที่ขอต้องมากกว่าศูนย์",
        ),
        check(
            "programs_project_approved_positive",
            Q(approved_baht=None) | Q(approved_baht__gt=0),
            "งบที่อนุมัติต้องมากกว่าศูนย์",
        ),
        check(
            "programs_project_place_of_level",
            (Q(level=ProjectLevel.NATION, region=None) & no_place)
            | (Q(level=ProjectLevel.REGION, region__isnull=False) & no_place)
            | Q(
                level=ProjectLevel.PROVINCE,
                region__isnull=False,
                province__isnull=False,
                district=None,
                subdistrict=None,
            )
            | Q(
                level=ProjectLevel.DISTRICT,
                region__isnull=False,
                province__isnull=False,
                district__isnull=False,
                subdistrict=None,
            )
            | Q(
                level=ProjectLevel.SUBDISTRICT,
                region__isnull=False,
                province__isnull=False,
                district__isnull=False,
                subdistrict__isnull=False,
            ),
            "พื้นที่ไม่ตรงกับระดับโครงการ: ระดับจังหวัดต้องระบุจังหวัด ระดับตำบลต้องระบุจังหวัด อำเภอ และตำบล",
        ),
        check(
            "programs_project_district_in_province",
            Q(district=None) | Q(province_id=Left(F("district_id"), 2)),
            "อำเภอที่เลือกไม่อยู่ในจังหวัดนั้น กรุณาเลือกใหม่",
        ),
        check(
            "programs_project_subdistrict_in_district",
            Q(subdistrict=None) | Q(district_id=Left(F("subdistrict_id"), 4)),
            "ตำบลที่เลือกไม่อยู่ในอำเภอนั้น กรุณาเลือกใหม่",
        ),
    ]


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
        constraints = [*_fact_constraints(), *_life_constraints()]
        triggers = [
            row_rule(
                "programs_project_transition",
                broken=_transition_is_unknown(),
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
