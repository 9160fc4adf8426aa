"""What the pages of one project share: the project in sight, the right to act, the rehearsal."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from codi.accounts.access import ScopedMixin, visible_or_404
from codi.accounts.permissions import Decision
from codi.errors import Refused
from codi.ui.pages import CONFIRMED, EDIT_AGAIN, FormPage
from finance import queries
from programs.models import Project

FACTS = (
    "programme",
    "region",
    "province",
    "district",
    "subdistrict",
    "organisation",
    "created_by",
    "submitted_by",
    "endorsed_meeting__committee",
    "approved_by",
    "sent_back_by",
    "cancelled_by",
)


class ActPage(ScopedMixin, FormPage):
    """A form behind which something happens to money or life.

    Before the check-answers page the act is rehearsed: done inside a transaction that is undone, so
    that every refusal of services and database shows on the form and not after the confirmation.
    """

    done_message: ClassVar[str] = ""

    def decide(self) -> Decision:
        """Whether the person may act."""
        raise NotImplementedError

    def perform(self, form: Any) -> Any:
        """Call the one service."""
        raise NotImplementedError

    def after_url(self) -> str:
        """Where to go when it is done."""
        raise NotImplementedError

    def already_done(self) -> bool:
        """Whether this very request was carried out before (double click, retry)."""
        return False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            if request.method == "POST" and self.already_done():
                messages.info(request, "รายการนี้บันทึกไว้แล้ว ไม่ได้บันทึกซ้ำ")
                return redirect(self.after_url())
            self.require(self.decide())
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asks = self.check_answers and not {CONFIRMED, EDIT_AGAIN} & request.POST.keys()
        if asks:
            form = self.form_class(**self.get_form_kwargs())
            if form.is_valid():
                try:
                    self.rehearse(form)
                except Refused as refused:
                    form.add_refusal(refused)
                    return self.show_refused(form, refused)
        return super().post(request, *args, **kwargs)

    def rehearse(self, form: Any) -> None:
        """Do the act and undo it. Raises ``Refused`` as the act itself would."""
        with transaction.atomic():
            try:
                self.perform(form)
            finally:
                transaction.set_rollback(True)

    def act(self, form: Any) -> HttpResponse:
        try:
            self.perform(form)
        except Refused as refused:
            form.add_refusal(refused)
            return self.show_refused(form, refused)
        messages.success(self.request, self.done_message)
        return redirect(self.after_url())

    def show_refused(self, form: Any, refused: Refused) -> HttpResponse:
        """The form with the refusal; 422 when its one-time key was used for something else."""
        response = self.show(form)
        if refused.code == "request_key_reused":
            response.status_code = 422
        return response


class ProjectActPage(ActPage):
    """An act on one project."""

    can: ClassVar[Callable[[Any, Project], Decision]]

    @cached_property
    def project(self) -> Project:
        """The project of the address, when it is in sight."""
        found: Project = visible_or_404(
            Project.objects.select_related(*FACTS), self.user, pk=self.kwargs["pk"]
        )
        return found

    @cached_property
    def money(self) -> queries.ProjectMoney:
        """Its money as of today."""
        return queries.money_of([self.project], self.today())[self.project.pk]

    def decide(self) -> Decision:
        return type(self).can(self.user, self.project)

    def after_url(self) -> str:
        return reverse("finance:project", args=[self.project.pk])

    def get_context(self, form: Any) -> dict[str, Any]:
        crumbs = [
            ("โครงการ", reverse("finance:projects")),
            (self.project.code, reverse("finance:project", args=[self.project.pk])),
            (self.page_title, ""),
        ]
        return super().get_context(form) | {
            "project": self.project,
            "money": self.money,
            "crumbs": crumbs,
            "page_lead": f"{self.project.code} {self.project.title}",
            "cancel_url": reverse("finance:project", args=[self.project.pk]),
        }
