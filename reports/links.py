"""From a figure to its records: the addresses behind the cells of a report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from codi.figures.figure import FigureScope
from codi.figures.grid import Grid
from codi.figures.html import CellLink
from reports.content import Content

LinkFor = Callable[[Grid], CellLink]


def link_for(content: Content, *, absolute: bool = False) -> LinkFor:
    """For a grid of the report, the function from row and column to the page of its records.

    ``absolute`` addresses begin with the site's own and work from a file.
    """
    base = settings.SITE_URL.rstrip("/") if absolute else ""

    def of_grid(grid: Grid) -> CellLink:
        return CellLink(lambda row, column: base + cell_address(content, grid, row, column))

    return of_grid


def cell_address(content: Content, grid: Grid, row: str, column: str) -> str:
    """The page of the records behind a cell: the edition's own, or of the live figure."""
    if content.edition is not None:
        return edition_cell_address(content.edition.pk, grid, row, column)
    live = LiveScope(grid.key, content.scope, grid.as_of)
    return live_cell_address(live, row, column)


def edition_cell_address(edition: int, grid: Grid, row: str, column: str) -> str:
    """The page of the records behind a cell of an edition."""
    place = {"as_of": grid.as_of.isoformat(), "row": row, "column": column}
    return f"{reverse('reports:cell', args=[edition])}?{urlencode({'figure': grid.key, **place})}"


@dataclass(frozen=True)
class LiveScope:
    """A figure with the scope and day that an address tells."""

    key: str
    scope: FigureScope
    as_of: dt.date

    def query(self, **more: str) -> str:
        """The words of the address."""
        words = {
            "programme": self.scope.programme,
            "region": self.scope.region,
            "province": self.scope.province,
            "fiscal_year": self.scope.fiscal_year,
        }
        told = {name: str(value) for name, value in words.items() if value is not None}
        return urlencode({**told, "as_of": self.as_of.isoformat(), **more})


def live_cell_address(live: LiveScope, row: str, column: str) -> str:
    """The page of the records behind a cell of a live figure."""
    page = reverse("reports:figure_cell", args=[live.key])
    return f"{page}?{live.query(row=row, column=column)}"
