"""Writes to the register of councils: register, correct, certify, withdraw and bring back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Max
from django.db.models.functions import Cast

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.bulk import insert_records, update_records, with_values
from codi.errors import Refused
from codi.thai.dates import long_date
from codi.writing import change, locked, service
from councils import permissions
from councils.models import CertificationBasis, Council
from councils.queries import readiness_of
from councils.rules import certification_gaps
from councils.services import life

COLUMNS = (
    "code", "name", "kind", "region_id", "province_id", "district_id", "subdistrict_id",
    "registered_on", "search_key", "sort_key",
)  # fmt: skip
WITHDRAWAL = ("withdrawn_on", "withdrawal_reason")
# Holds back whoever else asks for a number, to the end of the transaction.
_NUMBERS = 2_562_021
CHANGED = "มีผู้อื่นแก้ไขสภาบางแห่งในเวลาเดียวกัน กรุณาตรวจใหม่"


def require_past(day: dt.date | None, field: str, today: dt.date) -> None:
    """Refuse a day that has not come yet."""
    if day and day > today:
        raise Refused(f"วันที่ {long_date(day)} ยังมาไม่ถึง กรุณาตรวจวันที่แล้วบันทึกใหม่", field=field)


def require_reason(reason: str) -> str:
    """The reason of an act in one line; refuses none at all."""
    found = " ".join(reason.split())
    if not found:
        raise Refused("กรุณาระบุเหตุผล", field="reason")
    return found[:300]


def _require_inside(actor: User, council: Council) -> None:
    """The council must lie inside the actor's scope, else it would vanish from their list."""
    if not permissions.in_area(actor, council):
        raise Refused("พื้นที่ของสภาอยู่นอกขอบเขตของท่าน กรุณาเลือกพื้นที่ใหม่", field="province")


def next_code() -> str:
    """The number after the highest of all codes; who asks at the same time waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBERS])
    numbered = Council.objects.filter(code__regex=r"^\d{1,9}$")
    highest = numbered.aggregate(found=Max(Cast("code", BigIntegerField())))["found"]
    return str((highest or 0) + 1)


@service
def register_council(*, actor: User, today: dt.date, code: str = "", **facts: Any) -> Council:
    """Register a council (จดแจ้งจัดตั้ง); without a code it gets the next number."""
    require(permissions.can_manage_councils(actor))
    council = Council(code=code or next_code(), **facts)
    _require_inside(actor, council)
    require_past(council.registered_on, "registered_on", today)
    council.save(force_insert=True)
    return council


@service
def update_council(
    *, actor: User, council: Council, expected_version: int | None, today: dt.date, **facts: Any
) -> Council:
    """Correct a council's facts; raises ``Conflict`` when somebody else did meanwhile."""
    council = locked(council)
    require(permissions.can_keep(actor, council))
    was = council.registered_on
    council = change(council, facts, expected_version=expected_version)
    _require_inside(actor, council)
    require_past(council.registered_on, "registered_on", today)
    if council.registered_on != was:
        life.require_work_after_registration([council.pk])
    return council


@service
def certify_council(
    *,
    actor: User,
    council: Council,
    certified_on: dt.date,
    expected_version: int | None = None,
    today: dt.date,
) -> Council:
    """Certify a council whose data are complete (``rules.certification_gates``).

    Holds the council's row, which whoever changes its files, members or terms holds as well, so
    that what was complete when asked is complete when written.
    """
    council = locked(council)
    require(permissions.can_certify(actor, council))
    require_past(certified_on, "certified_on", today)
    gaps = certification_gaps(readiness_of(council, today))
    if gaps:
        raise Refused("ยังรับรองไม่ได้ ข้อมูลยังไม่ครบตามเกณฑ์", code="gaps", details=gaps)
    facts = {
        "certified_on": certified_on,
        "certified_by": actor,
        "certification_basis": CertificationBasis.GATES,
    }
    return change(council, facts, expected_version=expected_version)


@service
def withdraw_council(
    *,
    actor: User,
    council: Council,
    reason: str,
    expected_version: int | None = None,
    today: dt.date,
) -> Council:
    """Take a council out of the register from today on; the record and its reason stay."""
    council = locked(council)
    require(permissions.can_withdraw(actor, council))
    facts = {"withdrawn_on": today, "withdrawal_reason": require_reason(reason)}
    return change(council, facts, expected_version=expected_version)


@service
def reinstate_council(
    *, actor: User, council: Council, expected_version: int | None = None
) -> Council:
    """Bring back a council that was withdrawn by mistake; day and reason stay in its history."""
    council = locked(council)
    require(permissions.can_reinstate(actor, council))
    facts = {"withdrawn_on": None, "withdrawal_reason": ""}
    return change(council, facts, expected_version=expected_version)


def _judged(actor: User, records: Iterable[Council], today: dt.date) -> Iterator[Council]:
    """The records under the rules of single ones: in scope, registered by today, keys filled."""
    for record in records:
        _require_inside(actor, record)
        require_past(record.registered_on, "registered_on", today)
        record.fill_keys()
        yield record


@service
def create_councils(*, actor: User, records: Iterable[Council], today: dt.date) -> int:
    """Register many councils at once, all or none; the rules of :func:`register_council`."""
    require(permissions.can_manage_councils(actor))
    empty = ("certification_basis", "certification_gaps", "withdrawal_reason", "version")
    return insert_records(Council, (*COLUMNS, *empty), _judged(actor, records, today))


@service
def change_councils(
    *, actor: User, records: Iterable[Council], today: dt.date, columns: Sequence[str] = COLUMNS
) -> int:
    """Correct many councils at once, all or none; each carries the version that the actor saw."""
    require(permissions.can_manage_councils(actor))
    records = list(_judged(actor, records, today))
    keys = [record.pk for record in records]
    known = Council.objects.visible_to(actor).filter(pk__in=keys, withdrawn_on=None)
    if known.count() != len(keys):
        raise Refused("มีสภาที่อยู่นอกขอบเขตของท่านหรือถอนออกจากทะเบียนแล้ว กรุณาดาวน์โหลดข้อมูลใหม่")
    moved = life.moved_days(Council, records, "registered_on")
    asked, written = update_records(Council, columns, records)
    if written != asked:
        raise Refused(CHANGED, code="changed_by_another")
    life.require_work_after_registration(moved)
    return written


@service
def restore_councils(
    pairs: Sequence[tuple[Council, dict[str, Any]]], actor: User, reason: str, today: dt.date
) -> None:
    """Put old values back, as taking a written file back asks; the reason is in the history."""
    change_councils(actor=actor, records=with_values(pairs), today=today)


@service
def withdraw_registered(
    records: Sequence[Council], actor: User, reason: str, today: dt.date
) -> None:
    """Withdraw councils that a file registered by mistake, as taking it back asks."""
    for record in records:
        record.withdrawn_on, record.withdrawal_reason = today, require_reason(reason)
    change_councils(actor=actor, records=records, today=today, columns=WITHDRAWAL)
