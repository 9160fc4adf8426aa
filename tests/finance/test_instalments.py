"""The list of instalments: what was paid of each, and sums that agree with the ledger."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import world as build

pytestmark = pytest.mark.django_db
LIST = "/instalments/"


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    client.get("/")
    return client


def paid_world() -> build.World:
    """Three instalments of 600,000, 400,000 and 250,000; of them 600,000, 150,000.50 and 0 paid."""
    w = build.world()
    first = build.project(w, plan=(600_000, 400_000))
    build.project(w, baht=250_000, plan=(250_000,), title="โครงการที่สอง")
    for number, baht in ((1, Decimal(600_000)), (2, Decimal("150000.50"))):
        build.pay(w, first.instalments.get(number=number), baht)
    return w


def test_sums_are_those_of_a_hand_calculation():
    """Wrong if the list and its totals took what was paid from different entries."""
    context = client_of(paid_world().officer).get(LIST).context
    assert context["row_count"] == 3
    assert [text for _label, text in context["sums"]] == [
        "1,250,000 บาท",
        "750,000.50 บาท",
        "499,999.50 บาท",
    ]


@pytest.mark.parametrize(("paid", "left"), [("none", 250_000), ("part", "249999.50"), ("full", 0)])
def test_payment_filters_leave_one_each(paid, left):
    """Wrong if an instalment counted as paid because its project was."""
    context = client_of(paid_world().officer).get(LIST, {"paid": paid}).context
    assert context["row_count"] == 1
    (row,) = context["table"].rows
    assert row.record.left_baht == Decimal(left)


def test_planned_days_bound_the_list():
    """Wrong if the last day of a period were left out."""
    client = client_of(paid_world().officer)
    day = dt.date(2021, 3, 1)  # when the world plans every instalment
    for since, until, count in ((0, 0, 3), (1, 5, 0), (-5, -1, 0)):
        query = {
            "since": str(day + dt.timedelta(since)),
            "until": str(day + dt.timedelta(until)),
        }
        assert client.get(LIST, query).context["row_count"] == count


@pytest.mark.parametrize("rows", [1, 3, 40])
def test_queries_do_not_grow_with_rows(rows):
    """Wrong if an instalment asked for its project or its entries.

    Session and its person, what is kept of the list, programmes, regions, provinces, count with
    sums, rows, bell; the session's new end with its savepoint.
    """
    w = build.world()
    for number in range(rows):
        build.project(w, "draft", title=f"โครงการ {number}", plan=(1_000_000,))
    client = client_of(w.officer)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(LIST).context["row_count"] == rows
    assert len(asked) == 9, [query["sql"][:80] for query in asked]
