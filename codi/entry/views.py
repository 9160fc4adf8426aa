"""The pages of every entry grid: the table, its rows sent one by one, the check of money."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.entry.declared import GRIDS, EntryGrid, Scope
from codi.entry.quarters import (
    QUARTER,
    asked_quarter,
    closed_quarters,
    may_enter,
    offered_quarters,
    word_of,
)
from codi.entry.saving import find, may_add, save_rows, save_together
from codi.entry.sending import rows_of_form, rows_of_script
from codi.entry.sheet import STATES, Line, Sheet
from codi.thai.numbers import baht
from codi.thai.words import baht_text
from codi.ui.pages import CONFIRMED, EDIT_AGAIN

PAGE_SIZES = (50, 100, 200)
NEW_ROWS = 3
PAGE, SIZE = "page", "size"


class GridView(ScopedMixin, View):
    """What the addresses of a grid share: the grid, the record it hangs on, the right to open it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = (request.method or "").lower() in self.http_method_names
        if request.user.is_authenticated and asked:
            self.require(self.grid.may_open(self.scope))
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def grid(self) -> EntryGrid:
        """The grid of the address."""
        grid = GRIDS.get(self.kwargs["key"])
        if grid is None or (grid.of is None) != ("pk" not in self.kwargs):
            raise Http404
        return grid

    @cached_property
    def scope(self) -> Scope:
        """Who types, today, on which record in sight, of which quarter."""
        grid, today = self.grid, timezone.localdate()
        of = self.get_visible_or_404(grid.of, pk=self.kwargs["pk"]) if grid.of else None
        word = self.request.GET.get(QUARTER, "")
        return Scope(self.user, today, of, asked_quarter(word, today) if grid.by_quarter else None)

    @cached_property
    def sheet(self) -> Sheet:
        """The grid for this person."""
        return Sheet(self.grid, self.scope)


