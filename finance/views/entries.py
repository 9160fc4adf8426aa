"""New entries of a project's ledger, and the clearing of evidence: checked before they count."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse

from codi.accounts.access import visible_or_404
from codi.accounts.permissions import Decision, all_of
from finance import forms, permissions, queries, services
from finance.models import Direction, Instalment, LedgerEntry
from finance.queries import ZERO, InstalmentState
from finance.rules import left_baht
from finance.views.base import FACTS, ProjectActPage
from programs.models import Project


class EntryPage(ProjectActPage):
    """A new entry: a form, the check of its effect on the project's money, one entry per key."""

    check_answers = True
    template_name = "finance/entry_form.html"
    confirm_template_name = "finance/entry_confirm.html"
    sign: ClassVar[int] = 1

    def already_done(self) -> bool:
        """The same key again from the same person, where the right to act may be used up by now."""
        found = self._earlier()
        return found is not None and not self.decide()

    def _earlier(self) -> LedgerEntry | None:
        try:
            key = uuid.UUID(self.request.POST.get("one_time_key", ""))
        except ValueError:
            return None
        return LedgerEntry.objects.filter(request_key=key, actor=self.user).first()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"initial": self.initial()} | super().get_form_kwargs() | {"project": self.project}

    def initial(self) -> dict[str, Any]:
        """The instalment that the address names, else the likeliest one."""
        lines = queries.instalments_of(self.project, self.today())
        asked = self.request.GET.get("instalment", "")
        named = [line for line in lines if str(line.instalment.pk) == asked]
        line = next(iter(named or self.likely(lines)), None)
        return self.suggested(line) if line else {}

    def likely(self, lines: Sequence[InstalmentState]) -> Sequence[InstalmentState]:
        """The instalments that such an entry is about, the likeliest first."""
        return [line for line in reversed(lines) if line.net_baht > 0]

    def suggested(self, line: InstalmentState) -> dict[str, Any]:
        """What is filled in beforehand for an instalment."""
        return {"instalment": line.instalment.pk}

    def effect(self, form: Any) -> int:
        """Whether the entry adds to the net paid amount (1) or takes from it (-1)."""
        return self.sign

    def amount(self, form: Any) -> Any:
        """The amount of the entry."""
        return form.cleaned_data.get("amount_baht") or ZERO

    def get_context(self, form: Any) -> dict[str, Any]:
        context = super().get_context(form)
        if not (form.is_bound and form.is_valid()):
            return context
        amount = self.amount(form)
        after = self.money.net_baht + self.effect(form) * amount
        left = left_baht(self.project.approved_baht, after)
        return context | {"amount_baht": amount, "net_after": after, "left_after": left}

    def facts(self, form: Any) -> dict[str, Any]:
        """What every service of an entry takes."""
        data = {name: form.cleaned_data[name] for name in form.fields if name != "one_time_key"}
        return data | {
            "actor": self.user,
            "request_key": form.cleaned_data["one_time_key"],
            "today": self.today(),
        }


class Pay(EntryPage):
    """Record a transfer."""

    form_class = forms.PaymentForm
    can = permissions.can_pay
    page_title = "บันทึกการเบิกจ่าย"
    submit_label = "บันทึก"
    confirm_label = "ยืนยันการเบิกจ่าย"
    done_message = "บันทึกการเบิกจ่ายแล้ว รายการใหม่อยู่ในบัญชีเบิกจ่ายด้านล่าง"

    def decide(self) -> Decision:
        return all_of(super().decide(), permissions.has_money_left(self.money.left_baht))

    def likely(self, lines: Sequence[InstalmentState]) -> Sequence[InstalmentState]:
        return [line for line in lines if line.left_baht > 0]

    def suggested(self, line: InstalmentState) -> dict[str, Any]:
        whole = max(ZERO, min(line.left_baht, self.money.left_baht))
        return super().suggested(line) | ({"amount_baht": whole} if whole else {})

    def perform(self, form: Any) -> Any:
        return services.record_payment(**self.facts(form))


