"""One tambon on a day: its councils, funds and projects, and what they did over the years.

Every part is read for all councils, funds or projects of the tambon at once, so that the number of
queries does not grow with them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from codi.fiscal import FiscalYear
from codi.places.models import Subdistrict
from councils.models import (
    CommunityGroup,
    Council,
    CouncilMeeting,
    QualityReview,
    Section21Mission,
    TermState,
)
from councils.queries import councils_for_list
from councils.tables import TERM_TONES
from finance.queries import ProjectMoney, money_of
from programs.models import Project
from welfare.models import Contribution, FundReview, FundStatus, WelfareFund
from welfare.status_bars import QuarterBars, money_in, quarter_bars

if TYPE_CHECKING:
    from codi.accounts.models import User

QUARTERS_SHOWN, QUARTERS_READ = 8, 24
MOST_YEARS = 6
Stay = tuple[dt.date, dt.date | None]
"""The day on which a council was registered, and that on which it left the register."""


@dataclass(frozen=True)
class CouncilYear:
    """What a council did in a fiscal year."""

    fiscal_year: int
    meeting_count: int
    mission_count: int
    grade: str


@dataclass(frozen=True)
class CouncilShown:
    """A council with its term, groups and years."""

    council: Any
    term_state: TermState
    term_tone: str
    group_count: int
    years: Sequence[CouncilYear]


@dataclass(frozen=True)
class FundShown:
    """A fund with what it reported, its reviews and contributions."""

    fund: WelfareFund
    quarters: Sequence[tuple[FundStatus, Decimal]]
    bars: QuarterBars
    latest: FundStatus | None
    reviews: Sequence[FundReview]
    contributions: Sequence[tuple[Contribution, ProjectMoney]]


@dataclass(frozen=True)
class ProjectYear:
    """The projects of a fiscal year and their money."""

    fiscal_year: int
    projects: Sequence[tuple[Project, ProjectMoney]]

    @property
    def approved_baht(self) -> Decimal:
        """Of all of them."""
        return sum((money.approved_baht or Decimal(0) for _, money in self.projects), Decimal(0))

    @property
    def net_baht(self) -> Decimal:
        """Paid less returned, of all of them."""
        return sum((money.net_baht for _, money in self.projects), Decimal(0))

    @property
    def left_baht(self) -> Decimal:
        """What may still be paid."""
        return sum((money.left_baht for _, money in self.projects), Decimal(0))


@dataclass(frozen=True)
class HistoryYear:
    """The tambon at the end of a fiscal year, or on the day in the one under way."""

    fiscal_year: int
    council_count: int
    fund_member_count: int | None
    fund_money_baht: Decimal | None
    project_count: int
    approved_baht: Decimal
    net_baht: Decimal


@dataclass(frozen=True)
class TambonShown:
    """All that the page of a tambon tells."""

    councils: Sequence[CouncilShown] = ()
    funds: Sequence[FundShown] = ()
    years: Sequence[ProjectYear] = ()
    history: Sequence[HistoryYear] = field(default_factory=tuple)


def tambon_shown(user: User, place: Subdistrict, day: dt.date) -> TambonShown:
    """What is on record of a tambon in the person's sight, as of the day."""
    councils = _councils(user, place, day)
    funds = _funds(user, place, day)
    years = _years(user, place, day)
    history = _history(_stays(user, place), funds, years, day)
    return TambonShown(councils, funds, years, history)


def _stays(user: User, place: Subdistrict) -> list[Stay]:
    """From when to when each council of the tambon stood, those that left the register too."""
    rows = Council.objects.visible_to(user).filter(subdistrict=place)
    return list(rows.values_list("registered_on", "withdrawn_on"))


def _councils(user: User, place: Subdistrict, day: dt.date) -> list[CouncilShown]:
    """The councils that stood on the day: five queries."""
    rows: Any = councils_for_list(user, day).filter(subdistrict=place)
    found = list(rows.established_as_of(day).order_by("registered_on", "pk"))
    meetings = _per_year(CouncilMeeting.objects.filter(council__in=found, held_on__lte=day))
    missions = _per_year(Section21Mission.objects.filter(council__in=found, reported_on__lte=day))
    groups: Any = CommunityGroup.objects.registered_as_of(day)
    standing = groups.filter(council__in=found).order_by().values("council")
    group_counts = {line["council"]: line["told"] for line in standing.annotate(told=Count("pk"))}
    grades = {
        (one.council_id, one.fiscal_year): one.grade
        for one in QualityReview.objects.filter(council__in=found, reviewed_on__lte=day)
    }
    shown = []
    for one in found:
        years = {year for council, year in (*meetings, *missions, *grades) if council == one.pk}
        state = TermState(one.term_state)
        shown.append(
            CouncilShown(
                one,
                state,
                TERM_TONES[state],
                group_counts.get(one.pk, 0),
                [
                    CouncilYear(
                        year,
                        meetings[one.pk, year],
                        missions[one.pk, year],
                        grades.get((one.pk, year), ""),
                    )
                    for year in sorted(years, reverse=True)[:MOST_YEARS]
                ],
            )
        )
    return shown


