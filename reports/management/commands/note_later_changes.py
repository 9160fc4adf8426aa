"""``manage.py note_later_changes``: bring the register of later changes up to date now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from codi.errors import Refused
from reports import services


class Command(BaseCommand):
    """Reads the history; a second run notes nothing twice."""

    help = "อ่านประวัติแล้วบันทึกทะเบียนการแก้ไขภายหลัง"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = len(services.note_later_changes(now=timezone.now()))
        except Refused as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(f"บันทึกการแก้ไขภายหลังเพิ่ม {count:,} รายการ")
