"""Files of an edition: PDF and workbook, and the charts of its page."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils import timezone

from codi.figures import map as map_shapes
from codi.figures.chart import SCREEN
from codi.ui.downloads import PDF, XLSX, file_response
from reports.content import of_edition
from reports.file_names import file_name
from reports.files import bytes_of
from reports.models import FileKind
from reports.rendering import charts_in, drawing_of
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


def _place(request: HttpRequest) -> int:
    """Which drawing of a table is asked for; the first where nothing is said."""
    asked = request.GET.get("place", "1")
    return int(asked) if asked.isdecimal() and len(asked) < 3 else 0


class Chart(EditionMixin):
    """The drawing of a table, as SVG with outlined labels."""

    def get(self, request: HttpRequest, pk: int, key: str) -> HttpResponse:
        content = of_edition(self.edition, today=timezone.localdate())
        try:
            table = content.table(key, dt.date.fromisoformat(request.GET.get("as_of", "")))
        except (KeyError, ValueError) as error:
            raise Http404 from error
        chart = dict(charts_in(table)).get(_place(request))
        if chart is None:
            raise Http404
        svg = drawing_of(content, table, chart, bars=SCREEN, province_shape=map_shapes.SCREEN)
        return HttpResponse(svg, content_type="image/svg+xml")
