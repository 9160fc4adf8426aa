"""The door for the beat."""

from __future__ import annotations

import datetime as dt

from axes.models import AccessFailureLog
from celery import shared_task
from django.utils import timezone

KEPT = dt.timedelta(days=90)


@shared_task(name="codi.accounts.tasks.forget_failures")
def forget_failures() -> None:
    """Forget failed logins after 90 days: the law asks for the log of a computer for so long at least.

    พ.ร.บ. ว่าด้วยการกระทำความผิดเกี่ยวกับคอมพิวเตอร์ พ.ศ. 2550 มาตรา 26.
    """
    AccessFailureLog.objects.filter(attempt_time__lt=timezone.now() - KEPT).delete()
