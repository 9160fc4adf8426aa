"""Every template and text at once: roles of stacked tables, reasons of disabled buttons, one word each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PARTS = re.compile(r"<(table|thead|tbody|tfoot|tr|th|td)\b([^>]*)>")
DISABLED = re.compile(r"<(?:button|span)\b[^>]*(?:\bdisabled\b|aria-disabled=\"true\")[^>]*>")
# The word that people read, and the one that means the same and stays away.
NEVER = ("สดมภ์", "แฟ้ม")


def including(path: Path) -> list[Path]:
    """The templates that include this one as a piece."""
    name = path.relative_to(ROOT / "templates").as_posix()
    return [other for other in TEMPLATES if f'include "{name}"' in other.read_text()]


def test_stacked_tables_keep_their_meaning():
    """Wrong if a table that becomes cards on a phone were no table to those who listen to it.

    ``display: block`` takes the meaning of table, row and cell away; roles give it back.
    """
    stacked = [path for path in TEMPLATES if "table-region--stack" in path.read_text()]
    bare = [
        f"{path.name}: {found[0]}"
        for path in stacked
        for found in PARTS.finditer(path.read_text())
        if "role=" not in found[2]
    ]
    assert len(stacked) > 8
    assert bare == []


def test_disabled_buttons_name_their_reason():
    """Wrong if a reason stood beside a button and was not read out with it."""
    silent = []
    buttons = 0
    for path in TEMPLATES:
        text = path.read_text()
        around = text + "".join(map(Path.read_text, including(path)))
        for found in DISABLED.finditer(text):
            buttons += 1
            named = re.search(r'aria-describedby="([^"]+)"', found[0])
            if named is None or f'id="{named[1]}"' not in around:
                silent.append(f"{path.name}: {found[0]}")
    assert buttons > 8
    assert silent == []


@pytest.mark.parametrize("word", NEVER)
def test_one_word_for_one_thing(word):
    """Wrong if the same thing had a second name on some page or in some document."""
    kinds = {".py", ".html", ".js", ".md", ".txt"}
    folders = ("codi", "programs", "finance", "reports", "templates", "static", "docs")
    paths = [path for name in folders for path in (ROOT / name).rglob("*") if path.suffix in kinds]
    told = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*paths, ROOT / "README.md", ROOT / "CHANGELOG.md"]
        if "migrations" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if word in line and f"never {word}" not in line
    ]
    assert told == []
