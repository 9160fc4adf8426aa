"""Entry grids in a real browser: by keyboard, by paste, with the line lost, beside somebody else."""

from __future__ import annotations

import datetime as dt
import statistics
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from finance.models import Instalment, LedgerEntry
from programs.models import Organisation, Programme, Project
from tests import world as build
from tests.browser.judging import findings
from tests.browser.session import complaints_of, sign_in
from tests.entry.rows import address, answers, client_of, planned, row

pytestmark = pytest.mark.django_db(transaction=True)
SAVED = "tr[data-state=saved]"
COLUMNS = ("planned_baht", "planned_on", "condition", "evidence", "cleared_on", "note")


@pytest.fixture
def w() -> build.World:
    return build.world()


def opened(page: Page, live_server: Any, user: Any, key: str, of: Any = None) -> list[str]:
    """Open a grid as a person; what the browser complains of from now on."""
    heard = complaints_of(page)
    sign_in(page.context, live_server.url, user)
    page.goto(f"{live_server.url}{address(key, of)}")
    return heard


def cell(page: Page, key: str, place: int = 0) -> Locator:
    """The cell of a column in a row of the page."""
    return page.locator(f"tbody [data-key={key}]").nth(place)


def paste(at: Locator, text: str) -> None:
    """Paste a text as the browser does."""
    at.focus()
    at.evaluate(
        """(input, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          input.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def test_fifty_rows_of_six_columns_without_a_mouse(page: Page, live_server, w):
    """Wrong if a cell could not be reached by keys, the focus got lost, or a value was not saved."""
    project = planned(w, 50)
    heard = opened(page, live_server, w.manager, "plan", project)
    page.evaluate(
        """() => { window.lost = 0; document.addEventListener("focusout", () => setTimeout(() => {
             if (document.activeElement === document.body) window.lost += 1; })); }"""
    )
    cell(page, "condition").focus()
    page.keyboard.press("Control+Home")
    assert cell(page, "planned_baht").get_attribute("aria-required") == "true"
    texts = ("๑,๑๐๐", "1 มี.ค. 64", "เงื่อนไข", "หลักฐาน", "2/3/2564", "ครบ")
    for number in range(1, 51):
        for place, text in enumerate(texts):
            if place:
                page.keyboard.press("Tab" if place % 2 else "ArrowRight")
            suffix = str(number) if place in (2, 3) else ""
            page.keyboard.insert_text(text + suffix)
        if number % 10:
            page.keyboard.press("Tab")
        elif number < 50:
            page.keyboard.press("Enter")
            for _ in range(5):
                page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+s")
    expect(page.locator(SAVED)).to_have_count(50, timeout=120_000)
    expect(cell(page, "note", 49)).to_be_focused()
    assert page.evaluate("window.lost") == 0
    kept = project.instalments.order_by("number")
    assert {line.planned_baht for line in kept} == {1100}
    assert {line.evidence_cleared_on for line in kept} == {dt.date(2021, 3, 2)}
    assert [line.condition for line in kept] == [f"เงื่อนไข{n}" for n in range(1, 51)]
    assert [line.evidence for line in kept] == [f"หลักฐาน{n}" for n in range(1, 51)]
    assert heard == []


def block(attempt: int) -> str:
    """200 rows of a sheet of drafts: eight cells to take, the locked province, two surplus ones."""
    lines = (
        (
            f"NL256{4 + attempt % 2}",
            "เชียงใหม่",
            f'"โครงการ\nที่ ""{n}"" ครั้ง {attempt}"',
            ("กลุ่มหนึ่ง", "กลุ่มสอง")[attempt % 2],
            f"{1000 + n:,} บาท" if n % 2 else f"๑,๐๐๐.{n % 100:02d}",
            f"{n + attempt}",
            str(attempt + 1),
            "" if attempt % 2 else "๑๒",
            f"เพื่อ {attempt} {n}",
            "เกินหนึ่ง",
            "เกินสอง",
        )
        for n in range(1, 201)
    )
    return "\r\n".join("\t".join(line) for line in lines) + "\r\n"


def test_two_hundred_rows_of_eight_cells_are_pasted_within_a_second(
    page: Page, context: BrowserContext, live_server, w, record_property
):
    """Wrong if a block of a spreadsheet took long, lost a cell, or kept quiet about what is too much.

    The median of three pastes, while nothing is sent: what a person waits for.
    """
    Programme.objects.create(code="NL2565", name="โครงการปีหน้า", fiscal_year=2565)
    for name in ("กลุ่มหนึ่ง", "กลุ่มสอง"):
        Organisation.objects.create(
            name=name, kind="community", region=build.region(), province=build.province()
        )
    facts = {"programme": w.programme, "fiscal_year": 2564, "level": "province", "status": "draft"}
    place = {"region": build.region(), "province": build.province(), "created_by": w.officer}
    Project.objects.bulk_create(
        Project(code=f"P-{n:03d}", title=f"ร่าง {n}", **facts, **place) for n in range(1, 201)
    )
    opened(page, live_server, w.officer, "projects")
    page.goto(f"{live_server.url}{address('projects')}?size=200")
    context.set_offline(True)
    took = []
    for attempt in (1, 2, 3):
        paste(cell(page, "programme"), block(attempt))
        took.append(int(page.locator("#entry").get_attribute("data-pasted") or "99999"))
        expect(page.locator("#entry-told")).to_contain_text("กว้างเกินตาราง 2 คอลัมน์")
    sys.stdout.write(f"a paste of 200 rows x 8 typed cells: {took} ms\n")
    record_property("milliseconds of a paste of 200 x 8 cells", statistics.median(took))
    assert statistics.median(took) < 1000
    context.set_offline(False)
    expect(page.locator(SAVED)).to_have_count(200, timeout=120_000)
    drafts = Project.objects.order_by("code").select_related("programme", "organisation")
    for n, draft in enumerate(drafts, start=1):
        assert (draft.programme.code, draft.organisation.name) == ("NL2565", "กลุ่มสอง")
        assert draft.title == f'โครงการ ที่ "{n}" ครั้ง 3'
        assert draft.requested_baht == (1000 + n if n % 2 else Decimal(f"1000.{n % 100:02d}"))
        counts = (draft.target_people_count, draft.target_subdistrict_count)
        assert (*counts, draft.target_household_count) == (n + 3, 4, None)
        assert draft.objectives == f"เพื่อ 3 {n}"


def copied(page: Page) -> str:
    """What lies in the clipboard after Ctrl+C."""
    page.keyboard.press("Control+c")
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_block_is_copied_as_a_sheet_writes_it_and_pastes_back_the_same(
    page: Page, context: BrowserContext, live_server, w
):
    """Wrong if a quote, a tab or an empty last cell was lost on the way out and back in."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    project = planned(w, 4)
    heard = opened(page, live_server, w.officer, "plan", project)
    context.set_offline(True)
    texts = ['ท่อ 3" ยาว', '"อ้าง" ต้น', "ก\tข", ""]
    for number, text in enumerate(texts):
        cell(page, "condition", number).fill(text)
    cell(page, "evidence", 3).fill("เดิม")
    cell(page, "condition", 0).focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("td.is-chosen")).to_have_count(4)
    assert findings(page) == []
    # A quote in the middle stands alone; at the beginning, and around a tab, the cell is quoted.
    assert copied(page) == 'ท่อ 3" ยาว\r\n"""อ้าง"" ต้น"\r\n"ก\tข"\r\n\r\n'
    cell(page, "evidence", 0).focus()
    page.keyboard.press("Control+v")
    for number, text in enumerate(texts):
        expect(cell(page, "evidence", number)).to_have_value(text)
    # Two columns, from the far corner, with the mouse.
    cell(page, "planned_on", 1).hover()
    page.mouse.down()
    cell(page, "planned_baht", 0).hover()
    page.mouse.up()
    expect(page.locator("td.is-chosen")).to_have_count(4)
    assert copied(page) == "1,000\t1/3/2564\r\n1,000\t1/3/2564\r\n"
    page.keyboard.press("Escape")
    expect(page.locator("td.is-chosen")).to_have_count(0)
    assert [one for one in heard if "DISCONNECTED" not in one] == []


