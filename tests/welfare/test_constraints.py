"""Every rule of the tables of welfare: a good row passes, the row with one part broken does not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tests import world as build
from tests.broken import Broken, assert_refused, made, refused_by, store
from tests.welfare.rows import FOUNDED, NOW, REPORTED, ROWS, the_fund

pytestmark = pytest.mark.django_db

BLANKS = " \t\n"
REMOVED = {"state": "removed", "removed_at": NOW, "removal_reason": "แนบผิด"}

FUNDS = [
    Broken("welfare_welfarefund_name_given", "fund", {"name": BLANKS}),
    Broken(
        "welfare_welfarefund_district_in_province",
        "fund",
        lambda w: {"province": build.province("51", "ลำพูน")},
    ),
    Broken("welfare_welfarefund_tambon_in_district", "fund", {"district": None}),
    Broken(
        "welfare_welfarefund_tambon_in_district",
        "fund",
        lambda w: {"district": build.subdistrict("500201", "ดอนแก้ว").district},
    ),
    Broken(
        "programs_placed_province_in_region",
        "fund",
        lambda w: {"region": build.region("S", "ภาคใต้", 5)},
    ),
    Broken("welfare_welfarefund_code_once", "fund", lambda w: {"code": the_fund(w).code}),
    Broken("welfare_welfarefund_withdrawal_whole", "fund", {"withdrawn_on": REPORTED}),
    Broken(
        "welfare_welfarefund_withdrawal_whole",
        "fund",
        {"withdrawn_on": REPORTED, "withdrawal_reason": BLANKS},
    ),
    Broken("welfare_welfarefund_withdrawal_whole", "fund", {"withdrawal_reason": "ซ้ำ"}),
    Broken(
        "welfare_welfarefund_stopped_after_founding",
        "fund",
        {"stopped_on": FOUNDED - dt.timedelta(days=1)},
    ),
]
STATUSES = [
    Broken("welfare_fundstatus_once", "status", {}, "again"),
    Broken("welfare_fundstatus_fiscal_year_be", "status", {"fiscal_year": 2021}),
    Broken("welfare_fundstatus_quarter", "status", {"quarter": 0}),
    Broken("welfare_fundstatus_quarter", "status", {"quarter": 5}),
    *(
        Broken("welfare_fundstatus_groups_within_members", "status", {name: 41 + more})
        for name, more in (
            ("working_age_count", 60),
            ("youth_count", 0),
            ("elderly_count", 0),
            ("disadvantaged_count", 0),
            ("other_count", 0),
        )
    ),
    *(
        Broken("welfare_fundstatus_amounts_not_negative", "status", {name: Decimal("-0.01")})
        for name in (
            "from_members_baht",
            "from_local_government_baht",
            "from_codi_baht",
            "from_other_state_baht",
            "from_others_baht",
            "from_donations_baht",
            "benefit_baht",
        )
    ),
    Broken("welfare_benefit_once", "benefit", {}, "again"),
    Broken("welfare_benefit_kind_known", "benefit", {"kind": "wedding"}),
    Broken("welfare_benefit_not_negative", "benefit", {"paid_baht": Decimal("-0.01")}),
]
DEVELOPMENT = [
    Broken("welfare_fundindicators_once", "indicators", {}, "again"),
    Broken("welfare_fundindicators_fiscal_year_be", "indicators", {"fiscal_year": 2021}),
    Broken("welfare_fundindicators_quarter", "indicators", {"quarter": 5}),
    Broken("welfare_fundindicators_one_page_attached", "indicators", {"indicator_8": False}),
    Broken("welfare_fundreview_once", "review", {}, "again"),
    Broken("welfare_fundreview_fiscal_year_be", "review", {"fiscal_year": 2021}),
    Broken("welfare_fundreview_grade_or_stopped", "review", {"is_stopped": True}),
    Broken("welfare_fundreview_grade_or_stopped", "review", {"grade": "", "score_pct": None}),
    Broken("welfare_fundreview_grade_or_stopped", "review", {"grade": "E"}),
    Broken("welfare_fundreview_score_is_a_share", "review", {"score_pct": Decimal("100.01")}),
    Broken("welfare_fundreview_score_is_a_share", "review", {"score_pct": Decimal("-0.01")}),
    Broken("welfare_fundreview_risk_known", "review", {"risk": "none"}),
]
CONTRIBUTIONS = [
    Broken("welfare_contribution_once", "contribution", {}, "again"),
    Broken("welfare_contribution_fiscal_year_be", "contribution", {"fiscal_year": 2021}),
    Broken("welfare_contribution_round_numbered", "contribution", {"round_number": 0}),
    Broken(
        "welfare_contribution_members_within_fund",
        "contribution",
        {"contributed_member_count": 101},
    ),
]
FILES = [
    Broken("welfare_fundfile_format_known", "file", {"format": "exe"}),
    Broken("welfare_fundfile_document_known", "file", {"document": "letter"}),
    Broken("welfare_fundfile_state_known", "file", {"state": "lost"}),
    Broken("welfare_fundfile_content_known", "file", {"byte_count": 0}),
    Broken("welfare_fundfile_removal_whole", "file", REMOVED),
    Broken("welfare_fundfile_purge_whole", "file", {"purged_at": NOW}),
    Broken("welfare_fundfile_once", "file", {}, "again"),
]
CASES = [*FUNDS, *STATUSES, *DEVELOPMENT, *CONTRIBUTIONS, *FILES]
TESTED = {case.rule for case in CASES} | {"welfare_welfarefund_not_into_itself"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_the_database_refuses_a_row_with_one_part_broken(case: Broken):
    """Wrong if a row that breaks this one rule came into the table."""
    assert_refused(ROWS, case, build.world())


@pytest.mark.parametrize("row", ROWS)
def test_the_good_row_passes(row: str):
    """Wrong if a case above were refused for something else than its broken part."""
    assert store(made(ROWS, row, build.world())).pk


def test_a_fund_is_not_merged_into_itself():
    """Wrong if a withdrawn record named itself as the one that stays."""
    w = build.world()
    whole = the_fund(w)
    facts = {"withdrawn_on": REPORTED, "withdrawal_reason": "ซ้ำ", "merged_into": whole}
    with refused_by("welfare_welfarefund_not_into_itself"):
        type(whole).objects.filter(pk=whole.pk).update(**facts)
