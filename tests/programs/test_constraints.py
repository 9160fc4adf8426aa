"""Every rule of the tables of programs: a good row passes, the row with one part broken does not."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from decimal import Decimal

import pytest

from programs.models import BudgetFrame, Programme
from tests import world as build
from tests.broken import Broken, assert_refused, made, refused_by, store
from tests.programs.rows import (
    FEB_4,
    FEB_25,
    ROWS,
    approval,
    cancellation,
    endorsement,
    sending_back,
)
from tests.world import World

pytestmark = pytest.mark.django_db

BEFORE = dt.date(2020, 12, 31)
BLANKS = " \t\n"


def other_year(w: World) -> Programme:
    return Programme.objects.create(code="NL2565", name="โครงการปีถัดไป", fiscal_year=2565)


def plan(w: World) -> Programme:
    return Programme.objects.create(code="P2564", name="แผนงาน", kind="1_plan", fiscal_year=2564)


def without(*names: str, **facts: object) -> dict[str, object]:
    return dict.fromkeys(names, None) | facts


MEETINGS = [
    Broken("programs_committee_once", "committee", {}, "again"),
    Broken("programs_committee_once", "national_committee", {}, "again"),
    Broken("programs_committee_name_given", "committee", {"name": BLANKS}),
    Broken("programs_meeting_once", "meeting", {}, "again"),
    Broken("programs_meeting_number_positive", "meeting", {"number": 0}),
    Broken("programs_meeting_fiscal_year_be", "meeting", {"fiscal_year": 2021}),
    Broken("programs_meeting_fiscal_year_be", "meeting", {"fiscal_year": 2701}),
    Broken("programs_meeting_dates_in_order", "meeting", {"ends_on": dt.date(2021, 1, 9)}),
    Broken("programs_resolution_once", "resolution", {}, "again"),
    Broken("programs_resolution_number_positive", "resolution", {"number": 0}),
    Broken("programs_resolution_text_given", "resolution", {"text": BLANKS}),
    Broken("programs_resolution_kind_known", "resolution", {"kind": "vetoed"}),
]


ORGANISATIONS = [
    Broken("programs_organisation_once", "organisation", {}, "again"),
    Broken("programs_organisation_name_given", "organisation", {"name": BLANKS}),
    Broken("programs_organisation_kind_known", "organisation", {"kind": "company"}),
    Broken(
        "programs_organisation_district_in_province",
        "organisation",
        lambda w: {"province": build.province("51", "ลำพูน")},
    ),
    Broken("programs_organisation_district_in_province", "organisation", {"province": None}),
    Broken(
        "programs_organisation_subdistrict_in_district",
        "organisation",
        lambda w: {"district": build.subdistrict("500201", "ดอนแก้ว").district},
    ),
    Broken("programs_organisation_subdistrict_in_district", "organisation", {"district": None}),
    Broken(
        "programs_organisation_province_in_region",
        "organisation",
        lambda w: {"region": build.region("S", "ภาคใต้", 5)},
    ),
    Broken("programs_certification_once_per_meeting", "certification", {}, "again"),
    Broken("programs_certification_dates_in_order", "certification", {"valid_until": BEFORE}),
    Broken(
        "programs_certification_refusal_explained",
        "certification",
        {"is_certified": False, "note": BLANKS},
    ),
]

PROGRAMMES = [
    Broken("programs_source_code_once", "source", {}, "again"),
    Broken("programs_source_name_given", "source", {"name": BLANKS}),
    Broken("programs_programme_code_once", "programme", {}, "again"),
    Broken("programs_programme_fiscal_year_be", "programme", {"fiscal_year": 2021}),
    Broken("programs_programme_fiscal_year_be", "programme", {"fiscal_year": 2701}),
    Broken("programs_programme_kind_known", "programme", {"kind": "4_task"}),
    Broken("programs_programme_name_given", "programme", {"name": BLANKS}),
    Broken("programs_programme_code_plain", "programme", {"code": "แผน 1"}),
    Broken("programs_programme_code_plain", "programme", {"code": "-PL"}),
    Broken("programs_programme_activity_has_parent", "activity", {"parent": None}),
    Broken("programs_programme_below_parent", "activity", lambda w: {"parent": other_year(w)}),
    Broken("programs_programme_below_parent", "activity", {"kind": "2_programme"}),
    Broken("programs_programme_below_parent", "activity", {"kind": "1_plan"}),
    Broken("programs_frame_once", "frame", {}, "again"),
    Broken("programs_frame_not_negative", "frame", {"allocated_baht": Decimal("-0.01")}),
    Broken("programs_frame_centre_has_no_region", "frame", {"region": None}),
    Broken("programs_frame_centre_has_no_region", "frame", {"level": "nation"}),
    Broken("programs_frame_centre_has_no_region", "frame", {"level": "village"}),
    Broken("programs_frame_of_main_programme", "frame", lambda w: {"programme": plan(w)}),
    Broken("programs_frame_identity_fixed", "frame", {"level": "region"}, "update"),
    Broken(
        "programs_frame_identity_fixed",
        "frame",
        lambda w: {"region": build.region("S", "ภาคใต้", 5)},
        "update",
    ),
    Broken(
        "programs_frame_identity_fixed", "frame", lambda w: {"programme": other_year(w)}, "update"
    ),
    Broken("programs_target_once", "target", {}, "again"),
    Broken("programs_target_basis_given", "target", {"basis": BLANKS}),
    Broken("programs_target_measure_known", "target", {"measure": "villages"}),
]

FACTS = [
    Broken("programs_project_code_once", "coded", {}, "again"),
    Broken(
        "programs_project_fiscal_year_be",
        "draft",
        {"fiscal_year": 2021},
        past="programs.Project:programs_project_programme_fits",
    ),
    Broken("programs_project_title_given", "draft", {"title": BLANKS}),
    Broken("programs_project_code_plain", "draft", {"code": "รหัส 1"}),
    Broken("programs_project_code_plain", "draft", {"code": "/1"}),
    Broken("programs_project_origin_known", "draft", {"origin": "fax"}),
    Broken("programs_project_requested_positive", "submitted", {"requested_baht": Decimal(0)}),
    Broken("programs_project_approved_positive", "cancelled_late", {"approved_baht": Decimal(0)}),
    Broken("programs_project_place_of_level", "draft", {"level": "nation"}),
    Broken("programs_project_place_of_level", "draft", {"level": "nation", "province": None}),
    Broken("programs_project_place_of_level", "draft", {"level": "region"}),
    Broken(
        "programs_project_place_of_level",
        "draft",
        {"level": "region", "region": None, "province": None},
    ),
    Broken("programs_project_place_of_level", "draft", {"province": None}),
    Broken("programs_project_place_of_level", "draft", {"level": "district"}),
    Broken("programs_project_place_of_level", "draft", {"level": "subdistrict"}),
    Broken("programs_project_place_of_level", "draft", {"level": "village"}),
    Broken("programs_project_place_of_level", "in_subdistrict", {"level": "district"}),
    Broken("programs_project_place_of_level", "in_subdistrict", {"subdistrict": None}),
    Broken("programs_project_place_of_level", "in_subdistrict", {"level": "province"}),
    Broken(
        "programs_project_district_in_province",
        "in_subdistrict",
        lambda w: {"province": build.province("51", "ลำพูน")},
    ),
    Broken(
        "programs_project_subdistrict_in_district",
        "in_subdistrict",
        lambda w: {"district": build.subdistrict("500201", "ดอนแก้ว").district},
    ),
    Broken("programs_project_programme_fits", "draft", lambda w: {"programme": other_year(w)}),
    Broken("programs_project_programme_fits", "draft", lambda w: {"programme": plan(w)}),
    Broken("programs_project_programme_fits", "draft", {"fiscal_year": 2565}, "update"),
    Broken(
        "programs_project_province_in_region",
        "draft",
        lambda w: {"region": build.region("S", "ภาคใต้", 5)},
    ),
    Broken(
        "programs_project_province_in_region",
        "draft",
        lambda w: {"province": build.province("90", "สงขลา", "S")},
        "update",
    ),
]

SUBMISSION = [
    Broken("programs_project_status_known", "draft", {"status": "lost"}),
    *(
        Broken("programs_project_submission_whole", "sent_back", {part: None})
        for part in ("submitted_on", "submitted_by")
    ),
    *(
        Broken(
            "programs_project_submitted_has_submission",
            row,
            without("submitted_on", "submitted_by"),
        )
        for row in ("submitted", "endorsed", "approved", "under_way", "closed")
    ),
    *(
        Broken("programs_project_submitted_has_request", row, {part: None})
        for row in ("submitted", "endorsed", "approved", "under_way", "closed")
        for part in ("organisation", "requested_baht")
    ),
    Broken("programs_project_submitted_has_request", "imported", {"organisation": None}),
]

ENDORSEMENT = [
    Broken("programs_project_endorsement_whole", "endorsed", {"endorsed_meeting": None}),
    Broken("programs_project_endorsement_whole", "cancelled_late", {"endorsed_on": None}),
    *(
        Broken(
            "programs_project_endorsement_with_status",
            row,
            without("endorsed_meeting", "endorsed_on"),
        )
        for row in ("endorsed", "approved", "under_way", "closed", "imported")
    ),
    *(
        Broken("programs_project_endorsement_with_status", row, endorsement)
        for row in ("draft", "submitted", "sent_back")
    ),
]

APPROVAL = [
    Broken("programs_project_approval_whole", "approved", {"approved_baht": None}),
    Broken("programs_project_approval_whole", "imported", {"approved_baht": None}),
    Broken(
        "programs_project_approval_whole",
        "cancelled_late",
        {"approved_on": None, "approved_by": None, "started_on": None},
    ),
    *(
        Broken(
            "programs_project_approval_with_status",
            row,
            without("approved_baht", "approved_on", "approved_by"),
        )
        for row in ("approved", "imported")
    ),
    *(
        Broken("programs_project_approval_with_status", row, approval)
        for row in ("draft", "submitted", "sent_back", "endorsed")
    ),
    *(
        Broken("programs_project_approval_named", row, {"approved_by": None})
        for row in ("approved", "under_way", "closed", "cancelled_late")
    ),
    Broken("programs_project_approval_named", "endorsed", lambda w: {"approved_by": w.manager}),
    Broken(
        "programs_project_maker_cannot_approve", "approved", lambda w: {"approved_by": w.officer}
    ),
    Broken("programs_project_maker_cannot_approve", "closed", lambda w: {"created_by": w.manager}),
    Broken(
        "programs_project_approval_after_endorsement",
        "approved",
        {"approved_on": dt.date(2021, 1, 20)},
    ),
]

WORK = [
    Broken("programs_project_start_with_status", "under_way", {"started_on": None}),
    Broken("programs_project_start_with_status", "approved", {"started_on": FEB_25}),
    Broken("programs_project_closing_with_status", "closed", {"closed_on": None}),
    Broken("programs_project_closing_with_status", "under_way", {"closed_on": FEB_25}),
    Broken("programs_project_closing_with_status", "cancelled_late", {"closed_on": FEB_25}),
    Broken("programs_project_life_in_order", "under_way", {"started_on": dt.date(2021, 2, 3)}),
    Broken("programs_project_life_in_order", "closed", {"closed_on": dt.date(2021, 2, 24)}),
    Broken("programs_project_life_in_order", "cancelled", {"started_on": FEB_25}),
]

ENDINGS = [
    Broken("programs_project_sending_back_whole", "sent_back", {"sent_back_on": None}),
    Broken("programs_project_sending_back_whole", "sent_back", {"sent_back_by": None}),
    Broken("programs_project_sending_back_whole", "sent_back", {"sent_back_reason": BLANKS}),
    Broken("programs_project_sending_back_whole", "draft", {"sent_back_reason": "แก้งบ"}),
    Broken("programs_project_sending_back_whole", "draft", {"sent_back_on": FEB_4}),
    Broken("programs_project_sending_back_whole", "draft", lambda w: {"sent_back_by": w.manager}),
    Broken(
        "programs_project_sent_back_has_reason",
        "sent_back",
        without("sent_back_on", "sent_back_by", sent_back_reason=""),
    ),
    Broken("programs_project_cancellation_whole", "cancelled", {"cancelled_on": None}),
    Broken("programs_project_cancellation_whole", "cancelled", {"cancelled_by": None}),
    Broken("programs_project_cancellation_whole", "cancelled", {"cancel_reason": BLANKS}),
    *(
        Broken("programs_project_cancellation_whole", row, cancellation)
        for row in (
            "draft",
            "submitted",
            "sent_back",
            "endorsed",
            "approved",
            "under_way",
            "closed",
        )
    ),
    Broken(
        "programs_project_cancelled_after_approval",
        "cancelled_late",
        {"cancelled_on": dt.date(2021, 2, 3)},
    ),
]

AFTER_APPROVAL = [
    Broken("programs_project_approval_fixed", "approved", changes, "update")
    for changes in (
        {"approved_baht": Decimal(499_999)},
        {"approved_on": dt.date(2021, 2, 5)},
        {"level": "region", "province": None},
        lambda w: {"region": build.region("S", "ภาคใต้", 5)},
        lambda w: {"province": build.province("51", "ลำพูน")},
        lambda w: {"programme": other_year(w)},
        lambda w: {"created_by": w.analyst},
        {"approved_baht": None, "approved_on": None, "approved_by": None},
    )
]
SCALES = [
    Broken("programs_regionbase_once", "base", {}, "again"),
    Broken("programs_regionbase_kind_known", "base", {"kind": "villages"}),
    Broken("programs_regionbase_fiscal_year_be", "base", {"fiscal_year": 2019}),
    Broken("programs_regionbase_source_given", "base", {"source": BLANKS}),
    Broken("programs_qualityscale_once", "scale", {}, "again"),
    Broken("programs_qualityscale_subject_known", "scale", {"subject": "house"}),
    Broken("programs_qualityscale_fiscal_year_be", "scale", {"fiscal_year": 2019}),
    Broken("programs_qualityscale_source_given", "scale", {"source": BLANKS}),
    Broken("programs_qualityband_once", "band", {"from_pct": Decimal(70)}, "again"),
    Broken("programs_qualityband_bound_once", "band", {"grade": "B"}, "again"),
    Broken("programs_qualityband_grade_known", "band", {"grade": "E"}),
    Broken("programs_qualityband_bound_is_a_share", "band", {"from_pct": Decimal("100.01")}),
    Broken("programs_qualityband_bound_is_a_share", "band", {"from_pct": Decimal("-0.01")}),
    Broken(
        "programs_placed_province_in_region",
        "council",
        lambda w: {"region": build.region("S", "ภาคใต้", 5)},
    ),
]

CASES = [
    *SCALES,
    *MEETINGS,
    *ORGANISATIONS,
    *PROGRAMMES,
    *FACTS,
    *SUBMISSION,
    *ENDORSEMENT,
    *APPROVAL,
    *WORK,
    *ENDINGS,
    *AFTER_APPROVAL,
]
# Each rule of the step from one status to another stands in test_life.py, pair by pair.
TESTED = {case.rule for case in CASES} | {
    "programs_project_transition",
    "programs_programme_storey_fixed",
    "programs_frame_before_its_approvals",
}


@pytest.mark.parametrize("row", ROWS)
def test_good_row_is_accepted(row):
    """Wrong if a rule refused what the documents show to be right."""
    assert store(made(ROWS, row, build.world())).pk


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_broken_part_is_refused_by_its_rule(case):
    """Wrong if one broken part got in, or was refused for another reason than its own."""
    assert_refused(ROWS, case, build.world())


@pytest.mark.parametrize(
    ("step", "allocated_on", "passes"),
    [
        ("approved", FEB_4, True),
        ("approved", FEB_4 + dt.timedelta(days=1), False),
        ("under_way", FEB_25, False),
        ("endorsed", FEB_25, True),
    ],
)
def test_a_frame_is_allocated_before_what_was_approved_out_of_it(step, allocated_on, passes):
    """Wrong if a corrected day left approvals without money, or any later day was refused."""
    w = build.world()
    assert build.project(w, step).approved_on in {FEB_4, None}
    there = BudgetFrame.objects.filter(pk=w.frames["province"].pk)
    with nullcontext() if passes else refused_by("programs_frame_before_its_approvals"):
        there.update(allocated_on=allocated_on)
    # Another level's frame has nothing to do with it.
    BudgetFrame.objects.filter(pk=w.frames["region"].pk).update(allocated_on=FEB_25)


@pytest.mark.parametrize(
    ("row", "part", "value"),
    [
        ("committee", "name", lambda w: "คณะอื่น"),
        ("committee", "region", lambda w: None),
        ("meeting", "committee", lambda w: store(made(ROWS, "national_committee", w))),
        ("meeting", "number", lambda w: 4),
        ("meeting", "fiscal_year", lambda w: 2565),
        ("resolution", "number", lambda w: 2),
        ("organisation", "search_key", lambda w: "กลุมอื่น"),
        ("organisation", "subdistrict", lambda w: None),
        ("organisation", "subdistrict", lambda w: build.subdistrict("500102", "ช้างม่อย")),
        ("certification", "organisation", lambda w: store(ROWS["organisation"](w))),
        ("programme", "code", lambda w: "PL2564-2"),
        ("source", "code", lambda w: "GOV2"),
        ("target", "basis", lambda w: "มติคณะ"),
        ("target", "set_on", lambda w: FEB_25),
        ("target", "measure", lambda w: "households"),
        ("target", "region", lambda w: build.region()),
    ],
)
def test_rows_that_differ_in_one_part_stand_side_by_side(row, part, value):
    """Wrong if a uniqueness compared less than all of its parts."""
    w = build.world()
    store(made(ROWS, row, w))
    assert store(made(ROWS, row, w, {part: value(w)})).pk


@pytest.mark.parametrize("part", [{"kind": "1_plan"}, {"fiscal_year": 2565}])
@pytest.mark.parametrize("below", ["activity", "draft"])
def test_storey_and_year_of_a_used_programme_are_fixed(part, below):
    """Wrong if a programme with children or projects could leave its storey or year."""
    w = build.world()
    used = store(made(ROWS, "programme", w))
    store(made(ROWS, below, w, {"parent" if below == "activity" else "programme": used}))
    with refused_by("programs_programme_storey_fixed"):
        Programme.objects.filter(pk=used.pk).update(**part)
    assert Programme.objects.get(pk=used.pk).kind == "2_programme"


def test_sending_back_may_stay_in_the_record_of_a_later_step():
    """Wrong if a project that was sent back once could never go on."""
    w = build.world()
    assert store(made(ROWS, "endorsed", w, sending_back)).pk
