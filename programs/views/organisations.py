"""Pages of organisations and the certification of their status."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin, visible_or_404
from codi.ui.lists import Empty, ListPage
from programs import services
from programs.filters import OrganisationFilter
from programs.forms import CertificationEditForm, CertificationForm, OrganisationForm, initial_of
from programs.models import (
    CertificationState,
    Meeting,
    Organisation,
    OrganisationCertification,
    Project,
)
from programs.permissions import can_create_project, can_manage_organisations
from programs.queries import organisations_for_list
from programs.tables import STATE_TONES, OrganisationTable
from programs.views.records import Crumb, RecordForm

ORGANISATIONS: Crumb = ("องค์กร", reverse_lazy("programs:organisations"))
MOST_PROJECTS = 50


class OrganisationList(ScopedMixin, ListPage):
    """Organisations in sight, with the state of their certification."""

    model = Organisation
    table_class = OrganisationTable
    filterset_class = OrganisationFilter
    template_name = "programs/organisations.html"
    page_title = "องค์กร"
    page_lead = "องค์กรชุมชนและเครือข่ายที่เสนอและดำเนินโครงการ พร้อมผลการรับรองสถานภาพ"
    unit = "องค์กร"
    default_sort = "name"
    search_keys = ("search_key",)
    search_label = "ค้นหาชื่อองค์กร"

    def get_queryset(self) -> QuerySet[Organisation]:
        return organisations_for_list(self.user, timezone.localdate())

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        may = can_manage_organisations(self.user)
        url = reverse("programs:organisation_new") if may else ""
        return Empty("ยังไม่มีองค์กรในพื้นที่ของท่าน", may.reason, "users", url, "เพิ่มองค์กร")

    def get_context(self) -> dict[str, Any]:
        return {"may_manage": can_manage_organisations(self.user)}


class OrganisationPage(ScopedMixin, View):
    """One organisation: its facts, its certifications and its projects in sight."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        organisation: Any = visible_or_404(
            organisations_for_list(self.user, timezone.localdate()), self.user, pk=pk
        )
        projects = (
            Project.objects.visible_to(self.user)
            .filter(organisation=organisation)
            .select_related("programme", "province", "district", "subdistrict")
        )
        state = CertificationState(organisation.certification_state)
        context = {
            "page_title": organisation.name,
            "crumbs": [ORGANISATIONS, (organisation.name, "")],
            "organisation": organisation,
            "state": state.label,
            "state_tone": STATE_TONES[state],
            "certifications": organisation.certifications.select_related("meeting__committee"),
            "projects": projects[:MOST_PROJECTS],
            "may_manage": can_manage_organisations(self.user),
            "may_create_project": can_create_project(self.user),
        }
        return render(request, "programs/organisation.html", context)


class OrganisationRecord(RecordForm):
    """What adding and changing an organisation share."""

    keeps_draft = True
    form_class = OrganisationForm
    template_name = "programs/organisation_form.html"
    fragments = {"places": "programs/places.html"}


class OrganisationNew(OrganisationRecord):
    """Add an organisation."""

    page_title = "เพิ่มองค์กร"
    page_lead = "ค้นหาในรายการก่อนเพิ่ม เพื่อไม่ให้มีองค์กรเดียวกันสองรายการ"
    submit_label = "เพิ่มองค์กร"

    def check(self) -> None:
        self.require(can_manage_organisations(self.user))

    def crumbs(self) -> list[Crumb]:
        return [ORGANISATIONS]

    def save(self, form: OrganisationForm) -> Model:
        return services.create_organisation(actor=self.user, **form.facts())


class OrganisationEdit(OrganisationRecord):
    """Change the facts of an organisation."""

    page_title = "แก้ไขข้อมูลองค์กร"
    record: Organisation

    def check(self) -> None:
        self.record = self.get_visible_or_404(Organisation, pk=self.kwargs["pk"])
        self.require(can_manage_organisations(self.user))

    def crumbs(self) -> list[Crumb]:
        return [ORGANISATIONS, (self.record.name, self.record.get_absolute_url())]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of(self.record, OrganisationForm)}

    def save(self, form: OrganisationForm) -> Model:
        return services.update_organisation(
            actor=self.user,
            organisation=self.record,
            expected_version=self.expected_version,
            **form.facts(),
        )


class Certify(RecordForm):
    """Record what a committee decided about the status of an organisation."""

    form_class = CertificationForm
    page_title = "บันทึกผลการรับรองสถานภาพ"
    record: Organisation

    def check(self) -> None:
        self.record = self.get_visible_or_404(Organisation, pk=self.kwargs["pk"])
        self.require(can_manage_organisations(self.user))

    def crumbs(self) -> list[Crumb]:
        return [ORGANISATIONS, (self.record.name, self.record.get_absolute_url())]

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {"page_lead": self.record.name}

    def get_form_kwargs(self) -> dict[str, Any]:
        latest = Meeting.objects.visible_to(self.user).first()
        initial = {"meeting": latest, "certified_on": latest.ends_on} if latest else {}
        return super().get_form_kwargs() | {"initial": initial}

    def save(self, form: CertificationForm) -> Model:
        return services.certify_organisation(
            actor=self.user, organisation=self.record, today=self.today(), **form.cleaned_data
        )

    def done(self, record: Any) -> str:
        return f"บันทึกผลการรับรองสถานภาพของ {self.record.name} แล้ว"

    def next_url(self, record: Any) -> str:
        return self.record.get_absolute_url()


class CertificationEdit(RecordForm):
    """Correct the result, days or note of a certification."""

    form_class = CertificationEditForm
    page_title = "แก้ไขผลการรับรองสถานภาพ"
    record: OrganisationCertification

    def check(self) -> None:
        visible = OrganisationCertification.objects.filter(
            organisation__in=self.visible(Organisation)
        )
        self.record = get_object_or_404(
            visible.select_related("organisation", "meeting__committee"), pk=self.kwargs["pk"]
        )
        self.require(can_manage_organisations(self.user))

    def crumbs(self) -> list[Crumb]:
        organisation = self.record.organisation
        return [ORGANISATIONS, (organisation.name, organisation.get_absolute_url())]

    def get_context(self, form: Any) -> dict[str, Any]:
        lead = f"{self.record.meeting.committee} {self.record.meeting}"
        return super().get_context(form) | {"page_lead": lead}

    def get_form_kwargs(self) -> dict[str, Any]:
        initial = initial_of(self.record, CertificationEditForm)
        initial["is_certified"] = "true" if self.record.is_certified else "false"
        return super().get_form_kwargs() | {"initial": initial}

    def save(self, form: CertificationEditForm) -> Model:
        return services.correct_certification(
            actor=self.user,
            certification=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )

    def next_url(self, record: Any) -> str:
        return self.record.organisation.get_absolute_url()
