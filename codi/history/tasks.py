"""The door for the beat."""

from __future__ import annotations

from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from codi.history import sealing


@shared_task(name="codi.history.tasks.seal")
def seal() -> None:
    """Seal the days that are over, and write their seals outside of the database where one says so."""
    sealing.seal(now=timezone.now())
    if settings.HISTORY_SEALS:
        sealing.write_outside(Path(settings.HISTORY_SEALS))
