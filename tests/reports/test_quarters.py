"""Quarters: the parts of the regions, their acceptance, the national edition, and the closing."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse

from codi.accounts.models import Role, ScopeLevel
from codi.errors import Refused
from codi.fiscal import FiscalYear, Quarter
from councils.models import Council
from reports import permissions, services
from reports.content import of_edition
from reports.history_marks import events_of, marks_now
from reports.models import Edition, ReportingQuarter
from reports.rendering import html_of
from reports.reported import REPORTED, region_path
from reports.subjects import Subject
from tests import world as build

DAY = dt.date(2019, 8, 31)
NOW = dt.datetime(2019, 10, 20, 2, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
PERIOD = Quarter(FiscalYear(2562), 4)
ADDRESS = "/reports/quarters/2562/4/"


@pytest.fixture
def w(db: Any) -> build.World:
    """Two regions, each with a council; nobody reported yet."""
    w = build.world()
    build.region("NE", "ภาคตะวันออกเฉียงเหนือ", 2)
    build.council(registered_on=dt.date(2010, 1, 5))
    build.council(province=build.province("40", "ขอนแก่น", "NE"), registered_on=dt.date(2012, 1, 5))
    return w


def draft(actor: Any, region: Any = None) -> Edition:
    """A draft of the quarter, of a region or of the country."""
    return services.create_edition(
        actor=actor,
        outline_key="quarterly",
        subject=Subject(None, region, 2562, 4),
        as_of_dates=(DAY,),
        request_key=uuid.uuid4(),
        now=NOW,
        today=TODAY,
    )


def accepted(w: build.World, code: str) -> Edition:
    """A region's part, submitted by its officer and accepted by the centre."""
    region = build.region(code)
    maker = w.officer if code == "N" else build.user(Role.REGIONAL_OFFICER, region=region)
    part = services.submit(actor=maker, edition=draft(maker, region), now=NOW)
    return services.approve(actor=w.analyst, edition=part, now=NOW)


def approved_nation(w: build.World) -> Edition:
    """The national edition, made by an analyst and approved by the director."""
    edition = services.submit(actor=w.analyst, edition=draft(w.analyst), now=NOW)
    return services.approve(actor=w.executive, edition=edition, now=NOW)


def test_the_centre_accepts_a_regions_part_and_the_region_does_not(w):
    """Wrong if a region accepted its own part, or the centre could not send it back with a reason."""
    part = services.submit(actor=w.officer, edition=draft(w.officer, build.region()), now=NOW)
    for person in (w.manager, build.user(Role.EXECUTIVE)):
        assert not permissions.can_approve(person, part)
        assert "ส่วนกลาง" in permissions.can_approve(person, part).reason
    back = services.send_back(actor=w.analyst, edition=part, reason="ขาดวาระ", now=NOW)
    assert back.sent_back_reason == "ขาดวาระ"
    again = services.submit(actor=w.officer, edition=back, now=NOW)
    assert services.approve(actor=w.executive, edition=again, now=NOW).state == "approved"


def test_a_national_edition_waits_for_every_part_or_a_waiver_by_name(w):
    """Wrong if the nation's report came out on a part that nobody accepted, or did not say so."""
    accepted(w, "N")
    edition = approved_nation(w)
    with pytest.raises(Refused) as refused:
        services.issue(actor=w.executive, edition=edition, now=NOW)
    (told,) = refused.value.details
    assert "ภาคตะวันออกเฉียงเหนือยังไม่จัดทำส่วนของตน" in told
    check = services.ask_waiver(
        actor=w.analyst,
        edition=edition,
        code=f"part:NE@{DAY.isoformat()}",
        reason="น้ำท่วมสำนักงานภาค",
        valid_until=TODAY,
        today=TODAY,
    )
    services.allow_waiver(actor=w.executive, check=check, seen=check.request_fingerprint, now=NOW)
    frozen = services.issue(actor=w.executive, edition=edition, now=NOW)
    north, east = frozen.facts["parts"]
    assert (north["name"], north["number"], north["is_accepted"]) == ("ภาคเหนือ", 1, True)
    assert (east["name"], east["is_accepted"]) == ("ภาคตะวันออกเฉียงเหนือ", False)
    paper = html_of(of_edition(frozen, today=TODAY))
    assert f"รับรองโดย {w.analyst.full_name}" in paper
    assert "น้ำท่วมสำนักงานภาค" in paper


def test_only_the_director_issues_the_nations_report(w):
    """Wrong if an analyst or a manager of the country put out what the director answers for."""
    for code in ("N", "NE"):
        accepted(w, code)
    edition = approved_nation(w)
    manager = build.user(Role.REGIONAL_MANAGER, scope_level=ScopeLevel.NATION)
    for person in (w.analyst, manager, w.administrator):
        assert not permissions.can_issue(person, edition)
    assert services.issue(actor=w.executive, edition=edition, now=NOW).state == "issuing"


