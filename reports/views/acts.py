"""The steps of an edition's life, each asked before it is taken."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from codi.accounts.permissions import Decision
from codi.ui.forms import UserForm
from reports import permissions, services
from reports.forms import ConfirmForm, DaysForm, ReasonForm
from reports.models import Edition
from reports.queries import staff_texts
from reports.views.base import ActPage


class Step(ActPage):
    """A step with nothing to fill in."""

    form_class: type[UserForm] = ConfirmForm
    template_name = "reports/act.html"
    done = ""

    def take(self, form: Any) -> Edition:
        """Call the one service."""
        raise NotImplementedError

    def act(self, form: Any) -> HttpResponse:
        edition = self.take(form)
        messages.success(self.request, self.done)
        return redirect("reports:detail", pk=edition.pk)


class Render(Step):
    """Make the draft's PDF again."""

    page_title = "จัดทำ PDF ร่างใหม่"
    page_lead = "ระบบคำนวณตัวเลขจากข้อมูลปัจจุบันอีกครั้ง แล้วจัดทำ PDF ร่าง"
    submit_label = "จัดทำ PDF"
    done = "ส่งงานจัดทำ PDF แล้ว"

    def decision(self) -> Decision:
        return permissions.can_render(self.user, self.edition)

    def take(self, form: ConfirmForm) -> Edition:
        services.request_draft_file(
            actor=self.user,
            edition=self.edition,
            request_key=form.cleaned_data["one_time_key"],
        )
        return self.edition


class Submit(Step):
    """Propose for approval; the last moment at which the maker can write the staff texts."""

    page_title = "เสนอขออนุมัติ"
    page_lead = "เมื่อเสนอแล้ว แก้ข้อความและวันที่ไม่ได้จนกว่าจะถูกส่งกลับ"
    submit_label = "เสนอขออนุมัติ"
    done = "เสนอรายงานแล้ว รอผู้อนุมัติ"

    def decision(self) -> Decision:
        return permissions.can_submit(self.user, self.edition)

    def get_context(self, form: Any) -> dict[str, Any]:
        unwritten = [slot for slot, text in staff_texts(self.edition) if not text]
        return {**super().get_context(form), "unwritten": unwritten}

    def take(self, form: ConfirmForm) -> Edition:
        return services.submit(actor=self.user, edition=self.edition, now=timezone.now())


class Approve(Step):
    """Approve."""

    page_title = "อนุมัติรายงาน"
    page_lead = "อนุมัติเนื้อหาแล้ว ผู้มีสิทธิจึงออกฉบับได้"
    submit_label = "อนุมัติ"
    done = "อนุมัติแล้ว ขั้นต่อไปคือออกฉบับ"

    def decision(self) -> Decision:
        return permissions.can_approve(self.user, self.edition)

    def take(self, form: ConfirmForm) -> Edition:
        return services.approve(actor=self.user, edition=self.edition, now=timezone.now())


class SendBack(Step):
    """Give back with a reason."""

    form_class = ReasonForm
    page_title = "ส่งกลับให้แก้ไข"
    submit_label = "ส่งกลับ"
    done = "ส่งกลับให้ผู้จัดทำแก้ไขแล้ว"

    def decision(self) -> Decision:
        return permissions.can_send_back(self.user, self.edition)

    def take(self, form: ReasonForm) -> Edition:
        return services.send_back(
            actor=self.user,
            edition=self.edition,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )


class Issue(Step):
    """Freeze and issue."""

    page_title = "ออกฉบับ"
    page_lead = (
        "ระบบคำนวณและตรวจตัวเลขอีกครั้ง แล้วตรึงทุกตาราง ข้อความ และรายการเบื้องหลังไว้ "
        "ฉบับที่ออกแล้วแก้ไขไม่ได้ หากต้องแก้ให้จัดทำฉบับใหม่แทน"
    )
    submit_label = "ออกฉบับ"
    done = "ตรึงตัวเลขแล้ว กำลังจัดทำไฟล์ของฉบับ"

    def decision(self) -> Decision:
        return permissions.can_issue(self.user, self.edition)

    def take(self, form: ConfirmForm) -> Edition:
        return services.issue(actor=self.user, edition=self.edition, now=timezone.now())


class Withdraw(Step):
    """Take back an issue whose files could not be made."""

    page_title = "ถอนการออกฉบับ"
    page_lead = "ใช้เมื่อจัดทำไฟล์ไม่สำเร็จ ฉบับจะกลับไปอยู่ในสถานะอนุมัติแล้ว และตัวเลขจะตามข้อมูลปัจจุบันอีกครั้ง"
    submit_label = "ถอนการออกฉบับ"
    done = "ถอนการออกฉบับแล้ว"

    def decision(self) -> Decision:
        return permissions.can_withdraw(self.user, self.edition)

    def take(self, form: ConfirmForm) -> Edition:
        return services.withdraw_issue(actor=self.user, edition=self.edition)


class Replace(Step):
    """Make the next edition."""

    form_class = DaysForm
    page_title = "จัดทำฉบับใหม่แทนฉบับนี้"
    page_lead = (
        "ฉบับเดิมยังอยู่และไม่เปลี่ยน ฉบับใหม่จะบอกว่าตัวเลขใดเปลี่ยนไปและเพราะอะไร ข้อความของเจ้าหน้าที่คัดลอกมาให้"
    )
    submit_label = "จัดทำฉบับใหม่"
    done = "จัดทำร่างฉบับใหม่แล้ว"

    def decision(self) -> Decision:
        return permissions.can_replace(self.user, self.edition)

    def get_form_kwargs(self) -> dict[str, Any]:
        days = enumerate(self.edition.as_of_dates, start=1)
        initial = {f"as_of_{number}": day for number, day in days}
        return {**super().get_form_kwargs(), "initial": initial}

    def take(self, form: DaysForm) -> Edition:
        return services.replace_edition(
            actor=self.user,
            edition=self.edition,
            as_of_dates=form.days,
            request_key=form.cleaned_data["one_time_key"],
            now=timezone.now(),
            today=self.today(),
        )
