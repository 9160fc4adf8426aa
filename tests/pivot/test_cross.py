"""Cross tables agree to the satang with an independent count, at every level of totals."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from codi.errors import Refused
from codi.pivot import PIVOTS, dimensions, measures
from codi.pivot import cross as crossing
from codi.pivot.cross import Choice, Crossing
from finance.views.lists import Projects
from programs.models import Organisation, Project
from tests import world as build

pytestmark = pytest.mark.django_db
PROJECTS = PIVOTS["projects"]
SATANG = Decimal("0.01")
PLACES = (("N", "50"), ("N", "51"), ("NE", "40"), ("S", None))


def amount(draw: random.Random) -> Decimal:
    """Satang that no binary fraction holds, and sums longer than a float keeps."""
    return Decimal(draw.randrange(1, 10**11)) / 100


def make(w: build.World, seed: int, count: int) -> list[Project]:
    """Projects at random steps and places, put straight into the table."""
    draw = random.Random(seed)
    for code in ("50", "51"):
        build.province(code, f"จังหวัด {code}")
    build.province("40", "ขอนแก่น", "NE")
    build.region("S", "ภาคใต้", 3)
    organisations = [
        Organisation.objects.create(name=f"องค์กร {n}", kind="network", region_id="N")
        for n in range(3)
    ]
    rows = []
    for number in range(count):
        region, province = draw.choice(PLACES)
        rows.append(
            Project(
                code=f"P{number}",
                programme=w.programme,
                fiscal_year=2564,
                level="province" if province else "region",
                region_id=region,
                province_id=province,
                title=f"โครงการ {number}",
                organisation=draw.choice(organisations),
                requested_baht=draw.choice([amount(draw), None]),
                status="draft",
                created_by=w.officer,
            )
        )
    return Project.objects.bulk_create(rows)


def expected(projects: list[Project], **group: Any) -> list[Project]:
    """The projects of a group."""
    return [p for p in projects if all(getattr(p, name) == v for name, v in group.items())]


def total_of(projects: list[Project]) -> Decimal | None:
    """Their requests added one by one; nil when none has one."""
    amounts = [p.requested_baht for p in projects if p.requested_baht is not None]
    return sum(amounts, Decimal(0)) if amounts else None


def mean_of(projects: list[Project]) -> Decimal | None:
    """As money is rounded: half up."""
    amounts = [p.requested_baht for p in projects if p.requested_baht is not None]
    if not amounts:
        return None
    return (sum(amounts, Decimal(0)) / len(amounts)).quantize(SATANG, ROUND_HALF_UP)


def rows_of(user: Any, address: str = "/projects/") -> Any:
    """The rows of the list of projects, as the page gives them."""
    page = Projects()
    page.setup(RequestFactory().get(address))
    page.request.user = user
    return page.rows


def table(user: Any, rows: str, column: str, measures: str, share: str = "") -> Any:
    """The crossing and its grid for keys with blanks between."""
    known = PROJECTS.dimension
    choice = Choice(
        rows=tuple(known[key] for key in rows.split()),
        column=known[column] if column else None,
        measures=tuple(PROJECTS.measure[key] for key in measures.split()),
        share=share,
    )
    found = Crossing(rows_of(user), choice)
    return found, found.grid(PROJECTS, as_of=build.TODAY, scope_label="", notes=[])


MEASURES = {
    "count": len,
    "requested": total_of,
    "organisation_count": lambda projects: len({p.organisation_id for p in projects}),
}


@pytest.mark.parametrize("seed", range(4))
def test_every_cell_and_total_is_what_counting_one_by_one_gives(seed):
    """Wrong if a satang was lost to a float, or a total counted an organisation twice."""
    w = build.world()
    projects = make(w, seed, 120)
    found, grid = table(w.analyst, "region province", "level", " ".join(MEASURES))
    assert grid.check() == ()
    named = {
        "region": {one.label: one.value for one in found.values[0]},
        "province": {one.label: one.value for one in found.values[1]},
        "level": {one.label: one.value for one in found.values[2]},
    }
    region: dict[str, Any] = {}
    for row in grid.rows:
        if row.kind == "subtotal":
            region = {"region_id": named["region"][row.title]}
        group = {} if row.kind == "total" else dict(region)
        if row.kind == "item":
            group["province_id"] = named["province"][row.title]
        for column in grid.columns:
            here = dict(group)
            if column.group != "รวม":
                here["level"] = named["level"][column.group]
            theirs = expected(projects, **here)
            value = grid.value(row.key, column.key)
            want = MEASURES[column.key.partition(".")[2]](theirs) if theirs else None
            assert value == want, (row.title, column.group, column.title)
            assert not isinstance(value, float)
    kinds = [row.kind for row in grid.rows]
    assert kinds == ["subtotal", "item", "item", "subtotal", "item", "subtotal", "item", "total"]
    assert [row.title for row in grid.rows if row.kind == "subtotal"] == [
        "ภาคเหนือ",
        "ภาค NE",
        "ภาคใต้",
    ]


def test_an_average_is_worked_out_at_every_level_and_never_averaged_again():
    """Wrong if the total row showed the mean of the regions' means."""
    w = build.world()
    projects = make(w, 7, 60)
    choice = Choice(
        rows=(PROJECTS.dimension["region"],),
        column=PROJECTS.dimension["level"],
        measures=(measures.mean_of("mean", "เฉลี่ย", "requested_baht"),),
    )
    found = Crossing(rows_of(w.analyst), choice)
    grid = found.grid(PROJECTS, as_of=build.TODAY, scope_label="", notes=[])
    assert grid.value("total", "total.mean") == mean_of(projects)
    for place, region in enumerate(found.values[0]):
        theirs = expected(projects, region_id=region.value)
        assert grid.value(str(place), "total.mean") == mean_of(theirs)


