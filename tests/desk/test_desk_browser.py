"""Drafts in a real browser: killed at random, the line lost, the session over, logged out."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Error, Page, expect

from codi.desk.models import Draft
from programs.models import Organisation
from tests import world as build
from tests.browser.judging import assert_sound
from tests.browser.session import complaints_of, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "ทดสอบ-รหัสผ่าน-1"
FIELDS = (
    ("title", "โครงการพัฒนาผู้นำ"),
    ("objectives", "เพื่อพัฒนาผู้นำชุมชน\nทั้งตำบล"),
    ("target_people_count", "๑,๒๐๐"),
    ("target_subdistrict_count", "25"),
    ("target_household_count", "3,400"),
    ("requested_baht", "1,500,000.50 บาท"),
)
KILLS = 10


@pytest.fixture
def w() -> build.World:
    return build.world()


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser complained of, but for the line that the test cuts and a late state's 409."""
    heard = complaints_of(page)
    yield heard
    expected = ("ERR_INTERNET_DISCONNECTED", "409")
    assert [text for text in heard if not any(word in text for word in expected)] == []


def kill(page: Page) -> None:
    """End the page as a crash does: no event, no farewell, nothing kept in the browser."""
    context = page.context
    with suppress(Error):
        page.goto("chrome://crash", timeout=5_000)
    context.close()


def test_browser_killed_at_random_loses_at_most_one_field(browser, live_server, w):
    """Wrong if a crash cost more than the field under the hands; seeded, so that it repeats."""
    dice = random.Random(2564)
    address = reverse("programs:project_new")
    lost_counts = []
    for _ in range(KILLS):
        Draft.objects.all().delete()
        context = browser.new_context(locale="th-TH")
        sign_in(context, live_server.url, w.officer)
        page = context.new_page()
        page.goto(f"{live_server.url}{address}")
        typed = type_until(page, dice)
        kill(page)
        lost_counts.append(lost_in_the_end(address, w.officer, typed))
    assert max(lost_counts) <= 1
    assert len(lost_counts) == KILLS


def test_control_without_the_script_everything_is_lost(browser, live_server, w):
    """The danger is real: without drafts the same crash costs the whole form."""
    context = browser.new_context(locale="th-TH")
    context.route("**/desk*.js", lambda route: route.abort())
    sign_in(context, live_server.url, w.officer)
    page = context.new_page()
    page.goto(f"{live_server.url}{reverse('programs:project_new')}")
    for name, text in FIELDS:
        page.fill(f"#id_{name}", text)
    kill(page)
    typed = dict(FIELDS)
    assert lost_fields(reverse("programs:project_new"), w.officer, typed) == list(typed)


def type_until(page: Page, dice: random.Random) -> dict[str, str]:
    """Type field after field like a quick person, up to a random letter; what was typed."""
    last, typed = dice.randrange(len(FIELDS)), {}
    for number, (name, text) in enumerate(FIELDS[: last + 1]):
        page.focus(f"#id_{name}")
        part = text if number < last else text[: dice.randrange(len(text) + 1)]
        page.keyboard.type(part, delay=8)
        typed[name] = part
    page.wait_for_timeout(dice.randrange(60))
    return typed


def lost_in_the_end(address: str, person: Any, typed: dict[str, str]) -> int:
    """How many fields are lost once the server has written what had reached it before the crash."""
    for _ in range(100):
        if (count := len(lost_fields(address, person, typed))) <= 1:
            break
        time.sleep(0.1)
    return count


def lost_fields(address: str, person: Any, typed: dict[str, str]) -> list[str]:
    """The fields that a person who comes back does not find as they were typed."""
    client = Client()
    client.force_login(person)
    form = client.get(address, {"draft": "use"}).context["form"]
    found = {name: (form[name].value() or "").replace("\r\n", "\n") for name in typed}
    return [name for name, text in typed.items() if found[name] != text]


def test_the_form_says_when_it_kept_itself_and_offers_it(page, live_server, w, complaints):
    """Wrong if nobody was told, or a page of drafts shut somebody out."""
    sign_in(page.context, live_server.url, w.officer)
    page.goto(f"{live_server.url}{reverse('programs:organisation_new')}")
    page.fill("#id_name", "กลุ่มออมทรัพย์บ้านใหม่")
    page.keyboard.press("Tab")
    expect(page.locator("#desk-status")).to_contain_text("บันทึกร่างอัตโนมัติเมื่อ")
    assert_sound(page, "kept")
    page.reload()
    expect(page.locator(".desk-offer")).to_contain_text("มีร่างของท่านที่ยังไม่ได้บันทึก")
    assert_sound(page, "offered")
    page.click("text=ใช้ร่างที่บันทึกไว้")
    expect(page.locator("#id_name")).to_have_value("กลุ่มออมทรัพย์บ้านใหม่")
    assert_sound(page, "used")
    page.select_option("#id_kind", "community")
    page.select_option("#id_province", "50")
    page.click("main form#desk-form button.btn-primary")
    expect(page.locator("h1")).to_have_text("กลุ่มออมทรัพย์บ้านใหม่")
    page.wait_for_load_state()
    assert not Draft.objects.exists()
    page.goto(f"{live_server.url}{reverse('programs:organisation_new')}")
    wait_until_nothing_is_kept(page)
    assert page.locator(".desk-offer").count() == 0
    assert not Draft.objects.exists()


