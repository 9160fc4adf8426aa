"""What people type about projects, organisations, meetings and programmes, read and checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django import forms
from django.db.models import Model, QuerySet

from codi.accounts.models import ScopeLevel, User
from codi.fiscal import FiscalYear
from codi.places.models import District, Province, Region, Subdistrict
from codi.thai.numbers import LARGEST_BAHT
from codi.ui.fields import (
    CountField,
    LongTextField,
    ScopedModelChoiceField,
    TextField,
    ThaiDateField,
    WordedBahtField,
)
from codi.ui.forms import UserForm
from programs.models import (
    FundingSource,
    Meeting,
    Organisation,
    OrganisationKind,
    Programme,
    ProgrammeKind,
    ProjectLevel,
    ResolutionKind,
    TargetMeasure,
)
from programs.queries import organisation_choices

PLACES = ("region", "province", "district", "subdistrict")
PLACES_OF_LEVEL: dict[str, Sequence[str]] = {
    ProjectLevel.NATION: (),
    ProjectLevel.REGION: PLACES[:1],
    ProjectLevel.PROVINCE: PLACES[:2],
    ProjectLevel.DISTRICT: PLACES[:3],
    ProjectLevel.SUBDISTRICT: PLACES,
}
CHOOSE = [("", "เลือก…")]
MOST_PEOPLE = 99_999_999


def _regions(user: User) -> QuerySet[Region]:
    return Region.objects.visible_to(user).current()


def _provinces(user: User) -> QuerySet[Province]:
    return Province.objects.visible_to(user).current()


def _districts(user: User) -> QuerySet[District]:
    return District.objects.current().filter(province__in=_provinces(user))


def _subdistricts(user: User) -> QuerySet[Subdistrict]:
    return Subdistrict.objects.current().filter(district__province__in=_provinces(user))


class PlaceForm(UserForm):
    """A form with a place that narrows: each choice limits the one inside it.

    A choice outside the person's scope, or outside the choice before it, is no choice at all.
    """

    region = ScopedModelChoiceField(label="ภาค", model=Region, queryset_for=_regions)
    province = ScopedModelChoiceField(
        label="จังหวัด", model=Province, queryset_for=_provinces, required=False
    )
    district = ScopedModelChoiceField(
        label="อำเภอ/เขต", model=District, queryset_for=_districts, required=False
    )
    subdistrict = ScopedModelChoiceField(
        label="ตำบล/แขวง", model=Subdistrict, queryset_for=_subdistricts, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user: User = self.user
        own = {"region": user.region_id, "province": user.province_id}
        self.initial = {**own, **self.initial}
        if not user.sees_nation:
            self._only_choice("region")
        if user.scope_level == ScopeLevel.PROVINCE:
            self._only_choice("province")
        for outer, inner in pairwise(PLACES):
            self._narrow(outer, inner)

    def _only_choice(self, name: str) -> None:
        field: Any = self.fields[name]
        field.required, field.empty_label = True, None

    def _narrow(self, outer: str, inner: str) -> None:
        field: Any = self.fields[inner]
        chosen = self.chosen(outer)
        field.queryset = (
            field.queryset.filter(**{outer: chosen}) if chosen else field.queryset.none()
        )

    def chosen(self, name: str) -> str | None:
        """The code chosen so far, when it is one of the choices."""
        value = self[name].value() if name in self.fields else None
        code = str(getattr(value, "pk", value) or "")
        if "\0" in code:  # no text of a database
            return None
        field: Any = self.fields.get(name)
        return code if code and field.queryset.filter(pk=code).exists() else None

    def place_fields(self) -> Sequence[Any]:
        """The fields of the place, from wide to narrow."""
        return [self[name] for name in PLACES if name in self.fields]


class VersionedForm(UserForm):
    """A form that remembers which version of the record the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def facts(self) -> dict[str, Any]:
        """The cleaned data as the services take them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def _levels(user: User) -> list[tuple[str, str]]:
    """The levels whose place can lie inside the person's scope."""
    barred: set[str] = set()
    if not user.sees_nation:
        barred.add(ProjectLevel.NATION)
    if user.scope_level == ScopeLevel.PROVINCE:
        barred.add(ProjectLevel.REGION)
    return [(value, str(label)) for value, label in ProjectLevel.choices if value not in barred]


