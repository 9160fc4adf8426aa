"""The doors of the search for doubles: every night by the beat, and at any time by a button."""

from __future__ import annotations

import logging

from celery import shared_task
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from codi.accounts.system import system_account
from codi.history import acting
from codi.jobs import Progress, handler
from codi.jobs.models import Job
from programs.merging import MERGERS, Cases, merger_of
from programs.models.duplicates import CaseState
from programs.services.doubles import SEARCH, find_doubles, in_words

log = logging.getLogger(__name__)


def _case_of(job: Job) -> Cases:
    return apps.get_model(job.payload["case"])


def _pairs(job: Job) -> tuple[str, str]:
    merger = merger_of(_case_of(job))
    return (
        f"เปิด{merger.noun}ที่สงสัยว่าซ้ำ",
        f"{reverse(f'{merger.url_name}s')}?state={CaseState.FOUND.value}",
    )


@handler(SEARCH, title="ค้นหาระเบียนซ้ำ", leads_to=_pairs)
def search_now(job: Job, progress: Progress) -> str:
    """Look for near-equal names in one register; says how many pairs are new."""
    return in_words(find_doubles(case=_case_of(job), today=timezone.localdate(), tell=progress))


@shared_task(name="programs.tasks.find_all_doubles")
def find_all_doubles() -> None:
    """Look for records with near-equal names in every register, each for itself."""
    for case in MERGERS:
        try:
            with acting(system_account(), door="job", reason="ค้นหาระเบียนซ้ำประจำคืน"):
                find_doubles(case=case, today=timezone.localdate())
        except Exception:
            log.exception("The search for doubles of %s failed; the others go on", case.__name__)
