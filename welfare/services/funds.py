"""Writes to the register of funds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import ProtectedError

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.bulk import insert_records, update_records, with_values
from codi.errors import Refused
from codi.thai.dates import long_date
from codi.writing import GONE, change, locked, service
from welfare import permissions
from welfare.models import WelfareFund

CHANGED_BY_ANOTHER = "มีผู้อื่นแก้ไขบางรายการในเวลาเดียวกัน กรุณาตรวจใหม่"


def require_inside(actor: User, fund: WelfareFund) -> None:
    """The fund must lie inside the actor's scope, else it would vanish from their list."""
    if not permissions.in_scope(actor, fund):
        raise Refused("พื้นที่ของกองทุนอยู่นอกขอบเขตของท่าน กรุณาเลือกพื้นที่ใหม่", field="province")


def not_future(day: dt.date, today: dt.date, field: str) -> None:
    """A day that people tell has come."""
    if day > today:
        raise Refused(f"วันที่ {long_date(day)} ยังมาไม่ถึง กรุณาตรวจวันที่", field=field)


def held_funds(actor: User, keys: Iterable[int]) -> dict[int, WelfareFund]:
    """The funds that many records are written to, in the order of keys, until the transaction ends.

    ``FOR NO KEY UPDATE``: what only names a fund goes on, what judges the fund's records waits. Raises
    :class:`Refused` when one is gone or may not be written to any more.
    """
    wanted = set(keys)
    rows = WelfareFund.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    funds = {fund.pk: fund for fund in rows.filter(pk__in=wanted)}
    if funds.keys() != wanted:
        raise Refused(GONE, code="gone")
    for fund in funds.values():
        require_inside(actor, fund)
        if not (decision := permissions.can_manage_fund(actor, fund)):
            raise Refused(f"รหัส {fund.code}: {decision.reason}", field="fund")
    return funds


@service
def create_fund(*, actor: User, today: dt.date, **facts: Any) -> WelfareFund:
    """Add a fund to the register; a code is used once."""
    require(permissions.can_manage_funds(actor))
    fund = WelfareFund(**facts)
    require_inside(actor, fund)
    not_future(fund.founded_on, today, "founded_on")
    fund.save()
    return fund


@service
def update_fund(
    *, actor: User, fund: WelfareFund, expected_version: int | None, today: dt.date, **facts: Any
) -> WelfareFund:
    """Change a fund's facts; raises ``Conflict`` when somebody else did meanwhile."""
    fund = locked(fund)
    require(permissions.can_manage_fund(actor, fund))
    fund = change(fund, facts, expected_version=expected_version)
    require_inside(actor, fund)
    not_future(fund.founded_on, today, "founded_on")
    return fund


@service
def stop_fund(
    *,
    actor: User,
    fund: WelfareFund,
    stopped_on: dt.date | None,
    expected_version: int | None = None,
    today: dt.date,
) -> WelfareFund:
    """Record since when a fund no longer works, or with None that it works again."""
    fund = locked(fund)
    require(permissions.can_manage_fund(actor, fund))
    if stopped_on:
        not_future(stopped_on, today, "stopped_on")
    return change(fund, {"stopped_on": stopped_on}, expected_version=expected_version)


@service
def withdraw_fund(
    *,
    actor: User,
    fund: WelfareFund,
    withdrawn_on: dt.date,
    withdrawal_reason: str,
    expected_version: int | None = None,
    today: dt.date,
) -> WelfareFund:
    """Take a wrong record out of the register on a day; its records stay with it.

    A double is merged instead (``services.merging``). Raises :class:`Refused` for a day to come, and
    for a record that is withdrawn already.
    """
    fund = locked(fund)
    require(permissions.can_withdraw_fund(actor, fund))
    not_future(withdrawn_on, today, "withdrawn_on")
    facts = {
        "withdrawn_on": withdrawn_on,
        "withdrawal_reason": withdrawal_reason.strip(),
    }
    return change(fund, facts, expected_version=expected_version)


COLUMNS = (
    "code", "name", "region_id", "province_id", "district_id", "subdistrict_id", "founded_on",
    "committee_count", "contact", "stopped_on", "search_key", "sort_key",
)  # fmt: skip


def _judged(actor: User, records: Iterable[WelfareFund]) -> Iterator[WelfareFund]:
    """The records under the rules of single ones: inside the actor's scope, keys filled."""
    for record in records:
        require_inside(actor, record)
        record.fill_keys()
        yield record


@service
def create_funds(*, actor: User, records: Iterable[WelfareFund]) -> int:
    """Add many funds at once, all or none; the rules of :func:`create_fund`."""
    require(permissions.can_manage_funds(actor))
    return insert_records(
        WelfareFund, (*COLUMNS, "withdrawal_reason", "version"), _judged(actor, records)
    )


@service
def change_funds(*, actor: User, records: Iterable[WelfareFund]) -> int:
    """Change many funds at once, all or none.

    Each record carries the version that the actor saw; raises :class:`Refused` when somebody else
    changed one of them meanwhile, or when one lies outside the actor's scope or was withdrawn.
    """
    require(permissions.can_manage_funds(actor))
    records = list(_judged(actor, records))
    keys = [record.pk for record in records]
    known = WelfareFund.objects.visible_to(actor).filter(pk__in=keys, withdrawn_on=None)
    if known.count() != len(keys):
        raise Refused("มีกองทุนที่อยู่นอกขอบเขตของท่าน หรือถอนออกจากทะเบียนแล้ว กรุณาดาวน์โหลดข้อมูลใหม่")
    asked, written = update_records(WelfareFund, COLUMNS, records)
    if written != asked:
        raise Refused(CHANGED_BY_ANOTHER, code="changed_by_another")
    return written


@service
def restore_funds(
    pairs: Sequence[tuple[WelfareFund, dict[str, Any]]], actor: User, reason: str, today: dt.date
) -> None:
    """Put old values back, as taking a written file back asks; the reason is in the history."""
    change_funds(actor=actor, records=with_values(pairs))


@service
def remove_funds(records: Sequence[WelfareFund], actor: User, reason: str, today: dt.date) -> None:
    """Take away funds that a file brought and that nothing rests on; their history stays.

    Raises :class:`Refused` when a report, a review, a contribution or a file names one of them.
    """
    require(permissions.can_manage_funds(actor))
    for record in records:
        require_inside(actor, record)
    try:
        WelfareFund.objects.filter(pk__in=[record.pk for record in records]).delete()
    except ProtectedError as error:
        raise Refused("มีรายงานหรือไฟล์ของกองทุนนี้แล้ว จึงนำออกไม่ได้ ให้ถอนออกจากทะเบียนแทน") from error
