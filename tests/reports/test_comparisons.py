"""What changed in a draft: computed by a job, kept with its moment, and gone with the freezing."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from codi.figures.grid import Unit
from codi.jobs import runner
from codi.jobs.models import Job, State
from councils.models import Council
from reports import services
from reports.changes import Move, Reason, changes_since
from reports.content import of_edition
from reports.models import Comparison, Edition
from tests import world as build
from tests.reports.test_reasons import AUGUST, DAY, NOW, TODAY, Member, replacing, w

__all__ = ["w"]


def compared(client: Any, draft: Edition, key: str = "k1") -> Any:
    """Press the button, let the job run, and open the page."""
    client.post(reverse("reports:compare", args=[draft.pk]), {"one_time_key": key})
    job = Job.objects.get(kind=services.COMPARE, key__endswith=key)
    runner.run(job.pk, worker="w")
    job.refresh_from_db()
    assert job.state == State.DONE, job.failure
    return client.get(reverse("reports:changes", args=[draft.pk]))


def test_the_page_of_a_draft_tells_what_was_compared_and_when(
    client, w, django_assert_max_num_queries
):
    """Wrong if opening the page computed the report, hid its moment, or never followed a refresh."""
    council = Council.objects.get(name="สภาที่หนึ่ง")
    build.members(council, 1, selected_on=AUGUST)
    draft = replacing(w, DAY)
    client.force_login(w.officer)
    address = reverse("reports:changes", args=[draft.pk])
    assert "ยังไม่ได้เทียบกับฉบับก่อน" in client.get(address).content.decode()
    page = compared(client, draft)
    moved = {(move.before_text, move.now_text, move.why) for move in page.context["page"]}
    assert ("5", "6", str(Reason.LATE)) in moved
    assert "ตัวเลขของร่าง ณ" in page.content.decode()
    build.members(council, 1, selected_on=AUGUST)
    with django_assert_max_num_queries(12):
        same = client.get(address)
    assert list(same.context["page"]) == list(page.context["page"])
    again = {
        (move.before_text, move.now_text) for move in compared(client, draft, "k2").context["page"]
    }
    assert ("5", "7") in again
    with pytest.raises(IntegrityError, match="reports_comparison_once"), transaction.atomic():
        Comparison.objects.create(edition=draft, computed_at=NOW)


def test_a_frozen_edition_keeps_its_own_and_refuses_another(client, w):
    """Wrong if a job that comes late left a second answer beside the one that was issued."""
    build.members(Council.objects.get(name="สภาที่หนึ่ง"), 1, selected_on=AUGUST)
    draft = replacing(w, DAY)
    client.force_login(w.officer)
    compared(client, draft)
    draft = services.submit(actor=w.officer, edition=draft, now=NOW)
    draft = services.approve(actor=w.analyst, edition=draft, now=NOW)
    draft = services.issue(actor=w.executive, edition=draft, now=NOW)
    services.keep_comparison(edition=draft, moves=(), now=NOW)
    assert not Comparison.objects.exists()
    page = client.get(reverse("reports:changes", args=[draft.pk]))
    assert page.context["page"]
    refused = client.post(reverse("reports:compare", args=[draft.pk]))
    assert refused.status_code == 403


def test_the_pdf_of_a_draft_brings_its_comparison(w):
    """Wrong if who opens the changes of a new draft found nothing although all was just computed."""
    build.members(Council.objects.get(name="สภาที่หนึ่ง"), 1, selected_on=AUGUST)
    draft = replacing(w, DAY)
    job = Job.objects.get(kind=services.RENDER, payload__edition=draft.pk)
    runner.run(job.pk, worker="w")
    kept = Comparison.objects.get(edition=draft)
    assert {move["why"] for move in kept.moves} == {str(Reason.LATE)}


def test_what_came_back_from_the_bin_is_no_news(w):
    """Wrong if a record that was deleted and brought back were told as new to the reader."""
    member = Member.objects.order_by("pk")[0]
    facts = Member.objects.filter(pk=member.pk).values().get()
    member.delete()
    second = services.submit(actor=w.officer, edition=replacing(w, DAY), now=NOW)
    second = services.approve(actor=w.analyst, edition=second, now=NOW)
    second = services.issue(actor=w.executive, edition=second, now=NOW)
    Member.objects.create(**facts)
    files = {"pdf": b"%PDF- of a test", "xlsx": b"PK of a test"}
    second = services.complete_issue(edition=second, files=files, now=NOW)
    third = services.replace_edition(
        actor=w.officer,
        edition=second,
        as_of_dates=[DAY],
        request_key=uuid.uuid4(),
        now=NOW + dt.timedelta(days=1),
        today=TODAY,
    )
    moves = changes_since(of_edition(third, today=TODAY), of_edition(second, today=TODAY))
    assert {(move.row_key, *move.reasons) for move in moves if move.row_key == "total"} == {
        ("total", Reason.RESTORED)
    }


def move(place: int) -> Move:
    """A total that rose from ``place`` to one more, in one of two tables in turn."""
    even = place % 2 == 0
    return Move(
        table="ตารางสภา" if even else "ตารางกองทุน",
        before_as_of=DAY,
        as_of=DAY,
        figure_key="councils.established" if even else "welfare.status",
        row=f"แถวที่ {place}",
        column="จำนวน",
        row_key=str(place),
        column_key="number",
        unit=Unit.COUNT,
        before=place,
        now=place + 1,
        reasons=(Reason.NEW,),
    )


@pytest.mark.parametrize("count", [1, 3, 250])
def test_many_moves_come_by_the_page_at_one_cost(client, w, count, django_assert_num_queries):
    """Wrong if thousands of cells came in one page, cost queries each, or a filter lost some."""
    draft = replacing(w, DAY)
    services.keep_comparison(edition=draft, moves=[move(n) for n in range(count)], now=NOW)
    client.force_login(w.officer)
    address = reverse("reports:changes", args=[draft.pk])
    with django_assert_num_queries(10):
        page = client.get(address)
    assert len(page.context["page"].object_list) == min(count, 100)
    seen = []
    for number in range(1, page.context["page"].paginator.num_pages + 1):
        told = client.get(address, {"page": number}).context["page"]
        seen += [line.row for line in told.object_list]
    assert seen == [f"แถวที่ {n}" for n in range(count)]
    councils = client.get(address, {"figure": "councils.established"}).context
    assert councils["page"].paginator.count == (count + 1) // 2
    assert {line.table for line in councils["page"]} == {"ตารางสภา"}
    assert client.get(address, {"figure": "no.such", "page": "x"}).context["chosen"] is None


def test_a_row_that_is_gone_or_new_is_told_as_such(w):
    """Wrong if a row that a table lost, or gained, read as a number that fell to nothing, or rose."""
    before = of_edition(Edition.objects.get(state="issued"), today=TODAY)
    table = next(table for table in before.tables if table.grid.key == "councils.established")
    lost = table.grid.rows[0]
    short = replace(
        table.grid,
        rows=tuple(row for row in table.grid.rows if row != lost),
        cells={key: line for key, line in table.grid.cells.items() if key != lost.key},
    )
    without = replace(before, tables=(replace(table, grid=short),))
    gone = [move for move in changes_since(without, before) if move.row_key == lost.key]
    assert gone
    assert {move.now_text for move in gone} == {"ไม่มีแถวนี้แล้ว"}
    new = [move for move in changes_since(before, without) if move.row_key == lost.key]
    assert {move.before_text for move in new} == {"ยังไม่มีแถวนี้"}
