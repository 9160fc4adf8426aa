"""Every rule of every table of files: a good row passes, the row with one part broken does not."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from codi.files import KINDS
from codi.files.models import Attachment
from tests.broken import Broken, assert_refused, refused_by, store
from tests.files.conftest import NOW
from tests.files.test_services import subjects
from tests.world import World

pytestmark = pytest.mark.django_db

REMOVAL = {"removed_at": NOW, "removal_reason": "แนบผิด"}


def row(key: str, w: World, **facts: Any) -> Attachment:
    """A good row of a kind, not stored."""
    known = KINDS[key].subject_model._default_manager.first()
    subject = known or subjects(w)[key]
    good: dict[str, Any] = {
        "subject": subject,
        "file_name": "a.pdf",
        "format": "pdf",
        "byte_count": 1,
        "sha256": "0" * 64,
        "document": "other",
        "attached_by": w.officer,
        "attached_at": NOW,
    }
    made: Any = KINDS[key].model
    return made(**(good | facts))


def removed(w: World) -> dict[str, Any]:
    return REMOVAL | {"state": "removed", "removed_by": w.officer}


RULES: dict[str, Any] = {
    "format_known": [{"format": "svg"}],
    "document_known": [{"document": "love"}],
    "state_known": [{"state": "lost"}],
    "content_known": [
        {"byte_count": 0},
        {"file_name": " \t"},
        {"sha256": "0" * 63},
        {"sha256": "G" * 64},
    ],
    "removal_whole": [
        {"state": "removed"},
        REMOVAL,
        lambda w: removed(w) | {"removal_reason": " "},
        lambda w: removed(w) | {"removed_at": None},
        lambda w: removed(w) | {"removed_by": None},
        lambda w: {"removed_by": w.officer},
    ],
    "purge_whole": [
        {"purged_at": NOW},
        lambda w: removed(w) | {"state": "purged"},
    ],
}
CASES = [
    Broken(f"{KINDS[key].model._meta.db_table}_{rule}", key, changes)
    for key in KINDS
    for rule, broken in RULES.items()
    for changes in broken
]
CASES += [
    Broken(f"{KINDS[key].model._meta.db_table}_once", key, lambda w: {"id": uuid.uuid4()}, "again")
    for key in KINDS
]
TESTED = {case.rule for case in CASES} | {"finance_instalmentfile_kept_after_payment"}
ROWS = {key: lambda w, key=key: row(key, w) for key in KINDS}


@pytest.mark.parametrize("key", KINDS)
def test_good_rows_pass(key, w):
    """Wrong if a table of files refused what services write."""
    store(row(key, w))
    store(row(key, w, sha256="1" * 64, **removed(w)))
    purged = removed(w) | {"state": "purged", "purged_at": NOW}
    store(row(key, w, **purged))
    stored = KINDS[key].model._default_manager.values_list("state", flat=True)
    assert sorted(stored) == ["present", "purged", "removed"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_a_broken_row_is_refused_by_its_rule(case, w):
    """Wrong if plain SQL could write a file that no service would."""
    assert_refused(ROWS, case, w)


FIXED: dict[str, Any] = {
    "file_name": "b.pdf",
    "format": "png",
    "byte_count": 2,
    "sha256": "2" * 64,
    "attached_at": NOW + dt.timedelta(days=1),
}


@pytest.mark.parametrize("key", KINDS)
def test_what_was_attached_never_changes(key, w):
    """Wrong if plain SQL could change what a file is, who brought it, when, or where it hangs."""
    file = store(row(key, w))
    changes = FIXED | {"attached_by": w.manager, "replaces": store(row(key, w, sha256="3" * 64))}
    there = type(file)._default_manager.filter(pk=file.pk)
    before = there.values().get()
    for name, value in changes.items():
        with refused_by("files_attachment_content_fixed"):
            there.update(**{name: value})
    assert there.values().get() == before


@pytest.mark.parametrize("key", KINDS)
def test_a_file_goes_only_the_ways_of_its_life(key, w):
    """Wrong if a purged or replaced file could come back, or content be purged without 30 days."""
    gone = removed(w) | {"state": "purged", "purged_at": NOW}
    back = {"removed_by": None, "removed_at": None, "removal_reason": "", "purged_at": None}
    ways = {
        ("present", "purged"): gone,
        ("replaced", "present"): {"state": "present"},
        ("replaced", "removed"): removed(w),
        ("purged", "present"): back | {"state": "present"},
    }
    start = {"present": {}, "replaced": {"state": "replaced"}, "purged": gone}
    for number, ((old, new), facts) in enumerate(ways.items()):
        file = store(row(key, w, sha256=f"{number:064x}", **start[old]))
        assert facts["state"] == new
        with refused_by("files_attachment_transition"):
            type(file)._default_manager.filter(pk=file.pk).update(**facts)


def test_a_version_is_replaced_once(w):
    """Wrong if two new versions took the place of one file."""
    old = store(row("meeting", w))
    store(row("meeting", w, sha256="1" * 64, replaces=old))
    with refused_by("programs_meetingfile_replaces_id_key"):
        store(row("meeting", w, sha256="2" * 64, replaces=old))
    assert type(old)._default_manager.filter(replaces=old).count() == 1
