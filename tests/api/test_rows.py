"""Registers as programs read them: fields, scope, pages, filters, order, tags."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from codi.api.declared import RESOURCES
from programs.models import Organisation
from tests import world as build
from tests.api.conftest import Program, body_of

pytestmark = pytest.mark.django_db


def test_a_project_is_told_with_exact_money_and_iso_days(w):
    """Wrong if an amount lost its satang or became a binary fraction, or a day were of another era."""
    project = build.project(w, "approved", baht=1_000_000, plan=(600_000, 400_000))
    build.pay(w, project.instalments.get(number=1), "250000.50")
    row = body_of(Program(w.officer).get(f"projects/{project.pk}/"))
    assert row["id"] == project.pk
    assert row["code"] == "NL2564-0001"
    assert row["fiscal_year"] == 2564
    assert row["requested_baht"] == "1000000.00"
    assert row["approved_baht"] == "1000000.00"
    assert row["net_paid_baht"] == "250000.50"
    assert row["left_to_pay_baht"] == "749999.50"
    assert row["approved_on"] == "2021-02-04"
    assert (row["region"], row["province"], row["district"]) == ("N", "50", None)
    assert row["organisation"] == w.organisation.pk
    assert row["organisation_name"] == "เครือข่ายองค์กรชุมชนจังหวัดเชียงใหม่"
    assert row["status"] == "under_way"


def test_a_page_asks_the_database_as_often_for_many_rows(w):
    """Wrong if every row of a page cost a query."""
    program, made = Program(w.analyst), 0
    program.get("projects/")
    for count in (1, 3, 15):
        for number in range(made, count):
            title = f"โครงการ {number}"
            project = build.project(w, "approved", baht=1000, title=title, plan=(1000,))
            build.pay(w, project.instalments.get(), 500)
            Organisation.objects.create(name=f"กลุ่ม {number}", kind="community", region_id="N")
        made = count
        for register in ("projects", "organisations", "instalments", "ledger-entries"):
            with CaptureQueriesContext(connection) as asked:
                response = program.get(f"{register}/")
            assert body_of(response)["count"] >= count
            # the token, its last use, how often it asks, the count, the keys, the rows
            assert len(asked) == 6, (register, count)


REGISTERS = sorted(RESOURCES)


def test_every_register_answers(w):
    """Wrong if a declaration named a field, filter or order that there is not."""
    project = build.project(w, "approved", plan=(600_000, 400_000))
    build.pay(w, project.instalments.get(number=1), 1000)
    program = Program(w.analyst)
    for name in REGISTERS:
        resource = RESOURCES[name]
        for word in ("", *resource.order, f"-{next(iter(resource.order))}"):
            answer = program.get(f"{name}/", {"sort": word} if word else {})
            assert answer.status_code == 200, (name, word, answer.content)
        page = body_of(answer)
        assert page["count"] == len(page["results"])
        for row in page["results"][:1]:
            assert set(row) == {*resource.fields, *(told.name for told in resource.told)}


def test_pages_hold_every_row_once(w):
    """Wrong if a row were lost or doubled between two pages, or the total were that of a page."""
    made = {build.project(w, "draft", title=f"โครงการ {n}").pk for n in range(7)}
    program = Program(w.officer)
    seen, address = [], "/api/v1/projects/?size=3&sort=-code"
    while address:
        page = body_of(program.client.get(address))
        assert page["count"] == 7
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert (len(seen), set(seen)) == (7, made)
    beyond = body_of(program.get("projects/", {"page": 9}))
    assert (beyond["count"], beyond["results"], beyond["next"]) == (7, [], None)


def test_filters_are_those_of_the_list(w):
    """Wrong if the API filtered by other rules than the page."""
    draft = build.project(w, "draft", title="โครงการ ก")
    approved = build.project(w, "approved", title="โครงการ ข")
    program = Program(w.officer)

    def keys(**words):
        return [row["id"] for row in body_of(program.get("projects/", words))["results"]]

    assert keys(status="draft") == [draft.pk]
    assert keys(status="approved", province="50") == [approved.pk]
    assert keys(q="โครงการ ข") == [approved.pk]
    assert keys(q="โครงการ", fiscal_year="2564", sort="-code") == [approved.pk, draft.pk]
    for wrong in (
        {"status": "lost"},
        {"colour": "red"},
        {"sort": "password"},
        {"sort": "created_by__password"},
        {"page": "0"},
        {"page": "๒"},
        {"size": "501"},
        {"region": "NE"},
    ):
        answer = program.get("projects/", wrong)
        assert (answer.status_code, body_of(answer)["errors"][0]["field"]) == (
            400,
            next(iter(wrong)),
        )


def test_what_is_known_already_is_not_sent_again(w):
    """Wrong if a program had to fetch what did not change, or kept what did."""
    project = build.project(w, "approved", plan=(1_000_000,))
    program = Program(w.officer)
    address = f"projects/{project.pk}/"
    first = program.get(address)
    same = program.get(address, If_None_Match=first["ETag"])
    assert (same.status_code, same.content) == (304, b"")
    assert same["ETag"] == first["ETag"]
    build.pay(w, project.instalments.get(), 500)
    build.pay(w, project.instalments.get(), 500, document_number="ฎ. 2")
    after = program.get(address, If_None_Match=first["ETag"])
    assert (after.status_code, body_of(after)["net_paid_baht"]) == (200, "1000.00")
    listed = program.get("projects/")
    assert program.get("projects/", If_None_Match=listed["ETag"]).status_code == 304


def test_a_payment_does_not_stand_in_the_way_of_a_change(w):
    """Wrong if money that moved counted as somebody's change of the record, or a change did not."""
    project = build.project(w, "under_way", plan=(1_000_000,))
    officer = Program(w.officer)
    tag = officer.get(f"projects/{project.pk}/")["ETag"]
    build.pay(w, project.instalments.get(), 500)
    body = {"recorded_on": "2021-03-01"}
    answer = officer.post(f"projects/{project.pk}/record-in-pm/", body, If_Match=tag)
    assert answer.status_code == 200
    again = officer.post(f"projects/{project.pk}/record-in-pm/", body, If_Match=tag)
    assert again.status_code == 412


