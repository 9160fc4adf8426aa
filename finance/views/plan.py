"""The plan of a project's instalments: a form of many lines, saved as a whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin, visible_or_404
from codi.desk import bin
from codi.desk.views import offer_undo
from codi.errors import Conflict, Refused
from finance import permissions, services
from finance.forms import PlanFormSet
from finance.models import Instalment
from finance.rules import left_baht
from finance.views.base import FACTS
from programs.models import Project

ADD_LINE = "add_line"
LINE_FIELDS = ("number", "planned_baht", "planned_on", "condition", "evidence")
_LINE = re.compile(r"form-(\d+)-number")
_VERSION = re.compile(r"(\d+):(\d+)")


def versions_text(lines: Sequence[Instalment]) -> str:
    """The plan that a person saw: number and version of each instalment."""
    return ",".join(f"{line.number}:{line.version}" for line in lines)


def versions_seen(text: str) -> Mapping[int, int]:
    """Number → version, from the hidden field; anything unreadable counts as nothing seen."""
    return {int(number): int(version) for number, version in _VERSION.findall(text)}


class Plan(ScopedMixin, View):
    """Write a plan. "Add a line" works without script: the page comes back one line longer."""

    @cached_property
    def project(self) -> Project:
        """The project of the address, when it is in sight."""
        found: Project = visible_or_404(
            Project.objects.select_related(*FACTS), self.user, pk=self.kwargs["pk"]
        )
        self.require(permissions.can_plan_instalments(self.user, found))
        return found

    @cached_property
    def stored(self) -> list[Instalment]:
        """The plan as it stands."""
        return list(Instalment.objects.filter(project=self.project).order_by("number"))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lines = [{name: getattr(line, name) for name in LINE_FIELDS} for line in self.stored]
        return self.show(self.formset(initial=lines or [{"number": 1}]))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if ADD_LINE in request.POST:
            longer = self.formset(initial=self._one_line_more())
            longer.forms[-1].fields["planned_baht"].widget.attrs["autofocus"] = True
            return self.show(longer)
        formset = self.formset(data=request.POST)
        if not formset.is_valid():
            return self.show(formset)
        before = [line.pk for line in self.stored]
        try:
            services.plan_instalments(
                actor=self.user,
                project=self.project,
                plan=formset.plan(),
                expected_versions=versions_seen(request.POST.get("versions", "")),
            )
        except Refused as refused:
            return self.show(formset, refused)
        self._tell(before)
        return redirect(reverse("finance:project", args=[self.project.pk]) + "#instalments")

    def _tell(self, before: Sequence[int]) -> None:
        """Say that the plan is stored, and offer back the lines that were taken out."""
        messages.success(self.request, "บันทึกแผนงวดเงินแล้ว")
        for binned in bin.found(Instalment, before):
            offer_undo(self.request, binned)

    def formset(self, **kwargs: Any) -> Any:
        """The lines with who fills them in and when."""
        return PlanFormSet(user=self.user, today=timezone.localdate(), **kwargs)

    def _one_line_more(self) -> list[dict[str, Any]]:
        """What was typed so far, as it was typed, and an empty line with the next number."""
        posted = self.request.POST
        places = sorted(int(match[1]) for name in posted if (match := _LINE.fullmatch(name)))
        lines: list[dict[str, Any]] = [
            {name: posted.get(f"form-{place}-{name}", "") for name in LINE_FIELDS}
            for place in places[:98]
            if not posted.get(f"form-{place}-DELETE")
        ]
        numbers = [int(line["number"]) + 1 for line in lines if line["number"].isdecimal()]
        return [*lines, {"number": max([services.next_number(self.project), *numbers])}]

    def show(self, formset: Any, refused: Refused | None = None) -> HttpResponse:
        """The page; after a conflict it carries the versions of now, so that saving again wins."""
        if isinstance(refused, Conflict):
            self.__dict__.pop("stored", None)
        shown = "" if refused or not formset.is_bound else self.request.POST.get("versions", "")
        ceiling = self.project.approved_baht or self.project.requested_baht
        context = {
            "project": self.project,
            "formset": formset,
            "entries": _errors(formset, refused),
            "has_errors": bool(refused) or (formset.is_bound and not formset.is_valid()),
            "conflict": refused if isinstance(refused, Conflict) else None,
            "versions": shown or self._versions(),
            "ceiling_baht": ceiling,
            "left_baht": left_baht(ceiling, formset.sum_baht),
            **self._frame(),
        }
        return render(self.request, "finance/plan.html", context)

    def _versions(self) -> str:
        if ADD_LINE in self.request.POST:
            return str(self.request.POST.get("versions", ""))
        return versions_text(self.stored)

    def _frame(self) -> dict[str, Any]:
        project_url = reverse("finance:project", args=[self.project.pk])
        return {
            "page_title": "วางแผนงวดเงิน",
            "page_lead": f"{self.project.code} {self.project.title}",
            "cancel_url": project_url,
            "crumbs": [
                ("โครงการ", reverse("finance:projects")),
                (self.project.code, project_url),
                ("วางแผนงวดเงิน", ""),
            ],
        }


def _errors(formset: Any, refused: Refused | None) -> list[tuple[str, str]]:
    """Every error of every line for the summary on top, each with its field."""
    entries = [("", refused.message)] if refused else []
    if not formset.is_bound:
        return entries
    entries += [("", error) for error in formset.non_form_errors()]
    for place, form in enumerate(formset.forms, start=1):
        for name in form.fields:
            entries += [
                (form[name].id_for_label, f"แถวที่ {place}: {error}") for error in form[name].errors
            ]
    return entries
