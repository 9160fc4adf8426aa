"""The northern programme with its 18 projects, everything paid, and editions of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from reports import services
from reports.content import of_edition
from reports.models import Edition
from reports.rendering import pdf_of
from reports.sheets import xlsx_of
from reports.subjects import Subject
from tests import north
from tests import world as build

MAY, AUGUST = dt.date(2021, 5, 31), dt.date(2021, 8, 5)
TODAY = dt.date(2021, 8, 13)
NOW = dt.datetime(2021, 8, 13, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def loaded(db: Any) -> build.World:
    """The world of the printed report."""
    w = build.world()
    north.load(w)
    return w


def draft(w: build.World, *days: dt.date, **facts: Any) -> Edition:
    """A draft by the officer."""
    facts.setdefault("actor", w.officer)
    facts.setdefault("request_key", uuid.uuid4())
    return services.create_edition(
        outline_key="regional-status",
        subject=Subject(w.programme, build.region()),
        as_of_dates=days or (MAY, AUGUST),
        now=NOW,
        today=TODAY,
        **facts,
    )


def approved(w: build.World, edition: Edition | None = None) -> Edition:
    """An edition submitted by the officer and approved by the manager."""
    edition = edition or draft(w)
    edition = services.submit(actor=w.officer, edition=edition, now=NOW)
    return services.approve(actor=w.manager, edition=edition, now=NOW)


def frozen(w: build.World, edition: Edition | None = None) -> Edition:
    """An approved edition whose content is frozen; its files are not made yet."""
    return services.issue(actor=w.manager, edition=approved(w, edition), now=NOW)


def issued(w: build.World, edition: Edition | None = None, *, real: bool = False) -> Edition:
    """An issued edition; with ``real`` its files are rendered, else short stand-ins are stored."""
    edition = frozen(w, edition)
    content = of_edition(edition, today=TODAY)
    files = {
        "pdf": pdf_of(content).pdf if real else b"%PDF- of a test",
        "xlsx": xlsx_of(content) if real else b"PK of a test",
    }
    return services.complete_issue(edition=edition, files=files, now=NOW)
