"""The figures of councils on a country small enough to count by hand.

The north (N: Chiang Mai 50, Lamphun 51) and the south (S: Songkhla 90) on 31 August 2562, the day
of the printed report: four quarters of the fiscal year 2562, the last one under way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from codi.figures.figure import FigureScope, all_figures, get
from codi.places.models import Region
from councils.models import (
    CapabilityFile,
    CapabilityResult,
    CommunityGroup,
    Council,
    CouncilFile,
    CouncilMeeting,
    GroupCertification,
    QualityReview,
    Section21Mission,
    StatusLetter,
)
from programs.models.region_bases import RegionBase
from programs.models.scales import QualityScale
from tests import world as build
from tests.reconcile import told, walk

pytestmark = pytest.mark.django_db
AUGUST = dt.date(2019, 8, 31)
NATION, NORTH = FigureScope(), FigureScope(region="N")
KEYS = [figure.key for figure in all_figures() if figure.key.startswith("councils.")]


def day(text: str) -> dt.date:
    """An ISO day."""
    return dt.date.fromisoformat(text)


def attach(table: Any, subject: Any, document: str, on: str, by: Any, removed_on: str = "") -> None:
    """A file of a record, at noon of a day, perhaps removed at noon of another."""
    noon = dt.time(12, tzinfo=dt.UTC)
    gone = {}
    if removed_on:
        gone = {
            "state": "removed",
            "removed_by": by,
            "removed_at": dt.datetime.combine(day(removed_on), noon),
            "removal_reason": "แนบผิด",
        }
    table.objects.create(
        subject=subject,
        document=document,
        file_name="a.pdf",
        format="pdf",
        byte_count=1,
        sha256=f"{table.objects.count():064x}",
        attached_by=by,
        attached_at=dt.datetime.combine(day(on), noon),
        **gone,
    )


def bases() -> None:
    """Bases of both regions; the north's authorities are counted anew in September."""
    for kind, region, count, on in (
        ("local_authorities", "N", 4, "2018-10-01"),
        ("local_authorities", "N", 5, "2019-09-15"),
        ("local_authorities", "S", 1, "2018-10-01"),
        ("new_councils", "N", 4, "2018-10-01"),
        ("new_councils", "S", 1, "2018-10-01"),
        ("capable_councils", "N", 2, "2018-10-01"),
        ("capable_councils", "S", 1, "2018-10-01"),
    ):
        RegionBase.objects.create(
            kind=kind,
            region_id=region,
            fiscal_year=2562,
            base_count=count,
            stands_on=day(on),
            source="แผน",
        )


def register(by: Any) -> dict[str, Council]:
    """Seven councils: one withdrawn, one of September, and groups, members, forms and letters."""
    made: dict[str, Council] = {}
    for name, province, registered, facts in (
        ("old", "50", "2012-05-01", {}),
        ("autumn", "50", "2018-11-15", {"certified_on": day("2019-02-01")}),
        ("summer", "51", "2019-07-10", {"certified_on": day("2019-09-02")}),
        (
            "gone",
            "51",
            "2019-02-02",
            {"withdrawn_on": day("2019-05-05"), "withdrawal_reason": "ซ้ำ"},
        ),
        ("south", "90", "2011-01-01", {}),
        ("june", "90", "2019-06-30", {}),
        ("september", "90", "2019-09-15", {}),
    ):
        if "certified_on" in facts:
            facts |= {"certified_by": by, "certification_basis": "gates"}
        made[name] = build.council(
            name, province=build.province(province), registered_on=day(registered), **facts
        )
    build.members(made["old"], 3)
    build.members(made["old"], 1, left_on=day("2019-08-31"))
    build.members(made["gone"], 2)
    build.members(made["june"], 1, selected_on=day("2019-08-31"))
    for name, of, registered, facts in (
        ("g1", "old", "2015-01-01", {}),
        ("g2", "old", "2018-12-01", {}),
        ("g3", "old", "2016-01-01", {"ended_on": day("2019-04-01"), "ended_reason": "เลิก"}),
        ("g4", "gone", "2019-03-01", {}),
        ("g5", "south", "2017-01-01", {}),
    ):
        group = CommunityGroup.objects.create(
            code=name, name=name, council=made[of], registered_on=day(registered), **facts
        )
        made[name] = group  # type: ignore[assignment]
    return made


