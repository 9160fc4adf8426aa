"""The forms of the product: who fills them in and when, how they look, how a refusal shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

from codi.errors import Refused
from codi.ui.fields import OneTimeKeyField

# The code of an error that only tells more of the one before it.
DETAIL = "detail"


class UiBoundField(BoundField):
    """A field as our template shows it: styled, with its state said to assistive programs."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        shown = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, shown)
        if shown.is_hidden:
            return attrs
        classes = [_css_class(shown), shown.attrs.get("class", "")]
        if self.errors:
            classes.append("is-invalid")
        attrs["class"] = " ".join(filter(None, classes))
        if self.field.required:
            attrs["aria-required"] = "true"
        return attrs

    @property
    def is_checkbox(self) -> bool:
        """Whether the control stands before its label."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def echo(self) -> str:
        """What was understood of the value, for fields that echo."""
        return str(self.field.echo(self.value())) if hasattr(self.field, "echo") else ""


def _css_class(widget: forms.Widget) -> str:
    if isinstance(widget, (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


class UiRenderer(TemplatesSetting):
    """FORM_RENDERER: every form of the product through ``templates/ui/forms``."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
    bound_field_class = UiBoundField


class UserForm(forms.Form):
    """A form that knows who fills it in (``user``) and on which day (``today``).

    ``sections`` groups the fields under headings: ``(("หัวข้อ", ("field", …)), …)``; without it all
    fields stand in one group. Errors come from the server, so that all of them come at once.
    """

    sections: Sequence[tuple[str, Sequence[str]]] = ()
    use_required_attribute = False

    def __init__(self, *args: Any, user: Any, today: dt.date, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.user, self.today = user, today
        for field in self.fields.values():
            if hasattr(field, "bind"):
                field.bind(user=user, today=today)
            _say_what_to_do(field)

    def add_refusal(self, refused: Refused) -> None:
        """Show a rule that a service found broken, at the field it blames or on top."""
        field = refused.field if refused.field in self.fields else None
        self.add_error(field, refused.message)
        for detail in refused.details:
            self.add_error(field, ValidationError(detail, code=DETAIL))

    @property
    def asks_for_something(self) -> bool:
        """Whether a field must be filled in, so that the mark of such fields needs its note."""
        return any(field.field.required for field in self.visible_fields())

    def grouped_fields(self) -> Sequence[tuple[str, Sequence[BoundField]]]:
        """The visible fields under their headings, those of no section first."""
        named = {name for _title, names in self.sections for name in names}
        rest = [field for field in self.visible_fields() if field.name not in named]
        groups = [("", rest)] if rest else []
        return [
            *groups,
            *((title, [self[name] for name in names]) for title, names in self.sections),
        ]

    def answers(self) -> Sequence[tuple[str, str]]:
        """Label and cleaned value of each visible field, as a check-answers page shows them."""
        return [
            (str(bound.label), _shown(bound, self.cleaned_data.get(bound.name)))
            for bound in self.visible_fields()
        ]

    def typed(self) -> Sequence[tuple[str, str]]:
        """Label and value of each visible field as far as it can be shown, right or wrong."""
        self.is_valid()
        return [
            (
                str(bound.label),
                _shown(bound, self.cleaned_data[bound.name])
                if bound.name in self.cleaned_data
                else str(bound.value() or "-"),
            )
            for bound in self.visible_fields()
        ]


class ActionForm(UserForm):
    """A form behind which something happens once: it carries a one-time key."""

    one_time_key = OneTimeKeyField()


def _say_what_to_do(field: forms.Field) -> None:
    """Django's own Thai texts name neither the field nor the remedy."""
    if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
        verb = "เลือก" if isinstance(field, forms.ChoiceField | forms.ModelChoiceField) else "กรอก"
        field.error_messages["required"] = f"ยังไม่ได้{verb}{field.label or 'ช่องนี้'}"
    if "invalid_choice" in field.error_messages:
        field.error_messages["invalid_choice"] = (
            f"{field.label or 'ตัวเลือก'}ที่เลือกใช้ไม่ได้ เลือกจากรายการที่ให้ไว้"
        )


def _shown(bound: BoundField, value: Any) -> str:
    field = bound.field
    if hasattr(field, "shown"):
        return str(field.shown(value))
    if isinstance(value, bool):
        return "ใช่" if value else "ไม่ใช่"
    if isinstance(field, forms.ChoiceField):
        labels = dict(cast(Any, field.choices))
        chosen = value if isinstance(value, list) else [value]
        return " · ".join(str(labels.get(one, one)) for one in chosen if one) or "-"
    return str(value) if value not in field.empty_values else "-"
