"""The door for Celery."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from codi.files import services


@shared_task(name="codi.files.tasks.purge")
def purge() -> None:
    """End what was removed more than 30 days ago; called by the beat every night."""
    services.purge(now=timezone.now())
