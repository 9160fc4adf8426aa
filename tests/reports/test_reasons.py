"""Why a figure of the quarterly report moved since the edition before: new, late, corrected, withdrawn."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from councils.models import Council, CouncilMeeting, Member
from reports import services
from reports.changes import Reason, changes_since
from reports.content import of_edition
from reports.models import Edition
from reports.subjects import Subject
from tests import world as build
from welfare.models import FundStatus, WelfareFund

DAY, LATER_DAY = dt.date(2019, 8, 31), dt.date(2019, 9, 30)
NOW = dt.datetime(2019, 10, 20, 2, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
AUGUST = dt.date(2019, 8, 10)


def first_edition(w: build.World) -> Edition:
    """An issued edition of the north as of the end of August."""
    edition = services.create_edition(
        actor=w.officer,
        outline_key="quarterly",
        subject=Subject(None, build.region(), 2562, 4),
        as_of_dates=(DAY,),
        request_key=uuid.uuid4(),
        now=NOW,
        today=TODAY,
    )
    edition = services.submit(actor=w.officer, edition=edition, now=NOW)
    edition = services.approve(actor=w.analyst, edition=edition, now=NOW)
    edition = services.issue(actor=w.executive, edition=edition, now=NOW)
    files = {"pdf": b"%PDF- of a test", "xlsx": b"PK of a test"}
    return services.complete_issue(edition=edition, files=files, now=NOW)


@pytest.fixture
def w(db: Any) -> build.World:
    """Two councils of the north with members, a fund that reported; an edition of it is out."""
    w = build.world()
    first = build.council("สภาที่หนึ่ง", registered_on=dt.date(2010, 1, 5))
    second = build.council("สภาที่สอง", registered_on=dt.date(2012, 1, 5))
    build.members(first, 3)
    build.members(second, 2)
    fund = WelfareFund.objects.create(
        code="F1",
        name="กองทุนสวัสดิการ",
        founded_on=dt.date(2012, 1, 1),
        region=build.region(),
        province=build.province(),
    )
    FundStatus.objects.create(
        fund=fund,
        fiscal_year=2562,
        quarter=4,
        reported_on=dt.date(2019, 8, 1),
        member_count=40,
        working_age_count=40,
    )
    first_edition(w)
    return w


def replacing(w: build.World, day: dt.date) -> Edition:
    """A draft in place of the issued edition."""
    return services.replace_edition(
        actor=w.officer,
        edition=Edition.objects.get(state="issued"),
        as_of_dates=[day],
        request_key=uuid.uuid4(),
        now=NOW,
        today=TODAY,
    )


def reasons(w: build.World, day: dt.date = DAY) -> dict[tuple[str, str], set[Reason]]:
    """Figure and column → why the total moved, in a draft of the day."""
    draft = replacing(w, day)
    before = of_edition(Edition.objects.get(state="issued"), today=TODAY)
    return {
        (move.figure_key, move.column_key): set(move.reasons)
        for move in changes_since(of_edition(draft, today=TODAY), before)
        if move.row_key == "total"
    }


def test_new_late_corrected_and_withdrawn_are_told_apart(w):
    """Wrong if the reader took a mended slip for news, or a loss for a correction."""
    council = Council.objects.get(name="สภาที่หนึ่ง")
    build.council("สภาใหม่", registered_on=dt.date(2019, 9, 5))
    build.group(council, registered_on=AUGUST)
    Member.objects.filter(council=council).order_by("pk")[0].delete()
    FundStatus.objects.update(member_count=45, working_age_count=45)
    found = reasons(w, LATER_DAY)
    assert found["councils.established", "councils_established"] == {Reason.NEW}
    assert found["councils.new", "new_total"] == {Reason.NEW}
    assert found["councils.established", "groups_registered"] == {Reason.LATE}
    assert found["councils.established", "members_total"] == {Reason.WITHDRAWN}
    assert found["welfare.status", "members"] == {Reason.CORRECTION}


def test_a_record_is_told_by_its_whole_and_a_whole_by_its_parts(w):
    """Wrong if members that left with their council, or a council with new meetings, had no reason."""
    Council.objects.filter(name="สภาที่สอง").update(withdrawn_on=AUGUST, withdrawal_reason="ตั้งซ้ำ")
    first = Council.objects.get(name="สภาที่หนึ่ง")
    for number in range(1, 5):
        CouncilMeeting.objects.create(
            council=first, fiscal_year=2562, number=number, held_on=AUGUST
        )
    found = reasons(w)
    assert found["councils.established", "councils_established"] == {Reason.WITHDRAWN}
    assert found["councils.established", "members_total"] == {Reason.WITHDRAWN}
    met = [why for (figure, _), why in found.items() if figure == "councils.concrete"]
    assert {Reason.LATE} in met


def test_a_record_changed_and_then_ended_is_told_by_what_it_lost(w):
    """Wrong if a member who was renamed and then left counted as a correction of a number."""
    member = Member.objects.order_by("pk").first()
    assert member is not None
    Member.objects.filter(pk=member.pk).update(name="ชื่อที่แก้แล้ว")
    Member.objects.filter(pk=member.pk).update(left_on=AUGUST)
    build.members(member.council, 1, selected_on=AUGUST)
    build.members(member.council, 1, selected_on=AUGUST)
    found = reasons(w)
    assert found["councils.established", "members_total"] == {Reason.WITHDRAWN, Reason.LATE}


@pytest.mark.parametrize("count", [1, 3, 40])
def test_the_reasons_take_a_constant_number_of_queries(w, count):
    """Wrong if the reasons were asked for once per record."""
    build.members(Council.objects.get(name="สภาที่หนึ่ง"), count, selected_on=AUGUST)
    draft = of_edition(replacing(w, DAY), today=TODAY)
    before = of_edition(Edition.objects.get(state="issued"), today=TODAY)
    with CaptureQueriesContext(connection) as asked:
        assert changes_since(draft, before)
    assert len(asked) == 12


def test_an_issued_edition_shows_the_changes_as_it_was_issued(client, w):
    """Wrong if the page of what changed followed the tables after the edition was issued."""
    build.members(Council.objects.get(name="สภาที่หนึ่ง"), 1, selected_on=AUGUST)
    draft = services.submit(actor=w.officer, edition=replacing(w, DAY), now=NOW)
    services.approve(actor=w.analyst, edition=draft, now=NOW)
    services.issue(actor=w.executive, edition=draft, now=NOW)
    Member.objects.all().delete()
    client.force_login(w.officer)
    page = client.get(reverse("reports:changes", args=[draft.pk]))
    moved = [move for move in page.context["page"] if move.column.startswith("สมาชิก")]
    assert {(move.before_text, move.now_text, move.why) for move in moved} == {
        ("5", "6", str(Reason.LATE))
    }
    assert {table.whys for table in page.context["tables"]} == {"รายการบันทึกย้อนหลัง"}
