"""Forms of reports."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from codi.fiscal import FiscalYear
from codi.places.models import Province, Region
from codi.thai.dates import long_date
from codi.ui.fields import LongTextField, ScopedModelChoiceField, TextField, ThaiDateField
from codi.ui.forms import ActionForm, UserForm
from programs.models import Programme
from reports import outlines
from reports.models.edition_life import MOST_DATES
from reports.subjects import Subject

SAME_DAY = "เลือกวันที่ {} ซ้ำกัน เว้นช่องนี้ว่าง หรือเลือกวันอื่น"


def regions_for(user: Any) -> Any:
    """The regions that a person may report on."""
    regions = Region.objects.all()
    return regions if user.sees_nation else regions.filter(pk=user.region_id)


def day_fields() -> dict[str, ThaiDateField]:
    """One field per day of a report; the first must be filled."""
    return {
        f"as_of_{number}": ThaiDateField(
            label=f"ข้อมูล ณ วันที่ (วันที่ {number})", required=number == 1, latest="today"
        )
        for number in range(1, MOST_DATES + 1)
    }


class DaysForm(ActionForm):
    """The days as of which a report tells the figures."""

    as_of_1, as_of_2, as_of_3, as_of_4 = day_fields().values()

    def clean(self) -> dict[str, Any]:
        """Each day once: a day chosen twice is a slip that should not pass in silence."""
        data = super().clean() or self.cleaned_data
        chosen: set[dt.date] = set()
        for name, day in [(name, day) for name, day in data.items() if name.startswith("as_of_")]:
            if day in chosen:
                self.add_error(name, SAME_DAY.format(long_date(day)))
            elif day:
                chosen.add(day)
        return data

    @property
    def days(self) -> list[dt.date]:
        """The days that were filled in."""
        values = (self.cleaned_data.get(f"as_of_{number}") for number in range(1, MOST_DATES + 1))
        return [value for value in values if value]


def outline_field(*, by_quarter: bool | None = None) -> forms.ChoiceField:
    """Which report: all of them, or those about programmes or about quarters."""
    return forms.ChoiceField(
        label="แบบรายงาน",
        choices=[
            (key, outline.title)
            for key, outline in outlines.OUTLINES.items()
            if by_quarter in (None, outline.by_quarter)
        ],
    )


class NewEditionForm(DaysForm):
    """Which report, of which programme and region, as of which days."""

    outline = outline_field(by_quarter=False)
    programme = ScopedModelChoiceField(
        label="โครงการหลัก",
        model=Programme,
        queryset_for=lambda user: Programme.objects.visible_to(user).with_projects(),
    )
    region = ScopedModelChoiceField(label="ภาค", model=Region, queryset_for=regions_for)
    field_order = ("outline", "programme", "region", "as_of_1", "as_of_2", "as_of_3", "as_of_4")

    @property
    def subject(self) -> Subject:
        """What the report is about."""
        return Subject(self.cleaned_data["programme"], self.cleaned_data["region"])


QUARTERS = [(number, f"ไตรมาส {number}") for number in range(1, 5)]


class NewQuarterlyForm(ActionForm):
    """Which report, of which quarter, of a region or of the country, as of which of its days."""

    outline = outline_field(by_quarter=True)
    fiscal_year = forms.TypedChoiceField(label="ปีงบประมาณ", coerce=int)
    quarter = forms.TypedChoiceField(label="ไตรมาส", coerce=int, choices=QUARTERS)
    region = ScopedModelChoiceField(
        label="พื้นที่", model=Region, queryset_for=regions_for, required=False, empty_label="ทั้งประเทศ"
    )
    as_of = ThaiDateField(
        label="ข้อมูล ณ วันที่",
        required=False,
        latest="today",
        help_text="เว้นว่างได้: วันสุดท้ายของไตรมาส หรือวันนี้เมื่อไตรมาสยังไม่สิ้นสุด",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = FiscalYear.of(self.today).number
        years = [(year, str(year)) for year in range(last, last - 15, -1)]
        self.fields["fiscal_year"].choices = years  # type: ignore[attr-defined]
        if not self.user.sees_nation:
            self.fields["region"].required = True

    @property
    def subject(self) -> Subject:
        """What the report is about."""
        data = self.cleaned_data
        return Subject(None, data["region"], data["fiscal_year"], data["quarter"])

    @property
    def days(self) -> list[dt.date]:
        """The day of the report: as given, else the last of the quarter that has come."""
        given: dt.date | None = self.cleaned_data["as_of"]
        period = self.subject.period
        return [given or (min(period.end, self.today) if period else self.today)]


class EditionRequestForm(DaysForm):
    """Any report, for programs: with programme and region, or with fiscal year and quarter."""

    outline = outline_field()
    programme = ScopedModelChoiceField(
        label="โครงการหลัก",
        model=Programme,
        queryset_for=lambda user: Programme.objects.visible_to(user).with_projects(),
        required=False,
        help_text="เฉพาะรายงานสถานการณ์โครงการ",
    )
    region = ScopedModelChoiceField(
        label="ภาค",
        model=Region,
        queryset_for=regions_for,
        required=False,
        help_text="รายงานรายไตรมาส: ไม่ส่งคือทั้งประเทศ",
    )
    fiscal_year = forms.IntegerField(
        label="ปีงบประมาณ", required=False, min_value=2500, max_value=2700
    )
    quarter = forms.TypedChoiceField(
        label="ไตรมาส", coerce=int, choices=QUARTERS, required=False, empty_value=None
    )

    @property
    def subject(self) -> Subject:
        """What the report is about; the service says what is missing or too much."""
        data = self.cleaned_data
        return Subject(data["programme"], data["region"], data["fiscal_year"], data["quarter"])


class TextForm(UserForm):
    """One staff text; ``version`` tells whether somebody else wrote since."""

    text = LongTextField(
        label="ข้อความ",
        required=False,
        help_text="ขึ้นต้นบรรทัดด้วย 1. หรือ - จะเป็นข้อในรายงาน เว้นหนึ่งบรรทัดเพื่อขึ้นย่อหน้าใหม่",
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(UserForm):
    """Why an edition is sent back."""

    reason = LongTextField(label="เหตุผลที่ส่งกลับ", help_text="บอกให้ชัดว่าต้องแก้อะไร ผู้จัดทำจะเห็นข้อความนี้")


class QuarterForm(UserForm):
    """Something done with a quarter; ``version`` tells whether somebody else did so since."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ClosingForm(QuarterForm):
    """Why a quarter is closed."""

    reason = LongTextField(
        label="เหตุผลหรือหมายเหตุ",
        required=False,
        help_text="ต้องเขียนเมื่อยังไม่มีรายงานทั้งประเทศที่ออกแล้ว",
    )


