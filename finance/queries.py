"""What is read of projects and their money, as of a day, with a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Aggregate,
    Case,
    Count,
    DateField,
    DecimalField,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from codi.fiscal import Quarter
from codi.thai.dates import month_year
from finance.models import EntryKind, Instalment, InstalmentFile, LedgerEntry
from finance.rules import (
    DUE_SOON_DAYS,
    PAYMENT_DUE_MONTHS,
    is_late,
    latest_overdue_approval,
    left_baht,
    payment_due_on,
    share_pct,
)
from programs.models import Project, ProjectStatus

if TYPE_CHECKING:
    from codi.accounts.models import User

ZERO = Decimal(0)
BAHT = DecimalField(max_digits=18, decimal_places=2)


@dataclass(frozen=True)
class ProjectMoney:
    """The money of one project as of a day, in baht.

    ``paid_baht`` leaves returns out, ``net_baht`` takes them off; ``cleared_baht`` is what was paid
    in instalments whose evidence was cleared.
    """

    approved_baht: Decimal | None = None
    approved_on: dt.date | None = None
    planned_baht: Decimal = ZERO
    paid_baht: Decimal = ZERO
    returned_baht: Decimal = ZERO
    cleared_baht: Decimal = ZERO
    instalment_count: int = 0
    cleared_count: int = 0
    first_planned_on: dt.date | None = None
    last_planned_on: dt.date | None = None
    last_paid_on: dt.date | None = None
    last_returned_on: dt.date | None = None
    last_cleared_on: dt.date | None = None
    is_late: bool = False

    @property
    def net_baht(self) -> Decimal:
        """Paid less returned: what the project holds."""
        return self.paid_baht - self.returned_baht

    @property
    def left_baht(self) -> Decimal:
        """What may still be paid."""
        return left_baht(self.approved_baht, self.net_baht)

    @property
    def unpaid_baht(self) -> Decimal:
        """Approved and never paid; money that came back was paid."""
        return left_baht(self.approved_baht, self.paid_baht)

    @property
    def due_on(self) -> dt.date | None:
        """The last day of paying in time."""
        return payment_due_on(self.approved_on) if self.approved_on else None


def _approval_stood(project: Project, as_of: dt.date) -> bool:
    cancelled = project.cancelled_on is not None and project.cancelled_on <= as_of
    return project.approved_on is not None and project.approved_on <= as_of and not cancelled


def _is_open(project: Project, as_of: dt.date) -> bool:
    return project.closed_on is None or project.closed_on > as_of


def money_of(projects: Iterable[Project], as_of: dt.date) -> dict[int, ProjectMoney]:
    """The money of each project by its key: two queries, however many projects."""
    listed = list(projects)
    keys = [project.pk for project in listed]
    paid = _entry_sums(keys, as_of)
    plans = _plan_sums(keys, as_of)
    return {
        project.pk: _money(project, paid.get(project.pk, {}), plans.get(project.pk, {}), as_of)
        for project in listed
    }


def _money(
    project: Project, paid: dict[str, Any], plan: dict[str, Any], as_of: dt.date
) -> ProjectMoney:
    stood = _approval_stood(project, as_of)
    approved_baht = project.approved_baht if stood else None
    approved_on = project.approved_on if stood else None
    late = _is_open(project, as_of) and is_late(
        approved_on=approved_on,
        approved_baht=approved_baht,
        paid_baht=paid.get("paid_baht", ZERO),
        as_of=as_of,
    )
    return ProjectMoney(
        approved_baht=approved_baht, approved_on=approved_on, is_late=late, **paid, **plan
    )


_PAID = ("returned_baht", "cleared_baht", "last_paid_on", "last_returned_on")
_PLANNED = (
    "instalment_count",
    "cleared_count",
    "first_planned_on",
    "last_planned_on",
    "last_cleared_on",
)


def _entry_sums(keys: Sequence[int], as_of: dt.date) -> dict[int, dict[str, Any]]:
    cleared = Q(instalment__evidence_cleared_on__lte=as_of)
    rows: Iterable[Any] = (
        LedgerEntry.objects.filter(project__in=keys)
        .as_of(as_of)
        .order_by()
        .values("project")
        .annotate(
            # Not under the names of the model's own columns, which later sums would mistake them for.
            sum_paid=Sum("paid_baht"),
            returned_baht=Sum(F("paid_baht") - F("net_baht")),
            cleared_baht=Coalesce(Sum("paid_baht", filter=cleared), ZERO, output_field=BAHT),
            last_paid_on=Max("effective_on", filter=Q(kind=EntryKind.PAYMENT)),
            last_returned_on=Max("effective_on", filter=Q(kind=EntryKind.RETURN)),
        )
    )
    return {
        row["project"]: {"paid_baht": row["sum_paid"], **{key: row[key] for key in _PAID}}
        for row in rows
    }


def _plan_sums(keys: Sequence[int], as_of: dt.date) -> dict[int, dict[str, Any]]:
    cleared = Q(evidence_cleared_on__lte=as_of)
    rows: Iterable[Any] = (
        Instalment.objects.filter(project__in=keys)
        .order_by()
        .values("project")
        .annotate(
            sum_planned=Sum("planned_baht"),
            instalment_count=Count("pk"),
            cleared_count=Count("pk", filter=cleared),
            first_planned_on=Min("planned_on"),
            last_planned_on=Max("planned_on"),
            last_cleared_on=Max("evidence_cleared_on", filter=cleared),
        )
    )
    return {
        row["project"]: {"planned_baht": row["sum_planned"], **{key: row[key] for key in _PLANNED}}
        for row in rows
    }


@dataclass(frozen=True)
class MoneySums:
    """Count and sums over a whole filtered list, in baht."""

    project_count: int
    approved_baht: Decimal
    net_baht: Decimal

    @property
    def left_baht(self) -> Decimal:
        """What may still be paid of what was approved."""
        return self.approved_baht - self.net_baht


def sums_of(projects: QuerySet[Any], as_of: dt.date) -> MoneySums:
    """Count, approved and net paid of every project in the queryset: two aggregates.

    A cancelled project holds no money, so that leaving out its approval is all there is to do.
    """
    plain = projects.order_by()
    stands = Q(approved_on__lte=as_of) & (Q(cancelled_on=None) | Q(cancelled_on__gt=as_of))
    found = plain.aggregate(count=Count("*"), baht=Sum("approved_baht", filter=stands))
    if not found["count"]:
        return MoneySums(0, ZERO, ZERO)
    entries = LedgerEntry.objects.as_of(as_of).order_by()
    if plain.query.where:
        entries = entries.filter(project__in=plain.values("pk"))
    net = entries.aggregate(baht=Sum("net_baht"))["baht"]
    return MoneySums(found["count"], found["baht"] or ZERO, net or ZERO)


def _per_project(rows: QuerySet[Any], sum_of: Aggregate) -> Coalesce:
    """A sum over the rows of one project, as a part of that project's row."""
    found = rows.filter(project=OuterRef("pk")).order_by().values("project")
    return Coalesce(Subquery(found.annotate(found=sum_of).values("found")), ZERO, output_field=BAHT)


