"""Reads of editions for their pages."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from codi.accounts.models import Role, User
from codi.jobs.models import Job
from reports import outlines
from reports.models import Edition, LaterChange, TextOrigin
from reports.outlines import TextSlot
from reports.services import COMPARE, RENDER


def with_names(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    """Editions with everything that their heading says."""
    return editions.select_related(
        "programme__funding_source",
        "region",
        "replaces",
        "created_by",
        "submitted_by",
        "sent_back_by",
        "approved_by",
        "issued_by",
    )


def staff_texts(edition: Edition) -> list[tuple[TextSlot, str]]:
    """The staff blocks of the edition's outline with what stands in them; one query."""
    written = {text.slot: text.text for text in edition.texts.filter(origin=TextOrigin.STAFF)}
    return [(slot, written.get(slot.key, "")) for slot in outlines.get(edition.outline).texts]


def latest_job(edition: Edition) -> Job | None:
    """The newest job that makes files of the edition as it stands: of its issue, or of its draft."""
    jobs = Job.objects.filter(kind=RENDER, payload__edition=edition.pk)
    return jobs.filter(payload__issue=edition.is_frozen).first()


def latest_draft_file(edition: Edition) -> Job | None:
    """The newest finished PDF of the draft."""
    jobs = Job.objects.filter(kind=RENDER, payload__edition=edition.pk, payload__issue=False)
    return jobs.exclude(file_path="").first()


def comparing_job(user: User, edition: Edition) -> Job | None:
    """The newest job in sight that compares a draft with the edition before, or makes its PDF too."""
    jobs = Job.objects.visible_to(user).filter(payload__edition=edition.pk)
    return jobs.filter(Q(kind=COMPARE) | Q(kind=RENDER, payload__issue=False)).first()


def waiting_for(user: User) -> QuerySet[Edition]:
    """Editions in sight that this person could approve: submitted, and not the person's own."""
    waiting = Edition.objects.visible_to(user).waiting_for_approval().filter(_judged_by(user))
    return waiting.exclude(created_by=user).exclude(submitted_by=user)


def _judged_by(user: User) -> Q:
    """Which editions it is the person's place to approve: those of a quarter by level."""
    of_programmes, parts = Q(quarter=None), Q(quarter__isnull=False, region__isnull=False)
    if user.role == Role.EXECUTIVE:
        return Q() if user.sees_nation else of_programmes
    if user.role == Role.ANALYST:
        return parts if user.sees_nation else Q(pk=None)
    return of_programmes


def issued_lately(user: User, today: dt.date) -> QuerySet[Edition]:
    """Editions in sight that came out within ninety days."""
    since = today - dt.timedelta(days=90)
    return Edition.objects.visible_to(user).issued().filter(issued_at__date__gte=since)


def later_count(user: User, edition: Edition) -> int:
    """How many changes in sight came after the edition and touch it; a draft has none."""
    if not edition.is_frozen:
        return 0
    return LaterChange.objects.visible_to(user).touching(edition).count()
