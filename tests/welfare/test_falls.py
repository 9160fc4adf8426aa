"""A cumulative amount falls only with its reason, whichever quarter was saved, by every door."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from codi.errors import Refused
from codi.imports import services as imports
from codi.imports import undoing
from tests import world as build
from tests.api.conftest import Program
from tests.imports.conftest import xlsx
from tests.welfare.rows import stored_fund
from welfare import services
from welfare.models import FundStatus, WelfareFund

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 8, 13)
NOON = dt.datetime(2021, 8, 13, 5, tzinfo=dt.UTC)
HEADS = ["รหัสกองทุน", "ปีงบประมาณ", "ไตรมาส", "วันที่รายงาน", "[6] เงินจากสมาชิก (บาท)", "เหตุผลที่ยอดลดลง"]
THIRD_DAY, FOURTH_DAY = "1 มิ.ย. 64", "10 ส.ค. 64"


@pytest.fixture
def w(tmp_path: Path, settings: Any) -> build.World:
    settings.MEDIA_ROOT = tmp_path / "media"
    return build.world()


def stored(fund: WelfareFund, quarter: int, baht: str, **facts: Any) -> FundStatus:
    return FundStatus.objects.create(
        fund=fund, fiscal_year=2564, quarter=quarter, reported_on=dt.date(2021, 8, 1),
        from_members_baht=Decimal(baht), **facts,
    )  # fmt: skip


def by_form(w: build.World, fund: WelfareFund, baht: str) -> str:
    client = Client()
    client.force_login(w.officer)
    told = {"fiscal_year": "2564", "quarter": "3", "reported_on": "10/8/2564"}
    told |= {"from_members_baht": baht}
    return client.post(reverse("welfare:status_new", args=[fund.pk]), told).content.decode()


def by_grid(w: build.World, fund: WelfareFund, baht: str) -> str:
    client = Client()
    client.force_login(w.officer)
    row = {
        "name": f"r{fund.pk}", "version": "0", "key": str(uuid.uuid4()),
        "cells": {"from_members_baht": baht}, "was": {},
    }  # fmt: skip
    address = reverse("entry:rows", args=["fund-status"]) + "?quarter=2564-3"
    answer = client.post(address, {"rows": [row]}, content_type="application/json")
    return str(answer.json())


def by_file(w: build.World, fund: WelfareFund, baht: str) -> str:
    content = xlsx(HEADS, [fund.code, "2564", "3", THIRD_DAY, baht, ""])
    batch = imports.upload_file(
        kind="fund-statuses", content=content, file_name="a.xlsx", actor=w.officer, today=TODAY
    )
    if batch.new_count:
        imports.confirm(batch=batch, actor=w.officer, today=TODAY)
    return str([row.errors for row in batch.rows.all()])


def by_api(w: build.World, fund: WelfareFund, baht: str) -> str:
    told = {"fiscal_year": 2564, "quarter": 3, "reported_on": "2021-08-10"}
    told |= {"from_members_baht": baht}
    answer: Any = Program(w.officer).post(f"funds/{fund.pk}/statuses/", told)
    return str(answer.content.decode())


@pytest.mark.parametrize("door", [by_form, by_grid, by_file, by_api])
def test_an_earlier_quarter_does_not_overtop_a_later_one_by_any_door(
    w: build.World, door: Callable[[build.World, WelfareFund, str], str]
):
    """Wrong if a door let a told quarter fall behind the back of whoever told it."""
    fund = stored_fund(w, code="WF-1")
    later = stored(fund, 4, "900")
    with time_machine.travel(NOON, tick=False):
        assert "ไตรมาส 4/2564" in door(w, fund, "900.25")
        assert not fund.statuses.filter(quarter=3).exists()
        FundStatus.objects.filter(pk=later.pk).update(correction_reason="นับซ้ำ")
        door(w, fund, "900.25")
    assert fund.statuses.get(quarter=3).from_members_baht == Decimal("900.25")


def correct(w: build.World, status: FundStatus, **facts: Any) -> FundStatus:
    return services.correct_status(
        actor=w.officer, status=status, expected_version=None, today=TODAY, **facts
    )


def test_only_a_new_fall_is_asked_about(w):
    """Wrong if an old fall, or a rise below the next quarter, kept a report from being corrected."""
    fund = stored_fund(w)
    third = stored(fund, 3, "1000")
    stored(fund, 4, "900")
    assert correct(w, third, member_count=5).member_count == 5
    assert correct(w, third, from_members_baht=Decimal(950)).from_members_baht == 950
    assert correct(w, third, from_members_baht=Decimal(100)).from_members_baht == 100
    assert correct(w, third, from_members_baht=Decimal(900)).from_members_baht == 900
    with pytest.raises(Refused) as caught:
        correct(w, third, from_members_baht=Decimal("900.01"))
    assert (caught.value.field, caught.value.code) == ("from_members_baht", "later_falls")


def test_a_quarter_that_goes_lets_no_two_others_meet_in_a_fall(w):
    """Wrong if "nothing to report" in between, or its removal, made the next quarter fall."""
    fund = stored_fund(w)
    stored(fund, 2, "1000")
    between = stored(fund, 3, "800", correction_reason="นับซ้ำ")
    later = stored(fund, 4, "850")
    with pytest.raises(Refused, match="ไตรมาส 4/2564"):
        correct(w, between, has_nothing_to_report=True)
    with pytest.raises(Refused, match="ไตรมาส 4/2564"):
        services.remove_statuses([between], w.officer, "ส่งผิดไฟล์", TODAY)
    correct(w, later, correction_reason="นับซ้ำ")
    assert correct(w, between, has_nothing_to_report=True).from_members_baht == 0


def sent(w: build.World, *rows: list[str]) -> Any:
    return imports.upload_file(
        kind="fund-statuses", content=xlsx(HEADS, *rows), file_name="a.xlsx", actor=w.officer,
        today=TODAY,
    )  # fmt: skip


def test_two_quarters_in_one_file_are_judged_together(w):
    """Wrong if a file wrote a fall that neither of its rows explains, or refused one that does."""
    stored_fund(w, code="WF-1")
    rows = [
        ["WF-1", "2564", "4", FOURTH_DAY, "900", ""],
        ["WF-1", "2564", "3", THIRD_DAY, "1000", ""],
    ]
    assert sent(w, *rows).error_count == 2
    rows[0][-1] = "นับซ้ำ"
    batch = sent(w, *rows)
    assert batch.error_count == 0
    batch = imports.confirm(batch=batch, actor=w.officer, today=TODAY)
    assert FundStatus.objects.count() == 2
    undoing.undo(batch=batch, actor=w.officer, reason="ส่งผิดไฟล์", today=TODAY)
    assert not FundStatus.objects.exists()
