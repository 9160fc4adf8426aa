"""What services of welfare hold: amounts that fall, gates, scales, contributions, many at once."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from codi.accounts.models import Role
from codi.errors import Conflict, Refused
from codi.fiscal import FiscalYear, Quarter
from codi.thai.normalise import search_key
from tests import world as build
from tests.welfare.rows import REPORTED, scale, stored_fund
from welfare import services
from welfare.models import Benefit, FundFile, FundStatus, WelfareFund
from welfare.permissions import can_remove_fund_file
from welfare.rules import not_classified

TODAY = dt.date(2021, 8, 13)
Q4 = Quarter(FiscalYear(2564), 4)


def report(w: build.World, fund: WelfareFund, **facts: Any) -> FundStatus:
    told: dict[str, Any] = {"fiscal_year": 2564, "quarter": 4, "reported_on": REPORTED}
    return services.report_status(actor=w.officer, fund=fund, today=TODAY, **(told | facts))


def attach(w: build.World, fund: WelfareFund, document: str) -> FundFile:
    return FundFile.objects.create(
        subject=fund,
        file_name=f"{document}.pdf",
        format="pdf",
        byte_count=1,
        sha256=(document.encode().hex() + "0" * 64)[:64],
        document=document,
        attached_by=w.officer,
        attached_at=dt.datetime(2021, 8, 1, tzinfo=dt.UTC),
    )


@pytest.mark.django_db
def test_a_cumulative_amount_falls_only_with_its_reason():
    """Wrong if a figure fell between quarters and nobody could say why."""
    w = build.world()
    fund = stored_fund(w)
    report(w, fund, quarter=2, reported_on=dt.date(2021, 3, 1), from_members_baht=Decimal(900))
    with pytest.raises(Refused) as caught:
        report(w, fund, from_members_baht=Decimal("899.99"))
    assert caught.value.field == "correction_reason"
    assert "[6] เงินจากสมาชิก" in caught.value.message
    nothing = report(
        w, fund, quarter=3, reported_on=dt.date(2021, 6, 1), has_nothing_to_report=True
    )
    assert nothing.from_members_baht == 0
    told = report(w, fund, from_members_baht=Decimal("899.99"), correction_reason="บันทึกซ้ำ")
    latest = FundStatus.objects.latest_as_of(TODAY).get(fund=fund)
    assert latest == told
    before = FundStatus.objects.latest_as_of(dt.date(2021, 6, 30)).get(fund=fund)
    assert before.quarter == 2


@pytest.mark.django_db
def test_a_quarter_is_told_once_and_not_before_it_begins():
    """Wrong if two reports of a quarter counted twice, or one came from the future."""
    w = build.world()
    fund = stored_fund(w)
    told = report(w, fund, member_count=10, working_age_count=4)
    assert not_classified(vars(told)) == 6
    with pytest.raises(Refused, match="รายงานไตรมาสนี้แล้ว"):
        report(w, fund, member_count=11)
    for wrong in (
        {"fiscal_year": 2565, "quarter": 1},
        {"quarter": 3, "reported_on": dt.date(2021, 8, 14)},
        {"fiscal_year": 2553, "quarter": 1},
    ):
        with pytest.raises(Refused):
            report(w, fund, **wrong)
    with pytest.raises(Conflict):
        services.save_status(
            actor=w.officer, fund=fund, quarter=Q4, expected_version=0, today=TODAY, member_count=9
        )


@pytest.mark.django_db
def test_benefits_by_kind_stay_within_the_report():
    """Wrong if the kinds of benefits added up to more than all benefits."""
    w = build.world()
    fund = stored_fund(w)
    totals = {"beneficiary_count": 5, "benefit_baht": Decimal(500)}
    kinds = {"death": (2, Decimal(300)), "medical": (3, Decimal(200)), "birth": (0, Decimal(0))}
    told = report(w, fund, benefits=kinds, **totals)
    assert set(told.benefits.values_list("kind", flat=True)) == {"death", "medical"}
    with pytest.raises(Refused) as caught:
        services.put_benefits(actor=w.officer, rows=[(told, "birth", 1, Decimal(0))])
    assert caught.value.field == "beneficiary_count"
    services.correct_status(
        actor=w.officer, status=told, expected_version=1, today=TODAY, has_nothing_to_report=True
    )
    assert not Benefit.objects.exists()


@pytest.mark.django_db
def test_indicators_need_their_files_from_2563_on():
    """Wrong if a claim passed without its file, or records taken over of 2562 were refused."""
    w = build.world()
    fund = stored_fund(w)
    claims = {"indicator_1": True, "indicator_8": True, "has_complete_one_page": True}

    def told(year: int, day: dt.date) -> Any:
        return services.record_indicators(
            actor=w.officer, fund=fund, fiscal_year=year, quarter=4, reported_on=day, today=TODAY, **claims
        )  # fmt: skip

    assert told(2562, dt.date(2019, 8, 31)).pk
    with pytest.raises(Refused) as caught:
        told(2564, REPORTED)
    assert caught.value.field == "indicator_1"
    assert len(caught.value.details) == 2
    attach(w, fund, "year_report")
    page = attach(w, fund, "one_page")
    assert told(2564, REPORTED).pk
    assert "one page" in can_remove_fund_file(w.officer, page).reason
    attach(w, fund, "photo")
    assert can_remove_fund_file(w.officer, attach(w, fund, "other"))


@pytest.mark.django_db
def test_a_review_has_the_grade_of_its_scale():
    """Wrong if a score got another grade than the scale of its year gives, or a stopped fund one."""
    w = build.world()
    scale()
    facts = {"actor": w.officer, "reviewed_on": REPORTED, "today": TODAY}

    def review(year: int = 2564, **told: Any) -> Any:
        return services.record_review(fund=stored_fund(w), fiscal_year=year, **facts, **told)

    assert review(score_pct=Decimal("80.5")).grade == "A"
    assert review(score_pct=Decimal("79.99"), risk="high").grade == "B"
    assert review(is_stopped=True).grade == ""
    for wrong in (
        {"score_pct": Decimal(85), "grade": "B"},
        {"grade": "D"},
        {},
        {"is_stopped": True, "grade": "A"},
        {"year": 2559, "grade": "A"},
    ):
        with pytest.raises(Refused):
            review(**wrong)


@pytest.mark.django_db
def test_the_money_of_a_contribution_is_its_projects():
    """Wrong if a contribution kept amounts of its own, or took a project of another year."""
    w = build.world()
    fund = stored_fund(w, code="WF-C", contact="โทร 1")
    asked = services.request_contribution(
        actor=w.officer, fund=fund, fiscal_year=2564, requested_on=REPORTED, today=TODAY,
        requested_member_count=50, member_count=60,
    )  # fmt: skip
    carried = services.draw_up_project(
        actor=w.officer, contribution=asked, programme=w.programme, requested_baht=Decimal(18_250)
    )
    project = carried.project
    assert (project.level, project.subdistrict) == ("subdistrict", fund.subdistrict)
    assert (project.organisation.kind, project.organisation.name) == ("fund", fund.name)
    assert project.requested_baht == Decimal(18_250)
    with pytest.raises(Refused) as caught:
        services.link_project(actor=w.officer, contribution=carried, project=project)
    assert caught.value.code == "has_project"


@pytest.mark.django_db
def test_a_withdrawn_fund_keeps_its_reports_and_takes_no_more():
    """Wrong if a double vanished with what it had told, or went on reporting."""
    w = build.world()
    double = stored_fund(w)
    report(w, double, member_count=5)
    withdrawn = services.withdraw_fund(
        actor=w.manager, fund=double, withdrawn_on=REPORTED, withdrawal_reason="ซ้ำ",
        today=TODAY,
    )  # fmt: skip
    assert withdrawn.statuses.count() == 1
    assert double not in WelfareFund.objects.established_as_of(REPORTED)
    with pytest.raises(Exception, match="ถอนออกจากทะเบียนแล้ว"):
        report(w, double, quarter=3, reported_on=dt.date(2021, 6, 1))


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
@pytest.mark.usefixtures("patient")
def test_ten_officers_and_a_file_lose_and_double_nothing():
    """Wrong if one of ten officers, or the file beside them, wrote over or beside another."""
    w = build.world()
    funds = [stored_fund(w) for _ in range(30)]
    officers = [build.user(Role.REGIONAL_OFFICER) for _ in range(10)]
    gate = threading.Barrier(11)

    def saved(number: int) -> int:
        done = 0
        for fund in funds:
            try:
                services.save_status(
                    actor=officers[number], fund=fund, quarter=Q4, expected_version=0,
                    today=TODAY, member_count=100 + number,
                )  # fmt: skip
                done += 1
            except Refused:
                continue
        return done

    def sent(number: int) -> int:
        records = [
            FundStatus(
                fund=fund, fiscal_year=2564, quarter=4, reported_on=REPORTED, member_count=500
            )
            for fund in funds[:15]
        ]
        try:
            return services.create_statuses(actor=w.officer, records=records)
        except Refused:
            return 0

    def client(number: int) -> int:
        try:
            connection.ensure_connection()
            gate.wait(timeout=30)
            return sent(number) if number == 10 else saved(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(11) as pool:
        done = list(pool.map(client, range(11)))
    told = list(FundStatus.objects.values_list("fund", "member_count", "version"))
    assert len(told) == len({fund for fund, *_rest in told}) == 30 == sum(done)
    assert done[10] in (0, 15)
    assert sum(count == 500 for _fund, count, _version in told) == done[10]
    assert {version for *_rest, version in told} == {1}


def test_a_name_is_found_by_its_code():
    """Wrong if officers could not search by the code that they know."""
    fund = WelfareFund(code="WF-77", name="กองทุนตำบลทดสอบ")
    fund.fill_keys()
    assert search_key("wf-77") in fund.search_key


@pytest.mark.django_db
def test_a_fund_stops_and_works_again_with_the_finding_of_its_review():
    """Wrong if the register went on with a stopped fund, or kept a stop whose finding is gone."""
    w = build.world()
    scale()
    fund = stored_fund(w)
    facts = {"actor": w.officer, "today": TODAY}

    def stopped_on() -> dt.date | None:
        return WelfareFund.objects.get(pk=fund.pk).stopped_on

    review = services.record_review(
        fund=fund, fiscal_year=2564, reviewed_on=REPORTED, is_stopped=True, **facts
    )
    assert stopped_on() == REPORTED
    earlier = dt.date(2021, 8, 2)
    review = services.correct_review(
        review=review, expected_version=1, reviewed_on=earlier, **facts
    )
    assert stopped_on() == earlier
    services.correct_review(
        review=review, expected_version=2, is_stopped=False, score_pct=Decimal(85), **facts
    )
    assert stopped_on() is None
    assert fund.reviews.get().grade == "A"
    # An older finding does not overrule the latest one.
    services.record_review(
        fund=fund, fiscal_year=2563, reviewed_on=dt.date(2020, 8, 1), is_stopped=True, **facts
    )
    assert stopped_on() is None


@pytest.mark.django_db
def test_the_day_that_people_told_of_a_stop_stays():
    """Wrong if taking a finding back wiped out the day that an officer had recorded."""
    w = build.world()
    scale()
    own = dt.date(2021, 5, 1)
    fund = stored_fund(w, stopped_on=own)
    facts = {"actor": w.officer, "today": TODAY}
    review = services.record_review(
        fund=fund, fiscal_year=2564, reviewed_on=REPORTED, is_stopped=True, **facts
    )
    services.correct_review(review=review, expected_version=1, is_stopped=False, grade="B", **facts)
    assert WelfareFund.objects.get(pk=fund.pk).stopped_on == own
