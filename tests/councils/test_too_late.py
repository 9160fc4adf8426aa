"""A form that was open while somebody else merged, withdrew or ended what it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse

from councils import services as councils
from councils.models import CouncilMeeting, GroupDouble
from councils.services import groups
from tests import world as build
from tests.councils.test_doubles import DAY, asked, here, merged
from tests.councils.test_merged_records import client_of

pytestmark = pytest.mark.django_db
TODAY = build.TODAY
MERGED, WITHDRAWN, ENDED = "รวมเข้ากับระเบียนอื่นแล้ว", "ถอนออกจากทะเบียนแล้ว", "สิ้นสภาพไปแล้ว"


@pytest.fixture
def w() -> build.World:
    return build.world()


@dataclass(frozen=True)
class Form:
    """A form: its address, what a person typed, whose record it is, and what closes the record."""

    name: str
    typed: dict[str, str]
    about: Callable[[build.World], Any]
    close: Callable[[build.World, Any], Any]
    told: str
    person: str = "officer"


def a_council(w: build.World) -> Any:
    return here("สภา ข", code="30307")


def a_group(w: build.World) -> Any:
    return build.group(here("สภา ข", code="30307"), "กลุ่ม ข")


def a_member(w: build.World) -> Any:
    council = a_council(w)
    build.members(council, 1)
    return council.members.get()


def merge_council(w: build.World, it: Any) -> None:
    council = getattr(it, "council", it)
    merged(w, asked(w, here("สภา ก", code="30001"), council))


def withdraw_council(w: build.World, it: Any) -> None:
    councils.withdraw_council(
        actor=w.manager, council=getattr(it, "council", it), reason="ตั้งผิด", today=TODAY
    )


def merge_group(w: build.World, it: Any) -> None:
    merged(w, asked(w, build.group(it.council, "กลุ่ม ก"), it, GroupDouble))


def end_group(w: build.World, it: Any) -> None:
    groups.end_group(
        actor=w.manager, group=it, expected_version=None, ended_on=TODAY, ended_reason="เลิก",
        today=TODAY,
    )  # fmt: skip


MEETING = {"number": "1", "held_on": "1/3/2564", "topics": "ที่ทำกินริมน้ำ"}
NAME = {"name": "ชื่อที่พิมพ์ไว้"}
FORMS = {
    "council merged": Form("council_edit", NAME, a_council, merge_council, MERGED),
    "council withdrawn": Form("council_edit", NAME, a_council, withdraw_council, WITHDRAWN),
    "withdrawn twice": Form(
        "council_withdraw", {"reason": "ตั้งผิดเช่นกัน"}, a_council, withdraw_council, WITHDRAWN,
        "manager",
    ),
    "meeting": Form("meeting_new", MEETING, a_council, merge_council, MERGED),
    "missions": Form(
        "missions", {"fiscal_year": "2564", "done": "10", "reported_on": "1/3/2564"}, a_council,
        merge_council, MERGED,
    ),
    "new group": Form("group_new", NAME, a_council, withdraw_council, WITHDRAWN),
    "member": Form("member_edit", NAME, a_member, withdraw_council, WITHDRAWN),
    "group merged": Form("group_edit", NAME, a_group, merge_group, MERGED),
    "group ended": Form(
        "group_end", {"ended_reason": "เลิกไปเอง"}, a_group, end_group, ENDED
    ),
    "group of council": Form("group_edit", NAME, a_group, withdraw_council, WITHDRAWN),
}  # fmt: skip


@pytest.mark.parametrize("case", FORMS)
def test_what_was_typed_stays_in_sight_beside_what_happened(w: build.World, case: str):
    """Wrong if a person lost what they typed, or was not told what happened, by whom, what to do."""
    form = FORMS[case]
    it = form.about(w)
    page = reverse(f"councils:{form.name}", args=[it.pk])
    client = client_of(getattr(w, form.person))
    assert client.get(page).status_code == 200
    form.close(w, it)
    stood = keep(it)
    answer = client.post(page, form.typed)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert form.told in text
    assert list(form.typed.values())[-1] in text or "1 มีนาคม 2564" in text
    assert getattr(it, "council", it).get_absolute_url() in text
    assert keep(it) == stood
    assert not CouncilMeeting.objects.exists()


def keep(it: Any) -> dict[str, Any]:
    """The record as it is stored."""
    return dict(type(it)._default_manager.values().get(pk=it.pk))


def test_the_page_says_who_wrote_last(w: build.World):
    """Wrong if a person could not ask whoever merged the council why."""
    council = a_council(w)
    page = reverse("councils:meeting_new", args=[council.pk])
    client_of(w.manager).post(
        reverse("councils:council_withdraw", args=[council.pk]), {"reason": "ตั้งผิด"}
    )
    text = client_of(w.officer).post(page, MEETING).content.decode()
    assert f"แก้ไขล่าสุดโดย {w.manager.full_name}" in text
    assert "ที่ทำกินริมน้ำ" in text
    assert "1 มีนาคม 2564" in text


@pytest.mark.parametrize("person", ["executive", "analyst", "finance"])
def test_who_may_not_at_all_is_refused_as_before(w: build.World, person: str):
    """Wrong if the page were shown to people who never might send the form."""
    council = a_council(w)
    merge_council(w, council)
    page = reverse("councils:council_edit", args=[council.pk])
    assert client_of(getattr(w, person)).post(page, NAME).status_code == 403


def test_opening_a_closed_form_and_saving_its_draft_are_refused_as_before(w: build.World):
    """Wrong if a form that cannot be sent were opened, or the script that keeps drafts got a page."""
    council = a_council(w)
    merge_council(w, council)
    client = client_of(w.officer)
    page = reverse("councils:meeting_new", args=[council.pk])
    assert client.get(page).status_code == 403
    assert client.post(page, {**MEETING, "desk_draft": "keep"}).status_code == 403


@pytest.mark.parametrize("close", [merge_group, end_group])
def test_a_letter_asked_for_too_late_leads_to_the_page_of_the_group(w: build.World, close: Any):
    """Wrong if the button of a page that was open answered with a bare refusal."""
    group = a_group(w)
    group.registered_on = DAY
    close(w, group)
    page = reverse("councils:group_letter_issue", args=[group.pk])
    answer = client_of(w.officer).post(page, follow=True)
    assert answer.status_code == 200
    assert "แล้ว" in "".join(str(one) for one in answer.context["messages"])
    assert not group.letters.exists()
