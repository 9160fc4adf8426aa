"""Forms of a project's life and of its money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from codi.thai.numbers import NumberError, baht, parse_baht
from codi.ui.fields import (
    BahtField,
    CountField,
    LongTextField,
    ScopedModelChoiceField,
    TextField,
    ThaiDateField,
)
from codi.ui.forms import ActionForm, UserForm
from finance.models import Direction, Instalment
from finance.queries import BAHT, ZERO
from finance.services import PlannedInstalment
from programs.models import BudgetFrame, Meeting, Project

SATANG = Decimal("0.01")


def _reason(label: str) -> LongTextField:
    return LongTextField(
        label=label,
        max_length=1000,
        help_text="บอกให้ผู้รับเข้าใจและแก้ไขต่อได้ ข้อความนี้แสดงในหน้าโครงการและประวัติ",
    )


# Life


class SubmitForm(UserForm):
    """Nothing to fill in: the page shows what is proposed."""


class MeetingField(ScopedModelChoiceField):
    """A meeting in sight, named with its committee."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset_for=lambda user: Meeting.objects.none(), model=Meeting, **kwargs)

    def label_from_instance(self, meeting: Any) -> str:
        """คณะ… ครั้งที่ 2/2564 วันที่ 20-21 ม.ค. 64."""
        return f"{meeting.committee.name} {meeting}"

    def shown(self, value: Any) -> str:
        """As in the list of choices."""
        return self.label_from_instance(value) if value else "-"


def _meetings(user: Any, region_id: str | None) -> QuerySet[Meeting]:
    home = Q(committee__region=None) | Q(committee__region=region_id)
    return Meeting.objects.visible_to(user).filter(home).select_related("committee")


class EndorseForm(UserForm):
    """At which meeting the committee endorsed the project."""

    endorsed_meeting = MeetingField(
        label="การประชุมคณะพิจารณาโครงการ",
        help_text="เลือกได้เฉพาะการประชุมของคณะในภาคนี้และคณะส่วนกลางที่จัดแล้ว หากยังไม่มี ให้บันทึกการประชุมก่อน",
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["endorsed_meeting"]
        held = _meetings(self.user, project.region_id).filter(ends_on__lte=self.today)
        field.queryset = held
        field.initial = held.order_by("ends_on", "pk").last()


class ApproveForm(UserForm):
    """How much was approved, and on which day."""

    approved_baht = BahtField(label="งบที่อนุมัติ", minimum=SATANG)
    approved_on = ThaiDateField(label="วันที่อนุมัติ", latest="today", suggest_today=True)


class SendBackForm(UserForm):
    """Why the project goes back to its maker."""

    reason = _reason("เหตุผลที่ส่งกลับ")


class CancelForm(UserForm):
    """Why the project is cancelled."""

    reason = _reason("เหตุผลที่ยกเลิก")


class CloseForm(UserForm):
    """The day on which the project ended."""

    closed_on = ThaiDateField(label="วันที่ปิดโครงการ", latest="today", suggest_today=True)


class RecordInPmForm(UserForm):
    """The day on which the project was entered in the CODI-PM program."""

    recorded_on = ThaiDateField(
        label="วันที่บันทึกในโปรแกรม CODI-PM", latest="today", suggest_today=True
    )


# Money


class InstalmentField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An instalment of one project, named with what is left of it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Instalment.objects.none(), empty_label="เลือก…", **kwargs)

    def of(self, project: Project) -> None:
        """Offer the instalments of ``project``."""
        net = Coalesce(Sum("entries__net_baht"), ZERO, output_field=BAHT)
        self.queryset = Instalment.objects.filter(project=project).annotate(net=net)

    def label_from_instance(self, instalment: Any) -> str:
        """งวดที่ 1 · แผน 700,000 · จ่ายแล้ว 0 · เหลือ 700,000 บาท."""
        left = instalment.planned_baht - instalment.net
        return (
            f"งวดที่ {instalment.number} · แผน {baht(instalment.planned_baht)} · "
            f"จ่ายแล้ว {baht(instalment.net)} · เหลือ {baht(left)} บาท"
        )

    def shown(self, value: Any) -> str:
        """งวดที่ 1."""
        return str(value) if value else "-"


