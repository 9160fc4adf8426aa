"""Cells that hold a formula or an error: the fast reader gives their last result and no more.

A worksheet without either, which is nearly every one, is only searched for the two signs.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat

from codi.errors import Refused
from codi.sheets.limits import COPY_OUT
from codi.sheets.lines import BadCell

_PIECE = 256 * 1024
_OVERLAP = 16
# The longest row that is looked into; a row of 256 long texts stays far below.
_MAX_ROW_BYTE_COUNT = 8 * 1024 * 1024
_MAX_CELL_COUNT = 200_000
_PLAIN = re.compile(rb"<f[\s/>]"), re.compile(rb"""\bt=["']e["']""")
_PREFIXED = re.compile(rb":f[\s/>]"), _PLAIN[1]
_ROW_END = re.compile(rb"</(?:\w+:)?row\s*>")
_ROW_BEGIN = re.compile(rb"<(?:\w+:)?row[\s>]")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")

NOT_COMPUTED = "เซลล์นี้เป็นสูตรที่ยังไม่มีผลลัพธ์ กรุณาวางเป็นค่า (Paste values) แล้วบันทึกใหม่"
NEVER_COMPUTED = "เซลล์นี้เป็นสูตรที่โปรแกรมตารางคำนวณยังไม่ได้คำนวณ กรุณาเปิดไฟล์ในโปรแกรม กดบันทึก หรือวางเป็นค่า (Paste values) แล้วส่งใหม่"

Marks = dict[tuple[int, int], BadCell]


def bad_cells(archive: zipfile.ZipFile, name: str, *, computed: bool) -> Marks:
    """The cells of a worksheet part that cannot be taken, by line and column (from 1 and 0).

    ``computed`` says whether a spreadsheet program computed the file: results that a program of
    another kind put there (mostly 0) are nobody's figures. Raises :class:`Refused` when formulas
    cannot be told from values.
    """
    signs = _signs_of(archive, name)
    if signs is None:
        return {}
    found: Marks = {}
    with archive.open(name) as stream:
        for fragment in _rows(stream):
            if any(sign.search(fragment) for sign in signs):
                found |= _Row(computed).read(fragment)
                if len(found) > _MAX_CELL_COUNT:
                    raise Refused(f"ไฟล์มีสูตรที่ยังไม่มีผลลัพธ์มากเกินไป {COPY_OUT}", code="imports-formulas")
    return found


def _signs_of(archive: zipfile.ZipFile, name: str) -> tuple[re.Pattern[bytes], ...] | None:
    """What formulas and errors look like in this part; None when it has neither."""
    signs: tuple[re.Pattern[bytes], ...] = ()
    with archive.open(name) as stream:
        before = b""
        while piece := stream.read(_PIECE):
            signs = signs or (_PLAIN if b"<worksheet" in piece else _PREFIXED)
            seen = before + piece
            if any(sign.search(seen) for sign in signs):
                return signs
            before = piece[-_OVERLAP:]
    return None


def _rows(stream: IO[bytes]) -> Iterator[bytes]:
    """The rows of a worksheet, each as a fragment of XML that stands by itself."""
    rest = b""
    while piece := stream.read(_PIECE):
        rest += piece
        begin = 0
        for end in _ROW_END.finditer(rest):
            first = _ROW_BEGIN.search(rest, begin, end.start())
            if first:
                yield b"<rows>" + rest[first.start() : end.end()] + b"</rows>"
            begin = end.end()
        rest = rest[begin:]
        if len(rest) > _MAX_ROW_BYTE_COUNT and _ROW_BEGIN.search(rest):
            raise Refused(f"ไฟล์มีแถวที่ยาวผิดปกติ {COPY_OUT}", code="imports-memory")


@dataclass
class _Row:
    """Reads one row: which of its cells are formulas without a result, or errors."""

    computed: bool
    found: Marks = field(default_factory=dict)
    cell: dict[str, str] = field(default_factory=dict)
    inside: str = ""
    has_formula: bool = False
    has_value: bool = False
    text: str = ""

    def read(self, fragment: bytes) -> Marks:
        """The marks of the row."""
        parser: Any = expat.ParserCreate()
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.Parse(fragment, True)
        return self.found

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self.inside = name.rpartition(":")[2]
        if self.inside == "c":
            self.cell, self.text = attributes, ""
            self.has_formula = self.has_value = False
        elif self.inside == "f":
            self.has_formula = True
        elif self.inside == "v":
            self.has_value = True

    def _characters(self, text: str) -> None:
        if self.inside == "v":
            self.text += text

    def _end(self, name: str) -> None:
        self.inside = ""
        if name.rpartition(":")[2] == "c":
            reason = self._reason()
            if reason:
                self.found[self._place()] = BadCell(reason, self.text)

    def _reason(self) -> str:
        kind = self.cell.get("t")
        if kind == "e" and self.text:
            return f"สูตรในเซลล์นี้ผิดพลาด ({self.text}) กรุณาแก้สูตรหรือพิมพ์ค่าแทน"
        if not self.has_formula:
            return ""
        if not self.computed:
            return NEVER_COMPUTED
        # A formula whose result is no text at all has a value of no letters: that is a blank.
        is_empty_text = kind == "str" and self.has_value
        return "" if self.text or is_empty_text else NOT_COMPUTED

    def _place(self) -> tuple[int, int]:
        reference = _REFERENCE.fullmatch(self.cell.get("r", ""))
        if not reference:
            raise Refused(f"อ่านตำแหน่งของสูตรในไฟล์ไม่ได้ {COPY_OUT}", code="imports-formulas")
        column = 0
        for letter in reference[1]:
            column = column * 26 + ord(letter) - 64
        return int(reference[2]), column - 1
