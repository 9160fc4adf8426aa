"""Projects taken out of their list and sent back, and whole files taken back."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db.models import Sum
from django.test import Client

from codi.errors import Refused
from codi.imports import services, undoing
from codi.imports.models import BatchState, ImportBatch
from codi.places.models import Province
from finance import services as finance
from finance.models import EntryKind, Instalment, LedgerEntry
from programs.models import Meeting, Organisation, Project, ProjectStatus
from tests import north
from tests import world as build
from tests.finance.test_uploads import PAYMENT, sheet

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 8, 13)


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def w() -> build.World:
    w = build.world()
    for name, code in north.PROVINCES.items():
        build.province(code, name)
    for place in (*Province.objects.all(), build.region()):
        place.save()
    return w


def taken_out(client: Client, person: Any, query: str = "") -> openpyxl.Workbook:
    client.force_login(person)
    answer = client.get(f"/imports/rows/projects/{query}")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]


def send(book: Any, person: Any, kind: str = "projects") -> ImportBatch:
    content = book
    if not isinstance(book, bytes):
        stream = io.BytesIO()
        book.save(stream)
        content = stream.getvalue()
    name = "a.csv" if isinstance(book, bytes) else "a.xlsx"
    return services.upload_file(
        kind=kind, content=content, file_name=name, actor=person, today=TODAY
    )


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.new_count, batch.changed_count, batch.same_count, batch.error_count


def cells(book: openpyxl.Workbook, code: str) -> dict[str, Any]:
    """The cells of a project's row by heading."""
    rows = book["ข้อมูล"].iter_rows()
    heads = [cell.value for cell in next(rows)]
    found = [dict(zip(heads, row, strict=False)) for row in rows]
    return next(row for row in found if row["รหัสโครงการ"].value == code)


def test_all_projects_out_and_back_unedited_change_nothing(w, client: Client) -> None:
    """Wrong if anything that a project holds was lost or altered on the way through a workbook."""
    north.load(w)
    first = Project.objects.order_by("pk").first()
    Project.objects.filter(pk=first.pk).update(objectives="ข้อแรก\n- ข้อสอง")
    Meeting.objects.filter(number=2).update(
        starts_on=dt.date(2020, 12, 30), ends_on=dt.date(2021, 1, 2)
    )
    batch = send(taken_out(client, w.finance), w.finance)
    assert [(row.number, row.errors) for row in batch.rows.filter(status="error")] == []
    assert counts(batch) == (0, 0, 18, 0)
    assert counts(send(taken_out(client, w.finance, "?q=เชียงใหม่"), w.finance))[2] == 1


def test_edited_drafts_and_plans_are_written_and_conflicts_told(w, client: Client) -> None:
    """Wrong if an edit was lost, or won over what somebody planned meanwhile."""
    made = build.project(w, "draft", plan=(600_000, 400_000))
    book = taken_out(client, w.officer)
    row = cells(book, made.code)
    row["ชื่อโครงการ"].value = "โครงการชื่อใหม่"
    row["งวด 2 (บาท)"].value = 300_000
    batch = send(book, w.officer)
    assert counts(batch) == (0, 1, 0, 0)
    services.confirm(batch=batch, actor=w.officer, today=TODAY)
    made.refresh_from_db()
    assert made.title == "โครงการชื่อใหม่"
    plan = list(Instalment.objects.filter(project=made).values_list("planned_baht", flat=True))
    assert plan == [600_000, 300_000]
    row["งวด 2 (บาท)"].value = 200_000
    late = send(book, w.officer)
    [refused] = late.rows.filter(status="error")
    assert [column for column, _ in refused.errors] == ["instalment2_baht"]
    assert "“300,000”" in refused.errors[0][1]
    assert "“200,000”" in refused.errors[0][1]


def test_the_plan_of_an_ended_project_stays(w, client: Client) -> None:
    """Wrong if a file changed what no page, grid or program may change any more."""
    made = build.project(w, plan=(600_000, 400_000))
    Project.objects.filter(pk=made.pk).update(
        status=ProjectStatus.CANCELLED,
        cancelled_on=TODAY,
        cancelled_by=w.manager,
        cancel_reason="เลิก",
    )
    book = taken_out(client, w.officer)
    row = cells(book, made.code)
    row["งวด 1 (บาท)"].value, row["งวด 2 (บาท)"].value = 500_000, 300_000
    [refused] = send(book, w.officer).rows.filter(status="error")
    assert [column for column, _ in refused.errors] == ["instalment1_baht", "instalment2_baht"]


def test_a_project_does_not_move_through_its_key(w, client: Client) -> None:
    """Wrong if a key carried a row's facts to a project of another place or code."""
    made = build.project(w, "draft")
    book = taken_out(client, w.officer)
    row = cells(book, made.code)
    row["จังหวัด"].value, row["รหัสโครงการ"].value = "ลำพูน", "NL2564-9999"
    [refused] = send(book, w.officer).rows.filter(status="error")
    assert [column for column, _ in refused.errors] == ["province", "code"]


