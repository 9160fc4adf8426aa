"""The inbox, the page of a finding, the overview and the card: who sees and does what."""

from __future__ import annotations

import datetime as dt
import itertools
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from codi.accounts.models import ScopeLevel
from codi.figures.figure import FigureScope, get
from codi.jobs import runner
from codi.jobs.models import Job
from codi.quality import queries, tasks
from codi.quality.declared import Severity, Topic
from codi.quality.home_cards import wrong_here
from codi.quality.models import Finding, FindingCount, RuleRun
from reports.narrative import quarterly
from tests import world as build

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 8, 13)
NOW = dt.datetime(2021, 8, 13, 3, 0, tzinfo=dt.UTC)
_key = itertools.count(1)


def finding(label: str = "สภาหนึ่ง", province: str = "50", **facts) -> Finding:
    """A finding of a province, found three days ago."""
    place = build.province(province)
    told = {
        "rule_key": "councils.unplaced", "topic": Topic.PLACES, "severity": Severity.WARNING,
        "subject_key": str(next(_key)), "subject_label": label, "detail": "ระบุพื้นที่ไม่ถึงตำบล",
        "fingerprint": "f" * 32, "region": place.region, "province": place,
        "first_seen_on": dt.date(2021, 8, 10),
    }  # fmt: skip
    return Finding.objects.create(**(told | facts))


def client_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def manager():
    return build.user("regional_manager")


@pytest.fixture
def north(manager):
    """The manager's client."""
    return client_of(manager)


def labels(page) -> list[str]:
    return [row.record.subject_label for row in page.context["table"].rows]


def test_the_inbox_shows_what_waits_the_weightiest_first_and_the_rest_when_asked(north):
    """Wrong if what is done stood in the way of what waits, or a filter lied."""
    closed = {"closed_by": build.user(), "closed_at": NOW, "reason": "ตรวจแล้ว"}
    gone = {"gone_on": TODAY, "last_seen_on": TODAY}
    finding("โน้ต", severity=Severity.NOTE)
    finding("หนัก", severity=Severity.SERIOUS, topic=Topic.SUMS, rule_key="councils.above_base")
    finding("เตือน")
    finding("อธิบาย", **closed)
    finding("หมด", **gone)
    asked = {
        "": ["หนัก", "เตือน", "โน้ต"],
        "?state=explained": ["อธิบาย"],
        "?state=gone": ["หมด"],
        "?severity=serious": ["หนัก"],
        "?topic=sums": ["หนัก"],
        "?rule=councils.above_base": ["หนัก"],
        "?q=เตือน": ["เตือน"],
        "?province=51": [],
    }
    build.province("51", "ลำพูน")
    assert {query: labels(north.get(f"/quality/{query}")) for query in asked} == asked
    tiles = [(label, number) for label, _, number, _ in north.get("/quality/").context["tiles"]]
    assert tiles == [("ต้องแก้ไข", 1), ("ควรตรวจสอบ", 1), ("ควรเติมให้ครบ", 1)]


def test_mine_is_what_i_wrote_last(manager, north):
    """Wrong if a person's own filter showed another's records."""
    finding("ของฉัน", owner=manager)
    finding("ของคนอื่น", owner=build.user())
    assert labels(north.get("/quality/?mine=1")) == ["ของฉัน"]


def test_each_page_asks_as_often_with_one_three_and_many_findings(north, manager):
    """Wrong if a page asked the database once for each finding."""
    RuleRun.objects.create(day=TODAY, rule_key="councils.unplaced", ran_at=NOW)
    expected = {"/quality/": 9, "/quality/overview/": 16, "card": 1}
    for count in (1, 2, 27):
        for _ in range(count):
            finding(owner=manager)
        asked = {}
        for page in ("/quality/", "/quality/overview/"):
            north.get(page)
            with CaptureQueriesContext(connection) as captured:
                assert north.get(page).status_code == 200
            asked[page] = len(captured)
        with CaptureQueriesContext(connection) as captured:
            assert wrong_here(manager, today=TODAY).count
        assert asked | {"card": len(captured)} == expected


def test_people_of_a_province_see_their_province_alone(manager):
    """Wrong if a province's officer saw, opened or closed what lies elsewhere, or a whole region."""
    officer = build.user(
        scope_level=ScopeLevel.PROVINCE, province=build.province("50"), region=build.region()
    )
    own, near = finding("ในจังหวัด"), finding("ลำพูน", "51")
    whole = finding("ทั้งภาค", province_id=None)
    client = client_of(officer)
    assert labels(client.get("/quality/")) == ["ในจังหวัด"]
    assert client.get(f"/quality/{own.pk}/").status_code == 200
    for other in (near, whole):
        for act in ("", "close/"):
            assert client.get(f"/quality/{other.pk}/{act}").status_code == 404
        assert client.post(f"/quality/{other.pk}/reopen/").status_code == 404
    assert len(labels(client_of(manager).get("/quality/"))) == 3


