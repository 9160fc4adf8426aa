"""Rules of welfare funds on plain values: what may fall, what a claim must be shown with.

Source: the quarterly report of fiscal year 2562, chapter 2 (tables 3 and 4 and the remarks below
them); the same indicators 1.1 and 1.8 ask for files since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from codi.files.models import DocumentKind
from welfare.models.status import MEMBER_GROUPS, MONEY_SOURCES

CUMULATIVE = (*MONEY_SOURCES, "beneficiary_count", "benefit_baht")
"""Amounts that are told as they added up since the founding, so that they fall only by correction."""

GATED_FROM = 2563
"""The first fiscal year whose indicators need their files.

Records of 2562 and before were taken over as they were told, 1,905 funds with complete one pages
among them that had no file in the system; the gate would have made their figures untrue.
"""

GATES: Mapping[str, tuple[frozenset[str], str]] = {
    "indicator_1": (
        frozenset({DocumentKind.YEARLY_REPORT}),
        "ข้อ 1.1 ต้องแนบไฟล์รายงานประจำปีที่หน้ากองทุนก่อน",
    ),
    "indicator_8": (
        frozenset({DocumentKind.FUND_RULES, DocumentKind.ONE_PAGE}),
        "ข้อ 1.8 ต้องแนบไฟล์ระเบียบกองทุนหรือ one page ที่หน้ากองทุนก่อน",
    ),
    "has_complete_one_page": (
        frozenset({DocumentKind.ONE_PAGE}),
        "one page จะครบถ้วนสมบูรณ์ได้เมื่อแนบไฟล์ one page ที่หน้ากองทุนแล้ว",
    ),
}
"""What an indicator is shown with: one of these documents, and the words when none is attached."""


def not_classified(values: Mapping[str, Any]) -> int:
    """Members whom no group counts (ไม่จำแนก): the total less the five groups, persons."""
    groups = sum(values.get(name) or 0 for name in MEMBER_GROUPS)
    return int((values.get("member_count") or 0) - groups)


def fallen(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> tuple[str, ...]:
    """Cumulative amounts that lie below those of the quarter before; none without one."""
    if before is None:
        return ()
    return tuple(name for name in CUMULATIVE if (now.get(name) or 0) < (before.get(name) or 0))


def lifted_above(
    was: Mapping[str, Any], now: Mapping[str, Any], later: Mapping[str, Any]
) -> tuple[str, ...]:
    """Cumulative amounts of a quarter that rise from ``was`` to ``now`` above the next one told.

    The later quarter would fall by it. What lay above it before and does not rise is no new fall.
    """
    return tuple(
        name
        for name in CUMULATIVE
        if (now.get(name) or 0) > max(was.get(name) or 0, later.get(name) or 0)
    )


def unproven(
    fiscal_year: int, claims: Mapping[str, Any], attached: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Indicators that are claimed without their file: the field and what to do.

    From fiscal year 2563 on; see :data:`GATED_FROM`.
    """
    if fiscal_year < GATED_FROM:
        return
    for name, (documents, message) in GATES.items():
        if claims.get(name) and documents.isdisjoint(attached):
            yield name, message


def rests_on(claims: Mapping[str, Any], document: str, others: Collection[str]) -> str:
    """Which claim would lose its last file if ``document`` went; ``others`` stay. Empty for none."""
    for name, (documents, _message) in GATES.items():
        if claims.get(name) and document in documents and documents.isdisjoint(others):
            return name
    return ""