def test_copying_inside_a_cell_that_is_edited_is_the_browsers_own(
    page: Page, context: BrowserContext, live_server, w
):
    """Wrong if selecting a word in a cell chose cells, or copying it took the whole cell."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    project = planned(w, 2)
    opened(page, live_server, w.officer, "plan", project)
    cell(page, "condition", 0).click()
    page.keyboard.insert_text("เบิกครั้งแรก ABC")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowLeft")
    assert copied(page) == "ABC"
    expect(page.locator("td.is-chosen")).to_have_count(0)


def test_what_is_wrong_in_a_paste_stays_and_says_why(page: Page, live_server, w):
    """Wrong if bad rows of a block vanished, or held back the good ones, or surplus rows were silent."""
    project = planned(w, 3)
    heard = opened(page, live_server, w.officer, "instalments")
    paste(cell(page, "planned_baht"), "1.234\n1,200\n(500)\n900\n")
    expect(page.locator("#entry-told")).to_contain_text("ยาวเกินตาราง 1 แถว")
    expect(page.locator("tr[data-state=invalid]")).to_have_count(2)
    expect(page.locator(SAVED)).to_have_count(1)
    expect(cell(page, "planned_baht", 0)).to_have_value("1.234")
    expect(cell(page, "planned_baht", 0)).to_have_attribute("aria-invalid", "true")
    note = page.locator(f"#{cell(page, 'planned_baht', 0).get_attribute('id')}-note")
    expect(note).to_contain_text("อ่านได้สองอย่าง")
    assert findings(page) == []
    page.locator("#entry-wrong summary").click()
    page.locator("#entry-wrong a").first.click()
    expect(cell(page, "planned_baht", 0)).to_be_focused()
    page.keyboard.press("Escape")
    expect(cell(page, "planned_baht", 0)).to_have_value("1,000")
    assert [line.planned_baht for line in project.instalments.all()] == [1000, 1200, 1000]
    assert heard == []


def test_grids_are_for_everybody(page: Page, live_server, w):
    """Wrong if a grid shut somebody out or moved the page sideways once something in it is wrong."""
    project = planned(w, 3)
    said: list[str] = []
    for user, key, of in (
        (w.officer, "plan", project),
        (w.finance, "payments", None),
        (w.officer, "projects", None),
    ):
        opened(page, live_server, user, key, of)
        page.locator("tbody .entry-input:not([readonly])").last.fill("x")
        wrong = page.locator("tbody .entry-input:not([readonly])").first
        wrong.fill("1.234")
        wrong.press("Control+s")
        expect(page.locator("[aria-invalid=true]").first).to_be_attached()
        page.wait_for_load_state("networkidle")
        for width in (390, 1366):
            page.set_viewport_size({"width": width, "height": 844})
            said += [f"{key} {width}: {text}" for text in findings(page)]
        page.on("dialog", lambda dialog: dialog.accept())
    assert said == []


def test_a_lost_line_loses_nothing_and_saves_once(
    page: Page, context: BrowserContext, live_server, w
):
    """Wrong if typing without a line was lost, saved twice, or the person was not told."""
    project = planned(w, 3)
    opened(page, live_server, w.officer, "plan", project)
    context.set_offline(True)
    for place, text in enumerate(("1,100", "1,200", "1,300")):
        cell(page, "planned_baht", place).fill(text)
    new = page.locator("tbody tr").nth(3).locator("[data-key=planned_baht]")
    new.fill("700")
    new.press("Enter")
    expect(page.locator("#entry-banner")).to_contain_text("ขาดการเชื่อมต่อ")
    expect(page.locator("tr[data-state=waiting]")).to_have_count(4)
    expect(page.locator("#entry-count")).to_contain_text("รอบันทึก 4 แถว")
    assert findings(page) == []
    context.set_offline(False)
    expect(page.locator(SAVED)).to_have_count(4)
    expect(page.locator("#entry-banner")).to_be_hidden()
    kept = project.instalments.order_by("number")
    assert [line.planned_baht for line in kept] == [1100, 1200, 1300, 700]
    assert [line.version for line in kept] == [2, 2, 2, 1]


def kept_here(page: Page, wanted: Callable[[str], bool]) -> None:
    """Wait until the browser keeps what is ``wanted`` of the grid."""
    for _ in range(400):
        if wanted(page.evaluate("JSON.stringify(localStorage)")):
            return
        page.wait_for_timeout(50)
    pytest.fail("the browser keeps something else")


def test_a_killed_browser_finds_what_was_typed(page: Page, context: BrowserContext, live_server, w):
    """Wrong if what was typed without a line died with the page, or came back twice."""
    project = planned(w, 2)
    opened(page, live_server, w.officer, "plan", project)
    beside = context.new_page()
    beside.goto(f"{live_server.url}/health/live")
    context.set_offline(True)
    cell(page, "planned_baht", 0).fill("1,100")
    page.locator("tbody tr").nth(2).locator("[data-key=planned_baht]").fill("700")
    # The page has said it; the browser has noted it when another page of it knows.
    kept_here(beside, lambda kept: "700" in kept)
    page.close()
    context.set_offline(False)
    for _ in range(2):
        other = context.new_page()
        other.goto(f"{live_server.url}{address('plan', project)}")
        # A dying page may still have got a row through: then it is there already, and once.
        kept_here(other, lambda kept: kept == "{}")
        expect(cell(other, "planned_baht", 0)).to_have_value("1,100")
        other.close()
    kept = project.instalments.order_by("number")
    assert [line.planned_baht for line in kept] == [1100, 1000, 700]


def test_an_answer_that_never_came_is_asked_for_again(page: Page, live_server, w):
    """Wrong if a row was written twice because its answer was lost on the way."""
    project = planned(w, 1)
    opened(page, live_server, w.officer, "plan", project)
    lost: list[str] = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().text())
            route.abort()

    page.route("**/rows/", lose)
    new = page.locator("tbody tr").nth(1).locator("[data-key=planned_baht]")
    new.fill("700")
    new.press("Enter")
    expect(page.locator(SAVED)).to_have_count(1)
    assert '"state": "saved"' in lost[0]
    assert project.instalments.count() == 2


def test_two_people_in_one_cell_choose(page: Page, live_server, w):
    """Wrong if somebody else's value was overwritten unasked, or the own one was lost."""
    project = planned(w, 2)
    heard = opened(page, live_server, w.officer, "plan", project)
    for line, text in zip(project.instalments.all(), ("1,200", "1,300"), strict=True):
        answers(client_of(w.manager), "plan", [row(line, planned_baht=text)], project)
    cell(page, "planned_baht", 0).fill("1,100")
    cell(page, "planned_baht", 1).fill("1,150")
    cell(page, "condition", 1).press("Control+s")
    expect(page.locator("tr[data-state=conflict]")).to_have_count(2)
    expect(page.locator("tbody tr").nth(0)).to_contain_text("ค่าที่บันทึกไว้ขณะนี้: 1,200")
    assert findings(page) == []
    page.locator("tbody tr").nth(0).get_by_text("ใช้ค่าของท่าน").click()
    page.locator("tbody tr").nth(1).get_by_text("ใช้ค่าที่บันทึกไว้").click()
    expect(page.locator(SAVED)).to_have_count(2)
    assert [line.planned_baht for line in project.instalments.all()] == [1100, 1300]
    assert heard == []


