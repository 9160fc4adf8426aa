"""Pages of welfare: one number of queries, the entry grid, completeness, and the way of a report."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from reports.models import ReportingQuarter
from tests import world as build
from tests.welfare.rows import REPORTED, scale, stored_fund
from welfare.models import (
    Benefit,
    Contribution,
    FundIndicators,
    FundReview,
    FundStatus,
    WelfareFund,
)

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2021, 8, 13, 5, tzinfo=dt.UTC)
LIST_QUERIES, PAGE_QUERIES, GRID_QUERIES, COMPLETENESS_QUERIES = 9, 15, 9, 5


@pytest.fixture
def client(w: build.World) -> Client:
    client = Client()
    client.force_login(w.officer)
    return client


@pytest.fixture
def w() -> build.World:
    return build.world()


def full(w: build.World, number: int) -> WelfareFund:
    """A fund with one of everything."""
    fund = stored_fund(w, code=f"WF-P{number}")
    status = FundStatus.objects.create(
        fund=fund, fiscal_year=2564, quarter=4, reported_on=REPORTED, member_count=100,
        from_members_baht=Decimal(1000), benefit_baht=Decimal(50), beneficiary_count=1,
    )  # fmt: skip
    Benefit.objects.create(status=status, kind="death", person_count=1, paid_baht=Decimal(50))
    FundIndicators.objects.create(fund=fund, fiscal_year=2564, quarter=4, reported_on=REPORTED)
    FundReview.objects.create(
        fund=fund, fiscal_year=2564, reviewed_on=REPORTED, scale=scale(), grade="B", risk="low"
    )
    Contribution.objects.create(
        fund=fund, fiscal_year=2564, requested_on=REPORTED, member_count=9,
        project=build.project(w, title=f"สมทบ {number}"),
    )  # fmt: skip
    return fund


def test_list_grid_and_completeness_ask_the_same_number_of_queries(
    w, client, django_assert_num_queries
):
    """Wrong if a list of six thousand funds asked once for each."""
    made = 0
    with time_machine.travel(NOON, tick=False):
        client.get(reverse("welfare:funds"))
        for count in (1, 3):
            while made < count:
                full(w, made)
                made += 1
            for address, most in (
                (reverse("welfare:funds"), LIST_QUERIES),
                (reverse("entry:grid", args=["fund-status"]), GRID_QUERIES),
                (reverse("welfare:completeness"), COMPLETENESS_QUERIES),
            ):
                with django_assert_num_queries(most, info=f"{address} {count}"):
                    assert client.get(address).status_code == 200


def test_the_page_of_a_fund_tells_all_of_it(w, client, django_assert_num_queries):
    """Wrong if the money of a contribution, the rest of the members or a benefit were not told."""
    fund = full(w, 1)
    project = fund.contributions.get().project
    address = fund.get_absolute_url()
    with time_machine.travel(NOON, tick=False):
        client.get(address)
        with django_assert_num_queries(PAGE_QUERIES):
            page = client.get(address).content.decode()
    for told in (
        "ไม่จำแนก",
        "เสียชีวิต",
        "1,000",
        project.code,
        "100,000,000",
        "1,000,000",
        "fund-chart",
    ):
        assert told in page, told


def row(fund: WelfareFund, version: int = 0, **cells: str) -> dict[str, Any]:
    return {
        "name": f"r{fund.pk}",
        "version": str(version),
        "key": str(uuid.uuid4()),
        "cells": cells,
        "was": {},
    }


def send(client: Client, *rows: dict[str, Any], quarter: str = "") -> list[dict[str, Any]]:
    address = reverse("entry:rows", args=["fund-status"])
    address += f"?quarter={quarter}" if quarter else ""
    answer = client.post(address, {"rows": rows}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return list(answer.json()["rows"])


def test_the_grid_reports_corrects_and_meets_others(w, client):
    """Wrong if a row were written over, a blank quarter kept no answer, or a fall came unexplained."""
    fund, quiet = stored_fund(w, code="WF-1"), stored_fund(w, code="WF-2")
    with time_machine.travel(NOON, tick=False):
        first, second = send(
            client,
            row(fund, member_count="๑๐๐", from_members_baht="1,000.50"),
            row(quiet, answer="ไม่มีข้อมูลเปลี่ยนแปลง"),
        )
        assert (first["state"], first["version"], second["state"]) == ("saved", 1, "saved")
        told = FundStatus.objects.get(fund=fund)
        assert (told.member_count, told.from_members_baht) == (100, Decimal("1000.50"))
        assert FundStatus.objects.get(fund=quiet).has_nothing_to_report
        (late,) = send(client, row(fund, member_count="90"))
        assert late["state"] == "conflict"
        (right,) = send(client, row(fund, 1, member_count="90"))
        assert (right["state"], right["version"]) == ("saved", 2)
        third = stored_fund(w, code="WF-3")
        (both,) = send(client, row(third, answer="ไม่มีข้อมูลเปลี่ยนแปลง", member_count="5"))
        assert both["state"] == "refused"
        (told_now,) = send(client, row(quiet, 1, member_count="5"))
        assert told_now["state"] == "saved"
        assert not FundStatus.objects.get(fund=quiet).has_nothing_to_report


def test_the_grid_takes_any_open_quarter_and_says_why_another_is_closed(w, client):
    """Wrong if rows went into another quarter than the page names, or into a closed or future one."""
    fund = stored_fund(w)
    page = reverse("entry:grid", args=["fund-status"])
    with time_machine.travel(NOON, tick=False):
        shown = client.get(page, {"quarter": "2563-2", "q": fund.code})
        assert shown.context["page_title"] == "สถานะกองทุน ไตรมาส 2 ปีงบประมาณ 2563"
        assert shown.context["kept_words"] == [("q", fund.code)]
        first, told = row(fund, member_count="70"), row(fund, member_count="80")
        assert send(client, first, quarter="2563-2")[0]["state"] == "saved"
        assert send(client, told, quarter="2564-3")[0]["state"] == "saved"
        again = send(client, first, quarter="2564-3")[0]
        assert again["state"] == "refused"
        counts = fund.statuses.order_by("fiscal_year").values_list(
            "fiscal_year", "quarter", "member_count"
        )
        assert list(counts) == [(2563, 2, 70), (2564, 3, 80)]
        ReportingQuarter.objects.create(
            fiscal_year=2564, quarter=3, closed_by=w.manager, closed_at=NOON, marks={}
        )
        (late,) = send(client, row(fund, 1, member_count="90"), quarter="2564-3")
        assert late["state"] == "refused"
        closed = client.get(page, {"quarter": "2564-3"}).content.decode()
        assert "ทะเบียนการแก้ไขภายหลัง" in closed
        assert fund.name not in closed
        assert "กรอกได้ตั้งแต่วันนั้น" in client.get(page, {"quarter": "2565-1"}).content.decode()
        for wrong in ("2564-5", "2400-1", "x", "2564-4'"):
            assert client.get(page, {"quarter": wrong}).status_code == 404
    assert fund.statuses.get(fiscal_year=2564).member_count == 80


def test_completeness_counts_answers_and_lateness(w, client):
    """Wrong if an answer of nothing counted as missing, or a late report as one in time."""
    funds = [stored_fund(w) for _ in range(4)]
    for fund, day, nothing in (
        (funds[0], dt.date(2021, 6, 30), False),
        (funds[1], dt.date(2021, 7, 1), False),
        (funds[2], dt.date(2021, 6, 1), True),
    ):
        FundStatus.objects.create(
            fund=fund, fiscal_year=2564, quarter=3, reported_on=day, has_nothing_to_report=nothing
        )
    with time_machine.travel(NOON, tick=False):
        answer = client.get(
            reverse("welfare:completeness"), {"fiscal_year": "2564", "quarter": "3"}
        )
    total = answer.context["total"]
    assert (total.fund_count, total.reported_count, total.nothing_count) == (4, 2, 1)
    assert (total.missing_count, total.late_count) == (1, 1)
    assert answer.context["total_pct"] == Decimal(75)


def test_a_form_reports_a_quarter_and_says_what_is_missing(w, client):
    """Wrong if the form lost a kind of benefit, or hid that an amount fell."""
    fund = stored_fund(w)
    with time_machine.travel(NOON, tick=False):
        address = reverse("welfare:status_new", args=[fund.pk])
        told = {
            "fiscal_year": "2564", "quarter": "3", "reported_on": "10/8/2564", "member_count": "10",
            "from_donations_baht": "70", "beneficiary_count": "2", "benefit_baht": "500",
            "death_persons": "1", "death_baht": "400",
        }  # fmt: skip
        assert client.post(address, told).status_code == 302
        status = fund.statuses.get()
        assert status.benefits.get().paid_baht == Decimal(400)
        later = told | {"quarter": "4", "from_donations_baht": "60"}
        refused = client.post(address, later)
        assert refused.status_code == 200
        assert "ระบุเหตุผลที่ยอดลดลง" in refused.content.decode()
        assert client.post(address, later | {"correction_reason": "แก้ยอด"}).status_code == 302
        edit = reverse("welfare:status_edit", args=[status.pk])
        shown = client.get(edit).content.decode()
        assert 'value="400"' in shown
