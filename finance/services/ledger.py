"""Entries of the ledger: each locks the project, sums, and adds one row that is never changed.

Law of the ledger: net paid (payments less returns and reversals) never exceeds what was approved,
per project and per instalment, on any day. The functions here check under the row lock to give a
message with the amounts; the triggers in ``finance.triggers`` refuse as the last line.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.errors import Refused
from codi.thai.dates import long_date
from codi.thai.numbers import baht
from codi.writing import locked, service
from finance import permissions
from finance.models import Direction, EntryKind, Instalment, LedgerEntry
from programs.models import Project
from programs.services import start_project

SAME_FACTS = (
    "project_id",
    "instalment_id",
    "kind",
    "direction",
    "amount_baht",
    "effective_on",
    "document_number",
    "reverses_id",
)


def _add(
    *,
    request_key: UUID,
    actor: User,
    instalment: Instalment,
    kind: EntryKind,
    direction: int,
    amount_baht: Decimal,
    effective_on: dt.date,
    document_number: str = "",
    note: str = "",
    reverses: LedgerEntry | None = None,
) -> LedgerEntry:
    """Add an entry once per ``request_key``; the same request again answers with the first entry.

    The project's row is locked already. Raises :class:`Refused` for other facts under the key.
    """
    entry = LedgerEntry(
        request_key=request_key,
        actor=actor,
        project=instalment.project,
        instalment=instalment,
        kind=kind,
        direction=direction,
        amount_baht=amount_baht,
        effective_on=effective_on,
        document_number=document_number.strip(),
        note=note.strip(),
        reverses=reverses,
        reversed_kind=reverses.kind if reverses else None,
    )
    earlier = LedgerEntry.objects.filter(request_key=request_key).first()
    if earlier is None:
        entry.save(force_insert=True)
        return entry
    if any(getattr(earlier, name) != getattr(entry, name) for name in SAME_FACTS):
        raise Refused(
            "แบบฟอร์มนี้เคยบันทึกด้วยข้อมูลอื่นไปแล้ว กรุณาเปิดแบบฟอร์มใหม่แล้วบันทึกอีกครั้ง",
            code="request_key_reused",
        )
    return earlier


def _net(**where: Any) -> Decimal:
    total = LedgerEntry.objects.filter(**where).aggregate(net=Sum("net_baht"))["net"]
    return total or Decimal(0)


def _left(amount_baht: Decimal) -> str:
    """An amount inside a sentence, where nothing left reads as 0."""
    return baht(amount_baht) if amount_baht else "0"


def _check_day(effective_on: dt.date, project: Project, today: dt.date) -> None:
    if effective_on > today:
        raise Refused(
            f"วันที่ {long_date(effective_on)} ยังมาไม่ถึง กรุณาระบุวันที่โอนจริง", field="effective_on"
        )
    if project.approved_on and effective_on < project.approved_on:
        raise Refused(
            f"วันที่มีผลต้องไม่ก่อนวันที่อนุมัติ ({long_date(project.approved_on)})",
            field="effective_on",
        )


def _check_room(project: Project, instalment: Instalment, amount_baht: Decimal) -> None:
    """Refuse, with the amounts, what would overspend the project or the instalment."""
    approved = project.approved_baht or Decimal(0)
    left = approved - _net(project=project)
    if amount_baht > left:
        raise Refused(
            f"จ่ายได้อีกไม่เกิน {_left(left)} บาท (อนุมัติ {baht(approved)} บาท) กรุณาตรวจจำนวนเงิน",
            field="amount_baht",
            code="finance_net_paid_within_approved",
        )
    left = instalment.planned_baht - _net(instalment=instalment)
    if amount_baht > left:
        raise Refused(
            f"งวดที่ {instalment.number} จ่ายได้อีกไม่เกิน {_left(left)} บาท "
            f"(แผน {baht(instalment.planned_baht)} บาท) กรุณาตรวจจำนวนเงินหรือเลือกงวดใหม่",
            field="amount_baht",
            code="finance_net_paid_within_instalment",
        )


def _already(request_key: UUID) -> bool:
    return LedgerEntry.objects.filter(request_key=request_key).exists()


def _pay(project: Project, **payment: Any) -> LedgerEntry:
    """Add a payment; the first one of a project starts it."""
    entry = _add(kind=EntryKind.PAYMENT, direction=Direction.OUT, **payment)
    start_project(project=project, started_on=entry.effective_on)
    return entry


@service
def record_payment(
    *,
    actor: User,
    instalment: Instalment,
    amount_baht: Decimal,
    effective_on: dt.date,
    document_number: str,
    note: str = "",
    request_key: UUID,
    today: dt.date,
) -> LedgerEntry:
    """Record a transfer (in full or in part) of an instalment; the first one starts the project.

    Raises :class:`Refused` when it would overspend, is dated before the approval or in the future,
    or when ``request_key`` came before with other facts. The same request again changes nothing.
    """
    project = locked(instalment.project)
    if not _already(request_key):
        require(permissions.can_pay(actor, project))
        _check_day(effective_on, project, today)
        _check_room(project, instalment, amount_baht)
    return _pay(
        project,
        request_key=request_key,
        actor=actor,
        instalment=instalment,
        amount_baht=amount_baht,
        effective_on=effective_on,
        document_number=document_number,
        note=note,
    )


@service
def record_document_payment(
    *,
    actor: User,
    instalment: Instalment,
    amount_baht: Decimal,
    effective_on: dt.date,
    document_number: str = "",
    request_key: UUID,
) -> LedgerEntry:
    """Record a payment that a confirmed import tells: the second person has already agreed."""
    project = locked(instalment.project)
    if not _already(request_key):
        _check_room(project, instalment, amount_baht)
    return _pay(
        project,
        request_key=request_key,
        actor=actor,
        instalment=instalment,
        amount_baht=amount_baht,
        effective_on=effective_on,
        document_number=document_number,
    )


@service
def record_return(
    *,
    actor: User,
    instalment: Instalment,
    amount_baht: Decimal,
    effective_on: dt.date,
    document_number: str,
    note: str = "",
    request_key: UUID,
    today: dt.date,
) -> LedgerEntry:
    """Record money that came back (คืนงบ): an entry of its own, the payment stays as it was."""
    project = locked(instalment.project)
    if not _already(request_key):
        require(permissions.can_correct(actor, project))
        _check_day(effective_on, project, today)
        paid = _net(instalment=instalment)
        if amount_baht > paid:
            raise Refused(
                f"คืนได้ไม่เกินยอดที่จ่ายแล้วของงวดนี้ {_left(paid)} บาท กรุณาตรวจจำนวนเงิน",
                field="amount_baht",
                code="finance_net_paid_not_negative",
            )
    return _add(
        request_key=request_key,
        instalment=instalment,
        kind=EntryKind.RETURN,
        direction=Direction.BACK,
        amount_baht=amount_baht,
        effective_on=effective_on,
        document_number=document_number,
        note=note,
        actor=actor,
    )


@service
def record_adjustment(
    *,
    actor: User,
    instalment: Instalment,
    direction: Direction,
    amount_baht: Decimal,
    effective_on: dt.date,
    document_number: str = "",
    note: str,
    request_key: UUID,
    today: dt.date,
) -> LedgerEntry:
    """Adjust the net paid amount up or down, with the reason in ``note``."""
    project = locked(instalment.project)
    if not _already(request_key):
        require(permissions.can_correct(actor, project))
        _check_day(effective_on, project, today)
        if direction == Direction.OUT:
            _check_room(project, instalment, amount_baht)
    return _add(
        request_key=request_key,
        instalment=instalment,
        kind=EntryKind.ADJUSTMENT,
        direction=direction,
        amount_baht=amount_baht,
        effective_on=effective_on,
        document_number=document_number,
        note=note,
        actor=actor,
    )


@service
def reverse_entry(
    *,
    actor: User,
    entry: LedgerEntry,
    effective_on: dt.date,
    note: str,
    request_key: UUID,
    today: dt.date,
) -> LedgerEntry:
    """Undo a mistaken entry by its mirror image; reports of earlier days keep what they knew."""
    project = locked(entry.project)
    if not _already(request_key):
        require(permissions.can_reverse(actor, entry))
        _check_day(effective_on, project, today)
    return _add(
        request_key=request_key,
        instalment=entry.instalment,
        kind=EntryKind.REVERSAL,
        direction=-entry.direction,
        amount_baht=entry.amount_baht,
        effective_on=effective_on,
        document_number=entry.document_number,
        note=note,
        reverses=entry,
        actor=actor,
    )