@pytest.mark.parametrize(
    "path", ["nothing/", "projects/99999999999999999999/", "projects/0/", "figures/x/"]
)
def test_what_is_not_there_is_a_problem_of_one_shape(w, path):
    """Wrong if a program got a page of HTML for an answer."""
    answer = Program(w.officer).get(path)
    told = body_of(answer)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert {"type", "title", "status", "detail", "code", "errors"} <= set(told)
    assert told["status"] == 404


def test_another_method_or_media_type_is_a_problem_too(w):
    """Wrong if a slip of the caller were answered in another shape."""
    program = Program(w.officer)
    deleted = program.client.delete("/api/v1/projects/")
    assert (deleted.status_code, body_of(deleted)["title"][:6]) == (405, "ที่อยู")
    assert "GET" in deleted["Allow"]
    headers = {"Idempotency-Key": "k"}
    form = program.client.post("/api/v1/organisations/", {"name": "x"}, headers=headers)
    assert form.status_code == 415
    broken = program.client.post(
        "/api/v1/organisations/", "{", content_type="application/json", headers=headers
    )
    assert (broken.status_code, body_of(broken)["code"]) == (400, "bad-request")
    for text in ("[1]", '"a"', "null", "5"):
        answer = program.client.post(
            "/api/v1/organisations/", text, content_type="application/json", headers=headers
        )
        assert answer.status_code == 400, text


def test_a_figure_is_the_grid_of_the_page(w):
    """Wrong if the API told another number than the page, or another region's."""
    project = build.project(w, "approved", baht=750_000, plan=(750_000,))
    build.pay(w, project.instalments.get(), 250_000, dt.date(2021, 3, 5))
    program = Program(w.officer)
    listed = body_of(program.get("figures/"))
    assert "projects.disbursement_by_level" in [one["key"] for one in listed["results"]]
    asked = {"programme": "NL2564", "as_of": "2021-05-31"}
    grid = body_of(program.get("figures/projects.disbursement_by_level/", asked))
    assert grid["as_of"] == "2021-05-31"
    assert grid["cells"]["total"]["approved_baht"] == "750000.00"
    assert program.get("figures/projects.detail/", {"region": "NE"}).status_code == 404
    assert program.get("figures/projects.detail/", {"as_of": "31/5/2564"}).status_code == 400
    assert program.get("figures/projects.detail/", {"colour": "red"}).status_code == 400
