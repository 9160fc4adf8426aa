"""The pages of this room in a real browser: at phone and laptop width, with and without script."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from programs.models import (
    OrganisationCertification,
    Programme,
    ProgrammeTarget,
    Project,
    Resolution,
)
from tests import world as build
from tests.browser.judging import assert_sound

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "ทดสอบ-รหัสผ่าน-1"
TITLE = "โครงการพัฒนาศักยภาพผู้นำชุมชนท้องถิ่น จังหวัดเชียงใหม่"


@pytest.fixture
def w() -> build.World:
    """The world with something on every page."""
    made = build.world()
    build.province("51", "ลำพูน")
    build.subdistrict("500101", "ศรีภูมิ")
    build.subdistrict("500201", "ดอนแก้ว")
    build.project(made, "approved", title=TITLE)
    Programme.objects.create(
        code="NL2564.1",
        name="กิจกรรมพัฒนาผู้นำรุ่นใหม่",
        kind="3_activity",
        fiscal_year=2564,
        parent=made.programme,
    )
    Resolution.objects.create(
        meeting=made.meeting, number=1, kind="approved", text="เห็นชอบโครงการตามเสนอ 18 โครงการ"
    )
    OrganisationCertification.objects.create(
        organisation=made.organisation, meeting=made.meeting, certified_on=dt.date(2021, 1, 21)
    )
    ProgrammeTarget.objects.create(
        programme=made.programme,
        measure="people",
        target_count=920,
        basis="แผนปฏิบัติงานปี 2564",
        set_on=dt.date(2020, 10, 1),
    )
    return made


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser complained of: a blocked script or style, a fault of a script.

    The answer 409 of a conflict is what the page is about, and a request that a newer choice
    replaced is told as ``htmx:afterRequest`` and ``htmx:sendAbort``; neither is a complaint.
    """
    heard: list[str] = []
    page.on("console", lambda message: message.type == "error" and heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    yield heard
    known = ("409", "htmx:afterRequest", "htmx:sendAbort")
    assert [text for text in heard if not any(word in text for word in known)] == []


def log_in(page: Page, address: str, username: str) -> None:
    page.goto(f"{address}/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{address}/")


def save(page: Page) -> None:
    page.click("main form[method=post] .actions button.btn-primary")


def fill_project(page: Page, title: str) -> None:
    page.select_option("#id_programme", index=1)
    page.select_option("#id_province", "50")
    page.fill("#id_title", title)


def test_form_of_a_project_from_errors_to_a_draft(page, live_server, w, complaints):
    """Wrong if the form could not be finished after errors, a near-equal title and a choice."""
    log_in(page, live_server.url, w.officer.username)
    page.goto(f"{live_server.url}{reverse('programs:project_new')}")
    page.fill("#id_requested_baht", "1.234")
    save(page)
    expect(page.locator("#error-summary")).to_be_focused()
    assert_sound(page, "form with errors")
    fill_project(page, f"{TITLE} รุ่น 2")
    page.fill("#id_requested_baht", "๑,๕๐๐,๐๐๐")
    expect(page.locator("#id_requested_baht_echo")).to_have_text("หนึ่งล้านห้าแสนบาทถ้วน")
    save(page)
    expect(page.locator(".similar > ul > li")).to_have_count(1)
    assert_sound(page, "form with a near-equal project")
    page.check("#id_is_distinct")
    save(page)
    page.wait_for_url(re.compile(r"/projects/\d+/$"))
    assert Project.objects.filter(title=f"{TITLE} รุ่น 2", requested_baht=1_500_000).count() == 1


def test_places_narrow_while_choosing(page, live_server, w, complaints):
    """Wrong if choosing a place lost what was typed, the focus, or the places inside it."""
    log_in(page, live_server.url, w.officer.username)
    page.goto(f"{live_server.url}{reverse('programs:project_new')}")
    page.fill("#id_title", "พิมพ์ค้างไว้")
    page.select_option("#id_level", "subdistrict")
    expect(page.locator("#id_subdistrict")).to_be_visible()
    page.select_option("#id_province", "50")
    expect(page.locator("#id_district option")).to_have_count(3)
    page.select_option("#id_district", "5002")
    expect(page.locator("#id_subdistrict option")).to_have_count(2)
    page.select_option("#id_subdistrict", "500201")
    page.select_option("#id_province", "51")
    expect(page.locator("#id_district option")).to_have_count(1)
    expect(page.locator("#id_title")).to_have_value("พิมพ์ค้างไว้")


def test_organisation_is_found_while_typing(page, live_server, w, complaints):
    """Wrong if searching for an organisation lost the focus or offered the wrong ones."""
    log_in(page, live_server.url, w.officer.username)
    page.goto(f"{live_server.url}{reverse('programs:project_new')}")
    page.locator("#id_organisation_search").press_sequentially("ไม่มีจริง", delay=20)
    expect(page.locator("#id_organisation option")).to_have_count(1)
    expect(page.locator("#id_organisation_search")).to_be_focused()
    page.fill("#id_organisation_search", "")
    page.locator("#id_organisation_search").press_sequentially("เครอ", delay=20)
    page.fill("#id_organisation_search", "เครือขาย")
    expect(page.locator("#id_organisation option")).to_have_count(2)


def send(page: Page, step: str) -> None:
    """Send the form without script; the page that comes looks like the one that goes."""
    with page.expect_navigation():
        page.click(f"button[value={step}]")


def test_project_is_drawn_up_without_script(browser, live_server, w):
    """Wrong if a person with a blocked script could not reach a subdistrict."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, live_server.url, w.officer.username)
    page.goto(f"{live_server.url}{reverse('programs:project_new')}")
    fill_project(page, "โครงการป่าชุมชน")
    page.select_option("#id_level", "subdistrict")
    send(page, "place")
    page.select_option("#id_district", "5001")
    send(page, "place")
    page.select_option("#id_subdistrict", "500101")
    page.fill("#id_organisation_search", "เครือขาย")
    send(page, "organisation")
    page.select_option("#id_organisation", str(w.organisation.pk))
    save(page)
    page.wait_for_url(re.compile(r"/projects/\d+/$"))
    made = Project.objects.get(title="โครงการป่าชุมชน")
    assert (made.subdistrict_id, made.organisation) == ("500101", w.organisation)
    context.close()


def test_second_editor_sees_both_values(page, live_server, w, complaints):
    """Wrong if the page of a conflict could not be read, or lost the person's own value."""
    page.set_viewport_size({"width": 390, "height": 900})
    log_in(page, live_server.url, w.officer.username)
    address = reverse("programs:organisation_edit", args=[w.organisation.pk])
    page.goto(f"{live_server.url}{address}")
    type(w.organisation).objects.update(name="ชื่อของผู้อื่น", version=2)
    page.fill("#id_name", "ชื่อของฉัน")
    save(page)
    expect(page.locator("main table")).to_contain_text("ชื่อของผู้อื่น")
    assert_sound(page, "conflict")
    page.click("button[value=again]")
    expect(page.locator("#id_name")).to_have_value("ชื่อของฉัน")
    save(page)
    page.wait_for_url(re.compile(r"/organisations/\d+/$"))
    w.organisation.refresh_from_db()
    assert (w.organisation.name, w.organisation.version) == ("ชื่อของฉัน", 3)
