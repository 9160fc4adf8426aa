"""One good row of every table of the work of councils, of groups, letters and proposals."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from councils.models import (
    CapabilityResult,
    CommunityGroup,
    Council,
    CouncilMeeting,
    GroupCertification,
    Proposal,
    ProposalOfCouncil,
    QualityReview,
    Section21Mission,
    StatusLetter,
)
from programs.models import QualityScale
from tests import world as build
from tests.world import World

MARCH = dt.date(2021, 3, 1)


def council(w: World) -> Council:
    """The council of the rows, stored once."""
    return Council.objects.filter(code="30307").first() or build.council(code="30307")


def group(w: World) -> CommunityGroup:
    return CommunityGroup(
        code="30307-001", council=council(w), name="กลุ่มออมทรัพย์", registered_on=MARCH
    )


def review(w: World) -> QualityReview:
    scale, _made = QualityScale.objects.get_or_create(
        subject="council", fiscal_year=2562, source="แบบสอบทาน ปี 2562"
    )
    return QualityReview(
        council=council(w),
        fiscal_year=2564,
        reviewed_on=MARCH,
        scale=scale,
        score_pct=Decimal(90),
        grade="A",
    )


def certification(w: World) -> GroupCertification:
    there = CommunityGroup.objects.first() or build.group(council(w))
    return GroupCertification(group=there, fiscal_year=2564, certified_on=MARCH)


def proposal(w: World) -> Proposal:
    return Proposal(title="ขอระบบน้ำ", fiscal_year=2564, agency="อบต. ศรีภูมิ", sent_on=MARCH)


def share(w: World) -> ProposalOfCouncil:
    of = Proposal.objects.first()
    if of is None:
        of = proposal(w)
        of.save()
    return ProposalOfCouncil(proposal=of, council=council(w))


def letter(w: World) -> StatusLetter:
    return StatusLetter(
        number=1, fiscal_year=2564, council=council(w), issued_on=MARCH, issued_by=w.officer
    )


ROWS = {
    "meeting": lambda w: CouncilMeeting(
        council=council(w), fiscal_year=2564, number=1, held_on=MARCH
    ),
    "mission": lambda w: Section21Mission(
        council=council(w), fiscal_year=2564, mission=10, reported_on=MARCH
    ),
    "capability": lambda w: CapabilityResult(
        council=council(w), fiscal_year=2564, reported_on=MARCH
    ),
    "review": review,
    "group": group,
    "certification": certification,
    "letter": letter,
    "proposal": proposal,
    "share": share,
}
