"""Pages of analyses: the builder with its table, the chart, saved ones."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.desk.pages import DeskPage
from codi.errors import Refused
from codi.figures.chart import SCREEN, description, side_by_side
from codi.figures.html import CellLink
from codi.ui.lists import Empty, ListPage
from codi.ui.pages import FormPage
from overview import services
from overview.analysis import sheets
from overview.analysis.catalogue import matching
from overview.analysis.examples import examples
from overview.analysis.forms import ChangeForm, SaveForm
from overview.analysis.layout import Layout
from overview.analysis.listing import AnalysisFilter, AnalysisTable
from overview.analysis.workbench import HELD, WORDS, Workbench, asked_words
from overview.models import SavedAnalysis
from overview.permissions import can_change_analysis
from reports.links import LiveScope, live_cell_address

ANALYSES = ("การวิเคราะห์", reverse_lazy("overview:analyses"))
RESULTS, MEASURES = "analysis-results", "analysis-measures"
EXPORT, CHART, FIND = "export", "chart", "find"


class AnalysisList(ScopedMixin, ListPage):
    """The own analyses and those that others share."""

    model = SavedAnalysis
    table_class = AnalysisTable
    filterset_class = AnalysisFilter
    template_name = "overview/analyses.html"
    page_title = "การวิเคราะห์"
    page_lead = (
        "ตารางที่เลือกตัวเลข ช่วงเวลา และพื้นที่เอง บันทึกไว้เปิดใหม่ได้ ตัวเลขเป็นปัจจุบันและอยู่ในขอบเขตของท่านเสมอ"
    )
    unit = "การวิเคราะห์"
    default_sort = "-saved_at"
    search_keys = ("search_key",)
    search_label = "ค้นหาชื่อการวิเคราะห์"

    def get_queryset(self) -> QuerySet[SavedAnalysis]:
        return super().get_queryset().select_related("owner")

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        return Empty(
            "ยังไม่มีการวิเคราะห์ที่บันทึกไว้",
            "เลือกตัวเลขที่ต้องการเทียบ แล้วบันทึกไว้ใช้ครั้งต่อไปหรือแบ่งปันให้ผู้อื่น",
            "chart-no-axes-combined",
            reverse("overview:new_analysis"),
            "เริ่มวิเคราะห์",
        )


class Bench(ScopedMixin, View):
    """What the pages of one analysis share; with ``pk`` a saved one."""

    @cached_property
    def saved(self) -> SavedAnalysis | None:
        """The saved analysis of the address; 404 when it is out of sight."""
        if "pk" not in self.kwargs:
            return None
        found: SavedAnalysis = self.get_visible_or_404(SavedAnalysis, pk=self.kwargs["pk"])
        return found

    @cached_property
    def bench(self) -> Workbench:
        """The analysis of the words in the address, else of the saved ones."""
        today, query = timezone.localdate(), self.request.GET
        if self.saved and not any(word in query for word in WORDS):
            return Workbench.of_saved(self.saved.query, self.user, today)
        return Workbench(asked_words(query, today), self.user, today)


class AnalysisPage(Bench):
    """Choose and see at once; with htmx only the table, or the list of measures, is exchanged."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        layout, wanted = None, request.headers.get("HX-Target", "")
        if wanted != MEASURES:
            layout = self.bench.layout
        if layout and request.GET.get(EXPORT) in sheets.WRITERS:
            name = self.saved.title if self.saved else ""
            return sheets.WRITERS[request.GET[EXPORT]](self.bench, layout, name)
        templates = {
            RESULTS: "overview/analysis_results.html",
            MEASURES: "overview/analysis_measures.html",
        }
        response = render(
            request, templates.get(wanted, "overview/analysis.html"), self._context(layout)
        )
        patch_vary_headers(response, ["HX-Target"])
        return response

    def _context(self, layout: Layout | None) -> dict[str, Any]:
        bench, saved = self.bench, self.saved
        title = saved.title if saved else "วิเคราะห์ตัวเลข"
        find = self.request.GET.get(FIND, "")[:100]
        context: dict[str, Any] = {
            "page_title": title,
            "crumbs": [ANALYSES, (title, "")],
            "form": bench.form,
            "has_errors": bench.has_begun and bool(bench.form.errors),
            "bench": bench,
            "saved": saved,
            "may_change": saved and can_change_analysis(self.user, saved),
            "held": HELD if bench.held else "",
            "find": find,
            **self._on_offer(find),
            "examples": examples(bench.today) if not bench.has_begun else (),
        }
        return context | (self._table(layout) if layout else {})

    def _on_offer(self, find: str) -> dict[str, Any]:
        """The measures to choose from; a chosen one that is not found stays in the form."""
        groups = matching(self.bench.form.groups, find)
        shown = {one.key for group in groups for one in group.offered}
        chosen, offered = set(self.bench.words.getlist("measure")), self.bench.form.offered
        hidden = [offered[key] for key in sorted((chosen & offered.keys()) - shown)]
        return {"groups": groups, "chosen": chosen, "hidden_chosen": hidden}

    def _table(self, layout: Layout) -> dict[str, Any]:
        words = self.bench.form.words()
        return {
            "grid": layout.grid,
            "link": CellLink(lambda row, column: cell_link(layout, row, column)),
            "words": words,
            "is_changed": self.saved is not None and self.saved.query != words,
            "figures": self.bench.figures,
            "parts": self.bench.parts,
            "shows_chart": CHART in self.request.GET,
            "chart_title": self.bench.chart_title,
            "chart_text": self._chart_text(layout),
        }

    def _chart_text(self, layout: Layout) -> str:
        if CHART not in self.request.GET or not self.bench.parts:
            return ""
        return description(layout.grid, self.bench.parts, [row.title for row in layout.grid.items])


