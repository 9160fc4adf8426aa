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


@tracked(exclude=("marks",))
class ReportingQuarter(models.Model):
    """ไตรมาสที่รายงาน. What changes in a closed quarter later is told beside the editions it touches.

    ``marks`` say how far each table of history had come at the closing: what lies behind them is a
    later change, whatever the clocks of the people who wrote at that moment.
    """

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
    closing_reason = models.TextField("เหตุผลที่ปิด", blank=True, db_default="", default="")
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้เปิดไตรมาสอีกครั้ง",
    )
    reopened_at = models.DateTimeField("เปิดอีกครั้งเมื่อ", null=True, blank=True)
    reopening_reason = models.TextField("เหตุผลที่เปิดอีกครั้ง", blank=True, db_default="", default="")
    due_on = models.DateField("กำหนดส่งส่วนของภาค", null=True, blank=True)
    marks = models.JSONField("ตำแหน่งในประวัติเมื่อปิด", null=True, blank=True, editable=False)
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
            check(
                "reports_quarter_closing_marked",
                Q(closed_at=None, closing_reason="", marks=None)
                | Q(closed_at__isnull=False, marks__isnull=False),
                "ไตรมาสที่ปิดต้องบันทึกตำแหน่งในประวัติ และไตรมาสที่เปิดอยู่ต้องไม่มีเหตุผลที่ปิด",
            ),
            check(
                "reports_quarter_reopening_whole",
                Q(reopened_by=None, reopened_at=None, reopening_reason="")
                | Q(
                    reopened_by__isnull=False,
                    reopened_at__isnull=False,
                    reopening_reason__regex=r"\S",
                ),
                "การเปิดไตรมาสอีกครั้งต้องมีผู้เปิด เวลา และเหตุผล",
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
