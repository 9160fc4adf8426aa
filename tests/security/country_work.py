"""What the people of the country work on: editions, quarters, jobs and uploads."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import uuid
from pathlib import Path

from django.utils import timezone

from codi.accounts.models import User
from codi.fiscal import FiscalYear, Quarter
from codi.imports import services as imports
from codi.imports.models import BatchState, ImportBatch
from codi.jobs import services as jobs
from codi.jobs.models import Job
from codi.places.models import Region
from councils.models import (
    Member,
)
from reports import services as reports
from reports.content import of_edition
from reports.models import Edition, EditionCheck, LaterChange, ReportingQuarter
from reports.services.rendering_jobs import RENDER
from reports.subjects import Subject
from tests.security.place import (
    BEFORE_FRAMES,
    FAILING,
    MAY,
    NOW,
    TODAY,
    Place,
)


def add_editions(place: Place) -> None:
    """An edition in every state, one that replaces an issued one, and a waiver asked for."""
    w, made = place.w, place.things

    def end_jobs() -> None:
        Job.objects.filter(requested_by__in=(w.officer, w.manager)).update(
            state="failed", failure="ทดสอบ", failure_code="test", finished_at=timezone.now()
        )

    def at(step: str) -> Edition:
        end_jobs()
        edition = reports.update_text(
            actor=w.officer, edition=_draft(place), slot="results", text=place.text("ผล")
        ).edition
        if step != "draft":
            edition = reports.submit(actor=w.officer, edition=edition, now=NOW)
        if step in ("approved", "issuing", "issued"):
            edition = reports.approve(actor=w.manager, edition=edition, now=NOW)
        if step in ("issuing", "issued"):
            edition = reports.issue(actor=w.manager, edition=edition, now=NOW)
        if step == "issued":
            files = {"pdf": b"%PDF- of a test", "xlsx": b"PK of a test"}
            edition = reports.complete_issue(edition=edition, files=files, now=NOW)
        return edition

    for step in ("draft", "submitted", "approved", "issuing", "issued"):
        made[f"edition {step}"] = at(step)
    made["text"] = made["edition draft"].texts.get(slot="results")
    end_jobs()
    made["edition replacing"] = reports.replace_edition(
        actor=w.officer,
        edition=made["edition issued"],
        as_of_dates=[MAY],
        request_key=uuid.uuid4(),
        now=NOW,
        today=TODAY,
    )
    made["edition failing"] = failing = _draft(place, BEFORE_FRAMES)
    check = reports.ask_waiver(
        actor=w.officer,
        edition=failing,
        code=FAILING,
        reason=place.text("เหตุผล"),
        valid_until=dt.date(2099, 1, 1),
        today=TODAY,
    )
    failing = reports.submit(actor=w.officer, edition=failing, now=NOW)
    made["check"] = EditionCheck.objects.get(pk=check.pk)
    assert not all(checked.result.is_ok for checked in of_edition(failing, today=TODAY).checks)
    end_jobs()


def _draft(place: Place, day: dt.date = MAY) -> Edition:
    return reports.create_edition(
        actor=place.w.officer,
        outline_key="regional-status",
        subject=Subject(place.w.programme, place.region),
        as_of_dates=[day],
        request_key=uuid.uuid4(),
        now=NOW,
        today=TODAY,
    )


def _report(maker: User, region: Region | None) -> Edition:
    """A draft of a quarter's report whose job has ended."""
    made = reports.create_edition(
        actor=maker,
        outline_key="quarterly",
        subject=Subject(None, region, 2564, 3),
        as_of_dates=[dt.date(2021, 6, 30)],
        request_key=uuid.uuid4(),
        now=NOW,
        today=TODAY,
    )
    Job.objects.filter(requested_by=maker, payload__edition=made.pk).update(
        state="failed", failure="ทดสอบ", failure_code="test", finished_at=timezone.now()
    )
    return made


