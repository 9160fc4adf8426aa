"""The inbox of data quality: the list, one finding, the overview with its trend, and the sweep."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.accounts.permissions import Decision
from codi.errors import Refused
from codi.figures import figure as figures
from codi.figures.chart import SCREEN, stacked_bars
from codi.figures.html import CellLink
from codi.jobs.models import Job
from codi.jobs.starting import StartsJob
from codi.quality import permissions, queries, services
from codi.quality.declared import TONES, Severity
from codi.quality.filters import FindingFilter
from codi.quality.forms import CloseForm
from codi.quality.links import list_address, place_link
from codi.quality.models import Finding
from codi.quality.tables import STATE_TONES, FindingTable
from codi.ui.lists import Empty, ListPage
from codi.ui.pages import FormPage

INBOX = ("คุณภาพข้อมูล", reverse_lazy("quality:list"))


NEVER_SWEPT = Empty(
    "ยังไม่เคยตรวจข้อมูล",
    "ระบบตรวจทุกคืน หากต้องการผลทันที เปิดหน้าภาพรวมแล้วกด “ตรวจข้อมูลเดี๋ยวนี้”",
    "scan-search",
)


class FindingList(ScopedMixin, ListPage):
    """What is wrong with the data in sight, the weightiest and oldest first."""

    model = Finding
    table_class = FindingTable
    filterset_class = FindingFilter
    template_name = "quality/list.html"
    page_title = "คุณภาพข้อมูล"
    page_lead = "สิ่งที่ระบบตรวจพบในทะเบียน กดไปแก้ไข หรือยืนยันพร้อมเหตุผลว่าข้อมูลถูกต้องแล้ว"
    default_sort = "severity"
    search_texts = ("subject_label", "detail")
    search_label = "ค้นหารายการหรือสิ่งที่พบ"
    empty = Empty(
        "ไม่พบสิ่งที่ต้องแก้ในพื้นที่ของท่าน",
        "ระบบตรวจทุกคืน หรือกดตรวจเดี๋ยวนี้ได้ที่หน้าภาพรวม",
        "shield-check",
    )

    def get_queryset(self) -> QuerySet[Finding]:
        return queries.findings_for_list(self.user)

    def _why_empty(self) -> Empty:
        """Nothing wrong was found, or nobody has looked yet: two different things."""
        found = super()._why_empty()
        return found if found is not self.empty or queries.was_swept() else NEVER_SWEPT

    def get_context(self) -> dict[str, Any]:
        counts = queries.open_counts(self.user)
        tiles = [
            (one.label, TONES[one], counts.get(one.value, 0), list_address(severity=one.value))
            for one in Severity
        ]
        return {"tiles": tiles}


class FindingPage(ScopedMixin, View):
    """One finding: what is wrong, where to mend it, whether it was explained, and its past."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        finding = get_object_or_404(queries.findings_for_list(self.user), pk=pk)
        context = {
            "page_title": finding.subject_label,
            "crumbs": [INBOX, (finding.rule_title, "")],
            "finding": finding,
            "tone": TONES[finding.severity],
            "state_tone": STATE_TONES[finding.state],
            "age_days": (timezone.localdate() - finding.first_seen_on).days,
            "may_close": permissions.can_close(self.user, finding),
            "may_reopen": permissions.can_reopen(self.user, finding),
            "earlier": queries.history_of(finding, self.user),
        }
        return render(request, "quality/finding.html", context)


class FindingClose(ScopedMixin, FormPage):
    """Say that a finding is right as it is, and why."""

    form_class = CloseForm
    page_title = "ยืนยันว่าข้อมูลถูกต้องแล้ว"
    submit_label = "ยืนยันว่าถูกต้อง"
    template_name = "quality/close.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.finding = self.get_visible_or_404(Finding, pk=kwargs["pk"])
            # A second press of the button comes to a finding that is explained already.
            may = permissions.can_close if request.method == "GET" else permissions.can_explain
            self.require(may(self.user, self.finding))
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": {"version": self.finding.version}}

    def get_context(self, form: Any) -> dict[str, Any]:
        page = self.finding.get_absolute_url()
        crumbs = [INBOX, (self.finding.subject_label, page), (self.page_title, "")]
        more = {"crumbs": crumbs, "cancel_url": page, "finding": self.finding}
        return super().get_context(form) | more

    def act(self, form: CloseForm) -> HttpResponse:
        services.close_finding(
            actor=self.user,
            finding=self.finding,
            reason=form.cleaned_data["reason"],
            expected_version=form.cleaned_data["version"],
            now=timezone.now(),
        )
        messages.success(self.request, "ยืนยันแล้ว รายการนี้จะไม่ขึ้นอีกจนกว่าข้อเท็จจริงจะเปลี่ยน")
        return redirect("quality:finding", pk=self.finding.pk)

    def refuse(self, form: CloseForm, refused: Refused) -> HttpResponse:
        """Show what the finding says now; the next press confirms that, as the refusal tells."""
        if refused.code == "changed_by_another":
            self.finding.refresh_from_db()
            typed: Any = form.data
            seen = typed.copy()
            seen["version"] = str(self.finding.version)
            form.data = seen
        return super().refuse(form, refused)


class FindingReopen(ScopedMixin, View):
    """Take an explanation back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        finding = self.get_visible_or_404(Finding, pk=pk)
        self.require(permissions.can_explain(self.user, finding))
        try:
            services.reopen_finding(actor=self.user, finding=finding)
            messages.success(request, "เปิดรายการนี้ใหม่แล้ว")
        except Refused as refused:
            messages.error(request, refused.message)
        return redirect("quality:finding", pk=pk)


class Overview(ScopedMixin, View):
    """Every rule with how many records break it, the places, and the trend."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        scope = figures.FigureScope(region=self.user.region_id, province=self.user.province_id)
        told = queries.overview(self.user, today)
        context = {
            "page_title": "ภาพรวมคุณภาพข้อมูล",
            "page_lead": f"พื้นที่ {self.user.scope_label}",
            "crumbs": [INBOX, ("ภาพรวม", "")],
            "overview": told,
            "tones": TONES,
            "grid": figures.get("quality.findings").compute(scope, today),
            "link": CellLink(place_link(self.user)),
            "may_sweep": permissions.can_sweep(self.user),
            "one_time_key": uuid.uuid4().hex,
            "has_trend": told.swept_at is not None,
            "trend": queries.trend(self.user, today),
        }
        return render(request, "quality/overview.html", context)


class Trend(ScopedMixin, View):
    """The trend in sight as a drawing."""

    def get(self, request: HttpRequest) -> HttpResponse:
        grid = queries.trend(self.user, timezone.localdate())
        parts = [one.value for one in Severity]
        title = f"ปัญหาข้อมูลที่รอแก้ไข {grid.scope_label}"
        svg = stacked_bars(grid, parts, title=title, shape=SCREEN)
        return HttpResponse(svg, content_type="image/svg+xml")


class Sweep(StartsJob):
    """The button: look through the data now; what comes next is the page of the job."""

    started = "เริ่มตรวจข้อมูลแล้ว ปิดหน้านี้ได้ ระบบทำต่อให้"

    def allowed(self) -> Decision:
        return permissions.can_sweep(self.user)

    def start(self, key: str) -> Job:
        return services.request_sweep(actor=self.user, key=key)

    def back(self) -> str:
        return reverse("quality:overview")
