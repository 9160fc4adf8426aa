"""Lines of a sheet, and how a child process hands them over: one line of JSON each, in a file."""

from __future__ import annotations

import datetime as dt
import json
import os
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

# In the folder of the child: what came in, and the lines that go back.
UPLOAD, SPOOL = "upload", "lines.jsonl"
_PIECE_BYTE_COUNT = 256 * 1024
_DAY_LETTER_COUNT = len("2021-02-25")


@dataclass(frozen=True)
class BadCell:
    """A cell whose value cannot be taken, with the reason for people and what stands there."""

    message: str
    written: str = ""


@dataclass(frozen=True)
class Merged:
    """A cell below the first of a merged range, and the value of the range."""

    value: Any


@dataclass(frozen=True)
class SheetLine:
    """One line of a sheet with its number there (from 1); blank cells are None.

    Cells are ``str``, ``int``, ``float``, ``bool``, ``date`` (``datetime`` when it has a time of
    day), :class:`BadCell` or :class:`Merged`; the line ends with its last filled cell.
    """

    number: int
    cells: tuple[Any, ...]

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds anything of its own."""
        return all(cell is None or isinstance(cell, Merged) for cell in self.cells)


@dataclass(frozen=True)
class Sheet:
    """A sheet of a file; ``name`` is empty for csv.

    ``lines`` holds the lines that are not blank; it may be gone through again and again, and holds
    no more than one piece of the file in memory.
    """

    name: str
    lines: Iterable[SheetLine]

    def head(self, count: int) -> list[SheetLine]:
        """The first lines."""
        return list(islice(self.lines, count))


def encoded(number: int, cells: Iterable[Any]) -> bytes:
    """A line as it is handed over; cells are written as :class:`SheetLine` describes them."""
    line = [number, list(cells)]
    return json.dumps(line, ensure_ascii=False, default=_encoded_cell).encode() + b"\n"


def _encoded_cell(cell: Any) -> Any:
    if isinstance(cell, dt.date):
        return {"day": cell.isoformat()}
    if isinstance(cell, BadCell):
        return {"bad": cell.message, "written": cell.written}
    if isinstance(cell, Merged):
        return {"merged": cell.value}
    raise TypeError(f"no cell: {cell!r}")


def _decoded(line: bytes) -> SheetLine:
    number, cells = json.loads(line)
    return SheetLine(
        number, tuple(_decoded_cell(cell) if isinstance(cell, dict) else cell for cell in cells)
    )


def _decoded_cell(cell: dict[str, Any]) -> Any:
    if "day" in cell:
        text = cell["day"]
        if len(text) == _DAY_LETTER_COUNT:
            return dt.date.fromisoformat(text)
        return dt.datetime.fromisoformat(text)
    if "bad" in cell:
        return BadCell(cell["bad"], cell["written"])
    value = cell["merged"]
    return Merged(_decoded_cell(value) if isinstance(value, dict) else value)


class Spool:
    """A file of lines that needs no name: it may be removed from its folder once it is open."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._file)

    def part(self, begin: int, end: int) -> SpooledLines:
        """The lines between two places in the file."""
        return SpooledLines(self, begin, end)

    def read(self, begin: int, end: int) -> Iterator[bytes]:
        """The bytes of the lines between two places, line by line."""
        rest = b""
        while begin < end:
            piece = os.pread(self._file, min(_PIECE_BYTE_COUNT, end - begin), begin)
            if not piece:
                return
            begin += len(piece)
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole


@dataclass(frozen=True)
class SpooledLines:
    """Lines of a spool; each going through reads them from the file."""

    spool: Spool
    begin: int
    end: int

    def __len__(self) -> int:
        return sum(1 for _ in self.spool.read(self.begin, self.end))

    def __iter__(self) -> Iterator[SheetLine]:
        return map(_decoded, self.spool.read(self.begin, self.end))
