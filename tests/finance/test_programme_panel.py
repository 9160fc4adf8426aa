"""The money of the frames on a programme's page: five amounts, their sum, in sight only."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from codi.accounts.models import Role
from finance.frames import frame_state
from finance.programme_panels import frame_states, frames
from finance.services import move_budget
from programs.models import BudgetFrame
from tests import world as build

pytestmark = pytest.mark.django_db


@pytest.fixture
def w() -> build.World:
    """Frames of 10 million each; 1 million approved, a quarter of a million moved."""
    made = build.world(frame_baht=10_000_000)
    build.project(made, baht=1_000_000)
    move_budget(
        actor=made.finance,
        from_frame=made.frames["province"],
        to_frame=made.frames["region"],
        amount_baht=Decimal(250_000),
        moved_on=dt.date(2021, 8, 1),
        reason="ปรับแผน",
        approval_document="บันทึก 1",
        approval_meeting=None,
        request_key=uuid.uuid4(),
        today=build.TODAY,
    )
    return made


def test_each_frame_tells_what_moved_what_is_committed_and_what_is_left(w):
    """Wrong if an amount was missing, or stood at another frame."""
    told = {
        one.frame.level: (one.moved_in_baht, one.moved_out_baht, one.committed_baht, one.left_baht)
        for one in frame_states(w.programme, w.officer)
    }
    assert told == {
        "region": (250_000, 0, 0, 10_250_000),
        "province": (0, 250_000, 1_000_000, 8_750_000),
        "subdistrict": (0, 0, 0, 10_000_000),
    }


def test_the_panel_agrees_with_the_state_of_one_frame(w):
    """Wrong if a page said other amounts than the check before a move."""
    for one in frame_states(w.programme, w.officer):
        assert one == frame_state(one.frame)


def test_the_total_adds_up_and_stands_on_the_page(client, w):
    """Wrong if the sum row differed from its rows, or the page did not draw it."""
    panel = frames(w.programme, w.officer)
    total = panel.context["total"]
    assert total.allocated_baht == Decimal(30_000_000)
    assert total.moved_in_baht == total.moved_out_baht == Decimal(250_000)
    assert total.left_baht == Decimal(29_000_000)
    client.force_login(w.officer)
    page = client.get(w.programme.get_absolute_url()).text
    assert "8,750,000" in page
    assert "29,000,000" in page
    assert 'class="bar bar--thin"' in page
    assert 'width="10"' in page


def test_another_region_sees_no_frame(client, w):
    """Wrong if the money of a region showed to another."""
    stranger = build.user(Role.REGIONAL_MANAGER, region=build.region("S", "ภาคใต้", 5))
    assert frames(w.programme, stranger) is None
    client.force_login(stranger)
    page = client.get(w.programme.get_absolute_url()).text
    assert "10,000,000" not in page
    assert "ยังไม่มีกรอบงบในขอบเขตของท่าน" in page


@pytest.mark.parametrize("regions", [1, 3, 40])
def test_the_panel_asks_four_queries_however_many_frames(w, regions):
    """Wrong if each frame asked for itself."""
    for number in range(regions - 1):
        home = build.region(f"R{number}", f"ภาค {number}", 50 + number)
        BudgetFrame.objects.create(
            programme=w.programme,
            region=home,
            level="region",
            allocated_baht=Decimal(5),
            allocated_on=dt.date(2020, 10, 1),
        )
    with CaptureQueriesContext(connection) as asked:
        assert len(frame_states(w.programme, w.administrator)) == regions + 2
    assert len(asked) == 4
