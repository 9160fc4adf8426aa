"""Form fields that read what people write: Thai dates, numbers, money, clean text."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db.models import Model, QuerySet
from django.urls import reverse

from codi.errors import Refused
from codi.thai.dates import DateError, full_echo, long_date, parse_date
from codi.thai.normalise import clean, search_key
from codi.thai.numbers import (
    AmbiguousNumber,
    NumberError,
    NumberTooLarge,
    baht,
    number,
    parse_baht,
    parse_number,
)
from codi.thai.words import baht_text


def named(field: forms.Field) -> str:
    """The label as the beginning of a Thai sentence: after a closing bracket stands a blank."""
    label = str(field.label or "")
    return f"{label} " if label.endswith(")") else label


class ThaiDateInput(forms.TextInput):
    """A text box; where scripts run, the date understood appears beside it while typing."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "class": "is-date", **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["attrs"]
        if "id" in shown:
            shown |= {
                "hx-get": reverse("ui:echo_date"),
                "hx-trigger": "input changed delay:400ms, change",
                "hx-target": f"#{shown['id']}_echo",
            }
        return context


class WordedInput(forms.TextInput):
    """A text box for an amount; where scripts run, its words appear beside it while typing."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["attrs"]
        if "id" in shown:
            shown |= {
                "hx-get": reverse("ui:echo_baht"),
                "hx-trigger": "input changed delay:400ms, change",
                "hx-target": f"#{shown['id']}_echo",
            }
        return context


class ThaiDateField(forms.Field):
    """A day, typed as people write it (``codi.thai.dates.parse_date``) and echoed in full.

    ``earliest`` and ``latest`` bound it; ``latest="today"`` forbids the future. The form that
    holds the field sets ``today``; ``suggest_today`` fills it in where nothing else is known.
    """

    widget = ThaiDateInput
    echoes = True
    today: dt.date | None = None

    def __init__(
        self,
        *,
        earliest: dt.date | None = None,
        latest: dt.date | str | None = None,
        suggest_today: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("help_text", "เช่น 1/10/2569 หรือ 1 ต.ค. 69")
        super().__init__(**kwargs)
        self.earliest, self.latest = earliest, latest
        self.suggest_today = suggest_today

    def bind(self, *, user: Any, today: dt.date) -> None:
        """Take the day on which the form is filled in."""
        self.today = today
        if self.suggest_today:
            self.initial = today

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values:
            return None
        if self.today is None:
            raise TypeError("a form with a ThaiDateField must be a codi.ui.forms.UserForm")
        try:
            return parse_date(value, today=self.today)
        except DateError as error:
            raise ValidationError(error.message, code="invalid") from error

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        latest = self.today if self.latest == "today" else self.latest
        if isinstance(latest, dt.date) and value > latest:
            day = (
                f"วันนี้ ({long_date(latest)})" if latest == self.today else f"วันที่ {full_echo(latest)}"
            )
            raise ValidationError(f"{named(self)}ต้องไม่หลัง{day} ตรวจวันที่อีกครั้ง", code="too_late")
        if self.earliest and value < self.earliest:
            raise ValidationError(
                f"{named(self)}ต้องไม่ก่อนวันที่ {full_echo(self.earliest)} ตรวจวันที่อีกครั้ง",
                code="too_early",
            )

    def prepare_value(self, value: Any) -> Any:
        """A stored day as 31/5/2564; typed text stays as it was typed."""
        if isinstance(value, dt.date):
            return f"{value.day}/{value.month}/{value.year + 543}"
        return value

    def echo(self, value: Any) -> str:
        """The day understood, in full with its fiscal quarter; empty when there is none."""
        try:
            day = self.to_python(value)
        except ValidationError:
            return ""
        return full_echo(day) if day else ""

    def shown(self, value: Any) -> str:
        """The cleaned value on a check-answers page."""
        return full_echo(value) if value else "-"


class NumberField(forms.Field):
    """A number as people write it; "1.234" is asked about and never guessed."""

    widget = forms.TextInput
    places = 2
    unit = ""

    def __init__(
        self,
        *,
        minimum: Decimal | int | None = None,
        maximum: Decimal | int | None = None,
        unit: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.minimum, self.maximum = minimum, maximum
        if unit is not None:
            self.unit = unit

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off", "class": "is-number"}

    def read(self, value: Any) -> Any:
        """The number in the text. Raises :class:`codi.thai.numbers.NumberError`."""
        return parse_number(value)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            return self.read(value)
        except NumberTooLarge as error:
            # The bound of the field says more than what the whole system can hold.
            if self.maximum is not None:
                raise self._too_large() from error
            raise ValidationError(error.message, code="invalid") from error
        except NumberError as error:
            raise ValidationError(error.message, code="invalid") from error

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        if self.minimum is not None and value < self.minimum:
            bound = self._bound(self.minimum)
            raise ValidationError(f"{named(self)}ต้องไม่น้อยกว่า {bound}", code="too_small")
        if self.maximum is not None and value > self.maximum:
            raise self._too_large()

    def _too_large(self) -> ValidationError:
        bound = self._bound(self.maximum)
        return ValidationError(f"{named(self)}ต้องไม่เกิน {bound}", code="too_large")

    def _bound(self, value: Any) -> str:
        """A bound with its unit, without decimals that it does not have."""
        places = self.places if value != int(value) else 0
        return f"{number(value, places)} {self.unit}".strip()

    def prepare_value(self, value: Any) -> Any:
        """A stored number with thousands separated; typed text stays as it was typed."""
        if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
            return number(value, self.places)
        return value

    def shown(self, value: Any) -> str:
        """The cleaned value with its unit on a check-answers page."""
        text = number(value, self.places)
        return f"{text} {self.unit}".strip() if value is not None else text


class BahtField(NumberField):
    """An amount of baht, two places, not below zero unless ``minimum`` says so."""

    unit = "บาท"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("minimum", Decimal(0))
        super().__init__(**kwargs)

    def read(self, value: Any) -> Decimal:
        return parse_baht(value)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, (Decimal, int)) and not isinstance(value, bool):
            return baht(value)
        return value

    def shown(self, value: Any) -> str:
        return f"{baht(value)} {self.unit}" if value is not None else "-"


class WordedBahtField(BahtField):
    """An amount that is said back in words, so that a nought too many is seen."""

    widget = WordedInput
    echoes = True

    def echo(self, value: Any) -> str:
        """The amount in Thai words; empty when there is none or it cannot be read."""
        try:
            amount = self.to_python(value)
        except ValidationError:
            return ""
        return baht_text(amount) if amount is not None else ""

    def shown(self, value: Any) -> str:
        """The amount with its words."""
        return f"{super().shown(value)} ({baht_text(value)})" if value is not None else "-"


class CountField(NumberField):
    """A whole number of things, not below zero unless ``minimum`` says so."""

    places = 0

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("minimum", 0)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "numeric"}

    def read(self, value: Any) -> int:
        try:
            exact = parse_number(value)
        except AmbiguousNumber as error:
            joined = number(parse_number(str(value).replace(".", "")))
            raise NumberError(
                f"“{value}” อ่านได้สองอย่าง และช่องนี้ไม่มีทศนิยม หากหมายถึงหลักพันขึ้นไปให้พิมพ์ {joined}"
            ) from error
        if exact != exact.to_integral_value():
            raise NumberError(f"“{value}” ต้องเป็นจำนวนเต็ม ไม่มีทศนิยม")
        return int(exact)


class TextField(forms.CharField):
    """One line of text, brought to one spelling of Thai before it is stored."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for validator in self.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = (
                    "ข้อความยาวเกิน %(limit_value)d ตัวอักษร (พิมพ์มา %(show_value)d) กรุณาย่อข้อความ"
                )

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")


