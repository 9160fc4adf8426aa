"""Pages of analyses: choosing, files, charts, saving and sharing, and the same over the API."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
from django.test import Client

from codi.desk.models import Binned
from overview.models import SavedAnalysis
from tests.api.conftest import Program, body_of
from tests.broken import Broken, Rows, assert_refused, made, store
from tests.world import world

pytestmark = pytest.mark.django_db
NEW = "/analyses/new/"
STANDING = "councils.established:councils_established"
STATE = {"measure": [STANDING], "since": "2562", "until": "2562", "quarter": ["3", "4"]}


def words(**more: Any) -> str:
    """The words of an address."""
    return urlencode(STATE | more, doseq=True)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def cells(response: Any) -> dict[str, list[Any]]:
    """Title of each row of the table of a page → its values."""
    grid = response.context["grid"]
    return {
        row.title: [grid.value(row.key, column.key) for column in grid.columns] for row in grid.rows
    }


def save(user: Any, title: str = "สภารายไตรมาส", **facts: Any) -> SavedAnalysis:
    """Save through the page."""
    posted = {"title": title, "audience": "mine"} | facts
    response = client_of(user).post(f"{NEW}save/?{words()}", posted)
    assert response.status_code == 302, response.context["form"].errors
    return SavedAnalysis.objects.get(title=title, owner=user)


def test_choosing_shows_the_table_and_the_address_holds_it(country):
    """Wrong if the table could not be sent on as an address, or nothing chosen read as an error."""
    web = client_of(country["analyst"])
    empty = web.get(NEW)
    assert not empty.context["has_errors"]
    assert "ยังไม่ได้เลือกตัวเลข" in empty.content.decode()
    page = web.get(f"{NEW}?{words()}")
    assert cells(page) == {"ใต้": [2, 2], "เหนือ": [2, 3], "รวม": [4, 5]}
    again = web.get(f"{NEW}?{page.context['words']}")
    assert (cells(again), again.context["words"]) == (cells(page), page.context["words"])
    day = web.get(f"{NEW}?{urlencode({'measure': STANDING, 'day': '30 เม.ย. 62'})}")
    assert cells(day)["รวม"] == [4]


def test_examples_open(country):
    """Wrong if an example to begin with named a measure that nobody offers."""
    web = client_of(country["analyst"])
    found = web.get(NEW).context["examples"]
    assert len(found) == 3
    for example in found:
        assert web.get(f"{NEW}?{example.words}").context["grid"]


@pytest.mark.parametrize(
    ("more", "field", "text"),
    [
        ({"since": "2563"}, "until", "ปีสุดท้าย"),
        ({"row": "place", "row2": "place"}, "row2", "แถวย่อยต้องต่าง"),
        ({"measure": ["x:y"]}, "measure", "เลือกจากรายการ"),
        ({"day": "31 ก.พ. 62"}, "day", "31 ก.พ. 62"),
        ({"day": "1/1/2600"}, "day", "ยังมาไม่ถึง"),
        ({"region": "N", "province": "90"}, "province", "ไม่อยู่ใน"),
    ],
)
def test_what_cannot_be_computed_is_said_at_its_field(country, more, field, text):
    """Wrong if a slip was a fault, an empty table, or a table of something else."""
    page = client_of(country["analyst"]).get(f"{NEW}?{words(**more)}")
    assert page.status_code == 200
    assert "grid" not in page.context
    assert text in str(page.context["form"].errors[field])


def test_only_a_part_is_exchanged(country):
    """Wrong if choosing loaded the whole page anew, or searching computed the table."""
    web = client_of(country["analyst"])
    results = web.get(f"{NEW}?{words()}", headers={"HX-Target": "analysis-results"})
    assert "<html" not in results.content.decode()
    assert "HX-Target" in results["Vary"]
    found = web.get(f"{NEW}?{words(find='หมู่บ้าน')}", headers={"HX-Target": "analysis-measures"})
    text = found.content.decode()
    assert "welfare.status:villages" in text
    assert "grid" not in found.context
    # What was chosen and is not found stays in the form.
    assert f'value="{STANDING}"' in text


def test_files_hold_the_table(country):
    """Wrong if a file had other numbers than the page, or numbers as text."""
    web = client_of(country["analyst"])
    asked = f"{NEW}?{words(row='place', row2='period')}"
    response: Any = web.get(f"{asked}&export=csv")
    lines = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert lines[0] == ["พื้นที่", "ช่วงเวลา", "จัดตั้งสภาแล้ว (แห่ง)"]
    assert ["เหนือ", "ไตรมาส 4/2562", "3"] in lines
    assert len(lines) == 1 + 3 * 2
    book: Any = web.get(f"{NEW}?{words()}&export=xlsx")
    sheets = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).worksheets
    values = [[cell.value for cell in row] for row in sheets[1].iter_rows()]
    assert ["เหนือ", 2, 3] in values


def test_the_chart_tells_its_values(country):
    """Wrong if the picture had no text, or stacked the states of two quarters."""
    web = client_of(country["analyst"])
    chart = web.get(f"{NEW}chart/?{words()}")
    assert chart["Content-Type"] == "image/svg+xml"
    text = chart.content.decode()
    assert "เหนือ ไตรมาส 3/2562 2 ไตรมาส 4/2562 3" in text
    assert web.get(f"{NEW}chart/").status_code == 404


def test_a_person_of_a_region_is_held_to_it(country):
    """Wrong if the address showed another region, or the nation, to an officer of the north."""
    web = client_of(country["officer"])
    own = web.get(f"{NEW}?{words()}")
    assert list(cells(own)) == ["เชียงใหม่", "ลำพูน", "รวม"]
    assert own.context["grid"].scope_label == "เหนือ"
    other = web.get(f"{NEW}?{words(region='S')}")
    assert "grid" not in other.context
    assert "region" in other.context["form"].errors


def test_a_province_is_a_scope_of_live_figures(country):
    """Wrong if a cell of one province led to its region, or another's province was told."""
    cell = "/figures/councils.established/cell/?as_of=2019-09-30&row=51&column=councils_established"
    own = client_of(country["officer"])
    page = own.get(f"{cell}&region=N&province=51")
    assert (page.context["value"], page.context["total"]) == ("1", "1")
    assert own.get(f"{cell}&province=90").status_code == 404
    assert client_of(country["analyst"]).get(f"{cell}&region=S&province=51").status_code == 404


