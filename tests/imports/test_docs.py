"""What `docs/imports.md` says of the uploads is what they take."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from codi.imports import UPLOADS
from codi.imports.keys import KEY

PAGE = Path(settings.BASE_DIR) / "docs" / "imports.md"
# The columns of six instalments are told once for all of them.
NUMBERED = re.compile(r"(?<=instalment)\d|(?<=งวด )\d|(?<=งวด)\d")


def section(key: str) -> str:
    """What stands below the heading of a kind of upload, up to the next heading."""
    _, _, below = PAGE.read_text().partition(f"\n## {key}\n")
    return below.partition("\n## ")[0]


@pytest.mark.parametrize("key", sorted(UPLOADS))
def test_every_upload_and_its_columns_are_described(key):
    """Wrong if somebody who prepares a file could not read which columns it takes."""
    told = section(key)
    assert "| heading (Thai) |" in told
    missing = [
        column.key
        for column in UPLOADS[key].columns
        if column.key != KEY
        and f"`{NUMBERED.sub('1', column.key)}`" not in told
        and NUMBERED.sub("1", column.title) not in told
    ]
    assert missing == []


@pytest.mark.parametrize("key", sorted(UPLOADS))
def test_no_column_is_described_that_an_upload_does_not_take(key):
    """Wrong if a heading of the page would be told as unknown when its file comes in."""
    known = {column.key for column in UPLOADS[key].columns}
    told = set(re.findall(r"`([a-z]\w+)`", section(key).partition("|---|")[2]))
    aliases = {name for column in UPLOADS[key].columns for name in column.aliases}
    assert told - known - aliases == set()
