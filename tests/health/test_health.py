"""Health, readiness and metrics: true, quick, and silent towards strangers."""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from codi.health import checks
from codi.jobs import services as jobs
from codi.jobs.models import WorkerSign
from codi.jobs.tasks import sweep
from reports.services.rendering_jobs import RENDER
from tests import world as build

pytestmark = pytest.mark.django_db
STRANGER = {"REMOTE_ADDR": "10.1.2.3"}
TOKEN = "a-token-of-the-test-0123456789"


@pytest.fixture(autouse=True)
def parts(settings: Any, tmp_path: Path) -> None:
    """A place for files, a broker in files that answers, and a token."""
    settings.MEDIA_ROOT = tmp_path
    settings.METRICS_TOKEN = TOKEN
    checks.LATEST.forget()


def details(**more: Any) -> dict[str, Any]:
    return Client(**more).get("/health/ready").json()


def test_alive_asks_nothing(django_assert_num_queries):
    """Wrong if a database that is down made the container be started again and again."""
    with django_assert_num_queries(0):
        answer = Client(**STRANGER).get("/health/live")
    assert (answer.status_code, answer.text) == (200, "alive\n")


def test_ready_says_how_each_part_is_and_how_long_it_took():
    """Wrong if an operator could not see which part is missing."""
    sweep()
    told = details()
    assert told["status"] == "ready"
    assert set(told["parts"]) == {"database", "migrations", "storage", "broker", "worker"}
    for name, part in told["parts"].items():
        assert part["ok"], name
        assert 0 <= part["ms"] < 5000


def test_without_a_worker_people_still_work():
    """Wrong if web servers were taken away because a worker died: saving needs none."""
    assert details()["parts"]["worker"]["reason"] == "no worker was ever seen"
    checks.LATEST.forget()
    WorkerSign.objects.create(worker="old", seen_at=timezone.now() - dt.timedelta(seconds=61))
    answer = Client(**STRANGER).get("/health/ready")
    assert (answer.status_code, answer.text) == (200, "degraded\n")
    assert "61 seconds" in details()["parts"]["worker"]["reason"]


def test_a_broker_that_is_down_is_told(monkeypatch):
    """Wrong if jobs waited and nobody was told why."""
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:1/0")
    told = details()
    assert told["status"] == "degraded"
    assert told["parts"]["broker"]["ok"] is False


def test_a_place_for_files_that_cannot_be_written_is_not_ready(settings, tmp_path):
    """Wrong if a full or lost disk were found out by the first upload."""
    settings.MEDIA_ROOT = tmp_path / "file" / "below"
    (tmp_path / "file").write_text("no folder")
    answer = Client(**STRANGER).get("/health/ready")
    assert (answer.status_code, answer.text) == (503, "not ready\n")


