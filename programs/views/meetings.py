"""Pages of committees, their meetings and resolutions."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse_lazy
from django.views import View

from codi.accounts.access import ScopedMixin, visible_or_404
from codi.fiscal import FiscalYear
from codi.ui.lists import Empty, ListPage
from programs import services
from programs.filters import CommitteeFilter, MeetingFilter
from programs.forms import (
    CommitteeForm,
    CommitteeNameForm,
    MeetingEditForm,
    MeetingForm,
    ResolutionEditForm,
    ResolutionForm,
    initial_of,
)
from programs.models import Committee, Meeting, Organisation, Project, Resolution
from programs.permissions import can_manage_committee, can_manage_meetings
from programs.queries import (
    committees_for_list,
    meetings_for_list,
    next_meeting_number,
    next_resolution_number,
    why_days_are_fixed,
)
from programs.tables import CommitteeTable, MeetingTable
from programs.views.records import Crumb, RecordForm

MEETINGS: Crumb = ("การประชุม", reverse_lazy("programs:meetings"))
COMMITTEES: Crumb = ("คณะพิจารณาโครงการ", reverse_lazy("programs:committees"))


class CommitteeList(ScopedMixin, ListPage):
    """Committees in sight; a meeting is added to one of them."""

    model = Committee
    table_class = CommitteeTable
    filterset_class = CommitteeFilter
    template_name = "programs/committees.html"
    page_title = "คณะพิจารณาโครงการ"
    page_lead = "คณะที่พิจารณาโครงการและรับรองสถานภาพองค์กร ของส่วนกลางและของภาค"
    unit = "คณะ"
    default_sort = "name"
    search_texts = ("name",)
    search_label = "ค้นหาชื่อคณะ"
    empty = Empty("ยังไม่มีคณะพิจารณาโครงการ", "เพิ่มคณะของภาคก่อน จึงจะบันทึกการประชุมได้", "users-round")

    def get_queryset(self) -> QuerySet[Committee]:
        return committees_for_list(self.user)

    def get_context(self) -> dict[str, Any]:
        may = can_manage_meetings(self.user)
        seen = Committee.objects.visible_to(self.user) if may else ()
        return {
            "crumbs": [MEETINGS, (self.page_title, "")],
            "may": may,
            "own": [one for one in seen if can_manage_committee(self.user, one)],
        }


class CommitteeNew(RecordForm):
    """Add a committee."""

    form_class = CommitteeForm
    page_title = "เพิ่มคณะพิจารณาโครงการ"
    submit_label = "เพิ่มคณะ"

    def check(self) -> None:
        self.require(can_manage_meetings(self.user))

    def crumbs(self) -> list[Crumb]:
        return [MEETINGS, COMMITTEES]

    def save(self, form: CommitteeForm) -> Model:
        return services.create_committee(actor=self.user, **form.cleaned_data)

    def next_url(self, record: Any) -> str:
        return str(COMMITTEES[1])


class CommitteeEdit(RecordForm):
    """Correct the name of a committee."""

    form_class = CommitteeNameForm
    page_title = "แก้ไขชื่อคณะพิจารณาโครงการ"
    record: Committee

    def check(self) -> None:
        self.record = self.get_visible_or_404(Committee, pk=self.kwargs["pk"])
        self.require(can_manage_committee(self.user, self.record))

    def crumbs(self) -> list[Crumb]:
        return [MEETINGS, COMMITTEES]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of(self.record, CommitteeNameForm)}

    def save(self, form: CommitteeNameForm) -> Model:
        return services.rename_committee(
            actor=self.user,
            committee=self.record,
            expected_version=self.expected_version,
            **form.facts(),
        )

    def next_url(self, record: Any) -> str:
        return str(COMMITTEES[1])


class MeetingList(ScopedMixin, ListPage):
    """Meetings in sight, the latest first."""

    model = Meeting
    table_class = MeetingTable
    filterset_class = MeetingFilter
    template_name = "programs/meetings.html"
    page_title = "การประชุม"
    page_lead = "การประชุมของคณะพิจารณาโครงการ มติ และโครงการที่ผ่านการพิจารณา"
    unit = "ครั้ง"
    default_sort = "-starts_on"
    search_texts = ("committee__name", "venue")
    search_label = "ค้นหาชื่อคณะหรือสถานที่"
    empty = Empty(
        "ยังไม่มีการประชุม", "เลือกคณะแล้วบันทึกการประชุมครั้งแรก", "calendar-days", COMMITTEES[1], "ดูคณะ"
    )

    def get_queryset(self) -> QuerySet[Meeting]:
        return meetings_for_list(self.user)

    def get_context(self) -> dict[str, Any]:
        committees = Committee.objects.visible_to(self.user).order_by("-region", "name")
        form = self.filterset.form
        chosen = form.cleaned_data.get("committee") if self.filterset.is_valid() else None
        own = [one for one in committees if can_manage_committee(self.user, one)]
        return {
            "may": can_manage_meetings(self.user),
            "committees": [chosen] if chosen in own else own,
        }


class MeetingPage(ScopedMixin, View):
    """One meeting: its resolutions, the projects it endorsed, the organisations it judged."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        meeting: Meeting = visible_or_404(
            Meeting.objects.select_related("committee__region"), self.user, pk=pk
        )
        organisations = Organisation.objects.visible_to(self.user)
        title = f"ประชุมครั้งที่ {meeting.number}/{meeting.fiscal_year}"
        context = {
            "page_title": title,
            "page_lead": meeting.committee.name,
            "crumbs": [MEETINGS, (title, "")],
            "meeting": meeting,
            "resolutions": meeting.resolutions.all(),
            "projects": Project.objects.visible_to(self.user)
            .filter(endorsed_meeting=meeting)
            .select_related("organisation", "province", "district", "subdistrict"),
            "certifications": meeting.certifications.filter(
                organisation__in=organisations
            ).select_related("organisation__province"),
            "may": can_manage_committee(self.user, meeting.committee),
        }
        return render(request, "programs/meeting.html", context)


