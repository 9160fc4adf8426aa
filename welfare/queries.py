"""What the pages of welfare funds read across tables, with a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from codi.files.models import FileState
from codi.fiscal import Quarter
from finance.frames import with_money
from finance.queries import ProjectMoney, money_of
from programs.models import BudgetFrame, QualityScale, ScaleSubject
from welfare.models import (
    MONEY_SOURCES,
    Contribution,
    FundFile,
    FundReview,
    FundStatus,
    WelfareFund,
)
from welfare.rules import CUMULATIVE

if TYPE_CHECKING:
    from codi.accounts.models import User

BAHT = DecimalField(max_digits=18, decimal_places=2)
Told = tuple[int, int, Mapping[str, Any]]
"""A report of a fund: fiscal year, quarter, its cumulative amounts and ``correction_reason``."""

# How a fund answered for a quarter.
REPORTED, NOTHING, MISSING = "reported", "nothing", "missing"
ANSWERS = {REPORTED: "รายงานแล้ว", NOTHING: "ไม่มีข้อมูลเปลี่ยนแปลง", MISSING: "ยังไม่รายงาน"}
# Where a fund stands in the register.
WORKING, STOPPED, WITHDRAWN = "working", "stopped", "withdrawn"
STANDINGS = {WORKING: "ดำเนินการ", STOPPED: "หยุดดำเนินการ", WITHDRAWN: "ถอนออกจากทะเบียน"}
# The grade of a review that found the fund stopped, and of a fund without review.
FOUND_STOPPED, NOT_REVIEWED = "stopped", "none"


def money_total(path: str = "") -> Any:
    """The six sources of a report together, in baht."""
    total: Any = F(f"{path}{MONEY_SOURCES[0]}")
    for name in MONEY_SOURCES[1:]:
        total = total + F(f"{path}{name}")
    return total


def quarters_told(keys: Sequence[int]) -> dict[int, list[Told]]:
    """What each fund told by quarter, the latest first, without those that told nothing: one query."""
    told: dict[int, list[Told]] = defaultdict(list)
    rows = FundStatus.objects.filter(fund__in=keys, has_nothing_to_report=False)
    names = ("fund_id", "fiscal_year", "quarter", *CUMULATIVE, "correction_reason")
    for row in rows.order_by("fund", "-fiscal_year", "-quarter").values(*names):
        told[row["fund_id"]].append((row["fiscal_year"], row["quarter"], row))
    return told


def around(told: Sequence[Told], fiscal_year: int, quarter: int) -> tuple[Told | None, Told | None]:
    """The latest of these reports before a quarter, and the first after it."""
    when = (fiscal_year, quarter)
    before = max((one for one in told if one[:2] < when), key=_when, default=None)
    after = min((one for one in told if one[:2] > when), key=_when, default=None)
    return before, after


def _when(told: Told) -> tuple[int, int]:
    return told[:2]


def documents_of(keys: Sequence[int]) -> dict[int, set[str]]:
    """Which documents are attached to each fund now: one query."""
    found: dict[int, set[str]] = {key: set() for key in keys}
    rows = FundFile.objects.filter(subject__in=keys, state=FileState.PRESENT)
    for fund, document in rows.values_list("subject_id", "document"):
        found[fund].add(document)
    return found


def fund_scales() -> list[QualityScale]:
    """The scales of fund reviews, the latest year first; a year without one has the one before."""
    scales = QualityScale.objects.filter(subject=ScaleSubject.FUND).order_by("-fiscal_year")
    return list(scales.prefetch_related("bands"))


def fund_of_code(user: User, code: str) -> WelfareFund | None:
    """The fund in sight of a code."""
    return WelfareFund.objects.visible_to(user).filter(code=code).first()


# The list


def _answer(path: str) -> Case:
    return Case(
        When(Q(**{f"{path}pk": None}), then=Value(MISSING)),
        When(Q(**{f"{path}has_nothing_to_report": True}), then=Value(NOTHING)),
        default=Value(REPORTED),
        output_field=CharField(),
    )


def _told_in(path: str, quarter: Quarter) -> FilteredRelation:
    told = {
        f"{path}__fiscal_year": quarter.fiscal_year.number,
        f"{path}__quarter": quarter.number,
    }
    return FilteredRelation(path, condition=Q(**told))


def funds_for_list(user: User, today: dt.date) -> QuerySet[Any]:
    """Funds in sight with their latest status and review, and their answer for the quarter of today."""
    latest = FundStatus.objects.filter(
        fund=OuterRef("pk"), reported_on__lte=today, has_nothing_to_report=False
    ).order_by("-fiscal_year", "-quarter")
    review = FundReview.objects.filter(fund=OuterRef("pk")).order_by("-fiscal_year")
    summed = latest.annotate(money_baht=money_total()).values("money_baht")[:1]
    return (
        WelfareFund.objects.visible_to(user)
        .select_related("region", "province", "district", "subdistrict")
        .annotate(
            told=_told_in("statuses", Quarter.of(today)),
            answer=_answer("told__"),
            member_count=Subquery(latest.values("member_count")[:1]),
            money_baht=Subquery(summed, output_field=BAHT),
            review_grade=Coalesce(Subquery(review.values(told=_grade())[:1]), Value(NOT_REVIEWED)),
            risk=Coalesce(Subquery(review.values("risk")[:1]), Value("")),
            standing=Case(
                When(withdrawn_on__isnull=False, then=Value(WITHDRAWN)),
                When(stopped_on__isnull=False, then=Value(STOPPED)),
                default=Value(WORKING),
                output_field=CharField(),
            ),
        )
    )


def _grade() -> Case:
    return Case(
        When(is_stopped=True, then=Value(FOUND_STOPPED)),
        default=F("grade"),
        output_field=CharField(),
    )


# The entry grid


ENTERED: tuple[str, ...] = (
    "member_count", "working_age_count", "youth_count", "elderly_count", "disadvantaged_count",
    "other_count", "village_count", *MONEY_SOURCES, "beneficiary_count", "benefit_baht",
    "correction_reason",
)  # fmt: skip


def funds_to_enter(user: User, quarter: Quarter) -> QuerySet[Any]:
    """Funds that report a quarter, each with what is on record of it and what it told before.

    Annotates ``now_…`` (the amounts of the quarter, None without them), ``status_version`` (0
    without a report), ``told_answer``, and ``before_…`` of the latest report before.
    """
    earlier = Q(fiscal_year__lt=quarter.fiscal_year.number) | Q(
        fiscal_year=quarter.fiscal_year.number, quarter__lt=quarter.number
    )
    before = FundStatus.objects.filter(
        earlier, fund=OuterRef("pk"), has_nothing_to_report=False
    ).order_by("-fiscal_year", "-quarter")
    summed = before.annotate(money_baht=money_total()).values("money_baht")[:1]
    return (
        WelfareFund.objects.visible_to(user)
        .filter(withdrawn_on=None, founded_on__lte=quarter.end)
        .select_related("province", "district")
        .annotate(
            told=_told_in("statuses", quarter),
            status_version=Coalesce(F("told__version"), Value(0)),
            told_answer=Case(
                When(told__has_nothing_to_report=True, then=Value(NOTHING)),
                When(told__has_nothing_to_report=False, then=Value(REPORTED)),
            ),
            **{
                f"now_{name}": Case(
                    When(told__has_nothing_to_report=False, then=F(f"told__{name}"))
                )
                for name in ENTERED
            },
            before_member_count=Subquery(before.values("member_count")[:1]),
            before_money_baht=Subquery(summed, output_field=BAHT),
            before_benefit_baht=Subquery(before.values("benefit_baht")[:1]),
        )
        .order_by("province__sort_key", "district__name", "sort_key", "pk")
    )


# The page of a fund


@dataclass(frozen=True)
class ContributionLine:
    """A contribution with its money as of a day; ``frame_baht`` is that of its project's place."""

    contribution: Contribution
    money: ProjectMoney
    frame_baht: Decimal | None


