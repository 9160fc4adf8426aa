"""Long work on the home page: what runs for me, and what failed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from codi.jobs.models import Job, State
from codi.ui.home import HomeCard, HomeItem, home_card


@home_card(position=80)
def my_jobs(user: Any, *, today: dt.date) -> HomeCard | None:
    """Jobs of the last seven days that still run or have failed; no card when there are none."""
    recent = Job.objects.visible_to(user).filter(
        requested_by=user,
        state__in=(State.QUEUED, State.RUNNING, State.FAILED),
        created_at__date__gt=today - dt.timedelta(days=7),
    )
    jobs = list(recent[:20])
    if not jobs:
        return None
    return HomeCard(
        title="งานเบื้องหลังของฉัน",
        empty_text="ไม่มีงานที่กำลังทำ",
        count=len(jobs),
        items=[
            HomeItem(job.title, reverse("jobs:detail", args=[job.pk]), _note(job))
            for job in jobs[:5]
        ],
        url=reverse("jobs:list"),
        tone="warn" if any(job.state == State.FAILED for job in jobs) else "info",
        icon="hourglass",
    )


def _note(job: Job) -> str:
    shown = f" {job.percent}%" if job.state == State.RUNNING else ""
    return f"{job.get_state_display()}{shown}"
