"""The doors of the sweep: every night by the beat, and at any time by a button."""

from __future__ import annotations

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from codi.accounts.system import system_account
from codi.history import acting
from codi.jobs import Progress, handler
from codi.jobs.models import Job
from codi.quality import services, sweeping

NIGHTLY = "ตรวจคุณภาพข้อมูลประจำคืน"


def _inbox(job: Job) -> tuple[str, str]:
    return "เปิดคุณภาพข้อมูล", reverse("quality:list")


@handler(services.SWEEP, title="ตรวจคุณภาพข้อมูล", leads_to=_inbox)
def sweep_now(job: Job, progress: Progress) -> None:
    """Run every rule; the job tells which one is at work."""
    now = timezone.now()
    with acting(job.requested_by, door="job"):
        sweeping.sweep(today=timezone.localdate(now), now=now, tell=progress)


@shared_task(name="codi.quality.tasks.sweep")
def sweep() -> None:
    """Run every rule, in the name of the system."""
    now = timezone.now()
    with acting(system_account(), door="job", reason=NIGHTLY):
        sweeping.sweep(today=timezone.localdate(now), now=now)
