"""A world with a project, and files that go with the test."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest

from codi.files import services
from codi.files.models import Attachment
from tests import world as build
from tests.files import samples
from tests.world import World

NOW = dt.datetime(2021, 8, 13, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    """The folder of files of this test alone."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ATTACHMENTS_URL = ""
    return settings.MEDIA_ROOT


@pytest.fixture
def w() -> World:
    return build.world()


def upload(content: bytes, name: str, declared: str = "", **facts: Any) -> services.Upload:
    """What somebody sends."""
    return services.Upload(io.BytesIO(content), name, declared, **facts)


def attached(
    w: World, subject: Any, content: bytes | None = None, name: str = "รายงาน.pdf", **facts: Any
) -> Attachment:
    """A file of a record, attached by the regional officer."""
    return services.attach(
        actor=facts.pop("actor", w.officer),
        subject=subject,
        upload=upload(content or samples.pdf(), name, **facts),
        now=facts.pop("now", NOW) if "now" in facts else NOW,
    )
