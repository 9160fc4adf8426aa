"""The lists of organisations, committees and meetings, and the cards of the home page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from codi.accounts.models import Role
from programs.home_cards import meetings_without_resolutions, organisations_without_certification
from programs.models import (
    Committee,
    Meeting,
    Organisation,
    OrganisationCertification,
    Programme,
    Resolution,
)
from tests import world as build

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(client) -> build.World:
    made = build.world()
    client.force_login(made.officer)
    return made


def organisation(name: str, **facts: object) -> Organisation:
    facts.setdefault("region", build.region())
    facts.setdefault("province", build.province())
    return Organisation.objects.create(name=name, **({"kind": "community"} | facts))


def meeting(w: build.World, number: int, **facts: object) -> Meeting:
    day = dt.date(2021, 2, min(number, 28))
    return Meeting.objects.create(
        **({"committee": w.committee, "number": number, "fiscal_year": 2564} | facts),
        starts_on=day,
        ends_on=day,
    )


def names(client, **query: str) -> list[str]:
    """The organisations of the list, in order."""
    response = client.get(reverse("programs:organisations"), query)
    return [row.record.name for row in response.context["table"].rows]


def test_search_finds_by_part_of_a_thai_word(client, w):
    """Wrong if a tone mark left out, or Thai digits, hid an organisation."""
    organisation("กลุ่มแม่บ้านหมู่ ๕")
    organisation("สหกรณ์การเกษตร")
    assert names(client, q="แมบาน") == ["กลุ่มแม่บ้านหมู่ ๕"]
    assert names(client, q="หมู่ 5") == ["กลุ่มแม่บ้านหมู่ ๕"]
    assert names(client, q="' OR 1=1 --") == []


def test_names_stand_in_thai_order(client, w):
    """Wrong if a leading vowel were sorted before its consonant."""
    for name in ("ขอนแก่น", "เกาะคา", "กาดหลวง", "แม่ริม"):
        organisation(name)
    w.organisation.delete()
    assert names(client) == ["กาดหลวง", "เกาะคา", "ขอนแก่น", "แม่ริม"]
    assert names(client, sort="-name") == ["แม่ริม", "ขอนแก่น", "เกาะคา", "กาดหลวง"]


def test_filters_by_kind_place_and_certification(client, w):
    """Wrong if a filter let others through, or took another region's key."""
    w.organisation.delete()
    one = organisation("กลุ่ม ก")
    organisation("เครือข่าย ข", kind="network", province=build.province("51", "ลำพูน"))
    refused = organisation("กลุ่ม ค")
    expired = organisation("กลุ่ม ง")
    for found, certified, until in (
        (one, True, None),
        (refused, False, None),
        (expired, True, dt.date(2021, 12, 31)),
    ):
        OrganisationCertification.objects.create(
            organisation=found,
            meeting=w.meeting,
            certified_on=dt.date(2021, 1, 21),
            is_certified=certified,
            valid_until=until,
            note="เหตุผล",
        )
    assert names(client, kind="network") == ["เครือข่าย ข"]
    assert names(client, province="51") == ["เครือข่าย ข"]
    assert names(client, certification="certified") == ["กลุ่ม ก"]
    assert names(client, certification="refused") == ["กลุ่ม ค"]
    assert names(client, certification="expired") == ["กลุ่ม ง"]
    assert names(client, certification="none") == ["เครือข่าย ข"]
    build.region("S", "ภาคใต้", 5)
    assert names(client, region="S") == []


def test_latest_result_of_the_committee_counts(client, w):
    """Wrong if an older result hid the newer one."""
    for number, certified in ((5, False), (6, True), (4, False)):
        held = meeting(w, number)
        OrganisationCertification.objects.create(
            organisation=w.organisation,
            meeting=held,
            certified_on=held.ends_on,
            is_certified=certified,
            note="เหตุผล",
        )
    found = Organisation.objects.with_certification(dt.date(2021, 2, 28)).get()
    assert found.certification_state == "certified"
    found = Organisation.objects.with_certification(dt.date(2021, 2, 5)).get()
    assert found.certification_state == "refused"
    found = Organisation.objects.with_certification(dt.date(2021, 2, 3)).get()
    assert found.certification_state == "none"


@pytest.mark.parametrize("count", [1, 3, 40])
def test_organisations_take_the_same_queries_for_any_number(
    client, w, count, django_assert_num_queries
):
    """Wrong if each row cost a query of its own."""
    for number in range(count - 1):
        organisation(f"กลุ่มที่ {number}")
    build.project(w, "draft")
    with django_assert_num_queries(QUERIES["organisations"]):
        assert len(names(client)) == min(count, 25)


@pytest.mark.parametrize("count", [1, 3, 40])
def test_meetings_take_the_same_queries_for_any_number(client, w, count, django_assert_num_queries):
    """Wrong if each row cost a query of its own."""
    for number in range(count - 1):
        held = meeting(w, number + 10)
        Resolution.objects.create(meeting=held, number=1, kind="approved", text="เห็นชอบ")
    with django_assert_num_queries(QUERIES["meetings"]):
        response = client.get(reverse("programs:meetings"))
    assert len(response.context["table"].rows) == min(count, 25)