class MeetingNew(RecordForm):
    """Record a meeting of a committee; number and fiscal year are suggested."""

    keeps_draft = True
    form_class = MeetingForm
    page_title = "บันทึกการประชุม"
    record: Committee

    def check(self) -> None:
        self.record = self.get_visible_or_404(Committee, pk=self.kwargs["pk"])
        self.require(can_manage_committee(self.user, self.record))

    def crumbs(self) -> list[Crumb]:
        return [MEETINGS, COMMITTEES]

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {"page_lead": self.record.name}

    def get_form_kwargs(self) -> dict[str, Any]:
        year = FiscalYear.of(self.today()).number
        initial = {"fiscal_year": year, "number": next_meeting_number(self.record, year)}
        return super().get_form_kwargs() | {"initial": initial}

    def save(self, form: MeetingForm) -> Model:
        return services.create_meeting(actor=self.user, committee=self.record, **form.cleaned_data)


class MeetingEdit(RecordForm):
    """Correct a meeting; its days only while nothing rests on them."""

    keeps_draft = True
    form_class = MeetingEditForm
    page_title = "แก้ไขข้อมูลการประชุม"
    record: Meeting

    def check(self) -> None:
        self.record = self.get_visible_or_404(Meeting, pk=self.kwargs["pk"])
        self.require(can_manage_committee(self.user, self.record.committee))
        self.reason = why_days_are_fixed(self.record)

    def crumbs(self) -> list[Crumb]:
        return [MEETINGS, (str(self.record), self.record.get_absolute_url())]

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {"page_lead": self.reason}

    def get_form_kwargs(self) -> dict[str, Any]:
        initial = initial_of(self.record, MeetingEditForm)
        return super().get_form_kwargs() | {"initial": initial, "fixed": bool(self.reason)}

    def save(self, form: MeetingEditForm) -> Model:
        return services.update_meeting(
            actor=self.user,
            meeting=self.record,
            expected_version=self.expected_version,
            **form.facts(),
        )


class ResolutionNew(RecordForm):
    """Record a resolution of a meeting; its number is suggested."""

    keeps_draft = True
    form_class = ResolutionForm
    page_title = "บันทึกมติที่ประชุม"
    record: Meeting

    def check(self) -> None:
        self.record = self.get_visible_or_404(Meeting, pk=self.kwargs["pk"])
        self.require(can_manage_committee(self.user, self.record.committee))

    def crumbs(self) -> list[Crumb]:
        return [MEETINGS, (str(self.record), self.record.get_absolute_url())]

    def get_form_kwargs(self) -> dict[str, Any]:
        initial = {"number": next_resolution_number(self.record)}
        return super().get_form_kwargs() | {"initial": initial}

    def save(self, form: ResolutionForm) -> Model:
        return services.add_resolution(actor=self.user, meeting=self.record, **form.cleaned_data)

    def next_url(self, record: Any) -> str:
        return self.record.get_absolute_url()


class ResolutionEdit(RecordForm):
    """Correct kind or text of a resolution."""

    keeps_draft = True
    form_class = ResolutionEditForm
    page_title = "แก้ไขมติที่ประชุม"
    record: Resolution

    def check(self) -> None:
        visible = Resolution.objects.filter(meeting__in=self.visible(Meeting))
        self.record = get_object_or_404(
            visible.select_related("meeting__committee"), pk=self.kwargs["pk"]
        )
        self.require(can_manage_committee(self.user, self.record.meeting.committee))

    def crumbs(self) -> list[Crumb]:
        return [MEETINGS, (str(self.record.meeting), self.record.meeting.get_absolute_url())]

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {"page_lead": f"มติข้อ {self.record.number}"}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of(self.record, ResolutionEditForm)}

    def save(self, form: ResolutionEditForm) -> Model:
        return services.update_resolution(
            actor=self.user,
            resolution=self.record,
            expected_version=self.expected_version,
            **form.facts(),
        )

    def next_url(self, record: Any) -> str:
        return self.record.meeting.get_absolute_url()
