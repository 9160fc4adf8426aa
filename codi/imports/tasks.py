"""The doors for long work: checking, writing and taking back a large file."""

from __future__ import annotations

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from codi.imports import services, staging, undoing
from codi.imports.models import ImportBatch
from codi.jobs import Progress, handler
from codi.jobs.models import Job


def _batch(job: Job) -> ImportBatch:
    return ImportBatch.objects.get(pk=job.payload["batch"])


def _page(job: Job) -> tuple[str, str]:
    return "เปิดไฟล์นำเข้านี้", reverse("imports:preview", args=[job.payload["batch"]])


@handler(services.CHECK, title="ตรวจไฟล์นำเข้า", leads_to=_page)
def check_file(job: Job, progress: Progress) -> None:
    """Judge every row of an uploaded file."""
    services.check(batch=_batch(job), today=timezone.localdate(), told=progress, job=job)


@handler(services.WRITE, title="นำเข้าไฟล์", is_personal=True, leads_to=_page)
def write_file(job: Job, progress: Progress) -> None:
    """Write a confirmed file in one transaction; one that a killed worker had written is done."""
    batch = _batch(job)
    if batch.state == "confirmed" and batch.confirmed_by_id == job.requested_by_id:
        return
    services.confirm(
        batch=batch,
        actor=job.requested_by,
        seen=job.payload.get("seen", ""),
        today=timezone.localdate(),
        told=progress,
        job=job,
    )


@handler(undoing.UNDO, title="ย้อนกลับไฟล์นำเข้า", is_personal=True, leads_to=_page)
def undo_file(job: Job, progress: Progress) -> None:
    """Take a written file back in one transaction."""
    batch = _batch(job)
    if batch.state == "undone" and batch.undone_by_id == job.requested_by_id:
        return
    undoing.undo(
        batch=batch,
        actor=job.requested_by,
        reason=job.payload["reason"],
        today=timezone.localdate(),
        told=progress,
        job=job,
    )


@shared_task(name="codi.imports.tasks.forget_rows")
def forget_rows() -> None:
    """Every night: remove the rows of files that ended long ago; called by the beat."""
    staging.forget_rows(timezone.now())
