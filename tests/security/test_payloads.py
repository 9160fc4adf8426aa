"""Hostile text that was stored: shown as text on every page and in the report, no formula in a file."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from programs.models import Committee, Meeting, Organisation, Programme, Project
from reports.content import of_edition
from reports.models import Edition, EditionText
from reports.rendering import html_of
from reports.sheets import xlsx_of
from tests.security.place import TODAY, Country
from tests.security.rights import ROWS
from tests.security.row import Row

pytestmark = pytest.mark.django_db
PAYLOADS = (
    "<script>alert('zxss')</script>", "<ScRiPt src=//zxss.example>", "<img src=x onerror=alert('zxss')>",
    "<svg onload=alert('zxss')>", "\"><b id=zxss>", "'><b id=zxss>", "\" onfocus=zxss() autofocus x=\"",
    "' onmouseover=zxss() x='", "</title><script>zxss()</script>", "</textarea><script>zxss()</script>",
    "<iframe src=javascript:zxss()>", "<a href=javascript:zxss()>zxss</a>", "javascript:zxss()",
    "<style>@import '//zxss.example'</style>", "<link rel=attachment href=file:///etc/passwd>",
    "<!--zxss", "]]><zxss>", "{{7*7}}{%zxss%}", "&lt;script&gt;zxss&lt;/script&gt;",
    "<zxss hx-get=/logout/ hx-trigger=load>",
)  # fmt: skip
FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A",
)
HOSTILE = "zxss"


class Reader(HTMLParser):
    """Notes every element and attribute that hostile text made."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.shown = ""
        self._in_script = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self._in_script = tag in ("script", "style")
        if HOSTILE in tag or tag in ("iframe", "object", "embed"):
            self.found += [] if tag == "iframe" and "zxss" not in str(given) else [tag]
        for name, value in attributes:
            where = f"{tag} {name}={value}"
            address = (value or "").strip().lower()
            if name.startswith("on") or HOSTILE in name or name == "style":
                self.found.append(where)
            if name in ("href", "src", "action", "formaction", "hx-get") and (
                address.startswith(("javascript:", "data:text", "file:", "//"))
                or HOSTILE in address
            ):
                self.found.append(where)
            if name == "id" and value == HOSTILE:
                self.found.append(where)
        self.shown += f" {given.get('value') or ''}"

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_comment(self, data: str) -> None:
        if HOSTILE in data:
            self.found.append(f"comment {data[:40]}")

    def handle_data(self, data: str) -> None:
        if self._in_script and HOSTILE in data:
            self.found.append(f"script {data[:40]}")
        self.shown += data


def harm(html: str) -> list[str]:
    """What hostile text did to a page."""
    reader = Reader()
    reader.feed(html)
    return reader.found


def poison(country: Country, text: str) -> None:
    """Put the text into every text field of the own place that people write."""
    things = country.places["own"].things
    region = country.places["own"].region.pk
    for step in ("draft", "submitted", "endorsed", "approved", "under_way"):
        Project.objects.filter(pk=things[f"project {step}"].pk).update(
            title=f"{step} {text}", objectives=text
        )
    Organisation.objects.filter(region=region).update(name=text, contact=text)
    Committee.objects.filter(pk=things["committee"].pk).update(name=text)
    Meeting.objects.filter(pk=things["meeting"].pk).update(venue=text)
    things["meeting"].resolutions.update(text=text)
    things["organisation"].certifications.update(note=text)
    Programme.objects.update(name=text, objectives=text)
    things["edition draft"].texts.update(text=text)
    things["instalment"].__class__.objects.filter(project=things["project draft"]).update(
        condition=text, evidence=text
    )
    type(things["job queued"]).objects.update(title=text[:200])
    type(things["batch previewed"]).objects.update(file_name=text[:200])
    things["batch previewed"].refresh_from_db()
    country.people["O"].__class__.objects.filter(pk=things["person"].pk).update(
        full_name=text[:120]
    )


GROUPS = [" ".join(PAYLOADS[n : n + 3])[:190] for n in range(0, len(PAYLOADS), 3)]


def test_there_are_twenty_payloads_and_all_are_stored():
    """Wrong if the count that docs/security.md gives were not true, or a payload were cut off."""
    assert len(PAYLOADS) == 20
    assert all(any(payload in group for group in GROUPS) for payload in PAYLOADS)


def page_of(
    row: Row, country: Country, clients: dict[str, Client]
) -> tuple[Client, str, str] | None:
    """Who is shown a page at this address, the address, the page; None where nobody of three is."""
    if row.get != 200 or row.is_for_programs or row.name == "reports:chart":
        return None
    address = row.address(country, "own")
    for who in (who for who in "DMC" if who in row.may):
        response = clients[who].get(address)
        if not response.streaming and "html" in response["Content-Type"]:
            return clients[who], address, response.content.decode()
    return None


def test_stored_text_is_shown_as_text_on_every_page(country: Country, clients: dict[str, Client]):
    """Wrong if stored text became an element, an attribute, an address or a script anywhere.

    Every page is asked with the first texts; those that show them with all others as well.
    """
    poison(country, GROUPS[0])
    pages = [page for row in ROWS if (page := page_of(row, country, clients))]
    showing, wrong = [], []
    for client, address, html in pages:
        showing += [(client, address)] if HOSTILE in html else []
        wrong += [f"{address} {what}" for what in harm(html)]
    for group in GROUPS[1:]:
        poison(country, group)
        for client, address in showing:
            wrong += [f"{address} {what}" for what in harm(client.get(address).content.decode())]
    assert not wrong, "\n".join(wrong)
    assert len(showing) >= 20


def test_stored_text_is_text_in_the_report(country: Country):
    """Wrong if a title or a staff text put an element into the document that becomes the PDF."""
    edition = Edition.objects.get(pk=country.thing("edition draft", "own").pk)
    for group in GROUPS:
        poison(country, group)
        edition.refresh_from_db()
        html = html_of(of_edition(edition, today=TODAY))
        assert HOSTILE in html
        assert [what for what in harm(html) if HOSTILE in what] == []
        assert "file:///etc" not in "".join(what for what in harm(html))


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_an_export_is_a_formula(
    formula: str, country: Country, clients: dict[str, Client]
):
    """Wrong if a spreadsheet program ran what somebody typed as a title."""
    own = country.places["own"]
    Project.objects.filter(pk=own.things["project approved"].pk).update(title=formula)
    EditionText.objects.filter(edition=own.things["edition draft"]).update(text=formula)
    address = reverse("finance:projects")
    body = b"".join(clients["A"].get(address, {"export": "csv"}).streaming_content).decode()
    cells = [cell for line in csv.reader(io.StringIO(body)) for cell in line]
    assert f"'{formula}" in cells
    assert formula not in cells
    sheet = b"".join(clients["A"].get(address, {"export": "xlsx"}).streaming_content)
    edition = Edition.objects.get(pk=own.things["edition draft"].pk)
    for book in (sheet, xlsx_of(of_edition(edition, today=TODAY))):
        assert not formulas(book)


def formulas(book: bytes) -> list[Any]:
    """The cells of a workbook that a spreadsheet program would compute."""
    opened = openpyxl.load_workbook(io.BytesIO(book))
    return [
        cell.coordinate
        for sheet in opened.worksheets
        for line in sheet.iter_rows()
        for cell in line
        if cell.data_type == "f"
    ]