@pytest.mark.parametrize("count", [1, 3, 40])
def test_tree_takes_the_same_queries_for_any_number(client, w, count, django_assert_num_queries):
    """Wrong if each programme cost a query of its own."""
    for number in range(count - 1):
        Programme.objects.create(
            code=f"A{number}",
            name="กิจกรรม",
            kind="3_activity",
            fiscal_year=2564,
            parent=w.programme,
        )
    with django_assert_num_queries(QUERIES["programmes"]):
        page = client.get(reverse("programs:programmes")).text
    assert page.count("tree__row") == count


@pytest.mark.parametrize("count", [1, 3, 40])
def test_form_takes_the_same_queries_for_any_number(client, w, count, django_assert_num_queries):
    """Wrong if each choice of a form cost a query of its own."""
    for number in range(count - 1):
        organisation(f"กลุ่มที่ {number}")
        Programme.objects.create(code=f"P{number}", name="โครงการ", fiscal_year=2564)
    with django_assert_num_queries(QUERIES["project_new"]):
        assert client.get(reverse("programs:project_new")).status_code == 200


# Five for the session and its person (two reads; the session's new end, between savepoints), one
# for the bell, for a list one for what its person keeps of it, for a form one for its draft, then
# what the page reads: the choices of its filters, the count, the rows.
QUERIES = {"organisations": 11, "meetings": 12, "programmes": 9, "project_new": 13}


def test_meetings_can_be_asked_for_without_resolutions(client, w):
    """Wrong if a meeting whose minutes are missing could not be found."""
    done = meeting(w, 5)
    Resolution.objects.create(meeting=done, number=1, kind="approved", text="เห็นชอบ")
    response = client.get(reverse("programs:meetings"), {"resolutions": "none"})
    assert [row.record for row in response.context["table"].rows] == [w.meeting]
    response = client.get(reverse("programs:meetings"), {"resolutions": "some"})
    assert [row.record for row in response.context["table"].rows] == [done]


def test_committee_leads_to_its_meetings_and_counts_them(client, w):
    """Wrong if a committee's meetings could not be reached from it."""
    meeting(w, 5)
    page = client.get(reverse("programs:committees")).text
    assert f"{reverse('programs:meetings')}?committee={w.committee.pk}" in page
    response = client.get(reverse("programs:committees"))
    assert [row.record.meeting_count for row in response.context["table"].rows] == [2]


def test_empty_list_says_why_and_what_to_do(client, w):
    """Wrong if no data and nothing found read alike."""
    Organisation.objects.all().delete()
    url = reverse("programs:organisations")
    assert "ยังไม่มีองค์กรในพื้นที่ของท่าน" in client.get(url).text
    assert reverse("programs:organisation_new") in client.get(url).text
    organisation("กลุ่ม ก")
    assert "ไม่พบรายการตามเงื่อนไขนี้" in client.get(url, {"q": "ฮฮฮ"}).text


def test_export_holds_the_rows_and_columns_of_the_screen(client, w):
    """Wrong if a download differed from what the person looked at."""
    organisation("กลุ่ม ก")
    lines = (
        client.get(reverse("programs:organisations"), {"export": "csv", "q": "กลุ่ม"})
        .getvalue()
        .decode("utf-8-sig")
        .splitlines()
    )
    assert len(lines) == 2
    assert lines[1].startswith("กลุ่ม ก,องค์กรชุมชน,ภาคเหนือ,เชียงใหม่,ยังไม่มีผลการรับรอง")


def test_home_card_of_organisations_counts_those_with_projects(w):
    """Wrong if the card held certified organisations, or those without a project."""
    organisation("กลุ่มที่ไม่มีโครงการ")
    assert organisations_without_certification(w.officer, today=build.TODAY).count == 0
    build.project(w, "draft")
    card = organisations_without_certification(w.officer, today=build.TODAY)
    assert (card.count, card.items[0].title) == (1, w.organisation.name)
    OrganisationCertification.objects.create(
        organisation=w.organisation, meeting=w.meeting, certified_on=dt.date(2021, 1, 21)
    )
    assert organisations_without_certification(w.officer, today=build.TODAY).count == 0


def test_home_card_of_meetings_holds_the_own_region_only(w):
    """Wrong if a person were told of minutes that another region owes."""
    national = Committee.objects.create(name="คณะส่วนกลาง")
    meeting(w, 5, committee=national)
    card = meetings_without_resolutions(w.manager, today=build.TODAY)
    assert (card.count, card.items[0].url) == (1, w.meeting.get_absolute_url())
    south = build.user(Role.REGIONAL_MANAGER, region=build.region("S", "ภาคใต้", 5))
    assert meetings_without_resolutions(south, today=build.TODAY).count == 0
    before = meetings_without_resolutions(w.manager, today=dt.date(2021, 1, 21))
    assert before.count == 0
