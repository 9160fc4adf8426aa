"""Writes to the terms of a council. Each holds the council's row, as its certification does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.bulk import insert_records, update_records, with_values
from codi.errors import Refused
from codi.files.models import DocumentKind
from codi.thai.dates import long_date
from codi.writing import change, locked, service
from councils import permissions
from councils.models import TERM_YEARS, Council, Term
from councils.rules import years_later
from councils.services.councils import require_past, require_reason

COLUMNS = ("council_id", "selected_on", "expires_on", "renewed_on")
WITHDRAWAL = ("withdrawn_on", "withdrawal_reason")


def expiry_of(selected_on: dt.date) -> dt.date:
    """The day on which a term of members selected that day is over (มาตรา 8)."""
    return years_later(selected_on, TERM_YEARS)


def _require_room(council: Council, selected_on: dt.date) -> None:
    """Terms of one council do not overlap."""
    near = Term.objects.filter(
        council=council,
        withdrawn_on=None,
        expires_on__gt=selected_on,
        selected_on__lt=expiry_of(selected_on),
    )
    clash = near.exclude(renewed_on__lte=selected_on).first()
    if clash:
        raise Refused(
            f"ช่วงเวลาซ้อนกับ{clash} ถ้าวาระนั้นครบแล้วให้บันทึกการทบทวน ถ้าบันทึกผิดให้ถอนวาระนั้นก่อน",
            field="selected_on",
            code="overlap",
        )


def _require_standing(council: Council, expires_on: dt.date) -> None:
    """A term is not over before the council was registered; its first members come before that."""
    if expires_on < council.registered_on:
        raise Refused(
            f"วาระนี้ครบวันที่ {long_date(expires_on)} ก่อนสภาจดแจ้งวันที่ "
            f"{long_date(council.registered_on)} กรุณาตรวจวันคัดเลือก",
            field="selected_on",
            code="before_registration",
        )


@service
def open_term(*, actor: User, council: Council, selected_on: dt.date, today: dt.date) -> Term:
    """Record a term of a council: four years from the day of selection."""
    council = locked(council)
    require(permissions.can_keep(actor, council))
    require_past(selected_on, "selected_on", today)
    _require_standing(council, expiry_of(selected_on))
    _require_room(council, selected_on)
    return Term.objects.create(
        council=council, selected_on=selected_on, expires_on=expiry_of(selected_on)
    )


def _locked(term: Term) -> Term:
    """The term under its lock, and its council under that of every other write to it."""
    council = locked(term.council)
    found = locked(term)
    found.council = council
    return found


@service
def renew_term(
    *,
    actor: User,
    term: Term,
    renewed_on: dt.date,
    expected_version: int | None = None,
    today: dt.date,
) -> Term:
    """Record the renewal (ทบทวน) of an expired term and open the next one; returns the next one.

    The members selected on ``renewed_on`` serve the next term. The documents of the renewal must be
    attached to the term that ended.
    """
    term = _locked(term)
    require(permissions.can_renew_term(actor, term))
    if term.expires_on > today:
        raise Refused(f"{term} ยังไม่ครบวาระ จึงยังทบทวนไม่ได้", code="not_expired")
    require_past(renewed_on, "renewed_on", today)
    if not term.files.present().filter(document=DocumentKind.RENEWAL).exists():
        raise Refused("ยังไม่มีเอกสารทบทวนสมาชิก แนบเอกสารที่หน้าของวาระก่อน", code="no_documents")
    term = change(term, {"renewed_on": renewed_on}, expected_version=expected_version)
    later = Term.objects.filter(
        council=term.council, withdrawn_on=None, selected_on__gt=term.selected_on
    )
    known = later.order_by("selected_on").first()
    return known or Term.objects.create(
        council=term.council, selected_on=renewed_on, expires_on=expiry_of(renewed_on)
    )


@service
def withdraw_term(
    *, actor: User, term: Term, reason: str, expected_version: int | None = None, today: dt.date
) -> Term:
    """Take out a term that was entered wrongly, with its reason; it stays on record."""
    term = _locked(term)
    require(permissions.can_keep_term(actor, term))
    facts = {"withdrawn_on": today, "withdrawal_reason": require_reason(reason)}
    return change(term, facts, expected_version=expected_version)


def hold_councils(
    actor: User, keys: Iterable[int], *, left: Iterable[int] = ()
) -> dict[int, Council]:
    """The councils to which many records are written, held in the order of keys, as by every door.

    ``left`` are held beside them: councils that records are moved away from. What only names a
    council goes on meanwhile. Raises :class:`Refused` when one is out of sight or of the register.
    """
    wanted = set(keys)
    rows = Council.objects.visible_to(actor).filter(pk__in=wanted.union(left)).order_by("pk")
    held = {one.pk: one for one in rows.select_for_update(of=("self",), no_key=True)}
    if any(key not in held or held[key].withdrawn_on for key in wanted):
        raise Refused(
            "มีสภาที่อยู่นอกขอบเขตของท่านหรือถอนออกจากทะเบียนแล้ว กรุณาตรวจรหัสสภาในไฟล์", field="council"
        )
    return held


def councils_of(model: type[Model], records: Iterable[Any]) -> set[int]:
    """The councils that these records belong to as they are stored."""
    manager: Any = model._default_manager
    rows = manager.filter(pk__in=[record.pk for record in records]).order_by()
    return set(rows.values_list("council", flat=True))


def _require_no_overlap(councils: Iterable[int]) -> None:
    """Terms of one council do not overlap, but for the early selection of a renewal."""
    inner = Term.objects.filter(
        council=OuterRef("council"),
        withdrawn_on=None,
        selected_on__gt=OuterRef("selected_on"),
        selected_on__lt=OuterRef("expires_on"),
    )
    early = inner.filter(selected_on__lt=OuterRef("renewed_on"))
    counted = Term.objects.filter(council__in=set(councils), withdrawn_on=None)
    clash = counted.filter(Q(Exists(inner), renewed_on=None) | Q(Exists(early)))
    found = clash.select_related("council").first()
    if found:
        raise Refused(
            f"{found.council} มีวาระที่ซ้อนกับ{found} กรุณาแก้วันคัดเลือกในไฟล์ หรือถอนวาระที่บันทึกผิดก่อน",
            code="overlap",
        )


def _judged(records: Iterable[Term], today: dt.date) -> list[Term]:
    """The records under the rules of single ones: of past days, their expiry computed."""
    found = []
    for record in records:
        require_past(record.selected_on, "selected_on", today)
        require_past(record.renewed_on, "renewed_on", today)
        record.expires_on = expiry_of(record.selected_on)
        if record.renewed_on and record.expires_on > today:
            raise Refused(f"{record} ยังไม่ครบวาระ จึงยังทบทวนไม่ได้", field="renewed_on")
        found.append(record)
    return found


def _require_councils_stood(records: Iterable[Term], councils: Mapping[int, Council]) -> None:
    """Terms are not over before their councils were registered; the councils are held."""
    for record in records:
        _require_standing(councils[record.council_id], record.expires_on)


@service
def create_terms(*, actor: User, records: Iterable[Term], today: dt.date) -> int:
    """Record many terms at once, all or none."""
    require(permissions.can_manage_councils(actor))
    judged = _judged(records, today)
    councils = hold_councils(actor, (record.council_id for record in judged))
    _require_councils_stood(judged, councils)
    count = insert_records(Term, (*COLUMNS, "withdrawal_reason", "version"), judged)
    _require_no_overlap(record.council_id for record in judged)
    return count


@service
def change_terms(
    *, actor: User, records: Iterable[Term], today: dt.date, columns: Sequence[str] = COLUMNS
) -> int:
    """Correct many terms at once, all or none; each carries the version that the actor saw."""
    require(permissions.can_manage_councils(actor))
    judged = _judged(records, today)
    left = councils_of(Term, judged)
    councils = hold_councils(actor, (record.council_id for record in judged), left=left)
    if columns == COLUMNS:
        _require_councils_stood(judged, councils)
    asked, written = update_records(Term, columns, judged)
    if written != asked:
        raise Refused("มีผู้อื่นแก้ไขวาระบางรายการในเวลาเดียวกัน กรุณาตรวจใหม่", code="changed_by_another")
    _require_no_overlap(record.council_id for record in judged)
    return written


@service
def restore_terms(
    pairs: Sequence[tuple[Term, dict[str, Any]]], actor: User, reason: str, today: dt.date
) -> None:
    """Put old values back, as taking a written file back asks; the reason is in the history."""
    change_terms(actor=actor, records=with_values(pairs), today=today)


@service
def withdraw_terms(records: Sequence[Term], actor: User, reason: str, today: dt.date) -> None:
    """Withdraw terms that a file brought by mistake, as taking it back asks."""
    for record in records:
        record.withdrawn_on, record.withdrawal_reason = today, require_reason(reason)
    change_terms(actor=actor, records=records, today=today, columns=WITHDRAWAL)
