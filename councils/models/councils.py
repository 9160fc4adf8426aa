"""The council of a tambon: registration (จส.02, จส.03), certification, and how a record ends.

Source: พ.ร.บ.สภาองค์กรชุมชน พ.ศ. 2551; the quarterly report of fiscal year 2562, chapter 1.
"""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from codi.history import tracked
from councils.triggers import COUNCIL_STAYS
from programs.models.base import check, unique
from programs.models.placed import Placed, PlacedQuerySet


class AuthorityKind(models.TextChoices):
    """ประเภทของพื้นที่: the local authority whose name the council carries."""

    SUBDISTRICT = "subdistrict", "องค์การบริหารส่วนตำบล (อบต.)"
    TAMBON_TOWN = "tambon_town", "เทศบาลตำบล"
    TOWN = "town", "เทศบาลเมือง"
    CITY = "city", "เทศบาลนคร"
    DISTRICT = "district", "เขต"
    OTHER = "other", "พื้นที่อื่น"


# As people say them in a narrow column.
KIND_WORDS: dict[str, str] = {
    AuthorityKind.SUBDISTRICT: "อบต.",
    AuthorityKind.TAMBON_TOWN: "เทศบาลตำบล",
    AuthorityKind.TOWN: "เทศบาลเมือง",
    AuthorityKind.CITY: "เทศบาลนคร",
    AuthorityKind.DISTRICT: "เขต",
    AuthorityKind.OTHER: "อื่น ๆ",
}


class CertificationBasis(models.TextChoices):
    """On what a certification rests."""

    GATES = "gates", "ข้อมูลครบตามเกณฑ์ในระบบนี้"
    TAKEN_OVER = "taken_over", "รับมาจากระบบเดิม (EIS)"


class CouncilQuerySet(PlacedQuerySet["Council"]):
    """Councils by scope and day."""

    def established_as_of(self, day: dt.date) -> Self:
        """Councils that were registered by the day and not withdrawn by then."""
        return self.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=day), registered_on__lte=day)


@tracked(exclude=("search_key", "sort_key"))
class Council(Placed):
    """สภาองค์กรชุมชนตำบล (or of a municipality or เขต).

    A record that should not be counted (a double, a wrong entry) is withdrawn on a day with its
    reason, never deleted, so that earlier reports can still be explained; a merged one names the
    record that took it over.
    """

    code = models.CharField("รหัสสภา", max_length=20)
    kind = models.CharField("ประเภทพื้นที่", max_length=12, choices=AuthorityKind.choices)
    registered_on = models.DateField("วันที่จดแจ้งจัดตั้ง")
    certified_on = models.DateField("วันที่รับรองตัวชี้วัด", null=True, blank=True)
    certified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้รับรอง",
    )
    certification_basis = models.CharField(
        "ที่มาของการรับรอง", max_length=10, choices=CertificationBasis.choices, blank=True
    )
    certification_gaps = ArrayField(
        models.CharField(max_length=100),
        default=list,
        blank=True,
        verbose_name="สิ่งที่ยังขาดเมื่อรับมา",
    )
    withdrawn_on = models.DateField("ถอนออกจากทะเบียนเมื่อ", null=True, blank=True)
    withdrawal_reason = models.CharField("เหตุผลที่ถอนออก", max_length=300, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_from",
        verbose_name="รวมเข้ากับ",
    )

    objects = CouncilQuerySet.as_manager()

    class Meta(Placed.Meta):
        verbose_name = "สภาองค์กรชุมชน"
        triggers = [*Placed.Meta.triggers, COUNCIL_STAYS]
        constraints = [
            *Placed.Meta.constraints,
            unique("councils_council_code_once", "มีสภารหัสนี้แล้ว กรุณาตรวจรหัส", "code"),
            check(
                "councils_council_kind_known",
                Q(kind__in=AuthorityKind.values),
                "ประเภทพื้นที่ไม่ถูกต้อง เลือกจากรายการที่ให้ไว้",
            ),
            check(
                "councils_council_certification_whole",
                Q(certified_on=None, certified_by=None, certification_basis="")
                | Q(certified_on__isnull=False, certified_by__isnull=False)
                & Q(certification_basis__in=CertificationBasis.values),
                "การรับรองต้องมีวันที่ ผู้รับรอง และที่มาครบ",
            ),
            check(
                "councils_council_gates_leave_no_gap",
                Q(certification_gaps=[])
                | Q(certification_basis=CertificationBasis.TAKEN_OVER.value),
                "รับรองตามเกณฑ์ของระบบได้เมื่อข้อมูลครบเท่านั้น กรุณาเติมสิ่งที่ขาดก่อน",
            ),
            check(
                "councils_council_certified_after_registration",
                Q(certified_on=None) | Q(certified_on__gte=F("registered_on")),
                "วันที่รับรองต้องไม่ก่อนวันที่จดแจ้งจัดตั้ง",
            ),
            check(
                "councils_council_withdrawal_whole",
                Q(withdrawn_on=None, withdrawal_reason="", merged_into=None)
                | Q(withdrawn_on__isnull=False, withdrawal_reason__regex=r"\S"),
                "การถอนออกจากทะเบียนต้องมีวันที่และเหตุผล",
            ),
            check(
                "councils_council_not_into_itself",
                Q(merged_into=None) | ~Q(merged_into=F("pk")),
                "รวมสภาเข้ากับตัวเองไม่ได้ เลือกรายการอื่น",
            ),
        ]
        indexes = [
            *Placed.Meta.indexes,
            models.Index(fields=["registered_on"], name="councils_council_registered"),
        ]

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("councils:council", args=[self.pk])

    @property
    def kind_word(self) -> str:
        """The kind of area in a word."""
        return KIND_WORDS[self.kind]

    @property
    def searched_text(self) -> str:
        """Code and name."""
        return f"{self.code} {self.name}"