def cell_link(layout: Layout, row: str, column: str) -> str | None:
    """The page of the records behind a cell, of the figure that it was read from."""
    source = layout.source(row, column)
    if source is None:
        return None
    live = LiveScope(source.figure.key, source.scope, source.day)
    return live_cell_address(live, source.row, source.column)


class AnalysisChart(Bench):
    """The first columns of the table as bars side by side, as SVG with outlined labels."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        layout, parts = self.bench.layout, self.bench.parts
        if layout is None or not parts:
            raise Http404
        svg = side_by_side(layout.grid, parts, title=self.bench.chart_title, shape=SCREEN)
        return HttpResponse(svg, content_type="image/svg+xml")


class SaveAnalysis(Bench, FormPage):
    """Save the analysis of the address under a name; of a saved one this makes a copy."""

    form_class = SaveForm
    template_name = "overview/save_analysis.html"
    page_title = "บันทึกการวิเคราะห์"
    page_lead = "เปิดครั้งต่อไปได้จากรายการการวิเคราะห์ ตัวเลขคำนวณใหม่ทุกครั้งที่เปิด"
    submit_label = "บันทึกการวิเคราะห์"

    def act(self, form: SaveForm) -> HttpResponse:
        saved = services.save_analysis(
            actor=self.user, query=self.words(), now=timezone.now(), **form.cleaned_data
        )
        messages.success(self.request, f"บันทึกการวิเคราะห์ “{saved.title}” แล้ว")
        return redirect(saved)

    def words(self) -> str:
        """What is saved. Raises :class:`Refused` where there is nothing to save."""
        if self.bench.layout is None:
            raise Refused("ยังไม่มีตารางที่จะบันทึก กลับไปเลือกตัวเลขและช่วงเวลาให้ตารางแสดงก่อน")
        return self.bench.form.words()

    def get_context(self, form: Any) -> dict[str, Any]:
        back = f"{reverse('overview:new_analysis')}?{self.request.GET.urlencode()}"
        return super().get_context(form) | {
            "crumbs": [ANALYSES, (self.page_title, "")],
            "cancel_url": back,
            "layout": self.bench.layout,
        }


class ChangeAnalysis(Bench, DeskPage):
    """Another name or audience for an own analysis; with words in the address also its content."""

    form_class = ChangeForm
    page_title = "แก้ไขการวิเคราะห์"
    record: SavedAnalysis

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Sight and right before the form."""
        if request.user.is_authenticated and self.saved is not None:
            self.record = self.saved
            self.require(can_change_analysis(self.user, self.record))
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        names = ("title", "audience", "version")
        initial = {name: getattr(self.record, name) for name in names}
        return super().get_form_kwargs() | {"initial": initial}

    @cached_property
    def changes_content(self) -> bool:
        """Whether the address brings another table than the saved one."""
        return any(word in self.request.GET for word in WORDS) and self.bench.layout is not None

    def act(self, form: ChangeForm) -> HttpResponse:
        facts = form.cleaned_data
        saved = services.change_analysis(
            actor=self.user,
            saved=self.record,
            title=facts["title"],
            audience=facts["audience"],
            query=self.bench.form.words() if self.changes_content else self.record.query,
            expected_version=self.expected_version,
            now=timezone.now(),
        )
        messages.success(self.request, f"บันทึกการวิเคราะห์ “{saved.title}” แล้ว")
        return redirect(saved)

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {
            "crumbs": [ANALYSES, (self.record.title, self.record.get_absolute_url()), ("แก้ไข", "")],
            "cancel_url": self.record.get_absolute_url(),
            "page_lead": "บันทึกตารางที่เลือกใหม่ทับของเดิม" if self.changes_content else "",
        }
