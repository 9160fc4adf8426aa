"""Load regions, provinces, districts and subdistricts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from codi.places.services import load_places


class Command(BaseCommand):
    """A thin door to :func:`codi.places.services.load_places`."""

    help = "โหลดภาค จังหวัด อำเภอ ตำบล และชื่อเรียกอื่น ทำซ้ำได้โดยไม่เกิดข้อมูลซ้ำ"

    def handle(self, *args: Any, **options: Any) -> None:
        for loaded in load_places():
            self.stdout.write(
                f"{loaded.title}: {loaded.listed_count:,} รายการ เขียน {loaded.written_count:,} รายการ"
            )