def with_money(projects: QuerySet[Project], as_of: dt.date) -> QuerySet[Any]:
    """Projects as the list shows them, with all money recorded so far, in one query.

    Annotates ``standing_baht`` (approved and not cancelled), ``net_paid_baht``,
    ``left_to_pay_baht``, ``evidence_text`` (instalments cleared/all) and ``is_late``.
    """
    plan = Instalment.objects.filter(project=OuterRef("pk")).order_by().values("project")
    cleared = plan.filter(evidence_cleared_on__lte=as_of)
    stands = Q(approved_on__lte=as_of) & (Q(cancelled_on=None) | Q(cancelled_on__gt=as_of))
    still_open = Q(closed_on=None) | Q(closed_on__gt=as_of)
    overdue = stands & still_open & Q(approved_on__lte=latest_overdue_approval(as_of))
    return projects.annotate(
        standing_baht=Case(When(stands, then=F("approved_baht"))),
        net_paid_baht=Case(When(stands, then=Coalesce("balance__net_baht", ZERO))),
        paid_in_all_baht=Coalesce("balance__paid_baht", ZERO),
        instalment_count=Coalesce(Subquery(plan.annotate(n=Count("pk")).values("n")), 0),
        cleared_count=Coalesce(Subquery(cleared.annotate(n=Count("pk")).values("n")), 0),
    ).annotate(
        left_to_pay_baht=F("standing_baht") - F("net_paid_baht"),
        evidence_text=Case(
            When(
                instalment_count__gt=0,
                then=Concat(
                    "cleared_count", Value("/"), "instalment_count", output_field=TextField()
                ),
            )
        ),
        is_late=Case(
            When(overdue & Q(paid_in_all_baht__lt=F("approved_baht")), then=True), default=False
        ),
    )


