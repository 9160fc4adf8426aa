"""Take a backup of the database and the files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from codi.backup.manifest import Manifest
from codi.backup.programs import BackupError
from codi.backup.taking import take


class Command(BaseCommand):
    """``manage.py backup FOLDER``: connects as the owner of the tables."""

    help = (
        "สำรองฐานข้อมูลและไฟล์ทั้งหมด รวมไฟล์แนบในถัง S3 ลงในโฟลเดอร์ "
        "พร้อมจำนวนแถว ผลรวมเงิน และค่าแฮชสำหรับตรวจ"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and with which passphrase."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--passphrase-file", type=Path)
        parser.add_argument(
            "--attachments-elsewhere",
            action="store_true",
            help="ถัง S3 ของไฟล์แนบมีการสำรองของตนเองแล้ว ให้นับไว้แต่ไม่เก็บลงในชุดสำรองนี้",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Take it and tell what it holds."""
        try:
            made = take(
                options["folder"],
                now=timezone.now(),
                passphrase_file=options["passphrase_file"],
                attachments_elsewhere=options["attachments_elsewhere"],
            )
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        manifest = Manifest.read(made)
        seconds = " ".join(f"{part} {took} s" for part, took in manifest.seconds.items())
        self.stdout.write(
            f"{made}: {sum(manifest.counts.values())} rows of {len(manifest.counts)} tables, "
            f"{len(manifest.files)} files ({manifest.attachment_count} attached); {seconds}"
        )
        if manifest.attachments_elsewhere_count:
            self.stdout.write(
                f"ไฟล์แนบ {manifest.attachments_elsewhere_count:,} ไฟล์ไม่อยู่ในชุดสำรองนี้ "
                "เพราะสั่งไว้ว่าถัง S3 มีการสำรองของตนเอง"
            )
