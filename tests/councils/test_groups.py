"""Community groups: registration, end, yearly certification of one and of many, list and pages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from codi.errors import Conflict, Refused
from codi.fiscal import FiscalYear
from councils.models import CommunityGroup, Council, GroupCertification
from councils.services import groups as services
from tests import world as build

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 8, 13)
MARCH, JUNE = dt.date(2021, 3, 1), dt.date(2021, 6, 1)


@pytest.fixture
def officer():
    return build.user(region=build.region())


@pytest.fixture
def council() -> Council:
    return build.council(code="30307")


@pytest.fixture
def web(officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def register(officer, council, **facts):
    given = {"name": "กลุ่มออมทรัพย์", "registered_on": MARCH} | facts
    return services.register_group(actor=officer, council=council, today=TODAY, **given)


def certify_all(officer, groups=None, *, day: dt.date = JUNE, year: int = 2564) -> int:
    chosen = CommunityGroup.objects.all() if groups is None else groups
    return services.certify_groups(
        actor=officer, groups=chosen, fiscal_year=year, certified_on=day, today=TODAY
    )


def test_groups_get_the_next_code_of_their_council(officer, council):
    """Wrong if two groups got one code, or a code of another council was counted."""
    build.group(build.council(code="3030"), code="3030-077")
    codes = [register(officer, council).code for _ in range(2)]
    assert codes == ["30307-001", "30307-002"]
    assert register(officer, council, code="ก-9").code == "ก-9"
    with pytest.raises(Refused, match="มีกลุ่มรหัสนี้แล้ว"):
        register(officer, council, code="ก-9")


def test_a_group_counts_until_the_day_it_ended(officer, council):
    """Wrong if a group that ended vanished from earlier reports, or ended before it began."""
    group = register(officer, council)
    facts = {"actor": officer, "group": group, "ended_reason": "ไม่มีสมาชิก", "today": TODAY}
    with pytest.raises(Refused):
        services.end_group(expected_version=1, ended_on=dt.date(2021, 2, 1), **facts)
    with pytest.raises(Conflict):
        services.end_group(expected_version=0, ended_on=MARCH, **facts)
    ended = services.end_group(expected_version=1, ended_on=JUNE, **facts)
    standing = CommunityGroup.objects.registered_as_of
    assert list(standing(JUNE - dt.timedelta(days=1))) == [ended]
    assert list(standing(JUNE)) == []


def test_a_group_is_certified_once_a_year_while_it_stands(officer, council):
    """Wrong if a double press, an ended group, or a day of another year made a certification."""
    group = register(officer, council)
    facts = {"actor": officer, "group": group, "today": TODAY}
    services.certify_group(fiscal_year=2564, certified_on=JUNE, **facts)
    for year, day in ((2564, JUNE), (2565, JUNE), (2563, dt.date(2021, 2, 1))):
        with pytest.raises(Refused):
            services.certify_group(fiscal_year=year, certified_on=day, **facts)
    CommunityGroup.objects.update(ended_on=MARCH, ended_reason="เลิก")
    with pytest.raises(Refused, match="วันสิ้นสภาพ"):
        services.certify_group(fiscal_year=2563, certified_on=JUNE, **facts)
    assert GroupCertification.objects.count() == 1


def test_many_are_certified_at_once_and_none_that_may_not_be(officer, council):
    """Wrong if ended, foreign, later or certified groups were certified, or others left out."""
    good = [register(officer, council) for _ in range(3)]
    done = register(officer, council)
    GroupCertification.objects.create(group=done, fiscal_year=2564, certified_on=MARCH)
    build.group(council, ended_on=MARCH, ended_reason="เลิก")
    build.group(council, registered_on=dt.date(2021, 7, 1))
    build.group(build.council(withdrawn_on=MARCH, withdrawal_reason="ซ้ำ"))
    build.region("NE", "ภาคตะวันออกเฉียงเหนือ", 2)
    build.group(build.council(province=build.province("40", "ขอนแก่น", "NE")))
    assert certify_all(officer) == 3
    new = GroupCertification.objects.filter(certified_on=JUNE)
    assert set(new.values_list("group", flat=True)) == {one.pk for one in good}
    assert certify_all(officer) == 0
    with pytest.raises(Refused):
        certify_all(build.user("analyst", scope_level="nation"))


def test_the_list_certifies_what_its_filters_choose(web, officer, council):
    """Wrong if the button certified more than the person chose, or without a check."""
    register(officer, council, name="กลุ่มออมทรัพย์บ้านดง")
    register(officer, council, name="กลุ่มทอผ้า")
    page = web.get(reverse("councils:groups"), {"q": "ทอผ้า"})
    address = page.context["certify_url"]
    assert "q=" in address
    year = FiscalYear.of(dt.date.today()).number  # noqa: DTZ011
    day = FiscalYear(year).start
    data = {"fiscal_year": str(year), "certified_on": f"{day.day}/{day.month}/{day.year + 543}"}
    asked = web.post(address, data)
    assert "จะรับรอง 1 กลุ่ม" in asked.content.decode()
    assert not GroupCertification.objects.exists()
    answer = web.post(address, data | {"confirmed": "1"})
    assert answer.status_code == 302
    assert GroupCertification.objects.get().group.name == "กลุ่มทอผ้า"


def test_the_list_finds_and_filters_with_a_constant_number_of_queries(web, officer, council):
    """Wrong if a filter lied, or a row cost a query."""
    address = reverse("councils:groups")
    web.get(address)
    counts = []
    for _ in range(3):
        register(officer, council)
        with CaptureQueriesContext(connection) as asked:
            web.get(address)
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts
    build.group(build.council(), "กลุ่มอื่น", ended_on=JUNE, ended_reason="เลิก")
    for query, count in (
        ({}, 4),
        ({"q": "ออมทรัพย"}, 3),
        ({"council": "30307"}, 3),
        ({"state": "ended"}, 1),
        ({"state": "certified"}, 0),
        ({"registered": "2564"}, 4),
    ):
        assert web.get(address, query).context["row_count"] == count, query


def test_the_pages_register_change_certify_and_end(web, council):
    """Wrong if a page of a group wrote nothing, or something else."""
    new = reverse("councils:group_new", args=[council.pk])
    web.post(new, {"name": "กลุ่มทอผ้า", "registered_on": "1/3/2564"})
    group = CommunityGroup.objects.get()
    for name, data in (
        ("edit", {"name": "กลุ่มทอผ้าไหม", "registered_on": "1/3/2564", "version": "1"}),
        ("certify", {"fiscal_year": "2564", "certified_on": "1/6/2564"}),
        ("end", {"ended_on": "1/7/2564", "ended_reason": "รวมกลุ่ม", "version": "2"}),
    ):
        address = reverse(f"councils:group_{name}", args=[group.pk])
        assert web.post(address, data).headers["Location"] == group.get_absolute_url(), name
    text = web.get(group.get_absolute_url()).content.decode()
    for told in ("กลุ่มทอผ้าไหม", "ปีงบประมาณ 2564", "รวมกลุ่ม", "สิ้นสภาพ"):
        assert told in text
