"""Scales of quality reviews: from points to grades, one scale per subject and fiscal year."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from codi.history import tracked
from programs.models.base import check, fiscal_year_check, fiscal_year_field, not_blank, unique

if TYPE_CHECKING:
    from codi.accounts.models import User


class ScaleSubject(models.TextChoices):
    """What is reviewed."""

    COUNCIL = "council", "สภาองค์กรชุมชน"
    FUND = "fund", "กองทุนสวัสดิการชุมชน"


class Grade(models.TextChoices):
    """ระดับคุณภาพ, best first; D is used from the year in which a scale has it."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"
    D = "D", "D"


class QualityScaleQuerySet(models.QuerySet["QualityScale"]):
    """Scales are common reference: everybody sees them."""

    def visible_to(self, user: User) -> Self:
        """All scales."""
        return self.all() if user.is_active else self.none()


@tracked()
class QualityScale(models.Model):
    """เกณฑ์สอบทานคุณภาพ of a subject and year. A year without a scale of its own has the one before."""

    subject = models.CharField("ใช้กับ", max_length=8, choices=ScaleSubject.choices)
    fiscal_year = fiscal_year_field()
    source = models.CharField("ที่มาของเกณฑ์", max_length=300)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = QualityScaleQuerySet.as_manager()

    class Meta:
        verbose_name = "เกณฑ์สอบทานคุณภาพ"
        ordering = ["subject", "-fiscal_year"]
        constraints = [
            unique(
                "programs_qualityscale_once",
                "มีเกณฑ์ของปีนี้แล้ว กรุณาแก้ไขเกณฑ์เดิม",
                "subject",
                "fiscal_year",
            ),
            check(
                "programs_qualityscale_subject_known",
                Q(subject__in=ScaleSubject.values),
                "เลือกว่าเกณฑ์ใช้กับสภาหรือกองทุน",
            ),
            fiscal_year_check("programs_qualityscale"),
            not_blank("programs_qualityscale_source_given", "source", "กรุณาระบุที่มาของเกณฑ์"),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()} ปีงบประมาณ {self.fiscal_year}"

    def grade_of(self, score_pct: Decimal) -> str:
        """The grade of a score in percent: the best band whose lower bound it reaches.

        Bands have lower bounds only, so that no score falls between two of them (the printed
        81–100, 61–80, 0–60 leave 80.5 without a grade). Raises ``LookupError`` without bands.
        """
        for band in sorted(self.bands.all(), key=lambda one: one.from_pct, reverse=True):
            if score_pct >= band.from_pct:
                return str(band.grade)
        raise LookupError(f"{self} has no band for {score_pct}")


@tracked(part_of="scale")
class QualityBand(models.Model):
    """One grade of a scale: from which percentage on it is given."""

    scale = models.ForeignKey(
        QualityScale, models.CASCADE, related_name="bands", verbose_name="เกณฑ์"
    )
    grade = models.CharField("ระดับ", max_length=1, choices=Grade.choices)
    from_pct = models.DecimalField(
        "ตั้งแต่ร้อยละ",
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )

    class Meta:
        verbose_name = "ระดับของเกณฑ์"
        ordering = ["scale", "grade"]
        constraints = [
            unique("programs_qualityband_once", "เกณฑ์นี้มีระดับนี้แล้ว", "scale", "grade"),
            unique(
                "programs_qualityband_bound_once",
                "สองระดับเริ่มที่ร้อยละเดียวกันไม่ได้",
                "scale",
                "from_pct",
            ),
            check(
                "programs_qualityband_grade_known",
                Q(grade__in=Grade.values),
                "ระดับต้องเป็น A B C หรือ D",
            ),
            check(
                "programs_qualityband_bound_is_a_share",
                Q(from_pct__gte=0, from_pct__lte=100),
                "ร้อยละของระดับต้องอยู่ระหว่าง 0 ถึง 100",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grade} ตั้งแต่ร้อยละ {self.from_pct}"
