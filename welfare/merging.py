"""How welfare funds are merged that stand in the register twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from codi.thai.numbers import baht, number
from programs.merging import Merger, register_merger
from programs.queries_of_doubles import Names, near_pairs
from welfare import permissions
from welfare.models import Contribution, FundDouble, FundStatus, WelfareFund
from welfare.queries import contributions_of, money_total
from welfare.rules import CUMULATIVE, fallen

KIND_WORDS = (
    ("องค์การบริหารส่วนตำบล", ""),
    ("อบต.", ""),
    ("ตำบล", ""),
    ("เทศบาลตำบล", "เทศบาลตำบล"),
    ("เทศบาลเมือง", "เทศบาลเมือง"),
    ("เทศบาลนคร", "เทศบาลนคร"),
    ("เทศบาล", "เทศบาล"),
    ("เมือง", "เทศบาลเมือง"),
    ("เขต", "เขต"),
)
# Not every fund is called by one pattern (กองทุนสัจจะวันละบาทเพื่อสวัสดิการชุมชนตำบลห้วยทราย).
HEADS = (
    "กองทุนสวัสดิการชุมชน",
    "กองทุนสวัสดิการ",
    "กองทุนสัจจะวันละบาทเพื่อสวัสดิการชุมชน",
    "กองทุนออมวันละบาทเพื่อสวัสดิการชุมชน",
    "กองทุน",
)
FUND_NAMES = Names(
    table="welfare_welfarefund",
    place="subdistrict_id",
    standing="t.withdrawn_on IS NULL",
    heads=HEADS,
    kinds=KIND_WORDS,
)


def _blockers(gone: Any, kept: Any) -> Sequence[str]:
    """Money is never merged: two contributions of one year are cleared where they were made."""
    found = []
    if gone.founded_on < kept.founded_on:
        found.append(
            f"รหัส {kept.code} จัดตั้งหลังรหัส {gone.code} ให้ระเบียนที่จัดตั้งก่อนคงอยู่ หรือแก้วันจัดตั้งให้ถูกต้องก่อน"
        )
    own = Contribution.objects.filter(fund=kept).values("fiscal_year")
    for one in Contribution.objects.filter(fund=gone, fiscal_year__in=own).order_by("fiscal_year"):
        found.append(
            f"ทั้งสองระเบียนมีเงินสมทบปี {one.fiscal_year} ระบบไม่รวมเงินให้เอง "
            "ให้ตรวจกับฝ่ายการเงินว่ารายการใดถูกต้องก่อน"
        )
    return [*found, *_falls(gone, kept)]


def _falls(gone: Any, kept: Any) -> Sequence[str]:
    """Reports that would fall below the one before, told by the other record, without a reason."""
    told: dict[tuple[int, int], FundStatus] = {}
    for fund in (gone, kept):
        for one in FundStatus.objects.filter(fund=fund, has_nothing_to_report=False):
            told[one.fiscal_year, one.quarter] = one
    found = []
    for before, after in pairwise(told[quarter] for quarter in sorted(told)):
        amounts = ({name: getattr(one, name) for name in CUMULATIVE} for one in (before, after))
        mixed = before.fund_id != after.fund_id
        if mixed and not after.correction_reason and fallen(*amounts):
            found.append(
                f"ยอดสะสมของไตรมาส {after.quarter}/{after.fiscal_year} (รหัส {_code_of(after, gone, kept)}) "
                f"ต่ำกว่าไตรมาส {before.quarter}/{before.fiscal_year} ของอีกระเบียน "
                "ให้ตรวจยอด หรือระบุเหตุผลที่ยอดลดลงในรายงานนั้นก่อน"
            )
    return found


def _code_of(status: FundStatus, *funds: Any) -> str:
    return str(next(fund.code for fund in funds if fund.pk == status.fund_id))


def _facts(fund: Any, day: dt.date) -> Sequence[tuple[str, str]]:
    """The latest report and the money of all contributions."""
    told = FundStatus.objects.filter(fund=fund).latest_as_of(day).annotate(all_baht=money_total())
    latest: Any = told.first()
    paid = sum(line.money.net_baht for line in contributions_of(fund, day))
    return (
        ("รายงานล่าสุด", f"{latest.quarter}/{latest.fiscal_year}" if latest else "-"),
        ("สมาชิกในรายงานล่าสุด", f"{number(latest.member_count)} คน" if latest else "-"),
        ("เงินกองทุนในรายงานล่าสุด", f"{baht(latest.all_baht)} บาท" if latest else "-"),
        ("เงินสมทบที่จ่ายสุทธิ", f"{baht(paid)} บาท" if paid else "-"),
    )


FUND_MERGER = register_merger(
    Merger(
        case=FundDouble,
        model=WelfareFund,
        noun="กองทุน",
        url_name="welfare:fund_double",
        keeper=permissions.can_manage_funds,
        area=permissions.in_scope,
        ended="withdrawn_on",
        ended_reason="withdrawal_reason",
        pairs=lambda: near_pairs(FUND_NAMES),
        places=("region", "province"),
        exchangeable=("welfare.fundreview", "welfare.fundindicators"),
        blockers=_blockers,
        facts=_facts,
    )
)