def test_what_one_row_gives_up_another_takes(page: Page, live_server, w):
    """Wrong if a row refused for the sum stayed refused when another row made room."""
    project = planned(w, 2)
    opened(page, live_server, w.officer, "plan", project)
    cell(page, "planned_baht", 1).fill("3,500")
    cell(page, "planned_baht", 1).press("Enter")
    expect(page.locator("tr[data-state=refused]")).to_have_count(1)
    cell(page, "planned_baht", 0).fill("500")
    cell(page, "planned_baht", 0).press("Enter")
    expect(page.locator(SAVED)).to_have_count(2)
    assert [line.planned_baht for line in project.instalments.all()] == [500, 3500]
    expect(page.locator("[data-total] strong")).to_have_text("4,000")


def test_payments_of_many_projects_are_checked_before_money_moves(page: Page, live_server, w):
    """Wrong if money moved without the page of the check, or the check did not say the sum."""
    first, second = planned(w, 2), planned(w, 1)
    heard = opened(page, live_server, w.finance, "payments")
    block = "5 มี.ค. 64\tฎ. 1\t๖๐๐\n5 มี.ค. 64\tฎ. 2\t2,000\n5 มี.ค. 64\tฎ. 3\t1,000.50\n"
    paste(cell(page, "effective_on"), block)
    expect(page.locator("tr[data-state=ready]")).to_have_count(1)
    expect(page.locator("tr[data-state=refused]")).to_have_count(2)
    page.click("#entry button[type=submit]")
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#error-summary a")).to_have_count(2)
    assert findings(page) == []
    cell(page, "amount_baht", 1).fill("1,000")
    cell(page, "amount_baht", 2).fill("1000")
    page.click("#entry button[type=submit]")
    expect(page.locator("main")).to_contain_text("จำนวนเงินรวม 2,600 บาท (สองพันหกร้อยบาทถ้วน)")
    expect(page.locator("main")).to_contain_text("5 มีนาคม 2564 (ไตรมาส 2 ปีงบประมาณ 2564)")
    assert findings(page) == []
    assert not LedgerEntry.objects.exists()
    page.click("button[name=edit_again]")
    expect(cell(page, "amount_baht", 0)).to_have_value("600")
    page.click("#entry button[type=submit]")
    page.click("button[name=confirmed]")
    expect(page.locator("#messages")).to_contain_text("บันทึกแล้วทั้ง 3 รายการ")
    amounts = LedgerEntry.objects.order_by("project__code", "instalment__number")
    assert [entry.amount_baht for entry in amounts] == [600, 1000, 1000]
    assert {entry.project_id for entry in amounts} == {first.pk, second.pk}
    assert heard == []


def test_leaving_with_unsaved_cells_is_asked_about(page: Page, live_server, w):
    """Wrong if a click on a link threw away what had not been saved yet."""
    project = planned(w, 1)
    opened(page, live_server, w.finance, "payments")
    cell(page, "document_number").click()
    page.keyboard.type("ฎ. 1")
    with page.expect_event("dialog") as asked:
        page.once("dialog", lambda dialog: dialog.dismiss())
        page.locator(".crumbs a").first.click()
    assert asked.value.type == "beforeunload"
    expect(cell(page, "document_number")).to_have_value("ฎ. 1")
    assert Instalment.objects.filter(project=project).exists()
