"""The figures of projects and money, against the printed report and hand arithmetic."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum

from codi.figures.figure import FigureScope, get
from finance.models import EntryKind, Instalment, LedgerEntry
from programs.models import Origin, Project, ProjectStatus
from tests import north
from tests import world as build

pytestmark = pytest.mark.django_db
SCOPE = FigureScope(programme="NL2564", region="N")
MAY, AUGUST = dt.date(2021, 5, 31), dt.date(2021, 8, 5)


@pytest.fixture
def loaded() -> build.World:
    w = build.world()
    north.load(w)
    return w


def values(grid, row: str, *columns: str) -> list:
    return [grid.value(row, column) for column in columns]


MAIN = ("frame_baht", "approved_baht", "approved_count", "approved_pct", "recorded_count",
        "paid_1_baht", "paid_count", "paid_pct", "remaining_baht", "remaining_pct")  # fmt: skip


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("region", ["1762380", "1762380", 1, "100", 1, "1233666", 1, "70", "528714", "30"]),
        (
            "province",
            ["13873500", "13873500", 17, "100", 17, "9688300", 17, "69.83", "4185200", "30.17"],
        ),
        (
            "total",
            ["15635880", "15635880", 18, "100", 18, "10921966", 18, "69.85", "4713914", "30.15"],
        ),
    ],
)
def test_by_level_as_of_may_equals_the_print(loaded, row, expected):
    """Wrong if the table as of 31 May 2564 differed from the printed one by a baht."""
    grid = get("projects.disbursement_by_level").compute(SCOPE, MAY)
    assert values(grid, row, *MAIN) == [
        Decimal(cell) if isinstance(cell, str) else cell for cell in expected
    ]
    assert grid.check() == ()
    assert "paid_2_baht" not in [column.key for column in grid.columns]


def test_by_level_as_of_august_is_paid_in_full(loaded):
    """Wrong if the second snapshot did not show instalment 2 and 100 %."""
    grid = get("projects.disbursement_by_level").compute(SCOPE, AUGUST)
    assert values(grid, "total", "paid_1_baht", "paid_2_baht", "paid_baht", "paid_pct", "remaining_baht") == [
        Decimal(10921966), Decimal(4713914), Decimal(15635880), Decimal(100), Decimal(0)
    ]  # fmt: skip
    assert values(grid, "region", "paid_1_baht", "paid_2_baht") == [
        Decimal(1233666),
        Decimal(528714),
    ]


def test_every_day_between_adds_what_was_transferred_by_then(loaded):
    """Wrong if the figure of any day differed from a sum over the reference table by hand."""
    figure = get("projects.disbursement_by_level")
    lines = north.rows()
    day = dt.date(2021, 1, 1)
    while day <= dt.date(2021, 8, 10):
        paid = sum(
            Decimal(line[f"instalment{number}_baht"])
            for line in lines
            for number in (1, 2)
            if line[f"instalment{number}_transferred_on"] <= day.isoformat()
        )
        approved = sum(
            Decimal(line["approved_baht"])
            for line in lines
            if line["approved_on"] <= day.isoformat()
        )
        grid = figure.compute(SCOPE, day)
        assert (grid.value("total", "paid_baht") or 0) == paid, day
        assert (grid.value("total", "approved_baht") or 0) == approved, day
        day += dt.timedelta(days=9)


@pytest.mark.parametrize(
    "key", ["projects.disbursement_by_level", "projects.disbursement_by_province"]
)
@pytest.mark.parametrize("day", [MAY, AUGUST])
def test_records_behind_each_cell_add_up_to_it(loaded, key, day):
    """Wrong if the list behind a printed figure did not add up to it."""
    figure = get(key)
    grid = figure.compute(SCOPE, day)
    for row in grid.rows:
        for column, field in (
            ("approved_baht", "approved_baht"),
            ("paid_baht", "net_baht"),
            ("paid_1_baht", "net_baht"),
        ):
            behind = figure.records(SCOPE, day, row.key, column).aggregate(total=Sum(field))[
                "total"
            ]
            assert behind == grid.value(row.key, column), (row.key, column)


def test_by_province_and_detail_agree_with_the_table(loaded):
    """Wrong if another table of the same report gave another total."""
    by_province = get("projects.disbursement_by_province").compute(SCOPE, MAY)
    assert by_province.value("50", "paid_baht") == Decimal(1240000)
    assert by_province.value("unset", "paid_baht") == Decimal(1233666)
    assert by_province.value("total", "paid_baht") == Decimal(10921966)
    detail = get("projects.detail").compute(SCOPE, AUGUST)
    assert len(detail.items) == 18
    assert values(detail, "total", "approved_baht", "paid_1_baht", "paid_2_baht") == [
        Decimal(15635880), Decimal(10921966), Decimal(4713914)
    ]  # fmt: skip
    first = detail.rows[0].key
    assert detail.value(first, "paid_2_on") == dt.date(2021, 7, 7)
    assert detail.value(first, "meeting") == "ครั้งที่ 2/2564 วันที่ 20-21 ม.ค. 64"
    assert detail.value(first, "place") == "เชียงใหม่"


def test_by_month_runs_to_the_cumulative_total(loaded):
    """Wrong if the months did not add up, or a month had another's money."""
    grid = get("projects.disbursement_by_month").compute(SCOPE, AUGUST)
    assert grid.rows[0].key == "2020-10"
    assert values(grid, "2021-02", "paid_baht", "cumulative_baht") == [
        Decimal(1603650),
        Decimal(1603650),
    ]
    assert values(grid, "total", "net_baht", "cumulative_baht") == [Decimal(15635880)] * 2
    assert grid.value("2021-07", "cumulative_baht") == grid.value(
        "2021-06", "cumulative_baht"
    ) + grid.value("2021-07", "net_baht")
    assert grid.check() == ()


