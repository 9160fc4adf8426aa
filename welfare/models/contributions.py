"""Contributions of the state to funds: one per fund and year, its money a project's.

What was approved, paid and returned are the amounts of the project and its ledger; the frame of a
region is the programme's. Here stands only what money does not tell: the members it was asked and
given for, and the round.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from codi.history import tracked
from programs.models import Project
from programs.models.base import check, fiscal_year_check, fiscal_year_field, unique
from welfare.models.funds import OfFundQuerySet, WelfareFund
from welfare.triggers import MERGED_TAKES_NOTHING


@tracked(part_of="fund")
class Contribution(models.Model):
    """เงินสมทบกองทุน of a fiscal year."""

    fund = models.ForeignKey(
        WelfareFund, models.PROTECT, related_name="contributions", verbose_name="กองทุน"
    )
    fiscal_year = fiscal_year_field()
    project = models.OneToOneField(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contribution",
        verbose_name="โครงการสมทบ",
        error_messages={"unique": "โครงการนี้เป็นเงินสมทบของกองทุนอื่นแล้ว"},
    )
    round_number = models.PositiveSmallIntegerField("รอบที่", default=1)
    requested_on = models.DateField("วันที่เสนอ")
    requested_member_count = models.PositiveIntegerField("สมาชิกที่ขอสมทบ (คน)", default=0)
    member_count = models.PositiveIntegerField("สมาชิกทั้งหมดเมื่อเสนอ (คน)", default=0)
    contributed_member_count = models.PositiveIntegerField("สมาชิกที่ได้รับสมทบ (คน)", default=0)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = OfFundQuerySet["Contribution"].as_manager()

    class Meta:
        verbose_name = "เงินสมทบกองทุน"
        triggers = [MERGED_TAKES_NOTHING]
        ordering = ["fund", "-fiscal_year"]
        constraints = [
            unique(
                "welfare_contribution_once",
                "ปีนี้บันทึกเงินสมทบของกองทุนนี้แล้ว กรุณาแก้ไขรายการเดิม",
                "fund",
                "fiscal_year",
            ),
            fiscal_year_check("welfare_contribution"),
            check(
                "welfare_contribution_round_numbered",
                Q(round_number__gte=1),
                "รอบของการสมทบต้องเริ่มจาก 1",
            ),
            check(
                "welfare_contribution_members_within_fund",
                Q(contributed_member_count__lte=models.F("member_count")),
                "สมาชิกที่ได้รับสมทบต้องไม่เกินสมาชิกทั้งหมดของกองทุน",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund} เงินสมทบ ปี {self.fiscal_year}"
