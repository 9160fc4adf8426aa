"""A pair that was kept apart is opened again, stale pages tell how things stand, the search is a job."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from codi.errors import Refused
from codi.history.queries import changes_of
from codi.jobs import runner
from codi.jobs.models import Job
from codi.notices.models import Notice
from councils.models import Council, CouncilDouble
from programs.models.duplicates import CaseState
from programs.services import doubles, merging
from tests import world as build
from tests.api.conftest import Program, body_of
from tests.councils.test_doubles import TODAY, asked, here, merged

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> build.World:
    return build.world()


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def closed(w: build.World) -> CouncilDouble:
    """A pair that the officer said is none."""
    case = CouncilDouble.objects.create(
        first=here("สภา ก", code="1"), second=here("สภา ข", code="2"), found_on=TODAY
    )
    return merging.close_case(actor=w.officer, case=case, reason="คนละแห่ง", today=TODAY)


def test_headquarters_opens_a_pair_again_and_who_closed_it_is_told(w):
    """Wrong if a mistaken closing stayed for good, left no trail, or its author never heard of it."""
    case = closed(w)
    again = {"case": case, "reason": "ตรวจแล้วแห่งเดียวกัน", "today": TODAY}
    with pytest.raises(Refused, match="ส่วนกลางเปิดพิจารณาใหม่"):
        asked(w, case.first, case.second)
    with pytest.raises(Refused, match="ทำได้เฉพาะ"):
        merging.reopen_case(actor=w.manager, **again)
    with pytest.raises(Refused, match="กรุณาระบุเหตุผล"):
        merging.reopen_case(actor=w.analyst, **again | {"reason": " "})
    page = f"{case.get_absolute_url()}reopen/"
    posted = {"reason": "ตรวจแล้วแห่งเดียวกัน", "version": str(case.version)}
    assert client_of(w.analyst).post(page, posted).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.decided_by) == (CaseState.REOPENED, w.analyst)
    notice = Notice.objects.get(recipient=w.officer, kind="councildouble-decided")
    assert notice.title == "เปิดพิจารณาใหม่: รหัส 1 กับ 2"
    trail = str(list(changes_of(CouncilDouble, case.pk)))
    assert "คนละแห่ง" in trail
    assert "ตรวจแล้วแห่งเดียวกัน" in trail
    doubles.find_doubles(case=CouncilDouble, today=TODAY)
    assert CouncilDouble.objects.get() == case
    assert merged(w, asked(w, case.first, case.second)).state == CaseState.MERGED


def test_a_pair_with_a_record_that_left_is_not_opened_again(w):
    """Wrong if a pair was opened whose merge could then only be refused."""
    first, second, third = (here(f"สภา {name}") for name in "กขค")
    merged(w, asked(w, first, second))
    other = CouncilDouble.objects.create(first=second, second=third, found_on=TODAY)
    case = merging.close_case(actor=w.officer, case=other, reason="คนละแห่ง", today=TODAY)
    with pytest.raises(Refused, match="ไม่อยู่ในทะเบียนแล้ว"):
        merging.reopen_case(actor=w.analyst, case=case, reason="ผิด", today=TODAY)


STALE = {
    "request": ("officer", "ขณะนี้คู่นี้อยู่ในสถานะ “ไม่ซ้ำ” ถ้าซ้ำจริงให้ส่วนกลางเปิดพิจารณาใหม่"),
    "not-double": ("officer", "ขณะนี้คู่นี้อยู่ในสถานะ “ไม่ซ้ำ”"),
    "merge": ("administrator", "ขณะนี้คู่นี้อยู่ในสถานะ “ไม่ซ้ำ”"),
    "send-back": ("administrator", "ขณะนี้คู่นี้อยู่ในสถานะ “ไม่ซ้ำ”"),
    "take-back": ("administrator", "ขณะนี้คู่นี้อยู่ในสถานะ “ไม่ซ้ำ”"),
}


@pytest.mark.parametrize("step", STALE)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stale_page_leads_to_the_pair_and_says_how_it_stands(w, step: str, method: str):
    """Wrong if who was too late met a refusal without a way on, or the step was taken all the same."""
    case = closed(w)
    person, told = STALE[step]
    client = client_of(getattr(w, person))
    posted = {"reason": "x", "version": str(case.version), "keep": "first", "confirmed": "1"}
    answer = getattr(client, method)(f"{case.get_absolute_url()}{step}/", posted)
    assert answer.headers["Location"] == case.get_absolute_url()
    assert [told in str(message) for message in get_messages(answer.wsgi_request)] == [True]
    case.refresh_from_db()
    assert case.state == CaseState.NOT_DOUBLE


def test_asking_anew_for_a_closed_pair_is_told_on_the_form(w):
    """Wrong if the form for any two codes answered with a bare refusal and lost what was typed."""
    closed(w)
    told = {"kept_code": "1", "gone_code": "2", "reason": "แห่งเดียวกันแน่"}
    answer = client_of(w.officer).post(reverse("councils:council_double_new"), told)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "ถ้าซ้ำจริงให้ส่วนกลางเปิดพิจารณาใหม่" in text
    assert "แห่งเดียวกันแน่" in text


def test_the_search_is_one_job_at_a_time_whose_page_leads_to_the_pairs(w):
    """Wrong if a long search ran inside the page, twice at once, or its page led nowhere.

    Also wrong if neither page told how many pairs are new, or that none is.
    """
    here("สภาองค์กรชุมชนตำบลศรีภูมิ"), here("สภาองค์กรชุมชนตำบลศรีภูม")
    page = reverse("councils:council_double_find")
    assert client_of(w.manager).post(page).status_code == 403
    first, second = (client_of(person).post(page) for person in (w.analyst, w.administrator))
    job = Job.objects.get(kind=doubles.SEARCH)
    assert first.headers["Location"] == second.headers["Location"] == f"/jobs/{job.pk}/"
    assert not CouncilDouble.objects.exists()
    runner.run(job.pk, worker="w")
    job.refresh_from_db()
    assert job.state == "done"
    assert CouncilDouble.objects.count() == 1
    address = f"{reverse('councils:council_doubles')}?state=found"
    shown = client_of(w.analyst).get(f"/jobs/{job.pk}/").content.decode()
    assert address in shown
    assert "พบคู่ใหม่ 1 คู่" in shown
    assert "พบคู่ใหม่ 1 คู่" in client_of(w.analyst).get(address).content.decode()
    assert "ค้นหาด้วยปุ่ม" not in client_of(w.officer).get(address).content.decode()
    client_of(w.analyst).post(page)
    again = Job.objects.filter(kind=doubles.SEARCH).latest("pk")
    assert again != job
    runner.run(again.pk, worker="w")
    assert "ไม่พบคู่ใหม่" in client_of(w.analyst).get(address).content.decode()


def test_a_pair_goes_its_whole_way_by_program(w):
    """Wrong if a step needed a browser, passed the wrong person, or the trail named another door."""
    officer, centre, maker = (Program(one) for one in (w.officer, w.administrator, w.manager))
    kept, gone = here("สภา ก", code="1"), here("สภา ข", code="2")
    build.members(gone, 2)
    facts = {"kept_code": "๑", "gone_code": "2", "reason": "แห่งเดียวกัน"}
    assert centre.post("council-doubles/", facts).status_code == 403
    made = officer.post("council-doubles/", facts)
    assert (made.status_code, body_of(made)["state"]) == (201, "requested"), made.content
    pair = f"council-doubles/{body_of(made)['id']}/"

    def step(who: Program, word: str, state: str, status: int = 200, **more: Any) -> None:
        facts = {"reason": f"เหตุผลของ {word}", **more}
        answer = who.act(f"{pair}{word}/", facts)
        assert answer.status_code == status, answer.content
        assert body_of(centre.get(pair))["state"] == state

    step(maker, "send-back", "requested", 403)
    step(centre, "send-back", "sent_back")
    step(officer, "request", "requested", keep="first")
    step(officer, "merge", "requested", 403)
    step(centre, "merge", "merged")
    assert kept.members.count() == 2
    step(officer, "take-back", "merged", 403)
    step(centre, "take-back", "taken_back")
    assert gone.members.count() == 2
    step(officer, "close", "not_double")
    step(officer, "reopen", "not_double", 403)
    step(centre, "reopen", "reopened")
    step(officer, "request", "requested", keep="second")
    trail = changes_of(CouncilDouble, CouncilDouble.objects.get().pk)
    assert {change.door for change in trail} == {"API"}
    moves = changes_of(Council, gone.pk)
    assert {change.door for change in moves if change.reason.startswith("รวม")} == {"API"}
