"""A merged record stays as it is, whoever writes: only its merge can be taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import F

from codi.bulk import update_records
from codi.history.queries import event_model_of
from councils.models import CommunityGroup, Council, CouncilDouble, GroupDouble
from tests import world as build
from tests.broken import refused_by
from tests.councils.test_doubles import asked, here, merged, taken_back
from tests.finance.test_races import held, wait_for_a_waiting_session
from tests.finance.test_upload_races import on_its_own_connection
from tests.welfare.rows import stored_fund
from welfare.models import FundDouble, WelfareFund

pytestmark = pytest.mark.django_db
OTHER_DAY = dt.date(2021, 1, 4)


@dataclass(frozen=True)
class Kind:
    """A register: its table and pairs, a record in it, its rule and the fields that tell of the end."""

    model: Any
    case: Any
    made: Callable[[build.World, str], Any]
    rule: str
    ended: str
    reason: str

    @property
    def rows(self) -> Any:
        """All records."""
        return self.model._default_manager.all()


def a_council(w: build.World, name: str) -> Council:
    return here(name)


def a_group(w: build.World, name: str) -> CommunityGroup:
    council = Council.objects.filter(code="30307").first() or here("สภา ก", code="30307")
    return build.group(council, name)


WITHDRAWAL = ("withdrawn_on", "withdrawal_reason")
KINDS = {
    "council": Kind(Council, CouncilDouble, a_council, "councils_merged_stays", *WITHDRAWAL),
    "group": Kind(
        CommunityGroup, GroupDouble, a_group, "councils_merged_group_stays", "ended_on",
        "ended_reason",
    ),
    "fund": Kind(
        WelfareFund, FundDouble, lambda w, name: stored_fund(w, name=name),
        "welfare_merged_stays", *WITHDRAWAL,
    ),
}  # fmt: skip
BACK = {"merged_into": None}


@pytest.fixture
def w(db: None) -> build.World:
    return build.world()


def pair(w: build.World, kind: Kind) -> tuple[Any, Any, Any]:
    """The record that stays, the one that was merged into it, and their pair."""
    kept, gone = kind.made(w, "ก"), kind.made(w, "ข")
    case = merged(w, asked(w, kept, gone, kind.case))
    gone.refresh_from_db()
    return kept, gone, case


@pytest.mark.parametrize("name", KINDS)
def test_no_part_of_a_merged_record_changes_whoever_writes(w: build.World, name: str):
    """Wrong if plain SQL could change what a merge left, or take it back by halves or with more."""
    kind = KINDS[name]
    _kept, gone, _case = pair(w, kind)
    third = kind.made(w, "ค")
    back = BACK | {kind.ended: None, kind.reason: ""}
    changes: list[dict[str, Any]] = [
        {"name": "ชื่อใหม่"},
        {"code": "ใหม่"},
        {"version": F("version") + 1},
        {kind.ended: OTHER_DAY},
        {kind.reason: "อื่น"},
        {"merged_into": third},
        back | {"name": "ชื่อใหม่"},
        BACK,
    ]
    for facts in changes:
        with refused_by(kind.rule):
            kind.rows.filter(pk=gone.pk).update(**facts)
    gone.name = "ชื่อจากไฟล์"
    with refused_by(kind.rule):
        update_records(kind.model, ["name"], [gone])
    with refused_by(kind.rule):
        kind.rows.update(version=F("version") + 1)


@pytest.mark.parametrize("name", KINDS)
def test_what_is_computed_of_a_merged_record_may_be_computed_anew(w: build.World, name: str):
    """Wrong if a better way of searching could not reach records that were merged."""
    kind = KINDS[name]
    _kept, gone, _case = pair(w, kind)
    assert kind.rows.filter(pk=gone.pk).update(search_key="ใหม่") == 1


@pytest.mark.parametrize("name", KINDS)
def test_merges_follow_each_other_and_are_taken_back_in_turn(w: build.World, name: str):
    """Wrong if the rule kept a record from following its kept one, or from standing again as it was."""
    kind = KINDS[name]
    kept, gone, case = pair(w, kind)
    last = kind.made(w, "ค")
    further = merged(w, asked(w, last, kept, kind.case))
    gone.refresh_from_db()
    assert gone.merged_into == last
    taken_back(w, further)
    gone.refresh_from_db()
    assert gone.merged_into == kept
    taken_back(w, case)
    gone.refresh_from_db()
    assert (getattr(gone, kind.ended), getattr(gone, kind.reason)) == (None, "")
    assert gone.merged_into is None
    events: Any = event_model_of(kind.model)
    told = events.objects.filter(pgh_obj=gone.pk).order_by("pgh_id")
    into = list(told.values_list("merged_into", flat=True))
    assert into == [None, kept.pk, last.pk, kept.pk, None]


def test_a_merged_group_goes_with_its_council_and_nowhere_else(w: build.World):
    """Wrong if merging councils stopped at a merged group, or plain SQL moved one by itself."""
    _kept, gone, _case = pair(w, KINDS["group"])
    council, other, third = gone.council, here("สภา ข"), here("สภา ค")
    with refused_by("councils_merged_group_stays"):
        CommunityGroup.objects.filter(pk=gone.pk).update(council=third)
    case = merged(w, asked(w, other, council))
    gone.refresh_from_db()
    assert gone.council == other
    with refused_by("councils_merged_group_stays"):
        CommunityGroup.objects.filter(pk=gone.pk).update(council=third)
    taken_back(w, case)
    gone.refresh_from_db()
    assert gone.council == council


@contextmanager
def without_the_rule() -> Iterator[None]:
    """Put the last line of the register of councils aside for a moment."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE councils_council DISABLE TRIGGER USER")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE councils_council ENABLE TRIGGER USER")


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("guarded", [True, False])
def test_a_write_that_waits_for_a_merge_meets_the_merged_record(guarded: bool):
    """Wrong if plain SQL that met a merge wrote over the record that had gone by then.

    The control, past the rule, does.
    """
    w = build.world()
    kept, gone = here("สภา ก"), here("สภา ข")
    case = asked(w, kept, gone)
    refused: list[str] = []

    def write() -> None:
        try:
            Council.objects.filter(pk=gone.pk).update(name="ชื่อใหม่")
        except IntegrityError as error:
            refused.append(error.__cause__.diag.constraint_name)  # type: ignore[union-attr]
            raise

    def run() -> None:
        with ThreadPoolExecutor(1) as pool:
            with held(lambda: merged(w, case), keeps=True):
                done = pool.submit(on_its_own_connection(write))
                wait_for_a_waiting_session()
            error = done.exception(timeout=60)
            assert (error is not None) == guarded

    if guarded:
        run()
    else:
        with without_the_rule():
            run()
    gone.refresh_from_db()
    assert gone.merged_into == kept
    assert (gone.name == "ชื่อใหม่") != guarded
    assert refused == (["councils_merged_stays"] if guarded else [])
