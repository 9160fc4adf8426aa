"""Make a report of the live figures from the command line: PDF, workbook, JSON."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from codi.places.models import Region
from codi.thai.dates import DateError, parse_date
from codi.thai.numbers import number
from programs.models import Programme, ProgrammeKind
from reports import outlines
from reports.content import Content, live
from reports.file_names import file_name
from reports.models.edition_life import MOST_DATES
from reports.rendering import pdf_of
from reports.sheets import json_of, xlsx_of
from reports.subjects import Subject


class Command(BaseCommand):
    """``render_report regional-status --programme NL2564 --region N --as-of 2021-05-31``."""

    help = "จัดทำรายงานจากข้อมูลปัจจุบัน เป็น PDF, xlsx หรือ JSON"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("outline", choices=sorted(outlines.OUTLINES), help="แบบรายงาน")
        parser.add_argument("--programme", help="รหัสโครงการหลัก เช่น NL2564 (รายงานโครงการ)")
        parser.add_argument("--fiscal-year", type=int, help="ปีงบประมาณ (รายงานรายไตรมาส)")
        parser.add_argument("--quarter", type=int, choices=range(1, 5), help="ไตรมาส")
        parser.add_argument("--region", help="รหัสภาค เช่น N (รายไตรมาส: ไม่ใส่คือทั้งประเทศ)")
        parser.add_argument(
            "--as-of",
            action="append",
            default=[],
            dest="as_of",
            help="วันที่ของข้อมูล เช่น 2021-05-31 หรือ 31/5/2564 ใส่ได้ 1 ถึง 4 ครั้ง",
        )
        parser.add_argument("--output", help="ไฟล์ PDF (ไม่ใส่ตัวเลือกไฟล์เลย จะได้ PDF ชื่อไทยในโฟลเดอร์นี้)")
        parser.add_argument("--xlsx", help="ไฟล์ตาราง")
        parser.add_argument("--json", help="ไฟล์ JSON ของทุกตาราง")
        parser.add_argument(
            "--text-file",
            action="append",
            default=[],
            metavar="SLOT=FILE",
            help="ข้อความของเจ้าหน้าที่ เช่น problems=ปัญหา.txt",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        outline = outlines.get(options["outline"])
        subject = _subject(outline, options)
        content = live(
            outline,
            subject,
            _days(options["as_of"], subject),
            staff_texts=_texts(outline, options["text_file"]),
        )
        self._tell_checks(content)
        wanted = (options["output"], options["xlsx"], options["json"])
        output = options["output"] or (None if any(wanted) else file_name(content, "pdf"))
        if output:
            result = pdf_of(content)
            self._write(output, result.pdf)
            self.stdout.write(f"PDF {result.pages} หน้า ใช้เวลา {number(round(result.seconds))} วินาที")
        if options["xlsx"]:
            self._write(options["xlsx"], xlsx_of(content))
        if options["json"]:
            self._write(options["json"], json_of(content).encode())

    def _tell_checks(self, content: Content) -> None:
        failed = [checked.result for checked in content.checks if not checked.result.is_ok]
        self.stdout.write(f"ตรวจ {len(content.checks)} รายการ ไม่ผ่าน {len(failed)} รายการ")
        for result in failed:
            self.stdout.write(f"- {result.title}: {result.message}")

    def _write(self, name: str, content: bytes) -> None:
        """Write the whole file or none: under another name first, then renamed."""
        path = Path(name)
        part = path.with_name(f".{path.name}.part")
        try:
            part.write_bytes(content)
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise CommandError(
                f"บันทึกไฟล์ {path} ไม่ได้: {error.strerror} ตรวจโฟลเดอร์และสิทธิ"
            ) from error
        self.stdout.write(f"บันทึก {path}")


def _subject(outline: outlines.Outline, options: dict[str, Any]) -> Subject:
    """What the report is about; says which option is missing."""
    region = _region(options["region"]) if options["region"] else None
    if outline.by_quarter:
        if not (options["fiscal_year"] and options["quarter"]):
            raise CommandError("รายงานรายไตรมาสต้องมี --fiscal-year และ --quarter")
        return Subject(
            region=region, fiscal_year=options["fiscal_year"], quarter=options["quarter"]
        )
    if not (options["programme"] and region):
        raise CommandError("รายงานโครงการต้องมี --programme และ --region")
    return Subject(_programme(options["programme"]), region)


def _programme(code: str) -> Programme:
    choices = Programme.objects.filter(kind=ProgrammeKind.PROGRAMME)
    found = choices.select_related("funding_source").filter(code=code).first()
    if found is None:
        known = ", ".join(choices.order_by("code").values_list("code", flat=True)[:20])
        raise CommandError(f"ไม่พบโครงการหลักรหัส {code} รหัสที่มี: {known or 'ยังไม่มีโครงการหลักในระบบ'}")
    return found


def _region(code: str) -> Region:
    found = Region.objects.filter(pk=code).first()
    if found is None:
        known = ", ".join(f"{region.pk} ({region.name})" for region in Region.objects.all())
        raise CommandError(f"ไม่พบภาครหัส {code} รหัสที่มี: {known or 'ยังไม่ได้โหลดข้อมูลพื้นที่'}")
    return found


def _days(texts: list[str], subject: Subject) -> list[dt.date]:
    today = timezone.localdate()
    if not texts:
        if subject.period is None:
            raise CommandError("ใส่ --as-of อย่างน้อยหนึ่งวัน")
        return [min(subject.period.end, today)]
    try:
        days = sorted(parse_date(text, today=today) for text in texts)
    except DateError as error:
        raise CommandError(f"อ่านวันที่ไม่ได้: {error}") from error
    if len(days) > len(set(days)):
        raise CommandError("ใส่ --as-of วันเดียวกันซ้ำ ให้เหลือวันละครั้ง")
    if len(days) > MOST_DATES:
        raise CommandError(f"ใส่ --as-of ได้ไม่เกิน {MOST_DATES} วัน")
    if not all(subject.holds(day) for day in days):
        raise CommandError(f"วันที่ของข้อมูลต้องอยู่ใน{subject.name}")
    return days


def _texts(outline: outlines.Outline, pairs: list[str]) -> dict[str, str]:
    known = [slot.key for slot in outline.texts]
    texts = {}
    for pair in pairs:
        slot, _, name = pair.partition("=")
        if slot not in known or not name:
            raise CommandError(f"--text-file ต้องเป็น SLOT=FILE โดย SLOT คือ {', '.join(known)}")
        try:
            texts[slot] = Path(name).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"อ่านไฟล์ {name} ไม่ได้: {error}") from error
    return texts
