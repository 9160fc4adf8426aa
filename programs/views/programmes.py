"""Pages of the programme tree, its frames and targets, and the sources of money."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin, visible_or_404
from codi.fiscal import FiscalYear
from codi.ui.lists import Empty, ListPage, Total
from programs import services
from programs.filters import ProgrammeFilter
from programs.forms import (
    FrameEditForm,
    FrameForm,
    ProgrammeForm,
    SourceEditForm,
    SourceForm,
    TargetEditForm,
    TargetForm,
    initial_of,
)
from programs.models import (
    BudgetFrame,
    FundingSource,
    Programme,
    ProgrammeKind,
    ProgrammeTarget,
    Project,
)
from programs.panels import panels_of
from programs.permissions import can_create_project, can_manage_programmes
from programs.queries import fiscal_years_of_programmes, programme_tree, programmes_for_list
from programs.tables import ProgrammeTable
from programs.views.records import Crumb, RecordForm

PROGRAMMES: Crumb = ("แผนงาน", reverse_lazy("programs:programmes"))
SOURCES: Crumb = ("แหล่งงบประมาณ", reverse_lazy("programs:sources"))


class ProgrammeList(ScopedMixin, ListPage):
    """Every programme of all years, with its money in sight."""

    model = Programme
    table_class = ProgrammeTable
    filterset_class = ProgrammeFilter
    page_title = "รายการแผนงาน"
    page_lead = "แผนงาน โครงการหลัก และกิจกรรมทุกปีงบประมาณ พร้อมกรอบงบและโครงการที่ท่านเห็นได้"
    unit = "แผนงาน"
    search_keys = ("search_key",)
    search_label = "ค้นหารหัสหรือชื่อแผนงาน"
    totals = {
        "frames": Total("จัดสรร", Sum("frame_baht")),
        "approved": Total("อนุมัติ", Sum("approved_baht")),
    }
    empty = Empty("ยังไม่มีแผนงาน", "ผู้มีขอบเขตทั้งประเทศเพิ่มแผนงานได้จากหน้าแผนงาน", "network")

    def get_queryset(self) -> QuerySet[Any]:
        return programmes_for_list(self.user)

    def get_context(self) -> dict[str, Any]:
        return {"crumbs": [PROGRAMMES, (self.page_title, "")]}


class ProgrammeTree(ScopedMixin, View):
    """The programmes of one fiscal year as a tree, with frames in sight and targets."""

    def get(self, request: HttpRequest) -> HttpResponse:
        years = fiscal_years_of_programmes(timezone.localdate())
        asked = request.GET.get("fiscal_year", "")
        year = next((one for one in years if str(one) == asked), years[0])
        context = {
            "page_title": "แผนงาน",
            "page_lead": f"แผนงาน โครงการหลัก และกิจกรรม ปีงบประมาณ {year}",
            "years": years,
            "fiscal_year": year,
            "tree": programme_tree(self.user, year),
            "may": can_manage_programmes(self.user),
        }
        return render(request, "programs/programmes.html", context)


class ProgrammePage(ScopedMixin, View):
    """One programme: its facts, activities, frames and targets."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        programme: Programme = visible_or_404(
            Programme.objects.select_related("parent", "funding_source"), self.user, pk=pk
        )
        has_frames = programme.kind == ProgrammeKind.PROGRAMME
        context = {
            "page_title": programme.name,
            "page_lead": f"{programme.get_kind_display()} รหัส {programme.code}",
            "crumbs": [PROGRAMMES, (programme.code, "")],
            "programme": programme,
            "has_frames": has_frames,
            "children": programme.children.order_by("position", "code"),
            "panels": panels_of(programme, self.user) if has_frames else (),
            "targets": programme.targets.visible_to(self.user).select_related("region"),
            "project_count": Project.objects.visible_to(self.user)
            .filter(programme=programme)
            .count(),
            "may": can_manage_programmes(self.user),
            "may_create_project": can_create_project(self.user),
        }
        return render(request, "programs/programme.html", context)


class ProgrammeNew(RecordForm):
    """Add a programme to the tree."""

    keeps_draft = True
    form_class = ProgrammeForm
    page_title = "เพิ่มแผนงาน"

    def check(self) -> None:
        self.require(can_manage_programmes(self.user))

    def crumbs(self) -> list[Crumb]:
        return [PROGRAMMES]

    def get_form_kwargs(self) -> dict[str, Any]:
        year = FiscalYear.of(self.today()).number
        return super().get_form_kwargs() | {"initial": {"fiscal_year": year}}

    def save(self, form: ProgrammeForm) -> Model:
        return services.create_programme(actor=self.user, **form.facts())


class OfProgramme(RecordForm):
    """A form about one programme."""

    record: Programme

    def check(self) -> None:
        self.record = self.get_visible_or_404(Programme, pk=self.kwargs["pk"])
        self.require(can_manage_programmes(self.user))

    def crumbs(self) -> list[Crumb]:
        return [PROGRAMMES, (self.record.code, self.record.get_absolute_url())]

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {"page_lead": str(self.record)}

    def next_url(self, record: Any) -> str:
        return self.record.get_absolute_url()


