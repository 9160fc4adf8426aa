"""The dashboard and the pages of places on a country small enough to count by hand."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from codi.figures.figure import FigureScope, get
from codi.fiscal import Quarter
from codi.places.models import Province
from councils.models import Council
from overview.indicators import INDICATORS, ranked
from overview.parts import PARTS
from overview.standpoint import default_day
from overview.tambons import sums_of, tambons_of
from tests import world as build
from tests.figures.test_map import grid
from welfare.models import FundReview, FundStatus, WelfareFund

pytestmark = pytest.mark.django_db
MAY = dt.date(2021, 5, 31)
AT = "as_of=2021-05-31"
DASHBOARD = "/overview/"
TAMBON, EMPTY = "500101", "500102"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    """Friday 13 August 2021, quarter 4 of 2564."""
    with time_machine.travel(dt.datetime(2021, 8, 13, 9, tzinfo=dt.UTC), tick=False):
        yield


def fund(code: str, province: Any, place: Any = None) -> WelfareFund:
    """A fund of a province, perhaps of a tambon, with two quarters."""
    made = WelfareFund.objects.create(
        code=code,
        name=f"กองทุน {code}",
        region=province.region,
        province=province,
        district=place.district if place else None,
        subdistrict=place,
        founded_on=dt.date(2015, 1, 1),
    )
    for quarter, people, day in ((1, 10, dt.date(2020, 12, 20)), (3, 25, dt.date(2021, 5, 1))):
        FundStatus.objects.create(
            fund=made,
            fiscal_year=2564,
            quarter=quarter,
            reported_on=day,
            member_count=people,
            from_members_baht=people * 1000,
        )
    return made


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """Chiang Mai with a tambon that has all and one that has nothing, Lamphun, and Songkhla."""
    with django_db_blocker.unblock(), transaction.atomic():
        w = build.world()
        build.region("S", "ภาคใต้", 2)
        chiang_mai, lamphun = build.province(), build.province("51", "ลำพูน")
        songkhla = build.province("90", "สงขลา", "S")
        place, _bare = build.subdistrict(), build.subdistrict(EMPTY, "พระสิงห์")
        here = {"province": chiang_mai, "district": place.district, "subdistrict": place}
        old = build.council("สภาตำบลศรีภูมิ", registered_on=dt.date(2015, 1, 5), **here)
        build.council("สภาใหม่", registered_on=dt.date(2021, 2, 1))
        build.council("สภาพฤษภา", registered_on=dt.date(2021, 5, 1), province=lamphun)
        build.council("สภาสงขลา", registered_on=dt.date(2014, 1, 5), province=songkhla)
        build.council("สภากรกฎา", registered_on=dt.date(2021, 7, 1), province=songkhla)
        build.members(old, 4)
        build.term(old, dt.date(2015, 1, 5))
        made = fund("W1", chiang_mai, place)
        fund("W2", songkhla)
        paid = build.project(w, "approved", level="subdistrict", plan=(600_000, 400_000), **here)
        build.pay(w, paid.instalments.get(number=1), 600_000)
        people = {
            "nation": w.analyst,
            "officer": w.officer,
            "province": build.user(region=build.region(), scope_level="province", province=lamphun),
        }
        yield {"people": people, "old": old, "fund": made, "project": paid, "world": w}
        transaction.set_rollback(True)


def client_of(country: dict[str, Any], who: str = "nation") -> Client:
    """Somebody logged in."""
    client = Client()
    client.force_login(country["people"][who])
    return client


def tiles_of(client: Client, key: str, query: str = AT) -> dict[str, Any]:
    """Title → tile of a part."""
    shown = client.get(f"{DASHBOARD}parts/{key}/?{query}").context["shown"]
    return {tile.title: tile for tile in shown["tiles"]}


def test_tiles_tell_the_day_and_what_moved_since_the_quarter_before(country):
    """Wrong if a tile counted July in May, or compared with another day than it says."""
    tiles = tiles_of(client_of(country), "councils")
    assert {title: tile.value for title, tile in tiles.items()} == {
        "สภาที่จัดตั้งแล้ว": "4",
        "สมาชิกสภา": "4",
        "กลุ่ม/องค์กรที่จดแจ้ง": "-",
    }
    new = tiles_of(client_of(country), "new")["สภาจัดตั้งใหม่ในปีงบประมาณ"]
    assert (new.value, new.change) == ("2", "เพิ่มขึ้น 1 แห่ง จาก 31 มี.ค. 64")
    assert tiles["สภาที่จัดตั้งแล้ว"].change == "เพิ่มขึ้น 1 แห่ง จาก 31 มี.ค. 64"
    assert tiles["สภาที่จัดตั้งแล้ว"].tone == "good"
    assert tiles["สมาชิกสภา"].change == "เท่ากับ 31 มี.ค. 64"
    last_year = tiles_of(client_of(country), "councils", f"{AT}&compare=year")
    assert last_year["สภาที่จัดตั้งแล้ว"].change == "เพิ่มขึ้น 2 แห่ง จาก 30 มิ.ย. 63"
    funds = tiles_of(client_of(country), "funds", f"{AT}&compare=2564-1")
    assert funds["สมาชิกกองทุน"].value == "50"
    assert funds["สมาชิกกองทุน"].change == "เพิ่มขึ้น 30 คน จาก 31 ธ.ค. 63"
    assert funds["เงินกองทุน"].exact == "50,000 บาท"


def test_money_is_of_the_years_projects(country):
    """Wrong if disbursement were that of another year, or its share of another whole."""
    paid_on = country["project"].entries.get().effective_on
    tiles = tiles_of(client_of(country), "money", f"as_of={paid_on.isoformat()}")
    assert tiles["งบที่อนุมัติ"].value == "1.00"
    assert tiles["เบิกจ่ายสุทธิ"].value == "0.60"
    assert tiles["เบิกจ่ายสุทธิ"].share == "ร้อยละ 60 ของงบที่อนุมัติ"
    assert tiles["คงเหลือ"].exact == "400,000 บาท"


@pytest.mark.parametrize(
    ("who", "query"), [("nation", AT), ("nation", f"{AT}&region=S"), ("province", AT)]
)
@pytest.mark.parametrize("key", [*PARTS])
def test_every_tile_leads_to_the_records_that_make_it(key, who, query, country):
    """Wrong if a tile said another number than the page of the figure, or led to others' records."""
    client = client_of(country, who)
    for tile in tiles_of(client, key, query).values():
        if not tile.url:
            assert tile.value == "-"
            continue
        page = client.get(tile.url)
        assert page.status_code == 200
        assert page.context["value"] == tile.exact.removesuffix(" บาท") or tile.value
        said = tile.exact.removesuffix(" บาท") if tile.exact else tile.value
        assert page.context["value"] == said, tile.title
        assert page.context["adds_up"] or page.context["parts"], tile.title


