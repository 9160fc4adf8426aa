"""What the documents promise of tests is there: a named test that is gone proves nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
NAMED = re.compile(r"`(?:tests/)?([a-z_0-9]+(?:/[a-z_0-9]+)+\.py)(?:::(test_\w+))?`")


@pytest.mark.parametrize("document", ["interface.md", "security.md", "threats.md"])
def test_every_named_test_is_there(document):
    """Wrong if a document rested on a test that was renamed or removed."""
    named = NAMED.findall((ROOT / "docs" / document).read_text())
    assert len(named) > 15
    gone = []
    for path, test in named:
        found = next(
            (ROOT / base / path for base in ("tests", ".") if (ROOT / base / path).exists()), None
        )
        if found is None or (test and f"def {test}(" not in found.read_text()):
            gone.append(f"{path} {test}")
    assert gone == []


def test_all_twenty_two_behaviours_are_told():
    """Wrong if one was left out, and with it nobody asked for it."""
    rows = re.findall(r"^\| (\d+) \|", (ROOT / "docs/interface.md").read_text(), re.M)
    assert [int(row) for row in rows] == list(range(1, 23))
