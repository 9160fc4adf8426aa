"""Rows of an entry grid on their way to the services: once, whole, in scope, and never over others."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from decimal import Decimal

import pytest
from django.db import connection

from codi.accounts.models import Role
from codi.entry.models import Receipt
from codi.places.models import Province
from finance.models import Instalment, LedgerEntry
from programs.models import Organisation, Project, RegionBase
from tests import world as build
from tests.entry.rows import address, answers, client_of, new_row, planned, row, send, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> build.World:
    return build.world()


def stored(line: Instalment) -> Instalment:
    return Instalment.objects.get(pk=line.pk)


@pytest.mark.parametrize(
    ("text", "baht"),
    [
        ("1,500.00", "1500"),
        ("๑,๕๐๐", "1500"),
        ("฿1500.50", "1500.50"),
        (" 1500 บาท ", "1500"),
        ("\u200b1500\u00a0", "1500"),
    ],
)
def test_amounts_are_read_as_people_write_them(w, text, baht):
    """Wrong if an amount in any usual writing was refused or changed."""
    project = planned(w, 1)
    (line,) = project.instalments.all()
    (told,) = answers(client_of(w.officer), "plan", [row(line, planned_baht=text)], project)
    assert told["state"] == "saved"
    assert stored(line).planned_baht == Decimal(baht)


@pytest.mark.parametrize("text", ["1.234", "(1500)", "-3", "0", "abc", "", "1,50", "1e3", "9" * 20])
def test_an_amount_that_cannot_be_taken_stays_and_says_why(w, text):
    """Wrong if a doubtful amount was guessed, lost or refused without a word."""
    project = planned(w, 1)
    (line,) = project.instalments.all()
    (told,) = answers(client_of(w.officer), "plan", [row(line, planned_baht=text)], project)
    assert told["state"] == "invalid"
    assert told["cells"]["planned_baht"]["text"] == text
    assert len(told["cells"]["planned_baht"]["note"]) > 10
    assert stored(line).planned_baht == 1000


def test_a_day_comes_back_in_full_with_its_quarter(w):
    """Wrong if a day of two digits was not said back in full."""
    project = planned(w, 1)
    (line,) = project.instalments.all()
    (told,) = answers(client_of(w.officer), "plan", [row(line, planned_on="1 ต.ค. 64")], project)
    cell = told["cells"]["planned_on"]
    assert (cell["text"], cell["under"]) == ("1/10/2564", "ไตรมาส 1 ปีงบประมาณ 2565")
    assert cell["echo"] == "1 ตุลาคม 2564 (ไตรมาส 1 ปีงบประมาณ 2565)"
    assert stored(line).planned_on == dt.date(2021, 10, 1)


def test_a_wrong_row_keeps_no_other_from_being_saved(w):
    """Wrong if one bad row lost the good ones, or half a row was written."""
    project = planned(w, 3)
    one, two, three = project.instalments.all()
    told = answers(
        client_of(w.officer),
        "plan",
        [
            row(one, planned_baht="1,100"),
            row(two, planned_baht="x", condition="ส่งรายงาน"),
            row(three, planned_baht="1,300"),
        ],
        project,
    )
    assert [one["state"] for one in told] == ["saved", "invalid", "saved"]
    assert [line.planned_baht for line in project.instalments.all()] == [1100, 1000, 1300]
    assert stored(two).condition == ""


def test_a_broken_rule_is_told_at_the_row(w):
    """Wrong if the plan could pass the approval, or the refusal was not told."""
    project = planned(w, 2)
    one, _two = project.instalments.all()
    (told,) = answers(client_of(w.officer), "plan", [row(one, planned_baht="9,000")], project)
    assert told["state"] == "refused"
    assert "ผลรวมของทุกงวดเกินงบที่อนุมัติ" in told["cells"]["planned_baht"]["note"]
    assert (stored(one).planned_baht, stored(one).version) == (1000, 1)


def test_new_rows_get_the_next_number(w):
    """Wrong if a new row was lost, took another's number, or an empty row made an instalment."""
    project = planned(w, 2)
    rows = [new_row("n1", planned_baht="500", condition="ก"), new_row("n2", planned_baht=" ")]
    told = answers(client_of(w.officer), "plan", rows, project)
    assert [one["state"] for one in told] == ["saved", ""]
    made = project.instalments.get(number=3)
    assert (made.planned_baht, made.condition, told[0]["pk"]) == (500, "ก", made.pk)
    assert project.instalments.count() == 3


