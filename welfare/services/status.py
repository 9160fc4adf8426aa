"""Writes to what funds report of a quarter, and to the benefits by kind that belong to it.

Every door takes the fund's row in hand before it judges (``FOR NO KEY UPDATE``, which lets what only
names the fund go on): a report is judged by its neighbours, which another door may be writing at that
moment. Files take all their funds at once, in the order of keys.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.bulk import insert_records, update_records, with_values
from codi.errors import Refused
from codi.fiscal import FiscalYear, Quarter
from codi.writing import GONE, change, locked, service
from welfare import permissions, queries, rules
from welfare.models import (
    MEMBER_GROUPS,
    MONEY_SOURCES,
    Benefit,
    BenefitKind,
    FundStatus,
    WelfareFund,
)
from welfare.queries import Told
from welfare.services.funds import CHANGED_BY_ANOTHER, held_funds, not_future

AMOUNTS = (
    "member_count", *MEMBER_GROUPS, "village_count", *MONEY_SOURCES, "beneficiary_count",
    "benefit_baht",
)  # fmt: skip
NEEDS_REASON = "{titles} ต่ำกว่าไตรมาสก่อน ยอดนี้เป็นยอดสะสม กรุณาตรวจตัวเลข หากถูกต้องแล้วให้ระบุเหตุผลที่ยอดลดลง"
LATER_FALLS = (
    "{titles} จะสูงกว่าที่รายงานไว้ในไตรมาส {quarter}/{year} ยอดนี้เป็นยอดสะสม กรุณาตรวจตัวเลข "
    "หากถูกต้องแล้วให้แก้ยอดหรือระบุเหตุผลที่ยอดลดลงในรายงานไตรมาส {quarter}/{year} ก่อน"
)
BENEFITS_EXCEED = "สวัสดิการแยกประเภทรวมกันเกิน{title} กรุณาตรวจยอดรวมหรือยอดแยกประเภท"
Benefits = Mapping[str, tuple[int, Decimal]]
"""Persons and baht by kind; a kind with neither is none."""


def of_quarter(fund: WelfareFund, fiscal_year: int, quarter: int) -> Quarter:
    """The quarter, if the fund can tell something of it; raises :class:`Refused` otherwise."""
    told = Quarter(FiscalYear(fiscal_year), quarter)
    if told.end < fund.founded_on:
        raise Refused(f"กองทุนนี้จัดตั้งหลัง{told.label} กรุณาตรวจไตรมาสหรือวันที่จัดตั้ง", field="quarter")
    return told


def require_reportable(told: Quarter, reported_on: dt.date, today: dt.date) -> None:
    """A quarter is reported from its first day on, and not on a day to come."""
    not_future(reported_on, today, "reported_on")
    if reported_on < told.start:
        raise Refused(f"วันที่รายงานอยู่ก่อน{told.label} กรุณาตรวจวันที่หรือไตรมาส", field="reported_on")


def _titles(names: Iterable[str]) -> str:
    fields = (FundStatus._meta.get_field(name) for name in names)
    return " · ".join(str(field.verbose_name) for field in fields)  # type: ignore[union-attr]


def told_by(status: FundStatus) -> Told:
    """What a report tells, as the queries read it."""
    names = (*rules.CUMULATIVE, "correction_reason")
    amounts = {name: getattr(status, name) for name in names}
    return status.fiscal_year, status.quarter, amounts


def problem_of(
    status: FundStatus, others: Sequence[Told], was: Mapping[str, Any] | None = None
) -> Refused | None:
    """What keeps a report from standing among the others of its fund: a fall without a reason.

    The report that lies lower carries the reason: this one when it lies below the quarter before,
    the next one told when this one rises above it. ``was`` is what this one told until now.
    """
    before, after = queries.around(others, status.fiscal_year, status.quarter)
    standing = before[2] if before else {}
    told = standing if status.has_nothing_to_report else told_by(status)[2]
    if not status.has_nothing_to_report and not status.correction_reason.strip():
        names = rules.fallen(standing, told)
        if names:
            message = NEEDS_REASON.format(titles=_titles(names))
            return Refused(message, field="correction_reason", code="needs_reason")
    return _problem_of_later(was or standing, told, after)


def _problem_of_later(
    was: Mapping[str, Any], told: Mapping[str, Any], after: Told | None
) -> Refused | None:
    """The next report told must not come to lie below, unless it says why."""
    if after is None or after[2]["correction_reason"].strip():
        return None
    names = rules.lifted_above(was, told, after[2])
    if not names:
        return None
    year, quarter, _amounts = after
    message = LATER_FALLS.format(titles=_titles(names), year=year, quarter=quarter)
    return Refused(message, field=names[0], code="later_falls")


def empty_when_nothing(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts; "nothing to report" leaves no amounts beside it."""
    if not facts.get("has_nothing_to_report"):
        return dict(facts)
    return {**facts, **dict.fromkeys(AMOUNTS, 0), "correction_reason": ""}