def with_due_day(projects: QuerySet[Project]) -> QuerySet[Any]:
    """Annotate ``due_on``: the day by which the approved money should be paid.

    As :func:`finance.rules.payment_due_on`: where the sixth month is shorter, its last day.
    """
    six_months = Cast(Value(f"{PAYMENT_DUE_MONTHS} months"), DurationField())
    due = Cast(ExpressionWrapper(F("approved_on") + six_months, DateField()), DateField())
    return projects.annotate(due_on=due)


def _overdue(day: dt.date, projects: QuerySet[Project], paid: Any) -> QuerySet[Any]:
    """Those of ``projects`` that were due before ``day``, not over by then, and not fully ``paid``."""
    standing: QuerySet[Project] = projects.approved_as_of(day)  # type: ignore[attr-defined]
    found: QuerySet[Any] = (
        with_due_day(standing)
        .filter(approved_on__lte=latest_overdue_approval(day))
        .filter(Q(closed_on=None) | Q(closed_on__gt=day))
        .annotate(paid_in_all_baht=paid)
        .filter(paid_in_all_baht__lt=F("approved_baht"))
    )
    return found


def late_as_of(day: dt.date, projects: QuerySet[Project]) -> QuerySet[Any]:
    """Those of ``projects`` whose money was due before ``day`` and not fully paid by then.

    A project that was closed by then is over, whatever it left unpaid. Annotates ``due_on`` and
    ``paid_in_all_baht``, what was paid by then with returns left out.

    Each project's sum is asked of an index that covers it: the one plan that stays good when the
    tables have just been filled and the database knows nothing about them yet.
    """
    return _overdue(day, projects, _per_project(LedgerEntry.objects.as_of(day), Sum("paid_baht")))


def late_now(today: dt.date, projects: QuerySet[Project]) -> QuerySet[Any]:
    """As :func:`late_as_of` on the present day, from the balances: nothing is summed."""
    return _overdue(today, projects, Coalesce("balance__paid_baht", ZERO))


@dataclass(frozen=True)
class LatePeriod:
    """How many projects fell due in a month or quarter and are still unpaid, and for how much."""

    label: str
    starts_on: dt.date
    project_count: int
    unpaid_baht: Decimal


def late_with_money(projects: QuerySet[Project], as_of: dt.date) -> QuerySet[Any]:
    """Late projects as their list shows them: as :func:`with_money`, and ``unpaid_baht``."""
    rows: Any = with_money(late_now(as_of, projects), as_of)
    found: QuerySet[Any] = rows.annotate(unpaid_baht=F("approved_baht") - F("paid_in_all_baht"))
    return found


Unpaid = tuple[dt.date, Decimal]
"""The day a late project was due and what it lacks, in baht."""


def unpaid_of(late: QuerySet[Any]) -> list[Unpaid]:
    """Due day and unpaid baht of every late project: one query for count, sum and periods."""
    return list(late.order_by().values_list("due_on", "unpaid_baht"))


def late_by_month(late: Iterable[Unpaid]) -> list[LatePeriod]:
    """Late projects by the month in which they fell due, in order; a project counts once."""
    return _periods(late, lambda due_on: (due_on.replace(day=1), month_year(due_on)))


def late_by_quarter(late: Iterable[Unpaid]) -> list[LatePeriod]:
    """Late projects by the fiscal quarter in which they fell due, in order."""
    return _periods(late, lambda due_on: (Quarter.of(due_on).start, Quarter.of(due_on).label))


def _periods(
    late: Iterable[Unpaid], period_of: Callable[[dt.date], tuple[dt.date, str]]
) -> list[LatePeriod]:
    days: dict[dt.date, list[Decimal]] = defaultdict(list)
    for due_on, unpaid_baht in late:
        days[due_on].append(unpaid_baht)
    groups: dict[tuple[dt.date, str], list[Decimal]] = defaultdict(list)
    for due_on, amounts in days.items():
        groups[period_of(due_on)] += amounts
    return [
        LatePeriod(label, start, len(amounts), sum(amounts, ZERO))
        for (start, label), amounts in sorted(groups.items())
    ]


