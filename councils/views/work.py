"""Forms of what a council did: meetings, missions, capability, quality reviews."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from codi.accounts.access import ScopedMixin
from councils.forms_of_work import (
    CapabilityEditForm,
    CapabilityForm,
    CouncilMeetingEditForm,
    CouncilMeetingForm,
    MissionsForm,
    ReviewEditForm,
    ReviewForm,
    years_to,
)
from councils.models import (
    CapabilityFile,
    CapabilityResult,
    Council,
    CouncilMeeting,
    QualityReview,
    Section21Mission,
)
from councils.permissions_of_work import can_record_work
from councils.queries_of_work import capability_gaps, next_meeting_number
from councils.services import work as services
from councils.views.councils import COUNCILS
from programs.forms import initial_of
from programs.views.records import Crumb, RecordForm


class OfCouncil(RecordForm):
    """A form about one council; the way back leads to its page."""

    council: Council

    def check(self) -> None:
        self.council = self.get_visible_or_404(Council, pk=self.kwargs["pk"])
        self.require(can_record_work(self.user, self.council))

    def concerned(self) -> Sequence[Any]:
        return [self.council]

    def crumbs(self) -> list[Crumb]:
        return [COUNCILS, (self.council.name, self.council.get_absolute_url())]

    def get_context(self, form: Any) -> dict[str, Any]:
        lead = f"{self.council.name} รหัส {self.council.code}"
        return super().get_context(form) | {"page_lead": lead}

    def next_url(self, record: Any) -> str:
        return self.council.get_absolute_url()


class PartOfCouncil(OfCouncil):
    """A form that corrects one record of a council."""

    model: type[Model]

    def check(self) -> None:
        self.record = self.get_visible_or_404(self.model, pk=self.kwargs["pk"])
        self.council = self.record.council
        self.require(can_record_work(self.user, self.council))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of(self.record, self.form_class)}


class MeetingNew(OfCouncil):
    """Record a meeting of a council."""

    keeps_draft = True
    form_class = CouncilMeetingForm
    page_title = "บันทึกการประชุมสภา"

    def get_form_kwargs(self) -> dict[str, Any]:
        number = next_meeting_number(self.council, self.today())
        return super().get_form_kwargs() | {"initial": {"number": number}}

    def save(self, form: CouncilMeetingForm) -> Model:
        return services.record_meeting(
            actor=self.user, council=self.council, today=self.today(), **form.cleaned_data
        )

    def done(self, record: Any) -> str:
        return f"บันทึกการประชุม {record} แล้ว"


class MeetingEdit(PartOfCouncil):
    """Correct a meeting of a council."""

    model = CouncilMeeting
    form_class = CouncilMeetingEditForm
    template_name = "councils/part_form.html"
    page_title = "แก้ไขการประชุมสภา"

    def save(self, form: CouncilMeetingEditForm) -> Model:
        return services.correct_meeting(
            actor=self.user,
            meeting=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )


class Missions(OfCouncil):
    """The twelve missions of a year in one form."""

    form_class = MissionsForm
    page_title = "บันทึกภารกิจตามมาตรา 21"

    def get_form_kwargs(self) -> dict[str, Any]:
        asked = self.request.GET.get("year", "")
        years = dict(years_to(self.today()))
        year = int(asked) if asked in map(str, years) else next(iter(years))
        stored = Section21Mission.objects.filter(council=self.council, fiscal_year=year)
        there = sorted(stored.values_list("mission", flat=True))
        initial = {"fiscal_year": year, "done": there, "seen": "-".join(map(str, there))}
        return super().get_form_kwargs() | {"initial": initial}

    def save(self, form: MissionsForm) -> Model:
        services.set_missions(
            actor=self.user, council=self.council, today=self.today(), **form.facts()
        )
        return self.council

    def done(self, record: Any) -> str:
        return f"บันทึกภารกิจของ {record} แล้ว"


class CapabilityNew(OfCouncil):
    """Record the capability result of a year; its files are attached on its page."""

    form_class = CapabilityForm
    page_title = "บันทึกตัวชี้วัดศักยภาพ"
    submit_label = "บันทึกแล้วแนบไฟล์"

    def save(self, form: CapabilityForm) -> Model:
        return services.record_capability(
            actor=self.user, council=self.council, today=self.today(), **form.cleaned_data
        )

    def next_url(self, record: Any) -> str:
        return str(record.get_absolute_url())


class CapabilityEdit(PartOfCouncil):
    """Correct a capability result."""

    model = CapabilityResult
    form_class = CapabilityEditForm
    page_title = "แก้ไขตัวชี้วัดศักยภาพ"

    def save(self, form: CapabilityEditForm) -> Model:
        return services.correct_capability(
            actor=self.user,
            result=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )

    def next_url(self, record: Any) -> str:
        return str(record.get_absolute_url())


class CapabilityPage(ScopedMixin, View):
    """One capability result: its answers, what it lacks, and its files."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        result: Any = self.get_visible_or_404(CapabilityResult, pk=pk)
        council = result.council
        files = CapabilityFile.objects.present().filter(subject=result)
        context = {
            "page_title": f"ตัวชี้วัดศักยภาพ ปี {result.fiscal_year}",
            "page_lead": council.name,
            "crumbs": [
                COUNCILS,
                (council.name, council.get_absolute_url()),
                (f"ตัวชี้วัดศักยภาพ ปี {result.fiscal_year}", ""),
            ],
            "result": result,
            "gaps": capability_gaps(result, set(files.values_list("document", flat=True))),
            "may": can_record_work(self.user, council),
        }
        return render(request, "councils/capability.html", context)


class ReviewNew(OfCouncil):
    """Record the quality review of a year."""

    form_class = ReviewForm
    page_title = "บันทึกการสอบทานคุณภาพ"

    def save(self, form: ReviewForm) -> Model:
        return services.review_council(
            actor=self.user, council=self.council, today=self.today(), **form.cleaned_data
        )

    def done(self, record: Any) -> str:
        return f"บันทึกการสอบทานปี {record.fiscal_year} แล้ว ได้ระดับ {record.grade}"


class ReviewEdit(PartOfCouncil):
    """Correct a quality review."""

    model = QualityReview
    form_class = ReviewEditForm
    template_name = "councils/part_form.html"
    page_title = "แก้ไขการสอบทานคุณภาพ"

    def save(self, form: ReviewEditForm) -> Model:
        return services.correct_review(
            actor=self.user,
            review=self.record,
            expected_version=self.expected_version,
            today=self.today(),
            **form.facts(),
        )

    def done(self, record: Any) -> str:
        return f"แก้ไขการสอบทานปี {record.fiscal_year} แล้ว ระดับ {record.grade}"
