"""The quarter of which a grid's rows tell: chosen in the address, refused when it is closed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import Http404

from codi.accounts.permissions import Decision, allow, deny
from codi.fiscal import FiscalYear, Quarter
from codi.thai.dates import long_date

QUARTER = "quarter"
YEARS_OFFERED = 12
"""So many fiscal years before the present one are offered."""

Closed = Callable[[], Mapping[Quarter, str]]
"""The quarters that are closed, each with why and what can be done."""
_CLOSED: list[Closed] = []


def closes_quarters(closed: Closed) -> Closed:
    """Let a room that closes quarters say which; used as a decorator in its ``grids.py``."""
    _CLOSED.append(closed)
    return closed


def closed_quarters() -> dict[Quarter, str]:
    """All closed quarters with why and what can be done: one query for each room that closes some."""
    return {quarter: told for closed in _CLOSED for quarter, told in closed().items()}


def word_of(quarter: Quarter) -> str:
    """A quarter as the address bears it: 2564-4."""
    return f"{quarter.fiscal_year.number}-{quarter.number}"


def asked_quarter(word: str, today: dt.date) -> Quarter:
    """The quarter of an address, the present one without a word; ``Http404`` for what is none."""
    present = Quarter.of(today)
    if not word:
        return present
    read = re.fullmatch(r"(2[4-7][0-9]{2})-([1-4])", word)
    oldest = present.fiscal_year.number - YEARS_OFFERED
    if read is None or not oldest <= int(read[1]) <= present.fiscal_year.number + 1:
        raise Http404
    return Quarter(FiscalYear(int(read[1])), int(read[2]))


def may_enter(quarter: Quarter, today: dt.date, closed: Mapping[Quarter, str]) -> Decision:
    """Whether a quarter may be entered: it has begun and is none of the ``closed`` ones."""
    if quarter.start > today:
        return deny(
            f"{quarter.label} เริ่ม {long_date(quarter.start)} กรอกได้ตั้งแต่วันนั้น เลือกไตรมาสอื่นด้านบน"
        )
    told = closed.get(quarter)
    return deny(told) if told else allow()


@dataclass(frozen=True)
class Offered:
    """A quarter to choose: its word in the address, its name, whether it is closed."""

    word: str
    label: str
    is_closed: bool


def offered_quarters(
    today: dt.date, closed: Mapping[Quarter, str]
) -> list[tuple[str, list[Offered]]]:
    """The quarters that have begun, by fiscal year, the latest first."""
    present = Quarter.of(today)
    last = present.fiscal_year.number
    return [
        (
            FiscalYear(year).label,
            [
                Offered(word_of(one), one.label, one in closed)
                for one in reversed(FiscalYear(year).quarters)
                if one <= present
            ],
        )
        for year in range(last, last - YEARS_OFFERED - 1, -1)
    ]
