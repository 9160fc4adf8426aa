"""The list of councils and the page of one."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin, visible_or_404
from codi.accounts.permissions import Decision
from codi.places.models import Subdistrict
from codi.ui.lists import Empty, ListPage
from councils import permissions, services
from councils.filters import CouncilFilter
from councils.forms import (
    CertifyForm,
    CouncilEditForm,
    CouncilForm,
    ReasonForm,
    ReinstateForm,
)
from councils.models import Council, MemberKind, Term, TermState
from councils.panels import panels_of
from councils.queries import councils_for_list, readiness_of
from councils.rules import certification_gates, most_experts, name_contradicts
from councils.tables import TERM_TONES, CouncilTable
from programs.forms import initial_of
from programs.panels_of_merging import merged_into
from programs.views.duplicates import to_kept
from programs.views.records import Crumb, RecordForm

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
    template_name = "councils/councils.html"

    def get_queryset(self) -> QuerySet[Council]:
        return councils_for_list(self.user, timezone.localdate())

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        may = permissions.can_manage_councils(self.user)
        url = reverse("councils:council_new") if may else ""
        title = "ยังไม่มีสภาองค์กรชุมชนในพื้นที่ของท่าน"
        return Empty(title, may.reason, "landmark", url, "จดแจ้งสภา")

    def get_context(self) -> dict[str, Any]:
        return {"may_manage": permissions.can_manage_councils(self.user)}


def _terms(council: Council, today: Any) -> list[tuple[Term, TermState]]:
    """The terms of a council, the latest first, each with how it stands."""
    terms: Any = council.terms.order_by("-selected_on", "-pk")
    return [(term, term.state_on(today)) for term in terms]


def _people(council: Council, today: Any) -> dict[str, Any]:
    """The serving members of a council, representatives first, and how many experts it may have."""
    rows: Any = council.members
    serving = list(rows.serving_as_of(today).order_by("-kind", "name"))
    experts = sum(member.kind == MemberKind.EXPERT for member in serving)
    representatives = len(serving) - experts
    return {
        "members": serving[:MOST_MEMBERS],
        "member_count": len(serving),
        "expert_count": experts,
        "most_experts": most_experts(representatives),
    }


class CouncilPage(ScopedMixin, View):
    """One council: its facts, certification, terms, members, work and files."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        today = timezone.localdate()
        council: Any = visible_or_404(councils_for_list(self.user, today), self.user, pk=pk)
        if way_on := to_kept(request, council, self.user):
            return way_on
        state = TermState(council.term_state)
        gates = certification_gates(readiness_of(council, today))
        context = {
            "page_title": council.name,
            "crumbs": [COUNCILS, (council.name, "")],
            "council": council,
            "merged_from": merged_into(council, self.user),
            "contradicts": name_contradicts(council.name, council.kind),
            "gates": gates,
            "gap_count": sum(not gate.is_met for gate in gates),
            "term_state": state.label,
            "term_tone": TERM_TONES[state],
            "terms": _terms(council, today),
            "panels": panels_of(council, self.user, today),
            "may_keep": permissions.can_keep(self.user, council),
            "may_certify": permissions.can_certify(self.user, council),
            "may_withdraw": permissions.can_withdraw(self.user, council),
            "may_reinstate": permissions.can_reinstate(self.user, council),
        }
        return render(request, "councils/council.html", context | _people(council, today))


class CouncilRecord(RecordForm):
    """What registering and correcting a council share."""

    keeps_draft = True
    template_name = "programs/organisation_form.html"
    fragments = {"places": "programs/places.html"}


