"""What the API offers of overviews: saved analyses, and their tables in the caller's own scope."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase, QueryDict
from django.utils import timezone
from rest_framework.request import Request

from codi.accounts.permissions import Decision, allow
from codi.api.declared import Act, Call, Part, Resource, Told, register
from codi.api.errors import Problem
from codi.errors import Refused
from overview import services
from overview.analysis import sheets
from overview.analysis.forms import StateForm
from overview.analysis.layout import Layout
from overview.analysis.listing import AnalysisFilter
from overview.analysis.workbench import Workbench, asked_words
from overview.models import SavedAnalysis
from overview.permissions import can_change_analysis


def _rows(user: Any) -> QuerySet[Any]:
    return SavedAnalysis.objects.select_related("owner")


def _opened(request: Request, saved: SavedAnalysis) -> tuple[Workbench, Layout]:
    """The analysis in the scope of the caller. Raises :class:`Problem` where it has no table."""
    user: Any = request.user
    bench = Workbench.of_saved(saved.query, user, timezone.localdate())
    if bench.layout is None:
        raise Problem("refused", _why_not(bench))
    return bench, bench.layout


def _why_not(bench: Workbench) -> str:
    """What the form finds wrong, in a line."""
    errors = [str(error) for found in bench.form.errors.values() for error in found]
    return " ".join(errors) or "การวิเคราะห์นี้ยังไม่ได้เลือกตัวเลข เปิดในหน้าเว็บแล้วเลือกตัวเลขก่อน"


def _table(request: Request, saved: Any) -> dict[str, Any]:
    _bench, layout = _opened(request, saved)
    return layout.grid.to_dict()


def _csv(request: Request, saved: Any) -> HttpResponseBase:
    bench, layout = _opened(request, saved)
    return sheets.csv_response(bench, layout, saved.title)


def _words(call: Call) -> str:
    """The words that were sent, as the page would keep them. Raises :class:`Refused`."""
    bench = Workbench(
        asked_words(QueryDict(call.facts["query"]), call.today), call.actor, call.today
    )
    if bench.layout is None:
        raise Refused(_why_not(bench), field="query")
    return bench.form.words()


def _saved(call: Call) -> SavedAnalysis:
    return services.save_analysis(
        actor=call.actor,
        title=call.facts["title"],
        audience=call.facts["audience"],
        query=_words(call),
        now=call.now,
    )


def _changed(call: Call) -> SavedAnalysis:
    return services.change_analysis(
        actor=call.actor,
        saved=call.row,
        title=call.facts["title"],
        audience=call.facts["audience"],
        query=_words(call),
        expected_version=call.version,
        now=call.now,
    )


def _may_save(user: Any, row: Any) -> Decision:
    return allow()


register(
    Resource(
        name="analyses",
        title="การวิเคราะห์",
        about="การวิเคราะห์ตัวเลขที่บันทึกไว้ ของตนและที่ผู้อื่นแบ่งปัน ตัวเลขคำนวณใหม่ในขอบเขตของผู้เรียกทุกครั้ง",
        model=SavedAnalysis,
        rows=_rows,
        fields=("id", "title", "query", "audience", "saved_at", "version"),
        told=(Told("owner_name", "ผู้บันทึก", path="owner.full_name"),),
        order={"title": "title", "saved_at": "saved_at", "id": "pk"},
        default_sort="-saved_at",
        filters=AnalysisFilter,
        search_keys=("search_key",),
        create=Act("new", "บันทึกการวิเคราะห์", StateForm, can=_may_save, perform=_saved, status=201),
        change=Act("edit", "แก้ไขการวิเคราะห์", StateForm, can=can_change_analysis, perform=_changed),
        parts=(
            Part(
                "table",
                "ตารางของการวิเคราะห์",
                _table,
                about="ตัวเลขเป็นข้อความทศนิยมที่ตรงทุกหลัก โครงเดียวกับ figures",
            ),
            Part("csv", "ตารางของการวิเคราะห์เป็น CSV", _csv, media=("text/csv",)),
        ),
    )
)
