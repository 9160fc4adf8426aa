"""The figures of welfare funds on a country small enough to count by hand.

The north (N: Chiang Mai 50, Lamphun 51) and the south (S: Songkhla 90) on 31 August 2562, two
months into the fourth quarter. Contributions stand in the world of projects of 2564.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from codi.figures.figure import FigureScope, all_figures, get
from codi.places.models import Region
from finance.services import record_return
from programs.models.region_bases import RegionBase
from tests import world as build
from tests.reconcile import told, walk
from tests.welfare.rows import scale
from welfare.models import (
    Benefit,
    Contribution,
    FundIndicators,
    FundReview,
    FundStatus,
    WelfareFund,
)

pytestmark = pytest.mark.django_db
AUGUST = dt.date(2019, 8, 31)
NATION, NORTH = FigureScope(), FigureScope(region="N")
KEYS = [figure.key for figure in all_figures() if figure.key.startswith("welfare.")]
STOCKS = [key for key in KEYS if key != "welfare.contributions"]


def day(text: str) -> dt.date:
    """An ISO day."""
    return dt.date.fromisoformat(text)


def places() -> None:
    """South before north, as the printed report has them."""
    build.region("S", "ใต้", 1)
    build.region("N", "เหนือ", 2)
    Region.objects.filter(pk="N").update(position=2)
    for code, name, region in (("50", "เชียงใหม่", "N"), ("51", "ลำพูน", "N"), ("90", "สงขลา", "S")):
        build.province(code, name, region)


def base(kind: str, region: str, count: int, fiscal_year: int = 2562) -> None:
    """A base of a region, known since the first day of the year."""
    RegionBase.objects.create(
        kind=kind,
        region_id=region,
        fiscal_year=fiscal_year,
        base_count=count,
        stands_on=dt.date(fiscal_year - 544, 10, 1),
        source="แผน",
    )


def fund(code: str, province: str, founded: str, **facts: Any) -> WelfareFund:
    """A fund of a province."""
    place = build.province(province)
    return WelfareFund.objects.create(
        code=code, name=code, province=place, region=place.region, founded_on=day(founded), **facts
    )


def status(
    of: WelfareFund, quarter: int, on: str, members: str = "", money: str = "", **facts: Any
) -> FundStatus:
    """A status: members as "all working youth elderly disadvantaged other", money by source."""
    count, *groups = [int(text) for text in members.split()] or [0]
    names = ("working_age", "youth", "elderly", "disadvantaged", "other")
    sources = ("members", "local_government", "codi", "other_state", "others", "donations")
    return FundStatus.objects.create(
        fund=of,
        fiscal_year=2562,
        quarter=quarter,
        reported_on=day(on),
        member_count=count,
        **{f"{name}_count": value for name, value in zip(names, groups, strict=False)},
        **{
            f"from_{name}_baht": Decimal(text)
            for name, text in zip(sources, money.split(), strict=False)
        },
        **facts,
    )


def reports(funds: dict[str, WelfareFund]) -> None:
    """What the funds told of two quarters: one late, one nothing to report, one after August."""
    first, second, third = funds["f1"], funds["f2"], funds["f3"]
    one = status(
        first,
        3,
        "2019-06-20",
        "100 40 20 20 5 5",
        "1000.50 100 200 50 10 5",
        village_count=3,
        beneficiary_count=10,
        benefit_baht=500,
    )
    two = status(
        first,
        4,
        "2019-08-10",
        "120 50 25 20 4 1",
        "1100.25 100 300 50 20 5",
        village_count=3,
        beneficiary_count=12,
        benefit_baht=450,
        correction_reason="แก้ยอดที่นับซ้ำ",
    )
    status(third, 3, "2019-07-05", "10 10", "10", village_count=1)
    status(third, 4, "2019-08-01", has_nothing_to_report=True)
    status(funds["f4"], 3, "2019-06-01", "50", "0 7", village_count=2)
    three = status(second, 4, "2019-08-30", "30 0 30", "0 0 25.75", village_count=4)
    status(funds["f6"], 4, "2019-09-05", "999", "999")
    for of, kind, persons, baht in (
        (one, "medical", 9, "400"),
        (two, "medical", 8, "150"),
        (two, "death", 4, "300"),
        (three, "medical", 1, "0.50"),
    ):
        Benefit.objects.create(status=of, kind=kind, person_count=persons, paid_baht=Decimal(baht))


def development(funds: dict[str, WelfareFund]) -> None:
    """Indicators of two quarters."""
    for name, quarter, on, met, one_page in (
        ("f1", 3, "2019-06-15", (1, 2, 3, 4, 5, 8), False),
        ("f1", 4, "2019-08-20", (1, 2, 3, 4, 5, 6, 8), True),
        ("f2", 4, "2019-08-21", (1, 2), False),
        ("f3", 3, "2019-06-16", (1,), False),
        ("f3", 4, "2019-09-05", (1, 8), True),
        ("f4", 3, "2019-06-16", (10,), False),
    ):
        FundIndicators.objects.create(
            fund=funds[name],
            fiscal_year=2562,
            quarter=quarter,
            reported_on=day(on),
            has_complete_one_page=one_page,
            **{f"indicator_{number}": True for number in met},
        )


def reviews(funds: dict[str, WelfareFund]) -> None:
    """Reviews of 2562 that count, and those of another year, another day and a withdrawn fund."""
    for name, year, on, facts in (
        ("f1", 2562, "2019-08-01", {"grade": "A", "risk": "low"}),
        ("f2", 2562, "2019-08-31", {"grade": "D"}),
        ("f3", 2562, "2019-04-01", {"is_stopped": True, "risk": "high"}),
        ("f6", 2562, "2019-09-01", {"grade": "B"}),
        ("f4", 2562, "2019-06-01", {"grade": "C"}),
        ("f3", 2561, "2018-08-01", {"grade": "B"}),
    ):
        FundReview.objects.create(
            fund=funds[name], fiscal_year=year, reviewed_on=day(on), scale=scale(), **facts
        )


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, WelfareFund]]:
    """Built once; taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        places()
        for kind, north, south in (("one_page_funds", 1, 2), ("funds_in_pms", 3, 1)):
            base(kind, "N", north)
            base(kind, "S", south)
        funds = {
            "f1": fund("f1", "50", "2010-01-01"),
            "f2": fund("f2", "51", "2019-07-01"),
            "f3": fund("f3", "90", "2012-01-01"),
            "f4": fund(
                "f4", "90", "2012-01-01", withdrawn_on=day("2019-07-15"), withdrawal_reason="ซ้ำ"
            ),
            "f5": fund("f5", "90", "2019-09-01"),
            "f6": fund("f6", "90", "2015-01-01"),
        }
        reports(funds)
        development(funds)
        reviews(funds)
        yield funds
        transaction.set_rollback(True)


