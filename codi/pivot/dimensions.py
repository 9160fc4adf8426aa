"""What a cross table counts by: a field of the list or a date's period, and how its values are named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    Case,
    DateField,
    ExpressionWrapper,
    F,
    IntegerField,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import ExtractYear, TruncMonth, TruncQuarter

from codi.fiscal import FiscalYear, Quarter
from codi.thai.dates import month_year

NONE = "-"
"""How the address says "without a value"."""
_A_YEAR = FiscalYear(2564)
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Dimension:
    """One thing to count by; ``path`` is a field of the list's rows, an annotation or an expression.

    Its values are named by ``names`` (stored value to text, in their order), by ``name_path``
    (another field, with ``order_path`` for the order) or by ``name`` (a function); else they stand
    as they are. ``read`` turns the address's text into a value and raises ``ValueError``; ``unset``
    names the rows without a value.
    """

    key: str
    title: str
    path: str | Combinable
    names: Mapping[Any, str] = field(default_factory=dict)
    name_path: str = ""
    order_path: str = ""
    name: Callable[[Any], str] = str
    read: Callable[[str], Any] = str
    unset: str = "ไม่ระบุ"

    @property
    def expression(self) -> Any:
        """What the database groups and compares by."""
        return F(self.path) if isinstance(self.path, str) else self.path

    def grouping(self, alias: str) -> dict[str, Any]:
        """The value, its name and its order, as the query of the table selects them."""
        paths = {"": self.expression}
        if self.name_path:
            paths |= {"_name": F(self.name_path), "_order": F(self.order_path or self.name_path)}
        return {f"{alias}{ending}": expression for ending, expression in paths.items()}

    def label(self, value: Any, name: Any = None) -> str:
        """A value in words; ``name`` is what ``name_path`` found."""
        if value is None:
            return self.unset
        if self.names:
            return str(self.names.get(value, value))
        return str(name) if self.name_path and name is not None else self.name(value)

    def order(self, value: Any, stored: Any = None) -> tuple[bool, Any]:
        """Where a value stands among the others; the missing one comes last."""
        if value is None:
            return (True, 0)
        if self.names:
            known: Sequence[Any] = list(self.names)
            return (False, known.index(value) if value in known else len(known))
        return (False, stored if self.order_path or self.name_path else value)

    def text(self, value: Any) -> str:
        """A value as the address carries it; the other way round it is :meth:`narrow`."""
        return NONE if value is None else str(value)

    def narrow(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """The rows with the value of the address; none when nothing can have such a value."""
        alias = f"by_{self.key}"
        rows = rows.alias(**{alias: self.expression})
        if text == NONE:
            return rows.filter(**{f"{alias}__isnull": True})
        try:
            return rows.filter(**{alias: self._value(text)})
        except ValueError:
            return rows.none()

    def shown(self, rows: QuerySet[Any], text: str) -> str:
        """The value of the address in words; a name is read from ``rows``, which are in sight."""
        if text == NONE:
            return self.unset
        try:
            value = self._value(text)
        except ValueError:
            return text
        found = rows.order_by().values_list(self.name_path)[:1] if self.name_path else ()
        return self.label(value, next((name for (name,) in found), text))

    def _value(self, text: str) -> Any:
        """Raises ``ValueError`` for what the database could not even compare."""
        if "\0" in text or not text.isprintable():
            raise ValueError(text)
        value = self.read(text)
        if isinstance(value, int) and abs(value) > _LARGEST:
            raise ValueError(text)
        return value


def fiscal_year_of(key: str, title: str, path: str) -> Dimension:
    """The fiscal year in which the day at ``path`` falls."""
    buddhist_years = _A_YEAR.number - _A_YEAR.end.year
    begun = Case(
        When(**{f"{path}__month__gte": _A_YEAR.start.month}, then=Value(1)), default=Value(0)
    )
    year = ExtractYear(path) + Value(buddhist_years) + begun
    return Dimension(key, title, ExpressionWrapper(year, IntegerField()), read=int)


def fiscal_quarter_of(key: str, title: str, path: str) -> Dimension:
    """The fiscal quarter in which the day at ``path`` falls; the value is the quarter's first day.

    Fiscal quarters begin on the same days as those of the calendar, only their numbers differ.
    """
    return Dimension(
        key,
        title,
        TruncQuarter(path, output_field=DateField()),
        name=lambda day: Quarter.of(day).label,
        read=dt.date.fromisoformat,
    )


def month_of(key: str, title: str, path: str) -> Dimension:
    """The month in which the day at ``path`` falls; the value is the month's first day."""
    return Dimension(
        key,
        title,
        TruncMonth(path, output_field=DateField()),
        name=month_year,
        read=dt.date.fromisoformat,
    )
