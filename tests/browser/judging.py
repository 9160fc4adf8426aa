"""Whether a page shuts somebody out or moves sideways."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCRIPT = Axe().axe_script
RUN = "() => axe.run({resultTypes: ['violations']}).then(found => found.violations)"
PHONE, LAPTOP = 390, 1366


def moves_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return not page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def findings(page: Page) -> list[str]:
    """What axe finds in the page as it is, and whether it moves sideways."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    said = [
        f"{item['id']}: {node['html'][:200]}"
        for item in page.evaluate(RUN)
        for node in item["nodes"]
    ]
    return [*said, "moves sideways"] if moves_sideways(page) else said


def assert_sound(page: Page, what: str) -> None:
    """No finding on a phone and on a laptop."""
    for width in (PHONE, LAPTOP):
        page.set_viewport_size({"width": width, "height": 900})
        assert findings(page) == [], f"{what} at {width}"
