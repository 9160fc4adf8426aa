"""The doors for Celery."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from codi.notices import posting
from codi.notices.declared import AT_ONCE, DAILY, ROUNDS

log = logging.getLogger(__name__)


@shared_task(name="codi.notices.tasks.post")
def post() -> None:
    """Send what is to be sent at once and what rested after a failure; asked for every minute."""
    now = timezone.now()
    posting.gather(AT_ONCE, now=now)
    posting.post_waiting(now=now)


@shared_task(name="codi.notices.tasks.morning")
def morning() -> None:
    """Tell what has become late, then send everybody's digest of the day."""
    now = timezone.now()
    for name, tell_all in ROUNDS.items():
        try:
            tell_all(timezone.localdate(now))
        except Exception:
            log.exception("The morning round %s failed; the others go on", name)
    posting.forget_old(now=now)
    posting.gather(DAILY, now=now)
    posting.post_waiting(now=now)
