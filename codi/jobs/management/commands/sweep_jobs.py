"""``manage.py sweep_jobs``: repair long work once, for a timer or after an accident."""

from typing import Any

from django.core.management.base import BaseCommand

from codi.jobs import services


class Command(BaseCommand):
    help = "ส่งงานที่ค้างคิวอีกครั้ง และปิดงานที่ผู้ทำหายไป"

    def handle(self, *args: Any, **options: Any) -> None:
        swept = services.sweep()
        self.stdout.write(
            f"ส่งใหม่ {swept.sent} งาน คืนคิว {swept.requeued} งาน ปิด {swept.ended} งาน "
            f"ลบไฟล์ตกค้าง {swept.removed} ไฟล์"
        )
