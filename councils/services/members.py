"""Writes to the members of a council. Each holds the council's row, under which experts count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.bulk import insert_records, update_records, with_values
from codi.errors import Refused
from codi.thai.normalise import clean
from codi.writing import change, locked, service
from councils import permissions
from councils.models import Council, Member, MemberKind
from councils.rules import most_experts
from councils.services import life
from councils.services.councils import require_past
from councils.services.terms import councils_of, hold_councils

COLUMNS = ("council_id", "name", "kind", "selected_on", "left_on")


def _require_share(council: Council, joining: Member) -> None:
    """With one more expert, experts are still at most a fifth of the representatives who serve."""
    if joining.kind != MemberKind.EXPERT or joining.left_on is not None:
        return
    others = council.members.filter(left_on=None).exclude(pk=joining.pk)
    kinds = list(others.values_list("kind", flat=True))
    representatives = kinds.count(MemberKind.REPRESENTATIVE)
    most = most_experts(representatives)
    if len(kinds) - representatives + 1 > most:
        raise Refused(
            f"สภานี้มีผู้แทนชุมชน {representatives} คน จึงมีผู้ทรงคุณวุฒิได้ไม่เกิน {most} คน "
            "(หนึ่งในห้า ตามมาตรา 5) เพิ่มผู้แทนชุมชนก่อน หรือบันทึกเป็นผู้แทนชุมชน",
            field="kind",
            code="councils_member_expert_share",
        )


@service
def add_member(
    *, actor: User, council: Council, name: str, kind: str, selected_on: dt.date, today: dt.date
) -> Member:
    """Add a member from the day of selection on; experts at most a fifth of the representatives."""
    council = locked(council)
    require(permissions.can_keep(actor, council))
    require_past(selected_on, "selected_on", today)
    member = Member(council=council, name=clean(name), kind=kind, selected_on=selected_on)
    _require_share(council, member)
    member.save(force_insert=True)
    life.require_within_terms([member.pk])
    return member


def _locked(member: Member) -> Member:
    """The member under lock, and the council under that of every other write to it."""
    council = locked(member.council)
    found = locked(member)
    found.council = council
    return found


@service
def update_member(
    *, actor: User, member: Member, expected_version: int | None, today: dt.date, **facts: Any
) -> Member:
    """Correct a member's name, kind or day of selection; the share of experts holds."""
    member = _locked(member)
    require(permissions.can_keep_member(actor, member))
    require_past(facts.get("selected_on"), "selected_on", today)
    require_past(facts.get("left_on"), "left_on", today)
    was, selected_on = (member.kind, member.left_on), member.selected_on
    member = change(member, facts, expected_version=expected_version)
    if member.selected_on != selected_on:
        life.require_within_terms([member.pk])
    if (member.kind, member.left_on) != was:
        _require_share(member.council, member)
    return member


@service
def end_member(
    *, actor: User, member: Member, left_on: dt.date, expected_version: int | None, today: dt.date
) -> Member:
    """Record that a member left (death, resignation, end of term) on a day that has come."""
    return update_member(
        actor=actor,
        member=member,
        left_on=left_on,
        expected_version=expected_version,
        today=today,
    )


def _judged(records: Iterable[Member], today: dt.date) -> list[Member]:
    """The records under the rules of single ones: tidy names, days that have come."""
    found = []
    for record in records:
        require_past(record.selected_on, "selected_on", today)
        require_past(record.left_on, "left_on", today)
        record.name = clean(record.name)
        found.append(record)
    return found


@service
def create_members(*, actor: User, records: Iterable[Member], today: dt.date) -> int:
    """Add many members at once, all or none; the database holds the share of experts."""
    require(permissions.can_manage_councils(actor))
    judged = _judged(records, today)
    keys = {record.council_id for record in judged}
    hold_councils(actor, keys)
    there = set(Member.objects.filter(council__in=keys).values_list("pk", flat=True))
    count = insert_records(Member, (*COLUMNS, "version"), judged)
    came = Member.objects.filter(council__in=keys).exclude(pk__in=there)
    life.require_within_terms(list(came.values_list("pk", flat=True)))
    return count


@service
def change_members(*, actor: User, records: Iterable[Member], today: dt.date) -> int:
    """Correct many members at once, all or none; each carries the version that the actor saw."""
    require(permissions.can_manage_councils(actor))
    judged = _judged(records, today)
    left = councils_of(Member, judged)
    hold_councils(actor, (record.council_id for record in judged), left=left)
    moved = life.moved_days(Member, judged, "selected_on")
    asked, written = update_records(Member, COLUMNS, judged)
    if written != asked:
        raise Refused("มีผู้อื่นแก้ไขสมาชิกบางคนในเวลาเดียวกัน กรุณาตรวจใหม่", code="changed_by_another")
    life.require_within_terms(moved)
    return written


@service
def restore_members(
    pairs: Sequence[tuple[Member, dict[str, Any]]], actor: User, reason: str, today: dt.date
) -> None:
    """Put old values back, as taking a written file back asks; the reason is in the history."""
    change_members(actor=actor, records=with_values(pairs), today=today)


@service
def remove_members(records: Sequence[Member], actor: User, reason: str, today: dt.date) -> None:
    """Take away members that a file brought by mistake; they stay in the history."""
    require(permissions.can_manage_councils(actor))
    hold_councils(actor, (record.council_id for record in records))
    Member.objects.filter(pk__in=[record.pk for record in records]).delete()
