"""The year's money on the home page."""

from __future__ import annotations

from decimal import Decimal

import pytest

from codi.accounts.models import Role
from finance.home_panels import disbursement
from tests import north
from tests import world as build

pytestmark = pytest.mark.django_db


def test_panel_shows_the_region_and_its_places(django_assert_num_queries):
    """Wrong if the tiles or bars differed from the printed report, or asked once per place."""
    w = build.world()
    north.load(w)
    with django_assert_num_queries(7):
        panel = disbursement(w.officer, today=build.TODAY)
    assert panel.context["total"]["paid_baht"] == Decimal(15635880)
    assert panel.context["year"] == 2564
    longest = panel.context["bars"][0]
    assert (longest.name, longest.approved_baht, longest.approved_width) == (
        "เชียงใหม่",
        Decimal(1781000),
        100,
    )
    assert len(panel.context["bars"]) == 18


def test_nothing_to_show_is_no_panel():
    """Wrong if a region without approved projects got an empty drawing, or another region's money."""
    w = build.world()
    north.load(w)
    build.province("30", "นครราชสีมา", "NE")
    stranger = build.user(Role.REGIONAL_OFFICER, region=build.region("NE"))
    assert disbursement(stranger, today=build.TODAY) is None


def test_home_page_renders_for_each_role(client):
    """Wrong if the home page of a role failed once there are projects."""
    w = build.world()
    north.load(w)
    for person in (w.officer, w.manager, w.finance, w.analyst, w.executive, w.administrator):
        client.force_login(person)
        answer = client.get("/")
        assert answer.status_code == 200
        assert "15,635,880" in answer.content.decode()
