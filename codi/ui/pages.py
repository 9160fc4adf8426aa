"""Bases of pages: a form that acts through one service, with check-answers where money moves."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from codi.errors import Refused
from codi.ui.forms import UserForm

CONFIRMED, EDIT_AGAIN = "confirmed", "edit_again"


class FormPage(LoginRequiredMixin, View):
    """Show a form, check it, act, and show a refusal on it without losing what was typed.

    A subclass gives ``form_class``, ``page_title`` and :meth:`act`. With ``check_answers`` the
    person first sees what will be done and confirms; no script is needed for it.
    """

    form_class: type[UserForm]
    page_title: ClassVar[str] = ""
    page_lead: ClassVar[str] = ""
    submit_label: ClassVar[str] = "บันทึก"
    confirm_label: ClassVar[str] = "ยืนยัน"
    check_answers: ClassVar[bool] = False
    template_name: ClassVar[str] = "ui/form.html"
    confirm_template_name: ClassVar[str] = "ui/confirm.html"

    def act(self, form: Any) -> HttpResponse:
        """Call the one service with the form's cleaned data and answer, mostly by a redirect."""
        raise NotImplementedError

    def today(self) -> dt.date:
        """The day on which the form is filled in, by the clock of Thailand."""
        return timezone.localdate()

    def get_form_kwargs(self) -> dict[str, Any]:
        """What the form is made with; add ``initial`` and the record here."""
        kwargs: dict[str, Any] = {"user": self.request.user, "today": self.today()}
        if self.request.method == "POST":
            kwargs |= {"data": self.request.POST, "files": self.request.FILES}
        return kwargs

    def get_context(self, form: UserForm) -> dict[str, Any]:
        """What the template gets; add ``crumbs`` (label, url) and ``cancel_url`` here."""
        return {
            "form": form,
            "page_title": self.page_title,
            "page_lead": self.page_lead,
            "submit_label": self.submit_label,
            "confirm_label": self.confirm_label,
            "check_answers": self.check_answers,
            "has_errors": form.is_bound and bool(form.errors),
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.form_class(**self.get_form_kwargs()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(**self.get_form_kwargs())
        if not form.is_valid() or EDIT_AGAIN in request.POST:
            return self.show(form)
        if self.check_answers and CONFIRMED not in request.POST:
            return self.show(form, self.confirm_template_name)
        try:
            return self.act(form)
        except Refused as refused:
            return self.refuse(form, refused)

    def refuse(self, form: Any, refused: Refused) -> HttpResponse:
        """Show a broken rule on the form; what was typed stays."""
        form.add_refusal(refused)
        return self.show(form)

    def show(self, form: UserForm, template_name: str = "") -> HttpResponse:
        """The page with the form."""
        return render(self.request, template_name or self.template_name, self.get_context(form))
