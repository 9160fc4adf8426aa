"""The small chart of a fund: members and money by quarter, each against its own highest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from welfare.models import MONEY_SOURCES, FundStatus

START, STEP, WIDTH, BASE = 4, 44, 16, 100
# Kind, left edge, upper edge and height of a bar.
Bar = tuple[str, int, int, int]


@dataclass(frozen=True)
class QuarterBars:
    """The quarters from left to right, the oldest first; nothing where none told amounts."""

    quarters: Sequence[tuple[str, int, Sequence[Bar]]]

    @property
    def width(self) -> int:
        """Of the whole drawing."""
        return START + STEP * len(self.quarters)

    @property
    def bar_width(self) -> int:
        """Of one bar."""
        return WIDTH


def money_in(status: FundStatus) -> Decimal:
    """The six sources of a status together, in baht."""
    total: Decimal = sum((getattr(status, name) for name in MONEY_SOURCES), Decimal(0))
    return total


def quarter_bars(statuses: Sequence[FundStatus]) -> QuarterBars:
    """The chart of statuses that come latest first."""
    told = [one for one in reversed(statuses) if not one.has_nothing_to_report]
    most_people = max((one.member_count for one in told), default=0)
    most_baht = max((money_in(one) for one in told), default=Decimal(0))
    quarters = []
    for place, one in enumerate(told):
        x = START + place * STEP
        heights = (
            ("members", 0, _height(one.member_count, most_people)),
            ("money", WIDTH, _height(money_in(one), most_baht)),
        )
        bars = [(kind, x + shift, BASE - height, height) for kind, shift, height in heights]
        quarters.append((f"{one.quarter}/{one.fiscal_year % 100:02d}", x, bars))
    return QuarterBars(quarters)


def _height(value: Decimal | int, most: Decimal | int) -> int:
    """In hundredths of the largest."""
    return int(Decimal(value) * BASE / Decimal(most)) if most else 0