@pytest.mark.parametrize(
    ("audience", "who"),
    [("mine", {"analyst": 404, "mate": 404}), ("office", {"analyst": 404, "mate": 200})],
)
def test_saved_ones_are_seen_by_whom_they_are_for(country, audience, who):
    """Wrong if a private analysis opened for another, or an office's not for a colleague."""
    saved = save(country["officer"], audience=audience)
    for name, status in {"officer": 200, "south": 404, **who}.items():
        web = client_of(country[name])
        assert web.get(saved.get_absolute_url()).status_code == status, name
        titles = [row.title for row in web.get("/analyses/").context["table"].data]
        assert (saved.title in titles) == (status == 200), name


def test_a_shared_one_is_computed_in_the_readers_scope(country):
    """Wrong if somebody saw numbers of another region by opening what others saved."""
    posted = {"title": "ภาคเหนือ", "audience": "everybody"}
    client_of(country["analyst"]).post(f"{NEW}save/?{words(region='N')}", posted)
    saved = SavedAnalysis.objects.get()
    page = client_of(country["south"]).get(saved.get_absolute_url())
    assert page.context["held"]
    assert cells(page) == {"สงขลา": [2, 2], "รวม": [2, 2]}
    assert list(cells(client_of(country["mate"]).get(saved.get_absolute_url()))) == [
        "เชียงใหม่",
        "ลำพูน",
        "รวม",
    ]


def test_an_owner_renames_saves_over_copies_and_deletes(country):
    """Wrong if an older page wrote over a newer one, others changed it, or deleting was for good."""
    saved = save(country["officer"], audience="office")
    owner, mate = client_of(country["officer"]), client_of(country["mate"])
    edit = f"{saved.get_absolute_url()}edit/"
    posted = {"title": "ชื่อใหม่", "audience": "office", "version": "1"}
    assert mate.post(edit, posted).status_code == 403
    assert owner.post(f"{edit}?{words(quarter=['1'])}", posted).status_code == 302
    saved.refresh_from_db()
    assert (saved.title, saved.version) == ("ชื่อใหม่", 2)
    assert cells(mate.get(saved.get_absolute_url()))["รวม"] == [2]
    late = owner.post(edit, posted | {"title": "ช้าไป"})
    assert late.status_code == 409
    saved.refresh_from_db()
    assert saved.title == "ชื่อใหม่"
    changed = mate.get(f"{saved.get_absolute_url()}?{words()}").context
    assert (changed["is_changed"], bool(changed["may_change"])) == (True, False)
    assert save(country["mate"], "สำเนา").query != saved.query
    assert (
        owner.post(f"/delete/overview.savedanalysis/{saved.pk}/", {"version": "2"}).status_code
        == 302
    )
    assert mate.get(saved.get_absolute_url()).status_code == 404
    assert owner.post(f"/bin/{Binned.objects.get().pk}/restore/").status_code == 302
    assert owner.get(saved.get_absolute_url()).status_code == 200


