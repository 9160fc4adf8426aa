"""The page of a cross table: its state in the address, every cell leads to its records, its files."""

from __future__ import annotations

import csv
import datetime as dt
import io
from urllib.parse import parse_qs, urlparse

import openpyxl
import pytest
from django.test import Client

from codi.accounts.models import Role, ScopeLevel
from codi.jobs.exports import list_at
from codi.pivot import PIVOTS
from councils.models import Proposal
from tests import world as build
from tests.pivot.test_cross import make, money
from tests.ui.page import Tree
from tests.welfare.rows import stored_fund

pytestmark = pytest.mark.django_db
ADDRESS = "/pivot/projects/"


@pytest.fixture
def w() -> build.World:
    return build.world()


def test_the_first_view_needs_no_choice(client, w):
    """Wrong if an analyst met a form and no table."""
    money(w)
    client.force_login(w.analyst)
    response = client.get(ADDRESS)
    assert response.context["grid"].value("total", "total.approved") == 1_500_000
    assert "จำแนกตามภาคและสถานะ" in response.text


def councils() -> None:
    """Councils of two provinces and four kinds, with terms, members, groups and proposals."""
    kinds = ("subdistrict", "tambon_town", "town", "city")
    places = (build.province(), build.province("51", "ลำพูน"))
    for number, kind in enumerate(kinds):
        day = dt.date(2020, 1 + 3 * number, 2)
        of = build.council(kind=kind, province=places[number % 2], registered_on=day)
        build.term(of, day)
        build.members(of, 2)
        build.group(of)
        build.group(of, ended_on=day, ended_reason="รวมกลุ่ม")
        for year in (2563, 2564):
            steps = dict.fromkeys(("answered_on", "followed_up_on", "solved_on")[:number], day)
            facts = {"fiscal_year": year, "agency": "อบต.", "sent_on": day}
            Proposal.objects.create(title="ขอถนน", **facts, **steps)


@pytest.mark.parametrize("key", PIVOTS)
def test_every_cell_leads_to_the_records_that_it_counts(client, w, key):
    """Wrong if the list behind a cell held other records than the cell had counted.

    Each address is opened as the list; the first of each table as the page as well.
    """
    make(w, 5, 12)
    money(w)
    stored_fund(w)
    councils()
    client.force_login(w.analyst)
    pivot = PIVOTS[key]
    first, asked = pivot.dimensions[0].key, 0
    for other in pivot.dimensions[1:]:
        query = {"row": first, "column": other.key, "measure": "count"}
        context = client.get(f"/pivot/{key}/", query).context
        grid, link = context["grid"], context["link"]
        counted = {
            link(row.key, column.key): count
            for row in grid.rows
            for column in grid.columns
            if (count := grid.value(row.key, column.key))
        }
        found = {address: list_at(address, w.analyst).sums["row_count"] for address in counted}
        assert found == counted, other.key
        address, count = next(iter(counted.items()))
        assert client.get(address).context["row_count"] == count
        asked += len(counted)
    assert asked > 10


def test_filter_and_search_of_the_list_hold_in_the_table_and_on_the_way_back(client, w):
    """Wrong if the table counted what the list had filtered away, or forgot it at the next click."""
    money(w)
    client.force_login(w.analyst)
    listed = client.get("/projects/", {"q": "ลำพูน", "status": "approved", "sort": "code"})
    (tool,) = [link for link in Tree(listed.text).all("a") if "ตารางไขว้" in link.text]
    assert (
        tool["href"] == f"{ADDRESS}?q=%E0%B8%A5%E0%B8%B3%E0%B8%9E%E0%B8%B9%E0%B8%99&status=approved"
    )
    response = client.get(tool["href"])
    assert response.context["grid"].value("total", "total.count") == 1
    back = urlparse(response.context["list_url"])
    assert back.path == "/projects/"
    assert parse_qs(back.query) == {"q": ["ลำพูน"], "status": ["approved"]}
    assert "ค้นหา “ลำพูน” · สถานะ: อนุมัติแล้ว" in response.text