def test_the_page_tells_each_regions_state_and_why_a_button_is_closed(client, w):
    """Wrong if the page of a quarter told another state, or showed a region another's part."""
    accepted(w, "N")
    client.force_login(w.executive)
    lines = client.get(ADDRESS).context["lines"]
    assert [(line.name, line.state_text) for line in lines] == [
        ("ภาคเหนือ", "รับรองแล้ว"),
        ("ภาคตะวันออกเฉียงเหนือ", "ยังไม่เริ่มจัดทำ"),
    ]
    assert lines[1].steps[0].decision.reason.startswith("ทำได้เฉพาะ")
    client.force_login(w.officer)
    page = client.get(ADDRESS)
    assert [line.name for line in page.context["lines"]] == ["ภาคเหนือ"]
    assert page.context["national"] is None
    assert "ทำได้เฉพาะผู้บริหาร" in page.content.decode()
    assert client.get("/reports/quarters/2562/5/").status_code == 404
    assert client.get("/reports/quarters/2690/1/").status_code == 404


def test_a_refusal_of_every_row_is_said_once(client, w):
    """Wrong if the same sentence stood in five rows, or a closed button lost its reason."""
    build.region("S", "ภาคใต้", 3)
    accepted(w, "NE")
    client.force_login(w.executive)
    page = client.get(ADDRESS)
    (step,) = page.context["said_once"]
    text = page.content.decode()
    assert f'id="{step.said_at}">“จัดทำส่วนของภาค” ทำได้เฉพาะ' in text
    assert text.count("ทำได้เฉพาะ") == 2  # and of the national report
    assert text.count(f'aria-describedby="{step.said_at}"') == 2
    accepted(w, "N")
    page = client.get(ADDRESS)
    assert page.context["said_once"] == []
    assert page.content.decode().count("ทำได้เฉพาะ") == 2


@pytest.mark.parametrize("count", [1, 3, 8])
def test_the_pages_of_quarters_ask_a_constant_number_of_queries(
    client, w, count, django_assert_num_queries
):
    """Wrong if a page asked more for each region or quarter."""
    for number in range(count):
        code = "N" if number == 0 else f"R{number}"
        build.region(code, f"ภาคที่ {number}", 10 + number)
        accepted(w, code)
        ReportingQuarter.objects.create(fiscal_year=2550 + number, quarter=1)
    client.force_login(w.analyst)
    client.get(ADDRESS)
    with django_assert_num_queries(10):
        assert client.get(ADDRESS).status_code == 200
    with django_assert_num_queries(8):
        assert client.get(reverse("reports:quarters")).status_code == 200


def test_a_quarter_closes_after_its_edition_or_with_a_reason(w):
    """Wrong if a quarter closed early, without edition and reason, by others, or twice."""
    facts = {"period": PERIOD, "now": NOW, "today": TODAY}
    for actor, reason, more in (
        (w.analyst, "เหตุผล", {}),
        (w.executive, "  ", {}),
        (w.executive, "เหตุผล", {"today": PERIOD.end}),
    ):
        with pytest.raises(Refused):
            services.close_quarter(actor=actor, reason=reason, **{**facts, **more})
    closed = services.close_quarter(actor=w.executive, reason="ไม่มีรายงาน", **facts)
    assert (closed.closed_by, closed.is_closed) == (w.executive, True)
    with pytest.raises(Refused, match="ปิดแล้ว"):
        services.close_quarter(actor=w.administrator, reason="อีกครั้ง", **facts)
    with pytest.raises(Refused, match="เหตุผล"):
        services.reopen_quarter(actor=w.executive, period=PERIOD, reason="", now=NOW)
    opened = services.reopen_quarter(actor=w.administrator, period=PERIOD, reason="กรอกผิด", now=NOW)
    assert (opened.is_closed, opened.marks, opened.reopening_reason) == (False, None, "กรอกผิด")


def test_a_quarter_is_closed_by_its_pages(client, w):
    """Wrong if the form closed without reason, over somebody else's change, or lost the due day."""
    client.force_login(w.analyst)
    due = {"version": "1", "due_on": "15/10/2562"}
    assert client.post(f"{ADDRESS}due/", due).status_code == 302
    assert "เลยกำหนด" in client.get(ADDRESS).content.decode()
    client.force_login(w.executive)
    stale = {"version": "1", "reason": "ไม่มีรายงาน"}
    assert "เหตุผล" in client.post(f"{ADDRESS}close/", {"version": "2"}).content.decode()
    assert client.post(f"{ADDRESS}close/", stale).status_code == 200
    assert not ReportingQuarter.objects.get().is_closed
    assert client.post(f"{ADDRESS}close/", {**stale, "version": "2"}).status_code == 302
    assert client.post(f"{ADDRESS}reopen/", {"version": "3", "reason": "ผิด"}).status_code == 302
    quarter = ReportingQuarter.objects.get()
    assert (quarter.due_on, quarter.reopened_by) == (dt.date(2019, 10, 15), w.executive)


