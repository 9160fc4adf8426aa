"""How councils and groups are merged that stand in the register twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q

from codi.thai.numbers import number
from councils import permissions
from councils.models import (
    CommunityGroup,
    Council,
    CouncilDouble,
    GroupDouble,
    Member,
    StatusLetter,
    Term,
)
from programs.merging import Merger, Stay, register_merger
from programs.queries_of_doubles import Names, near_pairs

# What the words of names say of the kind of area; อบต. and ตำบล are how most are called.
KIND_WORDS = (
    ("องค์การบริหารส่วนตำบล", ""),
    ("อบต.", ""),
    ("ตำบล", ""),
    ("แขวง", "แขวง"),
    ("เทศบาลตำบล", "เทศบาลตำบล"),
    ("ทต.", "เทศบาลตำบล"),
    ("เทศบาลเมือง", "เทศบาลเมือง"),
    ("ทม.", "เทศบาลเมือง"),
    ("เทศบาลนคร", "เทศบาลนคร"),
    ("ทน.", "เทศบาลนคร"),
    ("เทศบาล", "เทศบาล"),
    ("เขต", "เขต"),
)
COUNCIL_NAMES = Names(
    table="councils_council",
    place="district_id",
    standing="t.withdrawn_on IS NULL",
    heads=("สภาองค์กรชุมชน", "สภา"),
    kinds=KIND_WORDS,
    kind="t.kind",
)
# Groups of one council are called alike by what they do; only names that say the same are doubles.
GROUP_NAMES = Names(
    table="councils_communitygroup",
    place="council_id",
    standing="t.ended_on IS NULL",
    least_pct=80,
)


def _overlapping(gone: Any, kept: Any) -> Q:
    """Terms over a time for which the kept council has a term of its own."""
    own = Term.objects.filter(
        council=kept,
        withdrawn_on=None,
        selected_on__lt=OuterRef("expires_on"),
        expires_on__gt=OuterRef("selected_on"),
    )
    return Q(Exists(own))


def _council_blockers(gone: Any, kept: Any) -> Sequence[str]:
    if gone.registered_on < kept.registered_on:
        return (
            f"รหัส {kept.code} จดแจ้งหลังรหัส {gone.code} ให้ระเบียนที่จดแจ้งก่อนคงอยู่ หรือแก้วันจดแจ้งให้ถูกต้องก่อน",
        )
    return ()


def _council_rests(case: Any) -> Sequence[str]:
    """What was built with what moved: a certification, letters of groups that moved."""
    kept, found = case.kept, []
    day = case.merged_on
    if day and kept.certified_on and kept.certified_on >= day:
        found.append(f"รหัส {kept.code} รับรองหลังการรวม โดยอาศัยข้อมูลที่ย้ายมา")
    groups = case.moved["rows"].get("councils.communitygroup.council", ())
    letters = StatusLetter.objects.filter(group__in=groups, council=kept, issued_on__gte=day)
    if letters.exists():
        found.append("มีจดหมายรับรองสถานภาพของกลุ่มที่ย้ายมา ซึ่งออกหลังการรวม")
    # Their councils would be two again, and the merge of the groups could never be taken back.
    mixed = Q(pk__in=groups) & ~Q(merged_into__in=groups)
    mixed |= ~Q(pk__in=groups) & Q(merged_into__in=groups)
    merged = CommunityGroup.objects.filter(mixed, council=kept, merged_into__isnull=False)
    if codes := list(merged.order_by("code").values_list("code", flat=True)[:5]):
        found.append(f"กลุ่มรหัส {' · '.join(codes)} รวมกับกลุ่มของอีกสภาแล้ว ให้ยกเลิกการรวมกลุ่มก่อน")
    return found


def _council_facts(council: Any, day: dt.date) -> Sequence[tuple[str, str]]:
    serving = Member.objects.filter(council=council).serving_as_of(day).count()
    groups = CommunityGroup.objects.filter(council=council).registered_as_of(day).count()
    return (
        ("สมาชิกที่ดำรงตำแหน่งวันนี้", f"{number(serving)} คน"),
        ("กลุ่มที่จดแจ้งอยู่วันนี้", f"{number(groups)} กลุ่ม"),
    )


COUNCIL_MERGER = register_merger(
    Merger(
        case=CouncilDouble,
        model=Council,
        noun="สภา",
        url_name="councils:council_double",
        keeper=permissions.can_manage_councils,
        area=permissions.in_area,
        ended="withdrawn_on",
        ended_reason="withdrawal_reason",
        pairs=lambda: near_pairs(COUNCIL_NAMES),
        places=("region", "province"),
        stays={
            "councils.statusletter.council": Stay(
                "จดหมายระบุระเบียนเดิม จึงอยู่กับระเบียนเดิม ของสภาไม่มีผลอีก ของกลุ่มยังมีผลตามสถานะของกลุ่ม"
            ),
            "councils.term.council": Stay("ระเบียนที่คงอยู่มีวาระของตนในช่วงเวลาเดียวกัน", _overlapping),
        },
        exchangeable=(
            "councils.qualityreview",
            "councils.councilmeeting",
            "councils.section21mission",
        ),
        blockers=_council_blockers,
        rests=_council_rests,
        facts=_council_facts,
    )
)


def _group_blockers(gone: Any, kept: Any) -> Sequence[str]:
    if gone.council_id != kept.council_id:
        return ("สองกลุ่มนี้จดแจ้งกับคนละสภา ถ้าสภาซ้ำกันให้รวมสภาก่อน",)
    if gone.registered_on < kept.registered_on:
        return (
            f"รหัส {kept.code} จดแจ้งหลังรหัส {gone.code} ให้ระเบียนที่จดแจ้งก่อนคงอยู่ หรือแก้วันจดแจ้งให้ถูกต้องก่อน",
        )
    return ()


def _group_rests(case: Any) -> Sequence[str]:
    if case.gone.council_id != case.kept.council_id:
        return ("กลุ่มที่คงอยู่ย้ายไปสภาอื่นแล้ว",)
    if case.gone.council.withdrawn_on is not None:
        return ("สภาของกลุ่มถอนออกจากทะเบียนแล้ว",)
    return ()


GROUP_MERGER = register_merger(
    Merger(
        case=GroupDouble,
        model=CommunityGroup,
        noun="กลุ่ม",
        url_name="councils:group_double",
        keeper=permissions.can_manage_councils,
        area=lambda user, group: permissions.in_area(user, group.council),
        ended="ended_on",
        ended_reason="ended_reason",
        pairs=lambda: near_pairs(GROUP_NAMES),
        stays={
            "councils.statusletter.group": Stay("จดหมายรับรองระเบียนเดิม จึงอยู่กับระเบียนเดิมและไม่มีผลอีก"),
        },
        exchangeable=("councils.groupcertification",),
        blockers=_group_blockers,
        rests=_group_rests,
        lock_first=lambda group: group.council,
    )
)