def money(w: build.World) -> None:
    """Two provinces: of 1,000,000 and 500,000 approved, 250,000.25 and nothing are paid."""
    build.province("51", "ลำพูน")
    paid = build.project(w, "under_way", baht=1_000_000, plan=(600_000, 400_000))
    build.pay(w, paid.instalments.get(number=1), Decimal("250000.25"))
    build.project(w, "approved", baht=500_000, province=build.province("51"), title="โครงการลำพูน")


def test_money_and_its_percentages_are_those_of_a_hand_calculation():
    """Wrong if the table and the list took net paid or its share from different records."""
    w = build.world()
    money(w)
    _found, grid = table(w.analyst, "province", "", "approved paid remaining paid_pct", "total")
    titles = {row.title: row.key for row in grid.rows}
    line = [grid.value(titles["เชียงใหม่"], column.key) for column in grid.columns]
    # 1,000,000 of 1,500,000; 250,000.25 of 250,000.25; 749,999.75 of 1,249,999.75
    assert line == [
        1_000_000,
        Decimal("66.67"),
        Decimal("250000.25"),
        Decimal(100),
        Decimal("749999.75"),
        Decimal("60.00"),
        Decimal("25.00"),
    ]
    assert [grid.value("total", f"total.{key}") for key in ("paid", "remaining", "paid_pct")] == [
        Decimal("250000.25"),
        Decimal("1249999.75"),
        Decimal("16.67"),
    ]
    assert grid.check() == ()


@pytest.mark.parametrize(
    ("share", "want"), [("column", "50.00"), ("row", "50.00"), ("total", "25.00")]
)
def test_a_share_names_what_it_is_a_share_of(share, want):
    """Wrong if the percentage of a row were that of the whole table."""
    w = build.world()
    for code in ("50", "51"):
        for level in ("province", "subdistrict"):
            place = {"province": build.province(code, f"จ. {code}")}
            if level == "subdistrict":
                sub = build.subdistrict(f"{code}0101")
                place |= {"district": sub.district, "subdistrict": sub}
            build.project(w, "draft", title=f"{code}{level}", level=level, **place)
    _found, grid = table(w.analyst, "province", "level", "count", share)
    assert grid.check() == ()
    assert grid.value("0", "0.count.share") == Decimal(want)
    assert grid.value("total", "total.count.share") == Decimal(100)


@pytest.mark.parametrize(
    ("measures_", "queries"), [("count requested", 1), ("count organisation_count", 6)]
)
@pytest.mark.parametrize("count", [1, 3, 200])
def test_queries_do_not_grow_with_rows(measures_, queries, count):
    """Wrong if a group of the table asked the database for its name or its sum."""
    w = build.world()
    make(w, 1, count)
    rows = rows_of(w.analyst)
    keys = PROJECTS.dimension
    with CaptureQueriesContext(connection) as asked:
        choice = Choice(
            rows=(keys["region"], keys["province"]),
            column=keys["status"],
            measures=tuple(PROJECTS.measure[key] for key in measures_.split()),
        )
        Crossing(rows, choice).grid(PROJECTS, as_of=build.TODAY, scope_label="", notes=[])
    assert len(asked) == queries


def test_too_many_columns_are_refused_with_what_to_do(monkeypatch):
    """Wrong if a table of a hundred columns were drawn that nobody can read."""
    w = build.world()
    make(w, 1, 40)
    monkeypatch.setattr(crossing, "MOST_COLUMNS", 7)
    with pytest.raises(Refused) as told:
        table(w.analyst, "level", "region", "count requested")  # three regions and the total, twice
    assert told.value.field == "column"
    assert "8 คอลัมน์" in told.value.message
    assert "ย้าย “ภาค” ไปเป็นแถว" in told.value.message
    assert table(w.analyst, "region", "level", "count requested")


def test_fiscal_periods_are_those_of_the_house():
    """Wrong if October fell into the year before, or a quarter had the calendar's number."""
    w = build.world()
    made = make(w, 3, 6)
    days = ["2020-09-30", "2020-10-01", "2020-12-31", "2021-01-01", "2021-09-30", "2021-10-01"]
    for project, day in zip(made, days, strict=True):
        Project.objects.filter(pk=project.pk).update(recorded_on=day)
    rows = rows_of(w.analyst)
    year = dimensions.fiscal_year_of("y", "ปี", "recorded_on")
    quarter = dimensions.fiscal_quarter_of("q", "ไตรมาส", "recorded_on")
    found = Crossing(rows, Choice((year, quarter), None, (PROJECTS.measure["count"],)))
    grid = found.grid(PROJECTS, as_of=build.TODAY, scope_label="", notes=[])
    assert [(row.title, grid.value(row.key, "total.count")) for row in grid.rows] == [
        ("2563", 1),
        ("ไตรมาส 4 ปีงบประมาณ 2563", 1),
        ("2564", 4),
        ("ไตรมาส 1 ปีงบประมาณ 2564", 2),
        ("ไตรมาส 2 ปีงบประมาณ 2564", 1),
        ("ไตรมาส 4 ปีงบประมาณ 2564", 1),
        ("2565", 1),
        ("ไตรมาส 1 ปีงบประมาณ 2565", 1),
        ("รวม", 6),
    ]
