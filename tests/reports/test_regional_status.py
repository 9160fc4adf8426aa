"""The regional status report of the 18 projects, against the printed one."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import uuid
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from pypdf import PdfReader

from codi.figures.grid import Grid
from codi.jobs import runner
from codi.jobs.models import Job
from finance import services as finance
from finance.models import LedgerEntry
from programs import services as programs
from programs.models import Project
from reports import services
from reports.changes import Reason, changes_since
from reports.content import Content, of_edition, records_of
from reports.models import Edition, EditionState
from reports.rendering import key_figures, pdf_of
from reports.sheets import json_of, xlsx_of
from tests import north
from tests import world as build
from tests.reports.conftest import AUGUST, MAY, NOW, TODAY, draft, frozen, issued

pytestmark = pytest.mark.django_db
EXPECTED = json.loads((north.DATA.parent / "expected.json").read_text("utf-8"))
LEVEL = "projects.disbursement_by_level"


def content_of(edition: Edition) -> Content:
    return of_edition(edition, today=TODAY)


def text_of(pdf: bytes, tmp_path: Path) -> str:
    """The text layer in reading order, blanks of line breaks removed."""
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf)
    run = subprocess.run(["pdftotext", "-raw", str(file), "-"], capture_output=True, check=True)
    return re.sub(r"\s+", "", run.stdout.decode())


@pytest.mark.parametrize("day", [MAY, AUGUST])
def test_the_snapshots_equal_the_print(loaded, day):
    """Wrong if any cell of the two main tables differed from the document by a baht."""
    grid = content_of(draft(loaded)).table(LEVEL, day).grid
    for row, cells in EXPECTED[day.isoformat()].items():
        for column, printed in cells.items():
            assert Decimal(str(grid.value(row, column))) == Decimal(printed), (row, column)


def test_right_on_every_day_between(loaded):
    """Wrong if a report as of any day between the two told another sum than the transfers do."""
    transfers = [
        (
            dt.date.fromisoformat(line[f"instalment{n}_transferred_on"]),
            Decimal(line[f"instalment{n}_baht"]),
        )
        for line in north.rows()
        for n in (1, 2)
    ]
    for step in range((AUGUST - MAY).days + 1):
        day = MAY + dt.timedelta(days=step)
        told = sum(baht for on, baht in transfers if on <= day)
        edition = Edition(
            outline="regional-status",
            programme=loaded.programme,
            region=build.region(),
            as_of_dates=[day],
            number=1,
            pk=0,
        )
        content = content_of(edition)
        assert content.table(LEVEL, day).grid.value("total", "paid_baht") == told
        assert all(checked.result.is_ok for checked in content.checks), day
        assert (
            f"{15_635_880 - told:,.0f} บาท" in content.sentences["statement.4"]
            or told == 15_635_880
        )


def test_sentences_tell_the_amounts_in_words(loaded):
    """Wrong if a sentence lost its amount, its share or its words."""
    said = content_of(draft(loaded)).sentences
    words = EXPECTED["words"]
    assert words["15635880"] in said["frame"]
    assert words["15635880"] in said["statement.1"]
    assert (
        "โครงการระดับภาค 1 โครงการ และโครงการระดับจังหวัด 17 โครงการ รวม 18 โครงการ"
        in said["statement.1"]
    )
    assert "ครบ 18 โครงการ" in said["statement.2"]
    assert f"10,921,966 บาท ({words['10921966']}) คิดเป็นร้อยละ 69.85" in said["statement.3"]
    assert f"4,713,914 บาท ({words['4713914']}) คิดเป็นร้อยละ 30.15" in said["statement.4"]
    assert "ณ วันที่ 5 สิงหาคม 2564 เบิกจ่ายเพิ่มอีก 4,713,914 บาท" in said["statement.4"]
    assert "เป็นงวด 2" in said["statement.4"]


def test_every_list_adds_up_to_its_cell(loaded):
    """Wrong if the records behind any cell of any table did not add up to the cell."""
    content = content_of(draft(loaded))
    cells = records_of(content)
    compared = 0
    for grid in content.grids:
        for (row, column), cell in cells[grid.key, grid.as_of].items():
            if cell.parts or grid.column(column).unit not in ("baht", "count"):
                continue
            assert cell.total == grid.value(row, column), (grid.key, row, column)
            compared += 1
    assert compared > 200


def test_the_pdf_holds_words_links_and_draft_mark(loaded, tmp_path):
    """Wrong if the text could not be copied, a figure led nowhere, or a draft looked issued."""
    pdf = pdf_of(content_of(draft(loaded))).pdf
    text = text_of(pdf, tmp_path)
    assert EXPECTED["words"]["15635880"] in text
    assert "ข้อมูลณวันที่31พฤษภาคม2564" in text
    assert "ร่าง·รายงานสถานการณ์โครงการ" in text
    assert "เครือข่ายองค์กรชุมชนจังหวัดเชียงใหม่" in text
    addresses = [
        annotation.get_object()["/A"]["/URI"]
        for page in PdfReader(BytesIO(pdf)).pages
        for annotation in page.get("/Annots", ())
        if "/A" in annotation.get_object()
    ]
    cells = [url for url in addresses if re.match(r"http://testserver/reports/\d+/cell/\?", url)]
    assert len(cells) > 200


def test_an_issued_edition_is_the_same_bytes_after_later_entries(loaded):
    """Wrong if anything entered after the issue changed the edition, its files or its records."""
    edition = issued(loaded, real=True)
    before = content_of(edition)
    kept = (
        bytes(edition.files.get(kind="pdf").content),
        bytes(edition.files.get(kind="xlsx").content),
    )
    entry = LedgerEntry.objects.filter(effective_on__lte=MAY).first()
    finance.reverse_entry(
        actor=loaded.finance,
        entry=entry,
        effective_on=entry.effective_on,
        note="บันทึกผิดโครงการ",
        request_key=uuid.uuid4(),
        today=TODAY,
    )
    loaded.programme.name = "ชื่อใหม่"
    loaded.programme.save()
    again = Edition.objects.get(pk=edition.pk)
    after = content_of(again)
    assert after.grids == before.grids
    assert dict(after.sentences) == dict(before.sentences)
    assert records_of(after) == records_of(before)
    assert pdf_of(after).pdf == kept[0]
    assert xlsx_of(after) == kept[1]
    live = content_of(draft(loaded)).table(LEVEL, MAY).grid.value("total", "paid_baht")
    assert live == 10_921_966 - entry.amount_baht


def test_the_job_issues_the_edition_once(loaded):
    """Wrong if the job left the edition half issued, or a second delivery changed it."""
    edition = frozen(loaded)
    job = Job.objects.get(payload__issue=True)
    runner.run(job.pk, worker="w")
    runner.run(job.pk, worker="w")
    job.refresh_from_db()
    edition.refresh_from_db()
    assert (job.state, job.percent, job.failure) == ("done", 100, "")
    assert edition.state == EditionState.ISSUED
    assert bytes(edition.files.get(kind="pdf").content)[:5] == b"%PDF-"


def test_the_job_of_a_draft_makes_a_named_file(loaded):
    """Wrong if the draft's PDF had no Thai name or was not stored."""
    draft(loaded)
    job = Job.objects.get()
    runner.run(job.pk, worker="w")
    job.refresh_from_db()
    assert job.state == "done", job.failure
    assert job.file_name == (
        "รายงานสถานการณ์โครงการ NL2564 ภาคเหนือ ณ 31 พ.ค. 64 ถึง 5 ส.ค. 64 ฉบับที่ 1 ร่าง.pdf"
    )


