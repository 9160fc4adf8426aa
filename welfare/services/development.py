"""Writes to the development of funds: indicators with the files behind them, quality reviews."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from decimal import Decimal
from typing import Any

from django.db.models import Max

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.bulk import insert_records, update_records, with_values
from codi.errors import Refused
from codi.writing import change, locked, service
from programs.models import Grade, QualityScale
from welfare import permissions, queries, rules
from welfare.models import INDICATORS, FundIndicators, FundReview, WelfareFund
from welfare.services.funds import CHANGED_BY_ANOTHER, held_funds, not_future
from welfare.services.status import of_quarter, require_reportable

CLAIMS = (*INDICATORS, "has_complete_one_page")
NO_SCALE = "ยังไม่มีเกณฑ์สอบทานคุณภาพกองทุนของปีนี้หรือปีก่อน กรุณาแจ้งส่วนกลางให้ตั้งเกณฑ์ก่อน"
OTHER_GRADE = "คะแนนนี้ได้ระดับ {grade} ตามเกณฑ์ของปี กรุณาแก้คะแนนหรือเว้นระดับว่างไว้"


def _require_proven(record: FundIndicators, attached: set[str]) -> None:
    claims = {name: getattr(record, name) for name in CLAIMS}
    broken = list(rules.unproven(record.fiscal_year, claims, attached))
    if broken:
        (field, message), *others = broken
        details = [other for _field, other in others]
        raise Refused(message, field=field, code="file_missing", details=details)


@service
def record_indicators(
    *,
    actor: User,
    fund: WelfareFund,
    fiscal_year: int,
    quarter: int,
    reported_on: dt.date,
    today: dt.date,
    **claims: bool,
) -> FundIndicators:
    """Record the ten indicators of a fund for a quarter.

    From fiscal year 2563 on, 1.1, 1.8 and a complete one page need their files on the fund: raises
    :class:`Refused` that names what is missing.
    """
    fund = locked(fund)
    require(permissions.can_manage_fund(actor, fund))
    require_reportable(of_quarter(fund, fiscal_year, quarter), reported_on, today)
    record = FundIndicators(
        fund=fund, fiscal_year=fiscal_year, quarter=quarter, reported_on=reported_on, **claims
    )
    _require_proven(record, queries.documents_of([fund.pk])[fund.pk])
    record.save()
    return record


@service
def correct_indicators(
    *,
    actor: User,
    record: FundIndicators,
    expected_version: int | None,
    today: dt.date,
    **facts: Any,
) -> FundIndicators:
    """Correct indicators; raises ``Conflict`` when somebody else did meanwhile."""
    fund = locked(record.fund)
    require(permissions.can_manage_fund(actor, fund))
    record = change(locked(record), facts, expected_version=expected_version)
    quarter = of_quarter(fund, record.fiscal_year, record.quarter)
    require_reportable(quarter, record.reported_on, today)
    _require_proven(record, queries.documents_of([fund.pk])[fund.pk])
    return record


INDICATOR_COLUMNS = ("fund_id", "fiscal_year", "quarter", "reported_on", *CLAIMS)


def _judged_indicators(actor: User, records: Iterable[FundIndicators]) -> list[FundIndicators]:
    """The records under the rules of single ones, their funds held against changes of files."""
    records = list(records)
    funds = held_funds(actor, {record.fund_id for record in records})
    attached = queries.documents_of(list(funds))
    for record in records:
        quarter = of_quarter(funds[record.fund_id], record.fiscal_year, record.quarter)
        require_reportable(quarter, record.reported_on, record.reported_on)
        _require_proven(record, attached[record.fund_id])
    return records


@service
def record_many_indicators(*, actor: User, records: Iterable[FundIndicators]) -> int:
    """Record indicators of many funds at once, all or none; the rules of single ones."""
    require(permissions.can_manage_funds(actor))
    judged = _judged_indicators(actor, records)
    return insert_records(FundIndicators, (*INDICATOR_COLUMNS, "version"), judged)


@service
def change_indicators(*, actor: User, records: Iterable[FundIndicators]) -> int:
    """Correct indicators of many funds at once, all or none, of the versions that were seen."""
    require(permissions.can_manage_funds(actor))
    judged = _judged_indicators(actor, records)
    return _written(*update_records(FundIndicators, INDICATOR_COLUMNS, judged))


def _written(asked: int, written: int) -> int:
    if written != asked:
        raise Refused(CHANGED_BY_ANOTHER, code="changed_by_another")
    return written


@service
def restore_indicators(
    pairs: Sequence[tuple[FundIndicators, dict[str, Any]]],
    actor: User,
    reason: str,
    today: dt.date,
) -> None:
    """Put old values back, as taking a written file back asks."""
    change_indicators(actor=actor, records=with_values(pairs))


@service
def remove_indicators(
    records: Sequence[FundIndicators], actor: User, reason: str, today: dt.date
) -> None:
    """Take away indicators that a file brought."""
    require(permissions.can_manage_funds(actor))
    held_funds(actor, {record.fund_id for record in records})
    FundIndicators.objects.filter(pk__in=[record.pk for record in records]).delete()


# Quality reviews


def settle_grade(
    scales: Sequence[QualityScale],
    *,
    fiscal_year: int,
    score_pct: Decimal | None,
    grade: str,
    is_stopped: bool,
) -> tuple[QualityScale, str]:
    """The scale of a review's year and the grade that its score gets by it.

    A fund that was found stopped has neither score nor grade. Raises :class:`Refused` without a
    scale, without score and grade, or when both are told and do not agree.
    """
    scale = next((one for one in scales if one.fiscal_year <= fiscal_year), None)
    if scale is None:
        raise Refused(NO_SCALE, field="fiscal_year", code="no_scale")
    if is_stopped:
        if grade or score_pct is not None:
            raise Refused("กองทุนที่หยุดดำเนินการไม่มีคะแนนและระดับ กรุณาเว้นว่าง", field="grade")
        return scale, ""
    known = {band.grade for band in scale.bands.all()}
    if score_pct is not None:
        try:
            reached = scale.grade_of(score_pct)
        except LookupError:
            raise Refused("คะแนนนี้ต่ำกว่าทุกระดับของเกณฑ์ กรุณาตรวจคะแนน", field="score_pct") from None
        if grade and grade != reached:
            raise Refused(OTHER_GRADE.format(grade=reached), field="grade")
        return scale, reached
    if not grade:
        raise Refused("กรุณากรอกคะแนนหรือระดับ หรือเลือกว่าพบว่าหยุดดำเนินการ", field="score_pct")
    if known and grade not in known:
        raise Refused(f"เกณฑ์ของปีนี้ไม่มีระดับ {Grade(grade).label}", field="grade")
    return scale, grade


def _graded(review: FundReview, scales: Sequence[QualityScale], *, told_grade: str) -> FundReview:
    review.scale, review.grade = settle_grade(
        scales,
        fiscal_year=review.fiscal_year,
        score_pct=review.score_pct,
        grade=told_grade,
        is_stopped=review.is_stopped,
    )
    return review


@service
def record_review(
    *,
    actor: User,
    fund: WelfareFund,
    fiscal_year: int,
    reviewed_on: dt.date,
    score_pct: Decimal | None = None,
    grade: str = "",
    is_stopped: bool = False,
    risk: str = "",
    today: dt.date,
) -> FundReview:
    """Record a year's quality review: score or grade by the scale of the year, or found stopped.

    The class of risk stands apart from the grade. A working fund that was found stopped is stopped
    from the day of the review on; see :func:`_settle_stops`.
    """
    fund = locked(fund)
    require(permissions.can_manage_fund(actor, fund))
    not_future(reviewed_on, today, "reviewed_on")
    review = FundReview(
        fund=fund,
        fiscal_year=fiscal_year,
        reviewed_on=reviewed_on,
        score_pct=score_pct,
        is_stopped=is_stopped,
        risk=risk,
    )
    _graded(review, queries.fund_scales(), told_grade=grade).save()
    _settle_stops({fund.pk: fund}, found=[review])
    return review


@service
def correct_review(
    *,
    actor: User,
    review: FundReview,
    expected_version: int | None,
    today: dt.date,
    **facts: Any,
) -> FundReview:
    """Correct a review; raises ``Conflict`` when somebody else did meanwhile.

    A fund that stopped by what is taken back here works again.
    """
    fund = locked(review.fund)
    review = locked(review)
    require(permissions.can_manage_fund(actor, fund))
    told: dict[str, Any] = {
        "score_pct": review.score_pct,
        "is_stopped": review.is_stopped,
        "grade": review.grade,
    }
    told |= {name: value for name, value in facts.items() if name in told}
    not_future(facts.get("reviewed_on", review.reviewed_on), today, "reviewed_on")
    scale, grade = settle_grade(queries.fund_scales(), fiscal_year=review.fiscal_year, **told)
    facts |= told | {"scale": scale, "grade": grade}
    gone = copy(review)
    review = change(review, facts, expected_version=expected_version)
    _settle_stops({fund.pk: fund}, gone=[gone], found=[review])
    return review


def _settle_stops(
    funds: Mapping[int, WelfareFund],
    *,
    gone: Sequence[FundReview] = (),
    found: Sequence[FundReview] = (),
) -> None:
    """Let the register follow what reviews found; ``funds`` are held.

    A fund that stopped on the day of a finding that is ``gone`` works again: a day that people told
    themselves stays. A working fund that its latest review ``found`` stopped is stopped from that
    day on.
    """
    before = {pk: fund.stopped_on for pk, fund in funds.items()}
    for review in gone:
        if review.is_stopped and funds[review.fund_id].stopped_on == review.reviewed_on:
            funds[review.fund_id].stopped_on = None
    stopping = [one for one in found if one.is_stopped]
    latest = _latest_years({one.fund_id for one in stopping}) if stopping else {}
    for review in stopping:
        fund = funds[review.fund_id]
        if fund.stopped_on is None and latest[fund.pk] == review.fiscal_year:
            fund.stopped_on = review.reviewed_on
    moved = [fund for pk, fund in funds.items() if fund.stopped_on != before[pk]]
    if moved:
        _written(*update_records(WelfareFund, ("stopped_on",), moved))


def _latest_years(keys: set[int]) -> dict[int, int]:
    """The latest fiscal year in which each fund was reviewed."""
    rows = FundReview.objects.filter(fund__in=keys).order_by()
    return dict(rows.values_list("fund").annotate(latest=Max("fiscal_year")))


REVIEW_COLUMNS = (
    "fund_id", "fiscal_year", "reviewed_on", "scale_id", "score_pct", "grade", "is_stopped", "risk",
)  # fmt: skip


def _graded_all(records: Iterable[FundReview]) -> None:
    scales = queries.fund_scales()
    for record in records:
        _graded(record, scales, told_grade=record.grade)


@service
def record_reviews(*, actor: User, records: Iterable[FundReview]) -> int:
    """Record reviews of many funds at once, all or none; the rules of single ones."""
    require(permissions.can_manage_funds(actor))
    records = list(records)
    funds = held_funds(actor, {record.fund_id for record in records})
    _graded_all(records)
    count = insert_records(FundReview, (*REVIEW_COLUMNS, "version"), records)
    _settle_stops(funds, found=records)
    return count


@service
def change_reviews(*, actor: User, records: Iterable[FundReview]) -> int:
    """Correct reviews of many funds at once, all or none, of the versions that were seen."""
    require(permissions.can_manage_funds(actor))
    records = list(records)
    funds = held_funds(actor, {record.fund_id for record in records})
    _graded_all(records)
    gone = list(FundReview.objects.filter(pk__in=[record.pk for record in records]))
    written = _written(*update_records(FundReview, REVIEW_COLUMNS, records))
    _settle_stops(funds, gone=gone, found=records)
    return written


@service
def restore_reviews(
    pairs: Sequence[tuple[FundReview, dict[str, Any]]], actor: User, reason: str, today: dt.date
) -> None:
    """Put old values back, as taking a written file back asks."""
    change_reviews(actor=actor, records=with_values(pairs))


@service
def remove_reviews(records: Sequence[FundReview], actor: User, reason: str, today: dt.date) -> None:
    """Take away reviews that a file brought; funds that stopped by them work again."""
    require(permissions.can_manage_funds(actor))
    funds = held_funds(actor, {record.fund_id for record in records})
    FundReview.objects.filter(pk__in=[record.pk for record in records]).delete()
    _settle_stops(funds, gone=records)
