"""``manage.py load_sample NAME``: sample data through the services, once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from codi.errors import Refused
from codi.history import acting
from reports.samples import national_2562, north_leaders_2564

SAMPLES = {
    "national-2562": national_2562.load,
    "north-leaders-2564": north_leaders_2564.load,
}


class Command(BaseCommand):
    """Loads a sample; a second run changes nothing."""

    help = "โหลดข้อมูลตัวอย่าง"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=sorted(SAMPLES), help="ชื่อชุดข้อมูลตัวอย่าง")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acting(None, door="command", reason=f"load_sample {options['name']}"):
                loaded = SAMPLES[options["name"]](today=timezone.localdate())
        except Refused as refused:
            raise CommandError("\n".join((refused.message, *refused.details))) from refused
        self.stdout.write("โหลดข้อมูลตัวอย่างแล้ว" if loaded else "มีข้อมูลตัวอย่างอยู่แล้ว ไม่ได้เปลี่ยนอะไร")
