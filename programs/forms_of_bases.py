"""What people type about base figures, targets of regions, and scales of quality reviews."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from codi.errors import Refused
from codi.places.models import Region
from codi.ui.fields import (
    CountField,
    NumberField,
    ScopedModelChoiceField,
    TextField,
    ThaiDateField,
)
from codi.ui.forms import UserForm
from programs.forms import CHOOSE, CorrectionForm
from programs.models import BaseKind, Grade, QualityScale, ScaleSubject
from programs.services.bases import require_whole

MOST_COUNTED = 99_999_999
YEAR: dict[str, Any] = {
    "label": "ปีงบประมาณ",
    "minimum": 2500,
    "maximum": 2700,
    "help_text": "เช่น 2562",
}


class YearField(CountField):
    """A fiscal year, typed; bases and scales reach back further than any list of years."""

    def prepare_value(self, value: Any) -> Any:
        return value


class BaseForm(UserForm):
    """A base figure or target of a region, with its day and source."""

    kind = forms.ChoiceField(label="รายการ", choices=[*CHOOSE, *BaseKind.choices])
    region = ScopedModelChoiceField(
        label="ภาค",
        model=Region,
        queryset_for=lambda user: Region.objects.visible_to(user).current(),
    )
    fiscal_year = YearField(**YEAR)
    stands_on = ThaiDateField(label="ข้อมูล ณ วันที่", latest="today", suggest_today=True)
    base_count = CountField(label="จำนวน", maximum=MOST_COUNTED)
    source = TextField(
        label="ที่มา", max_length=300, help_text="เช่น แผนปฏิบัติงาน หรือประกาศกรมการปกครอง"
    )


class BaseEditForm(CorrectionForm, BaseForm):
    """A base figure that is corrected; what it counts and where stays."""

    stay = ("kind", "region", "fiscal_year")


def _bound(grade: str, *, required: bool = True) -> NumberField:
    return NumberField(
        label=f"ระดับ {grade} ตั้งแต่",
        unit="ร้อยละ",
        minimum=Decimal(0),
        maximum=Decimal(100),
        required=required,
    )


class ScaleForm(UserForm):
    """The scale of a subject and year: from which percentage on each grade is given."""

    subject = forms.ChoiceField(label="ใช้กับ", choices=[*CHOOSE, *ScaleSubject.choices])
    fiscal_year = YearField(**YEAR)
    source = TextField(label="ที่มาของเกณฑ์", max_length=300)
    from_a = _bound("A")
    from_b = _bound("B")
    from_c = _bound("C")
    from_d = _bound("D", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                require_whole(self.bounds())
            except Refused as refused:
                self.add_refusal(refused)
        return data

    def bounds(self) -> dict[str, Decimal]:
        """Grade → the percentage from which on it is given."""
        told = {grade: self.cleaned_data.get(f"from_{grade.lower()}") for grade in Grade.values}
        return {grade: bound for grade, bound in told.items() if bound is not None}

    def facts(self) -> dict[str, Any]:
        """The cleaned data as the services take them."""
        kept = ("subject", "fiscal_year", "source")
        told = {name: self.cleaned_data[name] for name in kept if name in self.fields}
        return told | {"bounds": self.bounds()}


class ScaleEditForm(CorrectionForm, ScaleForm):
    """A scale that is corrected; subject and year stay."""

    stay = ("subject", "fiscal_year")

    def facts(self) -> dict[str, Any]:
        """The cleaned data as the services take them."""
        return ScaleForm.facts(self)


def initial_of_scale(scale: QualityScale) -> dict[str, Any]:
    """The stored values of a scale under the names of the form's fields."""
    bands = {f"from_{band.grade.lower()}": band.from_pct for band in scale.bands.all()}
    return {"source": scale.source, "version": scale.version} | bands
