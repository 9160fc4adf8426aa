"""What to cross, chosen in the address."""

from __future__ import annotations

from typing import Any

from django import forms

from codi.pivot.cross import Choice
from codi.pivot.declared import Pivot
from codi.ui.forms import UserForm

SHARES = (
    ("", "ไม่แสดงร้อยละ"),
    ("column", "ร้อยละของคอลัมน์"),
    ("row", "ร้อยละของแถว"),
    ("total", "ร้อยละของทั้งหมด"),
)


class PivotForm(UserForm):
    """Dimensions and measures of one cross table."""

    row = forms.ChoiceField(label="แถว")
    row2 = forms.ChoiceField(label="แถวย่อย", required=False)
    column = forms.ChoiceField(label="คอลัมน์", required=False)
    share = forms.ChoiceField(label="ร้อยละ", required=False, choices=SHARES)
    measure = forms.MultipleChoiceField(label="ค่าที่แสดง", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, pivot: Pivot, **kwargs: Any) -> None:
        self.pivot = pivot
        super().__init__(*args, **kwargs)
        dimensions = [(one.key, one.title) for one in pivot.dimensions]
        for name, nothing in (("row", []), ("row2", [("", "ไม่แยก")]), ("column", [("", "ไม่แยก")])):
            self.fields[name].choices = [*nothing, *dimensions]  # type: ignore[attr-defined]
        self.fields["measure"].choices = [  # type: ignore[attr-defined]
            (one.key, one.title) for one in pivot.measures
        ]

    def clean(self) -> dict[str, Any]:
        """The same thing twice would show every value once and nothing else."""
        cleaned: dict[str, Any] = super().clean() or {}
        seen: set[str] = set()
        for name in ("row", "row2", "column"):
            key = cleaned.get(name)
            if key and key in seen:
                title = self.pivot.dimension[key].title
                self.add_error(name, f"เลือก “{title}” ไว้แล้ว เลือกมิติอื่น หรือเลือกไม่แยก")
            seen |= {key or ""}
        return cleaned

    def choice(self) -> Choice:
        """What was chosen; only of a valid form."""
        chosen, known = self.cleaned_data, self.pivot.dimension
        rows = tuple(known[chosen[name]] for name in ("row", "row2") if chosen[name])
        return Choice(
            rows=rows,
            column=known.get(chosen["column"]),
            measures=tuple(self.pivot.measure[key] for key in chosen["measure"]),
            share=chosen["share"],
        )
