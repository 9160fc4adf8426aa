"""What was saved under which key, so that a row sent twice is saved once."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Receipt(models.Model):
    """A row of a grid that was saved: written in one transaction with it, kept for some days.

    A page that never heard the answer sends the same key again and is told what became of it.
    """

    key = models.UUIDField(
        "กุญแจกันบันทึกซ้ำ",
        unique=True,
        error_messages={"unique": "แถวนี้บันทึกไว้แล้ว ไม่บันทึกซ้ำ"},
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="ผู้บันทึก"
    )
    grid = models.CharField("ตาราง", max_length=60)
    content = models.CharField("ลายนิ้วมือของสิ่งที่ส่ง", max_length=64)
    row = models.BigIntegerField("รายการที่บันทึก")
    saved_at = models.DateTimeField("บันทึกเมื่อ", auto_now_add=True)

    class Meta:
        verbose_name = "ใบรับการบันทึกแถว"
        indexes = [models.Index(fields=["actor", "saved_at"], name="entry_receipt_of_actor")]

    def __str__(self) -> str:
        return f"{self.grid} {self.row}"
