"""Development of funds: the ten indicators with the five criteria, quality review, risk.

Source: the quarterly report of 2562, tables 4 of chapter 2 (indicators 1.1 to 1.10), and the annual
report of 2563, part 1 (grades A to D, funds that stopped, classes of risk).
"""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q

from codi.files.models import Attachment, content_fixed
from codi.history import tracked
from programs.models.base import check, fiscal_year_check, fiscal_year_field, unique
from programs.models.duplicates import moves_within_pair
from programs.models.scales import Grade, QualityScale
from welfare.models.funds import OfFundQuerySet, WelfareFund
from welfare.models.status import quarter_check, quarter_field
from welfare.triggers import MERGED_TAKES_NO_FILES, MERGED_TAKES_NOTHING

INDICATORS = tuple(f"indicator_{number}" for number in range(1, 11))
CRITERIA = INDICATORS[:5]


class FundIndicatorsQuerySet(OfFundQuerySet["FundIndicators"]):
    """Indicators by day."""

    def latest_as_of(self, fiscal_year: int, day: dt.date) -> Self:
        """The latest record of each fund within a year that was reported by the day."""
        told = self.filter(fiscal_year=fiscal_year, reported_on__lte=day)
        return told.order_by("fund_id", "-quarter").distinct("fund_id")

    def passing(self) -> Self:
        """Records that meet all five criteria."""
        return self.filter(**dict.fromkeys(CRITERIA, True))