EXPECTED = {
    "welfare.status": {
        "S": [2, 10, 1, "10", "10", "0", "0", "0", "0", "0"],
        "N": [2, 150, 7, "1601", "1100.25", "100", "325.75", "50", "20", "5"],
        "total": [4, 160, 8, "1611", "1110.25", "100", "325.75", "50", "20", "5"],
    },
    "welfare.by_province": {"90": [2, 10, "10"], "total": [4, 160, "1611"]},
    "welfare.change": {
        "1": [4, 4, 0],
        "1.1": [150, 160, 10],
        "1.1.1": [40, 60, 20],
        "1.1.2": [20, 55, 35],
        "1.1.3": [20, 20, 0],
        "1.1.4": [5, 4, -1],
        "1.1.5": [5, 1, -4],
        "1.1.6": [60, 20, -40],
        "1.2": ["1372.50", "1611", "238.50"],
        "1.2.1": ["1000.50", "1110.25", "109.75"],
        "1.2.2": ["107", "100", "-7"],
        "1.2.3": ["200", "325.75", "125.75"],
        "1.2.4": ["50", "50", "0"],
        "1.2.5": ["15", "25", "10"],
        "1.3": [10, 12, 2],
        "1.4": ["500", "450", "-50"],
    },
    "welfare.benefits": {
        "medical": [9, "69.23", "150.50", "33.41"],
        "death": [4, "30.77", "300", "66.59"],
        "birth": [None, "0.00", None, "0.00"],
        "total": [13, "100", "450.50", "100"],
    },
    "welfare.registers": {"S": [2, 1, 1], "N": [2, 3, -1], "total": [4, 4, 0]},
    "welfare.completeness": {
        "S": [2, 1, "50.00", 1, "50.00", 1],
        "N": [2, 2, "100", 0, "0", 0],
        "total": [4, 3, "75", 1, "25", 1],
    },
    "welfare.indicators": {
        "1": [1, 1, 0],
        "1.1": [2, 3, 1],
        "1.2": [1, 2, 1],
        "1.5": [1, 1, 0],
        "1.6": [0, 1, 1],
        "1.7": [0, 0, 0],
        "1.8": [1, 1, 0],
        "1.10": [1, 0, -1],
    },
    "welfare.quality": {
        "S": [2, 1, "50", 0, "0", 0, "0", 0, "0", 0, "0", 1, "100"],
        "N": [2, 2, "100", 1, "50", 0, "0", 0, "0", 1, "50", 0, "0"],
        "total": [4, 3, "75", 1, "33.33", 0, "0", 0, "0", 1, "33.33", 1, "33.33"],
    },
    "welfare.risk": {
        "S": [1, 0, "0", 0, "0", 1, "100", 0, "0"],
        "N": [2, 1, "50", 0, "0", 0, "0", 1, "50"],
        "total": [3, 1, "33.33", 0, "0", 1, "33.33", 1, "33.33"],
    },
    "welfare.one_page": {"S": [2, 0, "0"], "N": [1, 1, "100"], "total": [3, 1, "33.33"]},
}
# Rows, then one query per source; two days for what is compared.
QUERIES = {
    "welfare.status": 3,
    "welfare.by_province": 3,
    "welfare.change": 4,
    "welfare.benefits": 1,
    "welfare.registers": 3,
    "welfare.completeness": 2,
    "welfare.indicators": 2,
    "welfare.one_page": 3,
    "welfare.quality": 3,
    "welfare.risk": 2,
    "welfare.contributions": 5,
}


