"""Files of funds and what they report: out, edited, in, and taken back."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client

from codi.accounts.models import Role
from codi.imports import UPLOADS, services, undoing
from codi.imports.models import ImportBatch
from tests import world as build
from tests.imports.conftest import saved, xlsx
from tests.welfare.rows import scale, stored_fund
from welfare.models import Benefit, FundIndicators, FundReview, FundStatus, WelfareFund

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 8, 13)
NOON = dt.datetime(2021, 8, 13, 5, tzinfo=dt.UTC)
QUARTER = ["รหัสกองทุน", "ปีงบประมาณ", "ไตรมาส", "วันที่รายงาน"]


@pytest.fixture
def w(tmp_path: Path, settings: Any) -> build.World:
    settings.MEDIA_ROOT = tmp_path / "media"
    w = build.world()
    build.subdistrict()
    return w


def send(w: build.World, kind: str, content: bytes) -> ImportBatch:
    return services.upload_file(
        kind=kind, content=content, file_name="กองทุน.xlsx", actor=w.officer, today=TODAY
    )


def confirm(w: build.World, batch: ImportBatch) -> ImportBatch:
    return services.confirm(batch=batch, actor=w.officer, today=TODAY)


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.new_count, batch.changed_count, batch.same_count, batch.error_count


def wrong(batch: ImportBatch) -> list[tuple[str, str]]:
    return [(error[0], error[-1]) for row in batch.rows.all() for error in row.errors]


def taken_out(w: build.World, kind: str) -> openpyxl.Workbook:
    client = Client()
    client.force_login(w.officer)
    with time_machine.travel(NOON, tick=False):
        answer = client.get(f"/imports/rows/{kind}/")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]


def column(book: openpyxl.Workbook, title: str) -> Any:
    """The first data cell below a heading."""
    sheet = book.worksheets[0]
    for line in sheet.iter_rows():
        for cell in line:
            if str(cell.value or "").split("\n")[0].rstrip(" *") == title:
                return sheet.cell(cell.row + 1, cell.column)
    raise LookupError(title)


def test_funds_come_in_go_out_and_are_taken_back(w):
    """Wrong if a fund lost its place or day on the way, or a mistaken file could not be taken back."""
    heads = ["รหัสกองทุน", "ชื่อกองทุน", "จังหวัด", "อำเภอ/เขต", "ตำบล/แขวง", "วันที่จัดตั้ง"]
    good = ["WF-9", "กองทุนตำบลศรีภูมิ", "เชียงใหม่", "เมือง", "ศรีภูมิ", "1 พ.ค. 53"]
    lost = ["WF-10", "กองทุนไร้จังหวัด", "", "", "", "1 พ.ค. 70"]
    batch = send(w, "funds", xlsx(heads, good, lost))
    assert counts(batch) == (1, 0, 0, 1)
    batch = confirm(w, send(w, "funds", xlsx(heads, good)))
    fund = WelfareFund.objects.get(code="WF-9")
    assert (fund.founded_on, fund.subdistrict_id) == (dt.date(2010, 5, 1), "500101")
    assert counts(send(w, "funds", saved(taken_out(w, "funds")))) == (0, 0, 1, 0)
    undoing.undo(batch=batch, actor=w.officer, reason="ส่งผิดไฟล์", today=TODAY)
    assert not WelfareFund.objects.exists()


def test_statuses_are_judged_row_by_row_and_go_round(w):
    """Wrong if a fall, a strange code or too many members passed the preview, or a sheet changed."""
    fund = stored_fund(w, code="WF-1")
    stored_fund(w, code="WF-2")
    FundStatus.objects.create(
        fund=fund, fiscal_year=2564, quarter=3, reported_on=dt.date(2021, 6, 1),
        from_members_baht=Decimal(500),
    )  # fmt: skip
    heads = [
        *QUARTER,
        "สมาชิกทั้งหมด (คน)",
        "คนวัยทำงาน (คน)",
        "[6] เงินจากสมาชิก (บาท)",
        "เหตุผลที่ยอดลดลง",
    ]
    day = "10 ส.ค. 64"
    batch = send(
        w,
        "fund-statuses",
        xlsx(
            heads,
            ["WF-1", "2564", "4", day, "10", "5", "499", ""],
            ["WF-2", "2564", "4", day, "10", "11", "1", ""],
            ["WF-77", "2564", "4", day, "10", "5", "1", ""],
            ["WF-2", "2565", "1", day, "10", "5", "1", ""],
        ),
    )
    assert [column for column, _told in wrong(batch)] == [
        "correction_reason", "member_count", "fund", "reported_on",
    ]  # fmt: skip
    good = xlsx(
        heads,
        ["WF-1", "2564", "4", day, "10", "5", "499", "นับซ้ำ"],
        ["WF-2", "2564", "4", day, "10", "5", "1", ""],
    )
    batch = confirm(w, send(w, "fund-statuses", good))
    assert FundStatus.objects.filter(quarter=4, member_count=10).count() == 2
    assert counts(send(w, "fund-statuses", good)) == (0, 0, 2, 0)
    book = taken_out(w, "fund-statuses")
    assert counts(send(w, "fund-statuses", saved(book))) == (0, 0, 3, 0)
    undoing.undo(batch=batch, actor=w.officer, reason="ส่งผิดไฟล์", today=TODAY)
    assert list(FundStatus.objects.values_list("quarter", flat=True)) == [3]


def test_benefits_indicators_and_reviews_come_in(w):
    """Wrong if kinds exceeded the report, a claim passed without its file, or a grade was not given."""
    fund = stored_fund(w, code="WF-1")
    FundStatus.objects.create(
        fund=fund, fiscal_year=2564, quarter=4, reported_on=dt.date(2021, 8, 1),
        beneficiary_count=3, benefit_baht=Decimal(900),
    )  # fmt: skip
    kinds = ["รหัสกองทุน", "ปีงบประมาณ", "ไตรมาส", "ประเภทสวัสดิการ", "ผู้รับ (คน)", "จ่าย (บาท)"]
    batch = send(
        w,
        "fund-benefits",
        xlsx(
            kinds,
            ["WF-1", "2564", "4", "เสียชีวิต", "1", "600"],
            ["WF-1", "2564", "4", "เกิด", "2", "300"],
        ),
    )
    confirm(w, batch)
    assert Benefit.objects.get(kind="death").paid_baht == Decimal(600)
    head = "1.1 จัดทำรายงานประจำปี"
    claim = xlsx([*QUARTER, head], ["WF-1", "2564", "4", "10 ส.ค. 64", "ใช่"])
    assert [column for column, _told in wrong(send(w, "fund-indicators", claim))] == ["indicator_1"]
    old = xlsx([*QUARTER, head], ["WF-1", "2562", "4", "10 ส.ค. 62", "ใช่"])
    confirm(w, send(w, "fund-indicators", old))
    assert FundIndicators.objects.get().indicator_1
    scale()
    heads = ["รหัสกองทุน", "ปีงบประมาณ", "วันที่สอบทาน", "คะแนน (ร้อยละ)", "ระดับความเสี่ยง"]
    confirm(
        w, send(w, "fund-reviews", xlsx(heads, ["WF-1", "2564", "10 ส.ค. 64", "61.5", "เสี่ยงสูง"]))
    )
    review = FundReview.objects.get()
    assert (review.grade, review.risk, review.score_pct) == ("B", "high", Decimal("61.5"))
    for kind in ("fund-indicators", "fund-reviews"):
        assert counts(send(w, kind, saved(taken_out(w, kind)))) == (0, 0, 1, 0)


def test_a_file_reaches_no_fund_of_another_region(w):
    """Wrong if a code in a file showed or changed what another region's fund reports."""
    province = build.province("90", "สงขลา", "S")
    far = stored_fund(
        w, code="WF-S", region=province.region, province=province, district=None, subdistrict=None
    )
    FundStatus.objects.create(
        fund=far, fiscal_year=2564, quarter=4, reported_on=dt.date(2021, 8, 1), member_count=777
    )
    batch = send(
        w, "fund-statuses",
        xlsx([*QUARTER, "สมาชิกทั้งหมด (คน)"], ["WF-S", "2564", "4", "10 ส.ค. 64", "1"]),
    )  # fmt: skip
    assert counts(batch) == (0, 0, 0, 1)
    assert "777" not in str([row.changes for row in batch.rows.all()])
    assert not UPLOADS["fund-statuses"].can_upload(build.user(Role.ANALYST, scope_level="nation"))


