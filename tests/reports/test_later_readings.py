"""How the history is read for the register: every event once, none lost, and both regions told."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from codi.jobs.models import Job
from codi.notices.models import Notice
from councils.models import Council, Member
from reports import history_marks, services
from reports.models import Edition, LaterChange, LaterReading
from tests import world as build
from tests.reports.test_later_changes import (
    DAY,
    NOW,
    PERIOD,
    TODAY,
    cells,
    frozen,
    noted,
    of_established,
    w,
)

__all__ = ["w"]
KHON_KAEN = ("40", "ขอนแก่น", "NE")


def close(w: build.World) -> None:
    """Close the quarter, before its edition is out."""
    services.close_quarter(actor=w.executive, period=PERIOD, reason="ปิด", now=NOW, today=TODAY)


def councils_of_the_quarter() -> tuple[Council, Council]:
    """Two councils that were registered in the quarter."""
    day = dt.date(2019, 8, 10)
    return (
        build.council("สภาองค์กรชุมชนตำบลที่หนึ่ง", registered_on=day),
        build.council("สภาองค์กรชุมชนตำบลที่สอง", registered_on=day),
    )


@contextmanager
def unfinished(act: Any) -> Iterator[None]:
    """Let somebody else do this in a transaction that ends with the block."""
    done, may_end = threading.Event(), threading.Event()

    def run() -> None:
        try:
            with transaction.atomic():
                act()
                done.set()
                may_end.wait(60)
        finally:
            done.set()
            connection.close()

    other = threading.Thread(target=run)
    other.start()
    done.wait(60)
    try:
        yield
    finally:
        may_end.set()
        other.join()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_waited_for", [True, False])
def test_a_change_that_ends_after_the_reading_is_noted_by_the_next(monkeypatch, is_waited_for):
    """Wrong if a change was skipped because a later one of another came into sight before it.

    The control does not ask who is still saving, reads past the unfinished change and loses it.
    """
    w = build.world()
    first, second = councils_of_the_quarter()
    close(w)
    if not is_waited_for:
        monkeypatch.setattr(history_marks, "_writers", lambda tables: set())

    def rename() -> None:
        Council.objects.filter(pk=first.pk).update(name="แก้ก่อน จบทีหลัง")

    with unfinished(rename):
        Council.objects.filter(pk=second.pk).update(name="แก้ทีหลัง จบก่อน")
        noted()
    noted()
    told = set(LaterChange.objects.values_list("record_key", flat=True))
    assert told == ({first.pk, second.pk} if is_waited_for else {second.pk})


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_who_saves_for_long_holds_up_nobody_of_another_kind():
    """Wrong if a large file of one register kept the changes of all others out of sight."""
    w = build.world()
    first, _ = councils_of_the_quarter()
    member = build.members(first, 1, selected_on=dt.date(2019, 8, 10))[0]
    close(w)
    with unfinished(lambda: Council.objects.update(name="ชื่อใหม่")):
        Member.objects.filter(pk=member.pk).update(name="แก้ระหว่างนั้น")
        assert [change.model_label for change in noted()] == ["councils.member"]
    assert {change.model_label for change in noted()} == {"councils.council"}


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_asked", [True, False])
def test_an_edition_that_comes_into_sight_late_is_judged_from_its_own_day(is_asked):
    """Wrong if what was saved while an edition was being issued never reached the register.

    The history was read past that change before the edition was there. The control takes the
    edition for one that was there, and loses the touch.
    """
    w = build.world()
    council, _ = councils_of_the_quarter()
    close(w)
    with unfinished(lambda: frozen(w, build.region())):
        Council.objects.filter(pk=council.pk).update(withdrawn_on=DAY, withdrawal_reason="ซ้ำ")
        (change,) = noted()
        assert not change.editions.exists()
    edition = Edition.objects.get()
    if not is_asked:
        assert edition.frozen_at is not None
        key = f"edition-{edition.pk}-{edition.frozen_at.isoformat()}"
        LaterReading.objects.update(sources=[key])
    assert noted() == []
    found = of_established(change, edition)
    assert (("councils.established", "total", "councils_established") in found) is is_asked


def test_events_that_touch_nothing_are_read_once(w):
    """Wrong if every reading of the day after a large file read all of it again."""
    close(w)
    for _ in range(3):
        Council.objects.update(name="ชื่อหนึ่ง")
        Council.objects.update(name="อีกชื่อหนึ่ง")
    asked = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            services.note_later_changes(now=NOW)
        asked.append(len(queries))
    assert asked[0] > asked[1] == asked[2]
    assert not LaterChange.objects.exists()


def replaced(w: build.World, edition: Edition) -> Edition:
    """The edition that takes the place of an issued one, frozen."""
    files = {"pdf": b"%PDF- of a test", "xlsx": b"PK of a test"}
    edition = services.complete_issue(edition=edition, files=files, now=NOW)
    new = services.replace_edition(
        actor=w.officer,
        edition=edition,
        as_of_dates=(DAY,),
        request_key=uuid.uuid4(),
        now=NOW,
        today=TODAY,
    )
    new = services.submit(actor=w.officer, edition=new, now=NOW)
    new = services.approve(actor=w.executive, edition=new, now=NOW)
    return services.issue(actor=w.executive, edition=new, now=NOW)


def test_a_change_right_before_the_replacing_edition_is_told_of_the_replaced_one(w):
    """Wrong if what was changed since the last reading was lost with the edition it touched."""
    old = frozen(w, build.region())
    assert noted() == []
    council = Council.objects.get(region="N")
    member = Member.objects.filter(council=council).order_by("pk")[0]
    Member.objects.filter(pk=member.pk).update(left_on=dt.date(2019, 8, 1))
    new = replaced(w, old)
    (change,) = noted()
    assert {touched.edition for touched in change.editions.all()} == {old}
    Member.objects.filter(council=council).exclude(pk=member.pk).update(name="หลังฉบับใหม่")
    (later,) = noted()
    assert {touched.edition for touched in later.editions.all()} == {new}


def moved(w: build.World) -> LaterChange:
    """The change by which the council of the north, with its members, came to the north-east."""
    province = build.province(*KHON_KAEN)
    Council.objects.filter(region="N").update(region="NE", province=province)
    (change,) = noted()
    return change


def test_a_record_that_moved_is_told_in_both_regions(client, w):
    """Wrong if the region that lost a record, or the report of the one that got it, heard nothing."""
    build.members(Council.objects.get(region="NE"), 1)
    north, north_east = frozen(w, build.region()), build.region("NE")
    east = frozen_part(w, north_east)
    people = [w.officer, w.manager, build.user("regional_manager", region=north_east)]
    change = moved(w)
    assert (change.region_before_id, change.region_id) == ("N", "NE")
    for edition in (north, east):
        touched = {(row, column) for _, row, column in of_established(change, edition)}
        assert {("total", "councils_established"), ("total", "members_total")} <= touched
    for person in people:
        client.force_login(person)
        listed = client.get(reverse("reports:later"))
        assert listed.context["row_count"] == 1
        page = client.get(reverse("reports:later_change", args=[change.pk]))
        assert "จากภาคเหนือ ไปภาคตะวันออกเฉียงเหนือ" in page.content.decode()
    client.force_login(w.analyst)
    for region, count in (("N", 1), ("NE", 1)):
        listed = client.get(reverse("reports:later"), {"region": region})
        assert listed.context["row_count"] == count
    told = Notice.objects.filter(kind="record-moved-later")
    assert set(told.values_list("recipient", flat=True)) == {one.pk for one in people} | {
        east.created_by_id
    }
    services.note_later_changes(now=NOW)
    assert told.count() == 4


def frozen_part(w: build.World, region: Any) -> Edition:
    """The frozen part of another region, made by an officer of it."""
    officer = build.user("regional_officer", region=region)
    return frozen(build.World(**{**vars(w), "officer": officer}), region)


def test_a_record_that_comes_back_is_told_as_such(client, w):
    """Wrong if a record from the bin counted as new, in the register or in the history."""
    nation = frozen(w)
    member = Member.objects.order_by("pk")[0]
    facts = Member.objects.filter(pk=member.pk).values().get()
    member.delete()
    Member.objects.create(**facts)
    gone, back = noted()
    assert (gone.verb, back.verb) == ("delete", "back")
    assert ("councils.established", "total", "members_total") in cells(back, nation)
    client.force_login(w.analyst)
    assert "นำกลับมา" in client.get(reverse("reports:later"), {"verb": "back"}).content.decode()
    page = client.get(reverse("history:detail", args=["councils.council", facts["council_id"]]))
    assert "นำกลับมา" in page.content.decode()


def test_a_manager_has_the_history_read_now_and_an_officer_reads_why_not(client, w):
    """Wrong if two presses made two jobs, or the page hid who may and when it was read last."""
    close(w)
    address = reverse("reports:later_read")
    client.force_login(w.officer)
    page = client.get(reverse("reports:later")).content.decode()
    assert "ยังไม่เคยอ่านประวัติ" in page
    assert "ทำได้เฉพาะ" in page
    assert client.post(address).status_code == 403
    client.force_login(w.manager)
    for _ in range(2):
        client.post(address, {"one_time_key": "k1"})
    job = Job.objects.get(kind=services.READ)
    assert job.requested_by == w.manager
