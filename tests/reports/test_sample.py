"""The sample that a first start loads."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import call_command

from codi.figures.figure import FigureScope, get
from finance.models import LedgerEntry
from programs.models import Programme, Project


@pytest.mark.django_db
def test_sample_gives_the_printed_table_and_loads_once(settings, tmp_path):
    """Wrong if the sample of a first start did not give the report's figures, or doubled them."""
    settings.MEDIA_ROOT = tmp_path
    call_command("load_places", verbosity=0)
    call_command("load_sample", "north-leaders-2564", verbosity=0)
    call_command("load_sample", "north-leaders-2564", verbosity=0)
    assert (Project.objects.count(), LedgerEntry.objects.count()) == (18, 36)
    assert Programme.objects.filter(parent__code="NL2564").count() == 5
    scope = FigureScope(programme="NL2564", region="N")
    grid = get("projects.disbursement_by_level").compute(scope, dt.date(2021, 5, 31))
    shown = [
        grid.value("total", key)
        for key in ("frame_baht", "approved_baht", "paid_baht", "paid_pct", "recorded_count")
    ]
    assert shown == [Decimal(15635880), Decimal(15635880), Decimal(10921966), Decimal("69.85"), 18]
