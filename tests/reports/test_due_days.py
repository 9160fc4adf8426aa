"""The due day of the regions' parts: who is told of it, when, and once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from codi.accounts.models import Role, ScopeLevel
from codi.notices.models import Notice
from reports import services
from reports.models import ReportingQuarter
from reports.notices import tell_of_due_days
from tests import world as build
from tests.finance.test_races import at_once
from tests.reports.test_quarters import NOW, accepted, draft, w

__all__ = ["w"]
DUE = dt.date(2019, 10, 15)


def due_quarter() -> ReportingQuarter:
    """The quarter, open, with its due day."""
    quarter, _ = ReportingQuarter.objects.get_or_create(fiscal_year=2562, quarter=4)
    ReportingQuarter.objects.filter(pk=quarter.pk).update(due_on=DUE)
    return quarter


def told(kind: str) -> set[int]:
    """To whom notices of a kind went."""
    return set(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def on(day: int) -> None:
    """The morning of a day of October."""
    tell_of_due_days(dt.date(2019, 10, day))


def test_regions_that_have_not_handed_in_are_told_before_and_after_once(w):
    """Wrong if a manager heard too early, twice, or of a part that is handed in; or a province did."""
    due_quarter()
    east = build.user(Role.REGIONAL_MANAGER, region=build.region("NE"))
    build.user(Role.REGIONAL_MANAGER, scope_level=ScopeLevel.PROVINCE, province=build.province())
    on(11)
    assert not Notice.objects.exists()
    services.submit(actor=w.officer, edition=draft(w.officer, build.region()), now=NOW)
    Notice.objects.all().delete()
    for day in (12, 12, 15):
        on(day)
    assert (told("part-due-soon"), told("part-late")) == ({east.pk}, set())
    for day in (16, 16, 20):
        on(day)
    assert told("part-late") == {east.pk}
    assert Notice.objects.filter(recipient=east).count() == 2


def test_the_centre_reads_which_regions_are_missing(client, w):
    """Wrong if the list named a region that handed in, or the notice led nowhere."""
    quarter = due_quarter()
    accepted(w, "NE")
    Notice.objects.all().delete()
    on(16)
    notice = Notice.objects.get(recipient=w.analyst, kind="parts-missing")
    assert "ยังไม่ส่ง 1 ภาค" in notice.title
    assert build.region().short_name in notice.title
    assert build.region("NE").short_name not in notice.title.split("ไตรมาส")[0].split()
    assert not Notice.objects.filter(recipient=w.officer).exists()
    client.force_login(w.analyst)
    page = client.get(reverse("reports:quarter_by_key", args=[quarter.pk]), follow=True)
    assert page.redirect_chain == [("/reports/quarters/2562/4/", 302)]


def test_a_closed_quarter_a_far_day_and_a_day_long_past_tell_nobody(w):
    """Wrong if people were told of what nobody waits for any more; or not of a day that was moved."""
    quarter = due_quarter()
    tell_of_due_days(DUE + dt.timedelta(days=32))
    services.close_quarter(
        actor=w.executive, period=quarter.period, reason="ปิด", now=NOW, today=NOW.date()
    )
    on(16)
    assert not Notice.objects.exists()
    services.reopen_quarter(actor=w.executive, period=quarter.period, reason="แก้", now=NOW)
    on(16)
    ReportingQuarter.objects.update(due_on=DUE + dt.timedelta(days=7))
    on(23)
    assert Notice.objects.filter(kind="part-late", recipient=w.manager).count() == 2


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("patient")
def test_a_morning_that_runs_twice_at_once_tells_once():
    """Wrong if a queue that starts the morning twice told everybody twice (control: no last line)."""
    build.world()
    due_quarter()
    unique = next(c for c in Notice._meta.constraints if c.name == "notices_notice_told_once")

    def doubled() -> bool:
        Notice.objects.all().delete()
        at_once(lambda client: bool(on(16)), 4)
        titles: Any = Notice.objects.values_list("recipient", "kind")
        return len(titles) > len(set(titles))

    assert not doubled()
    assert Notice.objects.exists()
    with connection.schema_editor() as editor:
        editor.remove_constraint(Notice, unique)
    try:
        assert doubled(), "the control must double"
    finally:
        Notice.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Notice, unique)
