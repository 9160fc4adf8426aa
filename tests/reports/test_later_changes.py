"""The register of later changes: what it holds, what it names, and who sees it."""

from __future__ import annotations

import datetime as dt
import uuid
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from codi.desk import bin
from codi.errors import Refused
from codi.fiscal import FiscalYear, Quarter
from codi.history import acting
from codi.jobs.models import Job, State
from councils.models import Council, Member
from reports import services
from reports.models import Edition, LaterChange, ReportingQuarter
from reports.queries import later_count
from reports.subjects import Subject
from tests import world as build
from welfare.models import FundStatus, WelfareFund

DAY = dt.date(2019, 8, 31)
NOW = dt.datetime(2019, 10, 20, 2, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
PERIOD = Quarter(FiscalYear(2562), 4)


@pytest.fixture
def w(db: Any) -> build.World:
    """Two regions with a council each; the north's has two members, its fund reported."""
    w = build.world()
    build.region("NE", "ภาคตะวันออกเฉียงเหนือ", 2)
    first = build.council("สภาองค์กรชุมชนตำบลศรีภูมิ", registered_on=dt.date(2010, 1, 5))
    build.council(
        "สภาองค์กรชุมชนตำบลในเมือง",
        province=build.province("40", "ขอนแก่น", "NE"),
        registered_on=dt.date(2012, 1, 5),
    )
    build.members(first, 2)
    fund = WelfareFund.objects.create(
        code="F1",
        name="กองทุนสวัสดิการตำบลศรีภูมิ",
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
    return w


def frozen(w: build.World, region: Any = None) -> Edition:
    """An edition of the quarter whose content is frozen; parts of regions are waived by name."""
    maker = w.officer if region else w.analyst
    edition = services.create_edition(
        actor=maker,
        outline_key="quarterly",
        subject=Subject(None, region, 2562, 4),
        as_of_dates=(DAY,),
        request_key=uuid.uuid4(),
        now=NOW,
        today=TODAY,
    )
    edition = services.submit(actor=maker, edition=edition, now=NOW)
    for check in edition.checks.filter(is_ok=False):
        asked = services.ask_waiver(
            actor=maker,
            edition=edition,
            code=check.code,
            reason="ยังไม่มี",
            valid_until=TODAY,
            today=TODAY,
        )
        services.allow_waiver(
            actor=w.executive, check=asked, seen=asked.request_fingerprint, now=NOW
        )
    edition = services.approve(actor=w.executive, edition=edition, now=NOW)
    return services.issue(actor=w.executive, edition=edition, now=NOW)


def noted() -> list[LaterChange]:
    """What the reading of the history adds, the oldest change first."""
    known = set(LaterChange.objects.values_list("pk", flat=True))
    services.note_later_changes(now=NOW)
    return list(LaterChange.objects.exclude(pk__in=known).order_by("event_key"))


def cells(change: LaterChange, edition: Edition) -> set[tuple[str, str, str]]:
    """Figure, row and column of the cells of an edition that a change touches."""
    touched = change.editions.filter(edition=edition).first()
    return {(figure, row, column) for figure, _, row, column in (touched.cells if touched else [])}


def of_established(change: LaterChange, edition: Edition) -> set[tuple[str, str, str]]:
    """The touched cells of the first table."""
    return {cell for cell in cells(change, edition) if cell[0] == "councils.established"}


def test_a_change_names_record_fields_person_and_every_touched_cell(w):
    """Wrong if the register lost who, why, from what to what, or a cell of the edition."""
    nation, north = frozen(w), frozen(w, build.region())
    Council.objects.filter(region="NE").update(name="ก่อนปิด")
    services.close_quarter(actor=w.executive, period=PERIOD, reason="ปิด", now=NOW, today=TODAY)
    member = Member.objects.order_by("pk").first()
    assert member is not None
    with acting(w.officer, door="web", reason="ตามหนังสือลาออก"):
        Member.objects.filter(pk=member.pk).update(left_on=dt.date(2019, 8, 1))
    before, change = sorted(noted(), key=lambda one: one.model_label)
    assert [q.quarter.quarter for q in before.quarters.all()] == []
    assert (change.actor, change.reason, change.verb) == (
        w.officer.full_name,
        "ตามหนังสือลาออก",
        "update",
    )
    assert change.fields == [["พ้นจากตำแหน่งเมื่อ", "-", "1 ส.ค. 62"]]
    assert (member.name in change.record, "ศรีภูมิ" in change.record) == (True, True)
    everywhere = cells(change, nation) | cells(change, north)
    assert {figure for figure, _, _ in everywhere} == {
        "councils.established",
        "councils.by_province",
    }
    assert of_established(change, nation) == {
        ("councils.established", "N", "members_total"),
        ("councils.established", "total", "members_total"),
    }
    assert of_established(change, north) == {
        ("councils.established", "50", "members_total"),
        ("councils.established", "total", "members_total"),
    }
    assert [str(touched) for touched in change.quarters.all()] == [PERIOD.label]
    assert noted() == []


def test_a_new_record_of_a_closed_quarter_is_told_with_the_cells_it_would_stand_behind(w):
    """Wrong if a record that came late touched no edition, or one of another day were noted."""
    nation = frozen(w)
    services.close_quarter(actor=w.executive, period=PERIOD, reason="ปิด", now=NOW, today=TODAY)
    council = Council.objects.get(region="N")
    build.members(council, 1, selected_on=dt.date(2019, 8, 20))
    build.members(council, 1, selected_on=dt.date(2019, 10, 1))
    (change,) = noted()
    assert change.verb == "insert"
    assert ("councils.established", "N", "members_total") in cells(change, nation)


def test_a_withdrawn_council_touches_its_members_cells_and_a_deleted_record_stays_told(w):
    """Wrong if what left with its council, or was deleted, went from a figure in silence."""
    nation = frozen(w)
    council = Council.objects.get(region="N")
    Council.objects.filter(pk=council.pk).update(
        withdrawn_on=dt.date(2019, 8, 1), withdrawal_reason="ซ้ำ"
    )
    Member.objects.filter(council=council).first().delete()
    gone, deleted = noted()
    if gone.verb == "delete":
        gone, deleted = deleted, gone
    assert {("councils.established", "N", "councils_established")} < cells(gone, nation)
    assert ("councils.established", "total", "members_total") in cells(gone, nation)
    assert (deleted.verb, deleted.region_id) == ("delete", "N")
    assert ("councils.established", "N", "members_total") in cells(deleted, nation)


def test_what_an_issued_edition_counts_is_not_deleted(w):
    """Wrong if the record behind a printed figure could vanish; the control is one it never counted."""
    of = Council.objects.get(region="N")
    counted = build.group(of)
    edition = frozen(w, w.officer.region)
    with pytest.raises(Refused) as refused:
        bin.delete(actor=w.officer, record=counted, expected_version=1, now=NOW)
    assert f"รายงานที่ออกแล้วนับรายการนี้ ({edition})" in refused.value.message
    later = build.group(of, registered_on=dt.date(2019, 9, 5))
    assert bin.delete(actor=w.officer, record=later, expected_version=1, now=NOW).pk


def test_nothing_is_noted_without_a_closing_or_an_edition_and_while_open(w):
    """Wrong if every change of the day filled the register, or one of an open quarter did."""
    Member.objects.update(left_on=dt.date(2019, 8, 1))
    assert noted() == []
    services.close_quarter(actor=w.executive, period=PERIOD, reason="ปิด", now=NOW, today=TODAY)
    services.reopen_quarter(actor=w.executive, period=PERIOD, reason="แก้", now=NOW)
    FundStatus.objects.update(member_count=41)
    assert noted() == []
    services.close_quarter(actor=w.executive, period=PERIOD, reason="ปิด", now=NOW, today=TODAY)
    FundStatus.objects.update(member_count=42)
    (change,) = noted()
    assert change.fields == [["สมาชิกทั้งหมด (คน)", "41", "42"]]


def test_an_edition_tells_how_many_changes_came_after_it(client, w):
    """Wrong if the page of an edition, or of the quarter, hid what was changed afterwards."""
    nation = frozen(w)
    services.close_quarter(actor=w.executive, period=PERIOD, reason="ปิด", now=NOW, today=TODAY)
    FundStatus.objects.update(member_count=41)
    out = StringIO()
    call_command("note_later_changes", stdout=out)
    assert "1 รายการ" in out.getvalue()
    client.force_login(w.analyst)
    page = client.get(reverse("reports:detail", args=[nation.pk])).content.decode()
    assert "หลังออกฉบับนี้มีการแก้ไข 1 รายการ" in page
    listed = client.get(reverse("reports:later"), {"edition": nation.pk})
    assert listed.context["row_count"] == 1
    assert "40 → 41" in listed.content.decode()
    change = LaterChange.objects.get()
    told = client.get(reverse("reports:later_change", args=[change.pk])).content.decode()
    assert reverse("reports:cell", args=[nation.pk]) in told
    quarter = ReportingQuarter.objects.get()
    assert client.get(reverse("reports:later"), {"quarter": quarter.pk}).context["row_count"] == 1
    assert "1 รายการ" in client.get("/reports/quarters/2562/4/").content.decode()


@pytest.mark.parametrize("count", [1, 3, 20])
def test_the_list_asks_a_constant_number_of_queries(client, w, count, django_assert_num_queries):
    """Wrong if the list, or the reading of the history, asked more for each change."""
    frozen(w)
    council = Council.objects.get(region="N")
    build.members(council, count, selected_on=dt.date(2019, 8, 20))
    with django_assert_num_queries(55):
        services.note_later_changes(now=NOW)
    client.force_login(w.analyst)
    client.get(reverse("reports:later"))
    with django_assert_num_queries(13):
        assert client.get(reverse("reports:later")).context["row_count"] == count


def test_what_the_register_holds_is_only_added_to(w):
    """Wrong if a line of the register could be changed, taken away or doubled."""
    frozen(w)
    FundStatus.objects.update(member_count=41)
    (change,) = noted()
    for rule, act in (
        ("added_only", lambda: LaterChange.objects.update(actor="ผู้อื่น")),
        ("added_only", lambda: change.editions.all().delete()),
        ("added_only", lambda: change.editions.update(cells=[])),
        ("event_once", lambda: LaterChange.objects.create(**_same(change))),
    ):
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            act()


def _same(change: LaterChange) -> dict[str, Any]:
    names = ("model_label", "record_key", "event_key", "verb", "changed_at")
    return {name: getattr(change, name) for name in names}


def test_a_freezing_that_was_taken_back_leaves_no_touch_behind(w, client):
    """Wrong if the page of a change failed, or an edition counted what it was frozen anew with."""
    edition = frozen(w, build.region())
    Council.objects.filter(region="N").update(name="หลังตรึง")
    (change,) = noted()
    edition.refresh_from_db()
    client.force_login(w.executive)
    page, listed = reverse("reports:later_change", args=[change.pk]), reverse("reports:later")
    assert later_count(w.executive, edition) == 1
    assert len(client.get(page).context["touched"]) == 1
    ended = {"state": State.FAILED, "failure": "ดิสก์เต็ม", "failure_code": "x", "finished_at": NOW}
    Job.objects.update(**ended)
    services.withdraw_issue(actor=w.executive, edition=edition)
    assert client.get(page).context["touched"] == []
    again = services.issue(actor=w.executive, edition=edition, now=NOW)
    assert later_count(w.executive, again) == 0
    assert client.get(page).context["touched"] == []
    assert "หลังตรึง" in client.get(listed).content.decode()
    assert "หลังตรึง" not in client.get(f"{listed}?edition={edition.pk}").content.decode()
    asked = client.get("/api/v1/quarters/?standing=closed")
    assert (asked.status_code, asked.json()["count"]) == (200, 0)
