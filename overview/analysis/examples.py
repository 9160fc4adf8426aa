"""Ready analyses to begin with, for whoever does not know yet what to choose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from codi.fiscal import FiscalYear


@dataclass(frozen=True)
class Example:
    """A name, what it shows, and the words of its address."""

    title: str
    text: str
    words: str


def examples(today: dt.date) -> Sequence[Example]:
    """Three, each of another kind: state by place, movement by quarter, money over years."""
    year = FiscalYear.of(today).number
    quarters = {"quarter": ["1", "2", "3", "4"]}
    this_year = {"since": [str(year)], "until": [str(year)], **quarters}
    two_years = {"since": [str(year - 1)], "until": [str(year)], **quarters}

    def words(measures: Sequence[str], **more: Sequence[str]) -> str:
        return urlencode({"measure": measures, **more}, doseq=True)

    return (
        Example(
            "สภา กลุ่ม และสมาชิก รายไตรมาส",
            "ยอด ณ สิ้นไตรมาสของแต่ละพื้นที่ เทียบกับไตรมาสก่อน",
            words(
                [
                    f"councils.established:{one}"
                    for one in ("councils_established", "members_total")
                ],
                show=["change"],
                **this_year,
            ),
        ),
        Example(
            "สภาที่จัดตั้งใหม่ในแต่ละไตรมาส สองปี",
            "เฉพาะที่จดแจ้งในไตรมาสนั้น ไม่ใช่ยอดสะสม",
            words(["councils.new:new_q{}"], **two_years),
        ),
        Example(
            "กองทุน สมาชิก และเงินกองทุน",
            "แถวเป็นไตรมาส คอลัมน์เป็นพื้นที่",
            words(
                [f"welfare.status:{one}" for one in ("funds", "members", "money_total_baht")],
                row=["measure"],
                row2=["period"],
                head=["place"],
                **this_year,
            ),
        ),
    )
