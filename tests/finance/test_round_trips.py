"""Payments filled into the plan that was taken out, and programmes with their frames, out and back."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client

from codi.accounts.models import Role, ScopeLevel
from codi.errors import Refused
from codi.imports import UPLOADS, services, undoing
from codi.imports.models import ImportBatch
from codi.imports.templates import write_own
from codi.jobs import exports, runner
from codi.jobs.models import State
from finance import services as finance
from finance.models import LedgerEntry
from programs.models import BudgetFrame, FundingSource, Programme, Project
from tests import world as build

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 8, 13)


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def w() -> build.World:
    w = build.world()
    build.region().save()
    return w


def taken_out(kind: str, person: Any, query: str = "") -> openpyxl.Workbook:
    """The records of the list of a kind, as the person downloads them."""
    client = Client()
    client.force_login(person)
    answer: Any = client.get(f"/imports/rows/{kind}/{query}")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def send(book: openpyxl.Workbook, person: Any, kind: str) -> ImportBatch:
    stream = io.BytesIO()
    book.save(stream)
    return services.upload_file(
        kind=kind, content=stream.getvalue(), file_name="a.xlsx", actor=person, today=TODAY
    )


def confirm(batch: ImportBatch, person: Any) -> ImportBatch:
    return services.confirm(batch=batch, actor=person, today=TODAY)


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    """New, changed, same, wrong."""
    return batch.new_count, batch.changed_count, batch.same_count, batch.error_count


def lines(book: openpyxl.Workbook) -> list[dict[str, Any]]:
    """The cells of each row by heading."""
    heads, *rows = book["ข้อมูล"].iter_rows()
    names = [cell.value for cell in heads]
    return [dict(zip(names, row, strict=True)) for row in rows]


def add(book: openpyxl.Workbook, **cells: Any) -> None:
    """A new row at the end."""
    heads = [cell.value for cell in book["ข้อมูล"][1]]
    named = {name.replace("_", " "): value for name, value in cells.items()}
    book["ข้อมูล"].append([named.get(head) for head in heads])


def errors(batch: ImportBatch) -> list[tuple[str, str]]:
    return [tuple(error) for row in batch.rows.filter(status="error") for error in row.errors]


def fill(line: dict[str, Any], baht: int, document: str = "ฎ. 9/2564") -> None:
    line["จำนวนเงิน (บาท)"].value = baht
    line["วันที่มีผล"].value = "1 มี.ค. 64"
    line["เลขที่เอกสาร"].value = document


# Payments


def test_payments_are_filled_into_the_plan_and_booked_once(w):
    """Wrong if an untouched row were booked, the same file booked twice, or undo lost the trail."""
    made = build.project(w, plan=(700_000, 300_000))
    build.pay(w, made.instalments.get(number=1), 500_000)
    book = taken_out("payments", w.finance)
    told = [
        [line[name].value for name in ("งวดที่", "จ่ายสุทธิแล้ว (บาท)", "คงเหลือ (บาท)", "จำนวนเงิน (บาท)")]
        for line in lines(book)
    ]
    assert told == [
        [1, 500_000, 200_000, 500_000],
        [1, 500_000, 200_000, None],
        [2, 0, 300_000, None],
    ]
    assert counts(send(book, w.finance, "payments")) == (0, 0, 3, 0)
    fill(lines(book)[2], 250_000)
    batch = confirm(send(book, w.finance, "payments"), w.finance)
    assert counts(batch) == (1, 0, 2, 0)
    assert LedgerEntry.objects.get(document_number="ฎ. 9/2564").amount_baht == 250_000
    assert counts(send(book, w.finance, "payments")) == (0, 0, 3, 0)
    assert counts(send(taken_out("payments", w.finance), w.finance, "payments")) == (0, 0, 4, 0)
    undoing.undo(batch=batch, actor=w.finance, reason="ผิด", today=TODAY)
    assert sum(entry.net_baht for entry in LedgerEntry.objects.all()) == 500_000
    assert LedgerEntry.objects.count() == 3


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("จำนวนเงิน (บาท)", 400_000),
        ("จำนวนเงิน (บาท)", None),
        ("วันที่มีผล", "2 มี.ค. 64"),
        ("เลขที่เอกสาร", "อื่น"),
        ("งวดที่", 2),
        ("ประเภทรายการ", "คืนงบ"),
        ("หมายเหตุ", "แก้"),
    ],
)
def test_a_booked_entry_is_not_changed_by_a_file_and_the_reason_says_what_to_do(w, column, value):
    """Wrong if the ledger could be rewritten in a spreadsheet, or the refusal left people helpless."""
    made = build.project(w, plan=(700_000, 300_000))
    build.pay(w, made.instalments.get(number=1), 500_000)
    book = taken_out("payments", w.finance)
    lines(book)[0][column].value = value
    batch = send(book, w.finance, "payments")
    [(where, why)] = errors(batch)
    assert UPLOADS["payments"].by_key[where].title == column
    assert "กลับรายการที่หน้าของรายการนั้น แล้วกรอกรายการที่ถูกต้องในแถวใหม่" in why
    with pytest.raises(Refused):
        confirm(batch, w.finance)
    assert LedgerEntry.objects.get().amount_baht == 500_000


def test_half_a_payment_a_second_of_the_same_and_a_reversed_one_are_told(w):
    """Wrong if a row with a blank were skipped, a double booked or hidden, or a gone entry passed."""
    made = build.project(w, plan=(700_000, 300_000))
    entry = build.pay(w, made.instalments.get(number=1), 100_000)
    book = taken_out("payments", w.finance)
    _booked, open_row, other = lines(book)
    other["จำนวนเงิน (บาท)"].value = 1
    fill(open_row, 100_000, entry.document_number)
    open_row["วันที่มีผล"].value = entry.effective_on
    found = errors(send(book, w.finance, "payments"))
    assert [column for column, _ in found] == ["", "effective_on", "document_number"]
    assert "รายการซ้ำกับแถว 2" in found[0][1]
    book = taken_out("payments", w.finance)
    finance.reverse_entry(
        actor=w.finance, entry=entry, effective_on=TODAY, note="ผิด", request_key=uuid.uuid4(), today=TODAY,
    )  # fmt: skip
    [(column, why)] = errors(send(book, w.finance, "payments"))
    assert (column, "ถูกกลับรายการไปแล้ว" in why) == ("", True)


def test_the_plan_goes_out_to_finance_within_its_scope(client, w):
    """Wrong if another role took the sheet out, or a key carried somebody into another region."""
    made = build.project(w, plan=(700_000,))
    build.pay(w, made.instalments.get(), 500_000)
    for person in (w.officer, w.manager, w.analyst):
        client.force_login(person)
        assert client.get("/imports/rows/payments/").status_code == 403
    book = taken_out("payments", w.finance)
    far = build.user(Role.FINANCE_OFFICER, region=build.region("NE", "ภาคอีสาน", 2))
    assert lines(taken_out("payments", far)) == []
    assert all("ในขอบเขตของท่าน" in why for _, why in errors(send(book, far, "payments")))
    client.force_login(w.finance)
    page = client.get("/instalments/?paid=part").text
    assert "กรอกการเบิกจ่ายใน Excel" in page
    assert "/imports/rows/payments/?paid=part" in page


@pytest.mark.parametrize("count", [1, 30])
def test_the_plan_goes_out_with_the_same_number_of_queries(w, django_assert_num_queries, count):
    """Wrong if each instalment or entry asked the database once more."""
    made = build.project(w, plan=(10_000,) * count)
    for line in made.instalments.all():
        build.pay(w, line, 5_000)
    upload = UPLOADS["payments"]
    page = exports.list_at("/instalments/", w.finance)
    with django_assert_num_queries(4):  # what is kept of the list, keys, instalments, entries
        write_own(upload, w.finance, page.rows, io.BytesIO())


# Programmes and frames


@pytest.fixture
def centre() -> Any:
    return build.user(Role.FINANCE_OFFICER, scope_level=ScopeLevel.NATION)


def row_of(book: openpyxl.Workbook, level: str) -> dict[str, Any]:
    return next(line for line in lines(book) if line["ระดับโครงการ"].value == level)


def test_programmes_and_frames_go_out_and_come_back_unchanged(w, centre):
    """Wrong if anything of a programme or a frame was lost on the way through a workbook."""
    source = FundingSource.objects.create(code="GOV", name="งบประมาณแผ่นดิน")
    top = Programme.objects.create(code="PLAN", name="แผนงาน", kind="1_plan", fiscal_year=2564)
    Programme.objects.filter(pk=w.programme.pk).update(
        parent=top, funding_source=source, objectives="ข้อแรก\n- ข้อสอง"
    )
    BudgetFrame.objects.create(
        programme=w.programme, region=None, level="nation", allocated_baht=Decimal("7.25"), allocated_on=TODAY
    )  # fmt: skip
    book = taken_out("programmes", centre)
    assert len(lines(book)) == 5
    batch = send(book, centre, "programmes")
    assert errors(batch) == []
    assert counts(batch) == (0, 0, 5, 0)


def test_edited_programmes_and_new_frames_are_written_and_taken_back(w, centre):
    """Wrong if an edit or a new record was lost, written twice, or stayed after the undo."""
    book = taken_out("programmes", centre)
    first = lines(book)[0]
    first["ชื่อแผนงาน"].value = "โครงการชื่อใหม่"
    row_of(book, "ระดับภาค")["กรอบงบจัดสรร (บาท)"].value = 90_000_000
    add(book, รหัสแผนงาน="ACT", ชื่อแผนงาน="กิจกรรม", ประเภทแผนงาน="แผนงานกิจกรรม", ปีงบประมาณ=2564)
    sheet = book["ข้อมูล"]
    heads = [cell.value for cell in sheet[1]]
    sheet.cell(sheet.max_row, heads.index("อยู่ภายใต้ (รหัส)") + 1).value = "NEW"
    [(column, why)] = errors(send(book, centre, "programmes"))
    assert (column, "ไม่พบแผนงานรหัส NEW" in why) == ("parent", True)
    sheet.cell(sheet.max_row, heads.index("อยู่ภายใต้ (รหัส)") + 1).value = "NL2564"
    add(
        book,
        รหัสแผนงาน="NEW",
        ชื่อแผนงาน="โครงการหลักใหม่",
        ปีงบประมาณ=2565,
        ระดับโครงการ="ระดับชาติ/ส่วนกลาง",
    )
    sheet.cell(sheet.max_row, heads.index("กรอบงบจัดสรร (บาท)") + 1).value = 1_000
    sheet.cell(sheet.max_row, heads.index("วันที่จัดสรร") + 1).value = "1 ต.ค. 63"
    add(book, รหัสแผนงาน="NEW", กรอบงบของภาค="ภาคเหนือ", ระดับโครงการ="ระดับภาค")
    sheet.cell(sheet.max_row, heads.index("กรอบงบจัดสรร (บาท)") + 1).value = 2_000
    sheet.cell(sheet.max_row, heads.index("วันที่จัดสรร") + 1).value = "1 ต.ค. 63"
    batch = send(book, centre, "programmes")
    assert errors(batch) == []
    assert counts(batch) == (3, 2, 1, 0)
    batch = confirm(batch, centre)
    w.programme.refresh_from_db()
    assert w.programme.name == "โครงการชื่อใหม่"
    assert Programme.objects.get(code="ACT").parent == w.programme
    assert list(
        Programme.objects.get(code="NEW")
        .frames.order_by("pk")
        .values_list("region", "allocated_baht")
    ) == [(None, 1_000), ("N", 2_000)]
    assert (
        BudgetFrame.objects.get(programme=w.programme, level="region").allocated_baht == 90_000_000
    )
    fresh = taken_out("programmes", centre)
    assert counts(send(fresh, centre, "programmes"))[:2] == (0, 0)
    undoing.undo(batch=batch, actor=centre, reason="ผิดไฟล์", today=TODAY)
    w.programme.refresh_from_db()
    assert w.programme.name == "โครงการพัฒนาผู้นำ ภาคเหนือ"
    assert list(Programme.objects.values_list("code", flat=True)) == ["NL2564"]
    assert set(BudgetFrame.objects.values_list("allocated_baht", flat=True)) == {100_000_000}


def test_a_new_frame_that_paid_for_a_project_does_not_go(w, centre):
    """Wrong if undoing a file left an approved project without the frame that pays it."""
    BudgetFrame.objects.filter(level="subdistrict").delete()
    book = taken_out("programmes", centre)
    add(book, รหัสแผนงาน="NL2564", กรอบงบของภาค="ภาคเหนือ", ระดับโครงการ="ระดับตำบล")
    sheet = book["ข้อมูล"]
    heads = [cell.value for cell in sheet[1]]
    for name, value in (("กรอบงบจัดสรร (บาท)", 5_000_000), ("วันที่จัดสรร", "1 ต.ค. 63")):
        sheet.cell(sheet.max_row, heads.index(name) + 1).value = value
    batch = confirm(send(book, centre, "programmes"), centre)
    place = build.subdistrict()
    build.project(w, level="subdistrict", district=place.district, subdistrict=place)
    with pytest.raises(Refused, match="มีโครงการที่อนุมัติจาก"):
        undoing.undo(batch=batch, actor=centre, reason="ผิดไฟล์", today=TODAY)
    assert BudgetFrame.objects.filter(level="subdistrict").exists()


def test_a_frame_is_not_dated_in_the_future_and_its_correction_is_taken(w, centre):
    """Wrong if a file took what the page refuses, or a day that came in so could not be corrected."""
    book = taken_out("programmes", centre)
    line = row_of(book, "ระดับภาค")
    line["วันที่จัดสรร"].value = "14 ส.ค. 64"
    [(column, why)] = errors(send(book, centre, "programmes"))
    assert (column, "14 สิงหาคม 2564 ยังมาไม่ถึง" in why) == ("allocated_on", True)
    add(book, รหัสแผนงาน="NL2564", ระดับโครงการ="ระดับชาติ/ส่วนกลาง")
    sheet = book["ข้อมูล"]
    heads = [cell.value for cell in sheet[1]]
    for name, value in (("กรอบงบจัดสรร (บาท)", 5_000_000), ("วันที่จัดสรร", "14 ส.ค. 64")):
        sheet.cell(sheet.max_row, heads.index(name) + 1).value = value
    line["วันที่จัดสรร"].value = "13 ส.ค. 64"
    assert [column for column, _ in errors(send(book, centre, "programmes"))] == ["allocated_on"]
    BudgetFrame.objects.filter(level="region").update(allocated_on=dt.date(2021, 8, 14))
    book = taken_out("programmes", centre)
    assert counts(send(book, centre, "programmes"))[1:] == (0, len(lines(book)), 0)
    line = row_of(book, "ระดับภาค")
    line["วันที่จัดสรร"].value, line["กรอบงบจัดสรร (บาท)"].value = "1 ต.ค. 63", 50_000_000
    assert counts(send(book, centre, "programmes"))[1::2] == (1, 0)


def test_what_others_rest_on_and_what_somebody_changed_meanwhile_is_told(w, centre):
    """Wrong if a frame fell below its approvals, moved to another place, or won over a colleague."""
    build.project(w, "approved", baht=1_000_000)
    book = taken_out("programmes", centre)
    row_of(book, "ระดับจังหวัด")["กรอบงบจัดสรร (บาท)"].value = 999_999
    row_of(book, "ระดับภาค")["ระดับโครงการ"].value = "ระดับอำเภอ"
    row_of(book, "ระดับตำบล")["รหัสแผนงาน"].value = "NL2565"
    found = errors(send(book, centre, "programmes"))
    assert sorted(column for column, _ in found) == ["allocated_baht", "code", "level"]
    assert any("ต่ำกว่า 1,000,000 บาทไม่ได้" in why for _, why in found)
    book = taken_out("programmes", centre)
    Programme.objects.filter(pk=w.programme.pk).update(name="ผู้อื่นแก้", version=2)
    lines(book)[0]["ชื่อแผนงาน"].value = "ของฉัน"
    [(column, why)] = errors(send(book, centre, "programmes"))
    assert column == "name"
    assert "“ผู้อื่นแก้”" in why
    assert "“ของฉัน”" in why


def test_programmes_are_the_nations_to_change(client, w):
    """Wrong if a region set its own frames by a file."""
    for person in (w.finance, w.manager, w.analyst):
        client.force_login(person)
        assert client.get("/imports/rows/programmes/").status_code == 403
        assert "แก้ไขใน Excel" not in client.get("/programmes/list/").text
    client.force_login(w.administrator)
    assert "/imports/rows/programmes/" in client.get("/programmes/list/").text


# Large ones


def test_many_records_are_written_by_the_job_of_list_exports(client, w, settings):
    """Wrong if a large workbook held a web process, two were made at once, or rights were not asked."""
    made = build.project(w, plan=(300_000, 300_000, 400_000))
    settings.EXPORT_DIRECT_ROW_COUNT = 2
    client.force_login(w.finance)
    page = client.get("/imports/rows/payments/?paid=none")
    assert "งานเบื้องหลัง" in page.text
    posted = {
        name: page.context[key] for name, key in (("address", "address"), ("form", "form_key"))
    }
    answer = client.post("/jobs/export/", posted | {"one_time_key": "a"})
    job = exports.Job.objects.get()
    assert answer.url == f"/jobs/{job.pk}/"
    with pytest.raises(Refused, match="กรุณารอให้เสร็จ"):
        exports.request_export(key="b", actor=w.finance, **posted)
    runner.run(job.pk, worker="w")
    job.refresh_from_db()
    assert job.state == State.DONE, job.failure
    book = openpyxl.load_workbook(io.BytesIO(job.file.read_bytes()))
    assert [line["งวดที่"].value for line in lines(book)] == [1, 2, 3]
    assert counts(send(book, w.finance, "payments")) == (0, 0, 3, 0)
    assert Project.objects.get() == made
    for wrong, code in (
        ({"form": "rows:programmes"}, exports.NO_LIST),
        ({"address": "/projects/"}, exports.NO_LIST),
    ):
        with pytest.raises(Refused) as refused:
            exports.request_export(key="c", actor=w.finance, **(posted | wrong))
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        exports.request_export(key="d", actor=w.officer, **posted)
    assert refused.value.code == exports.NO_RIGHT
