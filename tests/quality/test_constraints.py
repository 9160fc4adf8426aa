"""Each rule of findings is broken once and refuses in Thai."""

from __future__ import annotations

import datetime as dt

import pytest

from codi.quality.models import Finding, FindingCount, RuleRun
from tests import world as build
from tests.broken import Broken, Rows, assert_refused, made, store

pytestmark = pytest.mark.django_db
DAY, EARLIER = dt.date(2021, 8, 9), dt.date(2021, 8, 8)
NOW = dt.datetime(2021, 8, 9, 3, 0, tzinfo=dt.UTC)
ROWS: Rows = {
    "finding": lambda w: Finding(
        rule_key="councils.forms", topic="documents", severity="warning", subject_key="1",
        subject_label="สภา", detail="ขาด จส.02", fingerprint="f" * 32, region_id="N",
        first_seen_on=DAY,
    ),
    "count": lambda w: FindingCount(
        day=DAY, rule_key="councils.forms", severity="warning", open_count=1, explained_count=0
    ),
    "run": lambda w: RuleRun(day=DAY, rule_key="councils.forms", ran_at=NOW),
}  # fmt: skip
CASES = (
    Broken("quality_finding_once", "finding", {"detail": "ขาด จส.03"}, by="again"),
    Broken("quality_finding_closing_whole", "finding", {"reason": "ตรวจแล้ว"}),
    Broken("quality_finding_closing_whole", "finding", {"closed_at": NOW}),
    Broken("quality_finding_days_in_order", "finding", {"gone_on": DAY}),
    Broken("quality_finding_days_in_order", "finding", {"last_seen_on": DAY}),
    Broken("quality_finding_days_in_order", "finding", {"gone_on": EARLIER, "last_seen_on": EARLIER}),
    Broken("quality_finding_weighed", "finding", {"severity": "huge"}),
    Broken("quality_finding_weighed", "finding", {"topic": "other"}),
    Broken("quality_finding_says_what", "finding", {"detail": " "}),
    Broken("quality_finding_says_what", "finding", {"subject_label": ""}),
    Broken("quality_findingcount_once", "count", {"open_count": 2}, by="again"),
    Broken("quality_rulerun_once", "run", {"found_count": 2}, by="again"),
)  # fmt: skip


@pytest.fixture
def w():
    return build.world()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_the_database_refuses_a_broken_row(case, w):
    """Wrong if a rule lived in the sweep alone."""
    assert_refused(ROWS, case, w)


@pytest.mark.parametrize("row", ROWS)
def test_the_good_row_is_taken(row, w):
    """Wrong if the cases above were refused for another reason."""
    assert store(made(ROWS, row, w))
