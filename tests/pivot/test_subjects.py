"""Cross tables of meetings, programmes and frames: hand-made sums, one query, own sight."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from codi.accounts.models import Role, ScopeLevel
from codi.pivot import PIVOTS
from codi.pivot.cross import Choice, Crossing
from finance import services as finance
from programs import services
from programs.models import BudgetFrame, Committee, FundingSource, Meeting, Programme
from tests import world as build

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> build.World:
    return build.world()


def grid_of(user: Any, key: str, query: dict[str, Any]) -> Any:
    """The table that the page shows to a person."""
    client = Client()
    client.force_login(user)
    return client.get(f"/pivot/{key}/", query).context["grid"]


def line(grid: Any, title: str, *measures: str) -> list[Any]:
    """The row of a title: its measures over all columns."""
    (row,) = [one for one in grid.rows if one.title == title]
    return [grid.value(row.key, f"total.{name}") for name in measures]


FRAME = ("allocated", "moved", "current", "committed", "free", "committed_pct")


def test_frames_tell_what_was_allocated_moved_committed_and_is_free(w):
    """Wrong if a move counted on one side only, or a cancelled project still held its money."""
    build.project(w, "approved", baht=1_000_000)
    services.cancel_project(
        actor=w.finance, project=build.project(w, baht=300_000), reason="ถอน", today=build.TODAY
    )
    finance.move_budget(
        actor=w.finance,
        from_frame=w.frames["province"],
        to_frame=w.frames["region"],
        amount_baht=Decimal(40_000_000),
        moved_on=build.TODAY,
        reason="ปรับแผน",
        approval_document="บันทึก 1/2564",
        request_key=uuid.uuid4(),
        today=build.TODAY,
    )
    east = build.region("NE", "ภาคอีสาน", 2)
    BudgetFrame.objects.create(
        programme=w.programme,
        region=east,
        level="region",
        allocated_baht=7,
        allocated_on=dt.date(2020, 10, 1),
    )
    query = {"row": "region", "row2": "level", "measure": FRAME}
    grid = grid_of(w.analyst, "frames", query)
    million = 1_000_000
    want = [100 * million, -40 * million, 60 * million, million, 59 * million, Decimal("1.67")]
    assert line(grid, "ระดับจังหวัด", *FRAME) == want
    assert line(grid, "ภาคเหนือ", *FRAME[:5]) == [
        300 * million,
        0,
        300 * million,
        million,
        299 * million,
    ]
    assert line(grid, "รวม", "allocated", "free") == [300 * million + 7, 299 * million + 7]
    assert line(grid_of(w.manager, "frames", query), "รวม", "allocated") == [300 * million]


def test_meetings_tell_how_many_resolutions_they_made(w):
    """Wrong if a meeting without a resolution vanished, or one of several counted once."""
    for number in (1, 2, 3):
        services.add_resolution(
            actor=w.officer, meeting=w.meeting, number=number, kind="approved", text="เห็นชอบ"
        )
    build.project(w, "endorsed")
    day = dt.date(2021, 5, 1)
    Meeting.objects.create(
        committee=w.committee, number=3, fiscal_year=2564, starts_on=day, ends_on=day
    )
    names = ("count", "resolutions", "projects", "certifications")
    grid = grid_of(w.analyst, "meetings", {"row": "quarter", "measure": names})
    assert line(grid, "ไตรมาส 2 ปีงบประมาณ 2564", *names) == [1, 3, 1, 0]
    assert line(grid, "ไตรมาส 3 ปีงบประมาณ 2564", *names) == [1, 0, 0, 0]
    province = build.user(
        Role.REGIONAL_OFFICER,
        scope_level=ScopeLevel.PROVINCE,
        province=build.province("51", "ลำพูน"),
    )
    assert line(
        grid_of(province, "meetings", {"row": "quarter", "measure": names}), "รวม", *names
    ) == [
        2,
        3,
        0,
        0,
    ]


def test_programmes_tell_their_frames_and_approvals_in_sight(w):
    """Wrong if a programme without a frame were missing, or another region's money were told."""
    source = FundingSource.objects.create(code="GOV", name="งบประมาณแผ่นดิน")
    Programme.objects.create(
        code="PLAN", name="แผนงานยุทธศาสตร์", kind="1_plan", fiscal_year=2564, funding_source=source
    )
    build.project(w, "approved", baht=1_000_000)
    names = ("count", "frames", "allocated", "projects", "approved")
    query = {"row": "funding_source", "measure": names}
    grid = grid_of(w.analyst, "programmes", query)
    assert line(grid, "งบประมาณแผ่นดิน", *names) == [1, 0, None, 0, None]
    assert line(grid, "ไม่ระบุ", *names) == [1, 3, 300_000_000, 1, 1_000_000]
    far = build.user(Role.REGIONAL_OFFICER, region=build.region("NE", "ภาคอีสาน", 2))
    assert line(grid_of(far, "programmes", query), "รวม", *names) == [2, 0, None, 0, None]


@pytest.mark.parametrize("count", [1, 3, 40])
def test_one_query_makes_each_table_however_many_rows(w, count):
    """Wrong if a meeting, programme or frame of the table cost a query of its own."""
    Meeting.objects.all().delete()
    BudgetFrame.objects.all().delete()
    for number in range(count):
        day = dt.date(2021, 1, 1) + dt.timedelta(days=number)
        committee = Committee.objects.create(name=f"คณะที่ {number}", region=build.region())
        Meeting.objects.create(
            committee=committee, number=1, fiscal_year=2564, starts_on=day, ends_on=day
        )
        programme = Programme.objects.create(code=f"P{number}", name="ก", fiscal_year=2564)
        BudgetFrame.objects.create(
            programme=programme,
            region=build.region(),
            level="region",
            allocated_baht=1,
            allocated_on=day,
        )
    for key in ("meetings", "programmes", "frames"):
        pivot = PIVOTS[key]
        page = pivot.page()
        page.setup(_request(w.analyst))
        row, column, _first = pivot.first
        choice = Choice((pivot.dimension[row],), pivot.dimension[column], pivot.measures)
        rows = page.rows
        with CaptureQueriesContext(connection) as asked:
            Crossing(rows, choice).grid(pivot, as_of=build.TODAY, scope_label="", notes=[])
        assert len(asked) == 1, key


def _request(user: Any) -> Any:
    request = RequestFactory().get("/")
    request.user = user
    return request
