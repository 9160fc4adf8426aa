"""The name and the declared type of what people send: read, tidied, or refused with what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from codi.errors import Refused
from codi.files.models import CONTENT_TYPES, Format
from codi.ui.downloads import file_name

TAKEN = "รับเฉพาะ PDF, JPEG, PNG, Excel (.xlsx) และ Word (.docx)"
ENDINGS: dict[str, Format] = {
    "pdf": Format.PDF,
    "jpg": Format.JPEG,
    "jpeg": Format.JPEG,
    "png": Format.PNG,
    "xlsx": Format.XLSX,
    "docx": Format.DOCX,
}
# What to do about the commonest files that are not taken.
ADVICE = {
    "doc": "เปิดใน Word แล้วบันทึกเป็น .docx หรือ PDF",
    "docm": "บันทึกเป็น .docx ซึ่งไม่มีมาโคร",
    "xls": "เปิดใน Excel แล้วบันทึกเป็น .xlsx",
    "xlsm": "บันทึกเป็น .xlsx ซึ่งไม่มีมาโคร",
    "csv": "เปิดใน Excel แล้วบันทึกเป็น .xlsx",
    "heic": "ตั้งกล้องให้ถ่ายเป็น JPEG หรือแปลงภาพเป็น JPEG ก่อน",
    "webp": "แปลงภาพเป็น JPEG หรือ PNG ก่อน",
    "zip": "แยกไฟล์ออกจาก zip แล้วแนบทีละไฟล์",
    "rar": "แยกไฟล์ออกจาก rar แล้วแนบทีละไฟล์",
}
# Some browsers and systems declare these for what they do not know themselves.
UNSAID = {"", "application/octet-stream", "binary/octet-stream"}
ALSO_DECLARED = {
    Format.PDF: {"application/x-pdf"},
    Format.JPEG: {"image/jpg", "image/pjpeg"},
    Format.PNG: {"image/x-png"},
    Format.XLSX: {"application/zip", "application/x-zip-compressed"},
    Format.DOCX: {"application/zip", "application/x-zip-compressed"},
}
# Controls and marks that turn the text around: the way to hide an ending. Other characters that
# are not seen come with copied text and are dropped with the tidying.
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Endings that some server or system carries out, wherever they stand between two dots.
_ACTIVE = frozenset(
    [
        "app",
        "asp",
        "aspx",
        "bat",
        "cgi",
        "chm",
        "cmd",
        "com",
        "cpl",
        "dll",
        "exe",
        "hta",
        "htm",
        "html",
        "jar",
        "js",
        "jse",
        "jsp",
        "lnk",
        "mht",
        "mhtml",
        "msi",
        "msp",
        "php",
        "php3",
        "php4",
        "php5",
        "phtml",
        "pif",
        "pl",
        "ps1",
        "py",
        "reg",
        "scr",
        "sh",
        "shtml",
        "svg",
        "swf",
        "url",
        "vb",
        "vbe",
        "vbs",
        "wsf",
        "xhtml",
        "xml",
    ]
)


@dataclass(frozen=True)
class Named:
    """What a file is called on our side, and what it claims to be."""

    file_name: str
    format: Format


def read_name(name: str, declared: str) -> Named:
    """The tidied name and the format that its ending claims.

    Raises :class:`Refused` when the ending is not taken, the name hides something, or the sender
    declared another type than the ending says. Only the last part of a path is looked at.
    """
    if _HIDDEN.search(name):
        raise Refused("ชื่อไฟล์มีอักขระซ่อนอยู่ กรุณาเปลี่ยนชื่อไฟล์แล้วแนบใหม่", code="files-name-hidden")
    last = PurePosixPath(name.replace("\\", "/")).name.rstrip(" .")
    stem, dot, ending = last.rpartition(".")
    ending = ending.lower() if dot else ""
    found = ENDINGS.get(ending)
    if found is None:
        advice = ADVICE.get(ending, "แปลงเป็นชนิดที่รับได้ก่อน")
        raise Refused(f"ไฟล์ชนิดนี้แนบไม่ได้ {TAKEN} กรุณา{advice}", code="files-ending")
    if _ACTIVE & {part.strip().lower() for part in stem.split(".")[1:]}:
        raise Refused(
            "ชื่อไฟล์มีนามสกุลซ้อนกัน กรุณาเปลี่ยนชื่อให้มีนามสกุลเดียวแล้วแนบใหม่", code="files-double-ending"
        )
    said = declared.partition(";")[0].strip().lower()
    if said not in UNSAID | {CONTENT_TYPES[found]} | ALSO_DECLARED[found]:
        raise Refused(
            f"เนื้อหากับนามสกุลของไฟล์ไม่ตรงกัน {TAKEN} กรุณาบันทึกไฟล์ใหม่จากโปรแกรมเดิม", code="files-declared"
        )
    return Named(file_name(stem, extension=found.value), found)
