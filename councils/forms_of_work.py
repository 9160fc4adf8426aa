"""What people type about the work of councils, groups, letters and proposals, read and checked."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from codi.accounts.models import User
from codi.fiscal import FiscalYear
from codi.thai.normalise import clean, search_key
from codi.ui.fields import CountField, LongTextField, NumberField, TextField, ThaiDateField
from codi.ui.forms import UserForm
from councils.models import Council, Mission
from programs.forms import CorrectionForm, VersionedForm

YEARS_BACK = 10
MOST_COUNCILS = 200


def years_to(today: dt.date) -> list[tuple[int, str]]:
    """This fiscal year and the ones before it, for records that come late."""
    now = FiscalYear.of(today).number
    return [(year, f"ปีงบประมาณ {year}") for year in range(now, now - YEARS_BACK - 1, -1)]


class YearForm(UserForm):
    """A form about one fiscal year: this one unless another is chosen."""

    fiscal_year = forms.TypedChoiceField(label="ปีงบประมาณ", coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "fiscal_year" in self.fields:
            years = years_to(self.today)
            year: Any = self.fields["fiscal_year"]
            year.choices = years
            self.initial.setdefault("fiscal_year", years[0][0])


class CouncilMeetingForm(UserForm):
    """A meeting of a council; its fiscal year follows from the day."""

    number = CountField(label="ครั้งที่", minimum=1, maximum=99, help_text="นับใหม่ทุกปีงบประมาณ")
    held_on = ThaiDateField(label="วันที่ประชุม", latest="today")
    attendee_count = CountField(label="ผู้เข้าประชุม", unit="คน", maximum=10_000, required=False)
    topics = LongTextField(label="เรื่องสำคัญ", max_length=500, required=False)


class CouncilMeetingEditForm(VersionedForm, CouncilMeetingForm):
    """A meeting that is corrected."""


class MissionsForm(YearForm):
    """The twelve missions of section 21 in one form: ticked are those that the council performed."""

    done = forms.TypedMultipleChoiceField(
        label="ภารกิจตามมาตรา 21 ที่สภาดำเนินการ",
        coerce=int,
        choices=[(one.value, f"({one.value}) {one.label}") for one in Mission],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="ข้อ (10)–(12) เป็นภารกิจพื้นฐาน",
    )
    reported_on = ThaiDateField(
        label="วันที่รายงาน",
        latest="today",
        suggest_today=True,
        help_text="ใช้กับข้อที่เลือกเพิ่ม ข้อที่บันทึกไว้แล้วคงวันที่เดิม",
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_seen(self) -> tuple[int, ...]:
        """The missions that stood when the form was opened, as ``1-10-12``."""
        told = self.cleaned_data["seen"]
        if not re.fullmatch(r"(\d{1,2}(-\d{1,2})*)?", told):
            raise ValidationError("แบบฟอร์มไม่สมบูรณ์ โหลดหน้านี้ใหม่แล้วกรอกอีกครั้ง")
        return tuple(int(one) for one in told.split("-") if one)

    def facts(self) -> dict[str, Any]:
        """The cleaned data as the service takes them."""
        return dict(self.cleaned_data)


class MissionForm(YearForm):
    """One mission that a council performed: for programs."""

    mission = forms.TypedChoiceField(
        label="ภารกิจ", coerce=int, choices=[(one.value, one.label) for one in Mission]
    )
    reported_on = ThaiDateField(label="วันที่รายงาน", latest="today")
    detail = TextField(label="รายละเอียด", max_length=500, required=False)


class CapabilityForm(YearForm):
    """The capability result of a year; its files come after it."""

    reported_on = ThaiDateField(label="วันที่รายงาน", latest="today", suggest_today=True)
    advises = forms.BooleanField(
        label="เสนอปัญหาและแนวทางพัฒนาต่อ อปท. ตามมาตรา 21 (4)", required=False
    )
    asks_for_services = forms.BooleanField(
        label="เสนอความต้องการด้านบริการสาธารณะ ตามมาตรา 21 (5)", required=False
    )
    reports_harm = forms.BooleanField(
        label="รายงานปัญหาและผลจากการดำเนินงานของรัฐ ตามมาตรา 21 (9)", required=False
    )
    note = TextField(label="หมายเหตุ", max_length=300, required=False)


class CapabilityEditForm(CorrectionForm, CapabilityForm):
    """A capability result; its year stays."""

    stay = ("fiscal_year",)


class ReviewForm(YearForm):
    """A quality review: the score, from which the year's scale makes the grade."""

    reviewed_on = ThaiDateField(label="วันที่สอบทาน", latest="today", suggest_today=True)
    score_pct = NumberField(
        label="คะแนน",
        minimum=Decimal(0),
        maximum=Decimal(100),
        help_text="คะแนนเป็นร้อยละ ระบบให้ระดับตามเกณฑ์ของปีนั้น",
    )


class ReviewEditForm(CorrectionForm, ReviewForm):
    """A review; its year stays."""

    stay = ("fiscal_year",)


class GroupForm(UserForm):
    """A group that registers with a council."""

    name = TextField(label="ชื่อกลุ่ม/องค์กร", max_length=300)
    registered_on = ThaiDateField(label="วันที่จดแจ้ง", latest="today", suggest_today=True)
    code = TextField(
        label="รหัสกลุ่ม", max_length=20, required=False, help_text="เว้นว่างได้ ระบบจะให้รหัสถัดไปของสภา"
    )


