"""Rows on their way to the services: each once, each whole, each with its own answer."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.http import Http404
from django.utils import timezone

from codi.accounts.permissions import Decision, allow
from codi.entry.declared import EntryGrid, Hand, Scope
from codi.entry.models import Receipt
from codi.entry.quarters import closed_quarters, may_enter
from codi.entry.sheet import Asked, Line, Sheet
from codi.errors import Conflict, Refused
from codi.writing import one_transaction

RECEIPTS_KEPT = dt.timedelta(days=7)
# A row that others keep changing under our hands is given back to the person after so many tries.
TRIES = 3


def find(grid: EntryGrid, scope: Scope, asked: Sequence[Asked]) -> dict[int, Any]:
    """The records of the rows by key.

    Raises ``Http404`` when one is out of sight or gone, or when a new row comes where none may.
    """
    if not may_add(grid, scope) and any(one.pk is None for one in asked):
        raise Http404
    keys = {one.pk for one in asked if one.pk is not None}
    found = {row.pk: row for row in grid.rows(scope).filter(pk__in=keys)} if keys else {}
    if keys - found.keys():
        raise Http404
    return found


def may_add(grid: EntryGrid, scope: Scope) -> bool:
    """Whether the person may write new rows."""
    return grid.may_add is not None and bool(grid.may_add(scope))


def save_rows(sheet: Sheet, asked: Sequence[Asked]) -> list[Line]:
    """Save each row by itself, in the order in which they came; the wrong ones say why.

    Raises ``Http404`` for rows out of sight, and then writes none. A quarter that was closed
    meanwhile takes none either, and every row says so.
    """
    grid, scope = sheet.grid, sheet.scope
    rows = find(grid, scope, asked)
    quarter = scope.quarter
    may = may_enter(quarter, scope.today, closed_quarters()) if quarter else allow()
    sent_before = set(
        Receipt.objects.filter(key__in=[one.key for one in asked]).values_list("key", flat=True)
    )
    lines = [
        _answer_again(sheet, one)
        if one.key in sent_before
        else _save_row(sheet, one, rows.get(one.pk or 0), may)
        for one in asked
    ]
    done = [line.row.pk for line in lines if line.state == "saved"]
    fresh = {row.pk: row for row in grid.rows(scope).filter(pk__in=done)} if done else {}
    return [_told(sheet, line, fresh) for line in lines]


def _told(sheet: Sheet, line: Line, fresh: dict[int, Any]) -> Line:
    """A saved row as it is stored now."""
    if line.state != "saved" or line.row.pk not in fresh:
        return line
    stored = sheet.stored_line(fresh[line.row.pk])
    stored.name, stored.state, stored.message = line.name, "saved", ""
    return stored


def _answer_again(sheet: Sheet, asked: Asked) -> Line:
    """The answer to a row that was saved before: what is stored now."""
    try:
        earlier = _earlier(sheet, asked)
    except Refused as refused:
        line = sheet.judge(asked, None)
        line.blame(refused)
        return line
    line = sheet.stored_line(earlier)
    line.name, line.state = asked.name, "saved"
    return line


def _save_row(sheet: Sheet, asked: Asked, row: Any, may: Decision) -> Line:
    for _ in range(TRIES):
        line = sheet.judge(asked, row)
        if line.is_wrong or (row is None and line.is_blank):
            return line
        if not may:
            line.blame(Refused(may.reason, code="quarter_closed"))
            return line
        if row is not None and not line.facts:
            line.state = "saved"
            return line
        try:
            line.row = _write(sheet, asked, line)
        except Conflict:
            row = find(sheet.grid, sheet.scope, [asked])[row.pk]
            continue
        except Refused as refused:
            line.blame(refused)
            return line
        line.state = "saved"
        return line
    line.blame(Refused("มีผู้อื่นกำลังแก้ไขแถวนี้อยู่ รอสักครู่แล้วบันทึกอีกครั้ง", code="busy"))
    return line


def _write(sheet: Sheet, asked: Asked, line: Line) -> Any:
    """Call the service and leave a receipt, in one transaction."""
    hand = Hand(sheet.scope, line.row, line.version, line.facts, asked.key)
    try:
        with one_transaction():
            saved = sheet.grid.save(hand)
            _leave_receipt(sheet, asked, saved)
        return saved
    except Refused:
        # The same row may have come twice at once: the one that was later finds it written.
        if earlier := _earlier(sheet, asked):
            return earlier
        raise


def _content(sheet: Sheet, asked: Asked) -> str:
    """The same for the same row sent again, and for nothing else."""
    told: list[Any] = [sheet.grid.key, asked.pk, sorted(asked.cells.items())]
    if sheet.scope.quarter:
        told.append(sheet.scope.quarter.label)
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _earlier(sheet: Sheet, asked: Asked) -> Any:
    receipt = Receipt.objects.filter(key=asked.key).first()
    if receipt is None:
        return None
    mine = receipt.actor_id == sheet.scope.user.pk and receipt.content == _content(sheet, asked)
    found = sheet.grid.rows(sheet.scope).filter(pk=receipt.row).first() if mine else None
    if found is None:
        raise Refused(
            "แถวนี้เคยบันทึกด้วยข้อมูลอื่นไปแล้ว กรุณาเปิดหน้านี้ใหม่แล้วกรอกอีกครั้ง", code="request_key_reused"
        )
    return found


def _leave_receipt(sheet: Sheet, asked: Asked, saved: Model) -> None:
    actor = sheet.scope.user
    Receipt.objects.filter(actor=actor, saved_at__lt=timezone.now() - RECEIPTS_KEPT).delete()
    Receipt.objects.create(
        key=asked.key,
        actor=actor,
        grid=sheet.grid.key,
        content=_content(sheet, asked),
        row=saved.pk,
    )


def save_together(sheet: Sheet, asked: Sequence[Asked], *, rehearse: bool) -> list[Line]:
    """Write all filled rows or none; ``rehearse`` undoes them, to know every refusal beforehand.

    Of a ``checked`` grid. The rows are written in its ``lock_order``; a refusal is told at its row
    and the others are tried all the same, so that all refusals are told at once.
    """
    rows = find(sheet.grid, sheet.scope, asked)
    lines = [sheet.judge(one, rows.get(one.pk or 0)) for one in asked]
    filled = [line for line in lines if line.row is not None and not line.is_blank]
    with transaction.atomic():
        for line in sorted(filled, key=lambda line: sheet.grid.lock_order(line.row)):
            if not line.is_wrong:
                _try(sheet, line)
        if rehearse or any(line.is_wrong for line in filled):
            transaction.set_rollback(True)
    return lines


def _try(sheet: Sheet, line: Line) -> None:
    hand = Hand(sheet.scope, line.row, line.version, line.facts, line.key)
    try:
        with one_transaction():
            sheet.grid.save(hand)
    except Refused as refused:
        line.blame(refused)
    else:
        line.state = "ready"
