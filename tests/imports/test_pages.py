"""The pages of uploads, from the empty form to the confirmed file."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from codi.accounts.models import User
from codi.imports import services
from codi.imports.models import BatchState, ImportBatch
from tests.imports.conftest import PEOPLE, TODAY, csv_of

pytestmark = pytest.mark.django_db
HEAD = ("ชื่อผู้ใช้", "ชื่อ-สกุล", "อีเมล")
WRONG = csv_of(HEAD, ("anong", "อนงค์", ""), ("", "=คนนอก()", ""), ("b", "คนนอก", ""))


def take(actor: User, content: bytes = PEOPLE, kind: str = "people") -> ImportBatch:
    return services.upload_file(
        kind=kind, content=content, file_name="คน.csv", actor=actor, today=TODAY
    )


def press(client: Client, batch: ImportBatch) -> Any:
    """Confirm with the preview that the person has before them."""
    batch.refresh_from_db()
    return client.post(f"/imports/{batch.pk}/confirm/", {"seen": batch.fingerprint}, follow=True)


def send(client: Client, content: bytes, name: str = "คน.csv", kind: str = "people") -> Any:
    return client.post(
        "/imports/new/", {"kind": kind, "file": SimpleUploadedFile(name, content)}, follow=True
    )


def test_from_file_to_records(client: Client, officer: User) -> None:
    """Would be wrong: something written before the button, or nothing after it."""
    client.force_login(officer)
    page = send(client, PEOPLE)
    text = page.content.decode()
    assert page.redirect_chain[0][0] == f"/imports/{ImportBatch.objects.get().pk}/"
    assert "ยืนยันนำเข้า 2 แถว" in text
    assert "อนงค์ ใจดี" in text
    assert not User.objects.filter(username="anong").exists()
    batch = ImportBatch.objects.get()
    assert f'name="seen" value="{batch.fingerprint}"' in text
    done = press(client, batch)
    assert "นำเข้าข้อมูลแล้วทั้งไฟล์" in done.content.decode()
    assert User.objects.filter(username="anong").exists()


def test_errors_are_shown_by_row_and_come_back_as_a_file(client: Client, officer: User) -> None:
    """Would be wrong: "row 3 is bad" without saying what to do, or a formula in what we send back."""
    client.force_login(officer)
    text = send(client, WRONG).content.decode()
    batch = ImportBatch.objects.get()
    assert "ยังไม่ได้กรอกชื่อผู้ใช้" in text
    assert "ไม่รู้จักคนนี้ กรุณาตรวจชื่อ" in text
    assert "ยังมี 2 แถวต้องแก้ไข" in text
    only = client.get(f"/imports/{batch.pk}/?status=error").content.decode()
    assert "อนงค์" not in only
    answer = client.get(f"/imports/{batch.pk}/errors/")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    rows = list(book.worksheets[0].values)
    assert rows[0] == ("ชื่อผู้ใช้", "ชื่อ-สกุล", "อีเมล", "แถวในไฟล์เดิม", "สิ่งที่ต้องแก้ไข")
    assert [row[3] for row in rows[1:]] == ["3", "4"]
    assert rows[1][1] == "'=คนนอก()"
    assert not any(cell.data_type == "f" for row in book.worksheets[0] for cell in row)
    assert rows[2][4] == "ชื่อ-สกุล: ไม่รู้จักคนนี้ กรุณาตรวจชื่อ"


@pytest.mark.parametrize(
    ("content", "name", "text"),
    [
        (b"", "f.csv", "ไฟล์ว่างเปล่า"),
        (b"PK broken", "f.xlsx", "ไฟล์เสีย"),
        (b"x,y\r\n1,2", "f.csv", "ไม่พบหัวตารางที่รู้จัก"),
        (b"x", "f.pdf", "รับเฉพาะไฟล์ .xlsx และ .csv"),
    ],
)
def test_unreadable_files_are_told_on_the_form(
    client: Client, officer: User, content: bytes, name: str, text: str
) -> None:
    """Would be wrong: an error page for a wrong file."""
    client.force_login(officer)
    page = send(client, content, name)
    assert page.status_code == 200
    assert text in page.content.decode()
    assert ImportBatch.objects.count() == 0


def test_second_person_confirms_or_sends_back(client: Client, officer: User, manager: User) -> None:
    """Would be wrong: a maker's own press that counts, or a refusal without a reason."""
    first, second = (take(officer, kind="checked") for _ in range(2))
    client.force_login(officer)
    for batch in (first, second):
        assert client.post(f"/imports/{batch.pk}/confirm/").status_code == 403
        client.post(f"/imports/{batch.pk}/send/")
    again = client.post(f"/imports/{first.pk}/send/", follow=True).content.decode()
    assert "ไฟล์นี้ไม่อยู่ในขั้นส่งให้ผู้ยืนยัน" in again
    assert "ผู้ส่งไฟล์ยืนยันไฟล์ของตนเองไม่ได้" in client.get(f"/imports/{first.pk}/").content.decode()
    client.force_login(manager)
    home = client.get("/").content.decode()
    assert "ไฟล์นำเข้าที่รอท่านยืนยัน" in home
    empty = client.post(f"/imports/{first.pk}/refuse/", {"reason": ""}).content.decode()
    assert "ยังไม่ได้กรอกเหตุผลที่ไม่อนุมัติ" in empty
    client.post(f"/imports/{first.pk}/refuse/", {"reason": "ยอดไม่ตรง"})
    press(client, second)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.refusal_reason) == (BatchState.REFUSED, "ยอดไม่ตรง")
    assert (second.state, second.confirmed_by) == (BatchState.CONFIRMED, manager)
    assert "ยอดไม่ตรง" in client.get(f"/imports/{first.pk}/").content.decode()


