"""What people type about welfare funds and what these report, read and checked."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from codi.accounts.models import User
from codi.fiscal import Quarter
from codi.thai.numbers import LARGEST_BAHT
from codi.ui.fields import (
    BahtField,
    CountField,
    NumberField,
    ScopedModelChoiceField,
    TextField,
    ThaiDateField,
    WordedBahtField,
)
from programs.forms import (
    MOST_PEOPLE,
    PLACES,
    CorrectionForm,
    FiscalYearField,
    PlaceForm,
    VersionedForm,
)
from programs.models import Grade, Programme, Project, ProjectStatus
from welfare.models import (
    INDICATORS,
    MEMBER_GROUPS,
    MONEY_SOURCES,
    BenefitKind,
    FundIndicators,
    FundStatus,
    RiskClass,
)

QUARTERS = [(number, f"ไตรมาส {number}") for number in range(1, 5)]


def _title(model: Any, name: str) -> str:
    return str(model._meta.get_field(name).verbose_name)


def _without_unit(title: str) -> str:
    """A field's name without the unit that its box shows."""
    return title.removesuffix(" (คน)").removesuffix(" (บาท)")


class FundForm(VersionedForm, PlaceForm):
    """The facts of a fund."""

    code = TextField(label="รหัสกองทุน", max_length=20)
    name = TextField(label="ชื่อกองทุน", max_length=300)
    founded_on = ThaiDateField(label="วันที่จัดตั้ง", latest="today")
    committee_count = CountField(label="จำนวนคณะกรรมการ", unit="คน", maximum=1000, required=False)
    contact = TextField(
        label="ผู้ประสานงาน/ช่องทางติดต่อ",
        max_length=300,
        required=False,
        help_text="ชื่อและช่องทางที่กองทุนให้ติดต่อได้ ไม่ต้องใส่เลขประจำตัวประชาชน",
    )
    sections = (
        ("กองทุน", ("code", "name", "founded_on", "committee_count", "contact")),
        ("พื้นที่", PLACES),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["province"].required = True


class StopForm(VersionedForm):
    """Since when a fund no longer works; blank when it works again."""

    stopped_on = ThaiDateField(
        label="วันที่หยุดดำเนินการ",
        latest="today",
        required=False,
        help_text="ว่างไว้เมื่อกองทุนกลับมาดำเนินการ",
    )


class WithdrawForm(VersionedForm):
    """A wrong record leaves the register, with the reason; a double is merged instead."""

    withdrawn_on = ThaiDateField(label="วันที่ถอนออก", latest="today", suggest_today=True)
    withdrawal_reason = TextField(
        label="เหตุผล",
        max_length=300,
        help_text="เหตุผลอยู่ในประวัติของกองทุน ถ้าเป็นระเบียนซ้ำให้ใช้ “แจ้งซ้ำ” แทน",
    )


class QuarterField(forms.TypedChoiceField):
    """One of the four quarters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="ไตรมาส", coerce=int, choices=QUARTERS, **kwargs)


class QuarterForm(VersionedForm):
    """A report of a quarter: of the present one unless another is chosen."""

    fiscal_year = FiscalYearField()
    quarter = QuarterField()
    reported_on = ThaiDateField(label="วันที่รายงาน", latest="today", suggest_today=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = Quarter.of(self.today)
        self.initial = {
            "fiscal_year": present.fiscal_year.number,
            "quarter": present.number,
            "reported_on": self.today,
            **self.initial,
        }


def _count(model: Any, name: str, **options: Any) -> CountField:
    title = _without_unit(_title(model, name))
    return CountField(
        label=title, unit="คน", maximum=MOST_PEOPLE, required=False, initial=0, **options
    )


def _baht(model: Any, name: str) -> BahtField:
    title = _without_unit(_title(model, name))
    return BahtField(label=title, maximum=LARGEST_BAHT, required=False, initial=0)


KINDS = [(kind.value, str(kind.label)) for kind in BenefitKind]
_STATUS_FIELDS: dict[str, forms.Field] = {
    "has_nothing_to_report": forms.BooleanField(
        label="ไม่มีข้อมูลเปลี่ยนแปลงในไตรมาสนี้",
        required=False,
        help_text="เลือกแล้วไม่ต้องกรอกยอด ยอดของไตรมาสก่อนใช้ต่อ",
    ),
    "member_count": _count(FundStatus, "member_count"),
    **{name: _count(FundStatus, name) for name in MEMBER_GROUPS},
    "village_count": CountField(
        label="จำนวนหมู่บ้าน", unit="หมู่บ้าน", maximum=999, required=False, initial=0
    ),
    **{name: _baht(FundStatus, name) for name in MONEY_SOURCES},
    "beneficiary_count": _count(FundStatus, "beneficiary_count"),
    "benefit_baht": _baht(FundStatus, "benefit_baht"),
    **{
        name: field
        for kind, label in KINDS
        for name, field in (
            (
                f"{kind}_persons",
                CountField(label=f"{label}: ผู้รับ", unit="คน", maximum=MOST_PEOPLE, required=False),
            ),
            (
                f"{kind}_baht",
                BahtField(label=f"{label}: จ่าย", maximum=LARGEST_BAHT, required=False),
            ),
        )
    },
    "correction_reason": TextField(
        label="เหตุผลที่ยอดลดลง",
        max_length=300,
        required=False,
        help_text="ต้องกรอกเมื่อยอดสะสมต่ำกว่าไตรมาสก่อน",
    ),
}


_Amounts: Any = type("_Amounts", (VersionedForm,), dict(_STATUS_FIELDS))


class AmountsForm(_Amounts):  # type: ignore[misc]
    """The amounts of a report; a blank is nothing."""

    sections: Sequence[tuple[str, Sequence[str]]] = (
        ("คำตอบของไตรมาส", ("has_nothing_to_report",)),
        ("สมาชิกและหมู่บ้าน", ("member_count", *MEMBER_GROUPS, "village_count")),
        ("เงินกองทุนตามแหล่งที่มา", MONEY_SOURCES),
        ("การจัดสวัสดิการ", ("beneficiary_count", "benefit_baht")),
        (
            "สวัสดิการแยกประเภท",
            [f"{kind}_{what}" for kind, _label in KINDS for what in ("persons", "baht")],
        ),
        ("เมื่อยอดลดลง", ("correction_reason",)),
    )

    def facts(self) -> dict[str, Any]:
        """The cleaned data as the services take them, benefits by kind together."""
        facts: dict[str, Any] = super().facts()
        benefits = {
            kind: (facts.pop(f"{kind}_persons") or 0, facts.pop(f"{kind}_baht") or Decimal(0))
            for kind, _label in KINDS
        }
        blanks = {
            name: 0
            for name, value in facts.items()
            if value is None and isinstance(self.fields[name], NumberField)
        }
        return facts | blanks | {"benefits": benefits}


class StatusForm(AmountsForm, QuarterForm):
    """What a fund reports of a quarter."""

    sections: Sequence[tuple[str, Sequence[str]]] = (
        ("ไตรมาส", ("fiscal_year", "quarter", "reported_on")),
        *AmountsForm.sections,
    )


class BenefitForm(VersionedForm):
    """Benefits of one kind in a report."""

    kind = forms.ChoiceField(label="ประเภทสวัสดิการ", choices=BenefitKind.choices)
    person_count = CountField(label="ผู้รับ", unit="คน", maximum=MOST_PEOPLE)
    paid_baht = BahtField(label="จ่าย", maximum=LARGEST_BAHT)


class StatusEditForm(CorrectionForm, StatusForm):
    """A report corrected: its quarter and the day it came stay."""

    stay = ("fiscal_year", "quarter", "reported_on")
    sections = AmountsForm.sections


def initial_of_status(status: FundStatus) -> dict[str, Any]:
    """A stored report under the names of the form's fields."""
    told: dict[str, Any] = {
        name: getattr(status, name) for name in _STATUS_FIELDS if hasattr(status, name)
    }
    for one in status.benefits.all():
        told |= {f"{one.kind}_persons": one.person_count, f"{one.kind}_baht": one.paid_baht}
    return told | {"version": status.version}


_CLAIMS = (*INDICATORS, "has_complete_one_page")
_CLAIM_FIELDS = {
    name: forms.BooleanField(label=_title(FundIndicators, name), required=False) for name in _CLAIMS
}
_Claims: Any = type("_Claims", (QuarterForm,), dict(_CLAIM_FIELDS))


class IndicatorsForm(_Claims):  # type: ignore[misc]
    """The ten indicators of a fund in a quarter."""

    sections: Sequence[tuple[str, Sequence[str]]] = (
        ("ไตรมาส", ("fiscal_year", "quarter", "reported_on")),
        ("คุณภาพ 5 ด้าน", INDICATORS[:5]),
        ("ข้อมูลพัฒนาอื่น", (*INDICATORS[5:], "has_complete_one_page")),
    )


class IndicatorsEditForm(CorrectionForm, IndicatorsForm):
    """Indicators corrected: their quarter stays."""

    stay = ("fiscal_year", "quarter", "reported_on")
    sections = IndicatorsForm.sections[1:]


class ReviewForm(VersionedForm):
    """A year's quality review: score or grade, or found stopped; the risk apart."""

    fiscal_year = FiscalYearField()
    reviewed_on = ThaiDateField(label="วันที่สอบทาน", latest="today", suggest_today=True)
    score_pct = NumberField(
        label="คะแนน (ร้อยละ)",
        minimum=0,
        maximum=100,
        required=False,
        help_text="ระบบให้ระดับตามเกณฑ์ของปีนั้น",
    )
    grade = forms.ChoiceField(
        label="ระดับ",
        choices=[("", "ตามคะแนน"), *Grade.choices],
        required=False,
        help_text="เลือกเมื่อมีเพียงระดับ ไม่มีคะแนน",
    )
    is_stopped = forms.BooleanField(
        label="พบว่าหยุดดำเนินการ",
        required=False,
        help_text=(
            "กองทุนที่ยังดำเนินการจะหยุดดำเนินการในทะเบียนตั้งแต่วันที่สอบทาน "
            "ถ้าเอาผลนี้ออกภายหลัง กองทุนจะกลับมาดำเนินการ"
        ),
    )
    risk = forms.ChoiceField(
        label="ระดับความเสี่ยง", choices=[("", "ยังไม่ประเมิน"), *RiskClass.choices], required=False
    )


class ReviewEditForm(CorrectionForm, ReviewForm):
    """A review corrected: its year stays."""

    stay = ("fiscal_year",)


class ContributionForm(VersionedForm):
    """What a fund asks of the state for a year."""

    fiscal_year = FiscalYearField()
    round_number = CountField(label="รอบที่", minimum=1, maximum=9, initial=1)
    requested_on = ThaiDateField(label="วันที่เสนอ", latest="today", suggest_today=True)
    member_count = CountField(label="สมาชิกทั้งหมดเมื่อเสนอ", unit="คน", maximum=MOST_PEOPLE)
    requested_member_count = CountField(label="สมาชิกที่ขอสมทบ", unit="คน", maximum=MOST_PEOPLE)
    contributed_member_count = CountField(
        label="สมาชิกที่ได้รับสมทบ", unit="คน", maximum=MOST_PEOPLE, required=False, initial=0
    )

    def facts(self) -> dict[str, Any]:
        """The cleaned data as the services take them."""
        facts = super().facts()
        return facts | {"contributed_member_count": facts["contributed_member_count"] or 0}


class ContributionEditForm(CorrectionForm, ContributionForm):
    """A contribution corrected: its year stays."""

    stay = ("fiscal_year",)


def _programmes(user: User) -> QuerySet[Programme]:
    return Programme.objects.visible_to(user).with_projects()


def _free_projects(user: User) -> QuerySet[Project]:
    seen = Project.objects.visible_to(user).filter(contribution=None)
    return seen.exclude(status=ProjectStatus.CANCELLED)


class ProjectOfContributionForm(VersionedForm):
    """The project of a contribution: a new draft, or one that is on record by its code."""

    programme = ScopedModelChoiceField(
        label="โครงการหลัก", model=Programme, queryset_for=_programmes, required=False
    )
    requested_baht = WordedBahtField(
        label="งบประมาณที่ขอ", minimum=Decimal("0.01"), maximum=LARGEST_BAHT, required=False
    )
    code = TextField(label="หรือใช้โครงการที่มีอยู่แล้ว (รหัสโครงการ)", max_length=40, required=False)
    sections = (
        ("จัดทำโครงการใหม่", ("programme", "requested_baht")),
        ("โครงการที่มีอยู่แล้ว", ("code",)),
    )
    project: Project | None = None

    def clean_code(self) -> str:
        """The code of a project in sight that is no other fund's contribution."""
        code: str = self.cleaned_data["code"]
        if code:
            self.project = _free_projects(self.user).filter(code=code).first()
            if self.project is None:
                raise forms.ValidationError(
                    "ไม่พบโครงการรหัสนี้ในพื้นที่ของท่าน หรือเป็นเงินสมทบของกองทุนอื่นแล้ว กรุณาตรวจรหัส"
                )
        return code

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("code") and "code" not in self.errors:
            for name in ("programme", "requested_baht"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, "กรอกเมื่อจัดทำโครงการใหม่ หรือกรอกรหัสโครงการที่มีอยู่แล้ว")
        return data
