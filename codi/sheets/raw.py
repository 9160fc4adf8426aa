"""What the readers of both kinds of file give: sheets with raw lines, texts as they are taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codi.errors import Refused
from codi.sheets.guard import is_formula, unguarded
from codi.sheets.limits import MAX_ROW_COUNT
from codi.sheets.lines import BadCell

TYPED_FORMULA = "ช่องนี้ขึ้นต้นด้วยเครื่องหมาย = ระบบไม่รับสูตร กรุณาพิมพ์ค่าแทน"
ODD_LETTERS = "เซลล์นี้มีอักขระที่ใช้ไม่ได้ กรุณาพิมพ์ใหม่"


@dataclass(frozen=True)
class Hidden:
    """A sheet that nobody sees: its name, and its first cells as texts, read when asked for."""

    name: str
    first_cells: Iterator[list[str]]


@dataclass
class RawSheet:
    """A sheet that people see: its name and its lines, to be gone through once."""

    name: str
    lines: Iterator[tuple[int, list[Any]]]


def text_cell(text: str) -> Any:
    """A text as it is taken: the guard of our own files removed, formulas refused."""
    if not text or not text.strip():
        return None
    if "\x00" in text:
        return BadCell(ODD_LETTERS)
    if is_formula(text):
        return BadCell(TYPED_FORMULA, text)
    return unguarded(text)


def too_long() -> Refused:
    """A sheet of more lines than are read."""
    return Refused(f"ไฟล์มีเกิน {MAX_ROW_COUNT:,} แถว กรุณาแบ่งเป็นหลายไฟล์", code="imports-too-long")
