"""What people type about two records that are taken for one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps

from codi.thai.digits import to_arabic
from codi.ui.fields import TextField
from codi.ui.forms import UserForm
from programs.forms import VersionedForm
from programs.merging import merger_of
from programs.models.duplicates import DuplicateCase


class ReasonedForm(VersionedForm):
    """A step with its reason, on the version that the person saw."""

    reason = TextField(label="เหตุผล", max_length=300)


class RequestForm(ReasonedForm):
    """Which of two records stays, why they are one, and whose rows count where both have one."""

    keep = forms.ChoiceField(
        label="ระเบียนที่คงอยู่",
        choices=[("first", "ระเบียนที่ 1"), ("second", "ระเบียนที่ 2")],
        widget=forms.RadioSelect,
        help_text="อีกระเบียนจะรวมเข้ามาและออกจากทะเบียนเมื่อส่วนกลางอนุญาต",
    )
    exchanged = forms.MultipleChoiceField(
        label="ถ้าปีเดียวกันมีทั้งสองระเบียน ให้ใช้ของระเบียนที่ถูกรวม",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="ไม่เลือก = ใช้ของระเบียนที่คงอยู่ อีกรายการคงไว้กับระเบียนเดิมและไม่นับ",
    )
    field_order = ("keep", "exchanged", "reason")

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        kind = case if isinstance(case, type) else type(case)
        exchanged: Any = self.fields["exchanged"]
        exchanged.choices = exchangeable(kind)
        if not isinstance(case, type):
            keep: Any = self.fields["keep"]
            keep.choices = [
                (name, f"รหัส {record.code} {record.name}")
                for name, record in (("first", case.first), ("second", case.second))
            ]

    def facts(self) -> dict[str, Any]:
        """The cleaned data as the service takes them."""
        found = super().facts()
        kept = getattr(self.case, found.pop("keep"))
        return found | {"kept": kept}


def exchangeable(kind: type[DuplicateCase]) -> list[tuple[str, str]]:
    """The tables of which either record's rows may count, with their names."""
    labels = merger_of(kind).exchangeable
    return [(label, str(apps.get_model(label)._meta.verbose_name)) for label in labels]


class ProposeForm(UserForm):
    """Two records that no search found, by their codes."""

    kept_code = TextField(label="รหัสที่คงอยู่", max_length=20)
    gone_code = TextField(label="รหัสที่ซ้ำ ให้รวมเข้ามา", max_length=20)
    reason = TextField(label="เหตุผลที่เป็นระเบียนเดียวกัน", max_length=300)

    def __init__(self, *args: Any, case: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = case
        self.records: dict[str, Any] = {}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        rows: Any = merger_of(self.kind).model._default_manager
        for name in ("kept_code", "gone_code"):
            if code := data.get(name):
                seen = rows.visible_to(self.user)
                found = seen.filter(code__in={code, to_arabic(code)}).order_by("code").first()
                if found is None:
                    self.add_error(name, "ไม่พบรหัสนี้ในพื้นที่ของท่าน กรุณาตรวจรหัส")
                self.records[name] = found
        return data

    def facts(self) -> dict[str, Any]:
        """The records and the reason as the service takes them."""
        return {
            "kept": self.records["kept_code"],
            "gone": self.records["gone_code"],
            "reason": self.cleaned_data["reason"],
        }


class DecideForm(VersionedForm):
    """Allow a merge; a remark is not asked for."""

    reason = TextField(
        label="หมายเหตุ", max_length=300, required=False, help_text="ไม่บังคับ จะอยู่ในประวัติของคู่นี้"
    )
