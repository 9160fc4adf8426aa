"""Saved filters show everybody their own rows; columns, order and size are each person's own."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from codi.accounts.models import Role, ScopeLevel
from codi.desk.models import Binned
from codi.kept.models import Audience, ListChoice, SavedFilter
from tests import world as build
from tests.ui.page import Tree

pytestmark = pytest.mark.django_db
LIST, NAME = "/projects/", "finance:projects"
SETTINGS, NEW, SIZE = (f"/lists/{NAME}/{end}/" for end in ("settings", "filters/new", "size"))


@pytest.fixture
def w() -> build.World:
    return build.world()


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def save(user: Any, query: dict[str, str], **facts: str) -> Any:
    """Save a filter through the page; the answer."""
    posted = {"name": "ของฉัน", "audience": "mine"} | facts
    return client_of(user).post(f"{NEW}?{urlencode(query)}", posted)


def bar(client: Client, address: str = f"{LIST}?all=1") -> dict[str, str]:
    """Names on the bar of saved filters → their addresses."""
    kept = client.get(address).context["kept"]
    return {one.name: one.url for one in kept.filters}


def deletion_of(saved: SavedFilter) -> str:
    """Where the filter is deleted."""
    return f"/delete/kept.savedfilter/{saved.pk}/"


def colleague(**scope: Any) -> Any:
    return build.user(Role.REGIONAL_OFFICER, **scope)


# Saved filters


def test_a_saved_filter_stands_above_its_list_and_opens_it(w):
    """Wrong if saving kept the page or the order and not what was filtered, or lost the name."""
    build.project(w, "draft", title="ร่าง")
    build.project(w, "approved", title="อนุมัติ")
    response = save(w.officer, {"status": "draft", "q": "ร่าง", "sort": "code", "page": "1"})
    assert response.url == f"{LIST}?q=%E0%B8%A3%E0%B9%88%E0%B8%B2%E0%B8%87&status=draft"
    client = client_of(w.officer)
    address = bar(client)["ของฉัน"]
    assert client.get(address).context["row_count"] == 1
    assert bar(client, "/ledger/") == {}


@pytest.mark.parametrize(
    ("audience", "who"),
    [
        ("mine", ["owner"]),
        ("office", ["owner", "same office"]),
        ("everybody", ["owner", "same office", "same region, one province", "other region"]),
    ],
)
def test_each_audience_sees_what_is_meant_for_it(w, audience, who):
    """Wrong if a private filter showed elsewhere, or an office's in another office."""
    people = {
        "owner": w.officer,
        "same office": w.manager,
        "same region, one province": colleague(
            scope_level=ScopeLevel.PROVINCE, province=build.province()
        ),
        "other region": colleague(region=build.region("NE", "ภาคอีสาน", 2)),
    }
    SavedFilter.objects.create(
        owner=w.officer,
        list_name=NAME,
        name="ร่าง",
        query="status=draft",
        audience=audience,
        region=w.officer.region,
    )
    assert [name for name, user in people.items() if bar(client_of(user))] == who


def test_headquarters_gives_to_everybody_and_a_region_does_not(w):
    """Wrong if one office could put its filter above everybody's list, by form or by hand."""
    save(w.officer, {"status": "draft"}, audience="everybody")
    assert not SavedFilter.objects.exists()
    page = client_of(w.officer).get(f"{NEW}?status=draft").text
    assert "ทุกคน" not in Tree(page).texts("label")
    save(w.analyst, {"status": "draft"}, audience="everybody")
    assert SavedFilter.objects.get().owner == w.analyst


def test_an_opened_filter_shows_the_rows_of_whoever_opens_it(w):
    """Wrong if a link carried its sender's sight to its receiver."""
    build.project(w, "draft", title="ร่างเหนือ")
    save(w.analyst, {"status": "draft"}, audience="everybody")
    far = client_of(colleague(region=build.region("NE", "ภาคอีสาน", 2)))
    response = far.get(bar(far)["ของฉัน"])
    assert response.context["row_count"] == 0
    assert "ร่างเหนือ" not in response.text


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"sort": "code", "page": "3", "export": "csv"},
        {"created_by__password": "x", "next": "https://evil.example"},
        {"status": "no such state"},
        {"region": "NE"},
        {"q": "ก" * 2001, "status": "draft"},
    ],
)
def test_only_what_the_list_reads_is_saved(w, query):
    """Wrong if words that the list does not know, or a value that cannot be chosen, were kept."""
    build.region("NE", "ภาคอีสาน", 2)
    response = save(w.officer, query)
    if SavedFilter.objects.exists():
        assert set(query) == {"q", "status"}
        assert len(SavedFilter.objects.get().query) <= 2000
        return
    assert response.status_code == 200
    assert response.context["form"].errors


