"""What moved between a draft and the edition that it takes the place of, as computed last."""

from __future__ import annotations

from django.db import models

from programs.models.base import unique
from reports.models.editions import Edition


class Comparison(models.Model):
    """ผลเทียบร่างกับฉบับก่อน: every cell that moved, in words, as the tables told it at a moment.

    Made by a job and made anew at will; gone when the draft is frozen, which keeps its own.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="comparisons")
    moves = models.JSONField("ช่องที่เปลี่ยน", default=list)
    computed_at = models.DateTimeField("เทียบเมื่อ")

    class Meta:
        verbose_name = "ผลเทียบกับฉบับก่อน"
        constraints = [
            unique("reports_comparison_once", "ร่างนี้มีผลเทียบแล้ว กด “เทียบใหม่” แทน", "edition")
        ]

    def __str__(self) -> str:
        return str(self.edition)
