"""Attaching in a real browser: chosen or dropped, one by one, told file by file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from programs.models import ProjectFile
from tests import world as build
from tests.browser.judging import findings
from tests.browser.session import complaints_of, sign_in
from tests.files import samples
from tests.files.conftest import attached

pytestmark = pytest.mark.django_db(transaction=True)

# What the browser itself notes of an answer that refuses a file.
REFUSAL = "422 (Unprocessable Entity)"
DROP = """
([place, name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, {type: "application/pdf"}));
  const over = new DragEvent("dragover", {bubbles: true, cancelable: true, dataTransfer: carried});
  place.dispatchEvent(over);
  const isLit = place.classList.contains("is-over");
  place.dispatchEvent(new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: carried}));
  return isLit && over.defaultPrevented;
}
"""


def chosen(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "", "buffer": content}


def test_files_go_in_one_by_one_and_each_says_what_became_of_it(
    page: Page, context: BrowserContext, live_server, w
):
    """Wrong if a refused file took the others along, the list lagged behind, or somebody were shut out."""
    project = build.project(w)
    sign_in(context, live_server.url, w.officer)
    heard = complaints_of(page)
    page.goto(f"{live_server.url}{project.get_absolute_url()}")
    panel = page.locator("[data-files]")
    expect(panel.get_by_text("ยังไม่มีไฟล์แนบ")).to_be_visible()
    panel.locator("input[type=file]").set_input_files(
        [
            chosen("สัญญา.pdf", samples.pdf()),
            chosen("โปรแกรม.exe", b"MZ"),
            chosen("ภาพ.jpg", samples.jpeg()),
            chosen("ใหญ่เกิน.pdf", b"%PDF-" + b"\n" * (20 * 1024 * 1024)),
        ]
    )
    panel.get_by_label("ประเภทเอกสาร").select_option("agreement")
    panel.get_by_role("button", name="แนบไฟล์").press("Enter")
    expect(panel.locator("[data-files-said]")).to_have_text("แนบแล้ว 2 ไฟล์ ไม่สำเร็จ 2 ไฟล์")
    rows = panel.locator("[data-files-queue] li")
    expect(rows.nth(0)).to_contain_text("แนบแล้ว")
    expect(rows.nth(1)).to_contain_text("ไฟล์ชนิดนี้แนบไม่ได้")
    expect(rows.nth(2)).to_contain_text("แนบแล้ว")
    expect(rows.nth(3)).to_contain_text("ใหญ่เกิน 20 MB")
    expect(panel.locator(".file-row__name")).to_have_text(["สัญญา.pdf", "ภาพ.jpg"])
    expect(panel.locator(".panel__head")).to_contain_text("2 ไฟล์")
    assert {row.document for row in ProjectFile.objects.all()} == {"agreement"}
    for width in (390, 1366):
        page.set_viewport_size({"width": width, "height": 900})
        assert findings(page) == [], width
    # The two that were refused stay chosen, so that nothing is sent twice.
    assert page.evaluate("document.querySelector('input[type=file]').files.length") == 2
    assert [line for line in heard if REFUSAL not in line] == []


def test_a_dropped_file_is_attached_and_shown(
    page: Page, context: BrowserContext, live_server, w, media: Path
):
    """Wrong if dropping did nothing, opened the file instead, or its page could not be shown."""
    project = build.project(w)
    sign_in(context, live_server.url, w.officer)
    heard = complaints_of(page)
    page.goto(f"{live_server.url}{project.get_absolute_url()}")
    place = page.locator("[data-files-drop]").element_handle()
    text = samples.bare_pdf().decode()
    assert page.evaluate(DROP, [place, "วาง.pdf", text]) is True
    page.get_by_role("button", name="แนบไฟล์").click()
    name = page.locator(".file-row__name")
    expect(name).to_have_text(["วาง.pdf"])
    name.click()
    expect(page.get_by_role("heading", name="วาง.pdf")).to_be_visible()
    expect(page.locator("iframe.document-frame")).to_be_visible()
    attached(w, project, samples.png(), "ภาพ.png")
    page.goto(f"{live_server.url}{ProjectFile.objects.get(format='png').get_absolute_url()}")
    assert page.evaluate("document.querySelector('.files__image').naturalWidth") == 640
    assert heard == []


def test_each_refusal_says_what_to_do_and_the_file_stays_chosen(
    page: Page, context: BrowserContext, live_server, w
):
    """Wrong if the login page were taken for success, or nobody knew why and what to do.

    After logging in again elsewhere the token of the page is stale: the script takes the new one.
    """
    project = build.project(w)
    sign_in(context, live_server.url, w.officer)
    page.goto(f"{live_server.url}{project.get_absolute_url()}")
    page.locator("[data-files] input[type=file]").set_input_files([chosen("a.pdf", samples.pdf())])
    queue, button = page.locator("[data-files-queue]"), page.get_by_role("button", name="แนบไฟล์")
    context.clear_cookies(name="sessionid")
    button.click()
    expect(queue).to_contain_text("ท่านออกจากระบบแล้ว")
    expect(page.locator("[data-files-said]")).to_have_text("แนบแล้ว 0 ไฟล์ ไม่สำเร็จ 1 ไฟล์")
    sign_in(context, live_server.url, w.officer)
    for status, said in ((413, "ไฟล์ใหญ่เกินกว่าที่ระบบรับได้"), (502, "ระบบขัดข้อง")):
        page.route("**/attach/", lambda route, _, status=status: route.fulfill(status=status))
        button.click()
        expect(queue).to_contain_text(said)
        page.unroute("**/attach/")
    context.set_offline(True)
    button.click()
    expect(queue).to_contain_text("ขาดการเชื่อมต่อ")
    context.set_offline(False)
    sign_in(context, live_server.url, build.user(region=build.region("S", "ภาคใต้", 2)))
    button.click()
    expect(queue).to_contain_text("อยู่นอกขอบเขตของท่านแล้ว")
    sign_in(context, live_server.url, w.executive)
    button.click()
    expect(queue).to_contain_text("ท่านไม่มีสิทธิแนบไฟล์")
    assert not ProjectFile.objects.exists()
    sign_in(context, live_server.url, w.officer)
    context.clear_cookies(name="csrftoken")
    button.click()
    expect(page.locator("[data-files-said]")).to_have_text("แนบแล้ว 1 ไฟล์")
    assert ProjectFile.objects.count() == 1
