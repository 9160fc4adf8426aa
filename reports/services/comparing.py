"""Comparing a draft with the edition that it takes the place of: long work, kept until it is frozen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.jobs import services as jobs
from codi.jobs.models import Job
from codi.writing import locked, service
from reports import permissions
from reports.changes import Move, kept_move
from reports.models import Comparison, Edition

COMPARE = "compare-edition"


def request_comparison(*, actor: User, edition: Edition, key: str) -> Job:
    """Ask for the comparison of a draft now; ``key`` is the one-time key of the button."""
    require(permissions.can_compare(actor, edition))
    return jobs.request(
        COMPARE,
        key=f"{COMPARE}-{edition.pk}-{key[:64]}",
        payload={"edition": edition.pk},
        requested_by=actor,
        region=edition.region,
        title=f"เทียบกับฉบับก่อน: รายงาน {edition}",
    )


@service
def keep_comparison(*, edition: Edition, moves: Sequence[Move], now: dt.datetime) -> None:
    """Keep what moved as of ``now``; an edition that was frozen meanwhile tells its own."""
    edition = locked(edition)
    if edition.is_frozen:
        return
    Comparison.objects.update_or_create(
        edition=edition,
        defaults={"moves": [kept_move(move) for move in moves], "computed_at": now},
    )
