"""What may be sent: the fields of a page's form as strictly typed JSON, checked by that very form.

JSON says what is a number and what is text, so nothing is guessed here: amounts are text with up
to two places, days are ISO dates of the common era, keys have the type of the table. What passes
goes to the form, whose rules and words are those of the page.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from drf_spectacular.drainage import set_override
from rest_framework import serializers

from codi.api.declared import Act
from codi.ui.fields import BahtField, CountField, OneTimeKeyField, ThaiDateField

BAHT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
LATEST_YEAR = 2400
FLAGS = {"true", "false"}
# How the two look in the OpenAPI document.
BAHT_TYPE = {"type": "string", "pattern": rf"^{BAHT.pattern}$", "example": "32000.00"}
CODE = re.compile(r"[A-Za-z0-9_-]{1,20}")
CODE_KEY = {"type": "string", "pattern": rf"^{CODE.pattern}$"}
WHOLE_KEY = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
MESSAGES: dict[str, Any] = {
    "required": "ต้องส่งค่านี้",
    "null": "ค่านี้เป็น null ไม่ได้",
    "blank": "ค่านี้ว่างไม่ได้",
    "invalid": "ชนิดของค่าไม่ถูกต้อง ต้องเป็นข้อความ",
    "max_length": "ยาวเกิน {max_length} ตัวอักษร",
    "invalid_choice": "ค่านี้ไม่อยู่ในรายการที่ใช้ได้",
    "not_whole": "ต้องเป็นจำนวนเต็ม (JSON integer)",
    "not_a_code": "รหัสเป็นอักษร A-Z ตัวเลข ขีด หรือขีดล่าง ไม่เกิน 20 ตัว",
    "not_baht": 'จำนวนเงินเป็นข้อความ ทศนิยมไม่เกินสองตำแหน่ง เช่น "32000.00"',
    "not_a_day": "วันที่เป็น ค.ศ. แบบ ISO เช่น 2021-02-04",
    "not_a_flag": "ต้องเป็น true หรือ false",
    "not_a_file": "ส่งไฟล์พร้อมชื่อไฟล์ในส่วนนี้ของ multipart/form-data",
}


class Text(serializers.CharField):
    """Text; a number is not text."""

    default_error_messages = MESSAGES

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Whole(serializers.IntegerField):
    """A whole number; text is not a number."""

    default_error_messages = MESSAGES

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("not_whole")
        return int(super().to_internal_value(data))


class Baht(serializers.DecimalField):
    """An amount in baht as text, so that no program makes a binary fraction of it."""

    default_error_messages = MESSAGES

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, **options)
        set_override(self, "field", dict(BAHT_TYPE))

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str) or not BAHT.fullmatch(data):
            self.fail("not_baht")
        return Decimal(data)


class Day(serializers.DateField):
    """A day of the common era."""

    default_error_messages = MESSAGES

    def to_internal_value(self, data: Any) -> dt.date:
        try:
            day = dt.date.fromisoformat(data) if len(data) == 10 else None
        except (TypeError, ValueError):
            day = None
        if day is None or day.year >= LATEST_YEAR:
            self.fail("not_a_day")
        return day


class Flag(serializers.BooleanField):
    """True or false; 1 and "yes" are neither."""

    default_error_messages = MESSAGES

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("not_a_flag")
        return data


class File(serializers.FileField):
    """A file of a multipart request; what it holds is judged by the form and its service."""

    default_error_messages = MESSAGES

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, UploadedFile):
            self.fail("not_a_file")
        return data


class Choice(serializers.ChoiceField):
    """One of a few values, of their own type."""

    default_error_messages = MESSAGES

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str | int) or isinstance(data, bool) or data not in self.choices:
            self.fail("invalid_choice", input=data)
        return data


class Key(serializers.Field[Any, Any, Any, Any]):
    """The key of a record; whether it is in sight is the form's question."""

    default_error_messages = MESSAGES

    def __init__(self, *, model: type[Model], **options: Any) -> None:
        super().__init__(**options)
        self.is_text = model._meta.pk.get_internal_type() == "CharField"
        set_override(self, "field", dict(CODE_KEY if self.is_text else WHOLE_KEY))

    def to_internal_value(self, data: Any) -> Any:
        if self.is_text and not (isinstance(data, str) and (CODE.fullmatch(data) or not data)):
            self.fail("not_a_code")
        if not self.is_text and (not isinstance(data, int) or isinstance(data, bool)):
            self.fail("not_whole")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class Inputs(serializers.Serializer[Any]):
    """The body of a write; a field that nobody declared is refused and not passed over."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "เนื้อหาคำขอต้องเป็น JSON object"}

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else set()
        if unknown:
            told = {str(name): ["คำขอนี้ไม่รับค่านี้ ลบออกแล้วส่งใหม่"] for name in sorted(unknown, key=str)}
            raise serializers.ValidationError(told, code="unknown_field")
        return super().to_internal_value(data)


def _field(name: str, field: forms.Field, act: Act) -> serializers.Field[Any, Any, Any, Any]:
    """The JSON field of a form's field."""
    required = field.required and name not in act.optional
    options: dict[str, Any] = {
        "required": required,
        "allow_null": not required,
        "label": str(field.label or name),
        "help_text": str(field.help_text or field.label or name),
    }
    choices = act.choices.get(name) or getattr(field, "choices", None)
    if field.widget.needs_multipart_form:
        return File(**options)
    if isinstance(field, forms.ModelChoiceField):
        return Key(model=field.queryset.model, **options)  # type: ignore[union-attr]
    if isinstance(field, BahtField):
        return Baht(**options)
    if isinstance(field, CountField | forms.IntegerField):
        return Whole(**options)
    if isinstance(field, ThaiDateField):
        return Day(**options)
    if isinstance(field, forms.ChoiceField) and {value for value, _ in choices or ()} == FLAGS:
        return Flag(**options)
    if isinstance(field, forms.ChoiceField) and choices:
        kept = [(value, str(label)) for value, label in choices if value not in (None, "")]
        return Choice(choices=kept, **options)
    if isinstance(field, forms.TypedChoiceField):
        return Whole(**options)
    longest = getattr(field, "max_length", None)
    limit = {"max_length": longest} if longest else {}
    return Text(allow_blank=not required, **limit, **options)


@cache
def _classes() -> dict[tuple[str, str], type[Inputs]]:
    return {}


def inputs_of(register: str, act: Act) -> type[Inputs]:
    """The class of an act's body, made once from its form."""
    made = _classes()
    name = "".join(part.title() for part in re.split(r"[^a-z]", f"{register}-{act.path}-in"))
    if (register, name) not in made:
        fields = {
            field_name: _field(field_name, field, act)
            for field_name, field in act.form.base_fields.items()
            if not isinstance(field, OneTimeKeyField)
            and field_name not in ("version", *act.leave_out)
        }
        docs = {"__doc__": act.title, "__module__": __name__}
        made[register, name] = type(name, (Inputs,), {**fields, **docs})
    return made[register, name]


def as_typed(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as a form reads them."""
    return {name: _typed(value) for name, value in values.items()}


def _typed(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Model):
        return str(value.pk)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def stored(row: Model, names: Sequence[str]) -> dict[str, str]:
    """The stored values of a row under the names of a form's fields, as the form reads them."""
    known = {field.name: field.attname for field in row._meta.concrete_fields}
    return as_typed({name: getattr(row, known[name]) for name in names if name in known})