@tracked(part_of="fund")
class FundIndicators(models.Model):
    """ข้อมูลพัฒนากองทุน of a quarter: ten indicators, the first five of which are the criteria."""

    fund = models.ForeignKey(
        WelfareFund, models.PROTECT, related_name="indicators", verbose_name="กองทุน"
    )
    fiscal_year = fiscal_year_field()
    quarter = quarter_field()
    reported_on = models.DateField("วันที่รายงาน")
    indicator_1 = models.BooleanField("1.1 จัดทำรายงานประจำปี", default=False)
    indicator_2 = models.BooleanField("1.2 จัดสวัสดิการมากกว่าเกิด แก่ เจ็บ ตาย", default=False)
    indicator_3 = models.BooleanField("1.3 ดูแลคุณภาพชีวิตอย่างน้อย 1 เรื่องในปีนี้", default=False)
    indicator_4 = models.BooleanField("1.4 ดูแลผู้ด้อยโอกาสในชุมชน", default=False)
    indicator_5 = models.BooleanField("1.5 ขยายจำนวนสมาชิกเพิ่มขึ้น", default=False)
    indicator_6 = models.BooleanField("1.6 ได้รับงบสมทบจากท้องถิ่น รัฐ หรือเอกชน", default=False)
    indicator_7 = models.BooleanField("1.7 เงินกองทุนเพิ่มขึ้น", default=False)
    indicator_8 = models.BooleanField("1.8 แนบระเบียบกองทุนหรือ one page", default=False)
    indicator_9 = models.BooleanField("1.9 มีระบบบริหารจัดการที่ดี", default=False)
    indicator_10 = models.BooleanField("1.10 เชื่อมโยงกับงานพัฒนาด้านอื่น", default=False)
    has_complete_one_page = models.BooleanField("one page ครบถ้วนสมบูรณ์", default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = FundIndicatorsQuerySet.as_manager()

    class Meta:
        verbose_name = "ข้อมูลพัฒนากองทุน"
        triggers = [MERGED_TAKES_NOTHING]
        ordering = ["fund", "-fiscal_year", "-quarter"]
        constraints = [
            unique(
                "welfare_fundindicators_once",
                "กองทุนนี้บันทึกข้อมูลพัฒนาของไตรมาสนี้แล้ว กรุณาแก้ไขรายการเดิม",
                "fund", "fiscal_year", "quarter",
            ),
            fiscal_year_check("welfare_fundindicators"),
            quarter_check("welfare_fundindicators"),
            check(
                "welfare_fundindicators_one_page_attached",
                Q(has_complete_one_page=False) | Q(indicator_8=True),
                "one page จะครบถ้วนได้เมื่อแนบไฟล์แล้ว (ข้อ 1.8)",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["fund", "-fiscal_year", "-quarter"], name="welfare_indicators_latest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.fund} ข้อมูลพัฒนา ไตรมาส {self.quarter}/{self.fiscal_year}"

    @property
    def passes_criteria(self) -> bool:
        """Whether all five criteria are met."""
        return all(getattr(self, name) for name in CRITERIA)


class RiskClass(models.TextChoices):
    """ระดับความเสี่ยง, apart from the grade."""

    LOW = "low", "เสี่ยงต่ำ"
    MIDDLE = "middle", "เสี่ยงปานกลาง"
    HIGH = "high", "เสี่ยงสูง"


@tracked(part_of="fund")
class FundReview(models.Model):
    """สอบทานคุณภาพกองทุน of a year: a grade, or found stopped; both count as reviewed."""

    fund = models.ForeignKey(
        WelfareFund, models.PROTECT, related_name="reviews", verbose_name="กองทุน"
    )
    fiscal_year = fiscal_year_field()
    reviewed_on = models.DateField("วันที่สอบทาน")
    scale = models.ForeignKey(QualityScale, models.PROTECT, related_name="+", verbose_name="เกณฑ์")
    score_pct = models.DecimalField(
        "คะแนน (ร้อยละ)", max_digits=5, decimal_places=2, null=True, blank=True
    )
    grade = models.CharField("ระดับ", max_length=1, choices=Grade.choices, blank=True)
    is_stopped = models.BooleanField("พบว่าหยุดดำเนินการ", default=False)
    risk = models.CharField("ระดับความเสี่ยง", max_length=6, choices=RiskClass.choices, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfFundQuerySet["FundReview"].as_manager()

    class Meta:
        verbose_name = "การสอบทานคุณภาพกองทุน"
        triggers = [MERGED_TAKES_NOTHING]
        ordering = ["fund", "-fiscal_year"]
        constraints = [
            unique(
                "welfare_fundreview_once",
                "ปีนี้สอบทานกองทุนนี้แล้ว กรุณาแก้ไขรายการเดิม",
                "fund",
                "fiscal_year",
            ),
            fiscal_year_check("welfare_fundreview"),
            check(
                "welfare_fundreview_grade_or_stopped",
                Q(is_stopped=True, grade="", score_pct=None)
                | Q(is_stopped=False, grade__in=Grade.values),
                "ระบุระดับ A B C D หรือพบว่าหยุดดำเนินการ อย่างใดอย่างหนึ่ง",
            ),
            check(
                "welfare_fundreview_score_is_a_share",
                Q(score_pct=None) | Q(score_pct__gte=0, score_pct__lte=100),
                "คะแนนต้องอยู่ระหว่างร้อยละ 0 ถึง 100",
            ),
            check(
                "welfare_fundreview_risk_known",
                Q(risk="") | Q(risk__in=RiskClass.values),
                "ระดับความเสี่ยงไม่ถูกต้อง เลือกจากรายการที่ให้ไว้",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund} สอบทาน ปี {self.fiscal_year}"


@tracked(part_of="subject")
class FundFile(Attachment):
    """ไฟล์แนบของกองทุน: annual report, rules, one page and others."""

    subject = models.ForeignKey(
        WelfareFund, models.PROTECT, related_name="files", verbose_name="กองทุน"
    )

    class Meta(Attachment.Meta):
        verbose_name = "ไฟล์แนบของกองทุน"
        triggers = [
            MERGED_TAKES_NO_FILES,
            content_fixed(moves_when=moves_within_pair("welfare_funddouble")),
            *Attachment.Meta.triggers[1:],
        ]
        indexes = [
            models.Index(fields=["document", "attached_at"], name="welfare_fundfile_document")
        ]