def _document_number(**kwargs: Any) -> TextField:
    return TextField(label="เลขที่เอกสาร", max_length=60, **kwargs)


def _note(**kwargs: Any) -> TextField:
    return TextField(label="หมายเหตุ", max_length=300, **kwargs)


class EntryForm(ActionForm):
    """What every new entry of a project's ledger needs."""

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        field = self.fields.get("instalment")
        if isinstance(field, InstalmentField):
            field.of(project)


class PaymentForm(EntryForm):
    """A transfer to the organisation, in full or in part."""

    instalment = InstalmentField(label="งวด")
    amount_baht = BahtField(label="จำนวนเงินที่จ่าย", minimum=SATANG)
    effective_on = ThaiDateField(label="วันที่โอน", latest="today", suggest_today=True)
    document_number = _document_number(help_text="เลขที่ใบสำคัญหรือฎีกา เช่น ฎ. 12/2569")
    note = _note(required=False)


class ReturnForm(EntryForm):
    """Money that came back (คืนงบ)."""

    instalment = InstalmentField(label="งวด")
    amount_baht = BahtField(label="จำนวนเงินที่คืน", minimum=SATANG)
    effective_on = ThaiDateField(label="วันที่รับคืน", latest="today", suggest_today=True)
    document_number = _document_number(help_text="เลขที่ใบเสร็จหรือเอกสารนำส่งเงินคืน")
    note = _note(required=False)


class AdjustmentForm(EntryForm):
    """A change of the net paid amount that is neither a payment nor a return."""

    instalment = InstalmentField(label="งวด")
    direction = forms.TypedChoiceField(
        label="ทิศทาง", choices=Direction.choices, coerce=int, widget=forms.RadioSelect
    )
    amount_baht = BahtField(label="จำนวนเงิน", minimum=SATANG)
    effective_on = ThaiDateField(label="วันที่มีผล", latest="today", suggest_today=True)
    document_number = _document_number(required=False)
    note = _note(help_text="เหตุผลของการปรับปรุง เช่น แก้ค่าธรรมเนียมโอนตามใบแจ้งธนาคาร")


class ReversalForm(EntryForm):
    """The undoing of a mistaken entry."""

    effective_on = ThaiDateField(label="วันที่มีผลของการกลับรายการ", latest="today", suggest_today=True)
    note = TextField(
        label="เหตุผลที่กลับรายการ", max_length=300, help_text="เช่น บันทึกผิดโครงการ จ่ายจริงให้ NL2564-0003"
    )


class EvidenceForm(UserForm):
    """The evidence of an instalment came in and is right."""

    cleared_on = ThaiDateField(label="วันที่ตรวจรับหลักฐาน", latest="today", suggest_today=True)
    note = TextField(
        label="บันทึกการตรวจรับ",
        max_length=300,
        required=False,
        help_text="เช่น รายงานผลและใบเสร็จครบ 12 ฉบับ",
    )


# The plan


class PlanLineForm(UserForm):
    """One instalment of a plan; an empty line does not count."""

    number = CountField(label="งวดที่", minimum=1, maximum=99)
    planned_baht = BahtField(label="จำนวนเงิน", minimum=SATANG)
    planned_on = ThaiDateField(label="กำหนดเบิกจ่าย", required=False, help_text="")
    condition = TextField(label="เงื่อนไขการเบิก", required=False, max_length=500)
    evidence = TextField(label="หลักฐานที่ต้องส่ง", required=False, max_length=500)

    def has_changed(self) -> bool:
        """Whether something besides the number is filled in."""
        return any(name not in ("number", "DELETE") for name in self.changed_data)

    def line(self) -> PlannedInstalment:
        """The line as the service takes it."""
        data = self.cleaned_data
        return PlannedInstalment(
            number=data["number"],
            planned_baht=data["planned_baht"],
            planned_on=data["planned_on"],
            condition=data["condition"],
            evidence=data["evidence"],
        )


class InstalmentForm(PlanLineForm):
    """One instalment by itself; its number follows from its place in the plan."""

    number = None  # type: ignore[assignment]


