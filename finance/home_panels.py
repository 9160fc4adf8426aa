"""What the money looks like, at a glance, on the home page of everybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Max
from django.urls import reverse

from codi.accounts.models import User
from codi.figures.figure import FigureScope, get
from codi.figures.grid import Cell, Grid
from codi.fiscal import FiscalYear
from codi.ui.home import HomePanel, home_panel
from programs.models import Project

PLACES_SHOWN = 20


@dataclass(frozen=True)
class PlaceBar:
    """A place's approved and paid baht, and how long its bar is in percent of the longest."""

    name: str
    approved_baht: Decimal
    paid_baht: Decimal
    paid_pct: Cell
    approved_width: int
    paid_width: int
    url: str


def _year(user: User, today: dt.date) -> int | None:
    """This fiscal year when it has approved projects in sight, else the last that has."""
    approved = Project.objects.visible_to(user).approved_as_of(today)
    latest: int | None = approved.filter(fiscal_year__lte=FiscalYear.of(today).number).aggregate(
        year=Max("fiscal_year")
    )["year"]
    return latest


def _bars(grid: Grid, link: str) -> Sequence[PlaceBar]:
    """The places with money, the largest approval first."""
    rows = [
        (row, Decimal(str(grid.value(row.key, "approved_baht") or 0)))
        for row in grid.items
        if grid.value(row.key, "approved_baht")
    ]
    rows.sort(key=lambda pair: -pair[1])
    longest = max((approved for _, approved in rows), default=Decimal(1))
    return [
        PlaceBar(
            name=row.title,
            approved_baht=approved,
            paid_baht=(paid := Decimal(str(grid.value(row.key, "paid_baht") or 0))),
            paid_pct=grid.value(row.key, "paid_pct"),
            approved_width=int(approved * 100 / longest),
            paid_width=int(paid * 100 / longest),
            url=link + "&" + urlencode({"row": row.key, "column": "paid_baht"}),
        )
        for row, approved in rows[:PLACES_SHOWN]
    ]


@home_panel
def disbursement(user: User, *, today: dt.date) -> HomePanel | None:
    """Approved, paid and remaining of the year in the person's scope, with its places as bars."""
    year = _year(user, today)
    if year is None:
        return None
    scope = FigureScope(region=user.region_id, province=user.province_id, fiscal_year=year)
    key = f"projects.disbursement_by_{'region' if user.sees_nation else 'province'}"
    grid = get(key).compute(scope, today)
    address = reverse("reports:figure", args=[key]) + "?" + urlencode({"fiscal_year": year})
    cells = reverse("reports:figure_cell", args=[key]) + "?" + urlencode({"fiscal_year": year})
    total = {column.key: grid.value("total", column.key) for column in grid.columns}
    return HomePanel(
        "finance/home_panel.html",
        {"grid": grid, "total": total, "bars": _bars(grid, cells), "url": address, "year": year},
        "css/money.css",
    )
