"""What must stay in sight on a small laptop and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page

from tests import world as build
from tests.browser.session import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_warning_of_lateness_is_in_sight_on_a_small_laptop(
    page: Page, context: BrowserContext, live_server
):
    """Wrong if a long code pushed the last column, the warning, out of the list."""
    w = build.world()
    build.project(w, baht=10_000_000, code="NL2564-NORTH-CHIANGMAI-0001-EXTENDED-2")
    sign_in(context, live_server.url, w.officer)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{live_server.url}/projects/")
    region = page.locator(".table-region").bounding_box()
    late = page.locator("td .tag--bad").bounding_box()
    assert region
    assert late
    assert late["x"] + late["width"] <= region["x"] + region["width"]


def test_figures_leave_room_for_the_form_on_a_phone(
    page: Page, context: BrowserContext, live_server
):
    """Wrong if three figures filled a phone's screen before the first field."""
    w = build.world()
    project = build.project(w, plan=(700_000, 300_000))
    sign_in(context, live_server.url, w.finance)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/projects/{project.pk}/pay/")
    tiles = page.locator(".tiles").bounding_box()
    first = page.locator("#id_instalment").bounding_box()
    assert tiles
    assert first
    assert tiles["height"] < 844 / 3
    assert first["y"] + first["height"] < 844
