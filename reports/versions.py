"""Which program and which templates made a report: kept with every issued edition."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings


@cache
def program_version() -> str:
    """The version of the program, as the project file says."""
    project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


@cache
def template_version() -> str:
    """A fingerprint of the printed templates and their style sheets."""
    base = Path(settings.BASE_DIR)
    files = [
        *sorted((base / "templates" / "reports").rglob("*.html")),
        base / "static/css/print.css",
        base / "static/css/print-report.css",
    ]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]
