"""Days that contradict each other are refused at every door: by one, and by the file of many."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from codi.constraints import as_refusals
from codi.errors import Refused
from codi.imports.undoing import undo
from codi.quality.declared import RULES
from councils import services
from councils.models import (
    CommunityGroup,
    Council,
    CouncilMeeting,
    GroupCertification,
    Member,
    Term,
)
from councils.services import groups
from tests import world as build
from tests.councils.test_uploads_of_work import send, write

pytestmark = pytest.mark.django_db
TODAY, DAY = dt.date(2021, 8, 13), dt.date(2021, 3, 1)
REGISTERED = dt.date(2020, 11, 2)


@pytest.fixture
def officer():
    return build.user(region=build.region())


@pytest.fixture
def council():
    return build.council(code="30307", registered_on=REGISTERED)


def refused_code(act: Any) -> str:
    """Why an act was refused; nothing when it passed."""
    try:
        act()
    except Refused as refused:
        return refused.code
    return ""


def by_file(officer, kind: str, *lines: str) -> None:
    batch = send(officer, kind, *lines)
    assert batch.error_count == 0
    write(officer, batch)


def test_a_council_is_not_registered_after_its_own_work(officer, council):
    """Wrong if a corrected day of registration left meetings of a council that did not stand yet."""
    CouncilMeeting.objects.create(council=council, fiscal_year=2564, number=1, held_on=DAY)
    later = dt.date(2021, 5, 1)

    def correct(day: dt.date) -> None:
        services.update_council(
            actor=officer, council=council, expected_version=None, today=TODAY, registered_on=day
        )

    def bring(day: dt.date) -> None:
        record = Council.objects.get(pk=council.pk)
        record.registered_on = day
        services.change_councils(actor=officer, records=[record], today=TODAY)

    for door in (correct, bring):
        assert refused_code(lambda door=door: door(later)) == "work_before_registration"
        assert Council.objects.get().registered_on < DAY
        door(DAY - dt.timedelta(days=1))
        Council.objects.update(registered_on=REGISTERED)


def test_what_was_out_of_order_before_keeps_nobody_from_mending_the_rest(officer, council):
    """Wrong if a council with an old wrong day could not get its right name any more."""
    CouncilMeeting.objects.create(
        council=council, fiscal_year=2563, number=1, held_on=dt.date(2020, 3, 1)
    )
    services.update_council(
        actor=officer, council=council, expected_version=None, today=TODAY, name="สภาตำบลศรีภูมิ"
    )
    assert Council.objects.get().name == "สภาตำบลศรีภูมิ"


def test_a_term_is_not_over_before_its_council_stood(officer, council):
    """Wrong if a term of another century passed by form or file; one from before it registers may."""
    early, just_before = dt.date(2015, 11, 1), dt.date(2020, 10, 20)
    head = "รหัสสภา,วันคัดเลือก"
    doors = (
        lambda: services.open_term(actor=officer, council=council, selected_on=early, today=TODAY),
        lambda: by_file(officer, "council-terms", head, "30307,1/11/2558"),
    )
    assert [refused_code(door) for door in doors] == ["before_registration"] * 2
    assert not Term.objects.exists()
    services.open_term(actor=officer, council=council, selected_on=just_before, today=TODAY)


def test_terms_do_not_overlap_by_any_door(officer, council):
    """Wrong if one council had two terms on a day, by form or by file."""
    build.term(council, REGISTERED)
    within = dt.date(2021, 6, 1)
    doors = (
        lambda: services.open_term(actor=officer, council=council, selected_on=within, today=TODAY),
        lambda: by_file(officer, "council-terms", "รหัสสภา,วันคัดเลือก", "30307,1/6/2564"),
    )
    assert [refused_code(door) for door in doors] == ["overlap"] * 2
    assert Term.objects.count() == 1


def test_members_are_not_selected_after_the_last_term(officer, council):
    """Wrong if members joined a council whose term was over and not renewed; with a new one they do."""
    Council.objects.update(registered_on=dt.date(2016, 11, 2))
    build.term(council, dt.date(2016, 11, 2))
    (sitting,) = build.members(council, 1, selected_on=dt.date(2016, 11, 2))
    facts = {"name": "คนใหม่", "kind": "representative", "selected_on": DAY}
    head = "ชื่อ-สกุล,รหัสสภา,ประเภทสมาชิก,วันคัดเลือก"

    def add() -> None:
        services.add_member(actor=officer, council=council, today=TODAY, **facts)

    doors = (
        add,
        lambda: by_file(officer, "council-members", head, "คนใหม่,30307,ผู้แทนชุมชน,1/3/2564"),
        lambda: services.update_member(
            actor=officer, member=sitting, expected_version=1, today=TODAY, selected_on=DAY
        ),
    )
    assert [refused_code(door) for door in doors] == ["after_term"] * 3
    assert list(Member.objects.values_list("selected_on", flat=True)) == [dt.date(2016, 11, 2)]
    services.open_term(actor=officer, council=council, selected_on=DAY, today=TODAY)
    add()
    assert Member.objects.count() == 2


def test_the_form_says_at_the_day_why_a_member_comes_too_late(officer, council):
    """Wrong if the page fell, or told the refusal away from its field."""
    Council.objects.update(registered_on=dt.date(2016, 11, 2))
    build.term(council, dt.date(2016, 11, 2))
    client = Client()
    client.force_login(officer)
    answer = client.post(
        reverse("councils:member_new", args=[council.pk]),
        {"name": "คนใหม่", "kind": "representative", "selected_on": "1/3/2564"},
    )
    assert answer.status_code == 200
    assert "selected_on" in answer.context["form"].errors


def test_a_group_is_certified_only_while_it_stands(officer, council):
    """Wrong if a group ended, or came, on the other side of its certification by form or file."""
    group = build.group(council, code="ก1", registered_on=REGISTERED)
    GroupCertification.objects.create(group=group, fiscal_year=2564, certified_on=DAY)
    head = "รหัสกลุ่ม,รหัสสภา,ชื่อกลุ่ม/องค์กร,วันที่จดแจ้ง,สิ้นสภาพเมื่อ,เหตุที่สิ้นสภาพ"
    name = group.name

    def end(day: dt.date) -> None:
        groups.end_group(
            actor=officer, group=group, expected_version=None, ended_on=day, ended_reason="เลิก",
            today=TODAY,
        )  # fmt: skip

    doors = (
        lambda: end(dt.date(2021, 2, 1)),
        lambda: groups.change_group(
            actor=officer, group=group, expected_version=None, today=TODAY, registered_on=TODAY
        ),
        lambda: by_file(officer, "groups", head, f"ก1,30307,{name},2/11/2563,1/2/2564,เลิก"),
        lambda: by_file(officer, "groups", head, f"ก1,30307,{name},1/6/2564,,"),
    )
    assert [refused_code(door) for door in doors] == ["certified_outside"] * 4
    assert CommunityGroup.objects.filter(ended_on=None, registered_on=REGISTERED).exists()
    end(dt.date(2021, 6, 1))


def test_nothing_new_in_a_withdrawn_council(officer, council):
    """Wrong if a council out of the register got groups, members, terms or meetings by any door."""
    build.group(council, code="ก1")
    Council.objects.update(withdrawn_on=TODAY, withdrawal_reason="ซ้ำ")
    council.refresh_from_db()
    one: dict[str, Any] = {"actor": officer, "council": council, "today": TODAY}
    acts = (
        lambda: groups.register_group(name="กลุ่ม", registered_on=DAY, **one),
        lambda: services.open_term(selected_on=DAY, **one),
        lambda: services.add_member(name="คน", kind="representative", selected_on=DAY, **one),
        lambda: groups.certify_group(
            actor=officer, group=CommunityGroup.objects.get(), fiscal_year=2564,
            certified_on=TODAY, today=TODAY,
        ),
        lambda: groups.register_groups(
            actor=officer, today=TODAY,
            records=[CommunityGroup(code="ก2", council=council, name="ข", registered_on=DAY)],
        ),
        lambda: services.create_members(
            actor=officer, today=TODAY,
            records=[Member(council=council, name="ค", kind="representative", selected_on=DAY)],
        ),
    )  # fmt: skip
    for act in acts:
        with pytest.raises(Refused):
            act()
    assert not Member.objects.exists()
    assert CommunityGroup.objects.count() == 1


def test_representatives_on_whom_experts_rest_are_not_taken_back(officer, council):
    """Wrong if undoing a file left experts that the law does not allow; leaving is never refused."""
    head = "ชื่อ-สกุล,รหัสสภา,ประเภทสมาชิก,วันคัดเลือก"
    rows = [f"ผู้แทน {number},30307,ผู้แทนชุมชน,2/11/2563" for number in range(5)]
    batch = send(officer, "council-members", head, *rows)
    write(officer, batch)
    batch.refresh_from_db()
    expert = services.add_member(
        actor=officer, council=council, name="ผู้รู้", kind="expert", selected_on=REGISTERED,
        today=TODAY,
    )  # fmt: skip
    assert (
        refused_code(lambda: undo(batch=batch, actor=officer, reason="ผิดไฟล์", today=TODAY))
        == "councils_member_expert_share"
    )
    assert Member.objects.count() == 6
    with pytest.raises(Refused), as_refusals():
        Member.objects.filter(kind="representative").first().delete()
    one = Member.objects.filter(kind="representative").first()
    services.end_member(
        actor=officer, member=one, left_on=TODAY, expected_version=None, today=TODAY
    )
    # Nobody can be kept from leaving; the register of findings tells of what that leaves.
    rule = RULES["councils.experts"]
    assert [found.pk for found in rule.offending(TODAY)] == [council.pk]
    services.end_member(
        actor=officer, member=expert, left_on=TODAY, expected_version=None, today=TODAY
    )
    assert not rule.offending(TODAY).exists()


@pytest.mark.parametrize("number", [1, 2])
def test_a_file_may_not_make_one_expert_too_many(officer, council, number):
    """Wrong if experts beyond the fifth came by a file, as new members or by a changed kind."""
    build.members(council, 9)
    head = "ชื่อ-สกุล,รหัสสภา,ประเภทสมาชิก,วันคัดเลือก"
    known = Member.objects.first().name
    rows = {
        1: [f"ผู้รู้ {one},30307,ผู้ทรงคุณวุฒิ,2/11/2563" for one in range(2)],
        2: [f"{known},30307,ผู้ทรงคุณวุฒิ,2/11/2563", "ผู้รู้,30307,ผู้ทรงคุณวุฒิ,2/11/2563"],
    }[number]
    act = lambda: by_file(officer, "council-members", head, *rows)  # noqa: E731
    assert refused_code(act) == "councils_member_expert_share"
    assert not Member.objects.filter(kind="expert").exists()
