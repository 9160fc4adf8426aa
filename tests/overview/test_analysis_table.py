"""Tables of analyses, counted by hand: stock and flow over quarters, shares, changes, layouts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from codi.errors import Refused
from codi.figures.figure import FigureScope
from codi.figures.formats import text_of
from overview.analysis.catalogue import catalogue, matching
from overview.analysis.layout import Layout
from overview.analysis.points import points
from overview.analysis.table import Axis, Choice, Show, Table
from overview.analysis.views import cell_link
from tests import world as build

pytestmark = pytest.mark.django_db
TODAY = dt.date(2019, 9, 30)
NATION, NORTH = FigureScope(), FigureScope(region="N")
STANDING, NEW = "councils.established:councils_established", "councils.new:new_q{}"
SHARE_OF_BASE, NEW_OF_YEAR = (
    "councils.established:councils_established_pct",
    "councils.new:new_total",
)
FUNDS = "welfare.change:current:1"


def layout(
    *measures: str, quarters: str = "1234", scope: FigureScope = NATION, **more: Any
) -> Layout:
    """The table of measures over quarters of 2562."""
    offered = {one.key: one for group in catalogue(scope, TODAY) for one in group.offered}
    at = tuple(points([2562], map(int, quarters), [], today=more.pop("today", TODAY)))
    chosen = tuple(offered[key] for key in measures)
    return Layout(Table(Choice(chosen, at, scope, **more)))


def told(found: Layout, show: Show = Show.VALUE) -> dict[str, list[Any]]:
    """Title of each row → its cells of one kind, in the order of the columns."""
    columns = [one.key for one in found.grid.columns if one.key.endswith(f"~{show}")]
    return {
        row.title: [found.grid.value(row.key, key) for key in columns] for row in found.grid.rows
    }


def dec(text: str) -> list[Decimal | None]:
    """Decimals; "-" is nil."""
    return [None if part == "-" else Decimal(part) for part in text.split()]


def test_a_stock_is_told_at_the_end_of_each_quarter(country):
    """Wrong if the state of a quarter knew of later days, or was added up over quarters."""
    found = layout(STANDING)
    assert told(found) == {"ใต้": [1, 1, 2, 2], "เหนือ": [2, 3, 2, 3], "รวม": [3, 4, 4, 5]}
    assert [column.title for column in found.grid.columns] == ["จัดตั้งสภาแล้ว (แห่ง)"] * 4
    assert found.grid.columns[0].group == "ไตรมาส 1/2562"
    assert found.grid.check() == ()


def test_a_flow_is_told_of_its_own_quarter(country):
    """Wrong if the columns of the four quarters were not the one of the point's own quarter."""
    assert told(layout(NEW)) == {
        "ใต้": [None, None, 1, 0],
        "เหนือ": [1, 1, 0, 1],
        "รวม": [1, 1, 1, 1],
    }


def test_changes_and_shares_by_hand(country):
    """Wrong if a change had another sign or quarter before, or a share another whole."""
    found = layout(STANDING, shows=(Show.SHARE, Show.CHANGE, Show.GROWTH))
    change = {"ใต้": [0, 0, 1, 0], "เหนือ": [1, 1, -1, 1], "รวม": [1, 1, 0, 1]}
    assert told(found, Show.CHANGE) == change
    growth = {"ใต้": "0 0 100 0", "เหนือ": "100 50 -33.33 50", "รวม": "50 33.33 0 25"}
    assert told(found, Show.GROWTH) == {name: dec(text) for name, text in growth.items()}
    share = {"ใต้": "33.33 25 50 40", "เหนือ": "66.67 75 50 60", "รวม": "100 100 100 100"}
    assert told(found, Show.SHARE) == {name: dec(text) for name, text in share.items()}
    assert found.grid.check() == ()


def test_a_sum_of_the_year_is_not_compared_across_years(country):
    """Wrong if October seemed to lose what September had counted for the year before."""
    found = layout(NEW_OF_YEAR, shows=(Show.CHANGE,))
    assert told(found, Show.CHANGE)["รวม"] == [None, 1, 0, 1]
    assert any("ไม่เทียบข้ามปี" in note for note in found.grid.notes)


def test_a_percentage_is_the_figures_own(country):
    """Wrong if percentages were added, averaged, or given a share of a whole."""
    found = layout(SHARE_OF_BASE, quarters="34", shows=(Show.SHARE, Show.CHANGE, Show.GROWTH))
    told_by_hand = {"ใต้": "200 200", "เหนือ": "50 75", "รวม": "80 100"}
    assert told(found) == {name: dec(text) for name, text in told_by_hand.items()}
    assert told(found, Show.CHANGE)["เหนือ"] == dec("-25 25")
    assert {column.key.rpartition("~")[2] for column in found.grid.columns} == {"value", "change"}


def test_rows_that_are_no_places_are_computed_for_each_place(country):
    """Wrong if a figure of measures as rows could not be told by place, or left its place out."""
    assert told(layout(FUNDS, quarters="12")) == {"ใต้": [0, 1], "เหนือ": [1, 1], "รวม": [1, 2]}


