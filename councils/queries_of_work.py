"""Reads about the work of councils: years on the council's page, lists of groups and proposals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When

from codi.accounts.models import User
from codi.fiscal import FiscalYear
from councils.models import (
    CapabilityFile,
    CapabilityResult,
    CommunityGroup,
    Council,
    CouncilMeeting,
    GroupCertification,
    Mission,
    Proposal,
    ProposalOfCouncil,
    Section21Mission,
    StatusLetter,
)
from councils.rules_of_work import gaps_to_capability, gaps_to_concrete
from programs.queries import counted

GROUP_STATES = {
    "certified": "รับรองปีนี้แล้ว",
    "waiting": "รอรับรองปีนี้",
    "ended": "สิ้นสภาพ",
}


@dataclass(frozen=True)
class YearOfWork:
    """What a council did in one fiscal year, and what it lacks for concrete results."""

    fiscal_year: int
    meetings: Sequence[CouncilMeeting]
    missions: Sequence[Section21Mission]

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is missing to concrete results; nothing when they are there."""
        return gaps_to_concrete(len(self.meetings), {one.mission for one in self.missions})

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of the missions performed."""
        return frozenset(one.mission for one in self.missions)

    @property
    def all_missions(self) -> Sequence[tuple[int, str, bool]]:
        """The twelve missions in order: number, text, whether performed."""
        return [(one.value, one.label, one.value in self.numbers) for one in Mission]


def years_of_work(council: Council, today: dt.date) -> Sequence[YearOfWork]:
    """The years with work of a council, the latest first, this year always; two queries."""
    meetings: list[Any] = list(CouncilMeeting.objects.filter(council=council).order_by("number"))
    missions: list[Any] = list(Section21Mission.objects.filter(council=council).order_by("mission"))
    this_year = FiscalYear.of(today).number
    years = {this_year} | {one.fiscal_year for one in (*meetings, *missions)}
    return [
        YearOfWork(
            year,
            [one for one in meetings if one.fiscal_year == year],
            [one for one in missions if one.fiscal_year == year],
        )
        for year in sorted(years, reverse=True)
    ]


def capability_with_gaps(
    council: Council,
) -> Sequence[tuple[CapabilityResult, tuple[str, ...]]]:
    """The capability results of a council with what each lacks; two queries."""
    results: list[Any] = list(CapabilityResult.objects.filter(council=council))
    files = CapabilityFile.objects.present().filter(subject__in=results)
    documents: dict[int, set[str]] = {}
    for subject, document in files.values_list("subject_id", "document"):
        documents.setdefault(subject, set()).add(document)
    return [(one, capability_gaps(one, documents.get(one.pk, set()))) for one in results]


def capability_gaps(result: CapabilityResult, documents: set[str]) -> tuple[str, ...]:
    """What a result with these documents lacks for the indicator."""
    return gaps_to_capability(
        advises=result.advises,
        asks_for_services=result.asks_for_services,
        reports_harm=result.reports_harm,
        documents=documents,
    )


def groups_for_list(user: User, today: dt.date) -> QuerySet[Any]:
    """Groups in sight with their place and what became of them this year."""
    year = FiscalYear.of(today).number
    certified = GroupCertification.objects.filter(
        group=OuterRef("pk"), fiscal_year=year, certified_on__lte=today
    )
    state = Case(
        When(ended_on__lte=today, then=Value("ended")),
        When(Exists(certified), then=Value("certified")),
        default=Value("waiting"),
        output_field=CharField(),
    )
    groups: QuerySet[Any] = CommunityGroup.objects.visible_to(user)
    joined = groups.select_related("council__region", "council__province")
    found: QuerySet[Any] = joined.annotate(state=state)
    return found


def letter_in_force(council: Council, group: CommunityGroup | None = None) -> StatusLetter | None:
    """The letter of a council, or of a group, that is not revoked."""
    return StatusLetter.objects.standing_of(council, group).first()


def next_meeting_number(council: Council, today: dt.date) -> int:
    """The number after the last meeting of this fiscal year."""
    year = FiscalYear.of(today).number
    last = CouncilMeeting.objects.filter(council=council, fiscal_year=year).order_by("-number")
    found = last.values_list("number", flat=True).first()
    return (found or 0) + 1


def group_count(council: Council, today: dt.date) -> dict[str, int]:
    """How many groups a council has on the day, and how many are certified for the year."""
    year = FiscalYear.of(today).number
    groups = CommunityGroup.objects.filter(council=council).registered_as_of(today)
    certified = Exists(GroupCertification.objects.filter(group=OuterRef("pk"), fiscal_year=year))
    return groups.aggregate(standing=Count("*"), certified=Count("pk", filter=Q(certified)))


def proposals_for_list(user: User) -> QuerySet[Any]:
    """Proposals in sight with how many councils in sight stand behind each, and how far it got."""
    seen = Council.objects.visible_to(user)
    shares = ProposalOfCouncil.objects.filter(council__in=seen)
    return Proposal.objects.visible_to(user).annotate(
        council_count=counted(shares, "proposal"),
        state_key=Case(
            When(solved_on__isnull=False, then=Value("solved")),
            When(followed_up_on__isnull=False, then=Value("followed_up")),
            When(answered_on__isnull=False, then=Value("answered")),
            default=Value("sent"),
            output_field=CharField(),
        ),
    )
