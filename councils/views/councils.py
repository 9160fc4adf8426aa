"""The list of councils and the page of one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin, visible_or_404
from codi.ui.lists import Empty, ListPage
from councils.filters import CouncilFilter
from councils.models import Council, Term, TermState
from councils.panels import panels_of
from councils.permissions import can_keep, can_manage_councils
from councils.queries import councils_for_list, readiness_of
from councils.rules import certification_gates, name_contradicts
from councils.tables import TERM_TONES, CouncilTable
from programs.views.records import Crumb

COUNCILS: Crumb = ("สภาองค์กรชุมชน", reverse_lazy("councils:councils"))
MOST_MEMBERS = 60


class CouncilList(ScopedMixin, ListPage):
    """Councils in sight, with their forms, certification, term and members."""

    model = Council
    table_class = CouncilTable
    filterset_class = CouncilFilter
    page_title = "สภาองค์กรชุมชน"
    page_lead = "ทะเบียนสภาองค์กรชุมชนตำบล เทศบาล และเขต พร้อมแบบ จส.02-03 การรับรอง และวาระสมาชิก"
    unit = "สภา"
    default_sort = "name"
    search_keys = ("search_key",)
    search_label = "ค้นหารหัสหรือชื่อสภา"
    empty = Empty("ยังไม่มีสภาองค์กรชุมชนในพื้นที่ของท่าน", "สภาที่จดแจ้งจัดตั้งแล้วจะแสดงที่นี่", "landmark")

    def get_queryset(self) -> QuerySet[Council]:
        return councils_for_list(self.user, timezone.localdate())

    def get_context(self) -> dict[str, Any]:
        return {"may_manage": can_manage_councils(self.user)}


def _terms(council: Council, today: Any) -> list[tuple[Term, TermState]]:
    """The terms of a council, the latest first, each with how it stands."""
    terms: Any = council.terms.order_by("-selected_on", "-pk")
    return [(term, term.state_on(today)) for term in terms]


class CouncilPage(ScopedMixin, View):
    """One council: its facts, certification, terms, members, work and files."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        today = timezone.localdate()
        council: Any = visible_or_404(councils_for_list(self.user, today), self.user, pk=pk)
        members = council.members.serving_as_of(today).order_by("-kind", "name")
        state = TermState(council.term_state)
        context = {
            "page_title": council.name,
            "crumbs": [COUNCILS, (council.name, "")],
            "council": council,
            "contradicts": name_contradicts(council.name, council.kind),
            "gates": certification_gates(readiness_of(council, today)),
            "term_state": state.label,
            "term_tone": TERM_TONES[state],
            "terms": _terms(council, today),
            "members": members[:MOST_MEMBERS],
            "panels": panels_of(council, self.user, today),
            "may_keep": can_keep(self.user, council),
        }
        return render(request, "councils/council.html", context)
