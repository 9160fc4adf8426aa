"""Every rule of pairs of doubles, of councils, groups and funds, refuses what breaks it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from councils.models import CouncilDouble, CouncilFile, GroupDouble
from tests import world as build
from tests.broken import Broken, assert_refused, made, refused_by, store
from tests.councils.test_doubles import DAY, asked, here, merged
from tests.welfare.rows import stored_fund
from welfare.models import FundDouble

pytestmark = pytest.mark.django_db


def council_pair(w: build.World) -> Any:
    return CouncilDouble(first=here("ก"), second=here("ข"), found_on=DAY)


def group_pair(w: build.World) -> Any:
    of = here("ก")
    return GroupDouble(first=build.group(of), second=build.group(of), found_on=DAY)


def fund_pair(w: build.World) -> Any:
    return FundDouble(first=stored_fund(w), second=stored_fund(w), found_on=DAY)


ROWS = {"council": council_pair, "group": group_pair, "fund": fund_pair}
TABLES = {
    "council": "councils_councildouble",
    "group": "councils_groupdouble",
    "fund": "welfare_funddouble",
}


def other(row: str) -> Any:
    """A third record, which is not of the pair."""
    return lambda w: {"kept": ROWS[row](w).first}


def asked_by_itself(w: build.World) -> dict[str, Any]:
    """A merge that its maker allowed."""
    told = {"requested_by": w.analyst, "requested_on": DAY, "request_reason": "ซ้ำ"}
    return told | {"state": "merged", "decided_by": w.analyst, "merged_on": DAY}


CASES = [
    case
    for row, table in TABLES.items()
    for case in (
        Broken(f"{table}_state_known", row, {"state": "lost"}),
        Broken(f"{table}_kept_of_pair", row, other(row)),
        Broken(f"{table}_request_whole", row, {"state": "requested"}),
        Broken(f"{table}_merge_whole", row, {"merged_on": DAY}),
        Broken(f"{table}_closed_with_reason", row, {"state": "not_double"}),
        Broken(f"{table}_closed_with_reason", row, {"state": "reopened"}),
    )
]
PAIRS = [f"{table}_{rule}" for table in TABLES.values() for rule in ("pair_once", "in_order")]
TESTED = {case.rule for case in CASES} | {
    *PAIRS,
    "councils_communitygroup_merged_has_ended",
    "councils_merged_takes_nothing",
    "councils_merged_group_takes_nothing",
    "welfare_merged_takes_nothing",
    # In test_merged_stays.py.
    "councils_merged_stays",
    "councils_merged_group_stays",
    "welfare_merged_stays",
}


@pytest.fixture
def w() -> build.World:
    return build.world()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_a_broken_part_is_refused_by_its_rule(case: Broken, w: build.World):
    """Wrong if the database took what no service would write."""
    assert_refused(ROWS, case, w)


@pytest.mark.parametrize("row", ROWS)
def test_a_pair_stands_once_in_order_and_is_not_merged_by_its_maker(row: str, w: build.World):
    """Wrong if one pair could stand twice, the other way round, or be allowed by who asked."""
    table, pair = TABLES[row], ROWS[row](w)
    with refused_by(f"{table}_pair_once"):
        model = type(pair)
        model.objects.bulk_create(
            [model(first=pair.first, second=pair.second, found_on=DAY) for _ in range(2)]
        )
    with refused_by(f"{table}_in_order"):
        store(type(pair)(first=pair.second, second=pair.first, found_on=DAY))
    good = store(made({row: lambda w: pair}, row, w))
    facts = asked_by_itself(w) | {"kept": pair.first}
    with refused_by(f"{table}_merge_whole"):
        type(pair).objects.filter(pk=good.pk).update(**facts)


def test_a_merged_group_has_ended(w: build.World):
    """Wrong if a group could name another that took it over and still be counted."""
    one, another = build.group(here("ก")), build.group(here("ก"))
    with refused_by("councils_communitygroup_merged_has_ended"):
        type(one).objects.filter(pk=one.pk).update(merged_into=another)


def test_files_go_over_within_a_pair_only(w: build.World):
    """Wrong if plain SQL could hang a file on another record than the one it was brought to."""
    one, another = here("ก"), here("ข")
    file = CouncilFile.objects.create(
        subject=one, file_name="a.pdf", format="pdf", byte_count=1, sha256="2" * 64,
        document="js02", attached_by=w.officer,
        attached_at=dt.datetime(2021, 8, 1, tzinfo=dt.UTC),
    )  # fmt: skip
    with refused_by("files_attachment_content_fixed"):
        CouncilFile.objects.filter(pk=file.pk).update(subject=another)
    merged(w, asked(w, another, one))
    assert another.files.get() == file
