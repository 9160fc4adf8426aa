"""Live figures: any table for a scope and day, without an edition."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.figures.beside import behind, beside
from codi.figures.compared import CURRENT, ComparedFigure
from codi.figures.declared import ListFigure
from codi.figures.figure import Figure, FigureScope, all_figures
from codi.figures.html import CellLink
from reports.forms import FigureForm
from reports.links import LiveScope, live_cell_address
from reports.views.scope import live_figure, live_scope, visible_region


class FigureList(ScopedMixin, View):
    """Every figure, with what it counts."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "page_title": "ตารางตัวเลข",
            "page_lead": "ตัวเลขปัจจุบันหรือ ณ วันที่ใดก็ได้ ทุกช่องเปิดดูรายการที่ประกอบเป็นตัวเลขได้",
            "crumbs": [("รายงาน", reverse("reports:list")), ("ตารางตัวเลข", "")],
            "figures": all_figures(),
        }
        return render(request, "reports/figures.html", context)


class FigurePage(ScopedMixin, View):
    """One figure for a scope and day; a form in the address changes them."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        figure = live_figure(key)
        visible_region(request, self.user)
        form = FigureForm(request.GET or None, user=self.user, today=timezone.localdate())
        context: dict[str, Any] = {
            "page_title": figure.title,
            "crumbs": [("ตารางตัวเลข", reverse("reports:figures")), (figure.title, "")],
            "form": form,
            "figure": figure,
        }
        if not form.is_bound or form.is_valid():
            scope, as_of = live_scope(request, self.user)
            other = form.cleaned_data["compare_on"] if form.is_bound else None
            context |= self._told(figure, scope, as_of, other)
        return render(request, "reports/figure.html", context)

    @staticmethod
    def _told(
        figure: Figure, scope: FigureScope, as_of: dt.date, other: dt.date | None
    ) -> dict[str, Any]:
        """The table of the day, beside that of another day where one is given."""
        grid = figure.compute(scope, as_of)
        if other is not None and not isinstance(figure, ListFigure):
            only = CURRENT if isinstance(figure, ComparedFigure) else ""
            grid = beside(figure.compute(scope, other), grid, only=only)

        def address(row: str, column: str) -> str:
            key, day = behind(column, other or as_of, as_of)
            return live_cell_address(LiveScope(figure.key, scope, day), row, key)

        is_list = isinstance(figure, ListFigure)
        return {"grid": grid, "link": CellLink(address), "compares_lists": is_list and other}
