"""Pairs of welfare funds that are taken for the same one."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from codi.history import tracked
from programs.models.duplicates import DuplicateCase
from welfare.models.funds import WelfareFund


@tracked(exclude=("moved",))
class FundDouble(DuplicateCase):
    """Two records of funds in one tambon with near-equal names."""

    first = models.ForeignKey(
        WelfareFund, models.PROTECT, related_name="+", verbose_name="ระเบียนที่ 1"
    )
    second = models.ForeignKey(
        WelfareFund, models.PROTECT, related_name="+", verbose_name="ระเบียนที่ 2"
    )
    kept = models.ForeignKey(
        WelfareFund,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ระเบียนที่คงอยู่",
    )

    class Meta(DuplicateCase.Meta):
        verbose_name = "กองทุนที่สงสัยว่าซ้ำ"
        indexes = [models.Index(fields=["state"], name="welfare_double_state")]

    def get_absolute_url(self) -> str:
        """Its page: both records side by side."""
        return reverse("welfare:fund_double", args=[self.pk])