class ReopeningForm(QuarterForm):
    """Why a closed quarter is opened again."""

    reason = LongTextField(label="เหตุผลที่เปิดอีกครั้ง", help_text="ทุกคนเห็นเหตุผลนี้ในหน้าไตรมาส")


class DueDayForm(QuarterForm):
    """By when the regions hand in their parts."""

    due_on = ThaiDateField(label="กำหนดส่งส่วนของภาค", required=False)


class WaiverForm(UserForm):
    """Why a failed check should not block the issue, and until when."""

    code = forms.CharField(widget=forms.HiddenInput)
    reason = LongTextField(label="เหตุผลที่ขอผ่อนผัน", help_text="เหตุผลนี้จะพิมพ์ในรายงาน")
    valid_until = ThaiDateField(label="วันสุดท้ายที่ผ่อนผัน")


class ConfirmForm(ActionForm):
    """Nothing to fill in: the page itself is the question."""


class AllowForm(ActionForm):
    """Which request for a waiver is allowed: that with the words that were read."""

    fingerprint = TextField(
        label="request_fingerprint ของคำขอที่อ่านไว้",
        max_length=64,
        help_text="ถ้าคำขอเปลี่ยนไปแล้ว จะตอบ 412 และไม่อนุญาต",
        widget=forms.HiddenInput,
    )


class FigureForm(UserForm):
    """The scope and day of a live figure."""

    programme = ScopedModelChoiceField(
        label="โครงการหลัก",
        model=Programme,
        queryset_for=lambda user: Programme.objects.visible_to(user).with_projects(),
        to_field_name="code",
        required=False,
        empty_label="ทุกโครงการหลัก",
    )
    region = ScopedModelChoiceField(
        label="ภาค", model=Region, queryset_for=regions_for, required=False, empty_label="ทั้งประเทศ"
    )
    province = ScopedModelChoiceField(
        label="จังหวัด",
        model=Province,
        queryset_for=lambda user: Province.objects.visible_to(user).current(),
        required=False,
        empty_label="ทุกจังหวัดในขอบเขต",
    )
    fiscal_year = forms.TypedChoiceField(
        label="ปีงบประมาณ", coerce=int, required=False, empty_value=None
    )
    as_of = ThaiDateField(label="ข้อมูล ณ วันที่", required=False)
    compare_on = ThaiDateField(
        label="เทียบกับวันที่", required=False, help_text="เช่น 30 มิ.ย. 62 เว้นว่างคือไม่เทียบ"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = self.fields["region"]
        if isinstance(region, ScopedModelChoiceField) and not kwargs["user"].sees_nation:
            region.empty_label = "ภาคของท่าน"
        years = Programme.objects.order_by("-fiscal_year").values_list("fiscal_year", flat=True)
        choices = [("", "ทุกปีงบประมาณ"), *((year, str(year)) for year in years.distinct())]
        self.fields["fiscal_year"].choices = choices  # type: ignore[attr-defined]