def test_evidence_is_cleared_by_those_who_may(w):
    """Wrong if an officer could confirm evidence in the grid, or a manager could not."""
    project = planned(w, 1)
    (line,) = project.instalments.all()
    cells = {"cleared_on": "1/3/2564", "note": "ครบ"}
    (told,) = answers(client_of(w.officer), "plan", [row(line, **cells)], project)
    assert told["state"] == "invalid"
    assert "ตรวจรับหลักฐานได้เฉพาะ" in told["cells"]["cleared_on"]["note"]
    (told,) = answers(client_of(w.manager), "plan", [row(line, **cells)], project)
    assert told["state"] == "saved"
    kept = stored(line)
    assert (kept.evidence_cleared_on, kept.evidence_note) == (dt.date(2021, 3, 1), "ครบ")
    assert kept.evidence_cleared_by == w.manager


def test_text_of_several_lines_is_kept_whole(w):
    """Wrong if opening or saving a row ran the lines of a long text together."""
    project = build.project(w, "draft", objectives="ข้อหนึ่ง\nข้อสอง")
    client = client_of(w.officer)
    (told,) = answers(client, "projects", [row(project, objectives="ข้อหนึ่ง", title="ชื่อใหม่")])
    assert told["state"] == "invalid"
    assert "หลายบรรทัด" in told["cells"]["objectives"]["note"]
    form = {
        f"r{project.pk}-key": str(uuid.uuid4()),
        f"r{project.pk}-version": str(project.version),
        f"r{project.pk}-objectives": "ข้อหนึ่ง ข้อสอง",
        f"r{project.pk}-title": "ชื่อใหม่",
    }
    assert client.post(address("projects"), form).status_code == 302
    project.refresh_from_db()
    assert (project.title, project.objectives) == ("ชื่อใหม่", "ข้อหนึ่ง\nข้อสอง")


@pytest.mark.parametrize("step", ["submitted", "approved"])
def test_a_project_that_was_proposed_is_locked_with_the_reason(w, step):
    """Wrong if the grid changed what a committee has before it."""
    project = build.project(w, step)
    (told,) = answers(client_of(w.officer), "projects", [row(project, title="อื่น")])
    assert told["state"] == "invalid"
    assert "ทำได้เมื่ออยู่ในสถานะ “ร่าง”" in told["cells"]["title"]["note"]
    project.refresh_from_db()
    assert project.title != "อื่น"


# Sent twice


def test_the_same_row_again_is_saved_once(w):
    """Wrong if a retry made a second instalment or a second event of history."""
    project = planned(w, 1)
    client, sent = client_of(w.officer), [new_row(planned_baht="500")]
    first = answers(client, "plan", sent, project)
    again = answers(client, "plan", sent, project)
    assert [first[0]["pk"], "saved"] == [again[0]["pk"], again[0]["state"]]
    assert project.instalments.count() == 2
    assert Receipt.objects.count() == 1


def test_a_key_with_other_content_is_refused(w):
    """Wrong if a key could be used to write something else."""
    project = planned(w, 1)
    client, sent = client_of(w.officer), new_row(planned_baht="500")
    answers(client, "plan", [sent], project)
    (told,) = answers(client, "plan", [sent | {"cells": {"planned_baht": "700"}}], project)
    assert told["state"] == "refused"
    (told,) = answers(client_of(w.manager), "plan", [sent], project)
    assert told["state"] == "refused"
    assert project.instalments.count() == 2