def test_a_region_and_a_province_see_their_own(country):
    """Wrong if a narrower scope counted the country, or the address could widen it."""
    nation = client_of(country)
    assert tiles_of(nation, "councils", f"{AT}&region=S")["สภาที่จัดตั้งแล้ว"].value == "1"
    officer, lamphun = client_of(country, "officer"), client_of(country, "province")
    assert tiles_of(officer, "councils")["สภาที่จัดตั้งแล้ว"].value == "3"
    assert tiles_of(lamphun, "councils")["สภาที่จัดตั้งแล้ว"].value == "1"
    for client, words in ((officer, "region=S"), (lamphun, "province=50"), (nation, "province=XX")):
        assert client.get(f"{DASHBOARD}?{AT}&{words}").status_code == 404
        assert client.get(f"{DASHBOARD}parts/councils/?{AT}&{words}").status_code == 404
    assert lamphun.get(f"{DASHBOARD}provinces/50/").status_code == 404
    assert lamphun.get(f"{DASHBOARD}subdistricts/{TAMBON}/").status_code == 404
    assert officer.get(f"{DASHBOARD}provinces/90/").status_code == 404


def test_the_day_is_today_or_the_end_of_the_last_quarter_with_records(country):
    """Wrong if a page opened on a quarter in which nobody has told anything yet, without a word."""
    nation = country["people"]["nation"]
    assert default_day(nation, dt.date(2021, 8, 13)) == dt.date(2021, 8, 13)
    later = dt.date(2022, 2, 1)
    assert default_day(nation, later) == Quarter.of(dt.date(2021, 8, 1)).end
    with time_machine.travel(dt.datetime(2022, 2, 1, 9, tzinfo=dt.UTC), tick=False):
        page = client_of(country).get(DASHBOARD).content.decode()
    assert "30 กันยายน 2564" in page
    assert "ไตรมาสนี้ยังไม่มีข้อมูลใหม่" in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("as_of=ไม่ใช่วัน", "อ่านวันที่"),
        ("as_of=2021-05-31&compare=2564-3", "เลือกไตรมาสที่สิ้นสุดก่อนวันที่ของข้อมูล"),
        ("as_of=2022-01-01", "13 สิงหาคม 2564"),
    ],
)
def test_a_wrong_day_is_told_at_its_field(query, said, country):
    """Wrong if a slip in the day ended on an error page, or showed numbers of some other day."""
    client = client_of(country)
    page = client.get(f"{DASHBOARD}?{query}")
    assert page.status_code == 200
    assert "error-summary" in page.content.decode()
    assert said in page.content.decode()
    assert "overview-part" not in page.content.decode()
    assert client.get(f"{DASHBOARD}parts/councils/?{query}").status_code == 404