def add_quarters(places: dict[str, Place], who: dict[str, User]) -> None:
    """A part of each region and the nation's draft of a quarter that is open; one that is closed."""
    _report(who["A"], None)
    for place in (places["own"], places["other"]):
        made = _report(place.w.officer, place.region)
        place.things["part"] = reports.submit(actor=place.w.officer, edition=made, now=NOW)
    closed = reports.close_quarter(
        actor=who["E"],
        period=Quarter(FiscalYear(2564), 1),
        reason="ไม่มีฉบับของไตรมาสนี้",
        now=NOW,
        today=TODAY,
    )
    for place in places.values():
        place.things["quarter closed"] = closed
        place.things["quarter open"] = ReportingQuarter.objects.get(fiscal_year=2564, quarter=3)
        member = place.things["member"]
        Member.objects.filter(pk=member.pk).update(name=place.text("แก้ชื่อหลังปิด"))
    reports.note_later_changes(now=NOW)
    for place in places.values():
        place.things["later change"] = LaterChange.objects.get(
            model_label="councils.member", record_key=place.things["member"].pk
        )


def add_jobs(place: Place, requester: User, media: Path) -> None:
    """A job that waits, one that failed, and one with a file."""
    folder = media / "jobs"
    folder.mkdir(parents=True, exist_ok=True)
    for state in ("queued", "failed", "done"):
        job = jobs.request(
            RENDER,
            key=f"{place.key}-{state}",
            payload={"edition": 0, "issue": False},
            requested_by=requester,
            region=place.region,
            title=place.text("งาน"),
        )
        place.things[f"job {state}"] = job
    now = timezone.now()
    failed, done = place.things["job failed"], place.things["job done"]
    Job.objects.filter(pk=failed.pk).update(
        state="failed", failure=place.text("เหตุ"), failure_code="test", finished_at=now
    )
    content = place.text("ไฟล์").encode()
    (folder / f"{place.key}.pdf").write_bytes(content)
    Job.objects.filter(pk=done.pk).update(
        state="done",
        percent=100,
        finished_at=now,
        file_path=f"jobs/{place.key}.pdf",
        file_name=f"{place.text('ไฟล์')}.pdf",
        file_sha256=hashlib.sha256(content).hexdigest(),
        file_byte_count=len(content),
    )


def sheet(*rows: dict[str, str]) -> bytes:
    """Rows as a csv file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def project_row(place: Place, **changes: str) -> dict[str, str]:
    """A row of the upload of projects: a new approved project of the place."""
    return {
        "programme": "NL2564",
        "province": place.province.name,
        "title": place.text("โครงการจากไฟล์"),
        "organisation": place.w.organisation.name,
        "requested_baht": "1000",
    } | changes


def add_batches(place: Place, uploader: User) -> None:
    """A file that waits for its uploader, one with errors, one that waits for a second person."""
    plain = imports.upload_file(
        kind="projects",
        content=sheet(project_row(place)),
        file_name=f"{place.text('ไฟล์')}.csv",
        actor=uploader,
        today=TODAY,
    )
    place.things |= {"batch previewed": plain, "import row": plain.rows.get()}
    for name, facts in {
        "batch to send": {"checker_roles": ["regional_manager", "finance_officer"]},
        "batch waiting": {
            "checker_roles": ["regional_manager", "finance_officer"],
            "state": BatchState.WAITING,
        },
        "batch wrong": {"error_count": 1, "new_count": 0},
    }.items():
        copy = ImportBatch.objects.get(pk=plain.pk)
        copy.pk, copy._state.adding = None, True
        copy.file_path = f"{copy.file_path}-{name.replace(' ', '-')}"[-80:]
        for attribute, value in facts.items():
            setattr(copy, attribute, value)
        copy.save()
        for row in plain.rows.all():
            row.pk, row._state.adding, row.batch = None, True, copy
            if copy.error_count:
                row.status, row.errors = "error", [["title", "ไม่ถูกต้อง"]]
            row.save()
        place.things[name] = copy