@pytest.mark.parametrize(
    ("day", "late"),
    [
        (dt.date(2021, 7, 4), 0),
        (dt.date(2021, 7, 5), 1),
        (dt.date(2021, 8, 4), 1),
        (dt.date(2021, 8, 5), 0),
    ],
)
def test_late_begins_the_day_after_six_months(loaded, day, late):
    """Wrong if the regional project (approved 4 ม.ค. 64, paid up on 5 ส.ค.) were not late from 5 ก.ค."""
    grid = get("projects.late").compute(SCOPE, day)
    assert (grid.value("total", "late_count") or 0) == late
    if late:
        assert grid.value("2021-07", "unpaid_baht") == Decimal(528714)


QUERIES = {
    "projects.disbursement_by_level": 8,
    "projects.disbursement_by_province": 7,
    "projects.disbursement_by_region": 7,
    "projects.disbursement_by_month": 4,
    "projects.late": 3,
    "projects.detail": 5,
}


def store_many(w: build.World, count: int, first: int = 0) -> None:
    """Projects of 1,000 baht with 400 paid, in four statements."""
    ways = {
        "programme": w.programme,
        "fiscal_year": 2564,
        "level": "province",
        "region": build.region(),
    }
    projects = [
        Project(
            code=f"M-{number}", title=f"โครงการ {number}", province=build.province(),
            organisation=w.organisation, created_by=w.officer, approved_by=w.manager,
            origin=Origin.IMPORT, status=ProjectStatus.UNDER_WAY, endorsed_meeting=w.meeting,
            endorsed_on=w.meeting.ends_on, approved_baht=1000, approved_on=dt.date(2021, 2, 4),
            started_on=dt.date(2021, 2, 25), **ways,
        )
        for number in range(first, first + count)
    ]  # fmt: skip
    Project.objects.bulk_create(projects)
    plans = [Instalment(project=made, number=1, planned_baht=1000) for made in projects]
    Instalment.objects.bulk_create(plans)
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            project=plan.project, instalment=plan, kind=EntryKind.PAYMENT, direction=1,
            amount_baht=400, effective_on=dt.date(2021, 2, 25), actor=w.finance,
        )
        for plan in plans
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 3, 2000])
def test_queries_do_not_grow_with_projects(count, django_assert_num_queries):
    """Wrong if a figure asked the database once per project, or lost one of many."""
    w = build.world()
    store_many(w, count)
    for key, queries in QUERIES.items():
        with django_assert_num_queries(queries):
            grid = get(key).compute(SCOPE, AUGUST)
        for column in grid.columns:
            if column.key in ("approved_count", "late_count"):
                assert grid.value("total", column.key) == count
            if column.key in ("paid_1_baht", "paid_baht"):
                assert grid.value("total", column.key) == 400 * count
        assert grid.check() == ()


def test_figures_survive_statistics_of_small_tables():
    """Wrong if a figure read all entries once per project when a bulk load has just filled tables.

    The database still believes the tables to be as small as when it last looked; a nested scan of
    2,000 projects times 2,000 entries took minutes, a good plan takes a fraction of a second.
    """
    w = build.world()
    store_many(w, 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE programs_project, finance_instalment, finance_ledgerentry")
    store_many(w, 2000, first=1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '2s'")
    for key in QUERIES:
        grid = get(key).compute(SCOPE, AUGUST)
        assert grid.check() == ()
    assert get("projects.late").compute(SCOPE, AUGUST).value("total", "late_count") == 2001
