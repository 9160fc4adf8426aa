"""Uploads of projects and payments: the reference sheet as it stands, and what is wrong with others."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import uuid
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from codi.imports import Hands, Status, services
from codi.imports.declared import UPLOADS
from codi.places.models import Province
from finance import services as finance
from finance.models import Instalment, LedgerEntry
from programs import services as programs
from programs.models import Organisation, OrganisationKind, Project, ProjectStatus
from tests import north
from tests import world as build
from tests.ui.page import Tree

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 8, 13)


@pytest.fixture(autouse=True)
def _media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def w() -> build.World:
    w = build.world()
    for name, code in north.PROVINCES.items():
        build.province(code, name)
    for province in Province.objects.all():
        province.save()
    return w


def sheet(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def plan_of(w, rows, kind="projects", actor=None):
    return services.make_plan(
        UPLOADS[kind], content=sheet(rows), file_name="a.csv", actor=actor or w.officer, today=TODAY
    )


def store(w, rows, kind="projects", maker=None, checker=None):
    return services.import_now(
        kind=kind,
        content=sheet(rows),
        file_name="a.csv",
        hands=Hands(maker or w.officer, checker or w.finance),
        today=TODAY,
    )


def messages(plan) -> dict[int, list[tuple[str, str]]]:
    return {
        row.number: [(e.column, e.message) for e in row.errors] for row in plan.rows if row.errors
    }


def test_the_reference_sheet_as_it_stands(w):
    """Wrong if the 18 projects of the report came in with another satang."""
    plan = plan_of(w, north.rows())
    assert messages(plan) == {}
    assert plan.count(Status.NEW) == 18
    store(w, north.rows())
    assert Project.objects.count() == 18
    assert Project.objects.aggregate(s=Sum("approved_baht"))["s"] == Decimal(15635880)
    assert LedgerEntry.objects.aggregate(s=Sum("net_baht"))["s"] == Decimal(15635880)
    regional = Project.objects.get(level="region")
    assert (regional.province, regional.region.pk) == (None, "N")
    assert str(regional.endorsed_meeting) == "ครั้งที่ 1/2564 วันที่ 22 ธ.ค. 63"
    assert {p.approved_by for p in Project.objects.all()} == {w.finance}
    assert {p.status for p in Project.objects.all()} == {ProjectStatus.UNDER_WAY}


def test_the_same_file_again_changes_nothing(w):
    """Wrong if a re-import wrote a row or an event."""
    store(w, north.rows())
    events = Project.events.rel.related_model if hasattr(Project.events, "rel") else None
    before = (
        LedgerEntry.objects.count(),
        Instalment.objects.count(),
        Project.objects.get(code="NL2564-0001").version,
    )
    plan = plan_of(w, north.rows())
    assert (plan.count(Status.SAME), plan.is_empty) == (18, True)
    assert events is None or events.objects.count() >= 18
    assert before == (
        LedgerEntry.objects.count(),
        Instalment.objects.count(),
        Project.objects.get(code="NL2564-0001").version,
    )


def test_instalment_two_comes_with_a_later_file(w):
    """Wrong if a second file could not add the transfers that the first did not know."""
    rows = north.rows()
    early = [{**row, "instalment2_transferred_on": ""} for row in rows]
    store(w, early)
    assert LedgerEntry.objects.aggregate(s=Sum("net_baht"))["s"] == Decimal(10921966)
    plan = plan_of(w, rows)
    assert plan.count(Status.CHANGED) == 18
    store(w, rows)
    assert LedgerEntry.objects.count() == 36
    assert LedgerEntry.objects.aggregate(s=Sum("net_baht"))["s"] == Decimal(15635880)


def test_all_errors_at_once_by_row_and_cell(w):
    """Wrong if a person had to upload again and again to find the next mistake."""
    rows = north.rows()[:6]
    rows[0]["province"] = "เชียงไหม่"
    rows[1]["approved_baht"] = "1.234"
    rows[2]["instalment1_baht"] = "900000"
    rows[3]["meeting"] = "เมื่อวานนี้"
    rows[4]["instalment1_transferred_on"] = "2021-01-01"
    rows[5]["approved_on"] = "30 ก.พ. 64"
    found = messages(plan_of(w, rows))
    assert {number: {column for column, _ in errors} for number, errors in found.items()} == {
        2: {"province"},
        3: {"approved_baht"},
        4: {"instalment1_baht"},
        5: {"meeting"},
        6: {"instalment1_transferred_on"},
        7: {"approved_on"},
    }
    assert Project.objects.count() == 0


def test_frame_too_small_blames_the_rows_that_do_not_fit(w):
    """Wrong if the file failed as a whole without saying which rows pass the frame."""
    frame = w.frames["province"]
    frame.allocated_baht = Decimal(2_400_000)
    frame.save()
    found = messages(plan_of(w, north.rows()[:3]))
    assert [column for column, _ in found[4]] == ["approved_baht"]
    assert "99,500" in found[4][0][1]
    assert list(found) == [4]


def test_another_regions_province_is_refused(w):
    """Wrong if an officer could bring projects into another region."""
    build.province("30", "นครราชสีมา", "NE").save()
    row = {**north.rows()[0], "province": "นครราชสีมา"}
    assert "province" in {column for column, _ in messages(plan_of(w, [row]))[2]}


def test_maker_of_a_file_with_transfers_cannot_confirm_it(w):
    """Wrong if one person alone could approve and pay by a spreadsheet."""
    batch = services.upload_file(
        kind="projects",
        content=sheet(north.rows()),
        file_name="a.csv",
        actor=w.officer,
        today=TODAY,
    )
    assert batch.checker_roles == ["finance_officer"]


PAYMENT = {
    "รหัสโครงการ": "NL2564-0001",
    "งวดที่": "๑",
    "จำนวนเงิน (บาท)": "๑๐๐,๐๐๐.๕๐ บาท",
    "วันที่มีผล": "25 ก.พ. 64",
    "เลขที่เอกสาร": "ฎ. 1/2564",
}


def project_links(client, address: str) -> set[str]:
    found = {link["href"] for link in Tree(client.get(address).text).all("a")}
    return {href for href in found if re.fullmatch(r"/projects/\d+/", href)}


@pytest.mark.parametrize("count", [1, 3, 18])
def test_written_file_leads_to_its_projects(w, client, count, django_assert_num_queries):
    """Wrong if a person had to search for what the file made, or each row asked anew.

    Two queries ask for the officer's unread news.
    """
    rows = [{**row, "code": ""} for row in north.rows()[:count]]
    batch = services.upload_file(
        kind="projects", content=sheet(rows), file_name="a.csv", actor=w.officer, today=TODAY
    )
    address = f"/imports/{batch.pk}/"
    client.force_login(w.officer)
    assert project_links(client, address) == set()
    services.send_for_confirmation(batch=batch, actor=w.officer)
    services.confirm(batch=batch, actor=w.finance, today=TODAY)
    with django_assert_num_queries(9):
        links = project_links(client, address)
    assert links == {f"/projects/{pk}/" for pk in Project.objects.values_list("pk", flat=True)}
    stranger = build.user(region=build.region("S", "ภาคใต้", 5))
    assert UPLOADS["projects"].pages([row.to_dict() for row in batch.rows.all()], stranger) == {}


def test_payments_with_thai_headings_and_digits(w):
    """Wrong if a payment as people write it came in differently, or twice on re-import."""
    made = build.project(w, plan=(700_000, 300_000))
    row = {**PAYMENT, "รหัสโครงการ": made.code}
    store(w, [row], "payments", w.finance, w.finance)
    assert LedgerEntry.objects.get().amount_baht == Decimal("100000.50")
    assert plan_of(w, [row], "payments", w.finance).count(Status.SAME) == 1


@pytest.mark.parametrize(
    ("corrected", "blamed", "old"),
    [
        ({"จำนวนเงิน (บาท)": "110000"}, ["amount_baht"], "เดิม “100,000.50”"),
        ({"วันที่มีผล": "26 ก.พ. 64"}, ["effective_on"], "เดิม “25 ก.พ. 64”"),
        ({"จำนวนเงิน (บาท)": "9", "เลขที่เอกสาร": "ฎ.๑/2564"}, ["amount_baht"], "เดิม “100,000.50”"),
    ],
)
def test_a_row_corrected_after_its_file_was_confirmed_is_not_booked_again(
    w, corrected, blamed, old
):
    """Wrong if mending a typo and sending the file again paid a second time, or did not say what to do."""
    made = build.project(w, plan=(700_000, 300_000))
    row = {**PAYMENT, "รหัสโครงการ": made.code}
    store(w, [row], "payments", w.finance, w.finance)
    found = messages(plan_of(w, [row | corrected], "payments", w.finance))
    assert [column for column, _ in found[2]] == blamed
    assert old in found[2][0][1]
    assert "กลับรายการที่หน้าของรายการนั้น" in found[2][0][1]
    other = [
        row | corrected | {"งวดที่": "2"},
        row | {"เลขที่เอกสาร": "ฎ. 2/2564", "วันที่มีผล": "1 มี.ค. 64"},
    ]
    assert plan_of(w, other, "payments", w.finance).count(Status.NEW) == 2
    finance.reverse_entry(
        actor=w.finance, entry=LedgerEntry.objects.get(), effective_on=TODAY, note="ผิด", request_key=uuid.uuid4(), today=TODAY,
    )  # fmt: skip
    assert plan_of(w, [row | corrected], "payments", w.finance).count(Status.NEW) == 1


def test_a_payment_that_differs_from_a_booked_one_by_its_document_alone_is_warned_of(w, client):
    """Wrong if a corrected document number paid twice without a word, or the page hid the warning."""
    made = build.project(w, plan=(700_000, 300_000))
    row = {**PAYMENT, "รหัสโครงการ": made.code}
    store(w, [row], "payments", w.finance, w.finance)
    told = []
    for sent in ([row], [row, row | {"เลขที่เอกสาร": "ฎ. 7/2564"}]):
        batch = services.upload_file(
            kind="payments", content=sheet(sent), file_name="a.csv", actor=w.finance, today=TODAY
        )
        told.append((batch.new_count, batch.error_count, batch.warnings))
    assert told[0] == (0, 0, [])
    assert told[1][:2] == (1, 0)
    [warning] = told[1][2]
    assert warning.startswith("แถว 3: มีรายการที่บันทึกบัญชีแล้ว")
    client.force_login(w.finance)
    assert warning in client.get(f"/imports/{batch.pk}/").text


def test_payments_beyond_the_instalment_are_refused_by_row(w):
    """Wrong if rows that together overspend passed the preview."""
    made = build.project(w, plan=(700_000, 300_000))
    rows = [
        {**PAYMENT, "รหัสโครงการ": made.code, "จำนวนเงิน (บาท)": "400000", "เลขที่เอกสาร": f"ฎ. {n}"}
        for n in (1, 2)
    ]
    found = messages(plan_of(w, rows, "payments", w.finance))
    assert list(found) == [3]
    assert "300,000" in found[3][0][1]


def test_returns_before_their_payment_are_refused_by_row(w):
    """Wrong if the preview passed what only the confirmation refused: money back before it went."""
    project = build.project(w, plan=(700_000, 300_000))
    build.pay(w, project.instalments.first(), 700_000, on=dt.date(2021, 2, 25))

    def row(kind: str, on: str, baht: str) -> dict[str, str]:
        return {
            "code": project.code,
            "instalment": "1",
            "kind": kind,
            "amount_baht": baht,
            "effective_on": on,
            "document_number": f"ค. {on} {baht}",
        }

    rows = [
        row("คืนงบ", "24 ก.พ. 64", "1000"),
        row("คืนงบ", "1 เม.ย. 64", "200000"),
        row("คืนงบ", "26 ก.พ. 64", "500001"),
        row("เบิกจ่าย", "30 มี.ค. 64", "1"),
        row("เบิกจ่าย", "2 เม.ย. 64", "200000"),
    ]
    found = messages(plan_of(w, rows, "payments", w.finance))
    assert {number: [column for column, _ in errors] for number, errors in found.items()} == {
        2: ["effective_on"],
        4: ["amount_baht"],
        5: ["effective_on"],
    }
    assert "24 กุมภาพันธ์ 2564 คืนได้ไม่เกิน 0 บาท" in found[2][0][1]
    store(w, [rows[1], rows[4]], "payments", w.finance, w.finance)
    assert LedgerEntry.objects.aggregate(net=Sum("net_baht"))["net"] == 700_000


def test_payments_of_a_cancelled_project_are_refused_by_row(w):
    """Wrong if the preview promised a row that confirming must refuse."""
    made = build.project(w, plan=(700_000, 300_000))
    programs.cancel_project(actor=w.manager, project=made, reason="เลิก", today=TODAY)
    row = {**PAYMENT, "รหัสโครงการ": made.code}
    found = messages(plan_of(w, [row], "payments", w.finance))
    assert [column for column, _ in found[2]] == ["code"]
    assert "ยกเลิก" in found[2][0][1]


def test_preview_names_the_kind_of_an_entry_in_thai(w):
    """Wrong if the preview showed the stored code of a choice."""
    made = build.project(w, plan=(700_000, 300_000))
    row = {**PAYMENT, "รหัสโครงการ": made.code, "ประเภทรายการ": "เบิกจ่าย"}
    planned = plan_of(w, [row], "payments", w.finance).rows[0]
    assert [change.new for change in planned.changes if change.column == "kind"] == ["เบิกจ่าย"]


def test_command_prints_every_error_and_writes_nothing(w, tmp_path, capsys):
    """Wrong if the command half wrote a file or hid an error."""
    rows = north.rows()
    rows[0]["province"], rows[5]["approved_baht"] = "เชียงไหม่", "abc"
    file = tmp_path / "bad.csv"
    file.write_bytes(sheet(rows))
    with pytest.raises(CommandError):
        call_command("import_data", "projects", str(file))
    printed = capsys.readouterr().err
    assert "แถว 2" in printed
    assert "แถว 7" in printed
    assert Project.objects.count() == 0


def test_command_imports_the_reference_sheet(w, tmp_path):
    """Wrong if the command needed more than the kind and the file."""
    file = tmp_path / "projects.csv"
    file.write_bytes(north.DATA.read_bytes())
    call_command("import_data", "projects", str(file))
    call_command("import_data", "projects", str(file))
    assert Project.objects.count() == 18
    assert LedgerEntry.objects.count() == 36


def test_organisation_on_record_is_found_again(w):
    """Wrong if a spelling with other blanks made a second organisation."""
    Organisation.objects.create(
        name="เครือข่ายองค์กร ชุมชน จังหวัดเพชรบูรณ์", kind=OrganisationKind.NETWORK,
        region=build.region(), province=Province.objects.get(pk="67"),
    )  # fmt: skip
    store(w, [row for row in north.rows() if row["province"] == "เพชรบูรณ์"])
    assert Organisation.objects.filter(province="67").count() == 1
