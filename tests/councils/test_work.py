"""What a council did: meetings, missions, capability and reviews, by service and by page."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from codi.errors import Conflict, Refused
from codi.history.queries import event_model_of
from councils.models import CapabilityFile, Council, Section21Mission
from councils.queries_of_work import capability_with_gaps, years_of_work
from councils.rules_of_work import gaps_to_capability, gaps_to_concrete
from councils.services import work
from programs.models import QualityBand, QualityScale
from tests import world as build

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 8, 13)
MARCH = dt.date(2021, 3, 1)


@pytest.fixture
def officer():
    return build.user(region=build.region())


@pytest.fixture
def council() -> Council:
    return build.council()


def scale(year: int, *bands: tuple[str, str]) -> QualityScale:
    made = QualityScale.objects.create(subject="council", fiscal_year=year, source="แบบสอบทาน")
    for grade, bound in bands:
        QualityBand.objects.create(scale=made, grade=grade, from_pct=Decimal(bound))
    return made


THREE = (("A", "80.01"), ("B", "60.01"), ("C", "0"))


def meet(officer, council, number: int = 1, day: dt.date = MARCH):
    return work.record_meeting(
        actor=officer, council=council, number=number, held_on=day, today=TODAY
    )


def tick(officer, council, done, seen=(), year: int = 2564):
    return work.set_missions(
        actor=officer,
        council=council,
        fiscal_year=year,
        done=done,
        seen=seen,
        reported_on=MARCH,
        today=TODAY,
    )


@pytest.mark.parametrize(
    ("meetings", "missions", "gaps"),
    [
        (4, (1, 2, 3, 10, 11, 12), 0),
        (5, range(1, 13), 0),
        (3, (1, 2, 3, 10, 11, 12), 1),
        (4, (1, 2, 10, 11, 12), 1),
        (4, (1, 2, 3, 4, 10, 11), 1),
        (0, (), 3),
    ],
)
def test_results_are_concrete_with_four_meetings_the_basic_missions_and_three_others(
    meetings, missions, gaps
):
    """Wrong if R6 was met without one of its parts, or refused with all of them."""
    assert len(gaps_to_concrete(meetings, missions)) == gaps


@pytest.mark.parametrize(
    ("four", "five", "nine", "documents", "gaps"),
    [
        (True, False, True, {"problems", "letter_copy", "follow_up"}, 0),
        (False, True, True, {"problems", "letter_copy", "follow_up", "other"}, 0),
        (False, False, True, {"problems", "letter_copy", "follow_up"}, 1),
        (True, True, False, {"problems", "letter_copy", "follow_up"}, 1),
        (True, True, True, {"problems", "follow_up"}, 1),
        (True, True, True, set(), 3),
    ],
)
def test_the_indicator_asks_for_four_or_five_and_nine_and_three_files(
    four, five, nine, documents, gaps
):
    """Wrong if R12 passed without a mission or a file."""
    found = gaps_to_capability(
        advises=four, asks_for_services=five, reports_harm=nine, documents=documents
    )
    assert len(found) == gaps


def test_a_meeting_falls_into_the_fiscal_year_of_its_day(officer, council):
    """Wrong if a meeting of November counted for the year that ended in September."""
    assert meet(officer, council, day=dt.date(2020, 11, 30)).fiscal_year == 2564
    later = meet(officer, council, number=2)
    moved = work.correct_meeting(
        actor=officer,
        meeting=later,
        expected_version=later.version,
        today=TODAY,
        held_on=dt.date(2021, 8, 1),
    )
    assert (moved.fiscal_year, moved.version) == (2564, 2)
    with pytest.raises(Conflict):
        work.correct_meeting(
            actor=officer, meeting=later, expected_version=1, today=TODAY, number=7
        )


@pytest.mark.parametrize("day", [dt.date(2021, 8, 14), dt.date(2020, 11, 1)])
def test_a_meeting_to_come_or_before_the_council_is_refused(officer, council, day):
    """Wrong if a meeting of tomorrow, or of before the registration, was counted."""
    with pytest.raises(Refused) as refused:
        meet(officer, council, day=day)
    assert refused.value.field == "held_on"


def test_only_makers_of_the_area_record_and_not_for_a_withdrawn_council(officer, council):
    """Wrong if another region, another role, or a withdrawn council got records."""
    strangers = [
        build.user(region=build.region("S", "ภาคใต้", 5)),
        build.user("finance_officer", region=build.region()),
    ]
    for actor in strangers:
        with pytest.raises(Refused):
            meet(actor, council)
    Council.objects.update(withdrawn_on=MARCH, withdrawal_reason="ซ้ำ")
    with pytest.raises(Refused):
        meet(officer, council)


def test_two_people_ticking_missions_do_not_undo_each_other(officer, council):
    """Wrong if a form opened earlier took away what another person ticked meanwhile."""
    assert tick(officer, council, done=(10, 11)) == 2
    assert tick(officer, council, done=(10, 11, 1), seen=(10, 11)) == 3
    assert tick(officer, council, done=(10, 12), seen=(10, 11)) == 3
    there = Section21Mission.objects.filter(council=council)
    assert set(there.values_list("mission", flat=True)) == {1, 10, 12}
    assert tick(officer, council, done=(10, 12), seen=(10, 12)) == 3
    trail = event_model_of(Section21Mission).objects.filter(mission=11)
    assert trail.count() == 2


def test_a_year_tells_what_is_missing_and_when_it_is_concrete(officer, council):
    """Wrong if the page called a year concrete that is not, or mixed years."""
    for number in range(1, 5):
        meet(officer, council, number)
    tick(officer, council, done=(1, 2, 10, 11, 12))
    (year,) = years_of_work(council, TODAY)
    assert year.gaps == ("ภารกิจ (1)–(9) อีก 1 ข้อ",)
    tick(officer, council, done=(3,))
    assert years_of_work(council, TODAY)[0].gaps == ()


@pytest.mark.parametrize(
    ("score", "grade"),
    [("100", "A"), ("80.01", "A"), ("80", "B"), ("80.00", "B"), ("60.01", "B"), ("0", "C")],
)
def test_the_scale_of_the_year_gives_the_grade_without_gaps(officer, council, score, grade):
    """Wrong if a score between the printed bounds had no grade, or that of another year."""
    scale(2560, ("A", "0"))
    older = scale(2562, *THREE)
    scale(2565, ("D", "0"))
    review = work.review_council(
        actor=officer,
        council=council,
        fiscal_year=2564,
        reviewed_on=MARCH,
        score_pct=Decimal(score),
        today=TODAY,
    )
    assert (review.grade, review.scale) == (grade, older)


def test_a_corrected_score_gets_its_grade_anew_and_no_scale_is_told(officer, council):
    """Wrong if the grade stayed with the old score, or a year without a scale broke."""
    facts = {"actor": officer, "reviewed_on": MARCH, "today": TODAY}
    with pytest.raises(Refused, match="ยังไม่มีเกณฑ์"):
        work.review_council(council=council, fiscal_year=2564, score_pct=Decimal(70), **facts)
    scale(2562, *THREE)
    review = work.review_council(council=council, fiscal_year=2564, score_pct=Decimal(70), **facts)
    again = work.correct_review(review=review, expected_version=1, score_pct=Decimal(81), **facts)
    assert (review.grade, again.grade) == ("B", "A")
    with pytest.raises(Refused, match="ทศนิยม"):
        work.correct_review(review=again, expected_version=2, score_pct=Decimal("80.005"), **facts)


def capability(officer, council):
    return work.record_capability(
        actor=officer,
        council=council,
        fiscal_year=2564,
        reported_on=MARCH,
        advises=True,
        reports_harm=True,
        today=TODAY,
    )


def test_the_indicator_passes_with_its_three_files_only(officer, council):
    """Wrong if a result passed with a removed file, or with three of one kind."""
    result = capability(officer, council)
    for number, document in enumerate(("problems", "letter_copy", "follow_up")):
        ((_found, gaps),) = capability_with_gaps(council)
        assert len(gaps) == 3 - number
        CapabilityFile.objects.create(
            subject=result,
            file_name=f"{document}.pdf",
            format="pdf",
            byte_count=1,
            sha256=f"{number}" * 64,
            document=document,
            attached_by=officer,
            attached_at=dt.datetime(2021, 3, 2, tzinfo=dt.UTC),
        )
    assert capability_with_gaps(council) == [(result, ())]


@pytest.fixture
def web(officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def test_the_pages_record_and_correct_what_a_council_did(web, officer, council):
    """Wrong if a form wrote nothing, wrote elsewhere, or the page did not tell of it."""
    scale(2562, *THREE)
    page = council.get_absolute_url()
    posts = {
        "meeting_new": {"number": "1", "held_on": "1/3/2564", "topics": "แผนตำบล"},
        "missions": {"fiscal_year": "2564", "done": ["10", "3"], "reported_on": "1/3/2564"},
        "review_new": {"fiscal_year": "2564", "reviewed_on": "1/3/2564", "score_pct": "60.5"},
    }
    for name, data in posts.items():
        address = reverse(f"councils:{name}", args=[council.pk])
        assert web.get(address).status_code == 200
        assert web.post(address, data).headers["Location"] == page, name
    address = reverse("councils:capability_new", args=[council.pk])
    answer = web.post(address, {"fiscal_year": "2564", "reported_on": "1/3/2564", "advises": "on"})
    result = council.capability.get()
    assert answer.headers["Location"] == result.get_absolute_url()
    assert "ภารกิจ (9)" in web.get(result.get_absolute_url()).content.decode()
    text = web.get(page).content.decode()
    for told in ("ครั้งที่ 1", "(10) วางกติกา", "ระดับ B", "ประชุมอีก 3 ครั้ง"):
        assert told in text, told
    meeting = council.meetings.get()
    edit = reverse("councils:meeting_edit", args=[meeting.pk])
    data = posts["meeting_new"] | {"number": "2", "version": "1"}
    assert web.post(edit, data).status_code == 302
    assert web.post(edit, data | {"number": "3"}).status_code == 409
    meeting.refresh_from_db()
    assert (meeting.number, meeting.topics) == (2, "แผนตำบล")


def test_the_page_of_a_council_asks_a_constant_number_of_queries(web, officer, council):
    """Wrong if each meeting, mission, group or review cost a query."""
    counts = []
    web.get(council.get_absolute_url())
    for number in (1, 2, 3):
        meet(officer, council, number)
        tick(officer, council, done=(number,))
        build.group(council)
        with CaptureQueriesContext(connection) as asked:
            web.get(council.get_absolute_url())
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts
