"""The pages of reports: from one click to the issued file, for each role, and 404 elsewhere."""

from __future__ import annotations

import re
import uuid
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from codi.accounts.models import Role, ScopeLevel
from reports import services
from reports.models import Edition, EditionState
from reports.queries import waiting_for
from tests import world as build
from tests.reports.conftest import AUGUST, MAY, NOW, approved, draft, issued

pytestmark = pytest.mark.django_db
CELL = "figure=projects.disbursement_by_level&as_of=2021-05-31&row=total&column="


@pytest.fixture
def w() -> build.World:
    world = build.world()
    project = build.project(world, plan=(700_000, 300_000))
    build.pay(world, project.instalments.get(number=1), 700_000)
    return world


def page(client: Client, name: str, *args, query: str = "", status: int = 200) -> str:
    answer = client.get(reverse(f"reports:{name}", args=args) + (f"?{query}" if query else ""))
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer.content.decode()


def test_one_form_makes_the_draft_and_shows_its_progress(client, w):
    """Wrong if an officer needed more than one form, or the page did not follow the job."""
    client.force_login(w.officer)
    form = page(client, "new")
    key = re.search(r'name="one_time_key" value="([^"]+)"', form)
    assert key is not None
    data = {
        "one_time_key": key.group(1),
        "outline": "regional-status",
        "programme": w.programme.pk,
        "region": "N",
        "as_of_1": "31/5/2564",
        "as_of_2": "5 ส.ค. 64",
    }
    for _ in range(2):  # a double click
        answer = client.post(reverse("reports:new"), data, follow=True)
    text = answer.content.decode()
    edition = Edition.objects.get()
    assert edition.as_of_dates == [MAY, AUGUST]
    assert 'hx-trigger="every 2s"' in text
    assert "700,000" in text
    assert reverse("reports:cell", args=[edition.pk]) in text


def test_a_form_without_a_day_says_what_to_do(client, w):
    """Wrong if a mistake lost what was typed or did not name the field."""
    client.force_login(w.officer)
    data = {
        "one_time_key": uuid.uuid4(),
        "outline": "regional-status",
        "programme": w.programme.pk,
        "region": "N",
        "as_of_1": "",
    }
    answer = client.post(reverse("reports:new"), data)
    assert answer.status_code == 200
    assert "ยังไม่ได้กรอก" in answer.content.decode()
    assert not Edition.objects.exists()


def test_a_day_chosen_twice_is_told_at_its_field(client, w):
    """Wrong if two equal days were made one in silence, so that a table was missing unnoticed."""
    client.force_login(w.officer)
    data = {
        "one_time_key": uuid.uuid4(),
        "outline": "regional-status",
        "programme": w.programme.pk,
        "region": "N",
        "as_of_1": "31/5/2564",
        "as_of_3": "31 พ.ค. 64",
    }
    answer = client.post(reverse("reports:new"), data)
    told = "เลือกวันที่ 31 พฤษภาคม 2564 ซ้ำกัน เว้นช่องนี้ว่าง หรือเลือกวันอื่น"
    assert answer.context["form"].errors == {"as_of_3": [told]}
    assert told in answer.content.decode()
    assert not Edition.objects.exists()


def test_the_maker_is_told_what_may_still_be_written(client, w):
    """Wrong if a report went out without its texts because nobody knew of them."""
    edition = draft(w)
    services.update_text(actor=w.officer, edition=edition, slot="results", text="สำเร็จ")
    told, link = (
        "ท่านเขียนเพิ่มในรายงานนี้ได้อีก 3 ส่วน",
        reverse("reports:text", args=[edition.pk, "problems"]),
    )
    client.force_login(w.officer)
    for name in ("detail", "submit"):
        text = page(client, name, edition.pk)
        assert told in text, name
        assert link in text.partition(told)[2]
    client.force_login(w.executive)
    assert told not in page(client, "detail", edition.pk)
    for slot in ("approach", "problems", "suggestions"):
        services.update_text(actor=w.officer, edition=edition, slot=slot, text="มี")
    client.force_login(w.officer)
    assert "ท่านเขียนเพิ่ม" not in page(client, "detail", edition.pk)
    assert "ท่านเขียนเพิ่ม" not in page(client, "submit", edition.pk)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("state", ["draft", "approved", "issued"])
def test_every_role_opens_every_page_in_sight(client, w, role, state):
    """Wrong if a page failed for a role, or a refused step did not say why."""
    make = {"draft": draft, "approved": approved, "issued": issued}[state]
    edition = make(w)
    client.force_login(build.user(role))
    for name in ("list", "figures"):
        assert "รายงาน" in page(client, name)
    text = page(client, "detail", edition.pk)
    assert "ผลการตรวจสอบตัวเลข" in text
    assert "ตรงกับตาราง" in page(client, "cell", edition.pk, query=CELL + "paid_baht")
    assert "คำนวณจาก" in page(client, "cell", edition.pk, query=CELL + "remaining_baht")
    page(client, "progress", edition.pk)
    chart = reverse("reports:chart", args=[edition.pk, "projects.disbursement_by_province"])
    assert client.get(f"{chart}?as_of=2021-08-05")["Content-Type"] == "image/svg+xml"
    if "disabled" in text:
        assert "actions__reason" in text


STEPS = ("submit", "send_back", "approve", "issue", "withdraw", "replace", "render")


