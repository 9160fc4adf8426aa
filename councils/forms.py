"""What people type about councils, their members and terms, read and checked."""

from __future__ import annotations

from typing import Any

from django import forms

from codi.ui.fields import TextField, ThaiDateField
from codi.ui.forms import UserForm
from councils.models import AuthorityKind, MemberKind
from councils.rules import name_contradicts, name_of_kind
from programs.forms import CHOOSE, PLACES, PlaceForm, VersionedForm


class CouncilForm(VersionedForm, PlaceForm):
    """The facts of a council; a name whose word says another kind of area is asked about."""

    code = TextField(
        label="รหัสสภา",
        max_length=20,
        required=False,
        help_text="ว่างไว้เพื่อให้ระบบออกเลขถัดไป",
    )
    name = TextField(
        label="ชื่อสภา",
        max_length=300,
        help_text="ใช้คำให้ตรงประเภทพื้นที่ เช่น สภาองค์กรชุมชนเทศบาลตำบลช้างเผือก",
    )
    kind = forms.ChoiceField(label="ประเภทพื้นที่", choices=[*CHOOSE, *AuthorityKind.choices])
    registered_on = ThaiDateField(label="วันที่จดแจ้งจัดตั้ง", latest="today")
    is_right_kind = forms.BooleanField(label="ตรวจแล้ว ชื่อและประเภทพื้นที่ถูกต้องทั้งคู่", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["province"].required = True
        of_council = ["code", "name", "kind", "is_right_kind", "registered_on"]
        if not self._contradicts():
            del self.fields["is_right_kind"]
        self.sections = (
            ("สภา", [name for name in of_council if name in self.fields]),
            ("พื้นที่", PLACES),
        )

    def _contradicts(self) -> bool:
        name, kind = (str(self[field].value() or "") for field in ("name", "kind"))
        return name_contradicts(name, kind)

    def _proposal(self) -> str:
        """The name that would fit the chosen kind, for the person to take or leave."""
        right = name_of_kind(str(self["name"].value() or ""), str(self["kind"].value() or ""))
        return f"ชื่อที่ตรงกับประเภทคือ “{right}” " if right else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "is_right_kind" in self.fields and not data.get("is_right_kind"):
            self.add_error(
                "is_right_kind",
                f"คำในชื่อสภาไม่ตรงกับประเภทพื้นที่ที่เลือก {self._proposal()}แก้ชื่อหรือประเภท หรือยืนยันว่าถูกต้องทั้งคู่",
            )
        return data

    def facts(self) -> dict[str, Any]:
        """The cleaned data as the services take them."""
        return {name: value for name, value in super().facts().items() if name != "is_right_kind"}


class CouncilEditForm(CouncilForm):
    """The facts of a council on record; its code stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["code"]
        self.sections = tuple(
            (title, [name for name in names if name != "code"]) for title, names in self.sections
        )


class CertifyForm(UserForm):
    """The day on which a council is certified."""

    certified_on = ThaiDateField(label="วันที่รับรอง", latest="today", suggest_today=True)


class ReasonForm(UserForm):
    """Why a record is taken out."""

    reason = TextField(
        label="เหตุผล", max_length=300, help_text="เหตุผลจะอยู่ในทะเบียนและในประวัติของรายการ"
    )


class ReinstateForm(UserForm):
    """Bring a council back; there is nothing to fill in."""


class TermForm(UserForm):
    """A term begins with the selection of its members."""

    selected_on = ThaiDateField(
        label="วันคัดเลือกสมาชิก", latest="today", help_text="วาระ 4 ปีนับแต่วันนี้ (มาตรา 8)"
    )


class RenewForm(UserForm):
    """The renewal of a term that is over."""

    renewed_on = ThaiDateField(
        label="วันที่ทบทวนและคัดเลือกสมาชิกชุดใหม่", latest="today", help_text="วาระใหม่ 4 ปีนับแต่วันนี้"
    )


class MemberForm(VersionedForm):
    """A member of a council."""

    name = TextField(label="ชื่อ-สกุล", max_length=200, help_text="ไม่ต้องใส่เลขประจำตัวประชาชน")
    kind = forms.ChoiceField(label="ประเภทสมาชิก", choices=MemberKind.choices)
    selected_on = ThaiDateField(label="วันคัดเลือก", latest="today")


class EndMemberForm(UserForm):
    """The day on which a member left."""

    left_on = ThaiDateField(label="วันที่พ้นจากตำแหน่ง", latest="today", suggest_today=True)