@dataclass(frozen=True)
class LadderStep:
    """One rung: what it is called, its baht and day, and how it stands.

    ``state`` is ``done``, ``part``, ``waiting`` or ``late``; ``width`` its bar in whole percent of
    the ladder's widest amount.
    """

    key: str
    label: str
    amount_baht: Decimal | None
    on: dt.date | None
    state: str
    note: str
    width: int = 0


def ladder(project: Project, money: ProjectMoney, as_of: dt.date) -> list[LadderStep]:
    """The project's money from plan to return, as of a day; asks no database."""
    widest = max(money.planned_baht, project.requested_baht or ZERO, money.approved_baht or ZERO)
    steps = (
        _rung_planned(money),
        _rung_requested(project, as_of),
        _rung_approved(project, money),
        _rung_paid(money),
        _rung_cleared(money),
        _rung_returned(money),
    )
    return [
        LadderStep(*step, width=share_pct(step[2], widest) if step[2] is not None else 0)
        for step in steps
    ]


_Rung = tuple[str, str, Decimal | None, dt.date | None, str, str]


def _rung_planned(money: ProjectMoney) -> _Rung:
    if not money.instalment_count:
        return "planned", "วางแผน", None, None, "waiting", "ยังไม่มีแผนงวดเงิน"
    note = f"{money.instalment_count} งวด"
    return "planned", "วางแผน", money.planned_baht, money.last_planned_on, "done", note


def _rung_requested(project: Project, as_of: dt.date) -> _Rung:
    on = project.submitted_on
    if project.requested_baht is None:
        return "requested", "ขอ", None, on, "waiting", "ยังไม่ระบุงบที่ขอ"
    if project.status == ProjectStatus.SENT_BACK:
        return "requested", "ขอ", project.requested_baht, on, "part", "ส่งกลับให้แก้ไข"
    proposed = on is not None and on <= as_of
    note = "เสนอแล้ว" if proposed else "ยังไม่เสนอ"
    if project.approved_on and not on:
        proposed, note = True, "เอกสารไม่บอกวันที่เสนอ"
    return "requested", "ขอ", project.requested_baht, on, "done" if proposed else "waiting", note


def _rung_approved(project: Project, money: ProjectMoney) -> _Rung:
    if money.approved_baht is None:
        note = "ยกเลิกแล้ว" if project.status == ProjectStatus.CANCELLED else "ยังไม่อนุมัติ"
        return "approved", "อนุมัติ", None, None, "waiting", note
    return "approved", "อนุมัติ", money.approved_baht, money.approved_on, "done", "อนุมัติแล้ว"


def _rung_paid(money: ProjectMoney) -> _Rung:
    if money.approved_baht is None:
        return "paid", "จ่าย", None, None, "waiting", "จ่ายได้เมื่ออนุมัติแล้ว"
    full = money.paid_baht >= money.approved_baht
    state = (
        "late" if money.is_late else "done" if full else "part" if money.paid_baht else "waiting"
    )
    note = {
        "late": "จ่ายไม่ครบใน 6 เดือน",
        "done": "จ่ายครบแล้ว",
        "part": "จ่ายบางส่วน",
        "waiting": "ยังไม่จ่าย",
    }[state]
    return "paid", "จ่าย", money.paid_baht, money.last_paid_on, state, note


def _rung_cleared(money: ProjectMoney) -> _Rung:
    if not money.paid_baht:
        return "cleared", "ตรวจรับหลักฐาน", None, None, "waiting", "ตรวจรับเมื่อจ่ายแล้ว"
    full = money.cleared_baht >= money.paid_baht
    state = "done" if full else "part" if money.cleared_count else "waiting"
    note = f"ตรวจรับ {money.cleared_count} จาก {money.instalment_count} งวด"
    return "cleared", "ตรวจรับหลักฐาน", money.cleared_baht, money.last_cleared_on, state, note


def _rung_returned(money: ProjectMoney) -> _Rung:
    if not money.returned_baht:
        return "returned", "คืนงบ", ZERO if money.paid_baht else None, None, "waiting", "ไม่มีเงินคืน"
    return "returned", "คืนงบ", money.returned_baht, money.last_returned_on, "done", "คืนงบแล้ว"