def test_every_kind_of_record_behind_a_figure_is_declared(w):
    """Wrong if a record could change behind a figure without the register knowing its kind."""
    for label in REPORTED:
        assert region_path(label).endswith("region_id"), label
        assert "pgh_id" in [field.name for field in events_of(label)._meta.fields]
    assert marks_now().keys() == REPORTED.keys()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_waited_for", [True, False])
def test_who_saves_while_a_quarter_closes_is_before_or_after(is_waited_for):
    """Wrong if a change that the closing did not see counted as made before it, and so was lost.

    One officer's change waits for its end while a later one of another is stored: the control,
    which reads the last keys and asks for nobody, takes the first for told and must lose it.
    """
    w = build.world()
    council, other = build.council(), build.council("สภาองค์กรชุมชนตำบลที่สอง")
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def save() -> None:
        with transaction.atomic():
            Council.objects.filter(pk=council.pk).update(name="ชื่อใหม่")
            begun.set()
            may_end.wait(5)
        ended.set()
        connection.close()

    officer = threading.Thread(target=save)
    officer.start()
    begun.wait(5)
    Council.objects.filter(pk=other.pk).update(name="ชื่อใหม่กว่า")
    if is_waited_for:
        threading.Timer(0.4, may_end.set).start()
        closed = services.close_quarter(
            actor=w.executive, period=PERIOD, reason="ปิด", now=NOW, today=TODAY
        )
        mark = (closed.marks or {})["councils.council"]
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(pgh_id) FROM councils_councilevent")
            mark = cursor.fetchone()[0]
    was_seen = ended.is_set()
    may_end.set()
    officer.join()
    events: Any = events_of("councils.council")._default_manager
    change = events.filter(pgh_obj_id=council.pk).latest("pgh_id")
    is_lost = change.pgh_id <= mark and not was_seen
    assert is_lost is not is_waited_for


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_closing_gives_way_to_who_saves_for_long():
    """Wrong if closing waited for ever, or stood in the way of those who save meanwhile."""
    w = build.world()
    council = build.council()
    saved, may_end = threading.Event(), threading.Event()

    def save() -> None:
        with transaction.atomic():
            Council.objects.filter(pk=council.pk).update(name="ชื่อใหม่")
            saved.set()
            may_end.wait(10)
        connection.close()

    officer = threading.Thread(target=save)
    officer.start()
    saved.wait(5)
    with pytest.raises(Refused, match="กำลังบันทึก"):
        services.close_quarter(actor=w.executive, period=PERIOD, reason="ปิด", now=NOW, today=TODAY)
    may_end.set()
    officer.join()
    assert not ReportingQuarter.objects.filter(closed_at__isnull=False).exists()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_quarter_closes_while_the_database_cleans_a_table():
    """Wrong if the database's own cleaning of a table looked like somebody who saves."""
    w = build.world()
    held, may_end = threading.Event(), threading.Event()

    def clean() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE councils_councilevent IN SHARE UPDATE EXCLUSIVE MODE")
            held.set()
            may_end.wait(60)
        connection.close()

    cleaner = threading.Thread(target=clean)
    cleaner.start()
    try:
        assert held.wait(60)
        closed = services.close_quarter(
            actor=w.executive, period=PERIOD, reason="ปิด", now=NOW, today=TODAY
        )
    finally:
        may_end.set()
        cleaner.join()
    assert closed.is_closed


def corrected(w: build.World, code: str) -> None:
    """A region's part that is issued, and the accepted one that is to take its place."""
    manager = build.user(Role.REGIONAL_MANAGER, region=build.region(code))
    edition = services.issue(actor=manager, edition=accepted(w, code), now=NOW)
    files = {"pdf": b"%PDF- of a test", "xlsx": b"PK of a test"}
    edition = services.complete_issue(edition=edition, files=files, now=NOW)
    new = services.replace_edition(
        actor=edition.created_by,
        edition=edition,
        as_of_dates=(DAY,),
        request_key=uuid.uuid4(),
        now=NOW,
        today=TODAY,
    )
    new = services.submit(actor=edition.created_by, edition=new, now=NOW)
    services.approve(actor=w.analyst, edition=new, now=NOW)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_quarter_asks_no_more_for_corrected_parts(
    client, w, count, django_assert_num_queries
):
    """Wrong if who issued a part, or what it takes the place of, were asked for part by part."""
    build.region("S", "ภาคใต้", 3)
    for code in ("N", "NE", "S")[:count]:
        corrected(w, code)
    client.force_login(build.user(Role.EXECUTIVE, scope_level=ScopeLevel.NATION))
    client.get(ADDRESS)
    with django_assert_num_queries(11):
        page = client.get(ADDRESS)
    assert page.content.decode().count("ออกฉบับ<span") == count
