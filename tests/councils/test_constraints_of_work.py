"""Every rule of the tables of work, groups, letters and proposals refuses what breaks it."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import world as build
from tests.broken import Broken, assert_refused, made, store
from tests.councils.rows_of_work import MARCH, ROWS

pytestmark = pytest.mark.django_db

BEFORE = MARCH - dt.timedelta(days=1)
BLANKS = " \t\n"
COMMON_ERA = {"fiscal_year": 2021}
YEARLY = {
    "meeting": "councilmeeting",
    "mission": "section21mission",
    "capability": "capabilityresult",
    "review": "qualityreview",
    "certification": "groupcertification",
    "letter": "statusletter",
    "proposal": "proposal",
}
CASES = [
    *(Broken(f"councils_{table}_fiscal_year_be", row, COMMON_ERA) for row, table in YEARLY.items()),
    Broken("councils_councilmeeting_once", "meeting", {}, "again"),
    Broken("councils_councilmeeting_numbered", "meeting", {"number": 0}),
    Broken("councils_section21mission_once", "mission", {}, "again"),
    Broken("councils_section21mission_known", "mission", {"mission": 0}),
    Broken("councils_section21mission_known", "mission", {"mission": 13}),
    Broken("councils_capabilityresult_once", "capability", {}, "again"),
    Broken("councils_qualityreview_once", "review", {}, "again"),
    Broken("councils_qualityreview_grade_known", "review", {"grade": "E"}),
    Broken("councils_qualityreview_score_is_a_share", "review", {"score_pct": 101}),
    Broken("councils_qualityreview_score_is_a_share", "review", {"score_pct": -1}),
    Broken("councils_proposal_title_given", "proposal", {"title": BLANKS}),
    Broken("councils_proposal_agency_given", "proposal", {"agency": BLANKS}),
    Broken("councils_proposal_days_in_order", "proposal", {"answered_on": BEFORE}),
    Broken("councils_proposal_days_in_order", "proposal", {"followed_up_on": BEFORE}),
    Broken("councils_proposal_days_in_order", "proposal", {"solved_on": BEFORE}),
    Broken("councils_proposalofcouncil_once", "share", {}, "again"),
    Broken("councils_communitygroup_code_once", "group", {"name": "กลุ่มอื่น"}, "again"),
    Broken("councils_communitygroup_name_given", "group", {"name": BLANKS}),
    Broken("councils_communitygroup_end_whole", "group", {"ended_on": MARCH}),
    Broken("councils_communitygroup_end_whole", "group", {"ended_reason": "เลิก"}),
    Broken(
        "councils_communitygroup_end_whole", "group", {"ended_on": BEFORE, "ended_reason": "เลิก"}
    ),
    Broken("councils_groupcertification_once", "certification", {}, "again"),
    Broken("councils_statusletter_number_once", "letter", {"token": "another"}, "again"),
    Broken("councils_statusletter_token_once", "letter", {"number": 2, "token": "same"}, "again"),
    Broken("councils_statusletter_revocation_whole", "letter", {"revoked_on": MARCH}),
    Broken("councils_statusletter_revocation_whole", "letter", {"revocation_reason": "หาย"}),
    Broken(
        "councils_statusletter_revocation_whole",
        "letter",
        {"revoked_on": BEFORE, "revocation_reason": "หาย"},
    ),
]
TESTED = {case.rule for case in CASES}


@pytest.fixture
def w() -> build.World:
    return build.world()


def test_good_rows_are_accepted(w):
    """Wrong if a rule refused what services write."""
    for row in ROWS:
        assert store(made(ROWS, row, w)).pk


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_a_broken_part_is_refused_by_its_rule(case, w):
    """Wrong if the database took what no service would write."""
    if case.rule.endswith("token_once"):
        first = ROWS["letter"](w)
        first.token = "same"
        store(first)
        case = Broken(case.rule, case.row, case.changes)
    assert_refused(ROWS, case, w)
