"""A quarter of reporting: open, or closed by somebody on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from codi.fiscal import FiscalYear, Quarter
from codi.history import tracked
from programs.models.base import check, fiscal_year_check, fiscal_year_field, together, unique

if TYPE_CHECKING:
    from codi.accounts.models import User


class ReportingQuarterQuerySet(models.QuerySet["ReportingQuarter"]):
    """Quarters are common reference: everybody sees them."""

    def visible_to(self, user: User) -> Self:
        """All quarters."""
        return self.all() if user.is_active else self.none()


@tracked()
class ReportingQuarter(models.Model):
    """ไตรมาสที่รายงาน. What changes in a closed quarter later is told beside the editions it touches."""

    fiscal_year = fiscal_year_field()
    quarter = models.PositiveSmallIntegerField("ไตรมาส")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้ปิดไตรมาส",
    )
    closed_at = models.DateTimeField("ปิดเมื่อ", null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ReportingQuarterQuerySet.as_manager()

    class Meta:
        verbose_name = "ไตรมาสที่รายงาน"
        ordering = ["-fiscal_year", "-quarter"]
        constraints = [
            unique("reports_quarter_once", "มีไตรมาสนี้แล้ว", "fiscal_year", "quarter"),
            fiscal_year_check("reports_quarter"),
            check(
                "reports_quarter_numbered", Q(quarter__gte=1, quarter__lte=4), "ไตรมาสต้องเป็น 1 ถึง 4"
            ),
            check(
                "reports_quarter_closing_whole",
                together("closed_by", "closed_at"),
                "ผู้ปิดไตรมาสและเวลาที่ปิดต้องบันทึกพร้อมกัน",
            ),
        ]

    def __str__(self) -> str:
        return self.period.label

    @property
    def period(self) -> Quarter:
        """The quarter as a value."""
        return Quarter(FiscalYear(self.fiscal_year), self.quarter)

    @property
    def is_closed(self) -> bool:
        """Whether it was closed."""
        return self.closed_at is not None
