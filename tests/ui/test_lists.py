"""A list shows what is in sight, keeps its state in the address and exports what it shows."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from codi.accounts.models import Role, ScopeLevel, User
from codi.accounts.views import UserList
from codi.sheets.guard import guarded
from codi.ui.exports import Export, ExportColumn, csv_response, xlsx_file
from codi.ui.lists import ListPage
from tests import world as build
from tests.ui.page import Tree

pytestmark = pytest.mark.django_db
LIST = "/users/"


@pytest.fixture
def admin(client):
    person = build.user(
        Role.ADMINISTRATOR, scope_level=ScopeLevel.NATION, username="admin", full_name="ผู้ดูแล"
    )
    client.force_login(person)
    return person


def people(*names: str, **fields) -> list[User]:
    return [build.user(full_name=name, **fields) for name in names]


def page(client, address: str = "") -> Tree:
    response = client.get(f"{LIST}{address}")
    assert response.status_code == 200, response.text
    return Tree(response.text)


def names(tree: Tree) -> list[str]:
    return [cell.text for cell in tree.all("td") if cell.attributes.get("data-label") == "ชื่อ-สกุล"]


@pytest.mark.parametrize("others", [1, 3, 60])
def test_queries_do_not_grow_with_rows(client, admin, others):
    """Wrong if a row of the list asked the database for its own region or sums."""
    people(*(f"คน {number:02}" for number in range(others)))
    client.get(LIST)  # the first click of a session is noted
    with CaptureQueriesContext(connection) as asked:
        assert len(names(page(client))) == min(others + 1, 25)
    assert (
        len(asked) == 7
    )  # session, user, what is kept, choices of the region filter, count, rows, bell


def test_search_filter_and_sort_stand_in_the_address(client, admin):
    """Wrong if a sent link showed something else than what its sender saw."""
    people("ก้าน", "กาญจนา", "ขวัญ", role=Role.ANALYST)
    people("กานดา")
    assert names(page(client, "?q=กา&role=analyst&sort=-full_name")) == ["กาญจนา"]
    assert names(page(client, "?role=analyst&sort=-username")) == ["ขวัญ", "กาญจนา", "ก้าน"]
    assert names(page(client, "?role=analyst&sort=username")) == ["ก้าน", "กาญจนา", "ขวัญ"]


@pytest.mark.parametrize("sort", ["password", "-region__name", "last_login__x", "'; drop", "scope"])
def test_only_listed_columns_sort(client, admin, sort):
    """Wrong if the address could order by a hidden field (and so leak it) or break the page."""
    people("ข", "ก")
    assert names(page(client, f"?sort={sort}")) == names(page(client))


def test_page_size_is_in_the_address_and_pages_keep_the_filter(client, admin):
    """Wrong if page two forgot the filter or the size, or a size of no choice were taken."""
    people(*(f"คน {number:03}" for number in range(70)), role=Role.ANALYST)
    tree = page(client, "?size=50&role=analyst")
    assert len(names(tree)) == 50
    assert "role=analyst" in tree.by_id("page-2")["href"]
    assert len(names(page(client, "?role=analyst&page=2&size=50"))) == 20
    assert len(names(page(client, "?size=7"))) == 25
    assert len(names(page(client, "?page=999&role=analyst&size=50"))) == 20


def test_active_filters_are_named_and_can_be_taken_off(client, admin):
    """Wrong if rows were hidden by a filter that the page does not show."""
    people("ก", role=Role.ANALYST)
    tree = page(client, "?q=ก&role=analyst&sort=-username")
    chips = {chip.text.split(" เอา")[0].strip(): chip["href"] for chip in tree.all("a", "chip")}
    assert set(chips) == {"ค้นหา “ก”", "บทบาท: นักวิเคราะห์"}
    assert "role" not in chips["บทบาท: นักวิเคราะห์"]
    assert "sort=-username" in chips["บทบาท: นักวิเคราะห์"]


def test_empty_list_says_why(client, admin):
    """Wrong if "nothing found" looked like "not allowed"."""
    filtered = page(client, "?q=ไม่มีใครชื่อนี้")
    assert "ไม่พบรายการตามเงื่อนไขนี้" in filtered.texts("p")
    assert "ล้างตัวกรอง" in filtered.texts("a", "btn-secondary")
    client.force_login(build.user())
    refused = client.get(LIST)
    assert refused.status_code == 403
    assert "เฉพาะผู้ดูแลระบบระดับประเทศ" in refused.text


def test_no_data_at_all_is_its_own_text(rf, admin):
    """Wrong if an empty register told the person to change a filter."""

    class Nobody(UserList):
        def get_queryset(self):
            return super().get_queryset().none()

    request = rf.get(LIST)
    request.user, request.session, request.htmx = admin, {}, False
    text = Nobody.as_view()(request).content.decode()
    assert "ยังไม่มีข้อมูล" in text
    assert "ล้างตัวกรอง" not in text


def test_fragment_holds_only_the_results(client, admin):
    """Wrong if htmx put a whole page into the page, or a cache mixed the two."""
    people("ก")
    response = client.get(LIST, headers={"HX-Request": "true", "HX-Target": "results"})
    assert "<html" not in response.text
    assert "HX-Target" in response["Vary"]
    assert Tree(response.text).text_of("list-announce") == "พบ 2 คน"


def test_search_is_escaped(client, admin):
    """Wrong if what was searched for could run in the page."""
    assert "<script>alert" not in client.get(LIST, {"q": "<script>alert(1)</script>"}).text


def read_csv(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def test_export_is_what_the_screen_shows(client, admin):
    """Wrong if rows, order, columns or filter of the file differed from the screen."""
    people("ขวัญ", "ก้าน", "กาญจนา", role=Role.ANALYST)
    people("นอกตัวกรอง")
    address = "?role=analyst&sort=-full_name"
    screen = page(client, address)
    rows = read_csv(client.get(f"{LIST}{address}&export=csv"))
    assert rows[0] == [*screen.texts("th"), "เข้าใช้ล่าสุด (พ.ศ.)"]
    assert [row[0] for row in rows[1:]] == names(screen)
    response = client.get(f"{LIST}{address}&export=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    sheet = [[cell.value or "" for cell in row] for row in book["ข้อมูล"].iter_rows(max_col=7)]
    assert sheet == rows
    conditions = {row[0].value: row[1].value for row in book["เงื่อนไข"].iter_rows()}
    assert conditions["ตัวกรอง"] == "บทบาท: นักวิเคราะห์"
    assert conditions["เรียงตาม"] == "ชื่อ-สกุล จากมากไปน้อย"
    assert conditions["ผู้ส่งออก"] == "ผู้ดูแล"
    assert conditions["จำนวน"] == "3 คน"
    assert conditions["ข้อมูล ณ"].endswith(" น.")
    assert "filename*=UTF-8''%E0%B8%9C" in response["Content-Disposition"]


def test_export_is_not_cut_at_a_page(client, admin):
    """Wrong if only the rows of the screen's page were exported."""
    people(*(f"คน {number:03}" for number in range(120)))
    assert len(read_csv(client.get(f"{LIST}?export=csv&page=2&size=25"))) == 1 + 121


