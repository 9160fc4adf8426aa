"""Every rule of the tables of councils, members and terms: a good row passes, the row with one part broken does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, cast

import pytest
from django.db import models

from codi.constraints import as_refusals
from codi.errors import Refused
from councils.models import Council, Member, Term
from tests import world as build
from tests.broken import Broken, assert_refused, made, store
from tests.world import World

pytestmark = pytest.mark.django_db

DAY, EARLIER = dt.date(2020, 11, 2), dt.date(2020, 11, 1)
BLANKS = " \t\n"
NO_WORLD = cast(World, None)


def home() -> Council:
    """The council that the rows hang on, made once per test."""
    return Council.objects.filter(code="H1").first() or build.council(code="H1")


def council(w: World) -> Council:
    return Council(
        code="C1", name="สภา", kind="subdistrict", registered_on=DAY,
        region=build.region(), province=build.province(),
    )  # fmt: skip


def certified(w: World) -> dict[str, Any]:
    return {"certified_on": DAY, "certified_by": build.user(), "certification_basis": "gates"}


ROWS: dict[str, Callable[[World], models.Model]] = {
    "council": council,
    "term": lambda w: Term(
        council=home(), selected_on=DAY, expires_on=DAY.replace(year=DAY.year + 4)
    ),
    "member": lambda w: Member(council=home(), name="สมใจ", kind="representative", selected_on=DAY),
}

CASES = [
    Broken("councils_council_code_once", "council", {}, "again"),
    Broken("councils_council_name_given", "council", {"name": BLANKS}),
    Broken("councils_council_kind_known", "council", {"kind": "village"}),
    Broken(
        "councils_council_district_in_province",
        "council",
        lambda w: {"district": build.subdistrict("510101", "ในเมือง").district},
    ),
    Broken(
        "councils_council_tambon_in_district",
        "council",
        lambda w: {"subdistrict": build.subdistrict()},
    ),
    Broken("councils_council_certification_whole", "council", {"certified_on": DAY}),
    Broken(
        "councils_council_certification_whole",
        "council",
        lambda w: certified(w) | {"certification_basis": ""},
    ),
    Broken(
        "councils_council_certification_whole",
        "council",
        lambda w: certified(w) | {"certified_by": None},
    ),
    Broken(
        "councils_council_gates_leave_no_gap",
        "council",
        lambda w: certified(w) | {"certification_gaps": ["แนบไฟล์แบบ จส.02"]},
    ),
    Broken(
        "councils_council_certified_after_registration",
        "council",
        lambda w: certified(w) | {"certified_on": EARLIER},
    ),
    Broken("councils_council_withdrawal_whole", "council", {"withdrawn_on": DAY}),
    Broken("councils_council_withdrawal_whole", "council", {"withdrawal_reason": "ซ้ำ"}),
    Broken(
        "councils_council_withdrawal_whole",
        "council",
        {"withdrawn_on": DAY, "withdrawal_reason": BLANKS},
    ),
    Broken("councils_council_withdrawal_whole", "council", lambda w: {"merged_into": home()}),
    Broken(
        "councils_council_not_into_itself",
        "council",
        {"merged_into": models.F("pk"), "withdrawn_on": DAY, "withdrawal_reason": "ซ้ำ"},
        "update",
    ),
    Broken("councils_term_once", "term", {}, "again"),
    Broken("councils_term_renewal_after_selection", "term", {"renewed_on": DAY}),
    Broken("councils_term_withdrawal_whole", "term", {"withdrawn_on": DAY}),
    Broken("councils_term_withdrawal_whole", "term", {"withdrawal_reason": "ผิด"}),
    Broken("councils_term_four_years", "term", {"expires_on": dt.date(2024, 11, 1)}),
    Broken("councils_member_once", "member", {}, "again"),
    Broken("councils_member_kind_known", "member", {"kind": "guest"}),
    Broken("councils_member_name_given", "member", {"name": BLANKS}),
    Broken("councils_member_left_after_selection", "member", {"left_on": DAY}),
    Broken("councils_member_expert_share", "member", {"kind": "expert"}),
    Broken("councils_member_expert_share", "member", {"kind": "expert"}, "update"),
]
TESTED = {case.rule for case in CASES}


@pytest.mark.parametrize("row", ROWS)
def test_a_good_row_is_accepted(row):
    """Wrong if a rule refused what is right."""
    assert store(made(ROWS, row, NO_WORLD)).pk


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_a_broken_row_is_refused_by_its_rule(case):
    """Wrong if plain SQL could write what no service would."""
    assert_refused(ROWS, case, NO_WORLD)


def test_a_withdrawn_term_leaves_its_day_free():
    """Wrong if a term that was entered wrongly could not be entered again."""
    gone = {"withdrawn_on": DAY, "withdrawal_reason": "ผิด"}
    store(made(ROWS, "term", NO_WORLD, gone))
    assert store(made(ROWS, "term", NO_WORLD)).pk


def test_experts_are_judged_per_statement_and_per_council():
    """Wrong if a load of experts before representatives were refused, or one council paid for two."""
    first, second = home(), build.council()

    def people(of: Council, experts: int, others: int) -> list[Member]:
        kinds = ["expert"] * experts + ["representative"] * others
        return [
            Member(council=of, name=f"คน {number}", kind=kind, selected_on=DAY)
            for number, kind in enumerate(kinds)
        ]

    assert len(Member.objects.bulk_create([*people(first, 2, 10), *people(second, 1, 5)])) == 18
    with pytest.raises(Refused) as refused, as_refusals():
        store(Member(council=second, name="ผู้รู้", kind="expert", selected_on=DAY))
    assert refused.value.code == "councils_member_expert_share"
    # Who has left counts on neither side; a representative may leave whatever becomes of the share.
    Member.objects.filter(council=second, kind="representative").update(left_on=dt.date(2021, 1, 1))
    gone = Member.objects.filter(council=first, kind="expert")
    gone.update(left_on=dt.date(2021, 1, 1))
    with pytest.raises(Refused), as_refusals():
        Member.objects.filter(council=second).update(left_on=None, kind="expert")
