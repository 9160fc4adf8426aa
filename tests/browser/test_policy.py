"""The watch over the Content-Security-Policy hears what breaks it: without these, 0 says nothing."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from tests.browser.policy import WATCH

pytestmark = pytest.mark.django_db(transaction=True)
BREACHES = {
    "script-src-elem inline": """() => {
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
    }""",
    "script-src-attr inline": """() => {
        document.body.insertAdjacentHTML("beforeend", "<img src='/x.png' onerror='window.ran = true'>");
    }""",
    "style-src-attr inline": """() => document.body.setAttribute("style", "color: red")""",
    "style-src-elem inline": """() => {
        const style = document.createElement("style");
        style.textContent = "body { color: red }";
        document.head.append(style);
    }""",
    "img-src http://127.0.0.1:9/x.png": """() => {
        document.body.insertAdjacentHTML("beforeend", "<img src='http://127.0.0.1:9/x.png'>");
    }""",
    "script-src eval": """() => {
        const timer = setTimeout("window.ran = true");
    }""",
}


def wait_until_heard(page: Page, before: int) -> None:
    """Until the watch was told of a breach, and of whatever else the same act broke."""
    for _ in range(200):
        page.wait_for_timeout(100)
        if len(WATCH.heard) > before:
            return


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_refused_and_counted(page: Page, live_server, breach: str):
    """Wrong if inline script, inline style or another site were let through or not noticed."""
    page.goto(f"{live_server.url}/login/")
    before = len(WATCH.heard)
    page.evaluate(BREACHES[breach])
    wait_until_heard(page, before)
    found = WATCH.take_away(before)
    assert [text for text in found if text.startswith(f"{breach} on ")], found
    assert page.evaluate("window.ran") is None
    assert page.evaluate("getComputedStyle(document.body).color") != "rgb(255, 0, 0)"


def test_a_breach_is_counted_without_script_too(browser: Browser, live_server):
    """Wrong if pages of people without script were not watched."""
    policy = Client().get("/login/")["Content-Security-Policy"]
    context = browser.new_context(java_script_enabled=False)
    context.route(
        "**/broken/",
        lambda route: route.fulfill(
            body="<p style='color: red'>x</p>",
            headers={"Content-Type": "text/html", "Content-Security-Policy": policy},
        ),
    )
    before = len(WATCH.heard)
    page = context.new_page()
    page.goto(f"{live_server.url}/broken/")
    wait_until_heard(page, before)
    context.close()
    assert len(WATCH.take_away(before)) == 1
