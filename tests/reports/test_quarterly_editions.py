"""Editions of a quarter: of a region and of the country, from the draft to the issued file."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pypdf import PdfReader

from codi.accounts.models import Role, ScopeLevel
from codi.errors import Refused
from councils.models import Council, CouncilMeeting, Term
from programs.models import BaseKind, RegionBase
from reports import permissions, services
from reports.changes import changes_since
from reports.content import of_edition, records_of
from reports.models import Edition, EditionState, ReportingQuarter
from reports.rendering import pdf_of
from reports.sheets import data_of, xlsx_of
from reports.subjects import Subject
from tests import world as build

DAY = dt.date(2019, 8, 31)
NOW = dt.datetime(2019, 9, 20, 2, 0, tzinfo=dt.UTC)
TODAY = NOW.date()


@pytest.fixture
def w(db: Any) -> build.World:
    """Two councils of the north, one new this quarter, one with a term that is over."""
    w = build.world()
    place = {"region": build.region(), "province": build.province()}
    for number, day in enumerate((dt.date(2010, 1, 5), dt.date(2019, 7, 9)), start=1):
        council = Council.objects.create(
            code=str(number),
            name=f"สภาองค์กรชุมชนตำบลที่ {number}",
            kind="subdistrict",
            registered_on=day,
            **place,
        )
        Term.objects.create(
            council=council, selected_on=day, expires_on=day.replace(year=day.year + 4)
        )
    CouncilMeeting.objects.create(
        council=council, fiscal_year=2562, number=1, held_on=dt.date(2019, 8, 1)
    )
    RegionBase.objects.create(
        kind=BaseKind.LOCAL_AUTHORITIES,
        region=build.region(),
        fiscal_year=2562,
        stands_on=dt.date(2018, 10, 1),
        base_count=4,
        source="ประกาศ",
    )
    return w


def quarter(region: Any = None, number: int = 4) -> Subject:
    """The fourth quarter of 2562, unless another is asked for."""
    return Subject(region=region, fiscal_year=2562, quarter=number)


def draft(actor: Any, subject: Subject, *days: dt.date, **facts: Any) -> Edition:
    """A draft of the subject."""
    facts.setdefault("request_key", uuid.uuid4())
    return services.create_edition(
        actor=actor,
        outline_key="quarterly",
        subject=subject,
        as_of_dates=days or (DAY,),
        now=NOW,
        today=TODAY,
        **facts,
    )


def test_the_country_and_a_region_count_their_own_editions(w):
    """Wrong if two reports of one quarter shared a number, or a region's counted the nation's."""
    north = build.region()
    other = build.user(Role.ANALYST, scope_level=ScopeLevel.NATION)
    numbers = [
        draft(w.analyst, quarter()).number,
        draft(w.analyst, quarter()).number,
        draft(w.officer, quarter(north)).number,
        draft(other, quarter(), dt.date(2019, 7, 31)).number,
    ]
    assert numbers == [1, 2, 1, 3]
    third = draft(other, quarter(number=3), dt.date(2019, 6, 30))
    assert (third.number, ReportingQuarter.objects.count()) == (1, 2)


def test_days_outside_of_the_quarter_and_other_subjects_are_refused(w):
    """Wrong if a report of a quarter told of another, or a programme's report of no programme."""
    for subject, days in (
        (quarter(), (dt.date(2019, 6, 30),)),
        (quarter(), (DAY, dt.date(2019, 7, 31))),
        (Subject(w.programme, build.region()), (DAY,)),
        (Subject(region=build.region()), (DAY,)),
    ):
        with pytest.raises(Refused):
            draft(w.analyst, subject, *days)
    assert not Edition.objects.exists()


def test_the_country_is_out_of_reach_of_a_region(w):
    """Wrong if an officer of a region made, saw or judged the report of the whole country."""
    edition = draft(w.analyst, quarter())
    with pytest.raises(Refused):
        draft(w.officer, quarter())
    assert not Edition.objects.visible_to(w.officer).exists()
    assert not permissions.can_edit(w.officer, edition)
    narrow = build.user(
        Role.REGIONAL_OFFICER, scope_level=ScopeLevel.PROVINCE, province=build.province()
    )
    with pytest.raises(Refused):
        draft(narrow, quarter(build.region()))
    assert list(Edition.objects.visible_to(w.executive)) == [edition]


