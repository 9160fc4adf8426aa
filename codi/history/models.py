"""The seal of a day: what its events were when the day was over."""

from __future__ import annotations

from django.db import models


class DaySeal(models.Model):
    """What was in the tables of events of one day, and the seal of the day before.

    ``parts`` holds for each table of events its columns of then, how many rows the day had and a
    hash of them; ``digest`` is a hash of the parts and of the digest before. Rows are only added.
    """

    day = models.DateField("วันที่")
    parts = models.JSONField("ตารางประวัติ")
    digest = models.CharField("ตราของวัน", max_length=64)
    sealed_at = models.DateTimeField("ประทับตราเมื่อ")

    class Meta:
        verbose_name = "ตราของประวัติประจำวัน"
        verbose_name_plural = "ตราของประวัติประจำวัน"
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["day"],
                name="history_one_seal_a_day",
                violation_error_message="วันนี้ประทับตราแล้ว ใช้ตราที่มีอยู่",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.digest}"