def _in_hand(fund: WelfareFund) -> WelfareFund:
    """The fund read again, held against other reports of it until the end of the transaction."""
    rows = WelfareFund.objects.select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk=fund.pk).first()
    if found is None:
        raise Refused(GONE, code="gone")
    return found


@service
def report_status(
    *,
    actor: User,
    fund: WelfareFund,
    fiscal_year: int,
    quarter: int,
    reported_on: dt.date,
    benefits: Benefits | None = None,
    today: dt.date,
    **facts: Any,
) -> FundStatus:
    """Record what a fund tells of a quarter: amounts as they stood, or that nothing changed.

    ``facts`` are amounts in persons, villages and baht. Raises :class:`Refused` when the quarter was
    told already, has not begun, or when a cumulative amount falls without ``correction_reason``, of
    this report or of the next one told, which this one would overtop.
    """
    fund = _in_hand(fund)
    require(permissions.can_manage_fund(actor, fund))
    require_reportable(of_quarter(fund, fiscal_year, quarter), reported_on, today)
    status = FundStatus(
        fund=fund,
        fiscal_year=fiscal_year,
        quarter=quarter,
        reported_on=reported_on,
        **empty_when_nothing(facts),
    )
    _check(status, queries.quarters_told([fund.pk])[fund.pk])
    status.save()
    _put(status, benefits)
    return status


@service
def correct_status(
    *,
    actor: User,
    status: FundStatus,
    expected_version: int | None,
    benefits: Benefits | None = None,
    today: dt.date,
    **facts: Any,
) -> FundStatus:
    """Correct what was told of a quarter; raises ``Conflict`` when somebody else did meanwhile.

    The day of the report stays unless ``reported_on`` is told. Rules as of :func:`report_status`.
    """
    fund = _in_hand(status.fund)
    require(permissions.can_manage_fund(actor, fund))
    told = queries.quarters_told([fund.pk])[fund.pk]
    status = change(locked(status), empty_when_nothing(facts), expected_version=expected_version)
    require_reportable(
        of_quarter(fund, status.fiscal_year, status.quarter), status.reported_on, today
    )
    _check(status, told)
    _put(status, {} if status.has_nothing_to_report else benefits)
    return status


@service
def save_status(
    *,
    actor: User,
    fund: WelfareFund,
    quarter: Quarter,
    expected_version: int | None,
    today: dt.date,
    **facts: Any,
) -> FundStatus:
    """Report a quarter, or correct what is on record of it: a row of the entry grid.

    ``expected_version`` is 0 where the person saw no report; raises ``Conflict`` when there is one
    by now.
    """
    fund = _in_hand(fund)
    year, number = quarter.fiscal_year.number, quarter.number
    status = fund.statuses.filter(fiscal_year=year, quarter=number).first()
    if status is None:
        return report_status(
            actor=actor,
            fund=fund,
            fiscal_year=year,
            quarter=number,
            reported_on=today,
            today=today,
            **facts,
        )
    if "has_nothing_to_report" not in facts and facts:
        facts["has_nothing_to_report"] = False
    return correct_status(
        actor=actor, status=status, expected_version=expected_version, today=today, **facts
    )


