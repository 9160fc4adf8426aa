"""Every address of the product in a real browser: nobody shut out, nothing moving sideways."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.judging import LAPTOP, PHONE, findings, moves_sideways
from tests.browser.session import complaints_of, sign_in
from tests.security.kept import KEPT
from tests.security.place import Country
from tests.security.rights import ROWS
from tests.security.row import PEOPLE, Row

pytestmark = pytest.mark.django_db(transaction=True)
# A phone, a laptop at 200 %, a tablet, a laptop; the first and the last are looked at by axe too.
WIDTHS = (PHONE, 683, 768, LAPTOP)
# Files, and pieces of pages that htmx asks for: no page of their own.
NO_PAGE = {
    "entry:rows",
    "entry:rows_of",
    "files:content",
    "files:preview",
    "jobs:download",
    "jobs:progress",
    "health:live",
    "health:metrics",
    "health:ready",
    "imports:errors",
    "imports:rows",
    "imports:template",
    "overview:analysis_chart",
    "overview:part",
    "quality:trend",
    "reports:chart",
    "reports:file",
    "reports:progress",
    "ui:echo_baht",
    "ui:echo_date",
}
SHOWN = tuple(
    row
    for row in ROWS
    if row.get == 200 and row.may and row.name not in NO_PAGE and not row.is_for_programs
)


@pytest.fixture
def country(settings) -> Country:
    """Two regions with one of everything, and a person per role."""
    settings.MEDIA_ROOT = KEPT.media
    settings.JOBS_ACTIVE_PER_USER_COUNT = 100
    return KEPT.bring()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One browser session for all pages."""
    made = browser.new_context(locale="th-TH", timezone_id="Asia/Bangkok")
    yield made
    made.close()


def wrongs(page: Page) -> list[str]:
    """What axe finds on a phone and on a laptop, and whether the page moves sideways at any width."""
    said = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if width in (PHONE, LAPTOP):
            said += [f"{found} at {width}" for found in findings(page)]
        elif moves_sideways(page):
            said.append(f"moves sideways at {width}")
    return said


def visitor(row: Row) -> str:
    """Somebody who may open the page."""
    return next(letter for letter in PEOPLE if letter in row.may)


def test_every_page_is_accessible_fits_and_keeps_to_its_policy(context, live_server, country):
    """Wrong if any page shut somebody out, moved sideways, or broke its own security policy."""
    page = context.new_page()
    heard = complaints_of(page)
    wrong: list[str] = []
    for letter in PEOPLE:
        rows = [row for row in SHOWN if visitor(row) == letter]
        if not rows:
            continue
        sign_in(context, live_server.url, country.people[letter])
        for row in rows:
            address = row.address(country, "own")
            page.goto(f"{live_server.url}{address}")
            said = [*wrongs(page), *heard]
            wrong += [f"{letter} {address}: {text}" for text in said]
            heard.clear()
    assert len(SHOWN) > 50
    assert wrong == []
