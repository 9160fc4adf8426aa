"""One page for every cross table: what to cross, the table, its files."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.errors import Refused
from codi.figures.grid import Grid
from codi.figures.html import CellLink
from codi.pivot import sheets
from codi.pivot.cross import Crossing
from codi.pivot.declared import PIVOTS, Pivot
from codi.pivot.forms import PivotForm
from codi.ui.additions import WORD
from codi.ui.keeping import Kept
from codi.ui.lists import EXPORT, ListPage

CHOICES = ("row", "row2", "column", "share", "measure")


class PivotPage(ScopedMixin, View):
    """A cross table over the rows of a list, which brings its rights, scope, search and filter."""

    pivot: Pivot
    page: ListPage

    def get(self, request: HttpRequest, key: str) -> HttpResponseBase:
        if key not in PIVOTS:
            raise Http404
        self.pivot = PIVOTS[key]
        self.page = self.pivot.page()
        self.page.setup(request)
        self.page.kept = Kept()  # a table of sums has neither the list's columns nor its pages
        if not (decision := self.page.allowed()):
            raise PermissionDenied(getattr(decision, "reason", ""))
        if request.GET.get(EXPORT) in sheets.WRITERS and self.crossing is not None:
            return sheets.WRITERS[request.GET[EXPORT]](self.as_file(self.crossing))
        return render(request, "pivot/table.html", self._context())

    @cached_property
    def form(self) -> PivotForm:
        """What the address asks for; without a word of it the first view that was declared."""
        row, column, measures = self.pivot.first
        asked = self.request.GET.copy()
        if not any(name in asked for name in CHOICES):
            asked.update({"row": row, "column": column})
            asked.setlist("measure", list(measures))
        return PivotForm(asked, pivot=self.pivot, user=self.user, today=timezone.localdate())

    @cached_property
    def crossing(self) -> Crossing | None:
        """The table; None where the form or the filter cannot be read, or it would be too wide."""
        if not self.form.is_valid() or not self.page.filterset.is_valid():
            return None
        try:
            return Crossing(self.page.rows, self.form.choice())
        except Refused as refused:
            self.form.add_refusal(refused)
            return None

    def grid(self, crossing: Crossing) -> Grid:
        """The table as a grid, which names the filter that it was made under."""
        chips = [chip.text for chip in self.page.chips]
        return crossing.grid(
            self.pivot,
            as_of=timezone.localdate(),
            scope_label=self.user.scope_label,
            notes=[f"ตัวกรอง {' · '.join(chips)}"] if chips else [],
        )

    def as_file(self, crossing: Crossing) -> sheets.PivotFile:
        """What the files are made of."""
        return sheets.PivotFile(self.pivot, crossing, self.grid(crossing), self.user)

    def list_address(self, **words: str) -> str:
        """The list with the search and filter of this table, narrowed by ``words``."""
        query = self.page.selection()
        for key, text in words.items():
            query[WORD + key] = text
        address = reverse(self.pivot.url_name)
        return f"{address}?{query.urlencode()}" if query else address

    def _address(self, **changes: str) -> str:
        query = self.request.GET.copy()
        query.pop(EXPORT, None)
        query.update(changes)
        return f"?{query.urlencode()}"

    def _context(self) -> dict[str, Any]:
        crossing, title = self.crossing, f"ตารางไขว้: {self.pivot.title}"
        context: dict[str, Any] = {
            "page_title": title,
            "page_lead": "เลือกแถว คอลัมน์ และค่าที่แสดง แล้วกด “แสดงตาราง”",
            "crumbs": [(self.pivot.title, self.list_address()), ("ตารางไขว้", "")],
            "form": self.form,
            "page": self.page,
            "narrowed": [(WORD + one.key, text) for one, text in self.page.narrowed],
            "has_errors": self.form.is_bound and bool(self.form.errors),
            "list_url": self.list_address(),
            "clear_url": self.request.path,
        }
        if crossing is None or not crossing.values[0]:
            return context
        return context | {
            "crossing": crossing,
            "grid": self.grid(crossing),
            "definitions": sheets.definitions_of(crossing),
            "is_deep": len(crossing.choice.rows) > 1,
            "link": CellLink(lambda row, col: self.list_address(**crossing.words(row, col))),
            "exports": [(kind, self._address(export=kind)) for kind in sheets.WRITERS],
        }
