"""Community organisations and the certification of their status."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Left
from django.urls import reverse

from codi.history import tracked
from codi.places.models import District, Province, Region, Subdistrict
from codi.thai.normalise import clean, search_key
from codi.thai.sorting import sort_key
from codi.triggers import row_rule
from programs.models.base import check, not_blank, unique
from programs.models.meetings import Meeting
from programs.models.scope import in_scope

if TYPE_CHECKING:
    from codi.accounts.models import User


class OrganisationKind(models.TextChoices):
    """ประเภทองค์กร, as the documents name those who propose projects."""

    COMMUNITY = "community", "องค์กรชุมชน"
    NETWORK = "network", "เครือข่ายองค์กรชุมชน"
    WORKING_GROUP = "working_group", "คณะทำงาน/คณะประสานงาน"
    COOPERATIVE = "cooperative", "สหกรณ์"
    COUNCIL = "council", "สภาองค์กรชุมชน"
    FUND = "fund", "กองทุนชุมชน"
    OTHER = "other", "อื่น ๆ"


class CertificationState(models.TextChoices):
    """How the status of an organisation stands on a day."""

    CERTIFIED = "certified", "รับรองแล้ว"
    EXPIRED = "expired", "การรับรองหมดอายุ"
    REFUSED = "refused", "ไม่รับรอง"
    NONE = "none", "ยังไม่มีผลการรับรอง"


def search_key_of(name: str) -> str:
    """The stored search key of an organisation's name: what tells two of a place apart."""
    return search_key(clean(name))[:400]


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations by scope."""

    def visible_to(self, user: User) -> Self:
        """Organisations inside the person's scope."""
        return self.filter(in_scope(user))

    def with_certification(self, day: dt.date) -> Self:
        """Each with ``certification_state`` and ``certified_until``, by its latest result of ``day``."""
        latest = OrganisationCertification.objects.filter(
            organisation=OuterRef("pk"), certified_on__lte=day
        ).order_by("-certified_on", "-pk")
        return self.annotate(
            latest_is_certified=Subquery(latest.values("is_certified")[:1]),
            certified_until=Subquery(latest.values("valid_until")[:1]),
            certification_state=Case(
                When(latest_is_certified=None, then=Value(CertificationState.NONE.value)),
                When(latest_is_certified=False, then=Value(CertificationState.REFUSED.value)),
                When(certified_until__lt=day, then=Value(CertificationState.EXPIRED.value)),
                default=Value(CertificationState.CERTIFIED.value),
            ),
        )


@tracked(exclude=("search_key", "sort_key"))
class Organisation(models.Model):
    """องค์กรชุมชน, network, working group or cooperative that proposes and runs projects."""

    name = models.CharField("ชื่อองค์กร", max_length=300)
    kind = models.CharField("ประเภทองค์กร", max_length=20, choices=OrganisationKind.choices)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="ภาค")
    province = models.ForeignKey(
        Province, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="จังหวัด"
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
    contact = models.CharField("ผู้ประสานงาน/ช่องทางติดต่อ", max_length=300, blank=True)
    search_key = models.CharField(max_length=400, editable=False, default="")
    sort_key = models.CharField(max_length=640, editable=False, default="", db_collation="C")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "องค์กร"
        ordering = ["sort_key", "pk"]
        constraints = [
            unique(
                "programs_organisation_once",
                "มีองค์กรชื่อนี้ในพื้นที่เดียวกันแล้ว ให้ค้นหาและเลือกจากรายการ",
                "search_key",
                "region",
                "province",
                "district",
                "subdistrict",
            ),
            not_blank("programs_organisation_name_given", "name", "กรุณาระบุชื่อองค์กร"),
            check(
                "programs_organisation_kind_known",
                Q(kind__in=OrganisationKind.values),
                "ประเภทองค์กรไม่ถูกต้อง เลือกจากรายการที่ให้ไว้",
            ),
            check(
                "programs_organisation_district_in_province",
                Q(district=None) | Q(province__isnull=False, province_id=Left(F("district_id"), 2)),
                "อำเภอที่เลือกไม่อยู่ในจังหวัดนั้น กรุณาเลือกใหม่",
            ),
            check(
                "programs_organisation_subdistrict_in_district",
                Q(subdistrict=None)
                | Q(district__isnull=False, district_id=Left(F("subdistrict_id"), 4)),
                "ตำบลที่เลือกไม่อยู่ในอำเภอนั้น กรุณาเลือกใหม่",
            ),
        ]
        triggers = [
            row_rule(
                "programs_organisation_province_in_region",
                broken=(
                    "NEW.province_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM places_province p "
                    "WHERE p.code = NEW.province_id AND p.region_id = NEW.region_id)"
                ),
                message="จังหวัดที่เลือกไม่อยู่ในภาคนั้น กรุณาเลือกใหม่",
            ),
        ]
        indexes = [
            models.Index(fields=["sort_key"], name="programs_organisation_sort"),
            GinIndex(
                OpClass(F("search_key"), name="gin_trgm_ops"), name="programs_organisation_search"
            ),
        ]

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("programs:organisation", args=[self.pk])

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        self.fill_keys()
        super().save(*args, **options)

    def fill_keys(self) -> None:
        """Tidy the name and compute what searching and sorting need of it."""
        self.name = clean(self.name)
        self.search_key = search_key_of(self.name)
        self.sort_key = sort_key(self.name)[:640]


@tracked(part_of="organisation")
class OrganisationCertification(models.Model):
    """รับรองสถานภาพองค์กร by the committee that considers projects."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="certifications", verbose_name="องค์กร"
    )
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="certifications", verbose_name="การประชุม"
    )
    certified_on = models.DateField("วันที่รับรอง")
    valid_until = models.DateField("รับรองถึงวันที่", null=True, blank=True)
    is_certified = models.BooleanField("ผลการพิจารณา: รับรอง", default=True)
    note = models.CharField("หมายเหตุ", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = "การรับรองสถานภาพองค์กร"
        ordering = ["-certified_on", "-pk"]
        constraints = [
            unique(
                "programs_certification_once_per_meeting",
                "การประชุมครั้งนี้บันทึกผลการรับรองขององค์กรนี้แล้ว",
                "organisation",
                "meeting",
            ),
            check(
                "programs_certification_dates_in_order",
                Q(valid_until=None) | Q(valid_until__gte=F("certified_on")),
                "วันสิ้นสุดการรับรองต้องไม่ก่อนวันที่รับรอง",
            ),
            check(
                "programs_certification_refusal_explained",
                Q(is_certified=True) | Q(note__regex=r"\S"),
                "เมื่อไม่รับรอง กรุณาบันทึกเหตุผลในหมายเหตุ",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {'รับรอง' if self.is_certified else 'ไม่รับรอง'}"