class Return(EntryPage):
    """Record money that came back."""

    form_class = forms.ReturnForm
    can = permissions.can_correct
    sign = -1
    page_title = "บันทึกการคืนงบ"
    submit_label = "บันทึก"
    confirm_label = "ยืนยันการคืนงบ"
    done_message = "บันทึกการคืนงบแล้ว รายการจ่ายเดิมไม่เปลี่ยนแปลง"

    def perform(self, form: Any) -> Any:
        return services.record_return(**self.facts(form))


class Adjust(EntryPage):
    """Adjust the net paid amount with a reason."""

    form_class = forms.AdjustmentForm
    can = permissions.can_correct
    page_title = "ปรับปรุงรายการ"
    submit_label = "บันทึก"
    confirm_label = "ยืนยันการปรับปรุง"
    done_message = "บันทึกการปรับปรุงแล้ว"

    def effect(self, form: Any) -> int:
        return int(form.cleaned_data["direction"])

    def perform(self, form: Any) -> Any:
        facts = self.facts(form)
        return services.record_adjustment(**facts | {"direction": Direction(facts["direction"])})


class Reverse(EntryPage):
    """Undo a mistaken entry by its mirror image."""

    form_class = forms.ReversalForm
    page_title = "กลับรายการ"
    submit_label = "กลับรายการ"
    confirm_label = "ยืนยันการกลับรายการ"
    done_message = "กลับรายการแล้ว รายการเดิมยังอยู่ในบัญชีและเชื่อมกับรายการกลับ"
    template_name = "finance/reverse_form.html"

    @cached_property
    def entry(self) -> LedgerEntry:
        """The entry of the address, when it is in sight."""
        joins = [f"project__{name}" for name in FACTS]
        rows = LedgerEntry.objects.select_related("instalment", "actor", *joins)
        found: LedgerEntry = visible_or_404(rows, self.user, pk=self.kwargs["pk"])
        return found

    @cached_property
    def project(self) -> Project:
        """The entry's project."""
        found: Project = self.entry.project
        return found

    def decide(self) -> Decision:
        return permissions.can_reverse(self.user, self.entry)

    def effect(self, form: Any) -> int:
        return -int(self.entry.direction)

    def amount(self, form: Any) -> Any:
        return self.entry.amount_baht

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {"entry": self.entry}

    def perform(self, form: Any) -> Any:
        return services.reverse_entry(entry=self.entry, **self.facts(form))


class ClearEvidence(ProjectActPage):
    """Confirm that the evidence of an instalment is right."""

    form_class = forms.EvidenceForm
    page_title = "ตรวจรับหลักฐาน"
    submit_label = "บันทึกการตรวจรับ"
    done_message = "บันทึกการตรวจรับหลักฐานแล้ว"
    template_name = "finance/evidence_form.html"

    @cached_property
    def instalment(self) -> Instalment:
        """The instalment of the address, when it is in sight."""
        joins = [f"project__{name}" for name in FACTS]
        rows = Instalment.objects.select_related("evidence_cleared_by", *joins)
        found: Instalment = visible_or_404(rows, self.user, pk=self.kwargs["pk"])
        return found

    @cached_property
    def project(self) -> Project:
        """The instalment's project."""
        found: Project = self.instalment.project
        return found

    def decide(self) -> Decision:
        return permissions.can_clear_evidence(self.user, self.project)

    def get_form_kwargs(self) -> dict[str, Any]:
        line = self.instalment
        initial: dict[str, Any] = {"note": line.evidence_note}
        if line.evidence_cleared_on:
            initial["cleared_on"] = line.evidence_cleared_on
        return {"initial": initial} | super().get_form_kwargs()

    def get_context(self, form: Any) -> dict[str, Any]:
        return super().get_context(form) | {"instalment": self.instalment}

    def perform(self, form: Any) -> Any:
        return services.clear_evidence(
            actor=self.user,
            instalment=self.instalment,
            cleared_on=form.cleaned_data["cleared_on"],
            note=form.cleaned_data["note"],
            today=self.today(),
        )

    def after_url(self) -> str:
        return reverse("finance:project", args=[self.project.pk]) + "#instalments"
