"""The main job from end to end, as people do it: officer, manager, finance, and the report."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from codi.accounts.models import User
from codi.jobs.models import Job, State
from codi.jobs.runner import run
from finance.models import LedgerEntry
from programs.models import Project, ProjectStatus
from reports.models import Edition, EditionState
from tests import world as build
from tests.browser.session import complaints_of, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
TITLE = "โครงการพัฒนาผู้นำรุ่นใหม่ จังหวัดเชียงใหม่"
NEXT_STEP = ".acts .btn-primary"
SEND = "main form[method=post] .actions .btn-primary"
AsPerson = Callable[[User], Page]


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def as_person(request, browser: Browser, live_server):
    """A browser per person, with and without script; none of them may complain."""
    opened, heard = [], []

    def page_of(user: User) -> Page:
        context = browser.new_context(locale="th-TH", java_script_enabled=request.param)
        opened.append(context)
        sign_in(context, live_server.url, user)
        page = context.new_page()
        heard.append(complaints_of(page))
        page.goto(live_server.url)
        return page

    yield page_of
    for context in opened:
        context.close()
    assert [text for texts in heard for text in texts] == []


def step(page: Page, project_url: str, **answers: str) -> None:
    """Take the project's next step: open it from the page, answer, check, confirm."""
    page.goto(project_url)
    page.click(NEXT_STEP)
    for name, answer in answers.items():
        page.fill(f"#id_{name}", answer)
    page.click(SEND)
    confirm, done = page.locator("button[name=confirmed]"), page.locator("#messages .notice--good")
    # A click does not wait for the page that it asks for: one of the two must be there first.
    expect(confirm.or_(done)).to_be_visible()
    if confirm.is_visible():
        confirm.click()
    expect(done).to_be_visible()


def draft(page: Page, address: str) -> str:
    """The officer draws up a project with two instalments; the address of its page."""
    page.goto(f"{address}/projects/new/")
    page.select_option("#id_programme", index=1)
    page.select_option("#id_province", "50")
    page.fill("#id_title", TITLE)
    page.select_option("#id_organisation", index=1)
    page.fill("#id_requested_baht", "๑,๐๐๐,๐๐๐")
    page.click(SEND)
    page.wait_for_url(re.compile(r"/projects/\d+/$"))
    url = page.url
    page.goto(f"{url}instalments/")
    page.fill("#id_form-0-planned_baht", "700,000")
    page.click("button[name=add_line]")
    page.fill("#id_form-1-planned_baht", "300000")
    page.click(SEND)
    page.wait_for_url(re.compile(r"/projects/\d+/#instalments$"))
    return url


def issue_report(page: Page, address: str, chief: Page) -> Edition:
    """One click makes the report; the chief approves and issues it; jobs make the files."""
    page.goto(f"{address}/reports/new/")
    page.select_option("#id_programme", index=1)
    page.select_option("#id_region", "N")
    page.click(SEND)
    page.wait_for_url(re.compile(r"/reports/\d+/$"))
    url = page.url
    page.goto(f"{url}submit/")
    page.click(SEND)
    page.wait_for_url(url)
    for act in ("approve", "issue"):
        chief.goto(f"{url}{act}/")
        chief.click(SEND)
        chief.wait_for_url(url)
    for job in Job.objects.filter(state=State.QUEUED).order_by("pk"):
        run(job.pk, worker="test")
    chief.goto(url)
    return Edition.objects.get()


def test_from_a_draft_to_the_issued_report(as_person: AsPerson, live_server, tmp_path, settings):
    """Wrong if people could not bring a project from its draft to the regional report by pages."""
    settings.MEDIA_ROOT = tmp_path
    w = build.world()
    officer, manager, finance = (as_person(who) for who in (w.officer, w.manager, w.finance))
    url = draft(officer, live_server.url)
    step(officer, url)
    expect(officer.locator(NEXT_STEP)).to_have_count(0)
    step(manager, url)
    step(finance, url)
    step(finance, url, document_number="ฎ. 1/2570")
    step(finance, url, document_number="ฎ. 2/2570")
    project = Project.objects.get()
    assert (project.status, project.approved_baht) == (ProjectStatus.UNDER_WAY, Decimal(1_000_000))
    paid = LedgerEntry.objects.order_by("pk").values_list("amount_baht", flat=True)
    assert list(paid) == [Decimal(700_000), Decimal(300_000)]
    for _ in range(2):
        step(finance, url)
    step(manager, url)
    project.refresh_from_db()
    assert (project.status, project.closed_on) == (ProjectStatus.CLOSED, timezone.localdate())
    chief = as_person(w.executive)
    edition = issue_report(as_person(w.analyst), live_server.url, chief)
    assert edition.state == EditionState.ISSUED
    expect(chief.get_by_role("link", name="PDF").first).to_be_visible()
    assert "1,000,000" in chief.locator("main").inner_text()
