"""Columns of the project sheet, and how its own kinds of cell are read."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from codi.errors import Refused
from codi.imports import UploadColumn
from codi.imports.cells import choice, day, money, text, whole
from codi.thai.dates import date_range, parse_date
from codi.thai.digits import to_arabic
from codi.thai.normalise import clean
from programs.models import ProjectLevel

MOST_INSTALMENTS = 6
_MEETING = re.compile(r"ครั้งที่\s*(\d+)\s*/\s*(\d{4})\s*(?:(?:เมื่อ)?วันที่)?\s*(.*)")
_SPAN = re.compile(r"(\d{1,2})\s*[-–]\s*(\d{1,2}\s*\D.*)")
_LEVEL = choice(dict(ProjectLevel.choices))
_ACROSS = re.compile(r"(.+\d)\s+[-–]\s+(.+)")


@dataclass(frozen=True)
class MeetingCell:
    """A meeting as a cell tells it: its number, fiscal year and, when given, its days."""

    number: int
    fiscal_year: int
    starts_on: dt.date | None
    ends_on: dt.date | None

    def __str__(self) -> str:
        name = f"ครั้งที่ {self.number}/{self.fiscal_year}"
        if self.starts_on and self.ends_on:
            return f"{name} วันที่ {date_range(self.starts_on, self.ends_on)}"
        return name


def meeting(value: Any, today: dt.date) -> MeetingCell:
    """ครั้งที่ 2/2564 วันที่ 20-21 ม.ค.64; the days may be missing when the meeting is on record."""
    written = to_arabic(clean(str(value)))
    found = _MEETING.fullmatch(written)
    if not found:
        raise Refused("อ่านครั้งที่ประชุมไม่ได้ กรุณาเขียนแบบ ครั้งที่ 2/2564 วันที่ 20-21 ม.ค. 64")
    number, fiscal_year, days = int(found[1]), int(found[2]), found[3].strip()
    if not days:
        return MeetingCell(number, fiscal_year, None, None)
    starts_on, ends_on = _days(days, today)
    return MeetingCell(number, fiscal_year, starts_on, ends_on)


def _days(written: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and last day of "20-21 ม.ค. 64", "28 ก.พ. 64 - 1 มี.ค. 64" or "22 ธ.ค. 63"."""
    if across := _ACROSS.fullmatch(written):
        return parse_date(across[1], today=today), parse_date(across[2], today=today)
    if span := _SPAN.fullmatch(written):
        ends_on = parse_date(span[2], today=today)
        return ends_on.replace(day=int(span[1])), ends_on
    only = parse_date(written, today=today)
    return only, only


def level(value: Any, today: dt.date) -> str:
    """ระดับจังหวัด, or จังหวัด alone."""
    written = clean(str(value))
    return _LEVEL(written if written.startswith("ระดับ") else f"ระดับ{written}", today)


def _instalment(number: int) -> tuple[UploadColumn, UploadColumn, UploadColumn]:
    return (
        UploadColumn(
            f"instalment{number}_baht",
            f"งวด {number} (บาท)",
            (f"เบิกงวด {number}", f"งวดที่ {number}", f"จำนวนเงินงวด {number}"),
            money,
            example="1,240,000" if number == 1 else "",
        ),
        UploadColumn(
            f"instalment{number}_transferred_on",
            f"วันที่โอนงวด {number}",
            (f"วันโอนงวด {number}",),
            day,
            note="เว้นว่างเมื่อยังไม่โอน",
            example="25 ก.พ. 64" if number == 1 else "",
        ),
        UploadColumn(
            f"instalment{number}_planned_on",
            f"กำหนดเบิกงวด {number}",
            (f"แผนเบิกงวด {number}",),
            day,
        ),
    )


COLUMNS: tuple[UploadColumn, ...] = (
    UploadColumn("seq", "ที่", ("ลำดับ", "ลำดับที่", "no"), text(20), note="ไม่ใช้ในการนำเข้า"),
    UploadColumn(
        "code",
        "รหัสโครงการ",
        ("project_code",),
        text(40),
        note="เว้นว่างได้ ระบบจะออกรหัสให้ และจำโครงการเดิมจากชื่อและพื้นที่",
    ),
    UploadColumn(
        "programme",
        "รหัสโครงการหลัก",
        ("programme_code", "โครงการหลัก", "แผนงาน"),
        text(60),
        note="เว้นว่างได้ เมื่อภาคและปีงบประมาณนั้นมีกรอบงบของโครงการหลักเดียว",
        example="NL2564",
    ),
    UploadColumn(
        "level",
        "ระดับโครงการ",
        (),
        level,
        note="เว้นว่างได้: มีตำบล = ระดับตำบล มีจังหวัด = ระดับจังหวัด “งบภาค” = ระดับภาค",
        labels=dict(ProjectLevel.choices),
    ),
    UploadColumn("region", "ภาค", (), text(80)),
    UploadColumn(
        "province", "จังหวัด", ("จังหวัด/งบภาค",), text(80), required=True, example="เชียงใหม่",
        note="โครงการระดับภาคให้เขียน งบภาค",
    ),
    UploadColumn("district", "อำเภอ/เขต", ("อำเภอ", "เขต"), text(80)),
    UploadColumn("subdistrict", "ตำบล/แขวง", ("ตำบล", "แขวง"), text(80)),
    UploadColumn(
        "title", "ชื่อโครงการ", ("project_name", "โครงการ"), text(500), required=True,
        example="โครงการพัฒนาผู้นำชุมชน จังหวัดเชียงใหม่",
    ),
    UploadColumn(
        "organisation", "องค์กรที่เสนอ", ("organization", "องค์กรชุมชนที่เสนอ", "องค์กร"), text(300),
        required=True, example="เครือข่ายองค์กรชุมชนจังหวัดเชียงใหม่",
    ),
    UploadColumn("objectives", "วัตถุประสงค์", (), text(5000)),
    UploadColumn("target_people_count", "เป้าหมาย (คน)", (), whole),
    UploadColumn("target_subdistrict_count", "เป้าหมาย (ตำบล)", (), whole),
    UploadColumn("target_household_count", "เป้าหมาย (ครัวเรือน)", (), whole),
    UploadColumn("requested_baht", "งบที่ขอ (บาท)", ("งบที่ขอ", "งบประมาณที่ขอ"), money),
    UploadColumn(
        "meeting", "ประชุมคณะพิจารณาโครงการ", ("ประชุมคณะพิจารณาโครงการภาคเหนือ", "ครั้งที่ประชุม"),
        meeting, example="ครั้งที่ 2/2564 วันที่ 20-21 ม.ค. 64",
    ),
    UploadColumn("approved_baht", "งบอนุมัติ (บาท)", ("งบอนุมัติ",), money, example="1,781,000"),
    UploadColumn("approved_on", "วันที่อนุมัติ", ("วันอนุมัติ",), day, example="4 ก.พ. 64"),
    UploadColumn("recorded_on", "วันที่บันทึกในโปรแกรม CODI-PM", ("วันที่บันทึกในโปรแกรม",), day),
    *(column for number in range(1, MOST_INSTALMENTS + 1) for column in _instalment(number)),
)  # fmt: skip
