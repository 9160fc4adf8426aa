"""Writes to community groups: registration, existence, yearly certification, end; single and many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, ProtectedError, QuerySet

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.bulk import insert_records, update_records, with_values
from codi.desk import bin
from codi.errors import Refused
from codi.fiscal import FiscalYear
from codi.history import acting
from codi.thai.dates import long_date
from codi.writing import change, locked, service
from councils import permissions_of_work as permissions
from councils.models import CommunityGroup, Council, GroupCertification
from councils.services import life
from councils.services.councils import require_reason
from councils.services.terms import councils_of, hold_councils
from councils.services.work import kept_council, require_past

COLUMNS = (
    "code",
    "council_id",
    "name",
    "registered_on",
    "found_existing_on",
    "ended_on",
    "ended_reason",
    "search_key",
)
OUTSIDE = "มีกลุ่มที่รวมเข้ากับกลุ่มอื่นแล้ว หรือกลุ่มที่อยู่นอกขอบเขตของท่าน กรุณาดาวน์โหลดข้อมูลใหม่"


def _next_code(council: Council) -> str:
    """The next free code of a council's groups, as ``30307-012``; the council's row is held."""
    prefix = f"{council.code}-"
    numbered = rf"^{prefix}\d{{1,6}}$"
    codes = set(CommunityGroup.objects.filter(code__regex=numbered).values_list("code", flat=True))
    binned: Any = bin.held(CommunityGroup, "code", council=council.pk)
    codes.update(binned.filter(held__regex=numbered).values_list("held", flat=True))
    numbers = [int(code.removeprefix(prefix)) for code in codes]
    return f"{prefix}{max(numbers, default=0) + 1:03d}"


def require_group_days(group: CommunityGroup, today: dt.date) -> None:
    """Refuse days of a group that are to come, or stand before its registration."""
    for field in ("registered_on", "found_existing_on", "ended_on"):
        day = getattr(group, field)
        if day is not None:
            require_past(day, today, field)
            if day < group.registered_on:
                raise Refused("วันที่นี้ต้องไม่ก่อนวันจดแจ้งของกลุ่ม", field=field)


def _kept_group(group: CommunityGroup, actor: User) -> CommunityGroup:
    """The group under its lock, and its council under that of all that is written to it."""
    council = kept_council(group.council, actor)
    group = locked(group)
    group.council = council
    require(permissions.can_keep_group(actor, group))
    return group


@service
def register_group(
    *,
    actor: User,
    council: Council,
    name: str,
    registered_on: dt.date,
    code: str = "",
    today: dt.date,
) -> CommunityGroup:
    """Register a group with a council; without a code it gets the council's next one."""
    council = kept_council(council, actor)
    group = CommunityGroup(council=council, name=name, registered_on=registered_on)
    require_group_days(group, today)
    group.code = code.strip() or _next_code(council)
    group.save()
    return group


def _changed(
    group: CommunityGroup, facts: dict[str, Any], expected_version: int | None, today: dt.date
) -> CommunityGroup:
    """The held group with these facts; its days agree with each other and its certifications."""
    was = (group.registered_on, group.ended_on)
    group = change(group, facts, expected_version=expected_version)
    require_group_days(group, today)
    if (group.registered_on, group.ended_on) != was:
        life.require_certified_while_standing([group.pk])
    return group


@service
def change_group(
    *,
    actor: User,
    group: CommunityGroup,
    expected_version: int | None,
    today: dt.date,
    **facts: Any,
) -> CommunityGroup:
    """Correct name, day of registration or the day it was found existing."""
    return _changed(_kept_group(group, actor), facts, expected_version, today)


@service
def end_group(
    *,
    actor: User,
    group: CommunityGroup,
    expected_version: int | None,
    ended_on: dt.date,
    ended_reason: str,
    today: dt.date,
) -> CommunityGroup:
    """Record that a group ended, when and why; it stays on record and is counted until that day.

    Raises :class:`Refused` for a group that has ended or was merged, or whose council left the
    register.
    """
    group = _kept_group(group, actor)
    require(permissions.can_end_group(actor, group))
    facts = {"ended_on": ended_on, "ended_reason": ended_reason.strip()}
    return _changed(group, facts, expected_version, today)


@service
def reinstate_group(
    *, actor: User, group: CommunityGroup, expected_version: int | None = None
) -> CommunityGroup:
    """Bring back a group whose end was recorded by mistake; day and reason stay in its history."""
    group = _kept_group(group, actor)
    require(permissions.can_reinstate_group(actor, group))
    facts = {"ended_on": None, "ended_reason": ""}
    return change(group, facts, expected_version=expected_version)


def _require_certifiable_day(fiscal_year: int, certified_on: dt.date, today: dt.date) -> None:
    require_past(certified_on, today, "certified_on")
    start = FiscalYear(fiscal_year).start
    if certified_on < start:
        raise Refused(
            f"ปีงบประมาณ {fiscal_year} เริ่มวันที่ {long_date(start)} กรุณาตรวจวันที่หรือปี",
            field="certified_on",
        )


