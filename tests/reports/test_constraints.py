"""Each named rule of editions and their parts, broken one part at a time at the database."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from codi.constraints import refusal
from reports.models import (
    Edition,
    EditionCheck,
    EditionFile,
    EditionGrid,
    EditionRecord,
    EditionText,
)
from tests import world as build
from tests.reports.conftest import AUGUST, MAY, NOW, approved, draft, frozen, issued

pytestmark = pytest.mark.django_db
SHA_OF_X = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
GOOD: dict[type[models.Model], dict[str, Any]] = {
    EditionGrid: {"position": 1, "figure_key": "f", "as_of": MAY, "grid": {}},
    EditionText: {"slot": "extra", "origin": "staff"},
    EditionCheck: {"code": "c", "title": "t", "is_ok": True},
    EditionFile: {"kind": "pdf", "content": b"x", "sha256": SHA_OF_X, "byte_count": 1},
}


@pytest.fixture
def w() -> build.World:
    world = build.world()
    build.project(world)
    return world


def assert_refused(rule: str, write: Callable[[], Any]) -> None:
    """The write breaks exactly that rule, and the person is told why in Thai."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
    told = refusal(caught.value)
    assert told is not None
    assert told.code == rule
    assert any("ก" <= letter <= "๙" for letter in told.message)


@pytest.mark.parametrize(
    ("rule", "model", "changes"),
    [
        ("reports_check_code_given", EditionCheck, {"code": " "}),
        ("reports_text_slot_given", EditionText, {"slot": " "}),
        ("reports_text_origin_known", EditionText, {"origin": "dream"}),
        ("reports_file_kind_known", EditionFile, {"kind": "doc"}),
        ("reports_file_size_right", EditionFile, {"byte_count": 2}),
        ("reports_file_hash_right", EditionFile, {"content": b"y"}),
    ],
)
def test_a_part_with_one_wrong_value(w, rule, model, changes):
    """Wrong if a part of an edition could hold the value."""
    edition = draft(w)
    assert_refused(
        rule, lambda: model.objects.create(edition=edition, **{**GOOD[model], **changes})
    )


@pytest.mark.parametrize(
    ("rule", "model", "changes"),
    [
        ("reports_grid_once", EditionGrid, {"position": 2}),
        ("reports_grid_position_once", EditionGrid, {"figure_key": "g"}),
        ("reports_text_slot_once", EditionText, {}),
        ("reports_check_once", EditionCheck, {}),
        ("reports_file_once", EditionFile, {}),
    ],
)
def test_a_part_comes_once(w, rule, model, changes):
    """Wrong if an edition had two grids, texts, checks or files in one place."""
    edition = draft(w)
    model.objects.create(edition=edition, **GOOD[model])
    assert_refused(
        rule, lambda: model.objects.create(edition=edition, **{**GOOD[model], **changes})
    )


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("reports_record_keys_or_parts", {"parts": ["+a"]}),
        ("reports_record_amount_per_key", {"amounts": [1, 2]}),
        ("reports_record_cell_once", {}),
    ],
)
def test_a_record_of_a_cell_is_whole(w, rule, changes):
    """Wrong if a cell had both records and a formula, an amount too many, or two lists."""
    grid = EditionGrid.objects.create(edition=draft(w), **GOOD[EditionGrid])
    good = {"grid": grid, "row_key": "r", "column_key": "c", "model_label": "m", "keys": [1]}
    if not changes:
        EditionRecord.objects.create(**good)
    assert_refused(rule, lambda: EditionRecord.objects.create(**{**good, **changes}))


@pytest.mark.parametrize(
    ("rule", "model"),
    [
        ("reports_grid_frozen", EditionGrid),
        ("reports_text_frozen", EditionText),
        ("reports_check_frozen", EditionCheck),
        ("reports_file_frozen", EditionFile),
    ],
)
def test_no_part_comes_after_the_issue(w, rule, model):
    """Wrong if a part could be added to an issued edition."""
    edition = issued(w)
    later = {**GOOD[model], **({"position": 99} if model is EditionGrid else {})}
    assert_refused(rule, lambda: model.objects.create(edition=edition, **later))


def test_no_record_changes_after_the_issue(w):
    """Wrong if the list behind a printed figure could be changed."""
    issued(w)
    assert_refused("reports_record_frozen", lambda: EditionRecord.objects.update(keys=[1]))


def test_a_permission_needs_a_request(w):
    """Wrong if a waiver could be allowed that nobody asked for."""
    edition = draft(w)
    assert_refused(
        "reports_check_permission_was_asked",
        lambda: EditionCheck.objects.create(
            edition=edition, **GOOD[EditionCheck], allowed_by=w.manager, allowed_at=NOW
        ),
    )


def _new(w: build.World, **changes: Any) -> Edition:
    """A good row of its own, with changes, past every service."""
    good = {
        "outline": "regional-status",
        "programme": w.programme,
        "region": build.region(),
        "as_of_dates": [MAY],
        "number": 9,
        "created_by": w.officer,
        "created_at": NOW,
    }
    return Edition.objects.create(**{**good, **changes})


def test_an_edition_comes_once_as_a_draft_in_order(w):
    """Wrong if an edition could be doubled, born approved, or replace one that is not issued."""
    first = _new(w)
    key = uuid.uuid4()
    _new(w, number=8, request_key=key)
    assert_refused("reports_edition_number_once", lambda: _new(w))
    assert_refused("reports_edition_key_once", lambda: _new(w, number=7, request_key=key))
    assert_refused("reports_edition_starts_as_draft", lambda: _new(w, number=7, state="submitted"))
    assert_refused(
        "reports_edition_dates_in_order", lambda: _new(w, number=7, as_of_dates=[AUGUST, MAY])
    )
    assert_refused(
        "reports_edition_replaces_same_report", lambda: _new(w, number=7, replaces=first)
    )


@pytest.mark.parametrize(
    ("rule", "make", "changes"),
    [
        ("reports_edition_transition", draft, {"state": "approved"}),
        ("reports_edition_identity_fixed", draft, {"number": 7}),
        ("reports_edition_content_fixed_after_submission", approved, {"as_of_dates": [MAY]}),
        ("reports_edition_frozen_while_issuing", frozen, {"facts": {}}),
        ("reports_edition_issued_never_changes", issued, {"version": 7}),
    ],
)
def test_what_never_changes(w, rule, make, changes):
    """Wrong if plain SQL could skip a step, or change what is settled by then."""
    edition = make(w)
    assert_refused(rule, lambda: Edition.objects.filter(pk=edition.pk).update(**changes))


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("reports_edition_approval_with_state", {"state": "approved", "submitted": True}),
        ("reports_edition_sent_back_has_reason", {"state": "sent_back"}),
    ],
)
def test_a_state_has_its_fields(w, rule, values):
    """Wrong if an edition counted as approved by nobody, or came back without a reason."""
    edition = draft(w)
    fields = dict(values)
    if fields.pop("submitted", False):
        fields |= {"submitted_by": w.officer, "submitted_at": NOW}
    with connection.cursor() as cursor:
        # The order of the steps would be refused first; here the constraint stands alone.
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE reports_edition DISABLE TRIGGER USER"
        )
    assert_refused(rule, lambda: Edition.objects.filter(pk=edition.pk).update(**fields))
