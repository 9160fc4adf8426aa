"""Days that must agree between records: nothing of a council before it stood, nothing after an end.

Asked after the write and inside its transaction, of the records whose days were changed: what was
out of order before does not keep anybody from mending something else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, F, Model, OuterRef, Q

from codi.errors import Refused
from codi.thai.dates import long_date
from councils.models import (
    CapabilityResult,
    CouncilMeeting,
    GroupCertification,
    Member,
    QualityReview,
    Section21Mission,
    StatusLetter,
    Term,
)

# What a council has only while it stands, each with the day that tells. Its first members are
# selected before it registers, so of a term the end is asked.
_WORK: tuple[tuple[type[Model], str, Q], ...] = (
    (CouncilMeeting, "held_on", Q()),
    (Section21Mission, "reported_on", Q()),
    (CapabilityResult, "reported_on", Q()),
    (QualityReview, "reviewed_on", Q()),
    (StatusLetter, "issued_on", Q()),
    (Term, "expires_on", Q(withdrawn_on=None)),
)


def require_work_after_registration(councils: Collection[int]) -> None:
    """Refuse a day of registration behind the work, letters or terms on record of the council."""
    for model, day, condition in _WORK if councils else ():
        rows: Any = model._default_manager.select_related("council").order_by(day)
        early = rows.filter(condition, council__in=councils)
        if found := early.filter(**{f"{day}__lt": F("council__registered_on")}).first():
            raise Refused(
                f"{found.council} มี{model._meta.verbose_name} {found} "
                f"({long_date(getattr(found, day))}) ก่อนวันจดแจ้งที่ระบุ กรุณาตรวจวันจดแจ้ง หรือแก้รายการนั้นก่อน",
                field="registered_on",
                code="work_before_registration",
            )


def require_certified_while_standing(groups: Collection[int]) -> None:
    """Refuse days of groups between which a certification on record does not lie."""
    of_groups = GroupCertification.objects.filter(group__in=groups).select_related("group")
    early = Q(certified_on__lt=F("group__registered_on"))
    late = Q(certified_on__gte=F("group__ended_on"))
    found: Any = of_groups.filter(early | late).first() if groups else None
    if found:
        is_late = found.certified_on >= found.group.registered_on
        raise Refused(
            f"กลุ่ม {found.group.code} รับรองสถานภาพเมื่อ {long_date(found.certified_on)} "
            "ซึ่งอยู่นอกช่วงที่กลุ่มจดแจ้งอยู่ กรุณาตรวจวันที่ หรือถอนการรับรองที่ผิดก่อน",
            field="ended_on" if is_late else "registered_on",
            code="certified_outside",
        )


def require_within_terms(members: Collection[int]) -> None:
    """Refuse members selected after the last term on record was over, before the next one began.

    A council without any term on record is not asked: many came with their members alone.
    """
    terms = Term.objects.filter(council=OuterRef("council"), withdrawn_on=None)
    begun = terms.filter(selected_on__lte=OuterRef("selected_on"))
    over = begun.filter(expires_on__lte=OuterRef("selected_on"))
    current = begun.filter(expires_on__gt=OuterRef("selected_on"))
    late: Any = Member.objects.filter(Exists(over), ~Exists(current), pk__in=members)
    found = late.select_related("council").first() if members else None
    if found:
        raise Refused(
            f"{found} คัดเลือกวันที่ {long_date(found.selected_on)} หลังวาระของ{found.council}ครบแล้ว "
            "บันทึกการทบทวนหรือวาระใหม่ก่อน แล้วจึงบันทึกสมาชิก",
            field="selected_on",
            code="after_term",
        )


def moved_days(model: type[Model], records: Collection[Any], *days: str) -> list[int]:
    """The keys of the records of which one of these days is to be another than it is stored."""
    manager: Any = model._default_manager
    stored: dict[int, tuple[dt.date | None, ...]] = {
        pk: tuple(told)
        for pk, *told in manager.filter(pk__in=[one.pk for one in records]).values_list("pk", *days)
    }
    return [
        one.pk for one in records if stored.get(one.pk) != tuple(getattr(one, day) for day in days)
    ]