def test_a_retry_after_somebody_elses_change_undoes_nothing(w):
    """Wrong if a late retry wrote the old value over what came after it."""
    project = planned(w, 1)
    (line,) = project.instalments.all()
    client, sent = client_of(w.officer), row(line, planned_baht="1,100")
    answers(client, "plan", [sent], project)
    line.refresh_from_db()
    answers(client_of(w.manager), "plan", [row(line, planned_baht="1,200")], project)
    (told,) = answers(client, "plan", [sent], project)
    assert (told["state"], told["cells"]["planned_baht"]["text"]) == ("saved", "1,200")
    assert stored(line).planned_baht == 1200


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_the_same_new_row_at_once_is_saved_once(w):
    """Wrong if a double click made two instalments."""
    project = planned(w, 1)
    sent, told = [new_row(planned_baht="500")], []

    def save() -> None:
        told.extend(answers(client_of(w.officer), "plan", sent, project))
        connection.close()

    threads = [threading.Thread(target=save) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one["state"] for one in told] == ["saved"] * 8
    assert project.instalments.count() == 2


# Somebody else changed it


def test_a_cell_that_both_changed_shows_both_values(w):
    """Wrong if a value was overwritten without a word, or one of the two was lost."""
    project = planned(w, 1)
    (line,) = project.instalments.all()
    mine = row(line, was={"planned_baht": "1,000"}, planned_baht="1,100")
    answers(client_of(w.manager), "plan", [row(line, planned_baht="1,200")], project)
    (told,) = answers(client_of(w.officer), "plan", [mine], project)
    cell = told["cells"]["planned_baht"]
    assert (told["state"], cell["other"], cell["text"]) == ("conflict", "1,200", "1,100")
    assert told["version"] == 2
    chosen = mine | {"version": told["version"], "was": {"planned_baht": "1,200"}}
    (told,) = answers(client_of(w.officer), "plan", [chosen], project)
    assert told["state"] == "saved"
    assert (stored(line).planned_baht, stored(line).version) == (1100, 3)


def test_cells_that_only_one_changed_are_joined(w):
    """Wrong if two people in different cells of a row undid or blocked each other."""
    project = planned(w, 1)
    (line,) = project.instalments.all()
    mine = row(line, was={"condition": ""}, condition="ส่งรายงาน")
    answers(client_of(w.manager), "plan", [row(line, planned_baht="1,200")], project)
    (told,) = answers(client_of(w.officer), "plan", [mine], project)
    assert (told["state"], told["cells"]["planned_baht"]["text"]) == ("saved", "1,200")
    kept = stored(line)
    assert (kept.planned_baht, kept.condition, kept.version) == (1200, "ส่งรายงาน", 3)


