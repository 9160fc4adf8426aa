"""Sending: the only place that talks to the broker."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from celery import current_app
from django.utils import timezone

from codi.jobs.models import Job, State

log = logging.getLogger(__name__)

RUN_JOB = "codi.jobs.tasks.run_job"


def send(job_ids: Iterable[int]) -> int:
    """Put a message per job on the queue and note when; returns how many were sent.

    Never raises: with the broker down the jobs stay in the table, and the sweep sends them later.
    """
    sent: list[int] = []
    for job_id in job_ids:
        try:
            current_app.signature(RUN_JOB, args=(job_id,)).apply_async(retry=False)
        except Exception:
            log.warning(
                "The broker takes no message; job %s waits for the sweep", job_id, exc_info=True
            )
            break
        sent.append(job_id)
    if sent:
        Job.objects.filter(pk__in=sent, state=State.QUEUED).update(sent_at=timezone.now())
    return len(sent)