def test_stored_words_that_the_list_no_longer_knows_are_left_out(w):
    """Wrong if an old filter sent words of a list that has changed, or became a link elsewhere."""
    SavedFilter.objects.create(
        owner=w.officer,
        list_name=NAME,
        name="เก่า",
        query="status=draft&gone=1&export=csv",
        audience="mine",
    )
    assert bar(client_of(w.officer)) == {"เก่า": f"{LIST}?status=draft"}


def test_only_the_owner_changes_a_filter(w):
    """Wrong if a colleague could rename or delete what everybody uses."""
    save(w.analyst, {"status": "draft"}, audience="everybody")
    saved = SavedFilter.objects.get()
    for user, status in ((w.officer, 403), (w.executive, 403), (w.analyst, 302)):
        posted = {"name": "ใหม่", "audience": "mine" if user == w.analyst else "office"}
        assert client_of(user).post(f"/lists/filters/{saved.pk}/", posted).status_code == status
    saved.refresh_from_db()
    assert (saved.name, saved.audience) == ("ใหม่", Audience.MINE)
    assert client_of(w.officer).post(deletion_of(saved)).status_code == 404
    saved.audience = Audience.EVERYBODY
    saved.save()
    assert client_of(w.executive).post(deletion_of(saved)).status_code == 403
    assert client_of(w.analyst).post(deletion_of(saved)).status_code == 302
    assert not SavedFilter.objects.exists()


def test_a_deleted_filter_comes_back_to_its_owner_and_is_nobody_elses_to_see(w):
    """Wrong if a deletion could not be taken back, or the bin showed a private filter's name."""
    save(w.officer, {"status": "draft"}, name="ลับของฉัน")
    before = SavedFilter.objects.values().get()
    owner = client_of(w.officer)
    page = owner.post(deletion_of(SavedFilter.objects.get()), follow=True).text
    binned = Binned.objects.get()
    assert "เลิกทำได้ภายใน 30 วัน" in page
    assert bar(owner) == {}
    for other in (w.manager, w.finance, w.administrator):
        assert "ลับของฉัน" not in client_of(other).get("/bin/").text
        for step in ("", "restore/"):
            client = client_of(other)
            answer = (
                client.post(f"/bin/{binned.pk}/{step}")
                if step
                else client.get(f"/bin/{binned.pk}/")
            )
            assert answer.status_code == 404
    assert "ลับของฉัน" in owner.get("/bin/").text
    owner.post(f"/bin/{binned.pk}/restore/")
    assert SavedFilter.objects.values().get() == before
    assert "ลับของฉัน" in bar(owner)


def test_the_same_name_twice_is_told_at_the_form(w):
    """Wrong if a second filter of one name replaced the first or was a fault."""
    save(w.officer, {"status": "draft"})
    response = save(w.officer, {"status": "approved"})
    assert "มีตัวกรองชื่อนี้ในรายการนี้แล้ว" in response.text
    assert SavedFilter.objects.get().query == "status=draft"


def test_a_list_opens_with_the_chosen_filter_and_everything_is_one_click_away(w):
    """Wrong if the filter could not be left, or a sent address were overruled by it."""
    build.project(w, "draft", title="ร่าง")
    build.project(w, "approved", title="อนุมัติ")
    save(w.officer, {"status": "draft"})
    client, saved = client_of(w.officer), SavedFilter.objects.get()
    client.post(f"/lists/filters/{saved.pk}/open-with/")
    assert client.get(LIST).url == f"{LIST}?status=draft"
    context = client.get(f"{LIST}?status=draft").context
    assert context["clear_url"] == f"{LIST}?all=1"
    assert context["chips"][0].url == f"{LIST}?all=1"
    assert client.get(f"{LIST}?all=1").context["row_count"] == 2
    assert client.get(f"{LIST}?status=approved").context["row_count"] == 1
    assert client_of(w.manager).get(LIST).status_code == 200
    client.post(f"/lists/filters/{saved.pk}/open-with/", {"off": "1"})
    assert client.get(LIST).status_code == 200
    client.post(f"/lists/filters/{saved.pk}/open-with/")
    client.post(deletion_of(saved))
    assert client.get(LIST).status_code == 200


# Columns, order, size


def settings(client: Client, order: str, show: str, **more: str) -> Any:
    posted = {"order": order.split(), "show": show.split(), "sort": "", "size": ""} | more
    return client.post(SETTINGS, posted)


ALL = "code title organisation place status approved_on approved paid remaining evidence late"


def heads(client: Client, address: str = LIST) -> list[str]:
    return [head.name for head in client.get(address).context["headers"]]


