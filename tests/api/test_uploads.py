"""Spreadsheets by program: upload, read what it would do, check again, discard, take back."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from codi.imports.models import ImportBatch
from programs.models import Organisation, OrganisationKind
from tests.api.conftest import Program, body_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    """A folder of this test's own."""
    settings.MEDIA_ROOT = tmp_path


def sheet(*rows: dict[str, str], name: str = "องค์กร.csv") -> SimpleUploadedFile:
    """Rows as a csv file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode("utf-8-sig"), "text/csv")


def group(name: str, **more: str) -> dict[str, str]:
    return {"name": name, "kind": OrganisationKind.COMMUNITY.label, "province": "เชียงใหม่"} | more


def sent(program: Program, *rows: dict[str, str], key: str = ""):
    return program.send("import-batches/", {"kind": "organisations", "file": sheet(*rows)}, key)


def test_a_file_is_uploaded_read_and_thrown_away(w):
    """Wrong if an upload wrote anything, or a program could not see row by row what it would do."""
    officer = Program(w.officer)
    rows = (
        group("กลุ่มใหม่"),
        group(w.organisation.name, kind=OrganisationKind.NETWORK.label),
        group("", province="กรุงเก่า"),
    )
    first = sent(officer, *rows, key="k")
    assert first.status_code == 201, first.content
    batch = body_of(first)
    assert (batch["state"], batch["new_count"], batch["error_count"]) == ("previewed", 1, 1)
    assert sent(officer, *rows, key="k").content == first.content
    assert sent(officer, group("อื่น"), key="k").status_code == 422
    assert ImportBatch.objects.count() == 1
    wrong = body_of(officer.get("import-rows/", {"batch": batch["id"], "status": "error"}))
    (row,) = wrong["results"]
    assert (row["number"], {error["column"] for error in row["errors"]}) == (
        4,
        {"name", "province"},
    )
    told = body_of(officer.get("import-rows/", {"batch": batch["id"], "size": 1, "sort": "number"}))
    assert (told["count"], told["results"][0]["label"]) == (3, "กลุ่มใหม่")
    new = {change["column"]: change["new"] for change in told["results"][0]["changes"]}
    assert new["name"] == "กลุ่มใหม่"
    assert officer.get(f"import-batches/{batch['id']}/errors/xlsx/").status_code == 200
    address = f"import-batches/{batch['id']}/"
    Organisation.objects.create(name="กลุ่มใหม่", kind="community", region_id="N", province_id="50")
    checked = officer.post(f"{address}check-again/")
    assert (checked.status_code, body_of(checked)["same_count"]) == (200, 2), checked.content
    assert body_of(checked)["fingerprint"] != batch["fingerprint"]
    assert Program(w.manager).post(f"{address}discard/").status_code == 403
    assert body_of(officer.post(f"{address}discard/"))["state"] == "discarded"
    assert officer.post(f"{address}check-again/").status_code == 403
    assert Organisation.objects.count() == 2


def test_another_kind_and_another_file_are_refused(w):
    """Wrong if a program could upload what its person may not, or a file that is none."""
    officer = Program(w.officer)
    file = sheet(group("ก"))
    assert (
        body_of(officer.send("import-batches/", {"kind": "x", "file": file}))["errors"][0]["field"]
        == "kind"
    )
    assert (
        Program(w.analyst)
        .send("import-batches/", {"kind": "organisations", "file": file})
        .status_code
        == 403
    )
    broken = SimpleUploadedFile("a.xlsx", b"PK\x03\x04 no workbook", "application/zip")
    answer = officer.send("import-batches/", {"kind": "organisations", "file": broken})
    assert (answer.status_code, body_of(answer)["errors"][0]["code"][:8]) == (409, "imports-")
    assert not ImportBatch.objects.exists()


def test_what_is_written_is_what_was_read(w):
    """Wrong if a program wrote another preview than it confirmed, or a stale one without a word."""
    officer = Program(w.officer)
    batch = body_of(sent(officer, group("กลุ่มหนึ่ง"), group("กลุ่มสอง")))
    address = f"import-batches/{batch['id']}/"
    mine = {"fingerprint": batch["fingerprint"]}
    assert officer.post(f"{address}confirm/", {}).status_code == 400
    other = officer.post(f"{address}confirm/", {"fingerprint": "0" * 64})
    assert (other.status_code, body_of(other)["code"]) == (412, "imports-moved")
    Organisation.objects.create(name="กลุ่มหนึ่ง", kind="community", region_id="N", province_id="50")
    stale = officer.post(f"{address}confirm/", mine)
    assert (stale.status_code, body_of(stale)["code"]) == (412, "imports-stale")
    fresh = body_of(officer.get(address))
    # The new preview that the service made stayed, though the request was refused.
    assert (fresh["state"], fresh["new_count"], fresh["same_count"]) == ("previewed", 1, 1)
    assert fresh["fingerprint"] != batch["fingerprint"]
    key = str(uuid.uuid4())
    body = {"fingerprint": fresh["fingerprint"]}
    done = [officer.post(f"{address}confirm/", body, key) for _ in range(2)]
    assert [body_of(answer)["state"] for answer in done] == ["confirmed", "confirmed"]
    assert Organisation.objects.filter(name="กลุ่มสอง").count() == 1
    assert officer.post(f"{address}undo/", {}).status_code == 400
    back = officer.post(f"{address}undo/", {"reason": "ผิดไฟล์"})
    assert (back.status_code, body_of(back)["state"]) == (200, "undone"), back.content
    assert not Organisation.objects.filter(name="กลุ่มสอง").exists()
