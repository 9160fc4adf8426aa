"""Ways to write a table and to read it back with programs that are not ours."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import openpyxl

from codi.sheets.csv_file import csv_pieces
from codi.sheets.export import Export, ExportColumn, Kind
from codi.sheets.xlsx_file import write_xlsx


def table(kinds: Sequence[Kind], rows: Sequence[Sequence[Any]]) -> Export:
    """A table of these kinds of columns."""
    columns = [ExportColumn(f"{kind} {n}", kind) for n, kind in enumerate(kinds)]
    return Export("รายการ", "รายการ", columns, rows, [("ข้อมูล ณ", "31 พ.ค. 64")])


def as_csv(export: Export) -> list[list[str]]:
    """The lines of its csv file."""
    text = "".join(csv_pieces(export))
    assert text[0] == "\ufeff"
    return list(csv.reader(io.StringIO(text[1:], newline=""), strict=True))


def as_book(export: Export) -> Any:
    """Its workbook, read by openpyxl."""
    stream = io.BytesIO()
    write_xlsx(export, stream)
    return openpyxl.load_workbook(stream)