def _check(status: FundStatus, told: Sequence[Told]) -> None:
    """Refuse a fall without a reason; ``told`` is what stood before this write."""
    when = (status.fiscal_year, status.quarter)
    was = next((amounts for *own, amounts in told if tuple(own) == when), None)
    if problem := problem_of(status, told, was):
        raise problem


def _put(status: FundStatus, benefits: Benefits | None) -> None:
    """Write the benefits by kind as told, None leaves them; they stay within the totals."""
    if benefits is not None:
        told = {kind: both for kind, both in benefits.items() if any(both)}
        status.benefits.exclude(kind__in=told).delete()
        for kind, (person_count, paid_baht) in told.items():
            status.benefits.update_or_create(
                kind=kind, defaults={"person_count": person_count, "paid_baht": paid_baht}
            )
    _require_within(status)


def _require_within(status: FundStatus) -> None:
    """Benefits by kind add up to at most what the report tells in all."""
    told = list(status.benefits.values_list("person_count", "paid_baht"))
    for name, parts in (
        ("beneficiary_count", sum(persons for persons, _baht in told)),
        ("benefit_baht", sum((baht for _persons, baht in told), Decimal(0))),
    ):
        if parts > getattr(status, name):
            title = status._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            raise Refused(BENEFITS_EXCEED.format(title=title), field=name)


# Many at once


COLUMNS = (
    "fund_id", "fiscal_year", "quarter", "reported_on", "has_nothing_to_report", *AMOUNTS,
    "correction_reason",
)  # fmt: skip


class Beside:
    """What reports written together meet: those on record by fund, and one another as they shall be."""

    def __init__(
        self, on_record: Mapping[int, Sequence[Told]], written: Iterable[FundStatus] = ()
    ) -> None:
        self._was = {fund: {told[:2]: told for told in every} for fund, every in on_record.items()}
        self._told = {fund: dict(every) for fund, every in self._was.items()}
        for status in written:
            self.write(status)

    def write(self, status: FundStatus) -> None:
        """Let a report stand as it shall be."""
        told = self._told.setdefault(status.fund_id, {})
        when = (status.fiscal_year, status.quarter)
        told.pop(when, None)
        if not status.has_nothing_to_report:
            told[when] = told_by(status)

    def take_away(self, status: FundStatus) -> None:
        """Let a report be gone."""
        self._told.get(status.fund_id, {}).pop((status.fiscal_year, status.quarter), None)

    def problem_of(self, status: FundStatus) -> Refused | None:
        """What keeps one of them from being kept."""
        was = self._was.get(status.fund_id, {}).get((status.fiscal_year, status.quarter))
        others = list(self._told.get(status.fund_id, {}).values())
        return problem_of(status, others, was[2] if was else None)

    def problem_without(self, status: FundStatus) -> Refused | None:
        """What keeps one of them from going: the reports around it would meet in a fall."""
        others = list(self._told.get(status.fund_id, {}).values())
        before, after = queries.around(others, status.fiscal_year, status.quarter)
        return _problem_of_later(told_by(status)[2], before[2] if before else {}, after)


def judged_statuses(actor: User, records: Iterable[FundStatus]) -> list[FundStatus]:
    """The records under the rules of single ones, their funds held.

    Raises :class:`Refused` at the first that fails.
    """
    records = list(records)
    funds = held_funds(actor, {record.fund_id for record in records})
    for record in records:
        for name, value in empty_when_nothing(
            {"has_nothing_to_report": record.has_nothing_to_report}
        ).items():
            setattr(record, name, value)
    beside = Beside(queries.quarters_told(list(funds)), records)
    for record in records:
        quarter = of_quarter(funds[record.fund_id], record.fiscal_year, record.quarter)
        require_reportable(quarter, record.reported_on, record.reported_on)
        if problem := beside.problem_of(record):
            raise problem
    return records


@service
def create_statuses(*, actor: User, records: Iterable[FundStatus]) -> int:
    """Record many reports at once, all or none; the rules of :func:`report_status`."""
    require(permissions.can_manage_funds(actor))
    return insert_records(FundStatus, (*COLUMNS, "version"), judged_statuses(actor, records))


