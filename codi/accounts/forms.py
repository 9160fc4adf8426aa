"""Forms of login, passwords and people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from codi.accounts.models import Role, ScopeLevel, User
from codi.accounts.services import Profile
from codi.places.models import Province, Region
from codi.ui.fields import ScopedModelChoiceField, TextField
from codi.ui.forms import UserForm

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")


class LoginForm(AuthenticationForm):
    """One answer for a wrong password, an unknown name and a disabled account."""

    use_required_attribute = False
    error_messages = {
        "invalid_login": "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง ตรวจตัวพิมพ์และภาษาของแป้นพิมพ์ แล้วลองอีกครั้ง",
        "inactive": "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง ตรวจตัวพิมพ์และภาษาของแป้นพิมพ์ แล้วลองอีกครั้ง",
    }

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.label_suffix = ""
        self.fields["username"].error_messages["required"] = "ยังไม่ได้กรอกชื่อผู้ใช้"
        self.fields["password"].error_messages["required"] = "ยังไม่ได้กรอกรหัสผ่าน"
        self.fields["password"].label = "รหัสผ่าน"


def _password_field(label: str, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=200, widget=widget)


class PasswordChangeForm(UserForm):
    """A person's own new password."""

    old_password = _password_field("รหัสผ่านเดิม", "current-password")
    new_password = _password_field("รหัสผ่านใหม่", "new-password")
    new_password_again = _password_field("รหัสผ่านใหม่อีกครั้ง", "new-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "new_password"
        ].help_text = "อย่างน้อย 12 ตัวอักษร ใช้ภาษาไทยหรืออังกฤษก็ได้ วลีหลายคำจำง่ายและเดายาก"

    def clean_old_password(self) -> str:
        typed: str = self.cleaned_data["old_password"]
        if not self.user.check_password(typed):
            raise ValidationError("รหัสผ่านเดิมไม่ถูกต้อง ตรวจตัวพิมพ์และภาษาของแป้นพิมพ์")
        return typed

    def clean_new_password(self) -> str:
        typed: str = self.cleaned_data["new_password"]
        password_validation.validate_password(typed, self.user)
        if self.user.check_password(typed):
            raise ValidationError("รหัสผ่านใหม่ต้องไม่ซ้ำรหัสผ่านเดิม")
        return typed

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, again = data.get("new_password"), data.get("new_password_again")
        if first and again and first != again:
            self.add_error("new_password_again", "รหัสผ่านใหม่ทั้งสองช่องไม่ตรงกัน พิมพ์อีกครั้ง")
        return data


def _regions(user: User) -> QuerySet[Region]:
    return Region.objects.filter(valid_until=None)


def _provinces(user: User) -> QuerySet[Province]:
    return Province.objects.filter(valid_until=None)


class PersonForm(UserForm):
    """A person's name, role and scope, written by an administrator."""

    full_name = TextField(label="ชื่อ-สกุล", max_length=120)
    email = forms.EmailField(
        label="อีเมล",
        required=False,
        max_length=254,
        error_messages={"invalid": "อีเมลไม่ถูกต้อง เช่น somchai@example.org"},
    )
    role = forms.ChoiceField(label="บทบาท", choices=[("", "เลือก…"), *Role.choices])
    scope_level = forms.ChoiceField(
        label="ขอบเขตที่เห็น", choices=ScopeLevel.choices, widget=forms.RadioSelect
    )
    region = ScopedModelChoiceField(
        label="ภาค",
        model=Region,
        queryset_for=_regions,
        required=False,
        help_text="เลือกเมื่อขอบเขตเป็นภาคหรือจังหวัด",
    )
    province = ScopedModelChoiceField(
        label="จังหวัด",
        model=Province,
        queryset_for=_provinces,
        required=False,
        help_text="เลือกเมื่อขอบเขตเป็นจังหวัด",
    )
    sections: Sequence[tuple[str, Sequence[str]]] = (
        ("ข้อมูลบุคคล", ("full_name", "email")),
        ("บทบาทและขอบเขต", ("role", "scope_level", "region", "province")),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        level = data.get("scope_level")
        if level == ScopeLevel.REGION and not data.get("region"):
            self.add_error("region", "ยังไม่ได้เลือกภาค")
        if level == ScopeLevel.PROVINCE and not data.get("province"):
            self.add_error("province", "ยังไม่ได้เลือกจังหวัด")
        return data

    def profile(self) -> Profile:
        """The cleaned data as the services take it."""
        names = ("full_name", "email", "role", "scope_level", "region", "province")
        return Profile(**{name: self.cleaned_data[name] for name in names})


class NewPersonForm(PersonForm):
    """A person who is not in the system yet."""

    username = TextField(
        label="ชื่อผู้ใช้",
        max_length=60,
        help_text="อักษรอังกฤษตัวเล็ก ตัวเลข จุด หรือขีด อย่างน้อย 3 ตัว เช่น somchai.r",
    )
    sections = (
        ("ข้อมูลบุคคล", ("username", "full_name", "email")),
        ("บทบาทและขอบเขต", ("role", "scope_level", "region", "province")),
    )

    def clean_username(self) -> str:
        typed = str(self.cleaned_data["username"]).lower()
        if not _USERNAME.fullmatch(typed):
            raise ValidationError("ชื่อผู้ใช้ใช้ได้เฉพาะอักษรอังกฤษตัวเล็ก ตัวเลข จุด และขีด อย่างน้อย 3 ตัว")
        return typed


class ReasonForm(UserForm):
    """Why something is done, in the person's own words; kept in the history."""

    reason = TextField(label="เหตุผล", max_length=200, help_text="เช่น ย้ายหน่วยงาน ลาออก")
