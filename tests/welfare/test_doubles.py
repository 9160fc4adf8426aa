"""Welfare funds that stand in the register twice: reports join, money is never merged."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from codi.errors import Refused
from programs.services import merging
from tests import world as build
from tests.broken import refused_by
from tests.welfare.rows import stored_fund
from tests.welfare.test_services import attach, report
from welfare.models import Contribution, FundDouble, FundStatus, WelfareFund

pytestmark = pytest.mark.django_db
TODAY, MARCH = build.TODAY, dt.date(2021, 3, 1)


def asked(w: build.World, kept: WelfareFund, gone: WelfareFund) -> Any:
    return merging.propose(
        actor=w.officer, case=FundDouble, kept=kept, gone=gone, reason="กองทุนเดียวกัน", today=TODAY
    )


def test_reports_of_two_records_become_one_series_and_part_again():
    """Wrong if a quarter were lost or told twice, or taking back mixed the two records."""
    w = build.world()
    kept, gone = stored_fund(w), stored_fund(w)
    report(w, kept, quarter=2, reported_on=MARCH, member_count=10)
    report(w, kept, member_count=30)
    report(w, gone, quarter=3, reported_on=dt.date(2021, 6, 1), member_count=20)
    report(w, gone, member_count=31)
    attach(w, gone, "one_page")
    case = merging.merge(actor=w.analyst, case=asked(w, kept, gone), today=TODAY)
    series = FundStatus.objects.filter(fund=kept).order_by("quarter")
    assert list(series.values_list("quarter", "member_count")) == [(2, 10), (3, 20), (4, 30)]
    assert gone.statuses.get().member_count == 31
    assert kept.files.count() == 1
    standing = WelfareFund.objects.established_as_of(TODAY)
    assert list(standing) == [kept]
    assert WelfareFund.objects.established_as_of(dt.date(2021, 8, 12)).count() == 2
    with refused_by("welfare_merged_takes_nothing"):
        FundStatus.objects.bulk_create(
            [FundStatus(fund=gone, fiscal_year=2563, quarter=1, reported_on=MARCH)]
        )
    merging.take_back(actor=w.analyst, case=case, reason="คนละกองทุน", today=TODAY)
    assert list(kept.statuses.order_by("quarter").values_list("quarter", flat=True)) == [2, 4]
    assert list(gone.statuses.order_by("quarter").values_list("quarter", flat=True)) == [3, 4]
    assert gone.files.count() == 1


def test_money_and_sums_that_fall_stand_in_the_way():
    """Wrong if two payments of a year came under one fund, or a cumulative sum fell unexplained."""
    w = build.world()
    kept, gone = stored_fund(w), stored_fund(w)
    for fund in (kept, gone):
        Contribution.objects.create(fund=fund, fiscal_year=2564, requested_on=MARCH)
    report(w, kept, quarter=2, reported_on=MARCH, from_members_baht=Decimal(900))
    report(w, gone, from_members_baht=Decimal(500))
    with pytest.raises(Refused) as caught:
        asked(w, kept, gone)
    told = " ".join(caught.value.details)
    assert "เงินสมทบปี 2564" in told
    assert "ไตรมาส 4/2564" in told