def test_export_is_refused_with_the_list(client):
    """Wrong if the file were a way round the rights of the page."""
    client.force_login(build.user())
    assert client.get(f"{LIST}?export=csv").status_code == 403


PAYLOADS = [
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\0=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "  =1",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_never_becomes_a_formula(payload):
    """Wrong if a name typed by one person ran in the spreadsheet of another."""
    assert guarded(payload) == f"'{payload}"
    export = Export("รายการ", "รายการ", [ExportColumn("ชื่อ", "text")], [[payload]], [])
    assert openpyxl.load_workbook(xlsx_file(export))["ข้อมูล"]["A2"].data_type == "s"


def test_workbook_is_ready_to_read_filter_and_print():
    """Wrong if long names were cut, a count read "12.", or paper lost columns and headings."""
    columns = [
        ExportColumn("ชื่อ", "text", width=48),
        ExportColumn("จำนวน", "number"),
        ExportColumn("วันที่", "date"),
    ]
    rows = [["ชื่อยาว" * 20, 12, dt.date(2021, 5, 31)], ["ข", Decimal("1.5"), None]]
    export = Export("ก", "ก", columns, rows, [])
    sheet = openpyxl.load_workbook(xlsx_file(export))["ข้อมูล"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:D3")
    assert [round(sheet.column_dimensions[name].width) for name in "ABCD"] == [49, 13, 15, 16]
    assert sheet["A2"].alignment.wrap_text
    assert [sheet[cell].number_format for cell in ("B2", "B3")] == ["#,##0", "#,##0.##"]
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.print_title_rows == "$1:$1"


def test_values_keep_their_kind():
    """Wrong if −500 became text, a code lost its zero, or a date came out as words only."""
    columns = [
        ExportColumn("จำนวน", "baht"),
        ExportColumn("รหัส", "text"),
        ExportColumn("วันที่", "date"),
    ]
    rows = [[-500, "0501", dt.date(2021, 5, 31)], [None, None, None]]
    export = Export("ก", "ก", columns, rows, [])
    sheet = openpyxl.load_workbook(xlsx_file(export))["ข้อมูล"]
    written = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert written[0] == [-500, "0501", dt.datetime.fromisoformat("2021-05-31"), "31 พ.ค. 64"]
    assert read_csv(csv_response(export))[1] == ["-500", "0501", "2021-05-31", "31 พ.ค. 64"]


def test_every_list_asks_for_a_login():
    """Wrong if a list could be made that forgets who is asking."""
    assert issubclass(ListPage, LoginRequiredMixin)
