"""One person saves from many windows at once: the limit holds, and without the lock it does not."""

from __future__ import annotations

import datetime as dt

import pytest

from codi.accounts.models import User
from codi.desk import bin
from codi.desk.models import Binned
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
        unlocked.setattr(services, "_hold_owner", lambda owner: None)
        assert any(kept() > MOST for _ in range(TRIES)), "the control must keep too many"


def an_analysis(person: User, number: int) -> SavedAnalysis:
    return services.save_analysis(
        actor=person, title=f"ชุดที่ {number}", query="measures=councils", audience=Audience.MINE,
        now=NOW,
    )  # fmt: skip


def binned(person: User, count: int) -> list[Binned]:
    """Analyses of a person in the bin."""
    return [
        bin.delete(actor=person, record=an_analysis(person, number), expected_version=None, now=NOW)
        for number in range(count)
    ]


def test_nobody_brings_back_more_analyses_than_the_limit(monkeypatch):
    """Wrong if the bin were a way past the limit, one after the other or at one moment (control)."""
    monkeypatch.setattr(services, "MOST_OWN", MOST)
    person = build.user()

    told: set[str] = set()

    def kept() -> int:
        SavedAnalysis.objects.all().delete()
        Binned.objects.all().delete()
        waiting = binned(person, CLIENTS)
        an_analysis(person, CLIENTS)

        def bring_back(client: int) -> bool:
            try:
                bin.restore(actor=person, binned=waiting[client])
            except Refused as refused:
                told.add(refused.message)
                return False
            return True

        at_once(bring_back, CLIENTS)
        left = SavedAnalysis.objects.filter(owner=person).count()
        # What did not come back stays in the bin.
        assert Binned.objects.count() == CLIENTS + 1 - left
        return left

    assert [kept() for _ in range(3)] == [MOST] * 3
    assert told == {"ยังเลิกลบไม่ได้: บันทึกการวิเคราะห์ได้ไม่เกิน 3 รายการ ลบรายการที่ไม่ใช้ก่อน"}
    with monkeypatch.context() as unlocked:
        unlocked.setattr(services, "_hold_owner", lambda owner: None)
        assert any(kept() > MOST for _ in range(TRIES)), "the control must keep too many"