def test_the_past_of_a_record_that_moved_stays_where_it_was_told(manager, north):
    """Wrong if a region read what another one wrote of a record before it was moved."""
    past = {"gone_on": TODAY, "last_seen_on": TODAY, "reason": "เรื่องของอีสาน", "closed_at": NOW}
    author = build.user("regional_manager", region=build.region("NE", "ภาคอีสาน", 2))
    told = {**past, "subject_key": "7", "closed_by": author, "region": author.region}
    earlier = finding(detail="สิ่งที่พบในอีสาน", **told, province="50")
    now = finding(subject_key="7", follows=earlier)
    text = north.get(now.get_absolute_url()).content.decode()
    assert "เรื่องของอีสาน" not in text
    assert "สิ่งที่พบในอีสาน" not in text
    of_nation = client_of(build.user("analyst", scope_level=ScopeLevel.NATION)).get(
        now.get_absolute_url()
    )
    assert "เรื่องของอีสาน" in of_nation.content.decode()


def test_closing_asks_why_holds_and_is_taken_back(north, manager):
    """Wrong if a finding closed without a reason, twice, or could not be opened again."""
    one = finding()
    form = north.get(f"/quality/{one.pk}/close/")
    assert 'name="version" value="1"' in form.content.decode()
    empty = north.post(f"/quality/{one.pk}/close/", {"reason": " ", "version": 1})
    assert "ยังไม่ได้กรอกเหตุผลที่ข้อมูลถูกต้องแล้ว" in empty.content.decode()
    for _ in range(2):
        answer = north.post(f"/quality/{one.pk}/close/", {"reason": "ตรวจแล้ว", "version": 1})
        assert answer.status_code == 302
    one.refresh_from_db()
    assert (one.state, one.closed_by, one.version) == ("explained", manager, 2)
    stale = north.post(f"/quality/{finding().pk}/close/", {"reason": "ตรวจ", "version": 7})
    assert "สิ่งที่พบเปลี่ยนไปหลังจากที่ท่านเปิดหน้านี้" in stale.content.decode()
    # The next press confirms what the page says now, as it tells.
    assert 'name="version" value="1"' in stale.content.decode()
    north.post(f"/quality/{one.pk}/reopen/")
    one.refresh_from_db()
    assert (one.state, one.reason) == ("open", "")
    trail = client_of(build.user()).get(f"/history/quality.finding/{one.pk}/")
    assert "ตรวจแล้ว" in trail.content.decode()


def test_who_may_not_close_reads_why(manager):
    """Wrong if an analyst could explain data away, or met a button that refuses."""
    one = finding()
    client = client_of(build.user("analyst", scope_level=ScopeLevel.NATION))
    page = client.get(f"/quality/{one.pk}/").content.decode()
    assert "ทำได้เฉพาะเจ้าหน้าที่สำนักงานภาค หรือ ผู้จัดการสำนักงานภาค" in page
    assert f"/quality/{one.pk}/close/" not in page
    assert client.get(f"/quality/{one.pk}/close/").status_code == 403
    assert client.post(f"/quality/{one.pk}/close/", {"reason": "x"}).status_code == 403


def test_what_people_type_is_text_on_every_page(north, manager):
    """Wrong if a name, a detail or a reason could become part of a page."""
    evil = "<script>alert(1)</script>"
    finding(
        evil, detail=evil, severity=Severity.SERIOUS, closed_by=manager, closed_at=NOW, reason=evil,
        subject_key="x", gone_on=TODAY, last_seen_on=TODAY,
    )  # fmt: skip
    one = finding(evil, detail=evil, severity=Severity.SERIOUS, subject_key="x")
    Finding.objects.filter(pk=one.pk).update(follows=Finding.objects.first())
    for page in ("/quality/", "/quality/?state=all", f"/quality/{one.pk}/",
                 f"/quality/{one.pk}/close/"):  # fmt: skip
        text = north.get(page).content.decode()
        assert evil not in text
        assert "&lt;script&gt;alert(1)" in text


def test_the_button_is_a_job_that_leads_back(north, manager):
    """Wrong if the button did nothing, ran twice for one press, or hid how far it is."""
    build.council("สภาองค์กรชุมชนเทศบาลตำบลศรีภูมิ")
    for _ in range(2):
        north.post("/quality/sweep/", {"one_time_key": "k"})
    job = Job.objects.get(kind="quality-sweep")
    runner.run(job.pk, worker="w")
    job.refresh_from_db()
    assert (job.state, job.percent) == ("done", 100)
    assert Finding.objects.filter(rule_key="councils.misnamed").exists()
    assert "เปิดคุณภาพข้อมูล" in north.get(f"/jobs/{job.pk}/").content.decode()
    executive = client_of(build.user("executive", scope_level=ScopeLevel.NATION))
    assert executive.post("/quality/sweep/").status_code == 403


def test_the_beat_sweeps_in_the_name_of_the_system():
    """Wrong if nobody looked at night."""
    build.council("สภาองค์กรชุมชนเทศบาลตำบลศรีภูมิ")
    tasks.sweep()
    assert Finding.objects.get(rule_key="councils.misnamed").state == "open"
    assert FindingCount.objects.filter(rule_key="councils.misnamed").count() == 1


