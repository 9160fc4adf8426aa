"""Files of separated values into lines, as Thai offices make them; runs in the child process."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from codi.errors import Refused
from codi.sheets.guard import undisguised
from codi.sheets.limits import MAX_COLUMN_COUNT, MAX_ROW_COUNT, SAVE_AS
from codi.sheets.raw import text_cell, too_long

# 20 lines of this length stay below what csv takes as one field (131,072).
_SEEN_OF_LINE = 5_000
_SAID_SEPARATOR = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)


def lines_of(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    """The lines that are not blank, with their numbers. Raises :class:`Refused`."""
    text = decoded(content)
    if said := _SAID_SEPARATOR.match(text):
        text, delimiter = text[said.end() :], said[1]
    else:
        delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, fields in enumerate(reader, start=1):
            if number > MAX_ROW_COUNT:
                raise too_long()
            cells = [text_cell(undisguised(value)) for value in fields]
            if any(cell is not None for cell in cells[MAX_COLUMN_COUNT:]):
                raise Refused(
                    f"แถว {number} มีเกิน {MAX_COLUMN_COUNT} คอลัมน์ กรุณาลบคอลัมน์ที่ไม่ใช้แล้วส่งใหม่",
                    code="imports-too-wide",
                )
            if any(cell is not None for cell in cells):
                yield number, cells[:MAX_COLUMN_COUNT]
    except csv.Error as error:
        raise Refused(
            f"อ่านไฟล์ .csv ไม่ได้ที่บรรทัด {reader.line_num} อาจมีเครื่องหมายคำพูดไม่ครบคู่ {SAVE_AS}",
            code="imports-broken",
        ) from error


def decoded(content: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, else UTF-8, else the Thai code page of Windows."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp874"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refused(f"อ่านตัวอักษรในไฟล์ .csv ไม่ได้ {SAVE_AS}", code="imports-encoding")


def _delimiter(text: str) -> str:
    """The separator that cuts the first lines into the most fields."""
    # The start of a line is enough to see the separator; csv raises on a field of 128 KB.
    head = "\n".join(line[:_SEEN_OF_LINE] for line in text[: 20 * _SEEN_OF_LINE].splitlines()[:20])

    def field_count(delimiter: str) -> int:
        rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
        return max((len(row) for row in rows), default=0)

    return max([",", ";", "\t", "|"], key=field_count)