def test_from_the_draft_to_the_issued_report(w):
    """Wrong if a quarter's report could not be issued, or changed after it was."""
    part = services.submit(
        actor=w.officer, edition=draft(w.officer, quarter(build.region())), now=NOW
    )
    services.approve(actor=w.analyst, edition=part, now=NOW)
    edition = services.submit(actor=w.analyst, edition=draft(w.analyst, quarter()), now=NOW)
    edition = services.approve(actor=w.executive, edition=edition, now=NOW)
    edition = services.issue(actor=w.executive, edition=edition, now=NOW)
    content = of_edition(edition, today=TODAY)
    files = {"pdf": pdf_of(content).pdf, "xlsx": xlsx_of(content)}
    edition = services.complete_issue(edition=edition, files=files, now=NOW)
    before = data_of(of_edition(edition, today=TODAY))
    Council.objects.filter(code="2").update(
        withdrawn_on=dt.date(2019, 8, 1), withdrawal_reason="บันทึกซ้ำ"
    )
    edition = Edition.objects.get(region=None)
    assert data_of(of_edition(edition, today=TODAY)) == before
    assert before["period"]["name"] == "ไตรมาส 4 ปีงบประมาณ 2562"
    assert (edition.region_name, str(edition)) == (
        "ทั้งประเทศ",
        "ไตรมาส 4/2562 ทั้งประเทศ ฉบับที่ 1",
    )
    assert [part["name"] for part in before["parts"] if part["is_accepted"]] == ["ภาคเหนือ"]
    # Two councils of four places; one term of four years was over by then.
    assert (
        "ทั้งสิ้น 2 แห่ง คิดเป็นร้อยละ 50 ของพื้นที่ทั้งหมด 4 แห่ง" in before["sentences"]["councils.established"]
    )
    assert before["sentences"]["councils.terms"].startswith("วาระของสมาชิกสภาครบ 4 ปีแล้ว 1 วาระ")
    told = "".join(page.extract_text() for page in PdfReader(_stream(edition)).pages)
    assert "ตารางที่ 1" in told
    successor = services.replace_edition(
        actor=w.analyst,
        edition=edition,
        as_of_dates=[DAY],
        request_key=uuid.uuid4(),
        now=NOW,
        today=TODAY,
    )
    moved = {
        (move.figure_key, move.column_key): (move.before, move.now)
        for move in changes_since(
            of_edition(successor, today=TODAY), of_edition(edition, today=TODAY)
        )
        if move.row_key == "total"
    }
    assert moved["councils.established", "councils_established"] == (2, 1)


def test_a_save_between_a_figure_and_its_records_is_not_frozen(w, monkeypatch):
    """Wrong if an issued number could differ for ever from the list behind it.

    The save comes at the worst moment: the figures are computed, their records not yet read. The
    control: with nothing between them the same edition is issued.
    """
    edition = services.submit(
        actor=w.officer, edition=draft(w.officer, quarter(build.region())), now=NOW
    )
    edition = services.approve(actor=w.analyst, edition=edition, now=NOW)

    def after_a_save(content: Any) -> Any:
        Council.objects.update(registered_on=dt.date(2019, 9, 29), certified_on=None)
        return records_of(content)

    with monkeypatch.context() as between:
        between.setattr("reports.services.issuing.records_of", after_a_save)
        with pytest.raises(Refused) as refused:
            services.issue(actor=w.executive, edition=edition, now=NOW)
    assert refused.value.code == "moved"
    edition.refresh_from_db()
    assert (edition.state, edition.grids.count()) == (EditionState.APPROVED, 0)
    issued = services.issue(actor=w.executive, edition=edition, now=NOW)
    assert issued.state == EditionState.ISSUING


def _stream(edition: Edition) -> Any:

    return io.BytesIO(bytes(edition.files.get(kind="pdf").content))


def test_the_page_makes_a_draft_of_the_quarter(client, w):
    """Wrong if the form of a quarter did not lead to the edition, or its page fell over."""
    client.force_login(w.analyst)
    page = client.get(reverse("reports:new_quarterly"))
    key = page.context["form"]["one_time_key"].value()
    answer = client.post(
        reverse("reports:new_quarterly"),
        {
            "outline": "quarterly",
            "fiscal_year": "2562",
            "quarter": "4",
            "region": "",
            "as_of": "",
            "one_time_key": key,
        },
    )
    edition = Edition.objects.get()
    assert answer.url == reverse("reports:detail", args=[edition.pk])
    assert edition.as_of_dates == [dt.date(2019, 9, 30)]
    shown = client.get(answer.url)
    assert "ไตรมาส 4 ปีงบประมาณ 2562" in shown.content.decode()
    assert "ทั้งประเทศ" in client.get(reverse("reports:list")).content.decode()


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("reports_edition_subject_whole", {"fiscal_year": None}),
        ("reports_edition_subject_whole", {"quarter": 5}),
        ("reports_edition_subject_whole", {"programme": True}),
    ],
)
def test_the_database_knows_what_an_edition_may_be_about(w, rule, changes):
    """Wrong if a row could be of half a quarter, or of a quarter and a programme."""
    facts: dict[str, Any] = {"fiscal_year": 2562, "quarter": 4, **changes}
    if facts.get("programme"):
        facts["programme"] = w.programme
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Edition.objects.create(
            outline="quarterly",
            number=1,
            as_of_dates=[DAY],
            created_by=w.analyst,
            created_at=NOW,
            **facts,
        )


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("reports_quarter_numbered", {"quarter": 5}),
        ("reports_quarter_fiscal_year_be", {"fiscal_year": 2019}),
        ("reports_quarter_closing_whole", {"closed_at": NOW, "marks": {}}),
        ("reports_quarter_closing_marked", {"closing_reason": "ปิด"}),
        ("reports_quarter_closing_marked", {"marks": {}}),
        ("reports_quarter_reopening_whole", {"reopened_at": NOW, "reopening_reason": "เปิด"}),
        ("reports_quarter_once", {"fiscal_year": 2561}),
    ],
)
def test_the_database_knows_what_a_quarter_is(db, rule, changes):
    """Wrong if a fifth quarter, a year of another era or half a closing could be stored."""
    ReportingQuarter.objects.create(fiscal_year=2561, quarter=4)
    facts = {"fiscal_year": 2562, "quarter": 4, **changes}
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        ReportingQuarter.objects.create(**facts)