def test_sheets_and_json_hold_the_same_grids(loaded):
    """Wrong if a number differed between the table, the workbook and the JSON."""
    content = content_of(draft(loaded))
    data = json.loads(json_of(content))
    assert [Grid.from_dict(grid) for grid in data["grids"]] == list(content.grids)
    book = openpyxl.load_workbook(BytesIO(xlsx_of(content)))
    assert len(book.sheetnames) == len(content.grids) + 1
    values = {cell.value for row in book[book.sheetnames[1]].iter_rows() for cell in row}
    assert 15_635_880 in values


def test_the_command_writes_all_three_files(loaded, tmp_path):
    """Wrong if the command failed, or its JSON lacked a grid or an exact number."""
    out = StringIO()
    names = {kind: str(tmp_path / f"report.{kind}") for kind in ("pdf", "xlsx", "json")}
    call_command(
        "render_report",
        "regional-status",
        "--programme=NL2564",
        "--region=N",
        "--as-of=2021-05-31",
        "--as-of=5/8/2564",
        f"--output={names['pdf']}",
        f"--xlsx={names['xlsx']}",
        f"--json={names['json']}",
        stdout=out,
    )
    data = json.loads(Path(names["json"]).read_text("utf-8"))
    first = next(g for g in data["grids"] if g["key"] == LEVEL and g["as_of"] == "2021-05-31")
    assert Decimal(first["cells"]["province"]["paid_baht"]) == 9_688_300
    assert isinstance(first["cells"]["province"]["paid_baht"], str)
    assert {"key", "title", "unit", "basis", "as_of", "columns", "rows", "cells"} <= set(first)
    assert Path(names["pdf"]).read_bytes()[:5] == b"%PDF-"
    assert "ไม่ผ่าน 0 รายการ" in out.getvalue()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"programme": "XX"}, "ไม่พบโครงการหลัก"),
        ({"region": "Q"}, "ไม่พบภาค"),
        ({"as_of": ["31/31/2564"]}, "อ่านวันที่ไม่ได้"),
    ],
)
def test_the_command_says_in_thai_what_is_wrong(loaded, options, said):
    """Wrong if a wrong code or day ended in a trace, or did not name what there is."""
    wanted = {"programme": "NL2564", "region": "N", "as_of": ["2021-05-31"], **options}
    with pytest.raises(CommandError, match=said):
        call_command("render_report", "regional-status", **wanted)