def test_another_region_gets_404_on_every_address(client, w):
    """Wrong if an edition could be opened, drawn, downloaded or moved from another region."""
    edition = issued(w)
    check = edition.checks.first()
    stranger = build.user(Role.REGIONAL_MANAGER, region=build.region("S", "ภาคใต้", 2))
    client.force_login(stranger)
    addresses = [reverse(f"reports:{name}", args=[edition.pk]) for name in STEPS]
    addresses += [
        reverse(f"reports:{name}", args=[edition.pk])
        for name in ("detail", "progress", "changes", "cell", "ask_waiver")
    ]
    addresses += [
        reverse("reports:text", args=[edition.pk, "results"]),
        reverse("reports:file", args=[edition.pk, "pdf"]),
        reverse("reports:file", args=[edition.pk, "xlsx"]),
        reverse("reports:chart", args=[edition.pk, "projects.detail"]),
        reverse("reports:allow_waiver", args=[check.pk]),
        reverse("reports:figure", args=["projects.detail"]) + "?region=N",
        reverse("reports:figure_cell", args=["projects.detail"])
        + "?region=N&row=total&column=title",
    ]
    for address in addresses:
        assert client.get(address).status_code == 404, address
    for name in STEPS:
        assert client.post(reverse(f"reports:{name}", args=[edition.pk])).status_code == 404
    assert str(edition) not in page(client, "list")


def test_a_person_of_one_province_sees_no_edition_but_own_figures(client, w):
    """Wrong if the rows of other provinces leaked, or the refusal did not say why."""
    edition = draft(w)
    build.province("51", "ลำพูน")
    narrow = build.user(
        Role.REGIONAL_OFFICER, scope_level=ScopeLevel.PROVINCE, province=build.province("51")
    )
    client.force_login(narrow)
    assert "ผู้มีขอบเขตระดับจังหวัด" in page(client, "list", status=403)
    page(client, "detail", edition.pk, status=404)
    table = page(client, "figure", "projects.disbursement_by_province")
    assert "ลำพูน" in table
    assert "1,000,000" not in table


def test_from_submission_to_issue_by_buttons(client, w):
    """Wrong if a step could not be taken in the browser, or its confirmation was skipped."""
    edition = draft(w)

    def take(name, person, **data):
        client.force_login(person)
        page(client, name, edition.pk)
        data = {"one_time_key": uuid.uuid4(), **data}
        answer = client.post(reverse(f"reports:{name}", args=[edition.pk]), data, follow=True)
        assert answer.status_code == 200
        edition.refresh_from_db()
        return answer.content.decode()

    take("submit", w.officer)
    assert edition.state == EditionState.SUBMITTED
    assert "เพิ่มข้อ 3" in take("send_back", w.manager, reason="เพิ่มข้อ 3")
    take("submit", w.officer)
    take("approve", w.manager)
    assert "กำลังจัดทำไฟล์" in take("issue", w.manager)
    assert edition.state == EditionState.ISSUING


def test_a_refused_step_is_403_with_the_reason(client, w):
    """Wrong if an officer could approve by typing the address."""
    edition = services.submit(actor=w.officer, edition=draft(w), now=NOW)
    client.force_login(w.officer)
    assert "ทำได้เฉพาะ" in page(client, "approve", edition.pk, status=403)
    answer = client.post(
        reverse("reports:approve", args=[edition.pk]), {"one_time_key": uuid.uuid4()}
    )
    assert answer.status_code == 403


def test_the_file_of_an_issue_is_the_stored_one_under_a_thai_name(client, w):
    """Wrong if the download were made anew, or its name were not report, scope, period, edition."""
    edition = issued(w)
    client.force_login(w.officer)
    answer = client.get(reverse("reports:file", args=[edition.pk, "pdf"]))
    assert b"".join(answer.streaming_content) == b"%PDF- of a test"
    name = unquote(answer["Content-Disposition"])
    assert "รายงานสถานการณ์โครงการ NL2564 ภาคเหนือ ณ 31 พ.ค. 64 ถึง 5 ส.ค. 64 ฉบับที่ 1.pdf" in name
    inline = client.get(reverse("reports:file", args=[edition.pk, "pdf"]) + "?inline=1")
    assert inline["Content-Disposition"].startswith("inline")


def test_cards_of_the_home_page(client, w):
    """Wrong if a manager did not see what waits, or saw the own edition as waiting."""
    edition = services.submit(actor=w.officer, edition=draft(w), now=NOW)
    own = services.submit(actor=w.manager, edition=draft(w, actor=w.manager), now=NOW)
    client.force_login(w.manager)
    text = client.get("/").content.decode()
    assert "รายงานรออนุมัติ" in text
    assert str(edition) in text
    assert list(waiting_for(w.manager)) == [edition]
    assert set(waiting_for(w.executive)) == {edition, own}


@pytest.mark.parametrize("count", [1, 3, 12])
def test_the_page_asks_a_constant_number_of_times(client, w, count):
    """Wrong if the page, or the freezing, which computes all figures twice, asked once per project."""
    for number in range(1, count):
        project = build.project(w, title=f"โครงการที่ {number}", baht=100_000, plan=(100_000,))
        build.pay(w, project.instalments.get(number=1), 50_000)
    edition = draft(w)
    client.force_login(w.officer)
    page(client, "detail", edition.pk)
    with CaptureQueriesContext(connection) as asked:
        page(client, "detail", edition.pk)
    assert len([q for q in asked if "SAVEPOINT" not in q["sql"]]) == 49
    edition = approved(w, edition)
    with CaptureQueriesContext(connection) as asked:
        services.issue(actor=w.manager, edition=edition, now=NOW)
    assert len([q for q in asked if "SAVEPOINT" not in q["sql"]]) == 173
