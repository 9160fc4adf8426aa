"""Writes to pairs of doubles: ask, send back, merge, take back, close, open again.

A merge is one transaction. It holds the pair, then both records in the order of their keys, so that
two merges of the same records cannot wait for each other, and whoever adds something to a record
meanwhile waits and is then told that it was merged. Nothing is deleted: rows move by their key, the
keys of those that moved stand in the case, and the merged record stays with what excludes itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Model, Q

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.errors import Refused
from codi.history import acting
from codi.writing import change, locked, service
from programs import notices_of_merging as notices
from programs import permissions_of_merging as permissions
from programs.merging import (
    Cases,
    Merger,
    Reference,
    Share,
    merger_of,
    problems_of,
    references,
    shares_of,
)
from programs.models.duplicates import OPEN, CaseState, DuplicateCase

# What a row is besides its contents: its keys, its version, and what is computed of it.
_NO_CONTENTS = {"version", "search_key", "sort_key"}


def _reason(text: str, field: str = "reason") -> str:
    found = " ".join(text.split())
    if not found:
        raise Refused("กรุณาระบุเหตุผล", field=field)
    return found[:300]


def _held(merger: Merger, case: DuplicateCase) -> tuple[Any, Any]:
    """Both records of a pair under lock, the smaller key first."""
    for record in (case.first, case.second):
        whole = merger.lock_first(record)
        if whole is not None:
            locked(whole)
    rows = merger.model._default_manager.select_for_update(of=("self",)).order_by("pk")
    first, second = rows.filter(pk__in=(case.first_id, case.second_id))
    case.first, case.second = first, second
    return first, second


@service
def propose(
    *,
    actor: User,
    case: Cases,
    kept: Any,
    gone: Any,
    reason: str,
    exchanged: Sequence[str] = (),
    today: dt.date,
) -> DuplicateCase:
    """Ask for the merge of two records that no search found; ``kept`` is the one that stays."""
    if kept.pk == gone.pk:
        raise Refused("เลือกสองระเบียนที่ต่างกัน", field="gone")
    first, second = sorted((kept, gone), key=lambda record: record.pk)
    there = case.objects.filter(first=first, second=second).first()
    if there is None:
        there = case.objects.create(first=first, second=second, found_on=today)
    return request_merge(
        actor=actor, case=there, kept=kept, reason=reason, exchanged=exchanged, today=today
    )


@service
def request_merge(
    *,
    actor: User,
    case: DuplicateCase,
    kept: Any,
    reason: str,
    exchanged: Sequence[str] = (),
    expected_version: int | None = None,
    today: dt.date,
) -> DuplicateCase:
    """Ask headquarters to merge a pair into ``kept``, with the reason.

    ``exchanged`` names tables of which the merged record's contents shall count where both have a
    row of the same year. Raises :class:`Refused` with all that stands in the way.
    """
    case = locked(case)
    require(permissions.can_request(actor, case))
    gone = case.second if kept.pk == case.first_id else case.first
    merger = merger_of(case)
    problems = problems_of(merger, gone, kept)
    if problems:
        raise Refused("ยังขอรวมไม่ได้", code="in_the_way", details=problems)
    facts = {
        "state": CaseState.REQUESTED,
        "kept": kept,
        "requested_by": actor,
        "requested_on": today,
        "request_reason": _reason(reason),
        "exchanged": [name for name in exchanged if name in merger.exchangeable],
        "decided_by": None,
        "decided_on": None,
        "decision_reason": "",
    }
    case = change(case, facts, expected_version=expected_version)
    notices.asked(case, actor=actor)
    return case


@service
def send_back(
    *,
    actor: User,
    case: DuplicateCase,
    reason: str,
    expected_version: int | None = None,
    today: dt.date,
) -> DuplicateCase:
    """Send a request back to the region with what is to be mended."""
    case = locked(case)
    require(permissions.can_decide(actor, case))
    case = _decided(case, actor, CaseState.SENT_BACK, reason, expected_version, today)
    notices.decided(case, "ส่งกลับให้แก้ไข", actor=actor)
    return case


@service
def close_case(
    *,
    actor: User,
    case: DuplicateCase,
    reason: str,
    expected_version: int | None = None,
    today: dt.date,
) -> DuplicateCase:
    """Say for good that two records are not one, because …; no search brings the pair again."""
    case = locked(case)
    require(permissions.can_close(actor, case))
    case = _decided(case, actor, CaseState.NOT_DOUBLE, reason, expected_version, today)
    notices.decided(case, "บันทึกว่าไม่ซ้ำ", actor=actor)
    return case


@service
def reopen_case(
    *,
    actor: User,
    case: DuplicateCase,
    reason: str,
    expected_version: int | None = None,
    today: dt.date,
) -> DuplicateCase:
    """Take back that two records are not one, because …; the region may ask for the merge again.

    Who said it, and who had asked for the merge, are told.
    """
    case = locked(case)
    require(permissions.can_reopen(actor, case))
    closer = case.decided_by
    case = _decided(case, actor, CaseState.REOPENED, reason, expected_version, today)
    notices.decided(case, "เปิดพิจารณาใหม่", actor=actor, also=closer)
    return case


def _decided(
    case: DuplicateCase,
    actor: User,
    state: CaseState,
    reason: str,
    expected_version: int | None,
    today: dt.date,
) -> DuplicateCase:
    facts = _decision(state, actor, _reason(reason), today)
    return change(case, facts, expected_version=expected_version)


def _decision(state: CaseState, actor: User, reason: str, today: dt.date) -> dict[str, Any]:
    """What a pair keeps of every decision about it."""
    return {
        "state": state,
        "decided_by": actor,
        "decided_on": today,
        "decision_reason": reason,
    }


@service
def merge(
    *,
    actor: User,
    case: DuplicateCase,
    reason: str = "",
    expected_version: int | None = None,
    today: dt.date,
) -> DuplicateCase:
    """Merge the record that goes into the one that stays, as the region asked.

    All that names the record that goes names the kept one afterwards, but for rows that its room
    lets stay and rows for which the kept record has its own. The record that goes leaves the
    register on the day, with the reason, and names the kept one; on earlier days it still counts.
    Raises :class:`Refused` with what stands in the way, and :class:`Conflict` when somebody else
    changed the request meanwhile.
    """
    case = locked(case)
    require(permissions.can_decide(actor, case))
    merger = merger_of(case)
    _held(merger, case)
    gone, kept = case.gone, case.first if case.kept_id == case.first_id else case.second
    if problems := problems_of(merger, gone, kept):
        raise Refused("ยังรวมไม่ได้", code="in_the_way", details=problems)
    with acting(actor, reason=f"รวม {gone.code} เข้ากับ {kept.code}"):
        shares = shares_of(merger, gone, kept)
        # First of all: the database lets the keys of merged records follow a merge that it sees.
        _retire(merger, gone, kept, today)
        told: dict[str, Any] = {
            "rows": {share.reference.label: _move(share, kept) for share in shares if share.moving},
            "exchanged": _exchange(case, shares),
        }
        told["closed"] = _close_others(case, gone, actor, today)
        facts = _decision(CaseState.MERGED, actor, " ".join(reason.split())[:300], today)
        facts |= {"merged_on": today, "moved": told}
        case = change(case, facts, expected_version=expected_version)
    notices.decided(case, "รวมแล้ว", actor=actor)
    return case


def _move(share: Share, kept: Any) -> list[Any]:
    """Point the rows that move at the kept record; their keys."""
    reference = share.reference
    keys = [row.pk for row in share.moving]
    reference.model._base_manager.filter(pk__in=keys).update(**{reference.key: kept})
    return [key if isinstance(key, int) else str(key) for key in keys]


def _exchange(case: DuplicateCase, shares: Sequence[Share]) -> list[list[Any]]:
    """Let rows of both records that exclude each other change contents, where that was chosen."""
    done: list[list[Any]] = []
    for share in shares:
        label = share.reference.model._meta.label_lower
        if label in case.exchanged and share.may_exchange:
            for mine, theirs in share.excluded.items():
                swap_contents(share.reference, mine, theirs)
                done.append([share.reference.label, mine, theirs])
    return done


def swap_contents(reference: Reference, mine: Any, theirs: Any) -> None:
    """Let two rows of different records change contents; which record each is of, stays."""
    rows = reference.model._base_manager.select_for_update().in_bulk([mine, theirs])
    one, other = rows[mine], rows[theirs]
    names = [
        field.name
        for field in reference.model._meta.concrete_fields
        if not field.primary_key and field.name not in {reference.key, *_NO_CONTENTS}
    ]
    of_one, of_other = ({name: getattr(row, name) for name in names} for row in (one, other))
    change(one, of_other)
    change(other, of_one)


def _retire(merger: Merger, gone: Any, kept: Any, today: dt.date) -> None:
    facts = {
        merger.ended: today,
        merger.ended_reason: f"ซ้ำ รวมเข้ากับรหัส {kept.code}",
        "merged_into": kept,
    }
    change(gone, facts)


# What closing an open pair writes over; a merge keeps it, so that taking back can open the pair again.
_DECISION = ("state", "decided_by_id", "decided_on", "decision_reason")


def _close_others(
    case: DuplicateCase, gone: Any, actor: User, today: dt.date
) -> list[dict[str, Any]]:
    """Other open pairs of the record that went have nothing to decide any more; how they stood."""
    manager: Any = type(case)._default_manager
    named = Q(first=gone) | Q(second=gone)
    others = manager.filter(named, state__in=[*OPEN, CaseState.REQUESTED]).exclude(pk=case.pk)
    stood = []
    for other in others.order_by("pk"):
        before = {"pk": other.pk} | {name: getattr(other, name) for name in _DECISION}
        day = before["decided_on"]
        why = f"รหัส {gone.code} รวมเข้ากับรหัส {case.kept.code} แล้ว"
        closed = change(other, _decision(CaseState.NOT_DOUBLE, actor, why, today))
        if before["state"] == CaseState.REQUESTED:
            notices.decided(closed, "ปิดคำขอ เพราะรวมกับระเบียนอื่นแล้ว", actor=actor)
        stood.append(before | {"decided_on": day and day.isoformat(), "closed": closed.version})
    return stood


def _open_others(case: DuplicateCase) -> None:
    """Open again the pairs that the merge closed, but for those that were written to since."""
    manager: Any = type(case)._default_manager
    for before in case.moved.get("closed", ()):
        other = manager.filter(pk=before["pk"], version=before["closed"]).first()
        if other is not None:
            day = before["decided_on"]
            facts = {name.removesuffix("_id"): before[name] for name in _DECISION}
            facts["decided_by"] = User.objects.filter(pk=before["decided_by_id"]).first()
            change(other, facts | {"decided_on": day and dt.date.fromisoformat(day)})


@service
def take_back(
    *,
    actor: User,
    case: DuplicateCase,
    reason: str,
    expected_version: int | None = None,
    today: dt.date,
) -> DuplicateCase:
    """Take a merge back: exactly the rows that moved go back, and the merged record stands again.

    What was corrected in those rows since stays corrected. Raises :class:`Refused` when something
    rests on the merge: a row that moved is gone or lies elsewhere, the kept record left the
    register, or what its room names.
    """
    case = locked(case)
    require(permissions.can_take_back(actor, case))
    merger = merger_of(case)
    _held(merger, case)
    kept = case.first if case.kept_id == case.first_id else case.second
    why = _reason(reason)
    if problems := _in_the_way(merger, case, kept):
        raise Refused("ยังยกเลิกการรวมไม่ได้", code="in_the_way", details=problems)
    with acting(actor, reason=f"ยกเลิกการรวม: {why}"):
        by_label = {one.label: one for one in references(merger.model)}
        for label, keys in case.moved["rows"].items():
            reference = by_label[label]
            rows = reference.model._base_manager.filter(pk__in=keys)
            rows.update(**{reference.key: case.gone})
        for label, mine, theirs in reversed(case.moved["exchanged"]):
            swap_contents(by_label[label], mine, theirs)
        # Last of all, for the reason why the merge begins with it.
        _revive(merger, case.gone)
        _open_others(case)
        facts = _decision(CaseState.TAKEN_BACK, actor, why, today)
        facts |= {"merged_on": None, "moved": {}}
        case = change(case, facts, expected_version=expected_version)
    notices.decided(case, "ยกเลิกการรวมแล้ว", actor=actor)
    return case


def _revive(merger: Merger, gone: Model) -> None:
    facts = {
        merger.ended: None,
        merger.ended_reason: "",
        "merged_into": None,
    }
    change(gone, facts)


def _in_the_way(merger: Merger, case: DuplicateCase, kept: Any) -> list[str]:
    """What rests on a merge, so that taking it back would tear it."""
    found = []
    if not merger.stands(kept):
        found.append(f"รหัส {kept.code} ออกจากทะเบียนหรือรวมเข้ากับระเบียนอื่นแล้ว ให้นำกลับก่อน")
    by_label = {one.label: one for one in references(merger.model)}
    for label, keys in case.moved["rows"].items():
        reference = by_label[label]
        there = reference.rows(kept).filter(pk__in=keys).count()
        if there != len(keys):
            found.append(f"{reference.title}ที่ย้ายมา {len(keys) - there} รายการถูกลบหรือย้ายต่อไปแล้ว")
    for label, *keys in case.moved["exchanged"]:
        reference = by_label[label]
        if reference.model._base_manager.filter(pk__in=keys).count() != len(keys):
            found.append(f"{reference.title}ที่สลับกันถูกลบไปแล้ว")
    return [*found, *merger.rests(case)]