class SaveRows(GridView):
    """Rows that the script sends: each is saved, or of a ``checked`` grid only judged."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        asked = rows_of_script(request)
        if self.grid.checked:
            lines = save_together(self.sheet, asked, rehearse=True)
        else:
            lines = save_rows(self.sheet, asked)
        return JsonResponse({"rows": [self.answer(line) for line in lines]})

    def answer(self, line: Line) -> dict[str, Any]:
        """What became of a row, for the script."""
        return {
            "name": line.name,
            "state": line.state,
            "words": line.words,
            "title": line.title,
            "pk": line.row.pk if line.row is not None else None,
            "version": line.version,
            "shown": [told.text for told in line.shown],
            "cells": {
                key: cell.as_dict(self.sheet.echo_of(cell)) for key, cell in line.cells.items()
            },
        }


class GridPage(GridView):
    """The table. Without script the whole page is sent; a row that is wrong keeps what was typed."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        quarter = self.scope.quarter
        if quarter and not (may := may_enter(quarter, self.scope.today, self.closed)):
            return self.show_closed(may.reason)
        return self.show([self.sheet.stored_line(row) for row in self.page.object_list])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = rows_of_form(self.grid, request.POST)
        if self.grid.checked:
            return self.post_checked(asked)
        lines = save_rows(self.sheet, asked)
        saved = [line for line in lines if line.state == "saved"]
        wrong = [line for line in lines if line.is_wrong]
        if wrong:
            return self.show(lines)
        done = f"บันทึกแล้วทั้ง {len(saved)} แถว" if saved else "ยังไม่ได้กรอกข้อมูล จึงไม่มีอะไรต้องบันทึก"
        messages.success(request, done)
        return redirect(request.get_full_path())

    def post_checked(self, asked: Sequence[Any]) -> HttpResponse:
        """Check, show what will be written, write it when confirmed."""
        if EDIT_AGAIN in self.request.POST:
            rows = find(self.grid, self.scope, asked)
            return self.show([self.sheet.judge(one, rows.get(one.pk or 0)) for one in asked])
        confirmed = CONFIRMED in self.request.POST
        lines = save_together(self.sheet, asked, rehearse=not confirmed)
        filled = [line for line in lines if not line.is_blank]
        if any(line.is_wrong for line in filled):
            return self.show(lines)
        if not filled:
            messages.info(self.request, "ยังไม่ได้กรอกแถวใด จึงยังไม่มีอะไรให้ตรวจทาน")
        elif not confirmed:
            return self.show_check(filled)
        else:
            messages.success(self.request, f"บันทึกแล้วทั้ง {len(filled)} รายการ")
        return redirect(self.request.get_full_path())

    # What the page shows

    @cached_property
    def closed(self) -> dict[Any, str]:
        """The closed quarters."""
        return closed_quarters()

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """The rows that the address chooses among those in sight."""
        rows = self.grid.open_rows(self.grid.rows(self.scope))
        listed = self.grid.listed
        if listed is None or not self.list_page.is_filtered:
            return rows
        chosen = self.list_page.rows.order_by().values("pk")
        return rows.filter(**{f"{listed.path}__in": chosen})

    @cached_property
    def list_page(self) -> Any:
        """The list whose search and filters choose the rows."""
        if self.grid.listed is None:
            return None
        page = self.grid.listed.page()
        page.setup(self.request)
        return page

    @cached_property
    def page(self) -> Any:
        """The rows of one page."""
        asked = self.request.GET.get(SIZE, "")
        size = int(asked) if asked in map(str, PAGE_SIZES) else PAGE_SIZES[0]
        return Paginator(self.rows, size).get_page(self.request.GET.get(PAGE))

    def address(self, **changes: Any) -> str:
        """This page's address with some words changed."""
        query = self.request.GET.copy()
        for name, value in changes.items():
            query[name] = str(value)
        return f"{self.request.path}?{query.urlencode()}"

    def show(self, lines: Sequence[Line]) -> HttpResponse:
        """The table with the rows as they stand, and some empty ones where rows may be added."""
        stored = [line for line in lines if line.row is not None or not line.is_blank]
        adding = may_add(self.grid, self.scope)
        more = [self.sheet.new_line(f"n{n}") for n in range(100, 100 + NEW_ROWS)] if adding else []
        wrong = [line for line in lines if line.is_wrong]
        context = {
            **self._frame(),
            "lines": [*stored, *more],
            "new_line": self.sheet.new_line("n0") if adding else None,
            **self._totals(stored),
            "entries": [entry for line in wrong for entry in line.troubles()],
            "has_errors": bool(wrong),
            "saved_text": _saved_text(lines) if wrong else "",
            "page": self.page,
            "list_page": self.list_page,
            "empty_title": f"ไม่มี{self.grid.unit}ให้กรอก",
            "empty_text": self.grid.empty,
            "sizes": [(size, self.address(size=size)) for size in PAGE_SIZES],
            "pages": self._pages(),
        }
        return render(self.request, "entry/grid.html", context)

    def show_closed(self, reason: str) -> HttpResponse:
        """The choice of quarters, and why nothing can be typed into this one."""
        back = self.grid.back(self.scope) if self.grid.back else ("", "")
        context = {
            **self._frame(),
            "page_lead": "",
            "empty_title": "กรอกไตรมาสนี้เป็นตารางไม่ได้",
            "empty_text": reason,
            "empty_label": back[0],
            "empty_url": back[1],
        }
        return render(self.request, "entry/grid.html", context)

    def _pages(self) -> list[tuple[str, str]]:
        numbers = self.page.paginator.get_elided_page_range(self.page.number, on_each_side=1)
        return [
            (str(entry), self.address(page=entry) if isinstance(entry, int) else "")
            for entry in numbers
        ]

    def show_check(self, filled: Sequence[Line]) -> HttpResponse:
        """The rows that will be written, with what they add up to."""
        context = {
            **self._frame(),
            "lines": filled,
            **self._totals(filled),
        }
        return render(self.request, "entry/check.html", context)

    def _totals(self, lines: Sequence[Line]) -> dict[str, Any]:
        totals = self.sheet.totals(lines)
        told = [total for _column, total in totals if total is not None]
        return {
            "line_count": len(lines),
            "column_totals": [
                (column, "" if total is None else baht(total)) for column, total in totals
            ],
            "has_totals": bool(told),
            "totals_in_words": [(baht(total), baht_text(total)) for total in told],
        }

    def _frame(self) -> dict[str, Any]:
        grid, scope = self.grid, self.scope
        back = grid.back(scope) if grid.back else None
        title = f"{grid.title} {scope.quarter.label}" if scope.quarter else grid.title
        return {
            **self._quarters(),
            "grid": grid,
            "columns": grid.columns,
            "asks_for_something": any(column.field.required for column in grid.columns),
            "offered": [
                (column, self.sheet.choices_of(column))
                for column in grid.columns
                if column.has_names
            ],
            "states": [(state, *told) for state, told in STATES.items() if state],
            "page_title": title,
            "page_lead": f"{scope.of} · {grid.lead}" if scope.of else grid.lead,
            "crumbs": [back, (title, "")] if back else [],
            "cancel_url": back[1] if back else "",
            "send_url": self._send_url(),
        }

    def _send_url(self) -> str:
        """Where rows go, with the quarter that they are of."""
        kwargs = {name: self.kwargs[name] for name in ("key", "pk") if name in self.kwargs}
        url = reverse("entry:rows_of" if self.grid.of else "entry:rows", kwargs=kwargs)
        quarter = self.scope.quarter
        return f"{url}?{QUARTER}={word_of(quarter)}" if quarter else url

    def _quarters(self) -> dict[str, Any]:
        """The choice of quarters, which keeps what else the address chooses."""
        if self.scope.quarter is None:
            return {}
        beside = [
            (name, all_) for name, all_ in self.request.GET.lists() if name not in (QUARTER, PAGE)
        ]
        return {
            "quarter": word_of(self.scope.quarter),
            "quarters": offered_quarters(self.scope.today, self.closed),
            "kept_words": [(name, one) for name, all_ in beside for one in all_],
        }


def _saved_text(lines: Sequence[Line]) -> str:
    """How many rows were saved beside those that are wrong."""
    saved_count = sum(line.state == "saved" for line in lines)
    if not saved_count:
        return "ยังไม่ได้บันทึกแถวใด แก้ไขแถวที่แจ้งเหตุผลไว้ด้านล่าง แล้วบันทึกอีกครั้ง"
    return f"บันทึกแล้ว {saved_count} แถว เหลือแถวที่ต้องแก้ไขตามรายการด้านบน สิ่งที่พิมพ์ไว้ยังอยู่ครบ"