def test_a_file_of_reviews_stops_funds_and_gives_them_back(w):
    """Wrong if a file left a fund working that it found stopped, or stopped after it was taken back."""
    scale()
    funds = [stored_fund(w, code=f"WF-{number}") for number in (1, 2)]
    heads = ["รหัสกองทุน", "ปีงบประมาณ", "วันที่สอบทาน", "พบว่าหยุดดำเนินการ", "ระดับ"]

    def stops() -> list[dt.date | None]:
        rows = WelfareFund.objects.filter(pk__in=[one.pk for one in funds])
        return list(rows.order_by("code").values_list("stopped_on", flat=True))

    found = [
        ["WF-1", "2564", "10 ส.ค. 64", "ใช่", ""],
        ["WF-2", "2564", "10 ส.ค. 64", "", "A"],
    ]
    day = dt.date(2021, 8, 10)
    batch = confirm(w, send(w, "fund-reviews", xlsx(heads, *found)))
    assert stops() == [day, None]
    undoing.undo(batch=batch, actor=w.officer, reason="ส่งผิดไฟล์", today=TODAY)
    assert stops() == [None, None]
    assert not FundReview.objects.exists()
    confirm(w, send(w, "fund-reviews", xlsx(heads, *found)))
    other = ["WF-1", "2564", "10 ส.ค. 64", "ไม่ใช่", "B"]
    batch = confirm(w, send(w, "fund-reviews", xlsx(heads, other)))
    assert stops() == [None, None]
    undoing.undo(batch=batch, actor=w.officer, reason="ส่งผิดไฟล์", today=TODAY)
    assert stops() == [day, None]
