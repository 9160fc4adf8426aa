"""``manage.py check_files``: does every row have its file, and every file its row?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from codi.files import reconciling
from codi.files.declared import kind_of


class Command(BaseCommand):
    """Exit code 1 when the content of a row is missing or was changed."""

    help = "ตรวจว่าไฟล์แนบทุกแถวมีไฟล์จริง และไฟล์ทุกไฟล์มีแถว"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--hashes", action="store_true", help="อ่านทุกไฟล์และเทียบ SHA-256")
        parser.add_argument(
            "--put-away", action="store_true", help="ย้ายไฟล์ที่ไม่มีแถวออกไปไว้ที่ put-away"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = reconciling.compare(now=timezone.now(), hashes=options["hashes"])
        self.stdout.write(f"ตรวจ {found.row_count:,} แถว {found.file_count:,} ไฟล์")
        for row in found.missing:
            self.stderr.write(f"ไม่มีไฟล์: {kind_of(row).key} {row.pk} {row.file_name}")
        for row in found.damaged:
            self.stderr.write(f"ไฟล์ถูกเปลี่ยน: {kind_of(row).key} {row.pk} {row.file_name}")
        for file in found.orphans:
            self.stdout.write(f"ไม่มีแถว: {file.name} {file.byte_count:,} ไบต์")
        if options["put_away"]:
            self.stdout.write(f"ย้ายออก {reconciling.put_away(found.orphans):,} ไฟล์")
        if not found.is_whole:
            raise CommandError("ไฟล์แนบไม่ครบ ให้กู้ไฟล์ข้างต้นจากสำเนาสำรอง")
