"""A fault in any view: a Thai page with a code, and nothing of the inside."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from tests.security.place import Country
from tests.security.rights import ROWS
from tests.security.row import Row

pytestmark = pytest.mark.django_db
INSIDE = (
    "Traceback", "ProgrammingError", "accounts_user", "SELECT", "psycopg", "django", "/codi/",
    "site-packages", "relation",
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_fault_says_nothing_of_the_inside(
    row: Row, country: Country, clients: dict[str, Client], caplog: pytest.LogCaptureFixture
):
    """Wrong if a fault showed a trace, a table, a path or a setting, or gave no code that is in the log.

    The table of people goes away under the request, so that every view that asks who is there fails.
    """
    address = row.address(country, "own")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE accounts_user RENAME TO accounts_gone")
        response = clients["O"].get(address)
        text = response.content.decode()
        transaction.set_rollback(True)
    assert response.status_code == 500
    code = re.search(r"500-[0-9A-F]{8}", text)
    assert code is not None
    assert f"error page {code.group()}: GET" in caplog.text
    assert "ระบบขัดข้อง" in text
    assert not [word for word in (*INSIDE, settings.SECRET_KEY) if word in text]
    assert "<script" not in text


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "คำขอไม่ถูกต้อง"),
        (403, "ทำรายการนี้ไม่ได้"),
        (404, "ไม่พบหน้า"),
        (413, "ใหญ่เกินไป"),
        (429, "พักการเข้าสู่ระบบ"),
    ],
)
def test_every_refusal_has_a_thai_page_and_a_code_in_the_log(
    status: int, words: str, clients: dict[str, Client], caplog: pytest.LogCaptureFixture
):
    """Wrong if a refusal was told in English, or its code led nowhere."""
    caplog.set_level("INFO")
    client, guest = clients["O"], Client(raise_request_exception=False)
    answers = {
        400: lambda: client.get("/projects/", headers={"host": "bad host"}),
        403: lambda: client.get("/users/new/"),
        404: lambda: client.get("/projects/999999999/"),
        413: lambda: client.post("/projects/new/", {f"f{n}": "x" for n in range(5001)}),
        429: lambda: [guest.post("/login/", {"username": "u", "password": "p"}) for _ in range(6)][
            5
        ],
    }
    response = answers[status]()
    text = response.content.decode()
    assert response.status_code == status
    assert words in text
    code = re.search(rf"{status}-[0-9A-F]{{8}}", text)
    assert code is not None
    assert f"error page {code.group()}: " in caplog.text
    assert not [word for word in INSIDE if word in text]


def test_a_body_that_is_too_large_is_told_so(clients: dict[str, Client]):
    """Wrong if a pasted flood were a fault, or were read whole into memory."""
    flood = "a=" + "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    kind = "application/x-www-form-urlencoded"
    response = clients["O"].post("/projects/new/", flood, content_type=kind)
    assert response.status_code == 413
    assert "ใหญ่เกินไป" in response.content.decode()