def test_a_narrowed_list_says_so_keeps_it_and_lets_go(client, w):
    """Wrong if rows were hidden by what a cell meant and the list did not show it."""
    money(w)
    client.force_login(w.analyst)
    response = client.get("/projects/", {"by-province": "51", "by-approved_quarter": "2021-01-01"})
    assert response.context["row_count"] == 1
    chips = {chip.text: chip.url for chip in response.context["chips"]}
    assert set(chips) == {"จังหวัด: ลำพูน", "ไตรมาสที่อนุมัติ: ไตรมาส 2 ปีงบประมาณ 2564"}
    assert "by-province" not in chips["จังหวัด: ลำพูน"]
    hidden = {
        one["name"]: one["value"]
        for one in Tree(response.text).all("input")
        if one["type"] == "hidden"
    }
    assert hidden["by-province"] == "51"


@pytest.mark.parametrize(
    "query",
    [
        {"row": "region", "column": "region", "measure": "count"},
        {"row": "nothing", "measure": "count"},
        {"row": "region"},
        {"row": "region", "measure": "password"},
        {"row": "region", "measure": "count", "share": "sum"},
    ],
)
def test_what_cannot_be_crossed_is_told_at_its_field(client, w, query):
    """Wrong if an address made by hand were a fault, or a field of no declaration were grouped by."""
    client.force_login(w.analyst)
    response = client.get(ADDRESS, query)
    assert response.status_code == 200
    assert "grid" not in response.context
    assert response.context["form"].errors


def test_no_data_and_filtered_away_are_two_texts(client, w):
    """Wrong if an empty register told the analyst to change a filter."""
    client.force_login(w.analyst)
    assert "ยังไม่มีข้อมูลให้สรุป" in client.get(ADDRESS).text
    assert "ไม่พบรายการตามเงื่อนไขนี้" in client.get(ADDRESS, {"status": "closed"}).text


def test_an_officer_sums_the_own_province_alone(client, w):
    """Wrong if a total told how much another province has."""
    money(w)
    officer = build.user(
        Role.REGIONAL_OFFICER, scope_level=ScopeLevel.PROVINCE, province=build.province("51")
    )
    client.force_login(officer)
    grid = client.get(ADDRESS, {"row": "province", "measure": "approved"}).context["grid"]
    assert [row.title for row in grid.rows] == ["ลำพูน", "รวม"]
    assert grid.value("total", "total.approved") == 500_000


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_files_hold_the_table_of_the_page(client, w):
    """Wrong if a number of the file were text, differed from the page, or said nothing of its filter."""
    money(w)
    client.force_login(w.analyst)
    query = {
        "row": "region",
        "row2": "province",
        "measure": ["approved", "paid"],
        "status": "approved",
    }
    book = openpyxl.load_workbook(io.BytesIO(body(client.get(ADDRESS, query | {"export": "xlsx"}))))
    cover = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows(max_col=2)}
    assert cover["ตัวกรอง"] == "ตัวกรอง สถานะ: อนุมัติแล้ว"
    assert cover["ผู้ส่งออก"] == w.analyst.full_name
    assert cover["ความหมาย: อนุมัติ (บาท)"] == "งบที่อนุมัติแล้ว ไม่นับโครงการที่ยกเลิก"
    lines = [
        [cell.value for cell in row] for row in book.worksheets[1].iter_rows(min_row=4, max_col=3)
    ]
    assert lines[1:4] == [["ภาคเหนือ", 500_000, 0], ["ลำพูน", 500_000, 0], ["รวม", 500_000, 0]]
    text = body(client.get(ADDRESS, query | {"export": "csv"})).decode()[1:]
    assert list(csv.reader(io.StringIO(text))) == [
        ["ภาค", "จังหวัด", "อนุมัติ (บาท)", "จ่ายสุทธิ (บาท)"],
        ["ภาคเหนือ", "ลำพูน", "500000.00", "0"],
    ]


def test_unknown_tables_are_not_found_and_the_list_s_right_is_the_table_s(client, w):
    """Wrong if a table could be asked for that nobody declared, or without a login."""
    assert client.get(ADDRESS).status_code == 302
    client.force_login(w.analyst)
    assert client.get("/pivot/users/").status_code == 404


def test_the_link_of_a_cell_opens_for_a_colleague_with_the_own_scope(client, w):
    """Wrong if a sent link showed the receiver what only the sender sees."""
    money(w)
    client.force_login(w.analyst)
    context = client.get(ADDRESS, {"row": "province", "measure": "count"}).context
    link = context["link"]("1", "total.count")
    assert client.get(link).context["row_count"] == 1
    far = Client()
    far.force_login(build.user(Role.REGIONAL_OFFICER, region=build.region("NE", "ภาคอีสาน", 2)))
    response = far.get(link)
    assert response.context["row_count"] == 0
    assert "ลำพูน" not in response.text
