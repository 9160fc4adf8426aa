"""A fault in any view: a Thai page with a code, and nothing of the inside."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from tests.security.country import Country
from tests.security.rights import ROWS, Row

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