@service
def certify_group(
    *,
    actor: User,
    group: CommunityGroup,
    fiscal_year: int,
    certified_on: dt.date,
    today: dt.date,
) -> GroupCertification:
    """Certify the status of a group for a year: it is registered and has not ended on the day."""
    group = _kept_group(group, actor)
    _require_certifiable_day(fiscal_year, certified_on, today)
    if group.registered_on > certified_on or (group.ended_on and group.ended_on <= certified_on):
        raise Refused("วันที่รับรองต้องอยู่ระหว่างวันจดแจ้งและวันสิ้นสภาพของกลุ่ม", field="certified_on")
    return GroupCertification.objects.create(
        group=group, fiscal_year=fiscal_year, certified_on=certified_on
    )


def certifiable(groups: Any, actor: User, fiscal_year: int, certified_on: dt.date) -> QuerySet[Any]:
    """Of these groups those that the actor may certify for the year and that still lack it."""
    standing: QuerySet[Any] = groups.visible_to(actor).registered_as_of(certified_on)
    of_year = GroupCertification.objects.filter(group=OuterRef("pk"), fiscal_year=fiscal_year)
    return standing.filter(~Exists(of_year), merged_into=None, council__withdrawn_on=None)


@service
def certify_groups(
    *,
    actor: User,
    groups: QuerySet[CommunityGroup],
    fiscal_year: int,
    certified_on: dt.date,
    today: dt.date,
) -> int:
    """Certify all groups of a selection that may be, all or none. Returns how many were new.

    Groups that ended, lie out of sight, or have their certification of the year already are left as
    they are. Councils and groups are locked, so that none leaves the register meanwhile.
    """
    require(permissions.can_record(actor))
    _require_certifiable_day(fiscal_year, certified_on, today)
    wanted = certifiable(groups, actor, fiscal_year, certified_on).order_by().values("pk")
    concerned = CommunityGroup.objects.filter(pk__in=wanted).order_by().values("council")
    councils = Council.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    list(councils.filter(pk__in=concerned).values_list("pk", flat=True))
    held = CommunityGroup.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    keys = list(held.values_list("pk", flat=True))
    records = (
        GroupCertification(group_id=key, fiscal_year=fiscal_year, certified_on=certified_on)
        for key in keys
    )
    return insert_records(
        GroupCertification, ("group_id", "fiscal_year", "certified_on", "version"), records
    )


@service
def withdraw_certification(
    *,
    actor: User,
    certification: GroupCertification,
    reason: str,
    expected_version: int | None,
) -> CommunityGroup:
    """Take back a certification entered by mistake; its trail and the reason stay in the history.

    Returns the group, which may be certified for that year again. Its letters stay: they tell of
    the registration, not of a year's certification.
    """
    kept_council(certification.group.council, actor)
    certification = locked(certification)
    require(permissions.can_withdraw_certification(actor, certification))
    if expected_version is not None and certification.version != expected_version:
        raise Refused(
            "มีผู้อื่นแก้ไขการรับรองนี้หลังจากที่ท่านเปิดหน้าไว้ จึงยังไม่ได้ถอน ตรวจข้อมูลล่าสุดก่อน แล้วถอนอีกครั้ง",
            code="changed_by_another",
        )
    group = certification.group
    with acting(actor, reason=require_reason(reason)):
        certification.delete()
    return group


def _judged(records: Iterable[CommunityGroup], today: dt.date) -> list[CommunityGroup]:
    """The records under the rules of single ones."""
    found = list(records)
    for record in found:
        require_group_days(record, today)
        record.fill_keys()
    return found


@service
def register_groups(*, actor: User, records: Iterable[CommunityGroup], today: dt.date) -> int:
    """Register many groups at once, all or none; the rules of :func:`register_group`."""
    require(permissions.can_record(actor))
    judged = _judged(records, today)
    hold_councils(actor, (record.council_id for record in judged))
    return insert_records(CommunityGroup, (*COLUMNS, "version"), judged)


@service
def change_groups(*, actor: User, records: Iterable[CommunityGroup], today: dt.date) -> int:
    """Change many groups at once, all or none; each carries the version that the actor saw."""
    require(permissions.can_record(actor))
    records = _judged(records, today)
    left = councils_of(CommunityGroup, records)
    hold_councils(actor, (record.council_id for record in records), left=left)
    keys = [record.pk for record in records]
    known = CommunityGroup.objects.visible_to(actor).filter(pk__in=keys, merged_into=None)
    if known.count() != len(keys):
        raise Refused(OUTSIDE)
    moved = life.moved_days(CommunityGroup, records, "registered_on", "ended_on")
    asked, written = update_records(CommunityGroup, COLUMNS, records)
    if written != asked:
        raise Refused("มีผู้อื่นแก้ไขกลุ่มบางรายการในเวลาเดียวกัน กรุณาตรวจใหม่", code="changed_by_another")
    life.require_certified_while_standing(moved)
    return written


@service
def restore_groups(
    pairs: Sequence[tuple[CommunityGroup, dict[str, Any]]], actor: User, reason: str, today: dt.date
) -> None:
    """Put old values back, as taking a written file back asks."""
    change_groups(actor=actor, records=with_values(pairs), today=today)


@service
def remove_groups(
    records: Sequence[CommunityGroup], actor: User, reason: str, today: dt.date
) -> None:
    """Take away groups that nothing rests on, as taking a written file back asks."""
    require(permissions.can_record(actor))
    hold_councils(actor, (record.council_id for record in records))
    try:
        CommunityGroup.objects.filter(pk__in=[record.pk for record in records]).delete()
    except ProtectedError as error:
        raise Refused("มีผลการรับรองหรือจดหมายที่อ้างถึงกลุ่มนี้ จึงนำออกไม่ได้") from error
