"""Proposals of the capable councils to agencies, with their letters and what came of them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from typing import Any

from councils.models import Proposal, ProposalOfCouncil
from reports.samples.national_2562.days import YEAR, between, soon_after
from reports.samples.national_2562.storing import keys, store
from reports.samples.national_2562.work import Capable

SUBJECTS = (
    "ขอแก้ไขปัญหาที่ดินทำกินทับซ้อนเขตป่า", "ขอปรับปรุงแหล่งน้ำเพื่อการเกษตร", "ขอขยายเขตประปาหมู่บ้าน",
    "ขอจัดการขยะร่วมกันหลายตำบล", "ขอสมทบกองทุนสวัสดิการชุมชน", "ขอป้องกันตลิ่งพังและน้ำท่วม",
    "ขอเส้นทางขนส่งผลผลิต", "ขอจัดบริการดูแลผู้สูงอายุในชุมชน",
)  # fmt: skip
AGENCIES = (
    "องค์การบริหารส่วนตำบล", "เทศบาลตำบล", "องค์การบริหารส่วนจังหวัด", "ที่ว่าการอำเภอ", "สำนักงานชลประทาน",
    "สำนักงานทรัพยากรธรรมชาติและสิ่งแวดล้อมจังหวัด",
)  # fmt: skip
# A joint proposal of a province serves several councils (the report, l.207).
MOST_COUNCILS = 8
SENT_FROM, SENT_BY = dt.date(2018, 11, 15), dt.date(2019, 6, 28)
ANSWERED_PCT, FOLLOWED_UP_PCT, SOLVED_PCT = 75, 60, 20


def store_proposals(results: Sequence[Capable], dice: random.Random) -> None:
    """Write proposals, so that each council that meets the indicator stands behind one."""
    shares = list(_shares(results, dice))
    numbers = keys(Proposal, len(shares))
    columns = (
        "id", "title", "fiscal_year", "agency", "letter_number", "sent_on", "answered_on", "answer",
        "followed_up_on", "follow_up", "solved_on", "version",
    )  # fmt: skip
    rows = (_row(key, number, dice) for number, key in enumerate(numbers, start=1))
    store(Proposal, columns, rows)
    store(
        ProposalOfCouncil,
        ("proposal_id", "council_id"),
        (
            (key, one.council.key)
            for key, together in zip(numbers, shares, strict=True)
            for one in together
        ),
    )


def _shares(results: Sequence[Capable], dice: random.Random) -> Iterator[list[Capable]]:
    """The councils of each proposal, all of one province."""
    met = [one for one in results if one.reports_harm]
    for province in sorted({one.council.area.province for one in met}):
        left = [one for one in met if one.council.area.province == province]
        while left:
            count = dice.randrange(1, MOST_COUNCILS + 1)
            yield left[:count]
            left = left[count:]


def _row(key: int, number: int, dice: random.Random) -> tuple[Any, ...]:
    sent_on = between(SENT_FROM, SENT_BY, dice)
    luck = dice.randrange(100)
    answered_on = soon_after(sent_on, 60, dice) if luck < ANSWERED_PCT else None
    followed_on = soon_after(answered_on, 40, dice) if answered_on and luck < FOLLOWED_UP_PCT else None  # fmt: skip
    solved_on = soon_after(followed_on, 30, dice) if followed_on and luck < SOLVED_PCT else None
    return (
        key, dice.choice(SUBJECTS), YEAR.number, dice.choice(AGENCIES), f"สอช. {number}/2562",
        sent_on, answered_on, "รับเรื่องไว้พิจารณาในแผนพัฒนา" if answered_on else "", followed_on,
        "ลงพื้นที่ร่วมกับหน่วยงานแล้ว" if followed_on else "", solved_on, 1,
    )  # fmt: skip