def test_the_overview_tells_changes_and_what_failed(north, time_machine):
    """Wrong if a change was reckoned from another day, or a failed rule looked clean."""
    time_machine.move_to(NOW)
    week, month = TODAY - dt.timedelta(days=8), TODAY - dt.timedelta(days=40)
    key = "councils.unplaced"
    for day, count in ((week, 5), (month, 1)):
        RuleRun.objects.create(day=day, rule_key=key, ran_at=NOW)
        FindingCount.objects.create(
            day=day, rule_key=key, severity="warning", region_id="N", province_id="50",
            open_count=count, explained_count=0,
        )  # fmt: skip
    RuleRun.objects.create(day=TODAY, rule_key=key, ran_at=NOW, failure="ตรวจไม่สำเร็จ")
    for _ in range(3):
        finding()
    told = north.get("/quality/overview/").context["overview"]
    line = next(line for line in told.lines if line.rule.key == key)
    assert (line.tally.now, line.tally.since_week, line.tally.since_month) == (3, -2, 2)
    assert [one.rule.key for one in told.failed] == [key]
    drawing = north.get("/quality/overview/trend.svg")
    assert drawing["Content-Type"] == "image/svg+xml"
    assert re.search(r"5 ส.ค. 64 [^;]*ควรตรวจสอบ 5", drawing.content.decode())
    grid = queries.trend(build.user(region=build.region("NE", "ภาคตะวันออกเฉียงเหนือ", 2)), TODAY)
    assert all(not any(line.values()) for line in grid.cells.values())


def test_the_card_counts_what_is_wrong_in_the_own_area(manager):
    """Wrong if the home page told another region's faults, or the light ones first."""
    finding()
    for _ in range(2):
        finding(severity=Severity.SERIOUS, rule_key="councils.term_expired")
    finding("อื่น", "40", region=build.region("NE", "ภาคตะวันออกเฉียงเหนือ", 2))
    cards = client_of(manager).get("/").context["cards"]
    card = next(card for card in cards if card.title == "สิ่งที่ผิดในพื้นที่ของฉัน")
    assert card.count == 3
    assert [(item.title, item.note, item.url) for item in card.items] == [
        (
            "สภาครบวาระแล้ว ยังไม่ทบทวน",
            "ต้องแก้ไข 2 รายการ",
            "/quality/?rule=councils.term_expired",
        ),
        ("สภาไม่ระบุตำบลหรือเขต", "ควรตรวจสอบ 1 รายการ", "/quality/?rule=councils.unplaced"),
    ]


def test_the_figure_knows_every_day_and_its_sentence_says_so():
    """Wrong if a past day counted what came or went later, or a cell had other records."""
    build.province("40", "ขอนแก่น", "NE")
    RuleRun.objects.create(day=dt.date(2021, 8, 10), rule_key="x", ran_at=NOW)
    finding(severity=Severity.SERIOUS)
    finding("สอง", gone_on=dt.date(2021, 8, 12), last_seen_on=dt.date(2021, 8, 11))
    for _ in range(3):
        finding("สาม", "40", topic=Topic.DOCUMENTS)
    late = dt.datetime(2021, 8, 12, 16, 59, tzinfo=dt.UTC)  # 23.59 in Thailand
    finding("สี่", closed_by=build.user(), closed_at=late, reason="ตรวจแล้ว")
    figure, nation = get("quality.findings"), FigureScope()
    grids = {day: figure.compute(nation, dt.date(2021, 8, day)) for day in (9, 11, 12)}
    assert grids[9].value("total", "open") is None
    told = {
        day: [grids[day].value(*cell) for cell in (
            ("total", "open"), ("N", "open"), ("NE", "documents"), ("total", "serious"),
            ("total", "explained"),
        )]
        for day in (11, 12)
    }  # fmt: skip
    assert told == {11: [6, 3, 3, 1, 0], 12: [4, 1, 3, 1, 1]}
    assert figure.records(nation, dt.date(2021, 8, 11), "N", "places").count() == 3
    assert quarterly.findings(grids[12], "ทั้งประเทศ") == (
        "ณ วันที่ 12 สิงหาคม 2564 พบปัญหาข้อมูลที่รอแก้ไขทั้งประเทศ 4 รายการ "
        "ในจำนวนนี้ต้องแก้ไข 1 รายการ คิดเป็นร้อยละ 25 ของทั้งหมด "
        "เรื่องที่พบมากที่สุด คือเอกสารและไฟล์ 3 รายการ "
        "พื้นที่ที่พบ ได้แก่ ภาค NE 3 รายการ รองลงมา คือ ภาค N 1 รายการ "
        "ตรวจแล้วยืนยันว่าถูกต้อง 1 รายการ"
    )
    assert quarterly.findings(grids[9], "ทั้งประเทศ") == (
        "ณ วันที่ 9 สิงหาคม 2564 ยังไม่มีผลการตรวจคุณภาพข้อมูลทั้งประเทศ"
    )
