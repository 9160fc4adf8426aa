"""The steps of a project's life, each a form (and a check of the answers) before its service."""

from __future__ import annotations

from typing import Any, ClassVar

from finance import forms, frames, services
from finance.rules import left_baht
from finance.views.base import ProjectActPage
from programs import permissions
from programs import services as programs
from programs.models import ProjectStatus


class StepPage(ProjectActPage):
    """A step: doing it again where it is already done is no error."""

    template_name = "finance/step.html"
    confirm_template_name = "finance/step_confirm.html"
    reached: ClassVar[str] = ""

    def already_done(self) -> bool:
        return bool(self.reached) and self.project.status == self.reached


class Submit(StepPage):
    """Propose a project to the committee."""

    form_class = forms.SubmitForm
    can = permissions.can_submit_project
    reached = ProjectStatus.SUBMITTED
    page_title = "เสนอโครงการต่อคณะพิจารณา"
    submit_label = "เสนอโครงการ"
    done_message = "เสนอโครงการแล้ว รอผู้จัดการภาคบันทึกผลของคณะพิจารณา"
    template_name = "finance/submit.html"

    def perform(self, form: Any) -> Any:
        return programs.submit_project(actor=self.user, project=self.project, today=self.today())


class Endorse(StepPage):
    """Record at which meeting the committee endorsed the project."""

    form_class = forms.EndorseForm
    can = permissions.can_endorse_project
    reached = ProjectStatus.ENDORSED
    check_answers = True
    page_title = "บันทึกผลคณะพิจารณา"
    submit_label = "บันทึกผล"
    confirm_label = "ยืนยันว่าโครงการผ่านคณะพิจารณา"
    done_message = "บันทึกผลคณะพิจารณาแล้ว โครงการรออนุมัติงบ"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"project": self.project}

    def perform(self, form: Any) -> Any:
        return programs.endorse_project(
            actor=self.user,
            project=self.project,
            meeting=form.cleaned_data["endorsed_meeting"],
            today=self.today(),
        )


class Approve(StepPage):
    """Approve the project's money out of its frame."""

    form_class = forms.ApproveForm
    can = permissions.can_approve_project
    reached = ProjectStatus.APPROVED
    check_answers = True
    page_title = "อนุมัติงบโครงการ"
    submit_label = "อนุมัติ"
    confirm_label = "ยืนยันการอนุมัติ"
    done_message = "อนุมัติโครงการแล้ว ขั้นต่อไปให้เจ้าหน้าที่การเงินเบิกจ่ายตามงวด"
    template_name = "finance/approve.html"
    confirm_template_name = "finance/approve_confirm.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            "initial": {"approved_baht": self.project.requested_baht}
        } | super().get_form_kwargs()

    def perform(self, form: Any) -> Any:
        return programs.approve_project(
            actor=self.user,
            project=self.project,
            approved_baht=form.cleaned_data["approved_baht"],
            approved_on=form.cleaned_data["approved_on"],
            today=self.today(),
        )

    def get_context(self, form: Any) -> dict[str, Any]:
        frame = frames.frame_of(self.project)
        asked = (
            form.cleaned_data.get("approved_baht") if form.is_bound and form.is_valid() else None
        )
        after = left_baht(frame.left_baht, asked) if frame and asked else None
        return super().get_context(form) | {
            "frame": frame,
            "asked_baht": asked,
            "left_after": after,
        }


class SendBack(StepPage):
    """Send a project back to its maker with a reason."""

    form_class = forms.SendBackForm
    can = permissions.can_send_back_project
    reached = ProjectStatus.SENT_BACK
    check_answers = True
    page_title = "ส่งโครงการกลับให้แก้ไข"
    submit_label = "ส่งกลับ"
    confirm_label = "ยืนยันการส่งกลับ"
    done_message = "ส่งโครงการกลับให้ผู้จัดทำแก้ไขแล้ว"

    def perform(self, form: Any) -> Any:
        return programs.send_back_project(
            actor=self.user,
            project=self.project,
            reason=form.cleaned_data["reason"],
            today=self.today(),
        )


class Cancel(StepPage):
    """Cancel a project with a reason."""

    form_class = forms.CancelForm
    can = permissions.can_cancel_project
    reached = ProjectStatus.CANCELLED
    check_answers = True
    page_title = "ยกเลิกโครงการ"
    submit_label = "ยกเลิกโครงการ"
    confirm_label = "ยืนยันการยกเลิกโครงการ"
    done_message = "ยกเลิกโครงการแล้ว งบที่อนุมัติไว้กลับคืนสู่กรอบงบ"

    def perform(self, form: Any) -> Any:
        return programs.cancel_project(
            actor=self.user,
            project=self.project,
            reason=form.cleaned_data["reason"],
            today=self.today(),
        )


class Close(StepPage):
    """Close a project whose evidence is all cleared."""

    form_class = forms.CloseForm
    can = permissions.can_close_project
    reached = ProjectStatus.CLOSED
    check_answers = True
    page_title = "ปิดโครงการ"
    submit_label = "ปิดโครงการ"
    confirm_label = "ยืนยันการปิดโครงการ"
    done_message = "ปิดโครงการแล้ว"

    def perform(self, form: Any) -> Any:
        return services.close_project(
            actor=self.user,
            project=self.project,
            closed_on=form.cleaned_data["closed_on"],
            today=self.today(),
        )


class RecordInPm(StepPage):
    """Record the day on which the project was entered in the CODI-PM program."""

    form_class = forms.RecordInPmForm
    can = permissions.can_record_in_pm
    page_title = "บันทึกวันที่ลงโปรแกรม CODI-PM"
    done_message = "บันทึกวันที่ลงโปรแกรม CODI-PM แล้ว"

    def get_form_kwargs(self) -> dict[str, Any]:
        known = self.project.recorded_on
        return {"initial": {"recorded_on": known} if known else {}} | super().get_form_kwargs()

    def perform(self, form: Any) -> Any:
        return programs.record_in_pm(
            actor=self.user,
            project=self.project,
            recorded_on=form.cleaned_data["recorded_on"],
            today=self.today(),
        )
