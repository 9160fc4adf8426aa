"""Writes to proposals of councils to agencies, and what became of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.errors import Refused
from codi.fiscal import FiscalYear
from codi.writing import change, locked, service
from councils import permissions_of_work as permissions
from councils.models import Council, Proposal, ProposalOfCouncil
from councils.services.work import require_past


def _require_councils(actor: User, councils: Collection[Council]) -> None:
    if not councils:
        raise Refused("เลือกสภาที่เสนออย่างน้อย 1 สภา", field="councils")
    for council in councils:
        decision = permissions.can_record_work(actor, council)
        if not decision:
            raise Refused(f"{council.code} {council}: {decision.reason}", field="councils")


def _require_days(proposal: Proposal, today: dt.date) -> None:
    for field in ("sent_on", "answered_on", "followed_up_on", "solved_on"):
        day = getattr(proposal, field)
        if day is not None:
            require_past(day, today, field)


@service
def send_proposal(
    *, actor: User, councils: Collection[Council], today: dt.date, **facts: Any
) -> Proposal:
    """Record a proposal that one or many councils sent to an agency; its year is that of the day."""
    _require_councils(actor, councils)
    proposal = Proposal(fiscal_year=FiscalYear.of(facts["sent_on"]).number, **facts)
    _require_days(proposal, today)
    proposal.save()
    _join(proposal, councils)
    return proposal


def _join(proposal: Proposal, councils: Collection[Council]) -> None:
    for council in councils:
        ProposalOfCouncil.objects.create(proposal=proposal, council=council)


@service
def change_proposal(
    *,
    actor: User,
    proposal: Proposal,
    expected_version: int | None,
    councils: Collection[Council],
    today: dt.date,
    **facts: Any,
) -> Proposal:
    """Correct a proposal and its councils; councils out of the actor's sight stay in it."""
    proposal = locked(proposal)
    require(permissions.can_follow_up(actor, proposal))
    stored = set(Council.objects.visible_to(actor).filter(proposals=proposal))
    new = set(councils) - stored
    if not councils:
        _require_councils(actor, councils)
    if new:
        _require_councils(actor, new)
    if "sent_on" in facts:
        facts["fiscal_year"] = FiscalYear.of(facts["sent_on"]).number
    proposal = change(proposal, facts, expected_version=expected_version)
    _require_days(proposal, today)
    gone = stored - set(councils)
    ProposalOfCouncil.objects.filter(proposal=proposal, council__in=gone).delete()
    _join(proposal, new)
    return proposal


@service
def follow_up_proposal(
    *,
    actor: User,
    proposal: Proposal,
    expected_version: int | None,
    today: dt.date,
    **facts: Any,
) -> Proposal:
    """Record what became of a proposal: the answer, the follow-up, the day it was solved."""
    proposal = locked(proposal)
    require(permissions.can_follow_up(actor, proposal))
    proposal = change(proposal, facts, expected_version=expected_version)
    _require_days(proposal, today)
    return proposal
