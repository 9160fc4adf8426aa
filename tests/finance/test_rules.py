"""Pure money rules: months that end early, the six-month limit, shares of a bar."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finance import rules

DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2040, 12, 31))
BAHT = st.decimals(min_value=0, max_value=10**9, places=2)


@pytest.mark.parametrize(
    ("approved_on", "due_on"),
    [
        (dt.date(2020, 8, 31), dt.date(2021, 2, 28)),
        (dt.date(2023, 8, 31), dt.date(2024, 2, 29)),
        (dt.date(2021, 2, 28), dt.date(2021, 8, 28)),
        (dt.date(2021, 3, 31), dt.date(2021, 9, 30)),
        (dt.date(2020, 12, 31), dt.date(2021, 6, 30)),
        (dt.date(2021, 2, 4), dt.date(2021, 8, 4)),
        (dt.date(2021, 7, 1), dt.date(2022, 1, 1)),
    ],
)
def test_due_day_is_the_same_day_six_months_on_or_the_last_of_a_shorter_month(approved_on, due_on):
    """Wrong if 31 August fell due in March, or a year's end was lost."""
    assert rules.payment_due_on(approved_on) == due_on


def test_months_before_stay_inside_their_month():
    """Wrong if going back over a year's start missed by a year."""
    assert rules.add_months(dt.date(2021, 3, 31), -1) == dt.date(2021, 2, 28)
    assert rules.add_months(dt.date(2021, 1, 15), -1) == dt.date(2020, 12, 15)


@given(DAYS)
def test_latest_overdue_approval_is_the_edge(as_of):
    """Wrong if the date that the list filters by and the rule of one project disagreed."""
    edge = rules.latest_overdue_approval(as_of)
    assert rules.payment_due_on(edge) < as_of
    assert rules.payment_due_on(edge + dt.timedelta(days=1)) >= as_of


@pytest.mark.parametrize(
    ("as_of", "paid", "late"),
    [
        (dt.date(2021, 2, 28), "999999.99", False),
        (dt.date(2021, 3, 1), "999999.99", True),
        (dt.date(2021, 3, 1), "1000000", False),
    ],
)
def test_late_begins_the_day_after_the_due_day_when_a_satang_is_missing(as_of, paid, late):
    """Wrong if the due day itself counted as late, or a satang was rounded away."""
    assert (
        rules.is_late(
            approved_on=dt.date(2020, 8, 31),
            approved_baht=Decimal(1_000_000),
            paid_baht=Decimal(paid),
            as_of=as_of,
        )
        is late
    )


def test_what_is_not_approved_is_never_late():
    """Wrong if a draft was chased for payment."""
    assert not rules.is_late(
        approved_on=None, approved_baht=None, paid_baht=Decimal(0), as_of=dt.date(2030, 1, 1)
    )


@given(BAHT, BAHT)
def test_bar_is_full_only_when_all_is_there(part, whole):
    """Wrong if 99.99 % looked like done, or a bar ran out of its box."""
    width = rules.share_pct(part, whole)
    assert 0 <= width <= 100
    assert (width == 100) == (whole > 0 and part >= whole and part > 0)
