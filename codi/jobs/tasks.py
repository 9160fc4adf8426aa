"""The doors for Celery."""

from __future__ import annotations

import os
import socket

from celery import shared_task

from codi.jobs import runner, services


@shared_task(name="codi.jobs.tasks.run_job")
def run_job(job_id: int) -> None:
    """Do one job; safe to be delivered any number of times."""
    runner.run(job_id, worker=f"{socket.gethostname()}:{os.getpid()}")


@shared_task(name="codi.jobs.tasks.sweep")
def sweep() -> None:
    """Repair what crashes left behind; called by the beat."""
    services.sweep()