def test_totals_of_the_ledger_are_those_of_the_report(loaded):
    """Wrong if the report told another total than the ledger itself."""
    total = LedgerEntry.objects.aggregate(net=Sum("net_baht"))["net"]
    grid = content_of(draft(loaded)).table("projects.disbursement_by_month", AUGUST).grid
    assert grid.value("total", "cumulative_baht") == total == 15_635_880


def test_replacing_names_what_moved_and_why(loaded):
    """Wrong if a late entry, a correction or a new entry was not told from the others."""
    edition = issued(loaded, draft(loaded, MAY))
    entry = LedgerEntry.objects.filter(effective_on__lte=MAY).order_by("pk").first()
    finance.record_return(
        actor=loaded.finance,
        instalment=entry.instalment,
        amount_baht=Decimal(1000),
        effective_on=MAY,
        document_number="ค. 1/2564",
        request_key=uuid.uuid4(),
        today=TODAY,
    )
    fresh = services.replace_edition(
        actor=loaded.officer,
        edition=edition,
        as_of_dates=[MAY],
        request_key=uuid.uuid4(),
        now=NOW,
        today=TODAY,
    )
    assert (fresh.number, fresh.replaces) == (2, edition)
    moves = changes_since(content_of(fresh), content_of(edition))
    by_cell = {(m.figure_key, m.row_key, m.column_key): m for m in moves}
    total = by_cell[LEVEL, "total", "paid_baht"]
    assert (total.before, total.now) == (10_921_966, 10_920_966)
    assert total.reasons == (Reason.LATE,)
    assert by_cell[LEVEL, "total", "remaining_baht"].reasons == (Reason.LATE,)
    assert (LEVEL, "region", "paid_baht") not in by_cell
    again = frozen(loaded, fresh)
    assert again.facts["edition"]["replaces"] == 1
    assert any(change["why"] == "รายการบันทึกย้อนหลัง" for change in again.facts["edition"]["changes"])


def test_a_correction_and_a_new_entry_have_their_own_names(loaded):
    """Wrong if a reversal looked like a late entry, or later payments like corrections."""
    edition = issued(loaded, draft(loaded, MAY))
    entry = LedgerEntry.objects.filter(effective_on__lte=MAY).order_by("pk").first()
    finance.reverse_entry(
        actor=loaded.finance,
        entry=entry,
        effective_on=entry.effective_on,
        note="ผิดโครงการ",
        request_key=uuid.uuid4(),
        today=TODAY,
    )
    fresh = content_of(draft(loaded, MAY))
    moves = {
        (m.figure_key, m.row_key, m.column_key): m
        for m in changes_since(fresh, content_of(edition))
    }
    assert moves[LEVEL, "total", "paid_baht"].reasons == (Reason.CORRECTION,)
    later = {
        (m.figure_key, m.row_key, m.column_key): m
        for m in changes_since(content_of(draft(loaded, AUGUST)), content_of(edition))
    }
    assert later[LEVEL, "region", "paid_baht"].reasons == (Reason.NEW,)
    assert later[LEVEL, "region", "paid_2_baht"].before is None


def test_a_cancellation_is_told_as_a_correction(loaded):
    """Wrong if entries that left a figure with their cancelled project left it without a reason."""
    edition = issued(loaded, draft(loaded, MAY))
    project = Project.objects.get(level="region")
    for entry in LedgerEntry.objects.filter(project=project).order_by("pk"):
        finance.reverse_entry(
            actor=loaded.finance,
            entry=entry,
            effective_on=AUGUST,
            note="เลิกโครงการ",
            request_key=uuid.uuid4(),
            today=TODAY,
        )
    programs.cancel_project(actor=loaded.manager, project=project, reason="เลิก", today=AUGUST)
    moves = {
        (m.figure_key, m.row_key, m.column_key): m
        for m in changes_since(content_of(draft(loaded, AUGUST)), content_of(edition))
    }
    for column in ("paid_1_baht", "paid_baht", "paid_count", "approved_baht", "approved_count"):
        assert moves[LEVEL, "region", column].reasons == (Reason.CORRECTION,), column
    gone = moves["projects.detail", str(project.pk), "paid_1_baht"]
    assert (gone.before, gone.now, gone.reasons) == (1_233_666, None, (Reason.CORRECTION,))


def test_the_first_page_says_the_amounts_of_the_last_day(loaded):
    """Wrong if the figures before all others were of another day, or led nowhere."""
    found = {figure.title: figure for figure in key_figures(content_of(draft(loaded, MAY)))}
    assert [figure.value for figure in found.values()] == [
        "15,635,880", "15,635,880", "10,921,966", "4,713,914"
    ]  # fmt: skip
    assert found["คงเหลือ"].share == "ร้อยละ 30.15 ของงบที่อนุมัติ"
    assert all("column=" in figure.url for figure in found.values())
