"""A table goes into a file whole: every value in its kind, every letter, at any length."""

from __future__ import annotations

import datetime as dt
import io
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from codi.sheets.export import Export
from codi.sheets.xlsx_file import write_xlsx
from tests.sheets.conftest import as_book, as_csv, table

DAY = dt.date(2021, 5, 31)


def test_each_value_keeps_its_kind() -> None:
    """Wrong if a number or a date were text, or a code a number."""
    export = table(
        ["text", "baht", "number", "percent", "date"],
        [
            ["0501", Decimal("32000.50"), 12, Decimal("69.80"), DAY],
            [None, None, None, None, None],
            ["", Decimal(0), Decimal("1.5"), Decimal("1E+2"), dt.date(1900, 3, 1)],
        ],
    )
    assert as_csv(export) == [
        ["text 0", "baht 1", "number 2", "percent 3", "date 4", "date 4 (พ.ศ.)"],
        ["0501", "32000.50", "12", "69.80", "2021-05-31", "31 พ.ค. 64"],
        [""] * 6,
        ["", "0", "1.5", "100", "1900-03-01", "1 มี.ค. 43"],
    ]
    sheet = as_book(export)["ข้อมูล"]
    written = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert written == [
        ["0501", 32000.5, 12, 69.8, dt.datetime.fromisoformat("2021-05-31"), "31 พ.ค. 64"],
        [None] * 6,
        [None, 0, 1.5, 100, dt.datetime.fromisoformat("1900-03-01"), "1 มี.ค. 43"],
    ]
    formats = [cell.number_format for cell in sheet[2]]
    assert formats == ["General", "#,##0.00", "#,##0", "0.00", "dd/mm/yyyy", "General"]
    assert sheet["C4"].number_format == "#,##0.##"


@pytest.mark.parametrize(
    "text",
    [
        "ก & ข <ค> \"ง\" 'จ'",
        "สอง\nบรรทัด",
        "จุลภาค, อัฒภาค; แท็บ\tท้าย",
        " นำและตาม ",
        "_x0041_ กับ _x000D_",
        "อีโมจิ 😀 และ ำ",
        "]]>",
    ],
)
def test_text_comes_back_as_it_was(text: str) -> None:
    """Wrong if a letter were lost, doubled or read as something else."""
    export = table(["text"], [["ก"], [text]])
    assert as_csv(export)[2] == [text]
    assert openpyxl.utils.escape.unescape(as_book(export)["ข้อมูล"]["A3"].value) == text


def test_letters_that_no_file_may_hold_are_left_out() -> None:
    """Wrong if one stored control character made the whole workbook unreadable."""
    assert as_book(table(["text"], [["ก\x01\x0b\ud800ข"]]))["ข้อมูล"]["A2"].value == "กข"


def test_a_text_longer_than_a_cell_says_so() -> None:
    """Wrong if a program called the file damaged, or the cut were hidden."""
    for letter in ("ก", "😀"):
        value = as_book(table(["text"], [[letter * 40_000]]))["ข้อมูล"]["A2"].value
        assert len(value.encode("utf-16-le")) // 2 <= 32_767
        assert value.endswith("(ข้อความยาวเกินที่เซลล์รับได้)")


def test_digits_beyond_those_of_a_spreadsheet_stay() -> None:
    """Wrong if a number of 16 digits were rounded, or an old day moved by one."""
    export = table(
        ["baht", "number", "date"],
        [[Decimal("12345678901234.56"), 1234567890123456, dt.date(1899, 12, 31)]],
    )
    row = [cell.value for cell in as_book(export)["ข้อมูล"][2]]
    assert row == ["12345678901234.56", "1234567890123456", "1899-12-31", "31 ธ.ค. 42"]
    assert as_csv(export)[1] == row


@pytest.mark.parametrize("count", [0, 1, 1999, 2000, 2001, 5000])
def test_every_row_is_there_once_and_in_order(count: int) -> None:
    """Wrong if a row were lost or doubled where one piece ends and the next begins."""
    export = table(["number"], [[number] for number in range(count)])
    assert [row[0] for row in as_csv(export)[1:]] == [str(number) for number in range(count)]
    sheet = as_book(export)["ข้อมูล"]
    assert [cell.value for cell in sheet["A"][1 : count + 1]] == list(range(count))
    assert sheet.auto_filter.ref == f"A1:A{max(count, 1) + 1}"


def test_the_file_speaks_for_itself() -> None:
    """Wrong if a printed or forwarded file did not say what it holds, as of when."""
    book = as_book(table(["text"], []))
    assert [[cell.value for cell in row] for row in book["เงื่อนไข"].iter_rows()] == [
        ["รายการ", "รายการ"],
        ["ข้อมูล ณ", "31 พ.ค. 64"],
    ]


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: Any) -> None:
    """Wrong if the file were cut in silence."""
    monkeypatch.setattr("codi.sheets.xlsx_file.MAX_ROW_COUNT", 3000)
    with pytest.raises(ValueError, match="more rows"):
        write_xlsx(table(["number"], [[1]] * 4001), io.BytesIO())


class Sink(io.RawIOBase):
    """A file that keeps nothing."""

    def __init__(self) -> None:
        self.place = 0

    def write(self, piece: Any) -> int:
        self.place += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self.place

    def seekable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True


def peak_of(count: int) -> int:
    """Most memory that is held at once while so many rows are written."""

    def rows() -> Iterator[list[Any]]:
        for number in range(count):
            yield [f"โครงการที่ {number}", Decimal(number), DAY]

    plain = table(["text", "baht", "date"], [])
    export = Export(plain.title, plain.file_title, plain.columns, rows(), [])
    tracemalloc.start()
    write_xlsx(export, Sink())  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_a_long_table_takes_no_more_memory_than_a_short_one() -> None:
    """Wrong if the rows of an export were kept until it is sent."""
    assert peak_of(7_500) < 1.2 * peak_of(2_500)