class CouncilNew(CouncilRecord):
    """Register a council."""

    form_class = CouncilForm
    page_title = "จดแจ้งสภาองค์กรชุมชน"
    page_lead = "ค้นหาในรายการก่อน เพื่อไม่ให้มีสภาเดียวกันสองรายการ"
    submit_label = "จดแจ้งสภา"

    def check(self) -> None:
        self.require(permissions.can_manage_councils(self.user))

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form; ``?subdistrict=`` fills in the place that the person came from."""
        kwargs = super().get_form_kwargs()
        code = self.request.GET.get("subdistrict", "").replace("\0", "")
        place = Subdistrict.objects.filter(pk=code).select_related("district__province").first()
        if place is None:
            return kwargs
        province = place.district.province
        known = {"region": province.region_id, "province": province.pk}
        known |= {"district": place.district_id, "subdistrict": place.pk}
        return kwargs | {"initial": {**known, **kwargs.get("initial", {})}}

    def crumbs(self) -> list[Crumb]:
        return [COUNCILS]

    def save(self, form: CouncilForm) -> Model:
        return services.register_council(actor=self.user, today=self.today(), **form.facts())


class CouncilAct(RecordForm):
    """What acts on one council share: the council in sight, the right, the way back."""

    record: Council

    def can(self) -> Decision:
        """Whether the person may act on the council."""
        return permissions.can_keep(self.user, self.record)

    def check(self) -> None:
        self.record = self.get_visible_or_404(Council, pk=self.kwargs["pk"])
        self.require(self.can())

    def crumbs(self) -> list[Crumb]:
        return [COUNCILS, (self.record.name, self.record.get_absolute_url())]

    def next_url(self, record: Any) -> str:
        return self.record.get_absolute_url()


class CouncilEdit(CouncilAct, CouncilRecord):
    """Correct the facts of a council."""

    form_class = CouncilEditForm
    page_title = "แก้ไขข้อมูลสภา"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of(self.record, CouncilEditForm)}

    def save(self, form: CouncilEditForm) -> Model:
        return services.update_council(
            actor=self.user,
            council=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )


class Certify(CouncilAct):
    """Certify a council; the page lists what is missing, and then nothing passes."""

    form_class = CertifyForm
    template_name = "councils/certify.html"
    page_title = "รับรองสภาองค์กรชุมชน"
    submit_label = "รับรองสภา"

    def can(self) -> Decision:
        return permissions.can_certify(self.user, self.record)

    def get_context(self, form: Any) -> dict[str, Any]:
        gates = certification_gates(readiness_of(self.record, self.today()))
        return super().get_context(form) | {
            "page_lead": self.record.name,
            "gates": gates,
            "gap_count": sum(not gate.is_met for gate in gates),
        }

    def save(self, form: CertifyForm) -> Model:
        return services.certify_council(
            actor=self.user, council=self.record, today=self.today(), **form.cleaned_data
        )

    def done(self, record: Any) -> str:
        return f"รับรอง {record} แล้ว"


class Withdraw(CouncilAct):
    """Take a council out of the register with a reason."""

    form_class = ReasonForm
    page_title = "ถอนสภาออกจากทะเบียน"
    page_lead = "สภาจะไม่ถูกนับตั้งแต่วันนี้ ข้อมูลและเหตุผลยังอยู่ในระบบ รายงานย้อนหลังไม่เปลี่ยน"
    submit_label = "ถอนออกจากทะเบียน"

    def can(self) -> Decision:
        return permissions.can_withdraw(self.user, self.record)

    def save(self, form: ReasonForm) -> Model:
        return services.withdraw_council(
            actor=self.user, council=self.record, today=self.today(), **form.cleaned_data
        )

    def done(self, record: Any) -> str:
        return f"ถอน {record} ออกจากทะเบียนแล้ว"


class Reinstate(CouncilAct):
    """Bring back a council that was withdrawn by mistake."""

    form_class = ReinstateForm
    page_title = "นำสภากลับเข้าทะเบียน"
    page_lead = "ใช้เมื่อถอนออกผิดเท่านั้น วันและเหตุผลที่ถอนยังอยู่ในประวัติการแก้ไข"
    submit_label = "นำกลับเข้าทะเบียน"

    def can(self) -> Decision:
        return permissions.can_reinstate(self.user, self.record)

    def save(self, form: ReinstateForm) -> Model:
        return services.reinstate_council(actor=self.user, council=self.record)

    def done(self, record: Any) -> str:
        return f"นำ {record} กลับเข้าทะเบียนแล้ว"