def test_data_that_moved_is_told_and_checked_again(client: Client, officer: User) -> None:
    """Would be wrong: a dead end after somebody else was faster."""
    batch = take(officer)
    User.objects.create(username="anong", full_name="คนอื่น", role="analyst", scope_level="nation")
    client.force_login(officer)
    told = press(client, batch).content.decode()
    assert "ข้อมูลเปลี่ยนไปหลังตรวจ ระบบตรวจให้ใหม่แล้ว" in told
    assert "<del>คนอื่น</del>" in told
    assert "นำเข้าข้อมูลแล้ว" in press(client, batch).content.decode()


def test_double_press_writes_once(client: Client, officer: User) -> None:
    """Would be wrong: an error page for a second press."""
    batch = take(officer)
    client.force_login(officer)
    press(client, batch)
    told = press(client, batch)
    assert "ไฟล์นี้ไม่อยู่ในขั้นรอนำเข้า" in told.content.decode()
    assert User.objects.filter(username="anong").count() == 1


def test_other_regions_get_404_and_wrong_roles_403(
    client: Client, officer: User, manager: User, stranger: User
) -> None:
    """Would be wrong: another region's rows by typing the number of the file."""
    batch = take(officer, WRONG)
    client.force_login(stranger)
    for part in ("", "errors/"):
        assert client.get(f"/imports/{batch.pk}/{part}").status_code == 404
    for part in ("confirm/", "send/", "check-again/", "refuse/", "discard/"):
        assert client.post(f"/imports/{batch.pk}/{part}").status_code == 404
    client.force_login(manager)
    for part in ("confirm/", "send/", "check-again/", "refuse/", "discard/"):
        assert client.post(f"/imports/{batch.pk}/{part}").status_code == 403
    assert client.get("/imports/template/people/").status_code == 403
    assert (
        "ไม่อยู่ในรายการ" in send(client, PEOPLE).content.decode()
        or "ใช้ไม่ได้" in send(client, PEOPLE).content.decode()
    )
    assert ImportBatch.objects.count() == 1


def test_template_has_the_headings_and_can_be_sent_back(client: Client, officer: User) -> None:
    """Would be wrong: a form of ours that our own reader does not know."""
    client.force_login(officer)
    answer = client.get("/imports/template/people/")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert next(iter(book.worksheets[0].values)) == HEAD
    sheet: Any = book.worksheets[0]
    sheet.append(["anong", "อนงค์", None])
    stream = io.BytesIO()
    book.save(stream)
    assert "ยืนยันนำเข้า 1 แถว" in send(client, stream.getvalue(), "แบบฟอร์ม.xlsx").content.decode()
    assert client.get("/imports/template/nothing/").status_code == 404


@pytest.mark.parametrize("count", [1, 3, 30])
def test_list_has_a_constant_number_of_queries(client: Client, officer: User, count: int) -> None:
    """Would be wrong: a list that asks once per file, or loads every preview."""
    stored = take(officer)
    copies = []
    for number in range(1, count):
        copy = ImportBatch.objects.get(pk=stored.pk)
        copy.pk, copy.file_path = None, f"{stored.file_path}-{number}"
        copies.append(copy)
    ImportBatch.objects.bulk_create(copies)
    client.force_login(officer)
    client.get("/imports/")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/imports/").content.decode()
    assert page.count("คน.csv") >= min(count, 25)
    told = [query["sql"] for query in asked if "notices_notice" not in query["sql"]]
    own = [sql for sql in told if 'FROM "imports_importbatch"' in sql]
    assert len(own) == 2  # the count, the rows
    assert not any('"imports_importbatch"."preview"' in sql for sql in own)
