"""The doors for Celery."""

from __future__ import annotations

import os
import socket

from celery import shared_task

from codi.jobs import exports, runner, services
from codi.logs import of_job
from codi.ui.exports import offer_long

offer_long(exports.export_address)


@shared_task(name="codi.jobs.tasks.run_job")
def run_job(job_id: int) -> None:
    """Do one job; safe to be delivered any number of times."""
    with of_job(job_id):
        runner.run(job_id, worker=f"{socket.gethostname()}:{os.getpid()}")


@shared_task(name="codi.jobs.tasks.sweep")
def sweep() -> None:
    """Repair what crashes left behind; called by the beat."""
    services.note_worker(socket.gethostname())
    services.sweep()
