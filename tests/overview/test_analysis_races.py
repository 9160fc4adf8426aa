"""One person saves from many windows at once: the limit holds, and without the lock it does not."""

from __future__ import annotations

import datetime as dt

import pytest

from codi.errors import Refused
from codi.kept.models import Audience
from overview import services
from overview.models import SavedAnalysis
from tests import world as build
from tests.finance.test_races import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.concurrency,
    pytest.mark.usefixtures("patient"),
]
NOW = dt.datetime(2021, 8, 9, 3, 0, tzinfo=dt.UTC)
CLIENTS, MOST, TRIES = 8, 3, 20


def test_nobody_keeps_more_analyses_than_the_limit(monkeypatch):
    """Wrong if windows that save at one moment each counted before the others wrote (control)."""
    monkeypatch.setattr(services, "MOST_OWN", MOST)
    person = build.user()

    def save(client: int) -> bool:
        try:
            services.save_analysis(
                actor=person,
                title=f"ชุดที่ {client}",
                query="measures=councils",
                audience=Audience.MINE,
                now=NOW,
            )
        except Refused:
            return False
        return True

    def kept() -> int:
        SavedAnalysis.objects.all().delete()
        at_once(save, CLIENTS)
        return SavedAnalysis.objects.filter(owner=person).count()

    assert [kept() for _ in range(5)] == [MOST] * 5
    with monkeypatch.context() as unlocked:
        unlocked.setattr(services, "_hold_owner", lambda actor: None)
        assert any(kept() > MOST for _ in range(TRIES)), "the control must keep too many"
