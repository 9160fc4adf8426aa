"""Proposals of many councils: who may send them, what becomes of them, who sees which council."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from codi.errors import Refused
from councils.models import Proposal
from councils.services import proposals as services
from tests import world as build

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 8, 13)
MARCH = dt.date(2021, 3, 1)


@pytest.fixture
def officer():
    return build.user(region=build.region())


@pytest.fixture
def web(officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def send(officer, *councils) -> Proposal:
    return services.send_proposal(
        actor=officer,
        councils=councils,
        title="ขอแก้น้ำท่วม",
        agency="กรมชลประทาน",
        sent_on=MARCH,
        today=TODAY,
    )


def abroad():
    build.region("NE", "ภาคตะวันออกเฉียงเหนือ", 2)
    return build.council("สภาองค์กรชุมชนตำบลโนนศิลา", province=build.province("40", "ขอนแก่น", "NE"))


def test_a_proposal_names_the_own_councils_and_goes_on_step_by_step(officer):
    """Wrong if a council of another region was named, or a step of tomorrow recorded."""
    first, second = build.council(), build.council()
    with pytest.raises(Refused, match="นอกขอบเขต"):
        send(officer, first, abroad())
    with pytest.raises(Refused):
        send(officer)
    proposal = send(officer, first, second)
    assert (proposal.fiscal_year, proposal.state, proposal.councils.count()) == (2564, "sent", 2)
    facts = {"actor": officer, "proposal": proposal, "today": TODAY}
    with pytest.raises(Refused):
        services.follow_up_proposal(
            expected_version=1, answered_on=TODAY + dt.timedelta(days=1), **facts
        )
    told = services.follow_up_proposal(expected_version=1, solved_on=TODAY, **facts)
    assert (told.state, told.version) == ("solved", 2)


def test_councils_out_of_sight_stay_in_a_corrected_proposal(officer):
    """Wrong if correcting took away the council of another region, which the person cannot see."""
    own, other = build.council(), build.council()
    proposal = send(officer, own)
    foreign = abroad()
    proposal.shares.create(council=foreign)
    services.change_proposal(
        actor=officer, proposal=proposal, expected_version=1, councils=[other], today=TODAY
    )
    assert set(proposal.councils.all()) == {other, foreign}


def test_the_form_takes_codes_and_names_and_tells_what_it_does_not_know(web, officer):
    """Wrong if a name met the wrong council, a foreign one was found, or a guess was made."""
    by_code = build.council("สภาองค์กรชุมชนตำบลศรีภูมิ", code="30307")
    by_name = build.council("สภาองค์กรชุมชนตำบลช้างม่อย")
    for _ in range(2):
        build.council("สภาองค์กรชุมชนตำบลสุเทพ")
    foreign = abroad()
    address = reverse("councils:proposal_new")
    shown = web.get(address, {"council": "30307"}).content.decode()
    assert "30307 สภาองค์กรชุมชนตำบลศรีภูมิ" in shown
    data = {"title": "ขอถนน", "agency": "อบจ.", "sent_on": "1/3/2564"}
    wrong = web.post(address, data | {"councils": f"{foreign.name}\nสภาองค์กรชุมชนตำบลสุเทพ"})
    text = wrong.content.decode()
    assert "ไม่พบ" in text
    assert "มีหลายสภา" in text
    lines = "30307 สภาองค์กรชุมชนตำบลศรีภูมิ\nสภาองค์กรชุมชนตำบลช้างม่อย\n30307"
    assert web.post(address, data | {"councils": lines}).status_code == 302
    proposal = Proposal.objects.get()
    assert set(proposal.councils.all()) == {by_code, by_name}
    page = web.get(proposal.get_absolute_url()).content.decode()
    assert by_name.name in page
    answer = {"version": "1", "answered_on": "1/6/2564", "answer": "รับไว้พิจารณา"}
    follow = reverse("councils:proposal_follow_up", args=[proposal.pk])
    assert web.post(follow, answer).status_code == 302
    listed = web.get(reverse("councils:proposals"), {"state": "answered"})
    assert listed.context["row_count"] == 1
