"""The life of an edition: who may do what, what is frozen, and what nobody can change."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from codi.accounts.models import Role, ScopeLevel
from codi.errors import Conflict, Refused
from codi.jobs.models import Job
from reports import permissions, services
from reports.content import of_edition, records_of
from reports.models import (
    Edition,
    EditionCheck,
    EditionFile,
    EditionGrid,
    EditionRecord,
    EditionState,
    EditionText,
)
from reports.subjects import Subject
from tests import world as build
from tests.reports.conftest import (
    AUGUST,
    MAY,
    NOW,
    TODAY,
    approved,
    draft,
    frozen,
    issued,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> build.World:
    """One project of a million baht, 700,000 paid."""
    world = build.world()
    project = build.project(world, plan=(700_000, 300_000))
    build.pay(world, project.instalments.get(number=1), 700_000)
    return world


def test_a_draft_is_one_click_with_its_file_asked_for(w):
    """Wrong if the draft lacked its texts or its job, or its days were out of order."""
    edition = draft(w, AUGUST, MAY)
    assert edition.state == EditionState.DRAFT
    assert (edition.number, edition.as_of_dates) == (1, [MAY, AUGUST])
    assert edition.texts.count() == 4
    assert Job.objects.get().payload == {"edition": edition.pk, "issue": False}


def test_the_same_request_makes_one_edition(w):
    """Wrong if a double click made two editions, or a used key passed with other days."""
    key = uuid.uuid4()
    assert draft(w, MAY, request_key=key) == draft(w, MAY, request_key=key)
    with pytest.raises(Refused) as refused:
        draft(w, AUGUST, request_key=key)
    assert refused.value.code == "request_key_reused"
    assert Edition.objects.count() == 1


@pytest.mark.parametrize(
    "days",
    [
        [],
        [TODAY + dt.timedelta(days=1)],
        [dt.date(2021, month, 1) for month in range(1, 6)],
        [MAY, MAY],
    ],
)
def test_none_too_many_doubled_and_future_days_are_refused(w, days):
    """Wrong if a report could be made of no day, of five, of one twice, or of a day to come."""
    with pytest.raises(Refused):
        services.create_edition(
            actor=w.officer,
            outline_key="regional-status",
            subject=Subject(w.programme, build.region()),
            as_of_dates=days,
            request_key=uuid.uuid4(),
            now=NOW,
            today=TODAY,
        )
    assert not Edition.objects.exists()


def test_numbers_count_up_per_programme_and_region(w):
    """Wrong if two editions of one report shared a number."""
    assert [draft(w, MAY).number, draft(w, AUGUST).number] == [1, 2]


@pytest.mark.parametrize(
    ("role", "may_make", "may_judge"),
    [
        (Role.REGIONAL_OFFICER, True, False),
        (Role.REGIONAL_MANAGER, True, True),
        (Role.FINANCE_OFFICER, False, False),
        (Role.ANALYST, True, False),
        (Role.EXECUTIVE, False, True),
        (Role.ADMINISTRATOR, False, False),
    ],
)
def test_what_each_role_may_do(w, role, may_make, may_judge):
    """Wrong if a role could do more or less than the table of roles says."""
    person = build.user(role)
    edition = services.submit(actor=w.officer, edition=draft(w), now=NOW)
    assert bool(permissions.can_create_for(person, build.region())) is may_make
    decision = permissions.can_approve(person, edition)
    assert bool(decision) is may_judge
    assert decision or decision.reason


def test_another_region_and_a_single_province_are_out_of_reach(w):
    """Wrong if an edition leaked to another region, or half of it to a person of one province."""
    edition = draft(w)
    south = build.user(Role.REGIONAL_MANAGER, region=build.region("S", "ภาคใต้", 2))
    narrow = build.user(
        Role.REGIONAL_OFFICER, scope_level=ScopeLevel.PROVINCE, province=build.province()
    )
    seen = Edition.objects.visible_to
    assert list(seen(w.officer)) == list(seen(w.executive)) == [edition]
    assert not seen(south).exists()
    assert not seen(narrow).exists()
    assert not permissions.can_edit(south, edition)
    assert not permissions.can_see_reports(narrow)


def test_the_maker_cannot_approve(w):
    """Wrong if a manager approved what the same manager made or submitted."""
    own = services.submit(actor=w.manager, edition=draft(w, actor=w.manager), now=NOW)
    with pytest.raises(Refused, match="ฉบับของตนเอง"):
        services.approve(actor=w.manager, edition=own, now=NOW)
    with pytest.raises(IntegrityError, match="reports_edition_maker_cannot_approve"):
        Edition.objects.filter(pk=own.pk).update(
            state="approved", approved_by=w.manager, approved_at=NOW
        )


def test_sending_back_needs_a_reason_and_opens_the_texts_again(w):
    """Wrong if an edition came back without a reason, or stayed locked for its maker."""
    edition = approved(w)
    with pytest.raises(Refused, match="เหตุผล"):
        services.send_back(actor=w.manager, edition=edition, reason="  ", now=NOW)
    edition = services.send_back(actor=w.manager, edition=edition, reason="แก้ข้อ 2", now=NOW)
    assert (edition.state, edition.approved_by) == (EditionState.SENT_BACK, None)
    services.update_text(actor=w.officer, edition=edition, slot="problems", text="1. แก้แล้ว")
    again = services.submit(actor=w.officer, edition=edition, now=NOW)
    assert again.sent_back_reason == ""


def test_a_text_is_not_silently_overwritten(w):
    """Wrong if the second of two writers who opened the same text won without a word."""
    edition = draft(w)
    save = {"actor": w.officer, "edition": edition, "slot": "results", "expected_version": 1}
    services.update_text(text="ของคนแรก", **save)
    with pytest.raises(Conflict):
        services.update_text(text="ของคนที่สอง", **save)
    assert edition.texts.get(slot="results").text == "ของคนแรก"


def test_freezing_stores_grids_records_sentences_and_versions(w):
    """Wrong if anything that the report says were left to the live tables."""
    edition = frozen(w)
    assert edition.state == EditionState.ISSUING
    assert edition.program_version
    assert edition.template_version
    assert edition.grids.count() == 6
    live = {(grid.key, grid.as_of): grid for grid in of_edition(edition, today=TODAY).grids}
    level = live["projects.disbursement_by_level", MAY]
    assert level.value("total", "paid_baht") == 700_000
    cell = records_of(of_edition(edition, today=TODAY))["projects.disbursement_by_level", MAY][
        "total", "paid_baht"
    ]
    assert cell.model_label == "finance.ledgerentry"
    assert cell.total == 700_000


def test_issue_comes_with_its_files_and_their_hashes(w):
    """Wrong if an edition counted as issued without its files, or with a wrong hash."""
    edition = frozen(w)
    with (
        pytest.raises(IntegrityError, match="reports_edition_issued_has_files"),
        transaction.atomic(),
    ):
        Edition.objects.filter(pk=edition.pk).update(state="issued", issued_at=NOW)
    with pytest.raises(IntegrityError, match="reports_file_hash_right"), transaction.atomic():
        EditionFile.objects.create(
            edition=edition, kind="pdf", content=b"x", sha256="0" * 64, byte_count=1
        )
    edition = services.complete_issue(edition=edition, files={"pdf": b"p", "xlsx": b"x"}, now=NOW)
    assert edition.state == EditionState.ISSUED
    again = services.complete_issue(edition=edition, files={"pdf": b"q", "xlsx": b"y"}, now=NOW)
    assert bytes(again.files.get(kind="pdf").content) == b"p"


PARTS = {
    "reports_edition": "number = number + 1",
    "reports_editiongrid": "position = position + 100",
    "reports_editionrecord": "row_key = row_key || 'x'",
    "reports_editiontext": "text = 'อื่น'",
    "reports_editioncheck": "title = 'อื่น'",
    "reports_editionfile": "byte_count = byte_count",
}


@pytest.mark.parametrize("table", PARTS)
@pytest.mark.parametrize("change", ["UPDATE", "DELETE"])
def test_sql_cannot_change_an_issued_edition(w, table, change):
    """Wrong if any part of an issued edition could be changed or deleted with plain SQL."""
    issued(w)
    statement = (
        f"UPDATE {table} SET {PARTS[table]}" if change == "UPDATE" else f"DELETE FROM {table}"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] > 0
    with (
        pytest.raises(DatabaseError, match="ฉบับ"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_nothing_is_added_to_a_frozen_edition(w):
    """Wrong if a grid, text, check or record slipped in after the freezing."""
    edition = frozen(w)
    grid = edition.grids.first()
    for part in (
        EditionGrid(edition=edition, position=99, figure_key="x", as_of=MAY, grid={}),
        EditionText(edition=edition, slot="x", origin="staff"),
        EditionCheck(edition=edition, code="x", title="x", is_ok=True),
        EditionRecord(grid=grid, row_key="x", column_key="x"),
    ):
        with pytest.raises(IntegrityError, match="ตรึงตัวเลขแล้ว"), transaction.atomic():
            part.save()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("reports_edition_state_known", {"state": "lost"}),
        ("reports_edition_submission_whole", {"submitted_at": NOW}),
        ("reports_edition_submission_with_state", {"state": "submitted"}),
        ("reports_edition_sending_back_whole", {"sent_back_at": NOW}),
        ("reports_edition_approval_whole", {"approved_at": NOW}),
        ("reports_edition_freezing_whole", {"frozen_at": NOW}),
        ("reports_edition_issue_with_state", {"issued_at": NOW}),
        ("reports_edition_number_positive", {"number": 0}),
        ("reports_edition_dates_counted", {"as_of_dates": []}),
        ("reports_edition_outline_given", {"outline": " "}),
    ],
)
def test_each_rule_of_the_life_is_the_databases_own(w, name, values):
    """Wrong if a row with one part missing passed when nobody of our code looked."""
    edition = draft(w)
    with connection.cursor() as cursor:
        # The triggers would refuse first; here the constraints stand alone.
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE reports_edition DISABLE TRIGGER USER"
        )
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(**values)


@pytest.mark.parametrize(
    ("message", "values"),
    [
        ("เรียงจากก่อนไปหลัง", {"as_of_dates": [AUGUST, MAY]}),
        ("ข้ามขั้นตอน", {"state": "approved", "approved_at": NOW}),
        ("ลำดับของฉบับ", {"number": 7}),
    ],
)
def test_rules_of_change_are_the_databases_own(w, message, values):
    """Wrong if SQL could reorder the days, skip a step or renumber an edition."""
    edition = draft(w)
    with pytest.raises(IntegrityError, match=message), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(**values)


def test_a_withdrawn_issue_is_live_again(w):
    """Wrong if an issue without files could not be taken back, or left frozen parts behind."""
    edition = frozen(w)
    Job.objects.update(state="failed", failure="x", failure_code="x", finished_at=NOW)
    edition = services.withdraw_issue(actor=w.manager, edition=edition)
    assert (edition.state, edition.frozen_at) == (EditionState.APPROVED, None)
    assert not edition.grids.exists()
    assert services.issue(actor=w.manager, edition=edition, now=NOW).state == EditionState.ISSUING
