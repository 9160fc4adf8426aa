"""Columns of lists: how a value stands on the page and how it goes into a spreadsheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2.utils import A

from codi.sheets.export import Kind
from codi.thai.dates import short_date
from codi.thai.numbers import baht, number, percent


class TextColumn(tables.Column):  # type: ignore[misc]
    """Words, names and codes: always text, on the page and in every file.

    ``unit`` stands below the heading, ``definition`` goes to the export's sheet of conditions,
    ``wide`` keeps room for long names; ``css_class`` sets another width: ``code`` (breaks long
    codes only), ``nowrap``, ``middling`` or ``roomy``. A column sorts only when it says ``orderable=True``;
    ``order_by`` names the stored fields to sort by (``"sort_key"`` for Thai names).
    """

    kind: Kind = "text"
    unit = ""

    def __init__(
        self,
        verbose_name: str,
        *,
        unit: str | None = None,
        definition: str = "",
        wide: bool = False,
        css_class: str = "",
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("orderable", False)
        kwargs.setdefault("default", "-")
        super().__init__(verbose_name=verbose_name, **kwargs)
        self.definition = definition
        if unit is not None:
            self.unit = unit
        by_kind = {"text": "wide" if wide else "", "date": "nowrap"}
        self.css_class = css_class or by_kind.get(self.kind, "number")

    def exported(self, value: Any) -> Any:
        """The value in a file: text, Decimal, int or date; None for nothing."""
        return str(value) if value not in (None, "") else None


class NumberColumn(TextColumn):
    """A number, right-aligned, thousands separated."""

    kind: Kind = "number"

    def __init__(self, verbose_name: str, *, places: int = 0, **kwargs: Any) -> None:
        super().__init__(verbose_name, **kwargs)
        self.places = places

    def render(self, value: Decimal | int) -> str:
        return number(value, self.places)

    def exported(self, value: Any) -> Any:
        return value


class BahtColumn(NumberColumn):
    """An amount of baht."""

    kind = "baht"
    unit = "บาท"

    def render(self, value: Decimal | int) -> str:
        return baht(value)


class PercentColumn(NumberColumn):
    """A percentage; ``definition`` should name its base."""

    kind = "percent"
    unit = "ร้อยละ"

    def render(self, value: Decimal | int) -> str:
        return percent(value)


class DateColumn(TextColumn):
    """A day as "31 พ.ค. 64"; in files a real date, and a text column of พ.ศ. beside it."""

    kind = "date"

    def render(self, value: dt.date | dt.datetime) -> str:
        return short_date(_day(value))

    def exported(self, value: Any) -> Any:
        return _day(value) if value else None


class StateColumn(TextColumn):
    """A state in words on a tint; ``tones`` maps stored values to neutral, info, good, warn, bad."""

    def __init__(
        self,
        verbose_name: str,
        *,
        choices: Mapping[Any, str],
        tones: Mapping[Any, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(verbose_name, **kwargs)
        self.choices, self.tones = choices, tones

    def render(self, record: Any, bound_column: Any) -> SafeString:
        """The tag; django-tables2 hands over a choice's label, the tone needs the stored value."""
        value = value_reader(bound_column)(record)
        return format_html(
            '<span class="tag tag--{}">{}</span>',
            self.tones.get(value, "neutral"),
            self.choices.get(value, value),
        )

    def exported(self, value: Any) -> Any:
        return str(self.choices.get(value, value)) if value is not None else None


class ListTable(tables.Table):  # type: ignore[misc]
    """The base of every list's table; only our columns may stand in it."""

    class Meta:
        orderable = False


def value_reader(bound_column: Any) -> Callable[[Any], Any]:
    """Reads the stored value behind a column's cells; None when a relation on the way is empty."""
    accessor = A(bound_column.accessor)
    return lambda record: accessor.resolve(record, quiet=True)


def _day(value: dt.date | dt.datetime) -> dt.date:
    return timezone.localtime(value).date() if isinstance(value, dt.datetime) else value
