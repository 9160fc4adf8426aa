"""Do one job: claim it, run its handler, keep the file or the reason of failure."""

from __future__ import annotations

import errno
import logging
from pathlib import Path

from celery.exceptions import SoftTimeLimitExceeded

from codi.errors import Refused
from codi.history import acting
from codi.jobs import KINDS, Product, Stopped, files, services
from codi.jobs.models import Job
from codi.jobs.permissions import can_run
from codi.jobs.pulse import Pulse

log = logging.getLogger(__name__)

TOO_LONG = "งานใช้เวลานานเกินกำหนด กรุณาเลือกช่วงข้อมูลให้แคบลงแล้วสั่งใหม่"
DISK_FULL = "ที่เก็บไฟล์ของระบบเต็ม กรุณาแจ้งผู้ดูแลระบบ แล้วกดสั่งทำใหม่ภายหลัง"


def run(job_id: int, *, worker: str) -> None:
    """Do the job if it is still to be done; a second delivery of its message does nothing."""
    job = services.claim(job_id, worker=worker)
    if job is None:
        return
    if not (decision := can_run(job)):
        services.fail(job, message=decision.reason, code="requester-disabled")
        return
    try:
        with Pulse(job) as progress, acting(job.requested_by, door="job", reason=job.title):
            made = KINDS[job.kind].run(job, progress)
        outcome = made if isinstance(made, str) else ""
        if not services.finish(job, result=_store(job, made), outcome=outcome):
            files.discard(job.token)
    except Stopped:
        services.give_up(job)
    except Exception as error:
        message, code = _reason(job, error)
        services.fail(job, message=message, code=code)
    finally:
        # A stored file stays: after a broken connection only the table knows whether it is named,
        # and the sweep asks the table.
        files.clear_work_folder(job.token)


def _store(job: Job, made: Product | Path | str | None) -> services.Result | None:
    if made is None or isinstance(made, str):
        return None
    product = made if isinstance(made, Product) else Product(made, made.name)
    return services.Result(files.store(product.path, job.token), product.file_name)


def _reason(job: Job, error: Exception) -> tuple[str, str]:
    """The Thai reason and code of a failure; what the program did wrong goes to the log."""
    if isinstance(error, Refused):
        return "\n".join((error.message, *error.details)), error.code or "refused"
    if isinstance(error, SoftTimeLimitExceeded):
        return TOO_LONG, "too-long"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        log.error("Job %s found the disk full", job.pk)
        return DISK_FULL, "disk-full"
    code = f"J{job.pk}-{job.token[:8]}"
    log.error("Job %s (%s) failed, code %s", job.pk, job.kind, code, exc_info=error)
    return (
        f"เกิดข้อผิดพลาดในระบบ (รหัส {code}) กรุณากดสั่งทำใหม่ หากยังไม่สำเร็จให้แจ้งรหัสนี้แก่ผู้ดูแลระบบ",
        code,
    )
