"""One good row of every table of welfare, and a small true fund with its people."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from programs.models import QualityBand, QualityScale
from tests import world as build
from tests.world import World
from welfare.models import (
    Benefit,
    Contribution,
    FundFile,
    FundIndicators,
    FundReview,
    FundStatus,
    WelfareFund,
)

_code = itertools.count(1)
FOUNDED, REPORTED = dt.date(2010, 5, 1), dt.date(2021, 8, 10)
NOW = dt.datetime(2021, 8, 10, 9, 0, tzinfo=dt.UTC)


def fund(w: World, **facts: Any) -> WelfareFund:
    """A fund of Chiang Mai, not stored."""
    told: dict[str, Any] = {
        "code": f"WF-{next(_code):05d}",
        "name": "กองทุนสวัสดิการชุมชนตำบลศรีภูมิ",
        "region": build.region(),
        "province": build.province(),
        "district": build.subdistrict().district,
        "subdistrict": build.subdistrict(),
        "founded_on": FOUNDED,
    }
    made = WelfareFund(**(told | facts))
    made.fill_keys()
    return made


def stored_fund(w: World, **facts: Any) -> WelfareFund:
    """The same, stored: the first one is there for the rows that hang on it."""
    made = fund(w, **facts)
    made.save()
    return made


def the_fund(w: World) -> WelfareFund:
    """The fund on which the good rows hang, made once."""
    return WelfareFund.objects.filter(code="WF-THE").first() or stored_fund(w, code="WF-THE")


def scale(year: int = 2560) -> QualityScale:
    """A scale A 80, B 60, C 0, made once per year."""
    made, is_new = QualityScale.objects.get_or_create(
        subject="fund", fiscal_year=year, defaults={"source": "คู่มือสอบทานคุณภาพกองทุน"}
    )
    if is_new:
        for grade, bound in (("A", 80), ("B", 60), ("C", 0)):
            QualityBand.objects.create(scale=made, grade=grade, from_pct=bound)
    return made


def status(w: World, **facts: Any) -> FundStatus:
    """A report of the third quarter of 2564, not stored."""
    told: dict[str, Any] = {
        "fund": facts.pop("fund", None) or the_fund(w),
        "fiscal_year": 2564,
        "quarter": 4,
        "reported_on": REPORTED,
        "member_count": 100,
        "working_age_count": 60,
        "from_members_baht": Decimal("1000.25"),
    }
    return FundStatus(**(told | facts))


def _the_status(w: World) -> FundStatus:
    told = FundStatus.objects.filter(fund=the_fund(w)).first()
    if told is None:
        told = status(w)
        told.save()
    return told


def file(w: World, **facts: Any) -> FundFile:
    """A picture on the fund, not stored."""
    told: dict[str, Any] = {
        "subject": the_fund(w),
        "file_name": "ระเบียบ.pdf",
        "format": "pdf",
        "byte_count": 10,
        "sha256": "a" * 64,
        "document": "fund_rules",
        "attached_by": w.officer,
        "attached_at": NOW,
    }
    return FundFile(**(told | facts))


ROWS = {
    "fund": fund,
    "status": status,
    "benefit": lambda w: Benefit(
        status=_the_status(w), kind="death", person_count=2, paid_baht=Decimal(5000)
    ),
    "indicators": lambda w: FundIndicators(
        fund=the_fund(w),
        fiscal_year=2564,
        quarter=4,
        reported_on=REPORTED,
        indicator_8=True,
        has_complete_one_page=True,
    ),
    "review": lambda w: FundReview(
        fund=the_fund(w),
        fiscal_year=2564,
        reviewed_on=REPORTED,
        scale=scale(),
        score_pct=Decimal(85),
        grade="A",
        risk="low",
    ),
    "contribution": lambda w: Contribution(
        fund=the_fund(w),
        fiscal_year=2564,
        requested_on=REPORTED,
        requested_member_count=50,
        member_count=100,
        contributed_member_count=40,
    ),
    "file": file,
}