def test_titles_sorted_without_their_keys_are_told(w, client: Client) -> None:
    """Wrong if titles that slid to other projects' rows went through without a word."""
    made = [build.project(w, "draft", title=f"โครงการ {letter}") for letter in "กข"]
    book = taken_out(client, w.officer)
    first, second = (cells(book, project.code)["ชื่อโครงการ"] for project in made)
    first.value, second.value = second.value, first.value
    [told] = send(book, w.officer).preview["warnings"]
    assert told.startswith("แถว 2, 3 ใช้ชื่อ")


def test_the_reference_file_is_taken_back_whole(w, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong if a file of 18 projects with transfers left money, projects or plans behind.

    How many obstacles are named says nothing of how many records are in use and stay.
    """
    monkeypatch.setattr(undoing, "MOST_NAMED", 1)
    before = (Organisation.objects.count(), Meeting.objects.count())
    batch = send(north.DATA.read_bytes(), w.officer)
    services.send_for_confirmation(batch=batch, actor=w.officer)
    done = services.confirm(batch=batch, actor=w.finance, today=TODAY)
    paid = LedgerEntry.objects.aggregate(net=Sum("net_baht"))["net"]
    entry_count = LedgerEntry.objects.count()
    assert (paid > 0, Project.objects.count()) == (True, 18)
    with pytest.raises(Refused):
        undoing.undo(batch=done, actor=w.officer, reason="ผิดไฟล์", today=TODAY)
    undoing.undo(batch=done, actor=w.finance, reason="ผิดไฟล์", today=TODAY)
    assert LedgerEntry.objects.count() == 2 * entry_count
    assert LedgerEntry.objects.aggregate(net=Sum("net_baht"))["net"] == Decimal(0)
    assert set(
        LedgerEntry.objects.filter(kind=EntryKind.REVERSAL).values_list("note", flat=True)
    ) == {"ย้อนกลับไฟล์นำเข้า: ผิดไฟล์"}
    assert set(Project.objects.values_list("status", flat=True)) == {ProjectStatus.CANCELLED}
    used = Project.objects.exclude(organisation=None).values("organisation").distinct().count()
    assert Organisation.objects.count() <= before[0] + used
    again = send(north.DATA.read_bytes(), w.officer)
    assert counts(again) == (18, 0, 0, 0)


def test_projects_without_money_go_and_old_plans_come_back(w, client: Client) -> None:
    """Wrong if an undo left drafts, or a plan that the file had changed."""
    made = build.project(w, "draft", plan=(600_000, 400_000))
    book = taken_out(client, w.officer)
    cells(book, made.code)["งวด 2 (บาท)"].value = 300_000
    cells(book, made.code)["งวด 3 (บาท)"].value = 50_000
    row = {"จังหวัด": "ลำพูน", "ชื่อโครงการ": "โครงการใหม่", "องค์กรที่เสนอ": "กลุ่มใหม่", "งวด 1 (บาท)": 10}
    heads = [cell.value for cell in book["ข้อมูล"][1]]
    book["ข้อมูล"].append([row.get(head) for head in heads])
    batch = services.confirm(batch=send(book, w.officer), actor=w.officer, today=TODAY)
    assert Project.objects.count() == 2
    undoing.undo(batch=batch, actor=w.officer, reason="ผิดไฟล์", today=TODAY)
    assert list(Project.objects.all()) == [made]
    assert not Organisation.objects.filter(name="กลุ่มใหม่").exists()
    plan = list(Instalment.objects.values_list("number", "planned_baht"))
    assert plan == [(1, Decimal(600_000)), (2, Decimal(400_000))]


def test_payments_are_reversed_unless_somebody_built_on_them(w) -> None:
    """Wrong if a payments file came back by deletion, or under a later entry."""
    made = build.project(w, plan=(700_000, 300_000))
    batch = send(sheet([{**PAYMENT, "รหัสโครงการ": made.code}]), w.finance, "payments")
    batch = services.confirm(batch=batch, actor=w.finance, today=TODAY)
    entry = LedgerEntry.objects.get()
    reversal = finance.reverse_entry(
        actor=w.finance, entry=entry, effective_on=TODAY, note="ผิด", request_key=entry.request_key.__class__(int=7), today=TODAY,
    )  # fmt: skip
    [obstacle] = undoing.obstacles(batch, user=w.finance)
    assert f"ถูกใช้ในรายการเบิกจ่าย {reversal}" in obstacle.what
    other = send(
        sheet([{**PAYMENT, "รหัสโครงการ": made.code, "เลขที่เอกสาร": "ฎ. 2"}]), w.finance, "payments"
    )
    other = services.confirm(batch=other, actor=w.finance, today=TODAY)
    done = undoing.undo(batch=other, actor=w.finance, reason="ซ้ำ", today=TODAY)
    assert done.state == BatchState.UNDONE
    assert LedgerEntry.objects.aggregate(net=Sum("net_baht"))["net"] == Decimal(0)
    assert LedgerEntry.objects.count() == 4
