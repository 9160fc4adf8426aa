"""The regional report of the 18 projects as a file: what a reader, a search and a screen reader get.

One render serves every test here; the world behind it is taken back at once.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pytest
from django.db import transaction
from pypdf import PdfReader

from reports.content import of_edition
from reports.rendering import html_of, pdf_of
from tests import north
from tests import world as build
from tests.reports.conftest import TODAY, draft

# The mark makes the test database; the world is built once, outside of any single test.
pytestmark = pytest.mark.django_db
EXPECTED = json.loads((north.DATA.parent / "expected.json").read_text("utf-8"))
BLANKS = re.compile(r"\s|\ufeff|\ufffe|\x02")
HEADING = re.compile(r"<h([123])(?: id=\"[^\"]*\")?>(.*?)</h\1>", re.S)
COLUMNS = (
    "กรอบงบ (บาท)",
    "อนุมัติ (บาท)",
    "โครงการที่บันทึกในโปรแกรม CODI-PM",
    "ร้อยละเบิกจ่าย",
    "ร้อยละคงเหลือ",
    "รหัสโครงการ",
    "องค์กรที่เสนอ",
)


@dataclass(frozen=True)
class Printed:
    """The file with the document that it was made from."""

    pdf: bytes
    html: str
    cells: int

    @property
    def reader(self) -> PdfReader:
        return PdfReader(io.BytesIO(self.pdf))


@pytest.fixture(scope="module")
def printed(django_db_setup: Any, django_db_blocker: Any) -> Printed:
    """The draft of the printed report, rendered once."""
    with django_db_blocker.unblock(), transaction.atomic():
        w = build.world()
        north.load(w)
        content = of_edition(draft(w), today=TODAY)
        html = html_of(content)
        made = Printed(pdf_of(content).pdf, html, html.count("/cell/?"))
        transaction.set_rollback(True)
    return made


def letters(text: str) -> str:
    """The text without blanks: readers guess those from distances."""
    return BLANKS.sub("", text)


def by_pypdf(pdf: bytes) -> list[str]:
    """The text of every page, read by pypdf."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def by_pdfium(pdf: bytes) -> list[str]:
    """The text of every page, read by the engine of Chromium."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range() for page in document]


def annotations(reader: PdfReader) -> Iterator[Any]:
    """Every annotation of every page."""
    for page in reader.pages:
        for found in page.get("/Annots", ()):
            yield found.get_object()


def headings(html: str) -> list[str]:
    """The headings of the document that stand in its outline."""
    return [letters(text) for _, text in HEADING.findall(html)]


def outlined(items: list[Any]) -> Iterator[str]:
    """The titles of the bookmarks in order, of all levels."""
    for item in items:
        if isinstance(item, list):
            yield from outlined(item)
        else:
            yield letters(item.title)


@pytest.mark.parametrize("read", [by_pypdf, by_pdfium])
def test_every_name_amount_and_heading_can_be_found(printed, read):
    """Wrong if a search in the file missed a project, its organisation, an amount or a column."""
    text = letters("".join(read(printed.pdf)))
    wanted = ["รายงานสถานการณ์โครงการ ภาคเหนือ ปีงบประมาณ 2564"]
    # pdfium reads across columns, so a heading of two lines comes apart there.
    wanted += COLUMNS if read is by_pypdf else ()
    wanted += [line["project_name"] for line in north.rows()]
    wanted += [line["organization"] for line in north.rows()]
    wanted += list(EXPECTED["words"].values())
    assert len(north.rows()) == 18
    assert [words for words in wanted if letters(words) not in text] == []


def test_only_our_own_fonts_are_embedded(printed):
    """Wrong if a chart or a table brought a foreign font, or drew its letters as pictures."""
    fonts = {
        str(font.get_object()["/BaseFont"]): font.get_object()
        for page in printed.reader.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert fonts
    for name, font in fonts.items():
        assert re.fullmatch(r"/[A-Z]{6}\+CODI-?Sarabun.*", name), name
        assert font["/Subtype"] == "/Type0"
        assert "/FontFile2" in font["/DescendantFonts"][0].get_object()["/FontDescriptor"]


def test_it_is_tagged_and_says_its_language(printed):
    """Wrong if a screen reader got no structure, or read the Thai with another tongue."""
    root = printed.reader.trailer["/Root"]
    assert root["/Lang"].startswith("th")
    assert "/StructTreeRoot" in root
    assert root["/MarkInfo"]["/Marked"]


def test_the_bookmarks_are_the_headings(printed):
    """Wrong if a bookmark lacked its heading, or a heading its bookmark."""
    expected = headings(printed.html)
    assert len(expected) > 8
    assert list(outlined(printed.reader.outline)) == expected


def test_every_figure_leads_to_its_records_on_the_site(printed, settings):
    """Wrong if a link led elsewhere, or a figure that has records had no link."""
    addresses = [
        str(found["/A"]["/URI"])
        for found in annotations(printed.reader)
        if "/URI" in found.get("/A", {})
    ]
    site = f"{settings.SITE_URL.rstrip('/')}/reports/"
    assert [url for url in addresses if not url.startswith(site)] == []
    assert len(addresses) >= printed.cells > 200


def test_nothing_is_attached(printed):
    """Wrong if the file carried another file, or a script."""
    reader = printed.reader
    root = reader.trailer["/Root"]
    assert not reader.attachments
    assert "/AF" not in root
    assert "/JavaScript" not in root.get("/Names", {})
    assert "/OpenAction" not in root
    assert {found["/Subtype"] for found in annotations(reader)} == {"/Link"}


@pytest.mark.parametrize("read", [by_pypdf, by_pdfium])
def test_every_page_says_its_day_and_number(printed, read):
    """Wrong if a single page, copied, no longer told as of when its figures are."""
    pages = [letters(text) for text in read(printed.pdf)]
    for number, text in enumerate(pages, start=1):
        footer = "ข้อมูลณวันที่31พฤษภาคม2564และ5สิงหาคม2564"
        assert footer in text, number
        assert f"หน้า{number}จาก{len(pages)}" in text


def test_no_line_begins_with_a_mark(printed):
    """Wrong if a line were broken between a consonant and its vowel or tone mark."""
    lines = [line.strip() for text in by_pdfium(printed.pdf) for line in text.splitlines()]
    assert len(lines) > 200
    begun = [line for line in lines if line and unicodedata.combining(line[0])]
    marks = [line for line in lines if line and unicodedata.category(line[0]) in {"Mn", "Mc"}]
    assert begun + marks + [line for line in lines if line[:1] in {"ำ", "ะ", "า", "ๆ"}] == []


def test_no_page_is_nearly_empty(printed):
    """Wrong if a heading or a few lines of a table stood alone on a page."""
    for number, text in enumerate(by_pypdf(printed.pdf), start=1):
        assert len(letters(text)) > 500, number


def test_nothing_runs_into_the_margin(printed):
    """Wrong if a table were wider than its page: columns beyond the rule, cut by a printer."""
    for number, page in enumerate(pypdfium2.PdfDocument(printed.pdf), start=1):
        width, height = page.get_size()
        edge = width - (20 if height > width else 15) * 72 / 25.4
        text = page.get_textpage()
        rights = [text.get_rect(place)[2] for place in range(text.count_rects())]
        assert max(rights) <= edge + 1, number
