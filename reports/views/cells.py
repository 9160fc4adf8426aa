"""From a figure to its records: the list behind one cell, which adds up to it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.figures.formats import as_of_text, column_title, text_of
from codi.figures.grid import Grid, Unit
from codi.thai.numbers import number
from reports.content import of_edition, records_of_cell
from reports.links import LiveScope, cell_address, live_cell_address
from reports.listing import headings_of, listed
from reports.records import CellRecords, records_of_grid
from reports.views.base import EditionMixin
from reports.views.scope import live_figure, live_scope

PAGE_SIZE = 100
SIGNS = {"+": "บวก", "-": "ลบ", "=": "ตัวตั้ง", "/": "ตัวหาร"}


def cell_context(
    request: HttpRequest, grid: Grid, cell: CellRecords, address: Any
) -> dict[str, Any]:
    """What the page of a cell shows; raises ``Http404`` for a cell that the grid does not have."""
    row_key, column_key = request.GET.get("row", ""), request.GET.get("column", "")
    row, column = grid.row(row_key), grid.column(column_key)
    value, unit = grid.value(row_key, column_key), grid.unit_of(row_key, column_key)
    counts = unit in (Unit.BAHT, Unit.COUNT)
    return {
        "grid": grid,
        "page_title": f"{row.title} · {column_title(column)}",
        "page_lead": f"{grid.title} {grid.scope_label}",
        "as_of_text": as_of_text(grid),
        "value": text_of(unit, value),
        "unit": {Unit.BAHT: "บาท", Unit.PERCENT: "ร้อยละ"}.get(unit, ""),
        "total": text_of(Unit.BAHT, cell.total) if cell.amounts is not None else number(cell.total),
        "adds_up": counts and not cell.parts and (cell.total == (value or 0)),
        "counts": counts and not cell.parts,
        "parts": [_part(grid, row_key, part, address) for part in cell.parts],
        **_listed(request, cell),
    }


def _listed(request: HttpRequest, cell: CellRecords) -> dict[str, Any]:
    """The page of the list that the address asks for."""
    pairs = list(zip(cell.keys, cell.amounts or [None] * len(cell.keys), strict=True))
    page = Paginator(pairs, PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return {
        "has_amounts": cell.amounts is not None,
        "headings": headings_of(cell.model_label) if cell.model_label else (),
        "records": listed(cell.model_label, list(page.object_list)) if cell.keys else [],
        "page": page,
        "address": f"?{query.urlencode()}",
    }


def _part(grid: Grid, row: str, part: str, address: Any) -> dict[str, str]:
    """A cell that the present one is computed from: sign, name, value and its own page."""
    key, _, fixed_row = part[1:].partition("@")
    place = fixed_row or row
    column = grid.column(key)
    return {
        "sign": SIGNS[part[0]],
        "name": column_title(column),
        "value": text_of(grid.unit_of(place, key), grid.value(place, key)),
        "url": address(place, key),
    }


class EditionCell(EditionMixin):
    """The records behind a cell of an edition, as they were when it was frozen."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        content = of_edition(self.edition, today=timezone.localdate())
        try:
            day = dt.date.fromisoformat(request.GET.get("as_of", ""))
            grid = content.table(request.GET.get("figure", ""), day).grid
            place = grid.row(request.GET["row"]).key, grid.column(request.GET["column"]).key
        except (KeyError, ValueError) as error:
            raise Http404 from error
        cell = records_of_cell(content, grid, *place)
        context = cell_context(
            request, grid, cell, lambda row, column: cell_address(content, grid, row, column)
        )
        context |= {"crumbs": self.crumbs(("รายการเบื้องหลัง", "")), "edition": self.edition}
        return render(request, "reports/cell.html", context)


class FigureCell(ScopedMixin, View):
    """The records behind a cell of a live figure."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        figure = live_figure(key)
        scope, as_of = live_scope(request, self.user)
        grid = figure.compute(scope, as_of)
        try:
            place = grid.row(request.GET["row"]).key, grid.column(request.GET["column"]).key
        except KeyError as error:
            raise Http404 from error
        found = records_of_grid(figure, scope, as_of, grid, only=place[1])
        live = LiveScope(key, scope, as_of)
        context = cell_context(
            request,
            grid,
            found.get(place, CellRecords()),
            lambda row, column: live_cell_address(live, row, column),
        )
        back = f"{reverse('reports:figure', args=[key])}?{live.query()}"
        context |= {"crumbs": [(grid.title, back), ("รายการเบื้องหลัง", "")]}
        return render(request, "reports/cell.html", context)
