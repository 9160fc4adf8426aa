"""The door for the beat."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from codi.accounts.system import system_account
from codi.history import acting
from programs.merging import MERGERS
from programs.services.merging import find_doubles

log = logging.getLogger(__name__)


@shared_task(name="programs.tasks.find_all_doubles")
def find_all_doubles() -> None:
    """Look for records with near-equal names in every register, each for itself."""
    for case in MERGERS:
        try:
            with acting(system_account(), door="job", reason="ค้นหาระเบียนซ้ำประจำคืน"):
                find_doubles(case=case, today=timezone.localdate())
        except Exception:
            log.exception("The search for doubles of %s failed; the others go on", case.__name__)
