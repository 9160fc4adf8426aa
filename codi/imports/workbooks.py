"""Spreadsheets going back to people: the empty form to fill in, and the rows to correct.

Everything is written as typed text, so that no program takes a cell for a formula.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import IO

import xlsxwriter

from codi.imports.declared import Upload
from codi.imports.models import ImportBatch
from codi.imports.plan import Status
from codi.ui.exports import guarded

_WIDTH = 24


def template_file(upload: Upload) -> IO[bytes]:
    """A sheet with the headings (and an example row where there are any), and one with notes."""
    heads = [f"{column.title}" for column in upload.columns]
    examples = [column.example for column in upload.columns]
    notes = [
        [
            column.title,
            "ต้องกรอก" if column.required else "เว้นว่างได้",
            column.note,
            ", ".join(column.aliases),
        ]
        for column in upload.columns
    ]
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        _sheet(book, "ข้อมูล", heads, [])
        _sheet(book, "คำอธิบาย", ["คอลัมน์", "การกรอก", "หมายเหตุ", "หัวตารางอื่นที่ใช้ได้"], notes)
        if any(examples):
            _sheet(book, "ตัวอย่าง", heads, [examples])
    stream.seek(0)
    return stream


def errors_file(batch: ImportBatch, upload: Upload) -> IO[bytes]:
    """The rows that must be corrected as they came, with the reasons in a last column."""
    wrong = [row for row in batch.preview["rows"] if row["status"] == Status.ERROR]
    columns = [c for c in upload.columns if any(c.key in row["raw"] for row in wrong)]
    lines = [
        [
            *(row["raw"].get(column.key, "") for column in columns),
            str(row["number"]),
            "\n".join(f"{error['title']}: {error['message']}" for error in row["errors"]),
        ]
        for row in wrong
    ]
    heads = [*(column.title for column in columns), "แถวในไฟล์เดิม", "สิ่งที่ต้องแก้ไข"]
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        _sheet(book, "ต้องแก้ไข", heads, lines)
    stream.seek(0)
    return stream


def _sheet(
    book: xlsxwriter.Workbook, name: str, heads: Sequence[str], lines: Sequence[Sequence[str]]
) -> None:
    """A sheet of text cells under a bold, frozen heading."""
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#E6F2F2"})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet.set_column(0, max(len(heads) - 1, 0), _WIDTH, text)
    sheet.freeze_panes(1, 0)
    for place, head in enumerate(heads):
        sheet.write_string(0, place, guarded(head), bold)
    for number, line in enumerate(lines, start=1):
        for place, value in enumerate(line):
            sheet.write_string(number, place, guarded(value), text)
