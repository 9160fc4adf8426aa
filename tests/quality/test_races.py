"""Sweeps at once, and a person who explains while one runs; the control takes the defences away."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from codi.errors import Refused
from codi.quality import declared, services, sweeping
from codi.quality.models import Finding
from councils.models import Council
from tests import world as build
from tests.finance.test_races import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.concurrency,
    pytest.mark.usefixtures("patient"),
]
DAY = dt.date(2021, 8, 9)
NOW = dt.datetime(2021, 8, 9, 3, 0, tzinfo=dt.UTC)
RULE = declared.RULES["councils.no_term"]
MISNAMED = declared.RULES["councils.misnamed"]
CLIENTS, TRIES = 6, 20


def ask(client: int) -> bool:
    return sweeping.run_rule(rule=RULE, today=DAY) > 0


def doubled() -> bool:
    """Whether clients at once found one council twice."""
    Finding.objects.all().delete()
    at_once(ask, CLIENTS)
    return Finding.objects.filter(rule_key=RULE.key).count() > Council.objects.count()


def unique(state: str) -> None:
    """Take the last line of the table away, or put it back."""
    constraint = next(c for c in Finding._meta.constraints if c.name == "quality_finding_once")
    with connection.schema_editor() as editor:
        getattr(editor, state)(Finding, constraint)


def test_sweeps_at_once_double_nothing(monkeypatch):
    """Wrong if two sweeps found one thing twice; without lock and last line they do (control)."""
    for _ in range(30):
        build.council()
    unique("remove_constraint")
    try:
        assert not any(doubled() for _ in range(3)), "the lock alone holds"
        with monkeypatch.context() as unlocked:
            unlocked.setattr(sweeping, "_only_me", lambda key: None)
            assert any(doubled() for _ in range(TRIES)), "the control must double"
    finally:
        Finding.objects.all().delete()
        unique("add_constraint")
    assert not any(doubled() for _ in range(3))


def test_an_explanation_never_covers_facts_that_the_person_did_not_see():
    """Wrong if a sweep between the page and the button let old words stand for new facts."""
    council = build.council("สภาองค์กรชุมชนเทศบาลตำบลศรีภูมิ")
    manager = build.user("regional_manager")
    outcomes = set()
    for number in range(12):
        Finding.objects.filter(follows__isnull=False).delete()
        Finding.objects.all().delete()
        sweeping.run_rule(rule=MISNAMED, today=DAY)
        seen = Finding.objects.get()
        Council.objects.filter(pk=council.pk).update(name=f"เทศบาลเมืองที่ {number}")

        def act(client: int, seen: Finding = seen) -> bool:
            if client:
                sweeping.run_rule(rule=MISNAMED, today=DAY)
                return True
            try:
                services.close_finding(
                    actor=manager, finding=seen, reason="ถูกต้อง", expected_version=1, now=NOW
                )
            except Refused:
                return False
            return True

        at_once(act, 2)
        sweeping.run_rule(rule=MISNAMED, today=DAY)
        explained = set(Finding.objects.exclude(reason="").values_list("fingerprint", flat=True))
        assert explained <= {seen.fingerprint}
        assert Finding.objects.filter(state="open").count() == 1
        outcomes.add(bool(explained))
    assert outcomes
