"""Files of an edition: PDF and workbook, and the charts of its page."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils import timezone

from codi.figures.chart import SCREEN, stacked_bars
from codi.ui.downloads import PDF, XLSX, file_response
from reports.content import of_edition
from reports.file_names import file_name
from reports.files import bytes_of
from reports.models import FileKind
from reports.rendering import chart_title, has_chart
from reports.views.base import EditionMixin


class EditionFileView(EditionMixin):
    """The stored file of an issued edition, or the newest of a draft; ``?inline=1`` shows a PDF."""

    def get(self, request: HttpRequest, pk: int, kind: str) -> FileResponse:
        if kind not in FileKind.values:
            raise Http404
        edition = self.edition
        content = of_edition(edition, today=timezone.localdate())
        stored = bytes_of(edition, kind, content)
        if stored is None:
            raise Http404
        response = file_response(
            BytesIO(stored),
            name=file_name(content, kind),
            content_type=PDF if kind == FileKind.PDF else XLSX,
            inline=kind == FileKind.PDF and request.GET.get("inline") == "1",
        )
        response["X-Content-Type-Options"] = "nosniff"
        return response


class Chart(EditionMixin):
    """The drawing of a table, as SVG with outlined labels."""

    def get(self, request: HttpRequest, pk: int, key: str) -> HttpResponse:
        content = of_edition(self.edition, today=timezone.localdate())
        try:
            table = content.table(key, dt.date.fromisoformat(request.GET.get("as_of", "")))
        except (KeyError, ValueError) as error:
            raise Http404 from error
        if not has_chart(table):
            raise Http404
        svg = stacked_bars(
            table.grid, table.slot.chart, title=chart_title(content, table.grid), shape=SCREEN
        )
        return HttpResponse(svg, content_type="image/svg+xml")
