"""Pages that plan instalments and move budgets: nothing typed is lost, nothing is written by half."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from finance import services
from finance.models import BudgetMove
from programs.models import ProjectLevel
from tests import world as build
from tests.finance.browse import page, post
from tests.ui.page import Tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> build.World:
    return build.world()


# The plan


def plan_data(*lines: tuple[str, str], **more: str) -> dict[str, str]:
    data = {"form-TOTAL_FORMS": str(len(lines)), "form-INITIAL_FORMS": "0", "versions": ""}
    for place, (number, baht) in enumerate(lines):
        data |= {f"form-{place}-number": number, f"form-{place}-planned_baht": baht}
    return data | more


def test_plan_is_written_as_a_whole_and_empty_lines_do_not_count(w):
    """Wrong if a line left empty stopped the others."""
    project = build.project(w, "draft")
    data = plan_data(("๑", "๗๐๐,๐๐๐"), ("2", "300000"), ("3", ""))
    data |= {"form-0-planned_on": "1 มี.ค. 64", "form-0-condition": "เมื่ออนุมัติ"}
    assert post(w.officer, "plan", project.pk, **data).status_code == 302
    lines = [(line.number, line.planned_baht) for line in project.instalments.all()]
    assert lines == [(1, 700_000), (2, 300_000)]
    assert project.instalments.get(number=1).planned_on == dt.date(2021, 3, 1)


def test_adding_a_line_keeps_what_was_typed_and_writes_nothing(w):
    """Wrong if the button without script lost a half-typed plan."""
    project = build.project(w, "draft")
    data = plan_data(("1", "เจ็ดแสน"), add_line="1")
    body = post(w.officer, "plan", project.pk, **data).content.decode()
    assert 'value="เจ็ดแสน"' in body
    assert 'name="form-1-number"' in body
    assert "error-summary" not in body
    focused = [tag for tag in Tree(body).all("input") if "autofocus" in tag.attributes]
    assert [tag["name"] for tag in focused] == ["form-1-planned_baht"]
    assert not project.instalments.exists()


@pytest.mark.parametrize("count", ["-1", "0", "many", None])
def test_a_forged_number_of_lines_is_refused_and_takes_no_plan_away(w, count):
    """Wrong if a form without lines crashed, or passed for the wish to have no plan."""
    project = build.project(w, "draft")
    data = plan_data(("1", "700000"))
    data.pop("form-TOTAL_FORMS")
    data |= {"form-TOTAL_FORMS": count} if count else {}
    response = post(w.officer, "plan", project.pk, **data)
    assert response.status_code == 200
    assert "ข้อมูลแผนงวดเงินมาไม่ครบ" in response.content.decode()
    assert not project.instalments.exists()


def test_plan_errors_name_the_line_and_keep_the_input(w):
    """Wrong if the person had to search which line is wrong."""
    project = build.project(w, "draft")
    body = post(
        w.officer, "plan", project.pk, **plan_data(("1", "700000"), ("1", "1.234"))
    ).content.decode()
    assert "แถวที่ 2" in body
    assert 'value="1.234"' in body
    assert not project.instalments.exists()


def test_plan_above_the_money_is_refused_with_the_input_kept(w):
    """Wrong if the plan could promise more than was asked for."""
    project = build.project(w, "draft")
    body = post(w.officer, "plan", project.pk, **plan_data(("1", "1000001"))).content.decode()
    assert "ผลรวมของทุกงวดเกินงบ" in body
    assert 'value="1000001"' in body
    assert "-1 บาท" in body


def test_plan_changed_by_somebody_else_is_not_overwritten(w):
    """Wrong if the later save silently undid the earlier; saving again after seeing both wins."""
    project = build.project(w, "draft", plan=(700_000, 300_000))
    mine = plan_data(("1", "600000"), ("2", "300000"), versions="1:1,2:1")
    theirs = [build.finance_line(1, 650_000), build.finance_line(2, 300_000)]
    services.plan_instalments(actor=w.manager, project=project, plan=theirs)
    response = post(w.officer, "plan", project.pk, **mine)
    body = response.content.decode()
    assert response.context["conflict"].differences == (
        ("งวดที่ 1: จำนวนเงินตามแผน (บาท)", "650,000", "600,000"),
        ("งวดที่ 1: กำหนดเบิกจ่าย", "1 มีนาคม 2564", "-"),
    )
    assert "650,000" in body
    assert project.instalments.get(number=1).planned_baht == 650_000
    again = post(w.officer, "plan", project.pk, **mine | {"versions": response.context["versions"]})
    assert again.status_code == 302
    assert project.instalments.get(number=1).planned_baht == 600_000


def test_removing_a_line_with_money_is_refused(w):
    """Wrong if a paid instalment could disappear."""
    project = build.project(w, plan=(700_000, 300_000))
    build.pay(w, project.instalments.get(number=1), 1_000)
    data = plan_data(("1", "700000"), ("2", "300000"), versions="1:1,2:1")
    body = post(w.officer, "plan", project.pk, **data | {"form-0-DELETE": "on"}).content.decode()
    assert "ลบงวดที่มีรายการเบิกจ่ายแล้วไม่ได้" in body
    assert project.instalments.count() == 2


# Budget moves


def test_budget_move_shows_both_frames_then_moves_once():
    """Wrong if the check page hid what is left: 3,000,000 and 3,000,000, moving 500,000."""
    w = build.world(frame_baht=3_000_000)
    data = {
        "from_frame": w.frames[ProjectLevel.PROVINCE].pk,
        "to_frame": w.frames[ProjectLevel.SUBDISTRICT].pk,
        "amount_baht": "๕๐๐,๐๐๐",
        "moved_on": "1/6/2564",
        "reason": "ปรับแผน",
        "approval_document": "พอช. 12/2564",
        "one_time_key": str(uuid.uuid4()),
    }
    body = post(w.finance, "move_new", **data).content.decode()
    assert "2,500,000" in body
    assert "3,500,000" in body
    assert BudgetMove.objects.count() == 0
    for _ in range(2):
        assert post(w.finance, "move_new", **data, confirmed="1").status_code == 302
    assert BudgetMove.objects.get().amount_baht == 500_000
    assert "พอช. 12/2564" in page(w.officer, "moves")[1]
    assert page(w.officer, "move_new")[0] == 403


def test_budget_move_of_committed_money_is_refused_with_the_input_kept():
    """Wrong if money that is promised to projects could move away."""
    w = build.world(frame_baht=1_000_000)
    build.project(w, baht=900_000)
    data = {
        "from_frame": w.frames[ProjectLevel.PROVINCE].pk,
        "to_frame": w.frames[ProjectLevel.SUBDISTRICT].pk,
        "amount_baht": "200000",
        "moved_on": "1/6/2564",
        "reason": "ปรับแผน",
        "approval_document": "พอช. 12/2564",
        "one_time_key": str(uuid.uuid4()),
    }
    body = post(w.finance, "move_new", **data).content.decode()
    assert "กรอบงบคงเหลือที่ยังไม่ผูกพันไม่พอ" in body
    assert BudgetMove.objects.count() == 0
