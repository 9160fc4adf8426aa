"""The door for the beat."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from codi.accounts.system import system_account
from codi.desk import bin, drafts
from codi.history import acting

EXPIRED = "พ้น 30 วันในถังขยะ"


@shared_task(name="codi.desk.tasks.sweep")
def sweep() -> None:
    """Forget what has been kept for 30 days; the history names the system as who did it."""
    now = timezone.now()
    drafts.drop_old_drafts(now=now)
    with acting(system_account(), door="job", reason=EXPIRED):
        bin.empty(now=now)