class NamedField(TextField):
    """One thing chosen by its name, typed or pasted: ``read(name)`` finds it, ``names()`` offers it.

    For tables, where a drop-down could not hold a name that is not known yet: such a name stays in
    sight with what is wrong about it. ``read`` raises :class:`codi.errors.Refused`, LookupError or
    ValueError with a Thai ``message``.
    """

    def __init__(
        self,
        *,
        read: Callable[[str], Any],
        shown: Callable[[Any], str] = str,
        names: Callable[[], Iterable[str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.read, self.shown_name, self.names = read, shown, names

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return self.read(text)
        except (Refused, LookupError, ValueError) as error:
            raise ValidationError(str(getattr(error, "message", error)), code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        """A stored value by its name; typed text stays as it was typed."""
        return value if value is None or type(value) is str else self.shown_name(value)


class ScopedNamedField(NamedField):
    """As :class:`NamedField`, among what the person who fills in the table may see."""

    def __init__(
        self,
        *,
        read_for: Callable[[Any, str], Any],
        names_for: Callable[[Any], Iterable[str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(read=partial(read_for, None), names=tuple, **kwargs)
        self.read_for, self.names_for = read_for, names_for

    def bind(self, *, user: Any, today: dt.date) -> None:
        """Read and offer names as this person."""
        self.read, self.names = partial(self.read_for, user), partial(self.names_for, user)


class NamedChoiceField(NamedField):
    """One of the ``choices`` by its label or its stored value."""

    def __init__(self, *, choices: Iterable[tuple[Any, str]], **kwargs: Any) -> None:
        self.choices = dict(choices)
        super().__init__(read=self._find, shown=self._label, names=self.choices.values, **kwargs)

    def _find(self, name: str) -> Any:
        key = search_key(name)
        for value, label in self.choices.items():
            if key in (search_key(label), search_key(str(value))):
                return value
        raise ValueError(
            f"“{name}” ไม่อยู่ในรายการของ{self.label} ใช้ได้: {' · '.join(self.choices.values())}"
        )

    def _label(self, value: Any) -> str:
        return str(self.choices.get(value, value))

    def prepare_value(self, value: Any) -> Any:
        return self.choices.get(value, value)


class LongTextField(TextField):
    """Text of several lines."""

    widget = forms.Textarea(attrs={"rows": 4})

    def to_python(self, value: Any) -> str:
        return clean(forms.CharField.to_python(self, value) or "", keep_newlines=True)


class ScopedModelChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among the records that the person may see, and no others.

    ``queryset_for(user)`` gives them; a key outside is refused as if it did not exist.
    """

    def __init__(
        self, *, queryset_for: Callable[[Any], QuerySet[Any]], model: type[Model], **kwargs: Any
    ) -> None:
        kwargs.setdefault("empty_label", "เลือก…")
        super().__init__(queryset=model._default_manager.none(), **kwargs)
        self.queryset_for = queryset_for

    def bind(self, *, user: Any, today: dt.date) -> None:
        """Take the choices of the person who fills in the form."""
        self.queryset = self.queryset_for(user)


class OneTimeKeyField(forms.UUIDField):
    """A hidden key made when the form is first shown; the service stores it under UNIQUE.

    The same key again (double click, refresh, retry) finds the first entry, and makes no second.
    """

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("initial", uuid.uuid4)
        kwargs.setdefault(
            "error_messages",
            {
                "required": "แบบฟอร์มหมดอายุ โหลดหน้านี้ใหม่แล้วกรอกอีกครั้ง",
                "invalid": "แบบฟอร์มไม่สมบูรณ์ โหลดหน้านี้ใหม่แล้วกรอกอีกครั้ง",
            },
        )
        super().__init__(**kwargs)
