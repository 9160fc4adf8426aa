"""Live figures: any table for a scope and day, without an edition."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.figures.figure import FigureScope, all_figures
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
            context |= {"grid": figure.compute(scope, as_of), "link": self._link(key, scope, as_of)}
        return render(request, "reports/figure.html", context)

    @staticmethod
    def _link(key: str, scope: FigureScope, as_of: Any) -> CellLink:
        live = LiveScope(key, scope, as_of)
        return CellLink(lambda row, column: live_cell_address(live, row, column))