def plain(values: Any) -> list[Any]:
    """Amounts and percentages as Decimal."""
    return [Decimal(value) if isinstance(value, str) else value for value in values]


@pytest.mark.parametrize("key", STOCKS)
def test_the_figures_of_a_country_counted_by_hand(key: str, country: Any):
    """Wrong if a cell took another day's report, or led to other records."""
    grid = walk(get(key), NATION, AUGUST)
    for row, expected in EXPECTED[key].items():
        assert list(told(grid, row).values()) == plain(expected), (key, row)


@pytest.mark.parametrize("key", STOCKS)
def test_a_region_and_a_province(key: str, country: Any):
    """Wrong if the provinces of the south did not add up to what the nation shows of it."""
    south = walk(get(key), FigureScope(region="S"), AUGUST)
    walk(get(key), FigureScope(region="N", province="51"), AUGUST)
    if "S" not in EXPECTED[key]:
        return
    assert [row.key for row in south.rows] == ["90", "total"]
    assert list(told(south, "total").values()) == plain(EXPECTED[key]["S"])


def test_a_province_without_a_second_count_is_not_compared(country: Any):
    """Wrong if a province showed all its funds as a surplus, or a reader was not told why none is shown.

    The south counts 2 funds, CODI PMS told 1 of the whole region: 1 more, known of the total alone.
    """
    figure = get("welfare.registers")
    south = walk(figure, FigureScope(region="S"), AUGUST)
    assert list(told(south, "90").values()) == [2, None, None]
    assert list(told(south, "total").values()) == [2, 1, 1]
    assert any("ไม่มีจำนวนรายจังหวัด" in note for note in south.notes)
    assert not any("รายจังหวัด" in note for note in walk(figure, NATION, AUGUST).notes)


