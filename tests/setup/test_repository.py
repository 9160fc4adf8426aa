"""What must not lie in the repository, and what must be written down."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR


def tracked(*patterns: str) -> list[Path]:
    """The files that git keeps."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def test_no_index_address() -> None:
    """An address of an index in a file would tie the set-up to one machine's way out."""
    hosts = re.compile(
        rb"(pypi" rb"\.org|python" rb"hosted\.org|registry\.npm" rb"js|--(extra-)?index-" rb"url )"
    )
    found = [file.name for file in tracked() if hosts.search(file.read_bytes())]
    assert found == []


def test_no_third_party_file() -> None:
    """Scripts, styles and fonts come out of pinned packages, so that they can be updated and audited."""
    found = tracked("*.min.js", "*.min.css", "*.ttf", "*.otf", "*.woff", "*.woff2")
    assert found == []


@pytest.mark.parametrize("kind", ["runtime", "development"])
def test_every_requirement_is_pinned_with_hashes(kind: str) -> None:
    """An unpinned package would make tomorrow's set-up another product."""
    text = (ROOT / "requirements" / f"{kind}.txt").read_text()
    entries = re.findall(
        r"^(\S+==\S+)(?: ; .+?)? \\\n((?:    --hash=.+\n?)+)", text, flags=re.MULTILINE
    )
    named = [line for line in text.splitlines() if re.match(r"^[A-Za-z0-9]", line)]
    assert len(entries) == len(named) > 20


@pytest.mark.parametrize("kind", ["runtime", "development"])
def test_every_requirement_has_its_reason(kind: str) -> None:
    """A package whose reason nobody knows can never be removed."""
    reasons = (ROOT / "docs/dependencies.md").read_text().lower()
    lines = (ROOT / "requirements" / f"{kind}.in").read_text().splitlines()
    names = [re.split(r"[~=<>\[]", line)[0].lower() for line in lines if line[:1].isalpha()]
    assert [name for name in names if f"`{name}`" not in reasons] == []
