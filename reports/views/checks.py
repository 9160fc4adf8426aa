"""Waivers of failed checks: asked for by one person, allowed by another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from codi.accounts.permissions import Decision
from codi.errors import Refused
from reports import permissions, services
from reports.content import Checked, of_edition
from reports.forms import AllowForm, WaiverForm
from reports.models import Edition, EditionCheck
from reports.views.base import ActPage


class AskWaiver(ActPage):
    """Ask that a failed check does not block the issue."""

    form_class = WaiverForm
    template_name = "reports/waiver.html"
    page_title = "ขอผ่อนผันรายการตรวจ"
    submit_label = "ขอผ่อนผัน"

    def decision(self) -> Decision:
        return permissions.can_ask_waiver(self.user, self.edition)

    @property
    def code(self) -> str:
        """The code of the check, from the form or the address."""
        return self.request.POST.get("code") or self.request.GET.get("code", "")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "initial": {"code": self.code}}

    def get_context(self, form: Any) -> dict[str, Any]:
        return {**super().get_context(form), "checked": self._checked()}

    def _checked(self) -> Checked:
        """The failed check; 404 when it does not fail (any more)."""
        for checked in of_edition(self.edition, today=self.today()).checks:
            if checked.result.code == self.code and not checked.result.is_ok:
                return checked
        raise Http404

    def act(self, form: WaiverForm) -> HttpResponse:
        services.ask_waiver(
            actor=self.user,
            edition=self.edition,
            code=form.cleaned_data["code"],
            reason=form.cleaned_data["reason"],
            valid_until=form.cleaned_data["valid_until"],
            today=self.today(),
        )
        messages.success(self.request, "ขอผ่อนผันแล้ว รอผู้มีสิทธิอนุญาต")
        return redirect("reports:detail", pk=self.edition.pk)


class AllowWaiver(ActPage):
    """Allow what somebody else asked for."""

    form_class = AllowForm
    template_name = "reports/waiver.html"
    page_title = "อนุญาตผ่อนผันรายการตรวจ"
    page_lead = "ชื่อผู้ขอ ผู้อนุญาต และเหตุผล จะพิมพ์ในรายงาน"
    submit_label = "อนุญาต"
    _check: EditionCheck | None = None

    @property
    def check(self) -> EditionCheck:
        """The check of the address; 404 when its edition is out of sight."""
        if self._check is None:
            found = (
                EditionCheck.objects.filter(pk=self.kwargs["pk"], edition__in=self.visible(Edition))
                .select_related("edition__programme", "edition__region", "asked_by")
                .first()
            )
            if found is None:
                raise Http404
            self._check = found
        return self._check

    @property
    def edition(self) -> Edition:
        """The check's edition."""
        return self.check.edition

    def decision(self) -> Decision:
        return permissions.can_allow_waiver(self.user, self.check)

    def get_context(self, form: Any) -> dict[str, Any]:
        return {**super().get_context(form), "check": self.check}

    def get_form_kwargs(self) -> dict[str, Any]:
        seen = {"fingerprint": self.check.request_fingerprint}
        return {**super().get_form_kwargs(), "initial": seen}

    def act(self, form: AllowForm) -> HttpResponse:
        seen = form.cleaned_data["fingerprint"]
        services.allow_waiver(actor=self.user, check=self.check, seen=seen, now=timezone.now())
        messages.success(self.request, "อนุญาตผ่อนผันแล้ว")
        return redirect("reports:detail", pk=self.edition.pk)

    def refuse(self, form: AllowForm, refused: Refused) -> HttpResponse:
        """Show the request as it is now: what the page told before is no longer what is asked."""
        messages.error(self.request, refused.message)
        return redirect("reports:allow_waiver", pk=self.check.pk)
