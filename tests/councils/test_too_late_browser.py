"""The page that answers a form that came too late, in a real browser."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from councils import services as councils
from tests import world as build
from tests.browser.judging import assert_sound
from tests.browser.session import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_person_reads_what_happened_and_what_they_typed(page: Page, live_server):
    """Wrong if the way on were missing, hidden on a phone, or shut anybody out."""
    w = build.world()
    council = build.council()
    sign_in(page.context, live_server.url, w.officer)
    page.goto(f"{live_server.url}{reverse('councils:meeting_new', args=[council.pk])}")
    page.get_by_label("วันที่ประชุม").fill("1 มี.ค. 2564")
    page.get_by_label("เรื่องสำคัญ").fill("ที่ทำกินริมน้ำ\nป่าชุมชน")
    councils.withdraw_council(actor=w.manager, council=council, reason="ตั้งผิด", today=build.TODAY)
    page.get_by_role("button", name="บันทึก", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ยังไม่ได้บันทึก")
    expect(page.get_by_text("ป่าชุมชน")).to_be_visible()
    expect(page.get_by_text("1 มีนาคม 2564")).to_be_visible()
    assert_sound(page, "too late")
    page.get_by_role("link", name=f"เปิด{council}").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(council.name)
