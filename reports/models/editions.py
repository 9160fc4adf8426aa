"""The edition: one issue of a report, and the rules of its life that the database keeps."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from codi.history import tracked
from codi.places.models import Region
from programs.models import Programme
from programs.models.base import check, not_blank, unique
from reports.models.edition_life import (
    FROZEN_STATES,
    LIFE_RULES,
    MOST_DATES,
    TRIGGERS,
    EditionState,
)
from reports.subjects import Subject

if TYPE_CHECKING:
    from codi.accounts.models import User


class EditionQuerySet(models.QuerySet["Edition"]):
    """Chainable filters over editions."""

    def visible_to(self, user: User) -> Self:
        """Editions of the person's region; all for a national scope.

        A person of one province sees none: an edition shows every province of its region, and
        half an edition would be another report.
        """
        if user.sees_nation:
            return self
        if user.province_id:
            return self.none()
        return self.filter(region=user.region_id)

    def in_region(self, region: str | None) -> Self:
        """Editions of a region's code; all of them when it is None."""
        return self.filter(region=region) if region else self

    def waiting_for_approval(self) -> Self:
        """Editions that somebody else has to look at."""
        return self.filter(state=EditionState.SUBMITTED)

    def issued(self) -> Self:
        """Editions that are out."""
        return self.filter(state=EditionState.ISSUED)


@tracked(exclude=("facts", "request_key"))
class Edition(models.Model):
    """ฉบับของรายงาน: a report on a programme in a region as of one to four days, or on a quarter of
    a region or of the whole country (then without a region).

    A draft shows live figures. At issue everything that the report shows is stored (``facts`` and
    the parts) and never changes again; its files are made from what is stored.
    """

    outline = models.CharField("แบบรายงาน", max_length=60)
    programme = models.ForeignKey(
        Programme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="editions",
        verbose_name="โครงการหลัก",
    )
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="editions",
        verbose_name="ภาค",
    )
    fiscal_year = models.PositiveSmallIntegerField("ปีงบประมาณ", null=True, blank=True)
    quarter = models.PositiveSmallIntegerField("ไตรมาส", null=True, blank=True)
    as_of_dates = ArrayField(models.DateField(), verbose_name="ข้อมูล ณ วันที่")
    number = models.PositiveSmallIntegerField("ฉบับที่")
    state = models.CharField(
        "สถานะ", max_length=10, choices=EditionState.choices, default=EditionState.DRAFT
    )
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name="แทนฉบับ",
    )
    facts = models.JSONField("ข้อเท็จจริงของรายงาน", default=dict, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ผู้จัดทำ"
    )
    created_at = models.DateTimeField("จัดทำเมื่อ")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้เสนอ",
    )
    submitted_at = models.DateTimeField("เสนอเมื่อ", null=True, blank=True)
    sent_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้ส่งกลับ",
    )
    sent_back_at = models.DateTimeField("ส่งกลับเมื่อ", null=True, blank=True)
    sent_back_reason = models.TextField("เหตุผลที่ส่งกลับ", blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้อนุมัติ",
    )
    approved_at = models.DateTimeField("อนุมัติเมื่อ", null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้ออกฉบับ",
    )
    frozen_at = models.DateTimeField("ตรึงตัวเลขเมื่อ", null=True, blank=True)
    issued_at = models.DateTimeField("ออกฉบับเมื่อ", null=True, blank=True)
    program_version = models.CharField("รุ่นของโปรแกรม", max_length=40, blank=True)
    template_version = models.CharField("รุ่นของแบบรายงาน", max_length=40, blank=True)
    request_key = models.UUIDField("กุญแจกันบันทึกซ้ำ", default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = "ฉบับของรายงาน"
        ordering = ["-created_at", "-pk"]
        constraints = [
            unique(
                "reports_edition_number_once",
                "มีฉบับลำดับนี้ของรายงานเดียวกันแล้ว กรุณาลองใหม่",
                "outline",
                "programme",
                "region",
                "fiscal_year",
                "quarter",
                "number",
            ),
            check(
                "reports_edition_subject_whole",
                Q(programme__isnull=False, region__isnull=False, fiscal_year=None, quarter=None)
                | Q(programme=None, fiscal_year__isnull=False, quarter__gte=1, quarter__lte=4),
                "รายงานต้องเป็นของโครงการหลักในภาคหนึ่ง หรือของไตรมาสหนึ่ง อย่างใดอย่างหนึ่ง",
            ),
            unique("reports_edition_key_once", "ฉบับนี้จัดทำแล้ว ไม่จัดทำซ้ำ", "request_key"),
            check("reports_edition_number_positive", Q(number__gte=1), "ลำดับฉบับต้องตั้งแต่ 1"),
            check(
                "reports_edition_dates_counted",
                Q(as_of_dates__len__gte=1, as_of_dates__len__lte=MOST_DATES),
                "เลือกวันที่ของข้อมูลได้ 1 ถึง 4 วัน",
            ),
            not_blank("reports_edition_outline_given", "outline", "กรุณาเลือกแบบรายงาน"),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(state__in=FROZEN_STATES),
                name="reports_edition_replaced_once",
                violation_error_message="มีฉบับอื่นออกแทนฉบับเดียวกันนี้แล้ว ให้จัดทำฉบับใหม่แทนฉบับนั้น",
            ),
            *LIFE_RULES,
        ]
        triggers = TRIGGERS
        indexes = [
            models.Index(fields=["region", "-created_at"], name="reports_edition_by_region"),
            models.Index(fields=["state", "-created_at"], name="reports_edition_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.subject.short_name} {self.region_name} ฉบับที่ {self.number}"

    @property
    def subject(self) -> Subject:
        """What the report is about."""
        return Subject(self.programme, self.region, self.fiscal_year, self.quarter)

    @property
    def region_name(self) -> str:
        """The region's name: as frozen at issue, so that a later renaming leaves it alone."""
        return self.facts["region"]["name"] if self.is_frozen else self.subject.region_name

    @property
    def is_national(self) -> bool:
        """Whether it is a quarter's report of the whole country, which rests on those of the regions."""
        return self.quarter is not None and self.region_id is None

    @property
    def is_frozen(self) -> bool:
        """Whether the content is stored and no longer follows the live tables."""
        return self.state in FROZEN_STATES

    @property
    def successor(self) -> Edition | None:
        """The edition that is issued, or being issued, in place of this one; at most one query."""
        return next((other for other in self.replaced_by.all() if other.is_frozen), None)

    @property
    def is_editable(self) -> bool:
        """Whether the texts may be changed by the maker."""
        return self.state in (EditionState.DRAFT, EditionState.SENT_BACK)
