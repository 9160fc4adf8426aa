"""What the pages of data quality read: how things stand now, a week and a month ago, and over time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    Count,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from codi.figures.figure import FigureScope
from codi.figures.grid import Basis, Column, Grid, Row, Unit
from codi.places.figures import place_name
from codi.places.models import Region
from codi.quality.declared import Rule, Severity, rules
from codi.quality.models import Finding, FindingCount, RuleRun
from codi.thai.dates import short_date

if TYPE_CHECKING:
    from codi.accounts.models import User

WEEK, MONTH = dt.timedelta(days=7), dt.timedelta(days=30)
POINTS = 12
"""How many days the trend shows, the latest last."""


@dataclass(frozen=True)
class Tally:
    """How many wait now, and how many more (or fewer) than a week and a month ago.

    A change is None where nothing was counted so long ago.
    """

    now: int
    since_week: int | None
    since_month: int | None


@dataclass(frozen=True)
class RuleLine:
    """One rule on the overview: how many records break it, place by place, and how it ran last."""

    rule: Rule
    tally: Tally
    by_region: Sequence[tuple[str, str, int]]
    explained_count: int
    run: RuleRun | None

    @property
    def is_quiet(self) -> bool:
        """Whether nothing breaks the rule and nothing changed."""
        told = (self.tally.now, self.tally.since_week, self.tally.since_month)
        failed = self.run is not None and bool(self.run.failure)
        return not any(told) and not self.explained_count and not failed


@dataclass(frozen=True)
class Overview:
    """All that the overview tells; ``swept_at`` is None before the first sweep."""

    swept_at: dt.datetime | None
    severities: Sequence[tuple[Severity, Tally]]
    regions: Sequence[Region]
    lines: Sequence[RuleLine]

    @property
    def broken(self) -> Sequence[RuleLine]:
        """The rules that something breaks, or broke a week or a month ago, or that failed."""
        return [line for line in self.lines if not line.is_quiet]

    @property
    def kept(self) -> Sequence[RuleLine]:
        """The rules that nothing breaks."""
        return [line for line in self.lines if line.is_quiet]

    @property
    def failed(self) -> Sequence[RuleLine]:
        """The rules whose last run failed."""
        return [line for line in self.lines if line.run and line.run.failure]


def findings_for_list(user: User) -> QuerySet[Any]:
    """Findings in sight with what the list shows of them."""
    runs = RuleRun.objects.filter(rule_key=OuterRef("rule_key"), failure="").order_by("-day")
    seen_on = Coalesce("last_seen_on", Subquery(runs.values("day")[:1]), "first_seen_on")
    rows: QuerySet[Any] = Finding.objects.visible_to(user)
    joined = rows.select_related("region", "province", "owner", "closed_by")
    found: QuerySet[Any] = joined.annotate(weight=weight(), seen_on=seen_on)
    return found


def weight() -> Case:
    """The order of severities, the weightiest first."""
    order = [When(severity=one, then=Value(place)) for place, one in enumerate(Severity)]
    return Case(*order, output_field=IntegerField())


def was_swept() -> bool:
    """Whether the data were looked through at least once."""
    return RuleRun.objects.exists()


def earlier_sweeps(today: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """The last days with a sweep at least a week, and at least a month, before the day."""
    found = RuleRun.objects.aggregate(
        week=Max("day", filter=Q(day__lte=today - WEEK)),
        month=Max("day", filter=Q(day__lte=today - MONTH)),
    )
    return found["week"], found["month"]


def overview(user: User, today: dt.date) -> Overview:
    """How the data in sight stands: six queries, however many findings there are."""
    standing = Finding.objects.visible_to(user).standing().order_by()
    now = list(standing.values("rule_key", "region", "state").annotate(count=Count("pk")))
    week, month = earlier_sweeps(today)
    before = _counted(user, [day for day in (week, month) if day])
    latest = RuleRun.objects.order_by("rule_key", "-day").distinct("rule_key")
    runs = {run.rule_key: run for run in latest}
    regions = list(Region.objects.visible_to(user).current()) if user.sees_nation else []
    lines = [_line(rule, now, before, (week, month), regions, runs) for rule in rules()]
    return Overview(
        swept_at=max((run.ran_at for run in runs.values()), default=None),
        severities=[(one, _together(one, lines)) for one in Severity],
        regions=regions,
        lines=lines,
    )


def _counted(user: User, days: Sequence[dt.date]) -> Mapping[tuple[dt.date, str], int]:
    """How many waited on earlier days, by day and rule: one query."""
    counts = FindingCount.objects.visible_to(user).filter(day__in=days).order_by()
    summed = counts.values("day", "rule_key").annotate(count=Sum("open_count"))
    return {(row["day"], row["rule_key"]): row["count"] for row in summed}


def _line(
    rule: Rule,
    now: Sequence[Mapping[str, Any]],
    before: Mapping[tuple[dt.date, str], int],
    days: tuple[dt.date | None, dt.date | None],
    regions: Sequence[Region],
    runs: Mapping[str, RuleRun],
) -> RuleLine:
    counts: Counter[str] = Counter()
    explained = 0
    for row in now:
        if row["rule_key"] != rule.key:
            continue
        if row["state"] == "open":
            counts[row["region"] or ""] += row["count"]
        else:
            explained += row["count"]
    total = counts.total()
    week, month = (
        total - before.get((day, rule.key), 0) if day is not None else None for day in days
    )
    return RuleLine(
        rule,
        Tally(total, week, month),
        [(region.pk, region.short_name, counts[region.pk]) for region in regions],
        explained,
        runs.get(rule.key),
    )


def _together(severity: Severity, lines: Sequence[RuleLine]) -> Tally:
    mine = [line.tally for line in lines if line.rule.severity == severity]

    def added(changes: list[int | None]) -> int | None:
        known = [change for change in changes if change is not None]
        return sum(known) if known else None

    return Tally(
        sum(tally.now for tally in mine),
        added([tally.since_week for tally in mine]),
        added([tally.since_month for tally in mine]),
    )


def open_counts(user: User) -> Mapping[str, int]:
    """How many findings in sight wait, by severity: one query."""
    waiting = Finding.objects.visible_to(user).open().order_by()
    return dict(waiting.values_list("severity").annotate(count=Count("pk")))


def trend(user: User, today: dt.date) -> Grid:
    """How many waited in sight after the sweeps of the past days, by severity, as a table.

    The last :data:`POINTS` days with a sweep, at most one a week, and the latest one.
    """
    days = _trend_days(today)
    counts = FindingCount.objects.visible_to(user).filter(day__in=days).order_by()
    summed = counts.values_list("day", "severity").annotate(count=Sum("open_count"))
    found = {(day, severity): count for day, severity, count in summed}
    columns = tuple(Column(one.value, one.label, Unit.COUNT, additive=False) for one in Severity)
    scope = FigureScope(region=user.region_id, province=user.province_id)
    return Grid(
        key="quality.trend",
        title="ปัญหาข้อมูลที่รอแก้ไข",
        unit="รายการ",
        basis=Basis.STOCK,
        as_of=today,
        scope_label=place_name(scope),
        columns=columns,
        rows=tuple(Row(day.isoformat(), short_date(day)) for day in days),
        cells={
            day.isoformat(): {one.value: found.get((day, one.value), 0) for one in Severity}
            for day in days
        },
        notes=(),
        source="การตรวจคุณภาพข้อมูลของระบบ",
        row_heading="วันที่ตรวจ",
    )


def _trend_days(today: dt.date) -> list[dt.date]:
    """The latest day with a sweep, and earlier ones a week or more apart, in order."""
    known = RuleRun.objects.filter(day__lte=today).order_by("-day").values_list("day", flat=True)
    chosen: list[dt.date] = []
    for day in known.distinct():
        if not chosen or chosen[-1] - day >= WEEK:
            chosen.append(day)
        if len(chosen) == POINTS:
            break
    return chosen[::-1]


def history_of(finding: Finding, user: User) -> list[Finding]:
    """The earlier findings of the same rule and record in sight, the latest first.

    Each belongs to the place in which the record lay when it was found: what another region wrote
    of a record that has moved since is not shown.
    """
    of_record = Finding.objects.visible_to(user).filter(
        rule_key=finding.rule_key, subject_key=finding.subject_key, pk__lt=finding.pk
    )
    return list(of_record.select_related("closed_by").order_by("-pk"))