def test_a_row_without_a_version_overwrites_nothing(w):
    """Wrong if leaving the version out were a way around the question."""
    project = planned(w, 1)
    (line,) = project.instalments.all()
    mine = row(line, planned_baht="1,100") | {"version": ""}
    (told,) = answers(client_of(w.officer), "plan", [mine], project)
    assert told["state"] == "conflict"
    assert stored(line).planned_baht == 1000


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_no_change_of_two_people_at_once_is_lost_unseen(w):
    """Wrong if of two values for one cell neither was stored, or the loser was not asked."""
    project = planned(w, 1)
    (line,) = project.instalments.all()
    for turn in range(10):
        line.refresh_from_db()
        was = {"planned_baht": f"{line.planned_baht:,.0f}"}
        told: dict[str, str] = {}
        texts = [str(1001 + 2 * turn), str(1002 + 2 * turn)]
        threads = [
            threading.Thread(target=_save_one, args=(w, project, line, was, text, told))
            for text in texts
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(told.values()) == ["conflict", "saved"]
        winner = next(text for text, state in told.items() if state == "saved")
        assert stored(line).planned_baht == Decimal(winner)


def _save_one(w, project, line, was, text, told) -> None:
    sent = row(line, was=was, planned_baht=text)
    told[text] = answers(client_of(w.officer), "plan", [sent], project)[0]["state"]
    connection.close()


# Scope


def test_a_row_out_of_sight_is_not_found_and_nothing_is_written(w):
    """Wrong if the number of another region's row, or of another project's, could be sent."""
    project, other = planned(w, 1), planned(w, 1)
    (line,), (foreign,) = project.instalments.all(), other.instalments.all()
    client = client_of(w.officer)
    rows = [row(line, planned_baht="1,100"), row(foreign, planned_baht="1")]
    assert send(client, "plan", rows, project).status_code == 404
    south = build.user(Role.REGIONAL_OFFICER, region=build.region("S", "ใต้", 4))
    assert send(client_of(south), "plan", rows[:1], project).status_code == 404
    assert send(client_of(south), "instalments", rows[:1]).status_code == 404
    assert client_of(south).get(address("plan", project)).status_code == 404
    form = typed([foreign], planned_baht="1")
    assert client.post(address("plan", project), form).status_code == 404
    assert {stored(line).planned_baht, stored(foreign).planned_baht} == {1000}


def test_what_is_no_column_is_not_written(w):
    """Wrong if a field that the grid does not offer could be set."""
    project, other = planned(w, 1), planned(w, 1)
    (line,) = project.instalments.all()
    sent = row(line, planned_baht="1,100", number="9", version="77", project=str(other.pk))
    (told,) = answers(client_of(w.manager), "plan", [sent], project)
    assert told["state"] == "saved"
    kept = stored(line)
    assert (kept.number, kept.project_id, kept.version) == (1, project.pk, 2)


def test_new_rows_where_none_may_be_added_are_refused(w):
    """Wrong if a grid without new rows took one all the same."""
    planned(w, 1)
    sent = [new_row(planned_baht="5")]
    assert send(client_of(w.officer), "instalments", sent).status_code == 404
    assert Instalment.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"rows": 1}',
        b'{"rows": [1]}',
        b'{"rows": [{"name": "r1"}]}',
        b'{"rows": [{"name": "x", "key": "1", "cells": {}}]}',
        b'{"rows": [{"name": "r1", "key": "11111111-1111-1111-1111-111111111111", "cells": {"a": 1}}]}',
        b'{"rows": [{"name": "r1", "key": "11111111-1111-1111-1111-111111111111", "cells": []}]}',
        b'{"rows": [{"name": 5, "key": "11111111-1111-1111-1111-111111111111", "cells": {}}]}',
        b'{"rows": [' + b"{}," * 300 + b"{}]}",
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_no_script_of_ours_sends_is_a_bad_request(w, body):
    """Wrong if a broken body ended in a fault."""
    project = planned(w, 1)
    url = address("plan", project, rows=True)
    response = client_of(w.officer).post(url, body, content_type="application/json")
    assert response.status_code == 400


@pytest.mark.parametrize(
    "key", ["payments", "plan", "instalments", "organisations", "region-bases", "fund-status"]
)
def test_a_role_without_the_right_opens_no_grid(w, key):
    """Wrong if somebody who may not write saw the page for it."""
    project = planned(w, 1)
    url = address(key, project if key == "plan" else None)
    response = client_of(w.analyst).get(url)
    assert response.status_code == 403


def test_a_grid_on_the_wrong_address_is_not_found(w):
    """Wrong if a grid of one project opened without its project."""
    project = planned(w, 1)
    client = client_of(w.officer)
    wrong = (address("plan"), address("instalments", project), address("nothing"))
    assert [client.get(url).status_code for url in wrong] == [404, 404, 404]


# Without script


def test_a_plain_form_saves_what_is_right_and_keeps_what_is_wrong(w):
    """Wrong if a person with a blocked script lost a row, or was not told why one is wrong."""
    project = planned(w, 2)
    one, two = project.instalments.all()
    client = client_of(w.officer)
    form = typed([one], planned_baht="๑,๑๐๐") | typed([two], planned_baht="1.234")
    response = client.post(address("plan", project), form)
    page = response.content.decode()
    assert response.status_code == 200
    assert "บันทึกแล้ว 1 แถว" in page
    assert f'href="#r{two.pk}-planned_baht"' in page
    assert 'value="1.234"' in page
    assert [stored(one).planned_baht, stored(two).planned_baht] == [1100, 1000]
    one.refresh_from_db()
    again = typed([one], planned_baht="1,100") | typed([two], planned_baht="900")
    assert client.post(address("plan", project), again).status_code == 302
    assert [stored(one).version, stored(two).planned_baht] == [2, 900]


