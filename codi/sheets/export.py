"""A table on its way into a file: what its columns hold, its rows, and the words that explain it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Literal

from codi.thai.dates import short_date

Kind = Literal["text", "number", "baht", "percent", "date"]
Row = Sequence[Any]

_ROWS_AT_ONCE = 2_000
_WIDTHS = {"text": 24, "baht": 18, "number": 12, "percent": 12, "date": 14}
_WIDTH_OF_THAI_DATE = 15


@dataclass(frozen=True)
class ExportColumn:
    """One column of the screen: its heading with the unit, what it holds, what it means.

    ``width`` is in characters; 0 leaves it to the kind.
    """

    heading: str
    kind: Kind
    definition: str = ""
    width: int = 0


@dataclass(frozen=True)
class Export:
    """A list on its way into a file.

    ``rows`` gives the values in the order of ``columns``: text, Decimal, int, date or None;
    ``conditions`` are the label and value pairs that make the file speak for itself: what, as of
    when, filtered how, by whom.
    """

    title: str
    file_title: str
    columns: Sequence[ExportColumn]
    rows: Iterable[Row]
    conditions: Sequence[tuple[str, str]]

    def headings(self) -> list[str]:
        """The headings in the file: a date is followed by its พ.ศ. text."""
        names: list[str] = []
        for column in self.columns:
            names.append(column.heading)
            if column.kind == "date":
                names.append(f"{column.heading} (พ.ศ.)")
        return names

    def widths(self) -> list[int]:
        """The widths of the columns in the file, in characters."""
        found: list[int] = []
        for column in self.columns:
            found.append(column.width or _WIDTHS[column.kind])
            if column.kind == "date":
                found.append(_WIDTH_OF_THAI_DATE)
        return found

    def explained(self) -> list[tuple[str, str]]:
        """The lines of the sheet that says what the file holds."""
        meanings = [
            (f"ความหมาย: {column.heading}", column.definition)
            for column in self.columns
            if column.definition
        ]
        return [("รายการ", self.title), *self.conditions, *meanings]

    def batches(self) -> Iterator[list[Row]]:
        """The rows in pieces, so that columns can be written many cells at a time."""
        rows = iter(self.rows)
        while batch := list(islice(rows, _ROWS_AT_ONCE)):
            yield batch


@lru_cache(maxsize=4096)
def thai_day(day: dt.date) -> str:
    """The พ.ศ. text beside a day: a long table has few different days."""
    return short_date(day)
