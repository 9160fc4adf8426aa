"""Arithmetic and eligibility of councils on plain values: names, terms, shares, certification.

Source: พ.ร.บ.สภาองค์กรชุมชน พ.ศ. 2551 มาตรา 5, 6 and 8; the quarterly report of fiscal year 2562,
chapter 1 (a certified council is complete "ตามเงื่อนไข" and has จส.02-03 attached).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

REPRESENTATIVES_PER_EXPERT = 5
"""Experts are at most a fifth of the members who represent communities (มาตรา 5)."""

# What a name says about its kind of area, the telling words first. "ตำบล" alone tells nothing:
# อบต. and เทศบาลตำบล both stand in one. "เขต" counts at the head of a name only (ตำบลเขตร…).
TELLING_WORDS: Sequence[tuple[str, frozenset[str]]] = (
    (r"อบต|องค์การบริหารส่วนตำบล", frozenset({"subdistrict"})),
    (r"เทศบาลตำบล|(?:^|\s|ชุมชน)ทต\.", frozenset({"tambon_town"})),
    (r"เทศบาลเมือง|(?:^|\s|ชุมชน)ทม\.", frozenset({"town"})),
    (r"เทศบาลนคร|(?:^|\s|ชุมชน)ทน\.", frozenset({"city"})),
    (r"เทศบาล", frozenset({"tambon_town", "town", "city"})),
    (r"(?:^|\s|ชุมชน)เขต", frozenset({"district"})),
)


def kinds_told_by(name: str) -> frozenset[str]:
    """The kinds of area that a council's name can mean; empty when its words tell nothing."""
    return next((kinds for words, kinds in TELLING_WORDS if re.search(words, name)), frozenset())


def name_contradicts(name: str, kind: str) -> bool:
    """Whether the name's own word (อบต., เทศบาล, เขต) says another kind of area."""
    told = kinds_told_by(name)
    return bool(told) and kind not in told


# How a kind is called in a name; "ตำบล" is how most of the อบต. are called.
_IN_NAMES = {
    "subdistrict": "ตำบล",
    "tambon_town": "เทศบาลตำบล",
    "town": "เทศบาลเมือง",
    "city": "เทศบาลนคร",
    "district": "เขต",
}


def name_of_kind(name: str, kind: str) -> str:
    """The name with its own word for another kind of area replaced; empty where none is to propose."""
    patterns = (words for words, _kinds in TELLING_WORDS)
    told = next((found for words in patterns if (found := re.search(words, name))), None)
    if told is None or kind not in _IN_NAMES or not name_contradicts(name, kind):
        return ""
    before = re.match(r"\s|ชุมชน|", told[0])
    kept = before[0] if before else ""
    rest = name[told.end() :].lstrip(". ")
    return f"{name[: told.start()]}{kept}{_IN_NAMES[kind]}{rest}"


def years_later(day: dt.date, years: int) -> dt.date:
    """The same day some years later; 28 February where 29 February does not come again."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def most_experts(representative_count: int) -> int:
    """How many experts a council of so many representatives may have."""
    return representative_count // REPRESENTATIVES_PER_EXPERT


@dataclass(frozen=True)
class Readiness:
    """What is on record of a council on the day of its certification."""

    has_js02: bool
    has_js03: bool
    has_current_term: bool
    representative_count: int
    is_placed: bool


@dataclass(frozen=True)
class Gate:
    """One condition of certification: what it asks, and what to do while it is not met."""

    title: str
    remedy: str
    is_met: bool


def certification_gates(facts: Readiness) -> tuple[Gate, ...]:
    """The conditions under which a council may be certified, in the order of the form."""
    return (
        Gate("แบบ จส.02", "แนบไฟล์แบบ จส.02", facts.has_js02),
        Gate("แบบ จส.03", "แนบไฟล์แบบ จส.03", facts.has_js03),
        Gate("วาระสมาชิกที่ยังไม่ครบ 4 ปี", "บันทึกวาระปัจจุบันของสมาชิก", facts.has_current_term),
        Gate(
            "สมาชิกผู้แทนชุมชนอย่างน้อย 1 คน",
            "เพิ่มสมาชิกประเภทผู้แทนชุมชน",
            facts.representative_count > 0,
        ),
        Gate("พื้นที่ระบุถึงตำบลหรือเขต", "แก้ไขข้อมูลสภาให้มีตำบล (หรือเขต)", facts.is_placed),
    )


def certification_gaps(facts: Readiness) -> tuple[str, ...]:
    """What is missing for certification; nothing when every gate is met."""
    return tuple(gate.remedy for gate in certification_gates(facts) if not gate.is_met)
