"""Opening what people upload: .xlsx and .csv files into rows of cells, or a clear refusal.

The file is judged and read in a child process with limits (``codi.sheets.opening``); its lines come
back through a spool, so that a file of any length takes little memory here. What other rooms rely
on: :func:`open_sheets`, :class:`Sheet` with ``name``, ``lines`` and ``head(count)``,
:class:`SheetLine` with ``number`` (as people see it in their program) and ``cells``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import openpyxl.xml
from django.core.exceptions import ImproperlyConfigured

from codi.confined import Limits, Overrun, run, workplace
from codi.errors import Refused
from codi.sheets.limits import COPY_OUT, MAX_BYTE_COUNT, SAVE_AS
from codi.sheets.lines import SPOOL, UPLOAD, BadCell, Merged, Sheet, SheetLine, Spool

__all__ = ["MAX_BYTE_COUNT", "BadCell", "Merged", "Sheet", "SheetLine", "open_sheets"]

log = logging.getLogger(__name__)

if not openpyxl.xml.DEFUSEDXML:
    raise ImproperlyConfigured("defusedxml is missing: spreadsheets would be parsed without guard")

MEMORY_MB = 300
_SPOOL_MB = 256
# Of a small file two seconds are enough; 10 MB of honest rows take some seconds more.
_CPU_SECONDS, _CPU_SECONDS_PER_MB = 2, 1.2
_WALL_SECONDS = 60
# How old workbooks and workbooks with a password begin.
_OLE = b"\xd0\xcf\x11\xe0"
_OVERRUNS = {
    "time": f"ไฟล์ใช้เวลาอ่านนานผิดปกติ ระบบจึงหยุดอ่าน {COPY_OUT}",
    "memory": f"ตารางในไฟล์กว้างหรือยาวผิดปกติ ระบบจึงหยุดอ่าน {COPY_OUT}",
    "fault": f"อ่านไฟล์ไม่ได้ ไฟล์อาจเสีย {SAVE_AS}",
}
_CODES = {"time": "imports-time", "memory": "imports-memory", "fault": "imports-broken"}


class Sheets(list[Sheet]):
    """The visible sheets of a file; ``hidden`` holds the first cells of one that nobody sees."""

    hidden: Sequence[Sequence[str]] = ()


def open_sheets(content: bytes, file_name: str, *, hidden: str = "") -> Sheets:
    """The visible sheets of a file, and the first cells of the hidden one of that name.

    Raises :class:`Refused` with what to do about the file.
    """
    kind, limits = kind_of(content, file_name), limits_of(len(content))
    with workplace("codi-upload-") as folder:
        (folder / UPLOAD).write_bytes(content)
        try:
            asked = {"kind": kind, "hidden": hidden}
            told = run("codi.sheets.opening:read", asked, folder=folder, limits=limits)
        except Overrun as overrun:
            log.warning("An upload overran its limits: %s", overrun)
            raise Refused(_OVERRUNS[overrun.code], code=_CODES[overrun.code]) from overrun
        return sheets_in(folder, told.value)


def sheets_in(folder: Path, told: Mapping[str, Any]) -> Sheets:
    """What the reader told and left in its folder, which may go after this. Raises :class:`Refused`."""
    spool = Spool(folder / SPOOL)
    sheets = Sheets(
        Sheet(found["name"], spool.part(found["begin"], found["end"])) for found in told["sheets"]
    )
    sheets.hidden = told["hidden"]
    if not sheets:
        raise Refused(
            "ไฟล์ไม่มีแผ่นงานที่มองเห็นและมีตาราง (แผ่นกราฟใช้ไม่ได้) กรุณายกเลิกการซ่อนแผ่นงาน หรือวางข้อมูลในแผ่นงานปกติ",
            code="imports-no-sheet",
        )
    return sheets


def limits_of(byte_count: int) -> Limits:
    """What the child may use for a file of this size."""
    return Limits(
        seconds=_WALL_SECONDS,
        cpu_seconds=_CPU_SECONDS + int(_CPU_SECONDS_PER_MB * byte_count / 2**20),
        memory_mb=MEMORY_MB,
        file_mb=_SPOOL_MB,
    )


def kind_of(content: bytes, file_name: str) -> str:
    """``xlsx`` or ``csv``, by content as well as by name. Raises :class:`Refused`."""
    if not content:
        raise Refused("ไฟล์ว่างเปล่า กรุณาเลือกไฟล์ที่มีข้อมูล", code="imports-empty")
    if len(content) > MAX_BYTE_COUNT:
        raise Refused("ไฟล์ใหญ่เกิน 10 MB กรุณาแบ่งเป็นหลายไฟล์", code="imports-too-big")
    suffix = PurePosixPath(file_name.lower()).suffix
    is_zip = content.startswith(b"PK")
    if suffix == ".xlsx" and is_zip:
        return "xlsx"
    if suffix in {".csv", ".tsv", ".txt"} and not is_zip:
        return "csv"
    if suffix == ".xlsx" and content.startswith(_OLE):
        raise Refused(
            f"ไฟล์มีรหัสผ่าน หรือเป็น .xls รุ่นเก่าที่เปลี่ยนชื่อ กรุณายกเลิกรหัสผ่าน {SAVE_AS}", code="imports-kind"
        )
    raise Refused(f"รับเฉพาะไฟล์ .xlsx และ .csv {SAVE_AS}", code="imports-kind")
