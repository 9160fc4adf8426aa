"""The form of a project; its page, its life and its money stand in ``finance``."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse_lazy

from codi.writing import locked, one_transaction
from programs import services
from programs.forms import ProjectForm, initial_of
from programs.models import Project
from programs.permissions import can_create_project, can_edit_project
from programs.queries import similar_projects
from programs.views.records import Crumb, RecordForm

PROJECTS: Crumb = ("โครงการ", reverse_lazy("finance:projects"))
PLACES_TEMPLATE = "programs/places.html"


class ProjectRecord(RecordForm):
    """What drawing up and changing a project share."""

    keeps_draft = True
    form_class = ProjectForm
    template_name = "programs/project_form.html"
    fragments = {
        "places": PLACES_TEMPLATE,
        "organisation-choice": "programs/fields_organisation.html",
    }
    similar: Any = ()

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {"similar": self.similar}

    def act(self, form: Any) -> HttpResponse:
        # Under the programme's lock, which giving a code takes anyway: of two clicks the second
        # sees the project of the first.
        with one_transaction():
            locked(form.cleaned_data["programme"])
            return self._ask_or_act(form)

    def _ask_or_act(self, form: Any) -> HttpResponse:
        if self._differs(form):
            found = similar_projects(
                user=self.user, facts=form.facts(), excluding=self.record and self.record.pk
            )
            # "They differ" is said of the projects that were shown, and of no later one.
            said = set(self.request.POST.getlist("seen")) if form.says_distinct else set()
            self.similar = found if {str(project.pk) for project in found} - said else ()
        if self.similar:
            form.ask_whether_distinct("มีโครงการชื่อใกล้เคียงกัน ตรวจรายการแล้วเลือกช่องนี้ถ้าเป็นคนละโครงการ")
            return self.show(form)
        return super().act(form)

    def _differs(self, form: ProjectForm) -> bool:
        """Whether what makes a project stand beside others is new."""
        names = ("title", "programme", "region", "province", "district", "subdistrict")
        return self.record is None or any(
            form.facts().get(name) != getattr(self.record, name) for name in names
        )


class ProjectNew(ProjectRecord):
    """Draw up a project as a draft."""

    page_title = "จัดทำโครงการใหม่"
    page_lead = "บันทึกเป็นร่างก่อน แก้ไขได้จนกว่าจะเสนอโครงการ รหัสโครงการออกให้เมื่อบันทึก"
    submit_label = "บันทึกร่าง"

    def check(self) -> None:
        self.require(can_create_project(self.user))

    def crumbs(self) -> list[Crumb]:
        return [PROJECTS]

    def get_form_kwargs(self) -> dict[str, Any]:
        asked = {
            name: self.request.GET[name]
            for name in ("programme", "organisation")
            if name in self.request.GET
        }
        return super().get_form_kwargs() | {"initial": asked}

    def save(self, form: ProjectForm) -> Project:
        return services.create_project(actor=self.user, **form.facts())

    def done(self, record: Project) -> str:
        return f"บันทึกร่างโครงการรหัส {record.code} แล้ว ตรวจข้อมูลแล้วเสนอโครงการได้จากหน้านี้"


class ProjectEdit(ProjectRecord):
    """Change the facts of a draft, or of a project that was sent back."""

    page_title = "แก้ไขโครงการ"
    record: Project

    def check(self) -> None:
        self.record = self.get_visible_or_404(Project, pk=self.kwargs["pk"])
        self.require(can_edit_project(self.user, self.record))

    def crumbs(self) -> list[Crumb]:
        return [PROJECTS, (self.record.code, self.record.get_absolute_url())]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": initial_of(self.record, ProjectForm)}

    def save(self, form: ProjectForm) -> Project:
        return services.update_project(
            actor=self.user,
            project=self.record,
            expected_version=self.expected_version,
            **form.facts(),
        )

    def done(self, record: Project) -> str:
        return f"บันทึกการแก้ไขโครงการรหัส {record.code} แล้ว เมื่อครบถ้วนให้เสนอโครงการจากหน้านี้"