def _per_year(rows: Any) -> Counter[tuple[int, int]]:
    """How many of the rows each council has in each fiscal year."""
    grouped = rows.order_by().values("council", "fiscal_year").annotate(told=Count("pk"))
    return Counter({(line["council"], line["fiscal_year"]): line["told"] for line in grouped})


def _funds(user: User, place: Subdistrict, day: dt.date) -> list[FundShown]:
    """The funds that stood on the day: eight queries."""
    rows: Any = WelfareFund.objects.visible_to(user).established_as_of(day)
    found = list(rows.filter(subdistrict=place).order_by("founded_on", "pk"))
    told = FundStatus.objects.filter(fund__in=found, reported_on__lte=day)
    statuses = _by_fund(
        told.prefetch_related("benefits").order_by("fund", "-fiscal_year", "-quarter")
    )
    reviews = _by_fund(FundReview.objects.filter(fund__in=found, reviewed_on__lte=day))
    asked = Contribution.objects.filter(fund__in=found, requested_on__lte=day)
    contributions = _by_fund(asked.select_related("project").order_by("fund", "-fiscal_year"))
    projects = [one.project for every in contributions.values() for one in every if one.project]
    money = money_of(projects, day) if projects else {}
    return [
        FundShown(
            fund=fund,
            quarters=[(one, money_in(one)) for one in statuses[fund.pk][:QUARTERS_READ]],
            bars=quarter_bars(statuses[fund.pk][:QUARTERS_SHOWN]),
            latest=next((o for o in statuses[fund.pk] if not o.has_nothing_to_report), None),
            reviews=reviews[fund.pk][:MOST_YEARS],
            contributions=[
                (one, money.get(one.project_id, ProjectMoney()))
                for one in contributions[fund.pk][:MOST_YEARS]
            ],
        )
        for fund in found
    ]


def _by_fund(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.fund_id].append(row)
    return found


def _years(user: User, place: Subdistrict, day: dt.date) -> list[ProjectYear]:
    """The projects approved on the day by fiscal year, the latest first: three queries."""
    rows: Any = Project.objects.visible_to(user).filter(subdistrict=place)
    found = list(
        rows.approved_as_of(day).select_related("programme").order_by("-approved_on", "pk")
    )
    money = money_of(found, day) if found else {}
    years = sorted({one.fiscal_year for one in found}, reverse=True)
    return [
        ProjectYear(year, [(one, money[one.pk]) for one in found if one.fiscal_year == year])
        for year in years
    ]


def _history(
    councils: Sequence[Stay],
    funds: Sequence[FundShown],
    years: Sequence[ProjectYear],
    day: dt.date,
) -> list[HistoryYear]:
    """The last fiscal years, from what was read already."""
    last = FiscalYear.of(day).number
    by_year = {one.fiscal_year: one for one in years}
    found = []
    for number in range(last, last - MOST_YEARS, -1):
        until = min(FiscalYear(number).end, day)
        told = [status for one in funds if (status := _last_in(one, number)) is not None]
        projects = by_year.get(number, ProjectYear(number, ()))
        found.append(
            HistoryYear(
                fiscal_year=number,
                council_count=sum(_stood(one, until) for one in councils),
                fund_member_count=sum(one.member_count for one in told) if told else None,
                fund_money_baht=sum((money_in(one) for one in told), Decimal(0)) if told else None,
                project_count=len(projects.projects),
                approved_baht=projects.approved_baht,
                net_baht=projects.net_baht,
            )
        )
    return [one for one in found if one.council_count or told_anything(one)]


def _stood(stay: Stay, day: dt.date) -> bool:
    """Whether a council stood at the end of a day."""
    registered_on, withdrawn_on = stay
    return registered_on <= day and (withdrawn_on is None or withdrawn_on > day)


def told_anything(year: HistoryYear) -> bool:
    """Whether a year has more to tell than councils."""
    return year.fund_member_count is not None or bool(year.project_count)


def _last_in(fund: FundShown, fiscal_year: int) -> FundStatus | None:
    """The last status with amounts that a fund told of a fiscal year."""
    told = (one for one, _money in fund.quarters if not one.has_nothing_to_report)
    return next((one for one in told if one.fiscal_year == fiscal_year), None)