def test_the_map_has_its_provinces_in_order_beside_it(country):
    """Wrong if equal provinces had two places, or the table said another number than its page."""
    client = client_of(country)
    shown = client.get(f"{DASHBOARD}parts/map/?{AT}").context["shown"]
    assert [(one.place, one.name, one.value) for one in shown["ranked"]] == [
        (1, "เชียงใหม่", "2"),
        (2, "ลำพูน", "1"),
        (2, "สงขลา", "1"),
    ]
    assert shown["title"].startswith("ณ วันที่ 31 พฤษภาคม 2564 สภาองค์กรชุมชน 4 แห่ง มากที่สุดที่จังหวัดเชียงใหม่")
    assert client.get(shown["ranked"][0].url).status_code == 200
    cell = client.get(shown["ranked"][0].records_url)
    assert (cell.context["value"], cell.context["adds_up"]) == ("2", True)
    for key in INDICATORS:
        page = client.get(f"{DASHBOARD}parts/map/?{AT}&indicator={key}")
        assert page.status_code == 200, key
    assert client.get(f"{DASHBOARD}parts/map/?{AT}&indicator=x").status_code == 404
    assert client.get(f"{DASHBOARD}parts/x/?{AT}").status_code == 404


def test_nil_comes_last_in_the_order():
    """Wrong if a province without a value stood before one with zero, or equals had two places."""
    table = grid(p50=None, p51=0, p52=7, p10=7)
    assert [(place, value) for place, _key, _name, value in ranked(table, "n")] == [
        (1, 7),
        (1, 7),
        (3, 0),
        (4, None),
    ]


def test_tambons_add_up_to_the_figures_of_their_province(country):
    """Wrong if what names no tambon, or stands in an abolished one, fell out of the sum."""
    province = build.province()
    lines = tambons_of(province, MAY)
    assert [(line.name, line.counts["councils"]) for line in lines] == [
        ("พระสิงห์", 0),
        ("ศรีภูมิ", 1),
        ("ไม่ระบุตำบล", 1),
    ]
    sums, scope = sums_of(lines), FigureScope(region="N", province="50")
    told = get("councils.established").compute(scope, MAY)
    funds = get("welfare.status").compute(scope, MAY)
    money = get("projects.disbursement_by_province").compute(scope, MAY)
    assert sums.counts["councils"] == told.value("total", "councils_established") == 2
    assert sums.counts["members"] == told.value("total", "members_total") == 4
    assert sums.counts["fund_members"] == funds.value("total", "members") == 25
    assert sums.amounts["approved"] == money.value("total", "approved_baht") == Decimal(1_000_000)