def test_a_plain_form_sent_twice_saves_once(w):
    """Wrong if the button pressed twice made two rows."""
    project = planned(w, 1)
    form = {"n100-key": str(uuid.uuid4()), "n100-version": "", "n100-planned_baht": "500"}
    client = client_of(w.officer)
    for _ in range(2):
        assert client.post(address("plan", project), form).status_code == 302
    assert project.instalments.count() == 2


def test_a_plain_form_shows_both_values_of_a_conflict(w):
    """Wrong if without script somebody else's change was overwritten."""
    project = planned(w, 1)
    (line,) = project.instalments.all()
    answers(client_of(w.manager), "plan", [row(line, planned_baht="1,200")], project)
    form = typed([line], planned_baht="1,100")
    page = client_of(w.officer).post(address("plan", project), form).content.decode()
    assert "ค่าที่บันทึกไว้ขณะนี้: 1,200 · ของท่าน: 1,100" in page
    assert f'name="r{line.pk}-version" value="2"' in page
    assert stored(line).planned_baht == 1200


# The list chooses the rows


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_page_of_rows_asks_the_database_a_fixed_number_of_times(
    w, count, django_assert_num_queries
):
    """Wrong if each row of the page cost a query; two ask for the officer's unread news."""
    planned(w, count)
    client = client_of(w.officer)
    client.get(address("instalments"))
    with django_assert_num_queries(10):
        assert client.get(address("instalments")).status_code == 200


def test_the_address_of_a_list_chooses_its_rows(w):
    """Wrong if the grid of a filtered list showed other projects' rows."""
    planned(w, 1)
    other = build.project(w, "draft", title="โครงการป่าชุมชน", plan=(5,))
    client = client_of(w.officer)
    page = client.get(address("instalments"), {"status": "draft"}).content.decode()
    assert (other.code in page, page.count('data-pk="')) == (True, 1)
    page = client.get(address("instalments"), {"q": "ป่าชุมชน"}).content.decode()
    assert page.count('data-pk="') == 1


# Organisations: the second subject


def test_organisations_are_typed_by_the_names_of_their_choices(w):
    """Wrong if a kind or a province by its name was not understood, or a place could be moved."""
    client = client_of(w.officer)
    line = w.organisation
    told = answers(
        client,
        "organisations",
        [
            row(line, kind="สภาองค์กรชุมชน", contact="นางสาวดี 08x"),
            new_row("n1", name="กลุ่มออมทรัพย์บ้านเหนือ", kind="กองทุนชุมชน", province="จ.เชียงใหม่"),
            new_row("n2", name="กลุ่มไร้ที่", kind="ชมรม", province="เชียงหม่"),
            row(line, province="ลำพูน"),
        ],
    )
    assert [one["state"] for one in told] == ["saved", "saved", "invalid", "invalid"]
    assert "ใช้ได้: องค์กรชุมชน" in told[2]["cells"]["kind"]["note"]
    assert "หมายถึง เชียงใหม่ หรือไม่" in told[2]["cells"]["province"]["note"]
    made = Organisation.objects.get(pk=told[1]["pk"])
    assert (made.kind, made.province_id, made.region_id) == ("fund", "50", "N")
    line.refresh_from_db()
    assert (line.kind, line.contact, line.province_id) == ("council", "นางสาวดี 08x", "50")


