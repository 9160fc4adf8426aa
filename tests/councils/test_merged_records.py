"""Councils and groups that went into another record: nothing more is done to them, letters tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from codi.errors import Refused
from councils import services as councils
from councils.models import CommunityGroup, Council, CouncilDouble, GroupDouble, StatusLetter
from councils.services import groups, letters
from tests import world as build
from tests.councils.test_doubles import DAY, asked, here, merged, taken_back

pytestmark = pytest.mark.django_db
TODAY = build.TODAY
FACTS: dict[str, Any] = {"expected_version": None, "today": TODAY}


@pytest.fixture
def w() -> build.World:
    return build.world()


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def merged_council(w: build.World) -> Council:
    gone = here("สภา ข", code="30307")
    merged(w, asked(w, here("สภา ก", code="30001"), gone))
    gone.refresh_from_db()
    return gone


def merged_group(w: build.World) -> CommunityGroup:
    of = here("สภา ก")
    kept, gone = build.group(of, "กลุ่ม ก"), build.group(of, "กลุ่ม ข")
    merged(w, asked(w, kept, gone, GroupDouble))
    gone.refresh_from_db()
    return gone


GROUP_ACTS: dict[str, Callable[[build.World, Any], Any]] = {
    "change": lambda w, it: groups.change_group(actor=w.officer, group=it, name="ใหม่", **FACTS),
    "end": lambda w, it: groups.end_group(
        actor=w.officer, group=it, ended_on=TODAY, ended_reason="เลิก", **FACTS
    ),
    "reinstate": lambda w, it: groups.reinstate_group(actor=w.manager, group=it),
    "certify": lambda w, it: groups.certify_group(
        actor=w.officer, group=it, fiscal_year=2564, certified_on=dt.date(2021, 3, 1), today=TODAY
    ),
    "bulk": lambda w, it: groups.change_groups(actor=w.officer, records=[it], today=TODAY),
    "letter": lambda w, it: letters.issue_letter(
        actor=w.officer, council=it.council, group=it, today=TODAY
    ),
}
COUNCIL_ACTS: dict[str, Callable[[build.World, Any], Any]] = {
    "update": lambda w, it: councils.update_council(
        actor=w.officer, council=it, name="ใหม่", **FACTS
    ),
    "certify": lambda w, it: councils.certify_council(
        actor=w.manager, council=it, certified_on=TODAY, today=TODAY
    ),
    "withdraw": lambda w, it: councils.withdraw_council(
        actor=w.manager, council=it, reason="ผิด", today=TODAY
    ),
    "reinstate": lambda w, it: councils.reinstate_council(actor=w.manager, council=it),
    "group": lambda w, it: groups.register_group(
        actor=w.officer, council=it, name="กลุ่ม", registered_on=DAY, today=TODAY
    ),
    "member": lambda w, it: councils.add_member(
        actor=w.officer, council=it, name="ก", kind="representative", selected_on=DAY, today=TODAY
    ),
    "term": lambda w, it: councils.open_term(
        actor=w.officer, council=it, selected_on=DAY, today=TODAY
    ),
    "letter": lambda w, it: letters.issue_letter(actor=w.officer, council=it, today=TODAY),
}


@pytest.mark.parametrize("act", GROUP_ACTS)
def test_a_merged_group_refuses_every_act_of_its_life(w, act: str):
    """Wrong if a record that nobody looks at any more could change, or end on another day."""
    gone = merged_group(w)
    before = CommunityGroup.objects.values().get(pk=gone.pk)
    with pytest.raises(Refused, match=r"รวมเข้ากับ|สิ้นสภาพ"):
        GROUP_ACTS[act](w, gone)
    assert CommunityGroup.objects.values().get(pk=gone.pk) == before


@pytest.mark.parametrize("act", COUNCIL_ACTS)
def test_a_merged_council_refuses_every_act_and_says_why(w, act: str):
    """Wrong if a merged council was changed, or the refusal spoke of a withdrawal to be undone."""
    gone = merged_council(w)
    before = Council.objects.values().get(pk=gone.pk)
    with pytest.raises(Refused, match="รวมเข้ากับ"):
        COUNCIL_ACTS[act](w, gone)
    assert Council.objects.values().get(pk=gone.pk) == before


def test_a_group_ends_once_and_a_manager_brings_it_back(w):
    """Wrong if a second press wrote over day and reason, or a wrong end stayed for good."""
    group = build.group(here("สภา ก"))
    end = {"actor": w.officer, "group": group, **FACTS}
    groups.end_group(ended_on=DAY, ended_reason="เลิก", **end)
    with pytest.raises(Refused, match="สิ้นสภาพไปแล้ว"):
        groups.end_group(ended_on=TODAY, ended_reason="อื่น", **end)
    group.refresh_from_db()
    assert (group.ended_on, group.ended_reason) == (DAY, "เลิก")
    with pytest.raises(Refused, match="ทำได้เฉพาะ"):
        groups.reinstate_group(actor=w.officer, group=group)
    page = reverse("councils:group_reinstate", args=[group.pk])
    assert client_of(w.officer).get(page).status_code == 403
    assert client_of(w.manager).post(page).status_code == 302
    group.refresh_from_db()
    assert (group.ended_on, group.ended_reason) == (None, "")
    with pytest.raises(Refused, match="อยู่ในทะเบียนแล้ว"):
        groups.reinstate_group(actor=w.manager, group=group)
    Council.objects.update(withdrawn_on=TODAY, withdrawal_reason="ผิด")
    with pytest.raises(Refused, match="ถอนออกจากทะเบียน"):
        groups.end_group(ended_on=TODAY, ended_reason="เลิก", **end)


def test_a_list_is_certified_past_a_merged_group(w):
    """Wrong if one merged group in the selection made the database refuse the whole list."""
    gone = merged_group(w)
    count = groups.certify_groups(
        actor=w.officer, groups=CommunityGroup.objects.all(), fiscal_year=2564,
        certified_on=dt.date(2021, 3, 1), today=TODAY,
    )  # fmt: skip
    assert count == 1
    assert not gone.certifications.exists()


def told_of(letter: StatusLetter) -> str:
    """What everybody reads behind the code of a letter."""
    return Client().get(f"/letters/{letter.token}/").content.decode()


def letter_of(w: build.World, council: Council, group: Any = None) -> StatusLetter:
    return letters.issue_letter(actor=w.officer, council=council, group=group, today=TODAY)


def test_the_letter_of_a_merged_record_says_so_and_stands_again_when_taken_back(w):
    """Wrong if a letter passed for that of another record, or stayed void after the taking back."""
    kept, gone = here("สภา ก", code="30001"), here("สภา ข", code="30307")
    letter = letter_of(w, gone)
    case = merged(w, asked(w, kept, gone))
    letter.refresh_from_db()
    assert letter.council == gone
    text = told_of(letter)
    for told in ("สภา ข", "30307", "ไม่มีผล เพราะรวมเข้ากับระเบียนอื่นแล้ว", "สภา ก", "30001"):
        assert told in text, told
    page = client_of(w.manager).get(letter.get_absolute_url()).content.decode()
    assert "ไม่มีผล เพราะรวมเข้ากับระเบียนอื่นแล้ว" in page
    assert "reissue" not in page
    with pytest.raises(Refused, match="รวมเข้ากับ"):
        letters.print_letter(actor=w.officer, letter=letter, now=dt.datetime.now(dt.UTC))
    taken_back(w, case)
    text = told_of(letter)
    assert "มีผลอยู่" in text
    assert "30001" not in text


def test_the_letter_of_a_merged_group_says_so_and_stands_again_when_taken_back(w):
    """Wrong if the paper of the group that went passed for one of the group that stays."""
    of = here("สภา ก")
    kept, gone = build.group(of, "กลุ่ม ก", code="K1"), build.group(of, "กลุ่ม ข", code="G1")
    letter = letter_of(w, of, gone)
    case = merged(w, asked(w, kept, gone, GroupDouble))
    text = told_of(letter)
    for told in ("กลุ่ม ข", "G1", "ไม่มีผล เพราะรวมเข้ากับระเบียนอื่นแล้ว", "กลุ่ม ก", "K1"):
        assert told in text, told
    assert letter_of(w, of, kept).number == 2
    taken_back(w, case)
    assert "มีผลอยู่" in told_of(letter)


def test_the_letter_of_a_group_outlives_the_merge_of_its_councils_records(w):
    """Wrong if a group lost its standing, got two letters, or the page hid which council it names."""
    kept, gone = here("สภา ก", code="30001"), here("สภา ข", code="30307")
    group = build.group(gone, "กลุ่ม ข", code="G1")
    letter = letter_of(w, gone, group)
    case = merged(w, asked(w, kept, gone))
    text = told_of(letter)
    for told in ("มีผลอยู่", "สภา ข รหัส 30307 ปัจจุบันคือ สภา ก รหัส 30001"):
        assert told in text, told
    group.refresh_from_db()
    with pytest.raises(Refused, match="ยังมีผลอยู่"):
        letter_of(w, kept, group)
    letter = StatusLetter.objects.get(pk=letter.pk)
    with pytest.raises(Refused, match="ให้ออกฉบับใหม่แทน"):
        letters.print_letter(actor=w.officer, letter=letter, now=dt.datetime.now(dt.UTC))
    new = letters.reissue_letter(
        actor=w.manager, letter=letter, expected_version=1, reason="สภารวมแล้ว", today=TODAY
    )
    assert (new.council, new.replaces) == (kept, letter)
    with pytest.raises(Refused) as caught:
        taken_back(w, case)
    assert any("จดหมาย" in text for text in caught.value.details)


def moved_to_the_south(council: Council) -> Any:
    """Put a council into another region; who sees it there."""
    south = build.region("S", "ภาคใต้", 2)
    place = build.province("90", "สงขลา", "S")
    Council.objects.filter(pk=council.pk).update(
        region=south, province=place, district=None, subdistrict=None
    )
    return build.user("regional_manager", region=south)


def test_what_was_merged_from_another_region_is_not_named_to_this_one(w):
    """Wrong if the page of a record that moved named the record left behind in another region."""
    kept, gone = here("สภา ก", code="30001"), here("สภา ลับเฉพาะภาค", code="30307")
    group = build.group(gone, "กลุ่ม ข")
    letter = letter_of(w, gone, group)
    merged(w, asked(w, kept, gone))
    page = kept.get_absolute_url()
    assert "สภา ลับเฉพาะภาค" in client_of(w.officer).get(page).content.decode()
    south = moved_to_the_south(kept)
    text = client_of(south).get(page).content.decode()
    assert "30001" in text
    assert "สภา ลับเฉพาะภาค" not in text
    assert "สภา ลับเฉพาะภาค" in client_of(w.analyst).get(page).content.decode()
    # The letter goes where its group goes.
    assert client_of(south).get(letter.get_absolute_url()).status_code == 200
    assert client_of(w.officer).get(letter.get_absolute_url()).status_code == 404


def test_a_code_in_thai_digits_is_the_same_code(w):
    """Wrong if ๓๐๐๐๑ was told to be no code at all."""
    kept, gone = here("สภา ก", code="30001"), here("สภา ข", code="30307")
    told = {"kept_code": "๓๐๐๐๑", "gone_code": "๓๐๓๐๗", "reason": "แห่งเดียวกัน"}
    client_of(w.officer).post(reverse("councils:council_double_new"), told)
    case = CouncilDouble.objects.get()
    assert (case.kept, case.gone) == (kept, gone)