def contributions_of(fund: WelfareFund, today: dt.date) -> list[ContributionLine]:
    """The contributions of a fund with the money of their projects, by the ledger: four queries."""
    found = list(fund.contributions.select_related("project__programme"))
    projects = [one.project for one in found if one.project is not None]
    money = money_of(projects, today) if projects else {}
    frames = _frames_of(projects) if projects else {}
    return [_line(one, money, frames) for one in found]


def _line(
    one: Contribution, money: Mapping[int, ProjectMoney], frames: Mapping[tuple[int, str], Decimal]
) -> ContributionLine:
    project = one.project
    if project is None:
        return ContributionLine(one, ProjectMoney(), None)
    return ContributionLine(
        one, money[project.pk], frames.get((project.programme_id, project.level))
    )


def _frames_of(projects: Sequence[Any]) -> dict[tuple[int, str], Decimal]:
    """The frames of the region of these projects after moves, by programme and level."""
    frames = BudgetFrame.objects.filter(
        programme__in={project.programme_id for project in projects},
        region__in={project.region_id for project in projects},
    )
    return {(frame.programme_id, frame.level): frame.current_baht for frame in with_money(frames)}


# Completeness


@dataclass(frozen=True)
class Completeness:
    """How the funds of a region (or province) answered for a quarter, in funds."""

    code: str
    name: str
    fund_count: int = 0
    reported_count: int = 0
    nothing_count: int = 0
    missing_count: int = 0
    late_count: int = 0

    @property
    def answered_count(self) -> int:
        """Funds that answered: with amounts, or that nothing changed."""
        return self.reported_count + self.nothing_count


def in_all(rows: Sequence[Completeness]) -> Completeness:
    """The rows together."""
    names = ("fund_count", "reported_count", "nothing_count", "missing_count", "late_count")
    sums = {name: sum(getattr(row, name) for row in rows) for name in names}
    return Completeness("", "รวม", **sums)


def completeness(user: User, quarter: Quarter, today: dt.date, *, by: str) -> list[Completeness]:
    """The answers for a quarter by ``region`` or ``province`` of what the person sees: one query.

    The funds are those of the register on the last day of the quarter, or today when that is to
    come; a report is late when it came after the quarter's end.
    """
    day = min(quarter.end, today)
    funds = WelfareFund.objects.visible_to(user).established_as_of(day)
    told = Q(told__reported_on__lte=today)
    order = f"{by}__position" if by == "region" else f"{by}__sort_key"
    rows = (
        funds.annotate(told=_told_in("statuses", quarter))
        .order_by(order, by)
        .values(by, f"{by}__name")
        .annotate(
            fund_count=Count("pk"),
            reported_count=Count("pk", filter=told & Q(told__has_nothing_to_report=False)),
            nothing_count=Count("pk", filter=told & Q(told__has_nothing_to_report=True)),
            late_count=Count("pk", filter=told & Q(told__reported_on__gt=quarter.end)),
        )
    )
    return [
        Completeness(
            code=row[by],
            name=row[f"{by}__name"],
            missing_count=row["fund_count"] - row["reported_count"] - row["nothing_count"],
            **{
                name: row[name]
                for name in ("fund_count", "reported_count", "nothing_count", "late_count")
            },
        )
        for row in rows
    ]