def _readable(amount: Decimal | str | None) -> Decimal | None:
    """An amount as stored or as typed so far; None where it cannot be read yet."""
    if not isinstance(amount, str):
        return amount
    try:
        return parse_baht(amount)
    except NumberError:
        return None


INCOMPLETE = "ข้อมูลแผนงวดเงินมาไม่ครบ จึงยังไม่บันทึก กรุณาเปิดหน้านี้ใหม่แล้วกรอกอีกครั้ง"


class BasePlanFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """All lines of a plan, with what they add up to; a line left empty does not count."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        **forms.BaseFormSet.default_error_messages,
        "missing_management_form": INCOMPLETE,
    }

    def __init__(self, *args: Any, user: Any, today: dt.date, **kwargs: Any) -> None:
        kwargs["form_kwargs"] = {"user": user, "today": today}
        super().__init__(*args, **kwargs)

    def add_fields(self, form: PlanLineForm, index: int | None) -> None:
        """Say in Thai what the tick takes away."""
        super().add_fields(form, index)
        form.empty_permitted = True
        form.fields["DELETE"].label = "ลบงวดนี้"

    def kept(self) -> Sequence[PlanLineForm]:
        """The lines that are filled in and not to be removed."""
        return [
            form
            for form in self.forms
            if getattr(form, "cleaned_data", None) and not form.cleaned_data.get("DELETE")
        ]

    def clean(self) -> None:
        """Numbers occur once; the message names the one that does not."""
        if not self.forms:
            raise forms.ValidationError(INCOMPLETE)
        seen: set[int] = set()
        for form in self.kept():
            number = form.cleaned_data.get("number")
            if number in seen:
                form.add_error("number", f"งวดที่ {number} ซ้ำกับแถวอื่น ใช้เลขงวดถัดไป")
            if number is not None:
                seen.add(number)

    def plan(self) -> list[PlannedInstalment]:
        """The plan as the service takes it."""
        return [form.line() for form in self.kept()]

    @property
    def sum_baht(self) -> Decimal:
        """What the readable amounts add up to, also while other fields have errors."""
        if not self.is_bound:
            lines = [_readable(form.initial.get("planned_baht")) for form in self.forms]
        else:
            self.is_valid()
            lines = [form.cleaned_data.get("planned_baht") for form in self.kept()]
        return sum((line for line in lines if isinstance(line, Decimal)), ZERO)


PlanFormSet: Any = forms.formset_factory(
    PlanLineForm, formset=BasePlanFormSet, extra=0, max_num=99, can_delete=True
)


# Budget moves


class FrameField(ScopedModelChoiceField):
    """A frame in sight."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset_for=lambda user: (
                BudgetFrame.objects.visible_to(user)
                .select_related("programme", "region")
                .order_by("-programme__fiscal_year", "programme__code", "region__position", "level")
            ),
            model=BudgetFrame,
            **kwargs,
        )


class MoveForm(ActionForm):
    """Uncommitted money from one frame to another."""

    from_frame = FrameField(label="โอนจากกรอบงบ")
    to_frame = FrameField(label="โอนไปกรอบงบ")
    amount_baht = BahtField(label="จำนวนเงินที่โอน", minimum=SATANG)
    moved_on = ThaiDateField(label="วันที่โอน", latest="today", suggest_today=True)
    reason = TextField(label="เหตุผล", max_length=300)
    approval_document = TextField(
        label="เอกสารอนุมัติ", max_length=120, help_text="เลขที่บันทึกหรือหนังสือที่อนุมัติการปรับโอน"
    )
    approval_meeting = MeetingField(label="มติที่ประชุม", required=False, empty_label="ไม่มี")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["approval_meeting"]
        found = Meeting.objects.visible_to(self.user).filter(ends_on__lte=self.today)
        field.queryset = found.select_related("committee")

    def clean(self) -> dict[str, Any]:
        """The two frames differ and belong to one fiscal year."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        source, target = data.get("from_frame"), data.get("to_frame")
        if source and target and source == target:
            self.add_error("to_frame", "กรอบงบปลายทางต้องไม่ใช่กรอบเดียวกับต้นทาง เลือกใหม่")
        return data