class GroupEditForm(VersionedForm):
    """The facts of a group; its code and council stay."""

    name = TextField(label="ชื่อกลุ่ม/องค์กร", max_length=300)
    registered_on = ThaiDateField(label="วันที่จดแจ้ง", latest="today")
    found_existing_on = ThaiDateField(label="วันที่ตรวจพบว่าคงอยู่", latest="today", required=False)


class GroupEndForm(VersionedForm):
    """When and why a group ended."""

    ended_on = ThaiDateField(label="วันที่สิ้นสภาพ", latest="today", suggest_today=True)
    ended_reason = TextField(label="เหตุที่สิ้นสภาพ", max_length=300)


class GroupCertificationForm(YearForm):
    """The certification of one group, or of a selection, for a year."""

    certified_on = ThaiDateField(label="วันที่รับรอง", latest="today", suggest_today=True)


class WithdrawCertificationForm(VersionedForm):
    """Why a certification of a group is taken back."""

    reason = TextField(label="เหตุผล", max_length=300, help_text="เหตุผลจะอยู่ในประวัติของกลุ่ม พร้อมชื่อผู้ถอน")


class LetterReasonForm(VersionedForm):
    """Why a letter is revoked, or another put in its place."""

    reason = TextField(label="เหตุผล", max_length=300)


class CouncilsField(TextField):
    """Councils by code or whole name, one a line; among those that the person sees."""

    widget = forms.Textarea(attrs={"rows": 6})
    user: User | None = None

    def bind(self, *, user: Any, today: dt.date) -> None:
        """Take the person among whose councils the texts are looked up."""
        self.user = user

    def to_python(self, value: Any) -> Any:
        return clean(str(value or ""), keep_newlines=True)

    def prepare_value(self, value: Any) -> Any:
        """Stored councils by code and name; typed text stays as it was typed."""
        if value is None or isinstance(value, str):
            return value
        return "\n".join(f"{one.code} {one.name}" for one in value)

    def clean(self, value: Any) -> list[Council]:
        told = re.split(r"[\n,;]", super().clean(value))
        lines = [line.strip() for line in told if line.strip()]
        if len(lines) > MOST_COUNCILS:
            raise ValidationError(f"ระบุได้ไม่เกิน {MOST_COUNCILS} สภาต่อข้อเสนอ กรุณาแยกเป็นหลายข้อเสนอ")
        if self.user is None:
            raise TypeError("a form with a CouncilsField must be a codi.ui.forms.UserForm")
        return self._found(lines)

    def _found(self, lines: list[str]) -> list[Council]:
        """The councils of the lines, each once; two queries."""
        visible = Council.objects.visible_to(self.user).filter(withdrawn_on=None)  # type: ignore[arg-type]
        codes = {line.split()[0] for line in lines}
        by_code = {one.code: one for one in visible.filter(code__in=codes)}
        names: dict[str, list[Council]] = {}
        wanted = [search_key(line) for line in lines if line.split()[0] not in by_code]
        by_name = visible.filter(search_key__regex=_ends_with(wanted)) if wanted else ()
        for one in by_name:
            names.setdefault(search_key(one.name), []).append(one)
        found, wrong = {}, []
        for line in lines:
            code = by_code.get(line.split()[0])
            named = [code] if code else names.get(search_key(line), [])
            if len(named) == 1:
                found[named[0].pk] = named[0]
            else:
                wrong.append(_unknown(line, named))
        if wrong:
            raise ValidationError(wrong)
        return list(found.values())


def _ends_with(keys: list[str]) -> str:
    return f"({'|'.join(re.escape(key) for key in keys)})$"


def _unknown(line: str, named: list[Council]) -> str:
    if not named:
        return f"ไม่พบ “{line}” ในสภาที่ท่านดูแล ใช้รหัสสภาหรือชื่อเต็มตามทะเบียน"
    codes = ", ".join(one.code for one in named[:5])
    return f"“{line}” มีหลายสภา กรุณาใช้รหัส: {codes}"


class ProposalForm(UserForm):
    """A proposal of one or many councils to an agency."""

    title = TextField(label="เรื่อง", max_length=400)
    councils = CouncilsField(
        label="สภาที่เสนอ", help_text="รหัสหรือชื่อเต็มของสภา บรรทัดละ 1 สภา หลายสภาได้"
    )
    agency = TextField(label="หน่วยงานที่รับข้อเสนอ", max_length=300)
    letter_number = TextField(label="เลขที่หนังสือ", max_length=100, required=False)
    sent_on = ThaiDateField(label="วันที่ส่ง", latest="today", suggest_today=True)


class ProposalEditForm(VersionedForm, ProposalForm):
    """A proposal that is corrected."""


class FollowUpForm(VersionedForm):
    """What became of a proposal, step by step."""

    answered_on = ThaiDateField(label="วันที่ได้รับคำตอบ", latest="today", required=False)
    answer = LongTextField(label="คำตอบ", max_length=4000, required=False)
    followed_up_on = ThaiDateField(label="วันที่ติดตามผล", latest="today", required=False)
    follow_up = LongTextField(label="ผลการติดตาม", max_length=4000, required=False)
    solved_on = ThaiDateField(label="วันที่แก้ไขได้", latest="today", required=False)
