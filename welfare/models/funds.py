"""The welfare fund of a tambon or town.

Source: the quarterly report of fiscal year 2562, chapter 2, and the annual report of 2563, part 1.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from codi.history import tracked
from programs.models.base import check, unique
from programs.models.placed import Placed, PlacedQuerySet
from programs.models.scope import in_scope
from welfare.triggers import FUND_STAYS

if TYPE_CHECKING:
    from codi.accounts.models import User

R = TypeVar("R", bound=models.Model)


class WelfareFundQuerySet(PlacedQuerySet["WelfareFund"]):
    """Funds by scope and day."""

    def established_as_of(self, day: dt.date) -> Self:
        """Funds that were founded by the day and not withdrawn from the register by then."""
        return self.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=day), founded_on__lte=day)


@tracked(exclude=("search_key", "sort_key"))
class WelfareFund(Placed):
    """กองทุนสวัสดิการชุมชนตำบล/เมือง.

    A double or wrong record is withdrawn on a day with its reason, never deleted. A fund that
    stopped working stays in the register: ``stopped_on`` says since when.
    """

    code = models.CharField("รหัสกองทุน", max_length=20)
    founded_on = models.DateField("วันที่จัดตั้ง")
    committee_count = models.PositiveSmallIntegerField(
        "จำนวนคณะกรรมการ (คน)", null=True, blank=True
    )
    contact = models.CharField("ผู้ประสานงาน/ช่องทางติดต่อ", max_length=300, blank=True)
    stopped_on = models.DateField("หยุดดำเนินการเมื่อ", null=True, blank=True)
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

    objects = WelfareFundQuerySet.as_manager()

    class Meta(Placed.Meta):
        verbose_name = "กองทุนสวัสดิการชุมชน"
        triggers = [*Placed.Meta.triggers, FUND_STAYS]
        constraints = [
            *Placed.Meta.constraints,
            unique("welfare_welfarefund_code_once", "มีกองทุนรหัสนี้แล้ว กรุณาตรวจรหัส", "code"),
            check(
                "welfare_welfarefund_withdrawal_whole",
                Q(withdrawn_on=None, withdrawal_reason="", merged_into=None)
                | Q(withdrawn_on__isnull=False, withdrawal_reason__regex=r"\S"),
                "การถอนออกจากทะเบียนต้องมีวันที่และเหตุผล",
            ),
            check(
                "welfare_welfarefund_not_into_itself",
                Q(merged_into=None) | ~Q(merged_into=F("pk")),
                "รวมกองทุนเข้ากับตัวเองไม่ได้ เลือกรายการอื่น",
            ),
            check(
                "welfare_welfarefund_stopped_after_founding",
                Q(stopped_on=None) | Q(stopped_on__gte=F("founded_on")),
                "วันที่หยุดดำเนินการต้องไม่ก่อนวันที่จัดตั้ง",
            ),
        ]

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("welfare:fund", args=[self.pk])

    @property
    def searched_text(self) -> str:
        """Code and name."""
        return f"{self.code} {self.name}"


class OfFundQuerySet(models.QuerySet[R]):
    """Records that belong to a fund and are seen with it."""

    def visible_to(self, user: User) -> Self:
        """Records of the funds inside the person's scope."""
        return self.filter(in_scope(user, "fund__"))