def test_page_and_files_show_the_chosen_columns_in_their_order(w):
    """Wrong if a hidden column came out in the file, or the file had another order."""
    build.project(w, title="โครงการหนึ่ง", baht=1_250_000)
    client = client_of(w.officer)
    settings(client, f"title approved {ALL}", "title code approved")
    assert heads(client) == ["title", "approved", "code"]
    cells = [cell.text for cell in Tree(client.get(LIST).text).all("td")]
    assert cells == ["โครงการหนึ่ง", "1,250,000", "NL2564-0001"]
    text = b"".join(client.get(f"{LIST}?export=csv").streaming_content).decode()[1:]
    assert list(csv.reader(io.StringIO(text))) == [
        ["ชื่อโครงการ", "อนุมัติ (บาท)", "รหัส"],
        ["โครงการหนึ่ง", "1250000.00", "NL2564-0001"],
    ]
    body = b"".join(client.get(f"{LIST}?export=xlsx").streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(body))["ข้อมูล"]
    assert [cell.value for cell in sheet[1]] == ["ชื่อโครงการ", "อนุมัติ (บาท)", "รหัส"]
    assert heads(client_of(w.manager)) == ALL.split()
    assert len(heads(client, "/ledger/")) > 5


def test_a_column_moves_by_one_and_the_button_keeps_the_focus(w):
    """Wrong if a person without a mouse had to find the button again after each press."""
    client = client_of(w.officer)
    response = settings(client, ALL, ALL, move="up:title")
    assert response.url == f"{SETTINGS}?moved=up:title"
    assert heads(client)[:2] == ["title", "code"]
    (focused,) = [
        b for b in Tree(client.get(response.url).text).all("button") if "autofocus" in b.attributes
    ]
    assert focused["value"] == "up:title"
    settings(client, " ".join(heads(client)), ALL, move="up:title")
    assert heads(client)[0] == "title"


def test_no_column_at_all_is_refused_and_strange_ones_too(w):
    """Wrong if a list could be made empty, or show a field that it never declared."""
    client = client_of(w.officer)
    assert "อย่างน้อยหนึ่งคอลัมน์" in settings(client, ALL, "").text
    assert settings(client, ALL, "code created_by__password").context["form"].errors
    assert settings(client, ALL, "code", sort="-password").context["form"].errors
    assert not ListChoice.objects.exists()


def test_stored_columns_that_are_gone_are_left_out(w):
    """Wrong if a list that lost a column were a fault for those who had chosen it."""
    ListChoice.objects.create(user=w.officer, list_name=NAME, columns=["gone", "code"], sort="gone")
    assert heads(client_of(w.officer)) == ["code"]


def test_order_and_size_are_kept_per_list_and_the_address_overrules(w):
    """Wrong if a choice were lost at the next login, or changed what a sent link shows."""
    client = client_of(w.officer)
    settings(client, ALL, ALL, sort="-approved", size="50")
    fresh = client_of(w.officer)
    context = fresh.get(LIST).context
    assert (context["sort"], context["page_size"]) == ("-approved", 50)
    context = fresh.get(f"{LIST}?sort=code&size=100").context
    assert (context["sort"], context["page_size"]) == ("code", 100)
    assert fresh.get("/ledger/").context["page_size"] == 25
    fresh.post(f"/lists/{NAME}/settings/reset/")
    context = fresh.get(LIST).context
    assert (context["sort"], context["page_size"]) == ("", 25)


def test_a_pressed_size_stays_and_leads_back_to_the_same_rows(w):
    """Wrong if the size fell back on the next list, forgot the filter, or led to another site."""
    client = client_of(w.officer)
    response = client.post(SIZE, {"size": "50", "here": "status=draft&sort=code"})
    assert response.url == f"{LIST}?status=draft&sort=code"
    assert client.get(LIST).context["page_size"] == 50
    assert client.post(SIZE, {"size": "7", "here": ""}).url == f"{LIST}?sort="
    assert client.get(LIST).context["page_size"] == 50
    evil = client.post(SIZE, {"size": "25", "here": "//evil.example/?next=//evil.example"}).url
    assert evil == f"{LIST}?sort="


def test_reading_a_list_asks_once_for_all_that_is_kept(w):
    """Wrong if each saved filter cost a query, or keeping things cost a list more than one."""
    client = client_of(w.officer)

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
        return sum("kept_" in query["sql"] for query in asked)

    assert count() == 1
    for number in range(20):
        SavedFilter.objects.create(
            owner=w.officer, list_name=NAME, name=f"ที่ {number}", query="q=a", audience="mine"
        )
    assert count() == 1


@pytest.mark.parametrize("name", ["finance:project", "home", "nothing", "pivot:table", "kept:edit"])
def test_what_is_no_list_keeps_nothing(w, name):
    """Wrong if any address could be given columns, or an unknown one were a fault."""
    client = client_of(w.officer)
    assert client.get(f"/lists/{name}/settings/").status_code == 404
    assert client.post(f"/lists/{name}/size/", {"size": "50"}).status_code == 404


def test_the_settings_of_a_list_need_the_right_to_it(w):
    """Wrong if the columns of a list told what somebody without the right may not open."""
    for end in ("settings", "filters/new"):
        response = client_of(w.officer).get(f"/lists/accounts:user_list/{end}/")
        assert response.status_code == 403
