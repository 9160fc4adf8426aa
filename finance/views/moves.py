"""A new budget move: form, check of both frames before and after, one move per key."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from codi.accounts.permissions import Decision
from finance import forms, frames, permissions, services
from finance.views.base import ActPage


class MoveNew(ActPage):
    """Move uncommitted money from one frame to another."""

    form_class = forms.MoveForm
    check_answers = True
    page_title = "ปรับโอนงบประมาณ"
    page_lead = "โอนได้เฉพาะงบที่ยังไม่ผูกพันในกรอบงบปีงบประมาณเดียวกัน"
    submit_label = "ปรับโอน"
    confirm_label = "ยืนยันการปรับโอน"
    done_message = "บันทึกการปรับโอนงบแล้ว"
    confirm_template_name = "finance/move_confirm.html"

    def decide(self) -> Decision:
        return permissions.can_move_budget(self.user)

    def perform(self, form: Any) -> Any:
        facts = {name: form.cleaned_data[name] for name in form.fields if name != "one_time_key"}
        return services.move_budget(
            **facts,
            actor=self.user,
            request_key=form.cleaned_data["one_time_key"],
            today=self.today(),
        )

    def after_url(self) -> str:
        return reverse("finance:moves")

    def get_context(self, form: Any) -> dict[str, Any]:
        ledger = ("บัญชีเบิกจ่าย", reverse("finance:ledger"))
        crumbs = [ledger, ("ปรับโอนงบประมาณ", self.after_url()), ("รายการใหม่", "")]
        context = super().get_context(form) | {"crumbs": crumbs, "cancel_url": self.after_url()}
        if form.is_bound and form.is_valid():
            amount = form.cleaned_data["amount_baht"]
            source = frames.frame_state(form.cleaned_data["from_frame"])
            target = frames.frame_state(form.cleaned_data["to_frame"])
            context |= {
                "amount_baht": amount,
                "frames": [
                    (source, source.left_baht - amount, "ต้นทาง"),
                    (target, target.left_baht + amount, "ปลายทาง"),
                ],
            }
        return context