@pytest.mark.parametrize("more", [0, 2, 12])
@pytest.mark.parametrize("key", KEYS)
def test_queries_do_not_grow_with_records(
    key: str, more: int, country: Any, django_assert_num_queries: Any
):
    """Wrong if a fund or a report cost a query of its own."""
    with transaction.atomic():
        for number in range(more):
            made = fund(f"more {number}", "50", "2018-01-01")
            status(made, 4, "2019-08-01", "5 5", "1")
        with django_assert_num_queries(QUERIES[key]):
            get(key).compute(NATION, AUGUST)
        transaction.set_rollback(True)


@pytest.mark.parametrize("on", ["1990-01-01", "2018-10-01", "2019-07-01"])
@pytest.mark.parametrize("key", KEYS)
def test_odd_days(key: str, on: str, country: Any):
    """Wrong if a day before any record, or the first of a quarter, broke a figure."""
    grid = walk(get(key), NATION, day(on))
    if on == "1990-01-01":
        assert {value for line in grid.cells.values() for value in line.values()} <= {None, 0}


def test_the_first_quarter_looks_back_into_the_year_before(country: Any):
    """Wrong if October compared the new year with a quarter of its own."""
    grid = get("welfare.indicators").compute(NATION, dt.date(2019, 10, 15))
    assert [column.title for column in grid.columns][:2] == [
        "ไตรมาส 4 (ก.ค.-ก.ย. 62)",
        "ไตรมาส 1 (ต.ค. 62)",
    ]
    assert list(told(grid, "1.1").values()) == [3, 0, -3]


def contribution(of: WelfareFund, project: Any, members: tuple[int, int, int], **facts: Any) -> Any:
    """A contribution: members asked for, in all, and contributed for."""
    requested, in_all, contributed = members
    return Contribution.objects.create(
        fund=of,
        fiscal_year=2564,
        project=project,
        requested_on=dt.date(2020, 12, 1),
        requested_member_count=requested,
        member_count=in_all,
        contributed_member_count=contributed,
        **facts,
    )


def test_contributions_counted_by_hand():
    """Wrong if money that came back and went out again were lost, or capped at a hundred percent.

    A million approved, 600,000 paid, 100,000 returned and paid again: 700,000 paid, 600,000 net.
    """
    w = build.world()
    places()
    base("funds_in_pms", "N", 3, 2564)
    first, second, third = (
        fund(c, p, "2010-01-01") for c, p in (("1", "50"), ("2", "51"), ("3", "90"))
    )
    paid = build.project(w, "approved", plan=(600_000, 400_000))
    instalment = paid.instalments.get(number=1)
    build.pay(w, instalment, 600_000, dt.date(2021, 3, 1))
    record_return(
        actor=w.finance,
        instalment=instalment,
        amount_baht=Decimal(100_000),
        effective_on=dt.date(2021, 4, 1),
        document_number="ค. 1",
        request_key=uuid.uuid4(),
        today=build.TODAY,
    )
    build.pay(w, instalment, 100_000, dt.date(2021, 5, 1), document_number="ฎ. 2")
    contribution(first, paid, (10, 12, 11))
    contribution(second, build.project(w, "approved", baht=500_000), (20, 25, 25))
    contribution(third, None, (30, 40, 0), round_number=2)
    figure, august = get("welfare.contributions"), dt.date(2021, 8, 31)
    grid = walk(figure, NATION, august)
    north = [2, 30, 3, "300000000", 2, 2, 1, 37, 36, "1500000", "298500000"]
    money = ["700000", "46.67", "100000", "600000", "900000"]
    assert list(told(grid, "N").values()) == plain([*north, *money])
    assert list(told(grid, "S").values()) == [0, 30, None, None, 1, 0, 0, 40, 0, *[None] * 7]
    provinces = walk(figure, NORTH, august)
    lamphun = [1, 20, None, None, 1, 1, 1, 25, 25, "500000", None, None, "0", None, None, "500000"]
    assert list(told(provinces, "51").values()) == plain(lamphun)
    in_all = told(provinces, "total")
    assert in_all["allocated_budget_frame_baht"] == 300_000_000
    assert in_all["result_budget_remaining_after_approval_baht"] == 298_500_000
    assert any("ไม่มีรายจังหวัด" in note for note in provinces.notes)
    march = walk(figure, NATION, dt.date(2021, 3, 31))
    assert told(march, "N")["disbursed_baht"] == 600_000
