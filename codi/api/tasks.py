"""The door for Celery's beat."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from codi.api import pace, services


@shared_task(name="codi.api.tasks.forget_answers")
def forget_answers() -> None:
    """Remove answers that are kept no longer, and measures that are whole again; called by the beat."""
    services.forget_answers(now=timezone.now())
    pace.forget(now=timezone.now())
