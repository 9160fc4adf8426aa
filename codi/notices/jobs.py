"""Notices of long work, told in the transaction that ends the job."""

from __future__ import annotations

from codi.jobs import when_ended
from codi.jobs.models import Job, State
from codi.notices.declared import AT_ONCE, DAILY, NoticeKind, declare
from codi.notices.services import tell

DONE = declare(
    NoticeKind("job-done", "งานเบื้องหลังเสร็จแล้ว", "jobs.Job", "jobs:detail", mail=DAILY, tone="good")
)
FAILED = declare(
    NoticeKind(
        "job-failed", "งานเบื้องหลังไม่สำเร็จ", "jobs.Job", "jobs:detail", mail=AT_ONCE, tone="bad"
    )
)


@when_ended
def job_ended(job: Job) -> None:
    """Tell the person who asked for it that the job is done or failed; cancelled is no news."""
    if job.state == State.CANCELLED:
        return
    kind, words = (DONE, "เสร็จแล้ว") if job.state == State.DONE else (FAILED, "ไม่สำเร็จ")
    tell(
        kind,
        about=job,
        title=f"{words}: {job.title}",
        key=f"{job.pk}:{job.run_count}",
        to=[job.requested_by],
    )