def test_a_province_is_searched_by_tambon_district_and_what_lacks(country):
    """Wrong if a search missed a tambon, or "without council" listed one that has a council."""
    client = client_of(country)

    def names(query: str) -> list[str]:
        page = client.get(f"{DASHBOARD}provinces/50/?{AT}&{query}")
        return [line.name for line in page.context["page"].object_list]

    assert names("q=ศรีภูม") == ["ศรีภูมิ"]
    assert names("shown=no-council") == ["พระสิงห์"]
    assert names("shown=no-fund") == ["พระสิงห์"]
    assert names("q=ไม่มีชื่อนี้") == []
    assert (
        "ไม่พบตำบลตามเงื่อนไขนี้"
        in client.get(f"{DASHBOARD}provinces/50/?{AT}&q=ไม่มีชื่อนี้").content.decode()
    )


def test_a_tambon_tells_its_council_fund_and_money_over_the_years(country):
    """Wrong if a tambon's page left out a record, or told what came after the day."""
    FundReview.objects.create(
        fund=country["fund"],
        fiscal_year=2564,
        grade="B",
        reviewed_on=dt.date(2021, 4, 1),
        scale=build_scale(),
    )
    client = client_of(country)
    shown = client.get(f"{DASHBOARD}subdistricts/{TAMBON}/?{AT}").context["shown"]
    (council,), (found,) = shown.councils, shown.funds
    assert (council.council.member_count, council.term_state) == (4, "expired")
    assert [(s.quarter, money) for s, money in found.quarters] == [(3, 25_000), (1, 10_000)]
    assert [review.grade for review in found.reviews] == ["B"]
    assert [(y.fiscal_year, y.approved_baht) for y in shown.years] == [(2564, 1_000_000)]
    assert [(y.fiscal_year, y.council_count, y.fund_member_count) for y in shown.history[:2]] == [
        (2564, 1, 25),
        (2563, 1, None),
    ]
    early = client.get(f"{DASHBOARD}subdistricts/{TAMBON}/?as_of=2020-12-31").context["shown"]
    assert [(s.quarter, money) for s, money in early.funds[0].quarters] == [(1, 10_000)]
    assert early.years == []


def test_a_tambon_counts_the_councils_that_stood_in_each_year(country):
    """Wrong if a council that left the register vanished from the years in which it stood."""
    with transaction.atomic():
        Council.objects.filter(pk=country["old"].pk).update(
            withdrawn_on=dt.date(2021, 2, 1), withdrawal_reason="ซ้ำ"
        )
        page = client_of(country).get(f"{DASHBOARD}subdistricts/{TAMBON}/?{AT}")
        counts = [(one.fiscal_year, one.council_count) for one in page.context["shown"].history]
        assert counts[:3] == [(2564, 0), (2563, 1), (2562, 1)]
        assert page.context["shown"].councils == []
        transaction.set_rollback(True)


