"""``manage.py check_history``: is the history of every sealed day what it was?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from codi.history import sealing
from codi.history.models import DaySeal


class Command(BaseCommand):
    """Exit code 1, with each day and table, when a day was changed after it was sealed."""

    help = "ตรวจว่าประวัติของทุกวันที่ประทับตราแล้วไม่ถูกแก้ไข"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--against",
            default=settings.HISTORY_SEALS,
            help="ไฟล์ตราที่เก็บไว้นอกฐานข้อมูล (ปกติใช้ HISTORY_SEALS)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["against"]) if options["against"] else None
        if path and not path.is_file():
            raise CommandError(f"ไม่พบไฟล์ตรา {path} ตรวจที่อยู่ของไฟล์ หรือรอการประทับตราครั้งแรก")
        now = timezone.now()
        outside = sealing.read_outside(path) if path else None
        found = sealing.differences(outside, now=now)
        for one in found:
            (self.stdout if one.is_unknown else self.stderr).write(str(one))
        if any(not one.is_unknown for one in found):
            raise CommandError("ประวัติไม่ตรงกับตรา ให้เทียบกับสำเนาสำรองของวันข้างต้น")
        compared = "ไม่มีไฟล์ตรานอกฐานข้อมูลให้เทียบ (HISTORY_SEALS)"
        if outside is not None:
            compared = f"เทียบกับไฟล์ตรา {len(outside):,} วัน"
        self.stdout.write(f"ตรวจ {DaySeal.objects.count():,} วัน ไม่พบการแก้ไข {compared}")
