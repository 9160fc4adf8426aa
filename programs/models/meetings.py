"""Committees that consider projects, their meetings and resolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from codi.history import tracked
from codi.places.models import Region
from codi.thai.dates import date_range
from codi.thai.normalise import clean
from programs.models.base import check, fiscal_year_check, fiscal_year_field, not_blank, unique

if TYPE_CHECKING:
    from codi.accounts.models import User


class CommitteeQuerySet(models.QuerySet["Committee"]):
    """Committees by scope."""

    def visible_to(self, user: User) -> Self:
        """National committees, and those of the person's own region."""
        if user.sees_nation:
            return self
        return self.filter(Q(region=None) | Q(region=user.region_id))


@tracked()
class Committee(models.Model):
    """คณะพิจารณาโครงการ of a region, or of the nation when it has no region."""

    name = models.CharField("ชื่อคณะ", max_length=200)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ภาค"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CommitteeQuerySet.as_manager()

    class Meta:
        verbose_name = "คณะพิจารณาโครงการ"
        ordering = ["region__position", "name"]
        constraints = [
            unique("programs_committee_once", "มีคณะชื่อนี้ในภาคเดียวกันแล้ว", "name", "region"),
            not_blank("programs_committee_name_given", "name", "กรุณาระบุชื่อคณะ"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        self.fill_keys()
        super().save(*args, **options)

    def fill_keys(self) -> None:
        """Tidy the name."""
        self.name = clean(self.name)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Meetings by scope."""

    def visible_to(self, user: User) -> Self:
        """Meetings of the committees that the person sees."""
        if user.sees_nation:
            return self
        return self.filter(Q(committee__region=None) | Q(committee__region=user.region_id))


@tracked()
class Meeting(models.Model):
    """ประชุมครั้งที่ number/fiscal year, on one or more days."""

    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="meetings", verbose_name="คณะ"
    )
    number = models.PositiveSmallIntegerField("ครั้งที่")
    fiscal_year = fiscal_year_field()
    starts_on = models.DateField("วันที่ประชุม")
    ends_on = models.DateField("ถึงวันที่")
    venue = models.CharField("สถานที่", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "การประชุม"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            unique(
                "programs_meeting_once",
                "มีการประชุมครั้งที่นี้ของคณะเดียวกันในปีเดียวกันแล้ว",
                "committee",
                "number",
                "fiscal_year",
            ),
            fiscal_year_check("programs_meeting"),
            check(
                "programs_meeting_number_positive",
                Q(number__gte=1),
                "ครั้งที่ประชุมต้องเป็นเลขตั้งแต่ 1",
            ),
            check(
                "programs_meeting_dates_in_order",
                Q(ends_on__gte=F("starts_on")),
                "วันสิ้นสุดการประชุมต้องไม่ก่อนวันเริ่ม",
            ),
        ]

    @property
    def label(self) -> str:
        """Number and fiscal year, as the minutes write it: 2/2564."""
        return f"{self.number}/{self.fiscal_year}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("programs:meeting", args=[self.pk])

    def __str__(self) -> str:
        return (
            f"ครั้งที่ {self.number}/{self.fiscal_year} วันที่ {date_range(self.starts_on, self.ends_on)}"
        )


class ResolutionKind(models.TextChoices):
    """ประเภทมติ, as the minutes name them."""

    ACKNOWLEDGED = "acknowledged", "รับทราบ"
    APPROVED = "approved", "เห็นชอบ"
    IN_PRINCIPLE = "in_principle", "เห็นชอบในหลักการ"
    EXTENDED = "extended", "ให้ขยายเวลา"
    DEFERRED = "deferred", "ให้ทบทวน/เลื่อนการพิจารณา"


@tracked(part_of="meeting")
class Resolution(models.Model):
    """มติที่ประชุม, numbered within its meeting."""

    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="resolutions", verbose_name="การประชุม"
    )
    number = models.PositiveSmallIntegerField("มติข้อที่")
    kind = models.CharField("ประเภทมติ", max_length=20, choices=ResolutionKind.choices)
    text = models.TextField("เนื้อหามติ")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = "มติที่ประชุม"
        ordering = ["number"]
        constraints = [
            unique("programs_resolution_once", "มีมติข้อนี้แล้ว กรุณาใช้เลขข้อถัดไป", "meeting", "number"),
            check("programs_resolution_number_positive", Q(number__gte=1), "เลขข้อต้องตั้งแต่ 1"),
            not_blank("programs_resolution_text_given", "text", "กรุณาระบุเนื้อหามติ"),
            check(
                "programs_resolution_kind_known",
                Q(kind__in=ResolutionKind.values),
                "ประเภทมติไม่ถูกต้อง เลือกจากรายการที่ให้ไว้",
            ),
        ]

    def __str__(self) -> str:
        return f"มติข้อ {self.number} {self.get_kind_display()}"