def year(made: dict[str, Any], by: Any) -> None:
    """What the councils and groups did in the year."""
    for group, on in (("g1", "2018-12-31"), ("g2", "2019-05-01"), ("g3", "2019-01-01")):
        GroupCertification.objects.create(group=made[group], fiscal_year=2562, certified_on=day(on))
    GroupCertification.objects.create(
        group=made["g5"], fiscal_year=2561, certified_on=day("2018-08-01")
    )
    attach(CouncilFile, made["old"], "js02", "2014-01-01", by)
    attach(CouncilFile, made["old"], "js03", "2019-01-15", by)
    attach(CouncilFile, made["autumn"], "js02", "2018-11-20", by)
    attach(CouncilFile, made["autumn"], "js03", "2018-11-20", by, removed_on="2019-07-01")
    attach(CouncilFile, made["june"], "js02", "2019-06-30", by)
    attach(CouncilFile, made["june"], "js03", "2019-06-30", by)
    for number, (council, group, revoked) in enumerate(
        (("old", None, ""), ("south", None, "2019-08-01"), ("old", "g1", ""), ("south", "g5", "")),
        start=1,
    ):
        StatusLetter.objects.create(
            number=number,
            fiscal_year=2562,
            council=made[council],
            group=made[group] if group else None,
            issued_on=day("2019-01-10"),
            issued_by=by,
            revoked_on=day(revoked) if revoked else None,
            revocation_reason="ออกผิด" if revoked else "",
        )
    build.term(made["old"], day("2012-05-01"), renewed_on=day("2019-04-01"))
    build.term(made["old"], day("2015-07-01"))
    build.term(made["south"], day("2014-01-01"))
    build.term(
        made["south"], day("2014-02-02"), withdrawn_on=day("2019-02-01"), withdrawal_reason="ซ้ำ"
    )
    build.term(made["autumn"], day("2018-11-15"))
    build.term(made["gone"], day("2014-05-05"))


