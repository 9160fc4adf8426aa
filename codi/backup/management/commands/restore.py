"""Bring a backup back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from codi.backup.programs import BackupError
from codi.backup.restoring import restore
from codi.backup.settling import words_of


class Command(BaseCommand):
    """``manage.py restore FOLDER``: connects as the owner of the tables."""

    help = "กู้คืนฐานข้อมูลและไฟล์จากโฟลเดอร์สำรอง แล้วตรวจจำนวนแถว ผลรวมเงิน และค่าแฮช"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which backup, and whether what is there may be lost."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--force", action="store_true")
        parser.add_argument("--passphrase-file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore and tell what came back."""
        try:
            done = restore(
                options["folder"],
                force=options["force"],
                passphrase_file=options["passphrase_file"],
            )
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        seconds = " ".join(f"{part} {took} s" for part, took in done.seconds.items())
        self.stdout.write(f"restored {done.row_count} rows and {done.file_count} files; {seconds}")
        self.stdout.write(words_of(done.settled))
        if done.missing_count:
            self.stdout.write(
                f"ไฟล์แนบ {done.missing_count:,} รายการยังไม่มีในที่เก็บ: นำไฟล์กลับจากการสำรองของถัง S3 "
                "แล้วสั่ง check_files --hashes จนไม่เหลือ"
            )
        self.stdout.write("ตรวจก่อนเปิดให้ใช้งาน")
        self.stdout.write("".join(f"- {line}\n" for line in done.to_check))
