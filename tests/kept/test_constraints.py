"""Each rule of what people keep is broken once and refuses in Thai."""

from __future__ import annotations

import pytest

from codi.kept.models import Audience, ListChoice, SavedFilter
from tests import world as build
from tests.broken import Broken, Rows, assert_refused, made, store

pytestmark = pytest.mark.django_db
ROWS: Rows = {
    "filter": lambda w: SavedFilter(
        owner=w.officer,
        list_name="finance:projects",
        name="อนุมัติแล้ว",
        query="status=approved",
        audience=Audience.MINE,
    ),
    "choice": lambda w: ListChoice(user=w.officer, list_name="finance:projects"),
}
CASES = (
    Broken("kept_filter_once", "filter", {"query": "status=draft"}, by="again"),
    Broken("kept_filter_audience_known", "filter", {"audience": "world"}),
    Broken("kept_filter_says_something", "filter", {"name": " "}),
    Broken("kept_filter_says_something", "filter", {"query": ""}),
    Broken("kept_choice_once", "choice", {"sort": "code"}, by="again"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_the_database_refuses_a_broken_row(case):
    """Wrong if a rule lived in the form alone."""
    assert_refused(ROWS, case, build.world())


@pytest.mark.parametrize("row", ROWS)
def test_the_good_row_is_taken(row):
    """Wrong if the cases above were refused for another reason."""
    assert store(made(ROWS, row, build.world()))