@service
def change_statuses(*, actor: User, records: Iterable[FundStatus]) -> int:
    """Correct many reports at once, all or none, each of the version that the actor saw.

    Raises :class:`Refused` when somebody else changed one meanwhile.
    """
    require(permissions.can_manage_funds(actor))
    asked, written = update_records(FundStatus, COLUMNS, judged_statuses(actor, records))
    if written != asked:
        raise Refused(CHANGED_BY_ANOTHER, code="changed_by_another")
    return written


@service
def restore_statuses(
    pairs: Sequence[tuple[FundStatus, dict[str, Any]]], actor: User, reason: str, today: dt.date
) -> None:
    """Put old values back, as taking a written file back asks."""
    change_statuses(actor=actor, records=with_values(pairs))


@service
def remove_statuses(
    records: Sequence[FundStatus], actor: User, reason: str, today: dt.date
) -> None:
    """Take away reports that a file brought; one with benefits by kind stays and is told.

    Raises :class:`Refused` too where the reports around one would meet in a fall without a reason.
    """
    require(permissions.can_manage_funds(actor))
    keys = [record.pk for record in records]
    funds = held_funds(actor, {record.fund_id for record in records})
    going = list(FundStatus.objects.filter(pk__in=keys))
    beside = Beside(queries.quarters_told(list(funds)))
    for record in going:
        beside.take_away(record)
    for record in going:
        if not record.has_nothing_to_report and (problem := beside.problem_without(record)):
            raise problem
    if Benefit.objects.filter(status__in=keys).exists():
        raise Refused("มีสวัสดิการแยกประเภทบันทึกไว้กับรายงานนี้แล้ว กรุณานำออกก่อน")
    FundStatus.objects.filter(pk__in=keys).delete()


# Benefits by kind


@service
def put_benefits(*, actor: User, rows: Sequence[tuple[FundStatus, str, int, Decimal]]) -> int:
    """Write benefits of many reports: status, kind, persons, baht; all or none.

    Each report is held and its version counted up, so that a form that showed it meets the change.
    Raises :class:`Refused` when a kind is unknown or the kinds exceed the totals of a report.
    """
    require(permissions.can_manage_funds(actor))
    held = _held({status.pk for status, *_rest in rows}, actor)
    for status, kind, person_count, paid_baht in rows:
        if kind not in BenefitKind.values:
            raise Refused("ประเภทสวัสดิการไม่ถูกต้อง เลือกจากรายการที่ให้ไว้", field="kind")
        Benefit.objects.update_or_create(
            status=held[status.pk],
            kind=kind,
            defaults={"person_count": person_count, "paid_baht": paid_baht},
        )
    for status in held.values():
        _require_within(status)
    return len(rows)


def hold_reports(*, actor: User, keys: Iterable[int]) -> dict[int, FundStatus]:
    """The reports in hand until the transaction ends: their funds first, each in the order of keys."""
    wanted = set(keys)
    funds = FundStatus.objects.filter(pk__in=wanted).order_by().values_list("fund", flat=True)
    held_funds(actor, funds)
    rows = FundStatus.objects.select_for_update(of=("self",)).order_by("pk")
    held = {one.pk: one for one in rows.filter(pk__in=wanted)}
    if held.keys() != wanted:
        raise Refused(GONE, code="gone")
    return held


def _held(keys: set[int], actor: User) -> dict[int, FundStatus]:
    """The reports in hand with their version counted up."""
    held = hold_reports(actor=actor, keys=keys)
    FundStatus.objects.filter(pk__in=keys).update(version=F("version") + 1)
    return held


@service
def restore_benefits(
    pairs: Sequence[tuple[Benefit, dict[str, Any]]], actor: User, reason: str, today: dt.date
) -> None:
    """Put old persons and baht back, as taking a written file back asks."""
    records = with_values(pairs)
    held = _held({record.status_id for record in records}, actor)
    Benefit.objects.bulk_update(records, ["person_count", "paid_baht"])
    for status in held.values():
        _require_within(status)


@service
def remove_benefits(records: Sequence[Benefit], actor: User, reason: str, today: dt.date) -> None:
    """Take away benefits that a file brought."""
    _held({record.status_id for record in records}, actor)
    Benefit.objects.filter(pk__in=[record.pk for record in records]).delete()
