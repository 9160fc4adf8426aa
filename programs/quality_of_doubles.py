"""The rule of the inbox that names pairs of doubles until somebody settles them."""

from __future__ import annotations

from django.db.models import F

from codi.quality.declared import Rule, Severity, Topic, page, words
from programs.merging import Merger


def doubles_rule(key: str, merger: Merger, subject: str) -> Rule:
    """Pairs of a register that look like one thing twice, with the page on which that is settled."""
    return Rule(
        key=key,
        title=f"{merger.noun}ที่น่าจะซ้ำกัน",
        topic=Topic.DUPLICATES,
        severity=Severity.WARNING,
        subject=subject,
        advice="เทียบสองระเบียน แล้วขอรวม หรือบันทึกว่าไม่ซ้ำพร้อมเหตุผล",
        offending=lambda today: merger.case.objects.unsettled(),
        label=words(F("first__code"), " กับ ", F("second__code")),
        detail=words("ชื่อ “", F("first__name"), "” กับ “", F("second__name"), "”"),
        region=f"{merger.case.place_path}region",
        province=f"{merger.case.place_path}province",
        link=page(merger.url_name),
    )
