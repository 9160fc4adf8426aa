"""The name of a saved filter and for whom it is; the columns, order and page size of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from codi.kept.models import Audience
from codi.kept.permissions import can_give_to
from codi.ui.fields import TextField
from codi.ui.forms import UserForm
from codi.ui.lists import PAGE_SIZES, ListPage

AS_DECLARED = "ตามที่ระบบกำหนด"


class FilterForm(UserForm):
    """A filter's name and audience; only what the person may give is offered."""

    name = TextField(label="ชื่อตัวกรอง", max_length=80)
    audience = forms.ChoiceField(
        label="ให้ใครเห็นตัวกรองนี้",
        widget=forms.RadioSelect,
        initial=Audience.MINE,
        help_text="ผู้ที่เปิดตัวกรองเห็นเฉพาะรายการในขอบเขตของตนเสมอ",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields["audience"]
        offered.choices = [
            (value, f"{label} ({self.user.scope_label})" if value == Audience.OFFICE else label)
            for value, label in Audience.choices
            if can_give_to(self.user, value)
        ]


class ColumnsForm(UserForm):
    """Which columns of a list to show, in which order; how its rows are sorted and paged.

    ``order`` has every column, ``show`` those to show; a pressed ``move`` ("up:code") moves one.
    """

    order = forms.MultipleChoiceField(required=False)
    show = forms.MultipleChoiceField(
        label="คอลัมน์ที่แสดง", error_messages={"required": "เลือกคอลัมน์ที่จะแสดงอย่างน้อยหนึ่งคอลัมน์"}
    )
    move = forms.CharField(required=False)
    sort = forms.ChoiceField(label="เรียงตาม", required=False)
    size = forms.TypedChoiceField(label="แถวต่อหน้า", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, page: ListPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page = page
        fields: dict[str, Any] = self.fields
        self.titles = {bound.name: str(bound.header) for bound in page.table_columns}
        fields["order"].choices = fields["show"].choices = list(self.titles.items())
        fields["sort"].choices = [("", AS_DECLARED), *self._sorts()]
        fields["size"].choices = [("", AS_DECLARED), *((size, size) for size in PAGE_SIZES)]

    def _sorts(self) -> Sequence[tuple[str, str]]:
        return [
            (f"{sign}{bound.name}", f"{bound.header} {direction}")
            for bound in self.page.table_columns
            if bound.orderable
            for sign, direction in (("", "จากน้อยไปมาก"), ("-", "จากมากไปน้อย"))
        ]

    def columns(self) -> list[str]:
        """The columns to show in order, after the move; nothing when that is as declared."""
        order = self.full_order()
        shown = [name for name in order if name in self.cleaned_data["show"]]
        return [] if shown == list(self.titles) else shown

    def full_order(self) -> list[str]:
        """Every column once, in the posted order, after the move."""
        order = list(dict.fromkeys([*self.cleaned_data["order"], *self.titles]))
        direction, _, name = self.cleaned_data["move"].partition(":")
        if name in order:
            here = order.index(name)
            there = min(max(here + (-1 if direction == "up" else 1), 0), len(order) - 1)
            order.insert(there, order.pop(here))
        return order