def test_a_region_is_told_by_its_provinces(country):
    """Wrong if a scope of a region showed regions, or a base of regions stood beside provinces."""
    found = layout(STANDING, "councils.established:local_units_total", quarters="4", scope=NORTH)
    assert told(found) == {"เชียงใหม่": [2, None], "ลำพูน": [1, None], "รวม": [3, 4]}
    assert any("มีเฉพาะยอดรวม" in note for note in found.grid.notes)
    assert found.grid.check() == ()


def test_every_layout_holds_the_same_values(country):
    """Wrong if setting the table out in another way moved a number to another place."""
    measures = (STANDING, NEW)
    expected = {
        (place, f"ไตรมาส {number}/2562", measure): value
        for measure in measures
        for place, values in told(layout(measure)).items()
        for number, value in enumerate(values, start=1)
    }
    titles = {STANDING: "จัดตั้งสภาแล้ว (แห่ง)", NEW: "จัดตั้งใหม่ (แห่ง)"}
    for axes in permutations(Axis):
        for depth in (1, 2):
            found = layout(*measures, rows=axes[:depth], head=axes[-1])
            cells = {}
            for row in found.grid.rows:
                for column in found.grid.columns:
                    across = column.key.split("~")[:-1]
                    keys = dict(zip(axes[:depth], row.key.split("~"), strict=True))
                    keys |= dict(zip(found.choice.columns, across, strict=True))
                    place = {"N": "เหนือ", "S": "ใต้", "total": "รวม"}[keys[Axis.PLACE]]
                    quarter = f"ไตรมาส {keys[Axis.PERIOD][-1]}/2562"
                    assert place in f"{row.title} {column.group} {column.title}"
                    assert (
                        titles[keys[Axis.MEASURE]] in f"{row.title} {column.group} {column.title}"
                    )
                    cells[place, quarter, keys[Axis.MEASURE]] = found.grid.value(
                        row.key, column.key
                    )
            assert cells == expected, (axes, depth)


def test_every_cell_leads_to_the_figure_that_tells_it(country):
    """Wrong if a number led to another one, or its records did not add up to it."""
    web = Client()
    web.force_login(country["analyst"])
    found = layout(STANDING, NEW, FUNDS, quarters="34", shows=(Show.CHANGE,))
    asked = 0
    for row in found.grid.rows:
        for column in found.grid.columns:
            value = found.grid.value(row.key, column.key)
            address = cell_link(found, row.key, column.key)
            if value is None or not column.key.endswith("~value"):
                assert value is None or address
                continue
            page = web.get(address).context
            assert page["value"] == text_of(column.unit, value), address
            assert page["adds_up"], address
            asked += 1
    assert asked == 18


def test_a_quarter_that_has_not_begun_is_left_out_and_one_under_way_ends_today(country):
    """Wrong if the future was told as nil, or a quarter knew of days to come."""
    found = layout(STANDING, today=dt.date(2019, 5, 31))
    assert [point.title for point in found.choice.points] == [
        "ไตรมาส 1/2562",
        "ไตรมาส 2/2562",
        "ไตรมาส 3/2562 (ถึง 31 พ.ค. 62)",
    ]
    assert told(found)["รวม"] == [3, 4, 3]


def test_too_much_is_refused_with_what_to_do(country):
    """Wrong if one page could keep the database busy for minutes, or be too wide to read."""
    offered = {one.key: one for group in catalogue(NATION, TODAY) for one in group.offered}
    many = tuple(points(range(2550, 2563), [1, 2, 3, 4], [], today=TODAY))
    with pytest.raises(Refused, match=r"52 ครั้ง.*ไม่เกิน 48"):
        Table(Choice((offered[STANDING],), many, NATION))
    columns = [key for key in offered if key.startswith(("councils.established", "welfare.status"))]
    with pytest.raises(Refused, match="คอลัมน์"):
        layout(*columns, shows=(Show.SHARE, Show.CHANGE, Show.GROWTH))


def test_queries_hang_on_figures_and_days_only(country):
    """Wrong if the rows of a register, or more measures of one figure, cost further queries."""
    others = ("councils.established:groups_registered", "councils.established:members_total")
    chosen = catalogue(NATION, TODAY)

    def asked(*keys: str) -> int:
        offered = {one.key: one for group in chosen for one in group.offered}
        at = tuple(points([2562], [3, 4], [], today=TODAY))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            Layout(Table(Choice(tuple(offered[key] for key in keys), at, NATION)))
        return len(queries)

    # For each of two days: regions, base, councils, groups, members; then the regions once more.
    assert asked(STANDING) == asked(STANDING, *others) == 11
    for number in range(3):
        build.council(f"more{number}", province=build.province("90"), registered_on=TODAY)
    assert asked(STANDING) == 11


def test_measures_are_found_by_a_word_of_their_own_or_of_their_figure(country):
    """Wrong if an analyst had to know which table holds the members."""
    groups = catalogue(NATION, TODAY)
    found = matching(groups, "สมาชิกสภา")
    assert "councils.established:members_total" in {
        one.key for group in found for one in group.offered
    }
    assert matching(groups, "ไม่มีคำนี้") == []
