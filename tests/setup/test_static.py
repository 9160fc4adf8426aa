"""The static files of production: every reference in them is there, under a name of its content."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.test import override_settings


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Static files as ``make run`` and the image of production collect them."""
    folder: Path = tmp_path_factory.mktemp("static")
    packed = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    with override_settings(
        STATIC_ROOT=folder, STORAGES={**project.STORAGES, "staticfiles": packed}
    ):
        call_command(
            "collectstatic", interactive=False, verbosity=0, ignore_patterns=["django_htmx"]
        )
    return folder


def test_every_file_that_a_template_names_is_collected(collected: Path) -> None:
    """A missing file is a 500 on every page in production and invisible in development."""
    files = json.loads((collected / "staticfiles.json").read_text())["paths"]
    templates = [
        file
        for folder in (
            "templates",
            "codi",
            "programs",
            "finance",
            "councils",
            "welfare",
            "reports",
            "overview",
        )
        for file in (project.BASE_DIR / folder).rglob("*.html")
    ]
    named = {
        name
        for file in templates
        for name in re.findall(r"""\{% static ["']([^"']+)["'] %\}""", file.read_text())
    }
    assert named
    assert named - set(files) == set()


def test_first_page_is_small(collected: Path) -> None:
    """Styles, scripts and the regular font, compressed, must leave room in 150 kB."""
    files = json.loads((collected / "staticfiles.json").read_text())["paths"]
    base = (project.BASE_DIR / "templates/base.html").read_text()
    sizes = {}
    for name in re.findall(r"""\{% static ["']([^"']+)["'] %\}""", base):
        plain = collected / files[name]
        packed = plain.with_name(plain.name + ".gz")
        sizes[name] = (packed if packed.exists() else plain).stat().st_size
    assert sum(sizes.values()) < 140_000, sizes
