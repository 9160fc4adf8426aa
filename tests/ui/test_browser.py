"""The pages in a real browser: at phone and laptop width, with and without script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect

from codi.accounts.models import Role, ScopeLevel
from tests import world as build
from tests.browser.judging import findings

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "ทดสอบ-รหัสผ่าน-1"
WIDTHS = (390, 768, 1366)
UNDER_WAY = ".htmx-request, .htmx-swapping, .htmx-settling"


@pytest.fixture
def people():
    """Thirty people, so that the list has two pages, and an administrator who sees them."""
    for number in range(30):
        build.user(full_name=f"คนที่ {number:02}", username=f"person.{number:02}")
    facts = {"scope_level": ScopeLevel.NATION, "full_name": "ผู้ดูแล ระบบ"}
    return build.user(Role.ADMINISTRATOR, username="admin", **facts)


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser complained of (a blocked script or style, a fault of a script)."""
    heard: list[str] = []
    page.on("console", lambda message: message.type == "error" and heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    yield heard
    assert heard == []


def log_in(page: Page, address: str) -> None:
    page.goto(f"{address}/login/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{address}/")


def send_empty(page: Page) -> None:
    page.click("main form[method=post] button.btn-primary")
    expect(page.locator("#error-summary")).to_be_focused()


def open_menus(page: Page) -> None:
    if page.locator(".nav-toggle").is_visible():
        page.click(".nav-toggle")
    page.click(".user-menu summary")


PAGES: tuple[tuple[str, Callable[[Page], None] | None], ...] = (
    ("/", None),
    ("/", open_menus),
    ("/users/", None),
    ("/users/?q=zzz", None),
    ("/users/new/", None),
    ("/users/new/", send_empty),
    ("/me/password/", send_empty),
)


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_are_accessible_and_fit(page, live_server, people, complaints, width):
    """Wrong if a page shut somebody out, moved sideways on a phone, or broke its own policy."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{live_server.url}/login/")
    assert findings(page) == [], f"login {width}"
    send_empty(page)
    assert findings(page) == [], f"login with errors {width}"
    log_in(page, live_server.url)
    for address, act in PAGES:
        page.goto(f"{live_server.url}{address}")
        if act:
            act(page)
        assert findings(page) == [], f"{address} {width} {act.__name__ if act else ''}"


def test_list_answers_while_typing(page, live_server, people, complaints):
    """Wrong if the search needed a whole page, lost the focus or left the address behind."""
    log_in(page, live_server.url)
    page.goto(f"{live_server.url}/users/")
    page.locator("#id_q").press_sequentially("คนที่ 07", delay=20)
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("#id_q")).to_be_focused()
    expect(page.locator("#list-announce")).to_have_text("พบ 1 คน")
    # The answer to the last key, not to one before it: that would still replace the list below.
    expect(page).to_have_url(re.compile(re.escape(f"q={quote('คนที่ 07')}&")))
    expect(page.locator(UNDER_WAY)).to_have_count(0)
    page.click("#sort-username")
    # The address first: a pressed link has the focus before the answer comes as well.
    expect(page).to_have_url(re.compile("sort=username"))
    expect(page.locator("#sort-username")).to_be_focused()
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(1)


def wait_until_held(page: Page, held: list[Route]) -> None:
    """Until the test holds the answer to a request that the page has sent."""
    for _ in range(400):
        if held:
            return
        page.wait_for_timeout(50)
    raise AssertionError("nothing was sent")


def test_an_order_pressed_while_a_search_is_under_way_is_kept_with_it(page, live_server, people):
    """Wrong if the late answer to the search took the order back, or the order forgot the search."""
    log_in(page, live_server.url)
    page.goto(f"{live_server.url}/users/")
    held = []

    def hold_the_first(route):
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/users/?*", hold_the_first)
    with page.expect_request("**/users/?*"):
        page.fill("#id_q", "คนที่ 0")
    wait_until_held(page, held)
    page.click("#sort-username")
    # Where nothing waits, the answer to the order would come before the search's.
    page.wait_for_timeout(300)
    held[0].continue_()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("ชื่อผู้ใช้")
    expect(page.locator("#list-announce")).to_have_text("พบ 10 คน")
    expect(page).to_have_url(re.compile(f"q={re.escape(quote('คนที่ 0'))}&"))
    expect(page).to_have_url(re.compile("sort=username&"))
    expect(page.locator(UNDER_WAY)).to_have_count(0)
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("ชื่อผู้ใช้")
    # The other way round: typed before the answer to a press.
    held.clear()
    page.click("#sort-username")
    wait_until_held(page, held)
    page.fill("#id_q", "คนที่ 01")
    page.wait_for_timeout(600)
    held[0].continue_()
    expect(page.locator("#list-announce")).to_have_text("พบ 1 คน")
    expect(page).to_have_url(re.compile("sort=-username"))


def test_everything_works_without_script(browser, live_server, people):
    """Wrong if a person with a blocked script could not log in, search or open the menu."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 800})
    log_in(page, live_server.url)
    page.click("#site-nav a[href='/users/']")
    page.fill("#id_q", "คนที่ 07")
    page.click("#list-form button[type=submit]")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.click(".user-menu summary")
    page.click("text=ออกจากระบบ")
    page.wait_for_url("**/login/")
    context.close()


def test_a_double_click_sends_once(page, live_server, people):
    """Wrong if an impatient second click made a second entry."""
    log_in(page, live_server.url)
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    page.goto(f"{live_server.url}/users/new/")
    page.dblclick("main form[method=post] button.btn-primary")
    page.wait_for_selector("#error-summary")
    assert len(sent) == 1


def test_keyboard_reaches_the_content_first(page, live_server, people):
    """Wrong if a keyboard had to walk through the whole menu on every page."""
    log_in(page, live_server.url)
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
