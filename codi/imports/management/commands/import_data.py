"""``manage.py import_data KIND FILE``: the upload page's own code, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from codi.accounts.models import User
from codi.accounts.system import CHECKER, system_account
from codi.errors import Refused
from codi.imports import UPLOADS, Hands, Plan, Status, Upload, services
from codi.imports.plan import STATUS_TITLES


class Command(BaseCommand):
    """Prints every error by row and cell and writes nothing then; exit code 1."""

    help = "นำเข้าข้อมูลจากไฟล์ .xlsx หรือ .csv แบบทั้งไฟล์หรือไม่เลย"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", help="ชนิดข้อมูล", choices=sorted(UPLOADS))
        parser.add_argument("file", help="ไฟล์ .xlsx หรือ .csv", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="ตรวจอย่างเดียว ไม่บันทึก")
        parser.add_argument("--actor", help="ชื่อผู้ใช้ของผู้ส่งไฟล์ (ไม่ระบุ = ระบบ)")
        parser.add_argument("--confirmed-by", help="ชื่อผู้ใช้ของผู้ยืนยัน เมื่อข้อมูลต้องมีคนที่สองยืนยัน")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"เปิดไฟล์ {file} ไม่ได้ กรุณาตรวจชื่อและสิทธิของไฟล์") from error
        try:
            with transaction.atomic():
                self._import(UPLOADS[options["kind"]], content, file.name, options)
        except Refused as refused:
            raise CommandError("\n".join((refused.message, *refused.details))) from refused

    def _import(self, upload: Upload, content: bytes, name: str, options: dict[str, Any]) -> None:
        """Check, tell, and write when there is something to write and nothing wrong."""
        hands = self._hands(options["actor"], options["confirmed_by"])
        today = timezone.localdate()
        plan = services.make_plan(
            upload, content=content, file_name=name, actor=hands.maker, today=today
        )
        self._tell(plan)
        if plan.has_errors:
            raise CommandError("ไม่ได้บันทึกอะไรเลย กรุณาแก้ไฟล์ตามรายการข้างต้นแล้วนำเข้าใหม่")
        if options["dry_run"]:
            transaction.set_rollback(True)
            self.stdout.write("ตรวจอย่างเดียว ยังไม่ได้บันทึก")
        elif plan.is_empty:
            self.stdout.write("ทุกแถวเหมือนข้อมูลในระบบแล้ว ไม่มีอะไรต้องบันทึก")
        else:
            services.import_now(
                kind=upload.key, content=content, file_name=name, hands=hands, today=today
            )
            self.stdout.write(f"นำเข้า{upload.title}แล้ว")

    def _hands(self, actor: str | None, checker: str | None) -> Hands:
        """Who uploads and who confirms: the system's two accounts unless people are named."""
        maker = self._person(actor) if actor else system_account()
        if checker:
            return Hands(maker, self._person(checker))
        return Hands(maker, maker if actor else system_account(CHECKER))

    def _person(self, username: str) -> User:
        person: User | None = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"ไม่พบชื่อผู้ใช้ {username}")
        return person

    def _tell(self, plan: Plan) -> None:
        for note in plan.notes:
            self.stdout.write(f"หมายเหตุ: {note}")
        for row in plan.with_status(Status.ERROR):
            for error in row.errors:
                self.stderr.write(f"แถว {row.number} · {error.title}: {error.message}")
        counts = [f"{STATUS_TITLES[status]} {plan.count(status):,}" for status in Status]
        self.stdout.write(f"ทั้งหมด {len(plan.rows):,} แถว: " + " · ".join(counts))