@dataclass(frozen=True)
class InstalmentState:
    """An instalment with what was paid of it and what is left, in baht, and its files of evidence."""

    instalment: Instalment
    net_baht: Decimal
    is_overdue: bool
    file_count: int = 0

    @property
    def left_baht(self) -> Decimal:
        """What may still be paid of the instalment."""
        return left_baht(self.instalment.planned_baht, self.net_baht)

    @property
    def width(self) -> int:
        """The paid part in whole percent, for a bar."""
        return share_pct(self.net_baht, self.instalment.planned_baht)


def instalments_of(project: Project, as_of: dt.date) -> list[InstalmentState]:
    """The project's instalments in order: one query.

    One is overdue when its planned day is past, the project may be paid, and it was never fully
    paid; money that came back was paid.
    """
    in_effect = Q(entries__effective_on__lte=as_of)
    net = Sum("entries__net_baht", filter=in_effect)
    paid = Sum("entries__paid_baht", filter=in_effect)
    files = InstalmentFile.objects.present().filter(subject=OuterRef("pk")).order_by()
    counted = files.values("subject").annotate(n=Count("pk")).values("n")
    rows: Iterable[Any] = (
        Instalment.objects.filter(project=project)
        .select_related("evidence_cleared_by")
        .annotate(
            net=Coalesce(net, ZERO, output_field=BAHT),
            paid=Coalesce(paid, ZERO, output_field=BAHT),
            file_count=Coalesce(Subquery(counted), 0),
        )
        .order_by("number")
    )
    payable = project.status in (ProjectStatus.APPROVED, ProjectStatus.UNDER_WAY)
    return [
        InstalmentState(
            instalment=row,
            net_baht=row.net,
            file_count=row.file_count,
            is_overdue=payable
            and row.planned_on is not None
            and row.planned_on < as_of
            and row.paid < row.planned_baht,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class LedgerLine:
    """An entry with the net paid amount of its project after it, in baht."""

    entry: LedgerEntry
    balance_baht: Decimal
    correction: LedgerEntry | None


def ledger_of(project: Project) -> list[LedgerLine]:
    """The project's ledger in order of effect with its running balance: one query.

    ``correction`` is the reversal of the line's entry, when there is one.
    """
    entries = list(
        LedgerEntry.objects.filter(project=project)
        .select_related("instalment", "actor", "reverses")
        .order_by("effective_on", "pk")
    )
    corrections = {entry.reverses_id: entry for entry in entries if entry.reverses_id}
    lines, balance = [], ZERO
    for entry in entries:
        balance += entry.net_baht
        lines.append(LedgerLine(entry, balance, corrections.get(entry.pk)))
    return lines


def with_net(instalments: QuerySet[Instalment]) -> QuerySet[Any]:
    """Annotate ``net_baht``: what was paid of each instalment so far, less what came back."""
    entries = LedgerEntry.objects.filter(instalment=OuterRef("pk")).order_by().values("instalment")
    net = Subquery(entries.annotate(net=Sum("net_baht")).values("net"), output_field=BAHT)
    return instalments.annotate(net_baht=Coalesce(net, ZERO, output_field=BAHT))


def with_left(instalments: QuerySet[Instalment]) -> QuerySet[Any]:
    """Annotate ``net_baht`` and ``left_baht``: what of each planned amount is not paid yet."""
    rows: Any = with_net(instalments)
    found: QuerySet[Any] = rows.annotate(left_baht=F("planned_baht") - F("net_baht"))
    return found


def unpaid(instalments: QuerySet[Instalment]) -> QuerySet[Instalment]:
    """Those of payable projects that were never fully paid.

    ``paid_baht`` is what was paid so far; money that came back was paid.
    """
    paid = Sum("entries__paid_baht")
    return (
        instalments.filter(project__status__in=(ProjectStatus.APPROVED, ProjectStatus.UNDER_WAY))
        .annotate(paid_baht=Coalesce(paid, ZERO, output_field=BAHT))
        .filter(paid_baht__lt=F("planned_baht"))
    )


def unpaid_instalments(user: User) -> QuerySet[Instalment]:
    """As :func:`unpaid`, of the instalments in sight."""
    return unpaid(Instalment.objects.visible_to(user))


def due_soon(user: User, today: dt.date) -> QuerySet[Instalment]:
    """Unpaid instalments planned up to 30 days ahead, or planned for a day that is past."""
    horizon = today + dt.timedelta(days=DUE_SOON_DAYS)
    return unpaid_instalments(user).filter(planned_on__lte=horizon).order_by("planned_on", "pk")