def test_the_list_of_tambons_tells_what_the_page_of_the_province_tells(country):
    """Wrong if a tambon had another number on the list, in its file or on another day."""
    client = client_of(country)
    page = client.get(f"{DASHBOARD}subdistricts/?{AT}&province=50")
    lines = {line.code: line for line in tambons_of(build.province(), MAY) if line.code}
    rows = {row.record.pk: row.record for row in page.context["table"].rows}
    assert list(rows) == [EMPTY, TAMBON]
    for code, row in rows.items():
        for key, count in lines[code].counts.items():
            assert getattr(row, f"{key}_count") == count, (code, key)
        for key, amount in lines[code].amounts.items():
            assert getattr(row, f"{key}_baht") == amount, (code, key)
    lacking = client.get(f"{DASHBOARD}subdistricts/?{AT}&shown=no-council").context["table"].rows
    assert [row.record.pk for row in lacking] == [EMPTY]
    early = client.get(f"{DASHBOARD}subdistricts/?as_of=2014-12-31&q=ศรีภูมิ").context["table"].rows
    assert [row.record.councils_count for row in early] == [0]
    file = b"".join(client.get(f"{DASHBOARD}subdistricts/?{AT}&export=csv").streaming_content)
    assert "ศรีภูมิ" in file.decode("utf-8-sig")
    assert client.get(f"{DASHBOARD}subdistricts/?as_of=x").status_code == 200


def build_scale() -> Any:
    """The scale of fund reviews."""
    from programs.models import QualityScale

    return QualityScale.objects.create(subject="fund", fiscal_year=2564, source="คู่มือ")


def test_a_tambon_without_council_says_so_and_who_may_register_one(country):
    """Wrong if the page were blank, offered what is refused, or forgot the place on the way."""
    path = f"{DASHBOARD}subdistricts/{EMPTY}/"
    officer, analyst = client_of(country, "officer"), client_of(country)
    page = officer.get(path).content.decode()
    assert "ตำบลนี้ยังไม่มีสภาองค์กรชุมชน" in page
    (url,) = re.findall(r'href="(/councils/new/[^"]*)"', page)
    form = officer.get(url).context["form"]
    assert form["subdistrict"].value() == EMPTY
    assert form["province"].value() == "50"
    refused = analyst.get(path).content.decode()
    assert "/councils/new/" not in refused
    assert "การจดแจ้งสภาทำได้เฉพาะ" in refused


# Session and person, then what the figures ask on both days; pages ask no more for more records.
QUERIES = {
    "councils": 12,
    "new": 8,
    "work": 20,
    "quality": 8,
    "funds": 16,
    "money": 14,
    "map": 6,
    "dashboard": 4,
    "province": 12,
    "tambon": 19,
    "tambons": 8,
}


@pytest.mark.parametrize("more", [1, 3, 12])
def test_queries_do_not_grow_with_records(more, country):
    """Wrong if a council, fund or tambon cost a query of its own, on any page of overviews."""
    client, province, place = client_of(country), build.province(), build.subdistrict()
    with transaction.atomic():
        for number in range(more):
            facts = {"district": place.district, "subdistrict": place}
            made = build.council(f"สภา {number}", province=province, **facts)
            build.members(made, 1)
            build.group(made)
            fund(f"M{number}", province, place)
            build.subdistrict(f"5001{10 + number}", f"ตำบล {number}")
        asked = {
            **{key: f"{DASHBOARD}parts/{key}/" for key in (*PARTS, "map")},
            "dashboard": DASHBOARD,
            "province": f"{DASHBOARD}provinces/50/",
            "tambon": f"{DASHBOARD}subdistricts/{TAMBON}/",
            "tambons": f"{DASHBOARD}subdistricts/",
        }
        client.get(DASHBOARD)  # the first click of a session notes its time
        found = {}
        for key, path in asked.items():
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"{path}?{AT}").status_code == 200
            found[key] = len(queries)
        assert found == QUERIES
        transaction.set_rollback(True)


def test_a_day_before_a_province_was_founded_has_no_map(country):
    """Wrong if the dashboard of Bueng Kan failed on a day before 2554."""
    with transaction.atomic():
        Province.objects.filter(pk="90").update(valid_from=dt.date(2011, 3, 23))
        page = client_of(country).get(f"{DASHBOARD}parts/map/?province=90&as_of=2010-05-31")
        assert "ยังไม่มีจังหวัดในวันนี้" in page.content.decode()
        transaction.set_rollback(True)