def test_the_bases_of_a_year_are_typed_in_one_go(w):
    """Wrong if a figure went to another region or year, twice in, or a day to come was taken."""
    client = client_of(build.user(Role.ADMINISTRATOR, scope_level="nation"))
    build.region("S", "ภาคใต้", 5)
    told = {"fiscal_year": "2564", "stands_on": "1/10/2563", "source": "แผนปฏิบัติงาน"}
    kind = "เป้าหมายสภาจัดตั้งใหม่"
    rows = [
        new_row("n1", kind=kind, region="ภาคเหนือ", base_count="๑,๒๐๐", **told),
        new_row("n2", kind=kind, region="ใต้", base_count="80", **told),
        new_row("n3", kind=kind, region="ภาคใต้", base_count="81", **told),
        new_row(
            "n4", kind=kind, region="ภาคใต้", base_count="9", **told | {"stands_on": "1/1/2643"}
        ),
        new_row("n5", kind=kind, region="ภาคเหนือ", **told),
    ]
    states = [one["state"] for one in answers(client, "region-bases", rows)]
    assert states == ["saved", "saved", "refused", "invalid", "invalid"]
    stored = RegionBase.objects.order_by("region").values_list(
        "region", "base_count", "fiscal_year"
    )
    assert list(stored) == [("N", 1200, 2564), ("S", 80, 2564)]
    north = RegionBase.objects.get(region="N")
    moved, right = answers(
        client, "region-bases", [row(north, region="ภาคใต้"), row(north, base_count="1,250")]
    )
    assert (moved["state"], right["state"]) == ("invalid", "saved")
    assert RegionBase.objects.get(region="N").base_count == 1250
    page = client.get(address("region-bases"), {"fiscal_year": "2563"})
    assert not [line for line in page.context["lines"] if line.row]


def test_drafts_are_drawn_up_by_the_names_of_a_sheet(w):
    """Wrong if a new draft got another place or level, or a name that is not known passed."""
    client = client_of(w.officer)
    sheet = {"programme": "NL2564", "title": "โครงการใหม่", "organisation": w.organisation.name}
    rows = [
        new_row(
            "n1", **sheet, province="เชียงใหม่", requested_baht="๑๐,๐๐๐", target_people_count="12"
        ),
        new_row("n2", **sheet, province="งบภาค"),
        new_row("n3", **(sheet | {"programme": "XX"}), province="เชียงใหม่"),
        new_row("n4", **(sheet | {"organisation": "ไม่มี"}), province="เชียงใหม่"),
        new_row("n5", **sheet, province="ขอนแก่น"),
        new_row("n6", **sheet),
    ]
    build.province("40", "ขอนแก่น", "NE")
    told = answers(client, "projects", rows)
    assert [one["state"] for one in told] == [
        "saved", "saved", "invalid", "invalid", "refused", "invalid",
    ]  # fmt: skip
    assert "ไม่พบโครงการหลัก “XX”" in told[2]["cells"]["programme"]["note"]
    assert "ไม่พบองค์กร “ไม่มี” ในพื้นที่ของท่าน" in told[3]["cells"]["organisation"]["note"]
    made = Project.objects.order_by("code").values_list(
        "level", "province", "region", "organisation", "requested_baht", "target_people_count"
    )
    assert list(made) == [
        ("province", "50", "N", w.organisation.pk, 10_000, 12),
        ("region", None, "N", w.organisation.pk, None, None),
    ]
    page = client.get(address("projects")).text
    assert w.organisation.name in page
    far = client_of(build.user(region=build.region("S", "ภาคใต้", 5)))
    assert w.organisation.name not in far.get(address("projects")).text


def test_an_organisation_outside_the_own_scope_is_refused(w):
    """Wrong if a person could add an organisation that then vanishes from their list."""
    build.province("90", "สงขลา", "S")
    assert Province.objects.filter(name="สงขลา").exists()
    sent = new_row(name="กลุ่มใต้", kind="องค์กรชุมชน", province="สงขลา")
    (told,) = answers(client_of(w.officer), "organisations", [sent])
    assert told["state"] == "refused"
    assert "นอกขอบเขต" in told["cells"]["province"]["note"]
    assert not LedgerEntry.objects.exists()
