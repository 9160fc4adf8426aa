"""Log lines: whatever a person types into an address, one event stays one line."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from codi.jobs.tasks import run_job
from codi.logs import JsonFormatter, job_id, of_job
from tests import world as build


def written(message: str, *values: object, fault: bool = False) -> str:
    """The line that production writes."""
    record = logging.LogRecord(
        "django.request",
        logging.WARNING,
        __file__,
        1,
        message,
        values,
        sys.exc_info() if fault else None,
    )
    return JsonFormatter().format(record)


@pytest.mark.parametrize(
    "end",
    [
        "\n", "\r", "\r\n", "\n\r", "\n\n", "\r\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\x85",
        "\u2028", "\u2029", "\x00\n", "\\n\n", "\x1b[2K\r", "\ufeff\n", "\x7f\n",
    ],
)  # fmt: skip
def test_a_logged_value_cannot_forge_a_second_line(end):
    """Wrong if an address with a line break in it could write what looks like another event."""
    typed = f'/projects/{end}{{"level": "INFO", "message": "ผู้ดูแลเข้าระบบ"}}'
    line = written("Not Found: %s", typed)
    assert line.splitlines() == [line]
    assert json.loads(line)["message"] == f"Not Found: {typed}"


def test_a_traceback_stays_on_its_line():
    """Wrong if a fault, whose text may be anything, broke the log into pieces."""
    try:
        raise ValueError("หนึ่ง\r\nสอง\u2028สาม")
    except ValueError:
        line = written("fault", fault=True)
    assert line.splitlines() == [line]
    assert "หนึ่ง" in json.loads(line)["traceback"]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture):
    """The lines that production would write of what happens in the test."""
    caplog.handler.setFormatter(JsonFormatter())
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.INFO, logger="codi.requests")
    return lambda: [json.loads(line) for line in caplog.text.splitlines()]


@pytest.mark.django_db
def test_a_request_is_one_line_of_numbers(lines, caplog):
    """Wrong if the log named a person, or kept what somebody typed or searched for."""
    w = build.world()
    client = Client()
    client.force_login(w.officer)
    answer = client.get("/projects/", {"q": "สมศรี ใจดี"}, headers={"X-Request-ID": "abcdef-123"})
    assert answer["X-Request-ID"] == "abcdef-123"
    (line,) = [line for line in lines() if line["logger"] == "codi.requests"]
    assert line.pop("ms") > 0
    assert line.pop("time")
    assert line == {
        "level": "INFO", "logger": "codi.requests", "message": "request", "request": "abcdef-123",
        "view": "finance:projects", "method": "GET", "status": 200, "user": w.officer.pk,
    }  # fmt: skip
    for private in ("สมศรี", w.officer.full_name, w.officer.username):
        assert private not in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["a\nb", "x" * 65, "short", "<script>abcdef", "ไทยไทยไทย"])
def test_a_strange_number_of_a_request_is_replaced(given):
    """Wrong if a visitor could write into our log, or into the answer, through the header."""
    client = Client()
    answered = client.get("/login/", headers={"X-Request-ID": given})["X-Request-ID"]
    assert len(answered) == 32
    assert answered.isalnum()


@pytest.mark.django_db
def test_a_failed_login_names_nobody(lines, caplog):
    """Wrong if the log told who tried to come in, or with what."""
    build.world()
    Client().post("/login/", {"username": "somsri", "password": "ความลับมาก"})
    assert "somsri" not in caplog.text
    assert "ความลับมาก" not in caplog.text


@pytest.mark.django_db
def test_the_values_of_a_refused_row_stay_out_of_the_traceback():
    """Wrong if the database's own details carried a person's data into the log."""
    told_name = "prasert"
    person, two_lines = build.user(username="somsri"), "บรรทัดหนึ่ง\n\nบรรทัดสอง"
    try:
        with transaction.atomic():
            build.user(username=person.username, full_name=two_lines)
    except IntegrityError:
        line = written("fault", fault=True)
    assert "duplicate key" in line
    assert "accounts_user_username_key" in line
    assert "somsri" not in line
    try:
        with transaction.atomic():
            build.user(role="nobody", full_name=two_lines, username=told_name)
    except IntegrityError:
        line = written("fault", fault=True)
    assert "accounts_user_role_known" in line
    assert "บรรทัดสอง" not in line
    assert told_name not in line


@pytest.mark.django_db
def test_lines_of_a_job_carry_its_number():
    """Wrong if a failure of a job could not be found by the number on its page."""
    with of_job(17):
        assert json.loads(written("x"))["job"] == 17
    assert "job" not in json.loads(written("x"))
    run_job(10**9)
    assert job_id.get() is None
