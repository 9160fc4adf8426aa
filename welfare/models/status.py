"""What a fund reports of a quarter: members by group, villages, money by source, benefits.

The six sources carry the codes of the present system (V2): 6, 64, 65, 66, 67 and 75. All amounts
and counts are as they stood at the end of the quarter (stock), not what the quarter brought.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from codi.history import tracked
from programs.models.base import BahtField, check, fiscal_year_check, fiscal_year_field, unique
from programs.models.scope import in_scope
from welfare.models.funds import OfFundQuerySet, WelfareFund
from welfare.triggers import MERGED_TAKES_NOTHING

if TYPE_CHECKING:
    from codi.accounts.models import User

MEMBER_GROUPS = (
    "working_age_count",
    "youth_count",
    "elderly_count",
    "disadvantaged_count",
    "other_count",
)
MONEY_SOURCES = (
    "from_members_baht",
    "from_local_government_baht",
    "from_codi_baht",
    "from_other_state_baht",
    "from_others_baht",
    "from_donations_baht",
)


def quarter_field() -> models.PositiveSmallIntegerField[int, int]:
    """ไตรมาส of the fiscal year, 1 to 4."""
    return models.PositiveSmallIntegerField(
        "ไตรมาส", validators=[MinValueValidator(1), MaxValueValidator(4)]
    )


def quarter_check(table: str) -> models.CheckConstraint:
    """A fiscal year has four quarters."""
    return check(f"{table}_quarter", Q(quarter__gte=1, quarter__lte=4), "ไตรมาสต้องเป็น 1 ถึง 4")


class FundStatusQuerySet(OfFundQuerySet["FundStatus"]):
    """Status records by day."""

    def latest_as_of(self, day: dt.date) -> Self:
        """The latest status of each fund that was reported by the day.

        A quarter in which a fund said "nothing to report" leaves the status before it standing.
        """
        told = self.filter(reported_on__lte=day, has_nothing_to_report=False)
        return told.order_by("fund_id", "-fiscal_year", "-quarter").distinct("fund_id")


@tracked(part_of="fund")
class FundStatus(models.Model):
    """สถานะกองทุน of a quarter, as its officer entered it.

    ``member_count`` is the total as reported; what the five groups leave of it is "not classified".
    ``correction_reason`` says why a cumulative amount fell below the quarter before.
    """

    fund = models.ForeignKey(
        WelfareFund, models.PROTECT, related_name="statuses", verbose_name="กองทุน"
    )
    fiscal_year = fiscal_year_field()
    quarter = quarter_field()
    reported_on = models.DateField("วันที่รายงาน")
    has_nothing_to_report = models.BooleanField("ไม่มีข้อมูลเปลี่ยนแปลงในไตรมาสนี้", default=False)
    member_count = models.PositiveIntegerField("สมาชิกทั้งหมด (คน)", default=0)
    working_age_count = models.PositiveIntegerField("คนวัยทำงาน (คน)", default=0)
    youth_count = models.PositiveIntegerField("เด็กและเยาวชน 0-25 ปี (คน)", default=0)
    elderly_count = models.PositiveIntegerField("ผู้สูงอายุ 60 ปีขึ้นไป (คน)", default=0)
    disadvantaged_count = models.PositiveIntegerField("ผู้ด้อยโอกาส/ผู้พิการ (คน)", default=0)
    other_count = models.PositiveIntegerField("สมาชิกกลุ่มอื่น (คน)", default=0)
    village_count = models.PositiveSmallIntegerField("จำนวนหมู่บ้าน", default=0)
    from_members_baht = BahtField("[6] เงินจากสมาชิก (บาท)", default=0)
    from_local_government_baht = BahtField("[64] อปท. สมทบ (บาท)", default=0)
    from_codi_baht = BahtField("[65] รัฐผ่าน พอช. สมทบ (บาท)", default=0)
    from_other_state_baht = BahtField("[66] หน่วยงานรัฐอื่นสมทบ (บาท)", default=0)
    from_others_baht = BahtField("[67] แหล่งอื่นสมทบ (บาท)", default=0)
    from_donations_baht = BahtField("[75] เงินบริจาค (บาท)", default=0)
    beneficiary_count = models.PositiveIntegerField("ผู้รับประโยชน์ (คน)", default=0)
    benefit_baht = BahtField("เงินจ่ายสวัสดิการ (บาท)", default=0)
    correction_reason = models.CharField("เหตุผลที่ยอดลดลง", max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = FundStatusQuerySet.as_manager()

    class Meta:
        verbose_name = "สถานะกองทุน"
        triggers = [MERGED_TAKES_NOTHING]
        ordering = ["fund", "-fiscal_year", "-quarter"]
        constraints = [
            unique(
                "welfare_fundstatus_once",
                "กองทุนนี้รายงานไตรมาสนี้แล้ว กรุณาแก้ไขรายการเดิม",
                "fund", "fiscal_year", "quarter",
            ),
            fiscal_year_check("welfare_fundstatus"),
            quarter_check("welfare_fundstatus"),
            check(
                "welfare_fundstatus_groups_within_members",
                Q(
                    member_count__gte=F("working_age_count")
                    + F("youth_count")
                    + F("elderly_count")
                    + F("disadvantaged_count")
                    + F("other_count")
                ),
                "สมาชิกทุกกลุ่มรวมกันต้องไม่เกินจำนวนสมาชิกทั้งหมด",
            ),
            check(
                "welfare_fundstatus_amounts_not_negative",
                Q(**{f"{name}__gte": 0 for name in (*MONEY_SOURCES, "benefit_baht")}),
                "จำนวนเงินต้องไม่ติดลบ",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["fund", "-fiscal_year", "-quarter"], name="welfare_fundstatus_latest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.fund} ไตรมาส {self.quarter}/{self.fiscal_year}"


class BenefitKind(models.TextChoices):
    """ประเภทสวัสดิการที่จ่าย."""

    BIRTH = "birth", "เกิด"
    ELDERLY = "elderly", "ผู้สูงอายุ/บำนาญ"
    MEDICAL = "medical", "รักษาพยาบาล"
    DEATH = "death", "เสียชีวิต"
    EDUCATION = "education", "ทุนการศึกษา"
    DISASTER = "disaster", "ประสบภัยพิบัติ"
    DISADVANTAGED = "disadvantaged", "ผู้ด้อยโอกาส/ผู้พิการ"
    OTHER = "other", "สวัสดิการอื่น"


class BenefitQuerySet(models.QuerySet["Benefit"]):
    """Benefits by scope."""

    def visible_to(self, user: User) -> Self:
        """Benefits of the funds inside the person's scope."""
        return self.filter(in_scope(user, "status__fund__"))


@tracked(part_of="status")
class Benefit(models.Model):
    """การจ่ายสวัสดิการ of one type in a status: persons and baht."""

    status = models.ForeignKey(
        FundStatus, models.CASCADE, related_name="benefits", verbose_name="สถานะกองทุน"
    )
    kind = models.CharField("ประเภทสวัสดิการ", max_length=14, choices=BenefitKind.choices)
    person_count = models.PositiveIntegerField("ผู้รับ (คน)")
    paid_baht = BahtField("จ่าย (บาท)")

    objects = BenefitQuerySet.as_manager()

    class Meta:
        verbose_name = "การจ่ายสวัสดิการ"
        ordering = ["status", "kind"]
        constraints = [
            unique("welfare_benefit_once", "รายงานสวัสดิการประเภทนี้แล้ว", "status", "kind"),
            check(
                "welfare_benefit_kind_known",
                Q(kind__in=BenefitKind.values),
                "ประเภทสวัสดิการไม่ถูกต้อง เลือกจากรายการที่ให้ไว้",
            ),
            check("welfare_benefit_not_negative", Q(paid_baht__gte=0), "จำนวนเงินต้องไม่ติดลบ"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.person_count} คน"
