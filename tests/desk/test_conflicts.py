"""The page of a conflict: what each field was, is and should become, who moved it, and the choice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from codi.errors import Conflict
from codi.history import acting
from programs import services
from programs.models import Organisation, Project
from reports.services import update_text
from tests import world as build
from tests.reports.conftest import draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> build.World:
    return build.world()


@pytest.fixture
def clash(client, w):
    """A project opened by the officer; the manager moved its title and its money meanwhile.

    The officer moved the title too, and the objectives alone.
    """
    project = build.project(w, "draft", title="ชื่อเดิม", objectives="เดิม")
    url = reverse("programs:project_edit", args=[project.pk])
    client.force_login(w.officer)
    form = client.get(url).context["form"]
    typed = {name: form[name].value() for name in form.fields}
    typed = {name: value for name, value in typed.items() if value is not None}
    with acting(w.manager, door="web"):
        services.update_project(
            actor=w.manager,
            project=project,
            expected_version=1,
            title="ชื่อของผู้จัดการ",
            requested_baht=Decimal(900_000),
        )
    return project, url, typed | {"title": "ชื่อของฉัน", "objectives": "วัตถุประสงค์ของฉัน"}


def answers(response) -> dict[str, str]:
    """What the page would post with nothing chosen beyond what it chose itself."""
    form = response.context["form"]
    page = {name: form[name].value() or "" for name in form.fields}
    page["decide"] = [one.name for one in response.context["differences"]]
    for one in response.context["differences"]:
        assert f'name="stored-{one.name}"' in str(one.stored_input)
        page |= {f"pick-{one.name}": one.pick} if one.pick else {}
    return page | {"stored-title": "ชื่อของผู้จัดการ", "stored-requested_baht": "900,000"}


def test_each_field_is_told_before_now_and_mine_with_who_moved_it(client, w, clash):
    """Wrong if a person could not see what was there, what is there and whose it is."""
    project, url, typed = clash
    response = client.post(url, typed)
    assert response.status_code == 409
    rows = {one.name: one for one in response.context["differences"]}
    assert set(rows) == {"title", "objectives", "requested_baht"}
    title, money, aims = rows["title"], rows["requested_baht"], rows["objectives"]
    assert (title.before, title.stored, title.mine) == ("ชื่อเดิม", "ชื่อของผู้จัดการ", "ชื่อของฉัน")
    assert (money.before, money.stored, money.mine) == ("1,000,000", "900,000", "1,000,000")
    assert (aims.before, aims.stored, aims.mine) == ("เดิม", "เดิม", "วัตถุประสงค์ของฉัน")
    assert [title.pick, money.pick, aims.pick] == ["", "stored", "mine"]
    assert (title.writer.actor, money.writer.actor, aims.writer) == (
        w.manager.full_name,
        w.manager.full_name,
        None,
    )
    assert w.manager.full_name in response.text
    project.refresh_from_db()
    assert (project.title, project.objectives, project.version) == ("ชื่อของผู้จัดการ", "เดิม", 2)


@pytest.mark.parametrize(("pick", "title"), [("mine", "ชื่อของฉัน"), ("stored", "ชื่อของผู้จัดการ")])
def test_each_field_takes_the_value_that_was_chosen(client, clash, pick, title):
    """Wrong if choosing one field decided the others, or what only one person touched was undone."""
    project, url, typed = clash
    page = answers(client.post(url, typed)) | {"pick-title": pick}
    assert client.post(url, page).status_code == 302
    project.refresh_from_db()
    assert (project.title, project.objectives) == (title, "วัตถุประสงค์ของฉัน")
    assert (project.requested_baht, project.version) == (Decimal(900_000), 3)


def test_a_field_left_undecided_brings_the_page_back(client, clash):
    """Wrong if an open choice fell to one side unseen, or lost what was typed."""
    project, url, typed = clash
    response = client.post(url, answers(client.post(url, typed)))
    assert response.status_code == 409
    rows = {one.name: one for one in response.context["differences"]}
    assert (rows["title"].mine, rows["objectives"].mine) == ("ชื่อของฉัน", "วัตถุประสงค์ของฉัน")
    project.refresh_from_db()
    assert project.version == 2


def test_going_back_to_the_form_keeps_the_choices(client, clash):
    """Wrong if typing on meant choosing again."""
    _project, url, typed = clash
    page = answers(client.post(url, typed)) | {"choose": "again"}
    form = client.post(url, page).context["form"]
    assert form["title"].value() == "ชื่อของฉัน"
    assert form["requested_baht"].value() == "900,000"
    assert str(form["version"].value()) == "2"


def test_a_third_change_is_shown_as_well(client, w, clash):
    """Wrong if choosing hid what was written while the page of the conflict was open."""
    project, url, typed = clash
    page = answers(client.post(url, typed)) | {"pick-title": "mine"}
    services.update_project(actor=w.manager, project=project, expected_version=2, title="ชื่อที่สาม")
    response = client.post(url, page)
    assert response.status_code == 409
    rows = {one.name: one for one in response.context["differences"]}
    assert rows["title"].stored == "ชื่อที่สาม"
    assert rows["title"].before == "ชื่อของผู้จัดการ"


def test_unknown_version_asks_about_every_difference(client, w):
    """Wrong if a form without a version chose by itself."""
    client.force_login(w.officer)
    url = reverse("programs:organisation_edit", args=[w.organisation.pk])
    typed = {"name": "ชื่อใหม่", "kind": "network", "region": "N", "province": "50"}
    response = client.post(url, typed)
    assert response.status_code == 409
    assert [(one.name, one.before, one.pick) for one in response.context["differences"]] == [
        ("name", "ไม่มีข้อมูล", "")
    ]


def test_the_text_of_a_report_keeps_its_draft_and_both_writers(client, w):
    """Wrong if the longest texts of the product were the ones that a crash or a colleague takes."""
    edition = draft(w)
    url = reverse("reports:text", args=[edition.pk, "results"])
    client.force_login(w.officer)
    client.post(url, {"desk_draft": "keep", "text": "ของฉัน", "version": "1"})
    update_text(actor=w.manager, edition=edition, slot="results", text="ของผู้จัดการ")
    used = client.get(url, {"draft": "use"}).context["form"]
    assert (used["text"].value(), used["version"].value()) == ("ของฉัน", 1)
    response = client.post(url, {"text": "ของฉัน", "version": "1"})
    (row,) = response.context["differences"]
    assert (row.before, row.stored, row.mine, row.pick) == ("-", "ของผู้จัดการ", "ของฉัน", "")
    page = {"version": "2", "decide": "text", "stored-text": "ของผู้จัดการ", "pick-text": "stored"}
    assert client.post(url, page | {"text": "ของฉัน"}).status_code == 302
    assert edition.texts.get(slot="results").text == "ของผู้จัดการ"


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
@pytest.mark.usefixtures("patient")
def test_of_twenty_saves_of_one_version_one_wins(w):
    """Wrong if two people who saw the same version could both write."""
    gate = threading.Barrier(20)

    def save(number: int) -> bool:
        try:
            connection.ensure_connection()
            gate.wait(timeout=30)
            services.update_organisation(
                actor=w.officer,
                organisation=w.organisation,
                expected_version=1,
                name=f"ชื่อที่ {number}",
            )
        except Conflict:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(save, range(20))) == 1
    assert Organisation.objects.get().version == 2
    assert Project.objects.count() == 0
