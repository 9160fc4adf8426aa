"""The builder of analyses in a real browser: search, choose, see at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.judging import assert_sound
from tests.overview.conftest import fill
from tests.ui.test_browser import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def test_choosing_shows_the_table_at_once(page: Page, live_server):
    """Wrong if a choice needed the button, was lost by the next search, or stood in no address."""
    analyst = fill()["analyst"]
    page.goto(f"{live_server.url}/login/")
    page.fill("#id_username", analyst.username)
    page.fill("#id_password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/analyses/new/")
    page.wait_for_load_state()
    page.fill("#id_find", "จัดตั้งสภาแล้ว")
    found = page.locator("#analysis-measures").get_by_label("จัดตั้งสภาแล้ว (แห่ง)", exact=True)
    expect(page.locator("#analysis-measures details")).to_have_count(1)
    found.check()
    expect(page.locator("#analysis-results table")).to_contain_text("เหนือ")
    expect(page).to_have_url(re.compile("measure=councils.established%3Acouncils_established"))
    page.fill("#id_find", "หมู่บ้าน")
    expect(page.locator(".analysis__kept input:checked")).to_have_count(1)
    assert_sound(page, "an analysis")
