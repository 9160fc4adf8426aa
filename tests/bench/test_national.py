"""The country of the benchmark, small: it keeps every rule, and figures and lists are right on it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.urls import reverse

from bench.national import build
from codi.accounts.models import User
from codi.figures.figure import FigureScope, get
from codi.places.services import load_places
from codi.ui import lists

pytestmark = pytest.mark.django_db
DAY = dt.date(2018, 3, 31)
SUMS = """
SELECT p.region_id, count(DISTINCT p.id), sum(e.net_baht), count(DISTINCT e.project_id)
  FROM programs_project p LEFT JOIN finance_ledgerentry e
    ON e.project_id = p.id AND e.effective_on <= %(day)s
 WHERE p.approved_on <= %(day)s GROUP BY 1
"""
LATE = """
SELECT to_char(approved_on + interval '6 months', 'YYYY-MM'), count(*), sum(approved_baht), sum(paid)
  FROM (SELECT p.approved_on, p.approved_baht,
               coalesce(sum(e.net_baht) FILTER (WHERE e.effective_on <= %(day)s), 0) AS paid
          FROM programs_project p LEFT JOIN finance_ledgerentry e ON e.project_id = p.id
         WHERE p.approved_on + interval '6 months' < %(day)s GROUP BY p.id) AS due
 WHERE paid < approved_baht GROUP BY 1
"""


@pytest.fixture
def country():
    """400 projects over ten years."""
    load_places()
    build(projects=400)


def _asked(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement, {"day": DAY})
        return {row[0]: row[1:] for row in cursor.fetchall()}


def test_figures_of_the_nation_equal_plain_sums(country):
    """Wrong if a figure made fast differed from the sums that SQL gives by itself."""
    grid = get("projects.disbursement_by_region").compute(FigureScope(), DAY)
    columns = ("approved_count", "paid_baht", "paid_count")
    sums = _asked(SUMS)
    assert len(sums) == 5
    for region, expected in sums.items():
        assert tuple(grid.value(region, column) for column in columns) == expected

    grid = get("projects.late").compute(FigureScope(), dt.date(2018, 3, 31))
    late = _asked(LATE)
    found = {
        row.key: tuple(
            grid.value(row.key, column) for column in ("late_count", "approved_baht", "paid_baht")
        )
        for row in grid.rows
        if row.kind == "item"
    }
    assert found == late


def test_a_large_list_shows_the_same_rows_in_the_same_order(country, client, monkeypatch):
    """Wrong if finding the order on keys alone lost, doubled or moved a row."""
    client.force_login(
        User.objects.get(username="bench-payer"),
        backend="django.contrib.auth.backends.ModelBackend",
    )

    def codes(sort):
        page = client.get(reverse("finance:projects"), {"sort": sort, "page": "3"})
        assert page.status_code == 200
        return re.findall(r"B25\d\d-\d-\d{6}", page.content.decode())

    sorts = ("-paid", "title", "remaining", "-approved_on")
    small = {sort: codes(sort) for sort in sorts}
    monkeypatch.setattr(lists, "LARGE_LIST_COUNT", 0)
    assert {sort: codes(sort) for sort in sorts} == small
    assert [len(set(found)) for found in small.values()] == [25] * 4