class ProgrammeEdit(OfProgramme):
    """Change the facts of a programme."""

    keeps_draft = True
    form_class = ProgrammeForm
    page_title = "แก้ไขแผนงาน"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of(self.record, ProgrammeForm)}

    def save(self, form: ProgrammeForm) -> Model:
        return services.update_programme(
            actor=self.user,
            programme=self.record,
            expected_version=self.expected_version,
            **form.facts(),
        )


class FrameNew(OfProgramme):
    """Allocate the frame of a region, or of the centre, at one level of projects."""

    form_class = FrameForm
    page_title = "ตั้งกรอบงบประมาณ"
    submit_label = "ตั้งกรอบงบ"
    check_answers = True
    confirm_label = "ยืนยันตั้งกรอบงบ"

    def save(self, form: FrameForm) -> Model:
        return services.set_frame(actor=self.user, programme=self.record, **form.cleaned_data)

    def done(self, record: Any) -> str:
        return f"ตั้งกรอบงบ {record} แล้ว หากต้องการเปลี่ยนภายหลังให้ใช้การปรับโอนงบ"


class PartOfProgramme(RecordForm):
    """A form about one frame or target of a programme; a subclass says which ``model``."""

    model: type[Model]

    def check(self) -> None:
        self.record = self.get_visible_or_404(self.model, pk=self.kwargs["pk"])
        self.require(can_manage_programmes(self.user))

    def crumbs(self) -> list[Crumb]:
        programme = self.record.programme
        return [PROGRAMMES, (programme.code, programme.get_absolute_url())]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of(self.record, self.form_class)}

    def next_url(self, record: Any) -> str:
        return str(self.record.programme.get_absolute_url())


class FrameEdit(PartOfProgramme):
    """Correct what was first allocated to a frame, with a reason."""

    model = BudgetFrame
    form_class = FrameEditForm
    page_title = "แก้ไขกรอบงบประมาณ"
    submit_label = "แก้ไขกรอบงบ"
    check_answers = True
    confirm_label = "ยืนยันแก้ไขกรอบงบ"

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {"page_lead": str(self.record)}

    def save(self, form: FrameEditForm) -> Model:
        return services.correct_frame(
            actor=self.user,
            frame=self.record,
            expected_version=self.expected_version,
            **form.facts(),
        )


class TargetEdit(PartOfProgramme):
    """Correct a target."""

    model = ProgrammeTarget
    form_class = TargetEditForm
    page_title = "แก้ไขเป้าหมาย"

    def get_context(self, form: Any) -> dict[str, Any]:
        lead = f"{self.record.programme} · นับเป็น{self.record.get_measure_display()}"
        return super().get_context(form) | {"page_lead": lead}

    def save(self, form: TargetEditForm) -> Model:
        return services.update_target(
            actor=self.user,
            target=self.record,
            expected_version=self.expected_version,
            **form.facts(),
        )


class TargetNew(OfProgramme):
    """Add a target with its basis and date."""

    form_class = TargetForm
    page_title = "เพิ่มเป้าหมาย"

    def save(self, form: TargetForm) -> Model:
        return services.add_target(actor=self.user, programme=self.record, **form.cleaned_data)


class SourceList(ScopedMixin, View):
    """Where the money of programmes comes from."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "page_title": SOURCES[0],
            "crumbs": [PROGRAMMES, (SOURCES[0], "")],
            "sources": FundingSource.objects.prefetch_related("programme_set"),
            "may": can_manage_programmes(self.user),
        }
        return render(request, "programs/sources.html", context)


class SourceNew(RecordForm):
    """Add a source of money."""

    form_class = SourceForm
    page_title = "เพิ่มแหล่งงบประมาณ"

    def check(self) -> None:
        self.require(can_manage_programmes(self.user))

    def crumbs(self) -> list[Crumb]:
        return [PROGRAMMES, SOURCES]

    def save(self, form: SourceForm) -> Model:
        return services.create_source(actor=self.user, **form.cleaned_data)

    def next_url(self, record: Any) -> str:
        return str(SOURCES[1])


class SourceEdit(RecordForm):
    """Correct the name of a source of money."""

    form_class = SourceEditForm
    page_title = "แก้ไขแหล่งงบประมาณ"
    record: FundingSource

    def check(self) -> None:
        self.record = get_object_or_404(FundingSource, pk=self.kwargs["pk"])
        self.require(can_manage_programmes(self.user))

    def crumbs(self) -> list[Crumb]:
        return [PROGRAMMES, SOURCES]

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {"page_lead": f"รหัส {self.record.code}"}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of(self.record, SourceEditForm)}

    def save(self, form: SourceEditForm) -> Model:
        return services.rename_source(
            actor=self.user,
            source=self.record,
            expected_version=self.expected_version,
            **form.facts(),
        )

    def next_url(self, record: Any) -> str:
        return str(SOURCES[1])