def test_tables_of_an_older_program_are_not_ready():
    """Wrong if new code served on tables that are not made yet."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'notices'")
    told = details()
    assert told["status"] == "not ready"
    assert "not applied" in told["parts"]["migrations"]["reason"]


def test_many_questions_cost_one_and_a_change_is_told_within_seconds(
    django_assert_num_queries, monkeypatch, tmp_path
):
    """Wrong if probes cost more than the work they watch, or a part that died were told for long."""
    details()
    checks.LATEST.forget()
    monkeypatch.setattr(checks, "FRESH_S", 60)  # fifty questions may take long on a busy machine
    with django_assert_num_queries(4):  # is it there, two for the migrations, one for the worker
        for _ in range(50):
            details()
    monkeypatch.setattr(checks, "FRESH_S", 0.2)
    assert details()["parts"]["storage"]["ok"]
    tmp_path.rmdir()
    tmp_path.write_text("no folder")
    time.sleep(0.2)
    assert not details()["parts"]["storage"]["ok"]


def test_fifty_threads_ask_the_parts_once(monkeypatch):
    """Wrong if a flood of probes went through to database and broker together."""
    asked = []
    slow = checks.Part("slow", lambda: (asked.append(1), time.sleep(0.05)), essential=True)
    monkeypatch.setattr(checks, "PARTS", (slow,))
    threads = [threading.Thread(target=checks.LATEST.findings) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 1


def test_a_part_that_hangs_holds_nobody_else_up(monkeypatch):
    """Wrong if one silent database took every thread of the web server for the probes."""
    go, is_asked = threading.Event(), threading.Event()

    def hang() -> None:
        is_asked.set()
        go.wait()

    monkeypatch.setattr(checks, "PARTS", (checks.Part("slow", hang, essential=True),))
    monkeypatch.setattr(checks, "PATIENCE_S", 0.05)
    monkeypatch.setattr(checks, "FRESH_S", 0.0)

    def meanwhile() -> tuple[int, str]:
        go.clear()
        is_asked.clear()
        first = threading.Thread(target=checks.LATEST.findings)
        first.start()
        is_asked.wait()
        answer = Client(**STRANGER).get("/health/ready")
        go.set()
        first.join()
        return answer.status_code, answer.text

    assert meanwhile() == (503, "not ready\n")
    assert meanwhile() == (200, "ready\n")  # the last answer, a moment old
    monkeypatch.setattr(checks, "STALE_S", 0.0)
    assert meanwhile() == (503, "not ready\n")


def test_what_lies_in_a_lost_database_is_not_waited_for(monkeypatch):
    """Wrong if a silent database were waited for three times before anybody is told."""

    def lost() -> None:
        raise OSError

    asked: list[int] = []
    parts = (
        checks.Part("database", lost, essential=True),
        checks.Part("worker", lambda: asked.append(1), essential=False, in_database=True),
    )
    monkeypatch.setattr(checks, "PARTS", parts)
    assert details()["parts"]["worker"]["reason"] == "no database"
    assert asked == []


def test_a_fault_of_a_part_is_its_finding():
    """Wrong if a check that breaks were a fault, or its words told an address."""

    def broken() -> None:
        raise ConnectionError("postgres://codi_owner:secret@10.0.0.1/codi")

    found = checks.ask(checks.Part("x", broken, essential=True))
    assert (found.ok, found.reason) == (False, "ConnectionError")


@pytest.mark.parametrize(
    "marks",
    [
        STRANGER,
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.1.2.3"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"},
        {"REMOTE_ADDR": "", "HTTP_FORWARDED": "for=127.0.0.1"},
        {"REMOTE_ADDR": "unix:"},
        {**STRANGER, "HTTP_AUTHORIZATION": "Bearer wrong"},
        {**STRANGER, "HTTP_AUTHORIZATION": f"Basic {TOKEN}"},
        {**STRANGER, "HTTP_AUTHORIZATION": "Bearer "},
        {**STRANGER, "HTTP_AUTHORIZATION": "Bearer ไทย"},
    ],
)
def test_strangers_learn_one_word(marks):
    """Wrong if somebody outside, or behind our proxy, read parts, times or numbers."""
    client = Client(**marks)
    assert re.fullmatch(r"(ready|degraded)\n", client.get("/health/ready").text)
    refused = client.get("/metrics")
    assert (refused.status_code, refused.text) == (403, "not allowed\n")


def test_no_token_is_no_key(settings):
    """Wrong if an empty setting let an empty token in."""
    settings.METRICS_TOKEN = ""
    for given in ("Bearer ", "Bearer", ""):
        client = Client(**STRANGER, HTTP_AUTHORIZATION=given)
        assert client.get("/metrics").status_code == 403


def test_metrics_count_requests_by_view_and_jobs_by_state():
    """Wrong if an operator could not see slow views and waiting jobs, or saw who asked."""
    w = build.world()
    job = jobs.request(RENDER, key="m", payload={}, requested_by=w.officer)
    type(job).objects.update(queued_at=timezone.now() - dt.timedelta(seconds=90))
    sweep()
    client = Client()
    client.force_login(w.officer)
    client.get("/projects/")
    text = Client(**STRANGER, HTTP_AUTHORIZATION=f"Bearer {TOKEN}").get("/metrics").text
    assert (
        'django_http_requests_latency_seconds_by_view_method_count{method="GET",view="finance:projects"}'
        in text
    )
    assert 'codi_jobs{state="queued"} 1.0' in text
    assert 'codi_jobs{state="failed"} 0.0' in text
    age = re.search(r'codi_oldest_job_seconds\{state="queued"\} ([\d.]+)', text)
    assert age
    assert 90 <= float(age.group(1)) < 120
    silent = re.search(r"codi_worker_silent_seconds ([\d.]+)", text)
    assert silent
    assert float(silent.group(1)) < 10
    for private in (w.officer.username, w.officer.full_name, "user="):
        assert private not in text
    assert 'codi_mails{state="failed"} 0.0' in text


def test_a_worker_that_is_gone_is_forgotten_after_a_day():
    """Wrong if every container name that ever was stayed in the table."""
    WorkerSign.objects.create(worker="gone", seen_at=timezone.now() - dt.timedelta(days=2))
    sweep()
    sweep()
    assert WorkerSign.objects.count() == 1