def wait_until_nothing_is_kept(page: Page) -> None:
    """Wait until the browser holds nothing typed; the page's policy forbids to wait in a script."""
    for _ in range(50):
        if page.evaluate("localStorage.length") == 0:
            return
        page.wait_for_timeout(100)
    raise AssertionError("the browser still keeps what was typed")


def test_a_lost_line_keeps_the_input_and_saves_once(page, live_server, w, complaints):
    """Wrong if a lost line lost what was typed, or its return saved it twice."""
    sign_in(page.context, live_server.url, w.officer)
    page.goto(f"{live_server.url}{reverse('programs:organisation_new')}")
    page.select_option("#id_kind", "community")
    page.select_option("#id_province", "50")
    expect(page.locator("#desk-status")).to_contain_text("บันทึกร่างอัตโนมัติ")
    page.context.set_offline(True)
    expect(page.locator("#desk-lost")).to_be_visible()
    page.fill("#id_name", "กลุ่มสายขาด")
    page.click("main form#desk-form button.btn-primary")
    expect(page.locator("#desk-held")).to_be_visible()
    assert_sound(page, "lost line")
    assert not Organisation.objects.filter(name="กลุ่มสายขาด").exists()
    page.context.set_offline(False)
    expect(page.locator("h1")).to_have_text("กลุ่มสายขาด")
    assert Organisation.objects.filter(name="กลุ่มสายขาด").count() == 1
    assert not Draft.objects.exists()


def test_the_end_of_the_session_keeps_what_was_typed(page, live_server, w):
    """Wrong if logging in again began with an empty form."""
    sign_in(page.context, live_server.url, w.officer)
    page.goto(f"{live_server.url}{reverse('programs:organisation_new')}")
    Session.objects.all().delete()
    page.fill("#id_name", "กลุ่มหมดเวลา")
    page.keyboard.press("Tab")
    expect(page.locator("#desk-out")).to_be_visible()
    page.click("#desk-out a")
    page.fill("#id_username", w.officer.username)
    page.fill("#id_password", PASSWORD)
    page.click("main button[type=submit]")
    page.click("text=ใช้ร่างที่บันทึกไว้")
    expect(page.locator("#id_name")).to_have_value("กลุ่มหมดเวลา")
    page.wait_for_load_state()  # the script that keeps what is typed
    page.context.set_offline(True)
    page.fill("#id_contact", "ป้าแดง")
    assert page.evaluate("localStorage.length") == 1
    page.context.set_offline(False)
    page.click(".user-menu summary")
    page.click(".user-menu form button")
    page.wait_for_url("**/login/**")
    wait_until_nothing_is_kept(page)


def test_each_refusal_of_a_draft_says_what_to_do(page, live_server, w):
    """Wrong if too long, a fault, a stale page and a deleted record all looked like a lost line.

    A proxy in front answers 413 and 500 in the place of the product, as proxies do.
    """
    sign_in(page.context, live_server.url, w.officer)
    address = reverse("programs:organisation_edit", args=[w.organisation.pk])
    page.goto(f"{live_server.url}{address}")
    for status, said in ((413, "ยาวเกินกว่าที่ระบบรับได้"), (500, "ระบบขัดข้อง")):
        page.route(f"**{address}", lambda route, _, status=status: route.fulfill(status=status))
        page.fill("#id_contact", f"ป้าแดง {status}")
        page.keyboard.press("Tab")
        expect(page.locator("#desk-status")).to_contain_text(said)
        page.unroute(f"**{address}")
    page.context.clear_cookies(name="csrftoken")
    page.fill("#id_contact", "ป้าแดง 403")
    page.keyboard.press("Tab")
    expect(page.locator("#desk-shut")).to_contain_text("หน้านี้หมดอายุ")
    assert_sound(page, "shut")
    page.reload()
    page.click("text=ใช้ร่างที่บันทึกไว้")
    expect(page.locator("#id_contact")).to_have_value("ป้าแดง 403")
    page.wait_for_load_state()  # the script that keeps what is typed
    Organisation.objects.all().delete()
    page.fill("#id_contact", "ป้าแดง 404")
    page.keyboard.press("Tab")
    expect(page.locator("#desk-shut")).to_contain_text("รายการนี้ถูกลบ")
    expect(page.locator("#desk-lost")).to_be_hidden()
    assert "404" in page.evaluate("decodeURIComponent(Object.values(localStorage).join())")


def test_closing_a_toast_keeps_the_focus_in_the_page(page, live_server, w):
    """Wrong if who closed a toast by keyboard began again at the top of the page."""
    organisation = Organisation.objects.create(
        name="กลุ่มที่ลบ", kind="community", region=w.organisation.region
    )
    sign_in(page.context, live_server.url, w.officer)
    page.goto(f"{live_server.url}{organisation.get_absolute_url()}")
    page.locator(".delete-button button").press("Enter")
    expect(page.locator(".toast-act")).to_contain_text("เลิกทำได้ภายใน 30 วัน")
    page.wait_for_load_state()  # the script that closes it
    page.emulate_media(media="print")
    expect(page.locator(".toasts")).to_be_hidden()
    page.emulate_media(media="screen")
    page.locator(".toast-act [data-close]").press("Enter")
    expect(page.locator(".toast-act")).to_have_count(0)
    expect(page.locator("#main")).to_be_focused()
