"""The pages of long work: who sees what, what the buttons do, how files are sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from codi.accounts.models import User
from codi.jobs import Product, handler, runner, services
from codi.jobs.models import Job, State
from codi.places.models import Region

pytestmark = pytest.mark.django_db


@handler("test-pdf", title="รายงานทดสอบ")
def make_pdf(job: Job, progress: Any) -> Product:
    path: Path = progress.folder / "out.pdf"
    path.write_bytes(b"%PDF-1.7 test")
    return Product(path, "รายงานสถานการณ์ ภาคเหนือ.pdf")


def done(officer: User, kind: str = "test-pdf") -> Job:
    job = services.request(kind, key=kind, payload={}, requested_by=officer)
    runner.run(job.pk, worker="w")
    job.refresh_from_db()
    return job


@pytest.fixture
def stranger(south: Region) -> User:
    return User.objects.create_user("st", full_name="คนใต้", role="regional_manager", region=south)


def test_other_regions_get_404_on_every_address(
    client: Client, officer: User, stranger: User
) -> None:
    """Would be wrong: another region's file by typing its number."""
    job = done(officer)
    client.force_login(stranger)
    for part in ("", "progress/", "download/"):
        assert client.get(f"/jobs/{job.pk}/{part}").status_code == 404
    for part in ("cancel/", "retry/"):
        assert client.post(f"/jobs/{job.pk}/{part}").status_code == 404
    assert job.title not in client.get("/jobs/").content.decode()


def test_file_is_sent_under_its_thai_name_and_safely(client: Client, officer: User) -> None:
    """Would be wrong: a name of question marks, a guessed type, a script with our rights."""
    job = done(officer)
    client.force_login(officer)
    saved = client.get(f"/jobs/{job.pk}/download/")
    assert b"".join(saved.streaming_content) == b"%PDF-1.7 test"  # type: ignore[attr-defined]
    assert saved["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%E0%B8%A3" in saved["Content-Disposition"]
    assert saved["X-Content-Type-Options"] == "nosniff"
    assert saved["Content-Security-Policy"].startswith("sandbox")
    shown = client.get(f"/jobs/{job.pk}/download/?inline=1")
    assert shown["Content-Type"] == "application/pdf"
    assert shown["Content-Disposition"].startswith("inline; ")
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]


def test_only_pdf_is_shown_inline(client: Client, officer: User) -> None:
    """Would be wrong: a text file that a browser may take for a page of ours."""
    job = done(officer, "test-file")
    client.force_login(officer)
    answer = client.get(f"/jobs/{job.pk}/download/?inline=1")
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert answer["Content-Type"] == "application/octet-stream"


def test_missing_file_is_404_and_unfinished_is_403(client: Client, officer: User) -> None:
    """Would be wrong: an error page of the program."""
    job = done(officer)
    job.file.unlink()
    client.force_login(officer)
    assert client.get(f"/jobs/{job.pk}/download/").status_code == 404
    queued = services.request("test-file", key="q", payload={}, requested_by=officer)
    assert client.get(f"/jobs/{queued.pk}/download/").status_code == 403


def test_page_follows_a_job_to_its_end(client: Client, officer: User) -> None:
    """Would be wrong: a page that never changes, or that asks for ever."""
    job = services.request("test-file", key="k", payload={}, requested_by=officer)
    client.force_login(officer)
    waiting = client.get(f"/jobs/{job.pk}/").content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in waiting
    assert "ยกเลิกงาน" in waiting
    assert "HX-Refresh" not in client.get(f"/jobs/{job.pk}/progress/")
    runner.run(job.pk, worker="w")
    assert client.get(f"/jobs/{job.pk}/progress/")["HX-Refresh"] == "true"
    ended = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "hx-trigger" not in ended
    assert f"/jobs/{job.pk}/download/" in ended


def test_cancel_and_run_again_by_button(
    client: Client, officer: User, analyst: User, north: Region
) -> None:
    """Would be wrong: a button that does nothing, or does it for a stranger."""
    job = services.request("test-file", key="k", payload={}, requested_by=officer, region=north)
    client.force_login(analyst)
    assert "ยกเลิกได้เฉพาะผู้สั่งงาน" in client.get(f"/jobs/{job.pk}/").content.decode()
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 403
    client.force_login(officer)
    assert "ยกเลิกงานแล้ว" in client.post(f"/jobs/{job.pk}/cancel/", follow=True).content.decode()
    assert "งานนี้จบแล้ว" in client.post(f"/jobs/{job.pk}/cancel/", follow=True).content.decode()
    assert "สั่งทำใหม่แล้ว" in client.post(f"/jobs/{job.pk}/retry/", follow=True).content.decode()
    job.refresh_from_db()
    assert (job.state, job.run_count) == (State.QUEUED, 2)
    assert client.get(f"/jobs/{job.pk}/cancel/").status_code == 405


def test_failure_is_told(client: Client, officer: User) -> None:
    """Would be wrong: a failed job without its reason and a way on."""
    job = done(officer, "test-refused")
    client.force_login(officer)
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "ไม่มีโครงการในช่วงที่เลือก กรุณาเลือกช่วงใหม่" in page
    assert "สั่งทำใหม่" in page
    assert "งานที่ถูกปฏิเสธ" in client.get("/").content.decode()


def test_login_is_asked_for(client: Client, officer: User) -> None:
    """Would be wrong: a file for everybody who has the address."""
    job = done(officer)
    for address in ("/jobs/", f"/jobs/{job.pk}/", f"/jobs/{job.pk}/download/"):
        assert client.get(address).status_code == 302


@pytest.mark.parametrize("count", [1, 3, 30])
def test_list_has_a_constant_number_of_queries(
    client: Client, analyst: User, officer: User, count: int
) -> None:
    """Would be wrong: a list that asks once per row."""
    client.force_login(analyst)
    for number in range(count):
        job = services.request("test-file", key=str(number), payload={}, requested_by=officer)
        services.cancel(job, actor=officer)
    client.get("/jobs/")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/jobs/").content.decode()
    assert page.count("งานทดสอบ") >= min(count, 25)
    selects = [
        query["sql"]
        for query in asked
        if "jobs_job" in query["sql"] and "notices_notice" not in query["sql"]
    ]
    assert len(selects) == 2  # the count, the rows


@pytest.mark.parametrize(
    ("kind", "payload", "address"),
    [
        ("import-check", {"batch": 5}, "/imports/5/"),
        ("report.render", {"edition": 7}, "/reports/7/"),
    ],
)
def test_a_job_leads_to_what_it_worked_on(
    client: Client, officer: User, kind: str, payload: dict[str, Any], address: str
) -> None:
    """Wrong if who followed the bell to a finished job found no way on to the file or report."""
    job = services.request(kind, key=kind, payload=payload, requested_by=officer)
    client.force_login(officer)
    assert f'href="{address}"' in client.get(f"/jobs/{job.pk}/").content.decode()
