"""The boxes of this room's work on the page of a council."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from codi.accounts.models import User
from councils.models import Council, Proposal, QualityReview, StatusLetter
from councils.panels import council_panel
from councils.permissions_of_work import can_issue_letter, can_record, can_record_work
from councils.queries_of_work import (
    capability_with_gaps,
    group_count,
    years_of_work,
)
from councils.tables_of_work import with_validity
from programs.panels import Panel

FOLDER = "councils/panels/"
MOST_PROPOSALS = 10


@council_panel(position=200)
def work(council: Council, user: User, today: dt.date) -> Panel:
    """Meetings and missions by year, with what is missing to concrete results."""
    context = {"years": years_of_work(council, today), "may": can_record_work(user, council)}
    return Panel(f"{FOLDER}work.html", context)


@council_panel(position=210)
def quality(council: Council, user: User, today: dt.date) -> Panel:
    """Quality reviews and capability results."""
    context = {
        "reviews": QualityReview.objects.filter(council=council),
        "capability": capability_with_gaps(council),
        "may": can_record_work(user, council),
    }
    return Panel(f"{FOLDER}quality.html", context)


@council_panel(position=220)
def groups(council: Council, user: User, today: dt.date) -> Panel:
    """How many groups, and how many of them are certified this year."""
    context = {"counts": group_count(council, today), "may": can_record_work(user, council)}
    return Panel(f"{FOLDER}groups.html", context)


@council_panel(position=230)
def letters(council: Council, user: User, today: dt.date) -> Panel:
    """The council's own letters of status."""
    issued = list(StatusLetter.objects.with_subjects().filter(council=council, group=None))
    may = can_issue_letter(user, council, None, today)
    standing = any(one.revoked_on is None for one in issued)
    context = {
        "letters": with_validity(issued, today),
        "may": bool(may) and not standing,
        "reason": may.reason,
        "issue_url": reverse("councils:letter_issue", args=[council.pk]),
    }
    return Panel(f"{FOLDER}letters.html", context)


@council_panel(position=240)
def proposals(council: Council, user: User, today: dt.date) -> Panel:
    """The latest proposals that the council stands behind."""
    found = Proposal.objects.filter(shares__council=council)
    context = {"proposals": found[:MOST_PROPOSALS], "may": can_record(user)}
    return Panel(f"{FOLDER}proposals.html", context)
