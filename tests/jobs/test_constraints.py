"""The database refuses a job whose parts do not fit together, one part at a time."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from codi.accounts.models import User
from codi.constraints import refusal
from codi.jobs.models import Job

NOW = dt.datetime(2021, 5, 31, 9, 0, tzinfo=dt.UTC)
TOKEN = uuid.UUID("12345678-1234-5678-1234-567812345678")
FILE = {
    "file_path": "jobs/a.pdf",
    "file_name": "ก.pdf",
    "file_sha256": "0" * 64,
    "file_byte_count": 5,
}
VALID: dict[str, dict[str, Any]] = {
    "queued": {"state": "queued"},
    "running": {
        "state": "running",
        "claim": TOKEN,
        "worker": "w",
        "heartbeat_at": NOW,
        "started_at": NOW,
        "attempt_count": 1,
    },
    "done": {
        "state": "done",
        "percent": 100,
        "started_at": NOW,
        "finished_at": NOW,
        "attempt_count": 1,
        **FILE,
    },
    "failed": {
        "state": "failed",
        "finished_at": NOW,
        "failure": "ดิสก์เต็ม",
        "failure_code": "disk-full",
    },
    "cancelled": {"state": "cancelled", "finished_at": NOW, "cancel_requested_at": NOW},
}
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("queued", {"state": "lost"}, "jobs_job_state_known"),
    ("running", {"percent": 101}, "jobs_job_percent_fits_state"),
    ("done", {"percent": 99}, "jobs_job_percent_fits_state"),
    ("running", {"attempt_count": 4}, "jobs_job_attempts_bounded"),
    ("queued", {"run_count": 0}, "jobs_job_attempts_bounded"),
    ("running", {"claim": None}, "jobs_job_running_has_worker"),
    ("running", {"worker": ""}, "jobs_job_running_has_worker"),
    ("running", {"heartbeat_at": None}, "jobs_job_running_has_worker"),
    ("running", {"started_at": None}, "jobs_job_running_has_worker"),
    ("running", {"attempt_count": 0}, "jobs_job_running_has_worker"),
    ("queued", {"claim": TOKEN}, "jobs_job_running_has_worker"),
    ("queued", {"worker": "w"}, "jobs_job_running_has_worker"),
    ("done", {"heartbeat_at": NOW}, "jobs_job_running_has_worker"),
    ("done", {"finished_at": None}, "jobs_job_ended_has_time"),
    ("failed", {"finished_at": None}, "jobs_job_ended_has_time"),
    ("cancelled", {"finished_at": None}, "jobs_job_ended_has_time"),
    ("queued", {"finished_at": NOW}, "jobs_job_ended_has_time"),
    ("running", {"finished_at": NOW}, "jobs_job_ended_has_time"),
    ("failed", {"failure": ""}, "jobs_job_failure_has_reason"),
    ("failed", {"failure_code": ""}, "jobs_job_failure_has_reason"),
    ("done", {"failure": "x"}, "jobs_job_failure_has_reason"),
    ("queued", {"failure_code": "x"}, "jobs_job_failure_has_reason"),
    ("done", {"file_path": ""}, "jobs_job_file_complete"),
    ("done", {"file_name": ""}, "jobs_job_file_complete"),
    ("done", {"file_sha256": ""}, "jobs_job_file_complete"),
    ("done", {"file_byte_count": None}, "jobs_job_file_complete"),
    ("running", FILE, "jobs_job_file_complete"),
    ("failed", FILE, "jobs_job_file_complete"),
    ("cancelled", {"cancel_requested_at": None}, "jobs_job_cancel_was_asked"),
    ("queued", {"cancel_requested_at": NOW}, "jobs_job_cancel_was_asked"),
    ("done", {"cancel_requested_at": NOW}, "jobs_job_cancel_was_asked"),
    ("failed", {"cancel_requested_at": NOW}, "jobs_job_cancel_was_asked"),
]


def make(officer: User, **fields: Any) -> Job:
    return Job.objects.create(
        kind="test-file",
        key="k",
        title="งาน",
        requested_by=officer,
        created_at=NOW,
        queued_at=NOW,
        **fields,
    )


@pytest.mark.parametrize("state", VALID)
def test_each_state_can_be_stored(officer: User, state: str) -> None:
    """Would be wrong: rules so strict that a true job cannot be kept."""
    assert make(officer, **VALID[state]).pk
    Job.objects.all().delete()


@pytest.mark.parametrize(("state", "change", "name"), BAD)
def test_each_missing_or_surplus_part_is_refused(
    officer: User, state: str, change: dict[str, Any], name: str
) -> None:
    """Would be wrong: half a group of fields, by whatever way it was written."""
    job = make(officer, **VALID[state])
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**change)
    refused = refusal(caught.value)
    assert refused is not None
    assert refused.code == name
    assert any("ก" <= letter <= "๙" for letter in refused.message)