class ProjectForm(VersionedForm, PlaceForm):
    """The facts of a project: what, where, by whom, for whom and how much."""

    programme = ScopedModelChoiceField(
        label="โครงการหลัก",
        model=Programme,
        queryset_for=lambda user: Programme.objects.visible_to(user).with_projects(),
    )
    level = forms.ChoiceField(
        label="ระดับโครงการ", help_text="ระดับกำหนดพื้นที่ที่ต้องเลือก และกรอบงบที่ใช้อนุมัติ"
    )
    title = TextField(label="ชื่อโครงการ", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    organisation_search = TextField(
        label="ค้นหาองค์กร",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="พิมพ์บางส่วนของชื่อ แล้วเลือกจากรายการด้านล่าง",
    )
    organisation = ScopedModelChoiceField(
        label="องค์กรที่เสนอ",
        model=Organisation,
        queryset_for=lambda user: Organisation.objects.visible_to(user),
        required=False,
        help_text="บันทึกร่างโดยยังไม่เลือกก็ได้ แต่ต้องมีก่อนเสนอโครงการ",
    )
    objectives = LongTextField(label="วัตถุประสงค์", max_length=8000, required=False)
    target_people_count = CountField(
        label="เป้าหมาย: คน", unit="คน", maximum=MOST_PEOPLE, required=False
    )
    target_subdistrict_count = CountField(
        label="เป้าหมาย: ตำบล", unit="ตำบล", maximum=10_000, required=False
    )
    target_household_count = CountField(
        label="เป้าหมาย: ครัวเรือน", unit="ครัวเรือน", maximum=MOST_PEOPLE, required=False
    )
    requested_baht = WordedBahtField(
        label="งบประมาณที่ขอ",
        minimum=Decimal("0.01"),
        maximum=LARGEST_BAHT,
        required=False,
        help_text="บันทึกร่างโดยยังไม่กรอกก็ได้ แต่ต้องมีก่อนเสนอโครงการ",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level: Any = self.fields["level"]
        level.choices = _levels(self.user)
        self.initial.setdefault("level", ProjectLevel.PROVINCE)
        self._keep_places_of(str(self["level"].value() or ""))
        self._offer_organisations()
        if self.data.get("is_distinct"):
            self.ask_whether_distinct()
        self.sections = (
            ("โครงการหลักและระดับ", ("programme", "level")),
            ("พื้นที่", [field.name for field in self.place_fields()]),
            ("โครงการและองค์กร", self._of_project()),
            (
                "เป้าหมายและงบประมาณ",
                (
                    "target_people_count",
                    "target_subdistrict_count",
                    "target_household_count",
                    "requested_baht",
                ),
            ),
        )

    def _of_project(self) -> Sequence[str]:
        names = ["title", "organisation_search", "organisation", "objectives"]
        return [*names[:1], "is_distinct", *names[1:]] if "is_distinct" in self.fields else names

    def _keep_places_of(self, level: str) -> None:
        kept = PLACES_OF_LEVEL.get(level, PLACES[:2])
        for name in PLACES:
            if name in kept:
                self.fields[name].required = True
            else:
                del self.fields[name]

    def _offer_organisations(self) -> None:
        field: Any = self.fields["organisation"]
        raw = self["organisation"].value()
        key = str(getattr(raw, "pk", raw) or "")
        offered = organisation_choices(
            field.queryset,
            search=str(self["organisation_search"].value() or ""),
            province=self.chosen("province"),
            chosen=int(key) if key.isascii() and key.isdigit() and len(key) < 18 else None,
        )
        names = [
            (one.pk, f"{one.name} ({one.province})" if one.province else one.name)
            for one in offered
        ]
        field.choices = [("", "ยังไม่ระบุ"), *names]

    def ask_whether_distinct(self, message: str = "") -> None:
        """Ask the person to look at projects that are nearly the same, and to say they differ."""
        self.fields["is_distinct"] = forms.BooleanField(
            label="ตรวจแล้ว โครงการนี้ไม่ซ้ำกับโครงการที่แสดง", required=False
        )
        if message:
            self.sections = tuple(
                (title, self._of_project() if "title" in names else names)
                for title, names in self.sections
            )
            self.add_error("is_distinct", message)

    @property
    def says_distinct(self) -> bool:
        """Whether the person has said that near-equal projects are others."""
        return bool(self.cleaned_data.get("is_distinct"))

    def facts(self) -> dict[str, Any]:
        """The cleaned data as the services take them."""
        aside = ("organisation_search", "is_distinct")
        return {name: value for name, value in super().facts().items() if name not in aside}


class OrganisationForm(VersionedForm, PlaceForm):
    """The facts of an organisation."""

    name = TextField(label="ชื่อองค์กร", max_length=300)
    kind = forms.ChoiceField(label="ประเภทองค์กร", choices=[*CHOOSE, *OrganisationKind.choices])
    contact = TextField(
        label="ผู้ประสานงาน/ช่องทางติดต่อ",
        max_length=300,
        required=False,
        help_text="ชื่อและช่องทางที่องค์กรให้ติดต่อได้ ไม่ต้องใส่เลขประจำตัวประชาชน",
    )
    sections = (("องค์กร", ("name", "kind", "contact")), ("พื้นที่", PLACES))


class CertificationForm(UserForm):
    """What a committee decided about the status of an organisation."""

    meeting = ScopedModelChoiceField(
        label="การประชุมที่พิจารณา",
        model=Meeting,
        queryset_for=lambda user: Meeting.objects.visible_to(user).select_related("committee"),
    )
    is_certified = forms.TypedChoiceField(
        label="ผลการพิจารณา",
        choices=[("true", "รับรอง"), ("false", "ไม่รับรอง")],
        coerce=lambda text: text == "true",
        widget=forms.RadioSelect,
        initial="true",
    )
    certified_on = ThaiDateField(label="วันที่มีผล", latest="today", suggest_today=True)
    valid_until = ThaiDateField(
        label="รับรองถึงวันที่", required=False, help_text="ว่างไว้เมื่อไม่กำหนดวันสิ้นสุด"
    )
    note = TextField(
        label="หมายเหตุ", max_length=300, required=False, help_text="ต้องมีเหตุผลเมื่อไม่รับรอง"
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        certified_on, valid_until = data.get("certified_on"), data.get("valid_until")
        if certified_on and valid_until and valid_until < certified_on:
            self.add_error("valid_until", "วันสิ้นสุดต้องไม่ก่อนวันที่มีผล ตรวจวันที่อีกครั้ง")
        if data.get("is_certified") is False and not data.get("note"):
            self.add_error("note", "เมื่อไม่รับรอง กรุณาบันทึกเหตุผล")
        return data


class CommitteeForm(UserForm):
    """A committee that considers projects."""

    name = TextField(label="ชื่อคณะ", max_length=200)
    region = ScopedModelChoiceField(label="ภาค", model=Region, queryset_for=_regions)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["region"]
        if self.user.sees_nation:
            field.required, field.empty_label = False, "ส่วนกลาง (ทั้งประเทศ)"
        else:
            field.empty_label = None


def _fiscal_years(today: dt.date) -> list[tuple[int, str]]:
    """Years that people enter records of: from ten years back to the next, the latest first."""
    latest = FiscalYear.of(today).number + 1
    return [(number, f"ปีงบประมาณ {number}") for number in range(latest, latest - 12, -1)]


class FiscalYearField(forms.TypedChoiceField):
    """A fiscal year out of a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="ปีงบประมาณ", coerce=int, **kwargs)

    def bind(self, *, user: Any, today: dt.date) -> None:
        """Offer the years around the present one, which is chosen beforehand."""
        self.choices = _fiscal_years(today)
        if self.initial is None:
            self.initial = FiscalYear.of(today).number


class MeetingForm(UserForm):
    """A meeting of one committee."""

    number = CountField(label="ครั้งที่", minimum=1, maximum=366)
    fiscal_year = FiscalYearField()
    starts_on = ThaiDateField(label="วันที่ประชุม")
    ends_on = ThaiDateField(label="ถึงวันที่", required=False, help_text="ว่างไว้เมื่อประชุมวันเดียว")
    venue = TextField(label="สถานที่", max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and "ends_on" in data:
            data["ends_on"] = ends_on = ends_on or starts_on
            if ends_on < starts_on:
                self.add_error("ends_on", "วันสิ้นสุดการประชุมต้องไม่ก่อนวันเริ่ม ตรวจวันที่อีกครั้ง")
        return data


class ResolutionForm(UserForm):
    """A numbered resolution of a meeting."""

    number = CountField(label="มติข้อที่", minimum=1, maximum=999)
    kind = forms.ChoiceField(label="ประเภทมติ", choices=[*CHOOSE, *ResolutionKind.choices])
    text = LongTextField(label="เนื้อหามติ", max_length=8000)


class ProgrammeForm(VersionedForm):
    """A programme of the tree of a fiscal year."""

    code = TextField(label="รหัส", max_length=30, help_text="A-Z, 0-9, จุด ขีด และขีดล่าง เช่น NL2564")
    name = TextField(label="ชื่อ", max_length=400)
    kind = forms.ChoiceField(
        label="ประเภท",
        choices=ProgrammeKind.choices,
        initial=ProgrammeKind.PROGRAMME,
        help_text="โครงการและกรอบงบอยู่ใต้ “โครงการหลัก” เท่านั้น",
    )
    fiscal_year = FiscalYearField()
    parent = ScopedModelChoiceField(
        label="อยู่ภายใต้",
        model=Programme,
        queryset_for=lambda user: Programme.objects.visible_to(user).exclude(
            kind=ProgrammeKind.ACTIVITY
        ),
        required=False,
        empty_label="ไม่มี (อยู่ชั้นบนสุด)",
    )
    position = CountField(
        label="ลำดับ", minimum=1, maximum=999, initial=1, help_text="ลำดับภายในชั้นเดียวกัน"
    )
    funding_source = ScopedModelChoiceField(
        label="แหล่งงบประมาณ",
        model=FundingSource,
        queryset_for=lambda user: FundingSource.objects.all(),
        required=False,
        empty_label="ยังไม่ระบุ",
    )
    objectives = LongTextField(label="วัตถุประสงค์", max_length=8000, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind, parent = data.get("kind"), data.get("parent")
        if kind == ProgrammeKind.ACTIVITY and "parent" in data and not parent:
            self.add_error("parent", "แผนงานกิจกรรมต้องอยู่ภายใต้โครงการหลัก กรุณาเลือกโครงการหลัก")
        if parent and kind and parent.kind >= kind:
            self.add_error("parent", "แผนงานที่อยู่เหนือขึ้นไปต้องอยู่ชั้นสูงกว่า กรุณาเลือกใหม่")
        if parent and data.get("fiscal_year") not in (None, parent.fiscal_year):
            self.add_error("parent", f"“{parent}” เป็นของปีงบประมาณ {parent.fiscal_year} กรุณาเลือกใหม่")
        return data


class FrameForm(UserForm):
    """What a region, or the centre, may approve at one level of projects."""

    region = ScopedModelChoiceField(
        label="ภาค",
        model=Region,
        queryset_for=_regions,
        required=False,
        empty_label="ส่วนกลาง (ไม่ระบุภาค)",
    )
    level = forms.ChoiceField(label="ระดับโครงการ", choices=[*CHOOSE, *ProjectLevel.choices])
    allocated_baht = WordedBahtField(label="กรอบงบจัดสรร", maximum=LARGEST_BAHT)
    allocated_on = ThaiDateField(label="วันที่จัดสรร", latest="today", suggest_today=True)
    note = TextField(label="หมายเหตุ/เอกสารอ้างอิง", max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        level, region = data.get("level"), data.get("region")
        if level and "region" in data and (level == ProjectLevel.NATION) == bool(region):
            text = "กรอบงบส่วนกลางใช้กับระดับชาติเท่านั้น ส่วนระดับอื่นต้องเลือกภาค"
            self.add_error("region", text)
        return data


class TargetForm(UserForm):
    """A target with where it comes from."""

    region = ScopedModelChoiceField(
        label="ภาค",
        model=Region,
        queryset_for=_regions,
        required=False,
        empty_label="ทั้งประเทศ",
    )
    measure = forms.ChoiceField(label="หน่วยนับ", choices=[*CHOOSE, *TargetMeasure.choices])
    target_count = CountField(label="จำนวนเป้าหมาย", maximum=MOST_PEOPLE)
    basis = TextField(
        label="ที่มาของเป้าหมาย", max_length=300, help_text="เช่น แผนปฏิบัติงานประจำปี หรือมติที่ประชุม"
    )
    set_on = ThaiDateField(label="ข้อมูล ณ วันที่", latest="today", suggest_today=True)


class SourceForm(UserForm):
    """A source of money."""

    code = TextField(label="รหัส", max_length=30)
    name = TextField(label="ชื่อแหล่งงบประมาณ", max_length=200)


class CorrectionForm(VersionedForm):
    """The form of a new record, used to correct one: without the fields that ``stay``."""

    stay: Sequence[str] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.stay:
            del self.fields[name]


class CommitteeNameForm(CorrectionForm, CommitteeForm):
    """The name of a committee; its region stays."""

    stay = ("region",)


class MeetingEditForm(VersionedForm, MeetingForm):
    """Number, year, days and venue of a meeting; without the days once they are ``fixed``."""

    def __init__(self, *args: Any, fixed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year: Any = self.fields["fiscal_year"]
        own = self.initial["fiscal_year"]
        if own not in dict(year.choices):
            year.choices = [*year.choices, (own, f"ปีงบประมาณ {own}")]
        if fixed:
            del self.fields["starts_on"], self.fields["ends_on"]


class ResolutionEditForm(CorrectionForm, ResolutionForm):
    """Kind and text of a resolution; its number stays."""

    stay = ("number",)


class TargetEditForm(CorrectionForm, TargetForm):
    """A target; what it counts stays."""

    stay = ("measure",)


class CertificationEditForm(CorrectionForm, CertificationForm):
    """The result of a certification; its meeting stays."""

    stay = ("meeting",)


class SourceEditForm(CorrectionForm, SourceForm):
    """The name of a source; its code stays."""

    stay = ("code",)


class FrameEditForm(CorrectionForm, FrameForm):
    """What was first allocated to a frame, and why it is corrected."""

    stay = ("region", "level")
    reason = TextField(
        label="เหตุผลที่แก้ไข",
        max_length=300,
        help_text="เหตุผลจะแสดงในประวัติของโครงการหลัก หากเป็นการย้ายเงินให้ใช้การปรับโอนงบ",
    )


def initial_of(record: Model, form: type[UserForm]) -> dict[str, Any]:
    """The stored values of a record under the names of a form's fields."""
    names = {field.name for field in record._meta.fields}
    return {name: getattr(record, name) for name in form.base_fields if name in names}