def test_nothing_is_saved_without_a_table(country):
    """Wrong if an empty analysis, or one with a slip, could be saved and opened as an error."""
    web, posted = client_of(country["analyst"]), {"title": "ว่าง", "audience": "mine"}
    for address in (f"{NEW}save/", f"{NEW}save/?{words(since='2563')}"):
        page = web.post(address, posted)
        assert "ยังไม่มีตารางที่จะบันทึก" in page.content.decode()
    assert not SavedAnalysis.objects.exists()


def test_the_api_saves_opens_and_changes(country):
    """Wrong if a program could not do what the page does, or saw what its person does not."""
    officer, south = Program(country["officer"]), Program(country["south"])
    facts = {"title": "จากโปรแกรม", "audience": "mine", "query": words()}
    made_ = officer.post("analyses/", facts)
    assert made_.status_code == 201, made_.content
    address = f"analyses/{body_of(made_)['id']}/"
    table = body_of(officer.get(f"{address}table/"))
    assert table["cells"]["total"][table["columns"][1]["key"]] == "3"
    text = officer.get(f"{address}csv/", HTTP_ACCEPT="text/csv")
    assert text.status_code == 200
    assert "ลำพูน" in b"".join(text.streaming_content).decode()
    assert south.get(address).status_code == 404
    assert south.get(f"{address}table/").status_code == 404
    wrong = officer.post("analyses/", facts | {"query": "measure=x"})
    assert wrong.status_code in (400, 409)
    renamed = officer.change(address, {"title": "อีกชื่อ"})
    assert (renamed.status_code, body_of(renamed)["title"]) == (200, "อีกชื่อ")


ROWS: Rows = {
    "analysis": lambda w: SavedAnalysis(
        owner=w.officer, title="ก", query="measure=a", audience="mine", saved_at="2021-01-01T00:00Z"
    )
}
CASES = (
    Broken("overview_analysis_once", "analysis", {"query": "measure=b"}, by="again"),
    Broken("overview_analysis_audience_known", "analysis", {"audience": "world"}),
    Broken("overview_analysis_says_something", "analysis", {"title": " "}),
    Broken("overview_analysis_says_something", "analysis", {"query": ""}),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_the_database_refuses_a_broken_row(case):
    """Wrong if a rule lived in the form alone."""
    w = world()
    store(made(ROWS, "analysis", w)).delete()
    assert_refused(ROWS, case, w)


def test_a_figure_stands_beside_itself_of_another_day(country):
    """Wrong if before and now changed places, a cell led to the other day, or percentages shrank."""
    web = client_of(country["analyst"])
    asked = {"as_of": "30 ก.ย. 62", "compare_on": "30 มิ.ย. 62"}
    page = web.get("/figures/councils.established/", asked)
    grid, link = page.context["grid"], page.context["link"]
    keys = [f"councils_established~{which}" for which in ("before", "now", "change")]
    told = {row.title: [grid.value(row.key, key) for key in keys] for row in grid.rows}
    assert told == {"ใต้": [2, 2, 0], "เหนือ": [2, 3, 1], "รวม": [4, 5, 1]}
    assert grid.value("N", "councils_established_pct~change") == 25
    for key, value in zip(keys, ("4", "5", "5"), strict=True):
        assert web.get(link("total", key)).context["value"] == value
    funds = web.get("/figures/welfare.change/", {"as_of": "31 มี.ค. 62", "compare_on": "31 ธ.ค. 61"})
    grid = funds.context["grid"]
    assert [grid.value("1", column.key) for column in grid.columns] == [1, 2, 1]
    assert "ไตรมาส 2" in grid.columns[0].group
    assert "เดิม ไตรมาส 1" in grid.columns[0].group
    plain = web.get("/figures/councils.established/", {"as_of": "30 ก.ย. 62"})
    assert plain.context["grid"].key == "councils.established"
