"""Pages on paper, as the browser prints them: nothing cut off, nothing to press."""

from __future__ import annotations

import io

import pypdf
import pytest
from playwright.sync_api import BrowserContext, Page

from programs.models import Organisation
from tests import world as build
from tests.browser.session import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 40


def printed(page: Page) -> pypdf.PdfReader:
    """The page as a PDF on the sheets that its style asks for."""
    return pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))


def text_of(paper: pypdf.PdfReader) -> str:
    return "\n".join(sheet.extract_text() for sheet in paper.pages)


def test_list_prints_every_row_and_column(page: Page, context: BrowserContext, live_server):
    """Wrong if paper lost what the screen scrolls: rows below its box, columns beside it."""
    w = build.world()
    codes = [
        build.project(w, step="draft", code=f"P-{number:03}", title=f"โครงการที่ {number}").code
        for number in range(ROWS)
    ]
    sign_in(context, live_server.url, w.officer)
    page.goto(f"{live_server.url}/projects/?size=100")
    paper = printed(page)
    sheet = paper.pages[0].mediabox
    assert (round(sheet.width / 72 * 25.4), round(sheet.height / 72 * 25.4)) == (297, 210)
    text = text_of(paper)
    assert [code for code in codes if code not in text] == []
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1030, "height": 700})
    last = page.locator("th").last.bounding_box()
    assert last
    assert last["x"] + last["width"] <= 1030


def test_project_prints_without_its_buttons(page: Page, context: BrowserContext, live_server):
    """Wrong if a printed project carried menus and buttons, or lost a part."""
    w = build.world()
    project = build.project(w, plan=(700_000, 300_000))
    build.pay(w, project.instalments.first(), 700_000)
    sign_in(context, live_server.url, w.finance)
    page.goto(f"{live_server.url}/projects/{project.pk}/")
    page.emulate_media(media="print")
    for hidden in (".site-head", ".site-nav", ".btn", ".acts-panel", ".crumbs"):
        assert page.locator(f"{hidden}:visible").count() == 0, hidden
    for shown in ("#ladder-title", "#instalments table", "#ledger table", "#facts-title"):
        assert page.locator(shown).is_visible(), shown


def test_a_grid_prints_the_whole_text_of_its_cells(
    page: Page, context: BrowserContext, live_server
):
    """Wrong if paper cut a cell off where the screen scrolls inside it, or printed the tools."""
    w = build.world()
    told = "Somchai 081-000-0000 extension 12, Somsri 089-999-9999 after office hours"
    Organisation.objects.filter(pk=w.organisation.pk).update(contact=told)
    sign_in(context, live_server.url, w.officer)
    page.goto(f"{live_server.url}/entry/organisations/")
    text = " ".join(text_of(printed(page)).split())
    assert told in text
    assert "Ctrl" not in text