def work(made: dict[str, Any], by: Any) -> None:
    """Meetings, missions, the capability indicator and reviews."""
    for council, months in (("old", (11, 12, 1, 2)), ("south", (11, 12, 1, 9))):
        for number, month in enumerate(months, start=1):
            held = dt.date(2018 if month > 10 else 2019, month, 15)
            CouncilMeeting.objects.create(
                council=made[council], fiscal_year=2562, number=number, held_on=held
            )
    for council, missions in (("old", (1, 2, 3, 10, 11, 12)), ("south", (1, 2, 10, 11, 12))):
        for mission in missions:
            Section21Mission.objects.create(
                council=made[council],
                fiscal_year=2562,
                mission=mission,
                reported_on=day("2019-08-26"),
            )
    for council, facts in (
        ("old", {"advises": True, "reports_harm": True}),
        ("autumn", {"asks_for_services": True, "reports_harm": True}),
        ("summer", {"advises": True, "asks_for_services": True}),
        ("south", {"reports_harm": True}),
    ):
        made[f"result {council}"] = CapabilityResult.objects.create(
            council=made[council], fiscal_year=2562, reported_on=day("2019-08-01"), **facts
        )
    for document in ("problems", "letter_copy", "follow_up"):
        attach(CapabilityFile, made["result old"], document, "2019-08-02", by)
    attach(CapabilityFile, made["result autumn"], "problems", "2019-08-02", by)
    attach(CapabilityFile, made["result autumn"], "letter_copy", "2019-09-01", by)
    scale = QualityScale.objects.create(subject="council", fiscal_year=2561, source="เกณฑ์")
    for council, fiscal_year, grade, on in (
        ("old", 2561, "B", "2018-05-01"),
        ("old", 2562, "A", "2019-05-01"),
        ("autumn", 2562, "C", "2019-06-01"),
        ("south", 2562, "C", "2019-09-01"),
        ("south", 2560, "A", "2017-09-01"),
    ):
        QualityReview.objects.create(
            council=made[council],
            fiscal_year=fiscal_year,
            grade=grade,
            reviewed_on=day(on),
            scale=scale,
        )


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """Built once; taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        build.region("S", "ใต้", 1)
        build.region("N", "เหนือ", 2)
        Region.objects.filter(pk="N").update(position=2)
        for code, name, region in (
            ("50", "เชียงใหม่", "N"),
            ("51", "ลำพูน", "N"),
            ("90", "สงขลา", "S"),
        ):
            build.province(code, name, region)
        by = build.user(region=build.region())
        bases()
        made: dict[str, Any] = dict(register(by))
        year(made, by)
        work(made, by)
        yield made
        transaction.set_rollback(True)


EXPECTED = {
    "councils.established": {
        "S": [1, 2, "200.00", 1, 1],
        "N": [4, 3, "75.00", 2, 3],
        "total": [5, 5, "100.00", 3, 4],
    },
    "councils.by_province": {
        "50": [2, 1, 2, 3],
        "51": [1, 1, None, None],
        "90": [2, 1, 1, 1],
        "total": [5, 3, 3, 4],
    },
    "councils.new": {
        "S": [1, 0, 0, 1, 0, 1, "100.00"],
        "N": [4, 1, 0, 0, 1, 2, "50.00"],
        "total": [5, 1, 0, 1, 1, 3, "60.00"],
    },
    "councils.new_certification": {
        "S": [1, 0, 1, 1],
        "N": [2, 1, 1, 0],
        "total": [3, 1, 2, 1],
    },
    "councils.group_certification": {
        "S": [1, 0, None, None, None, None],
        "N": [2, 1, 1, 2, 2, 2],
        "total": [3, 1, 1, 2, 2, 2],
    },
    "councils.forms": {
        "S": [2, None, None, 1, 1, "50.00", 1, "50.00"],
        "N": [3, 1, 2, 2, 1, "33.33", 2, "66.67"],
        "total": [5, 1, 2, 3, 2, "40.00", 3, "60.00"],
    },
    "councils.letters": {
        "S": [2, None, "0.00", 1, 1, "100.00"],
        "N": [3, 1, "33.33", 2, 1, "50.00"],
        "total": [5, 1, "20.00", 3, 2, "66.67"],
    },
    "councils.terms": {
        "S": [2, 0, 2, 1, 0, 1, 1, 0, 1, 1, 0, "0.00", 1, "100.00", 1],
        "N": [1, 0, 1, 2, 0, 2, 1, 1, 0, 2, 1, "50.00", 1, "50.00", 1],
        "total": [3, 0, 3, 3, 0, 3, 2, 1, 1, 3, 1, "33.33", 2, "66.67", 2],
    },
    "councils.quality": {
        "S": [None] * 10,
        "N": [0, 1, 0, 1, 0, 1, 1, 1, 1, 3],
        "total": [0, 1, 0, 1, 0, 1, 1, 1, 1, 3],
    },
    "councils.missions": {"1": [2], "3": [1], "4": [None], "12": [2]},
    "councils.concrete": {
        "S": [2, 0, 1, 0, 0, "0.00"],
        "N": [3, 1, 1, 1, 1, "33.33"],
        "total": [5, 1, 2, 1, 1, "20.00"],
    },
    "councils.capability": {
        "S": [1, None, "0.00", None, None, None, None],
        "N": [2, 2, "100.00", 2, 1, 1, 1],
        "total": [3, 2, "66.67", 2, 1, 1, 1],
    },
}
# Rows, then one query per source: counted by hand from the columns.
QUERIES = {
    "councils.established": 5,
    "councils.by_province": 4,
    "councils.new": 3,
    "councils.new_certification": 2,
    "councils.group_certification": 6,
    "councils.forms": 6,
    "councils.letters": 5,
    "councils.terms": 6,
    "councils.quality": 3,
    "councils.missions": 1,
    "councils.concrete": 2,
    "councils.capability": 3,
}


def plain(values: Any) -> list[Any]:
    """Percentages as Decimal."""
    return [Decimal(value) if isinstance(value, str) else value for value in values]


@pytest.mark.parametrize("key", KEYS)
def test_the_figures_of_a_country_counted_by_hand(key: str, country: Any):
    """Wrong if a cell counted a record of another day, place or year, or led to other records."""
    grid = walk(get(key), NATION, AUGUST)
    for row, expected in EXPECTED[key].items():
        assert list(told(grid, row).values()) == plain(expected), (key, row)


@pytest.mark.parametrize("key", KEYS)
def test_a_region_is_told_by_provinces(key: str, country: Any):
    """Wrong if the provinces of the north did not add up to what the nation shows of it."""
    nation, north = get(key).compute(NATION, AUGUST), walk(get(key), NORTH, AUGUST)
    if key == "councils.missions":
        assert told(north, "1") == {"councils": 1}
        return
    assert [row.key for row in north.rows] == ["50", "51", "total"]
    if key == "councils.by_province":
        assert told(north, "50") == told(nation, "50")
        assert list(told(north, "total").values()) == [3, 2, 2, 3]
        return
    assert told(north, "total") == told(nation, "N")
    bases = [c.key for c in north.columns if c.key in ("local_units_total", "target")]
    assert {north.value(row, column) for row in ("50", "51") for column in bases} <= {None}
    lamphun = walk(get(key), FigureScope(region="N", province="51"), AUGUST)
    assert [row.key for row in lamphun.rows] == ["51", "total"]


@pytest.mark.parametrize("more", [0, 2, 12])
@pytest.mark.parametrize("key", KEYS)
def test_queries_do_not_grow_with_records(
    key: str, more: int, country: Any, django_assert_num_queries: Any
):
    """Wrong if a record, a council or a province cost a query of its own."""
    with transaction.atomic():
        for _ in range(more):
            council = build.council(province=build.province(), registered_on=day("2019-01-05"))
            build.term(council, day("2014-01-05"))
        with django_assert_num_queries(QUERIES[key]):
            get(key).compute(NATION, AUGUST)
        transaction.set_rollback(True)


@pytest.mark.parametrize("on", ["1990-01-01", "2018-10-01", "2019-04-01"])
@pytest.mark.parametrize("key", KEYS)
def test_odd_days(key: str, on: str, country: Any):
    """Wrong if a day before any record, or the first of a year, broke a figure or told too much."""
    grid = walk(get(key), NATION, day(on))
    told_later = [
        column.key for column in grid.columns if column.as_of is not None and column.as_of > day(on)
    ]
    assert told_later == []
    if on == "1990-01-01":
        assert {value for line in grid.cells.values() for value in line.values()} <= {None, 0}


def test_a_quarter_that_has_not_begun_is_nil(country: Any):
    """Wrong if the report of March showed zero, or a number, for the quarter of summer."""
    grid = get("councils.new").compute(NATION, day("2019-03-31"))
    assert list(told(grid, "total").values()) == plain([5, 1, 1, None, None, 2, "40.00"])
    terms = get("councils.terms").compute(NATION, day("2019-03-31"))
    assert told(terms, "total")["q3_term_expired"] is None
    assert terms.column("q2_reviewed").pair == "reviewed_pct"


def test_the_base_is_the_latest_that_was_known(country: Any):
    """Wrong if a base of September stood in the report of August."""
    grid = get("councils.established").compute(NATION, day("2019-09-20"))
    assert [grid.value(row, "local_units_total") for row in ("S", "N")] == [1, 5]
