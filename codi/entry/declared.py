"""The declaration of an entry grid, and the register of all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone

from codi.accounts.permissions import Decision, allow
from codi.fiscal import Quarter
from codi.ui.additions import Tool, add_to_list
from codi.ui.fields import NamedField, NumberField, ThaiDateField

if TYPE_CHECKING:
    from codi.accounts.models import User
    from codi.ui.lists import ListPage


@dataclass(frozen=True)
class Scope:
    """Who types, on which day, the record that the grid hangs on (the project of a plan).

    ``quarter`` is the one that was chosen, None in a grid that is not ``by_quarter``.
    """

    user: User
    today: dt.date
    of: Any = None
    quarter: Quarter | None = None


@dataclass(frozen=True)
class Hand:
    """What ``save`` gets: one row's facts, cleaned, under the keys of the columns.

    ``row`` is the stored record, None for a new one; ``version`` is the one that the person saw and
    goes to the service as ``expected_version``. Of a stored row ``facts`` holds what was changed
    only. ``request_key`` is the same whenever the same row is sent again.
    """

    scope: Scope
    row: Any
    version: int | None
    facts: Mapping[str, Any]
    request_key: UUID


def _free(scope: Scope, row: Any) -> Decision:
    return allow()


def _own_version(row: Any) -> int | None:
    version: int | None = getattr(row, "version", None)
    return version


@dataclass(frozen=True)
class EntryColumn:
    """A column to type in.

    ``field`` reads what people write (``codi.ui.fields``); its label heads the column. ``attribute``
    is the record's own, where it is not called as the service calls the fact (``key``).
    ``lock(scope, row)`` says whether this cell may be typed in, with the reason when not; ``row`` is
    None for a new one. A column with ``has_total`` shows its sum below.
    """

    key: str
    field: forms.Field
    width: str = "middling"
    attribute: str = ""
    lock: Callable[[Scope, Any], Decision] = _free
    has_total: bool = False

    @property
    def title(self) -> str:
        """The heading."""
        return str(self.field.label)

    @property
    def unit(self) -> str:
        """What its numbers count, under the heading."""
        return self.field.unit if isinstance(self.field, NumberField) else ""

    @property
    def has_names(self) -> bool:
        """Whether names drop down to choose from."""
        return isinstance(self.field, NamedField)

    @property
    def css_class(self) -> str:
        """How its cells look: numbers stand right, days have room for their quarter."""
        kind = {NumberField: "is-number", ThaiDateField: "is-date"}
        found = next((css for base, css in kind.items() if isinstance(self.field, base)), "")
        return f"entry-cell--{self.width} {found}".strip()

    def stored(self, row: Any) -> Any:
        """The value that the record holds."""
        return getattr(row, self.attribute or self.key)


@dataclass(frozen=True)
class ShownColumn:
    """A column to read only; the first one names the row. ``url`` leads to the record."""

    title: str
    value: Callable[[Any], object]
    unit: str = ""
    is_number: bool = False
    url: Callable[[Any], str] | None = None
    note: Callable[[Any], str] | None = None


@dataclass(frozen=True)
class Listed:
    """The list that leads to the grid: its search, filters and order of words choose the rows.

    ``path`` is the way from a row to the listed record, empty where the rows themselves are listed.
    ``label`` is written on the button beside the list.
    """

    page: type[ListPage]
    label: str
    path: str = "pk"


@dataclass(frozen=True)
class EntryGrid:
    """A table to type in.

    ``rows(scope)`` are all rows in sight that may be sent, in order; a row outside is 404. The page
    shows those that ``open_rows`` leaves of them. ``save(hand)`` calls the service of a row, in one
    transaction with whatever else it calls. ``may_add`` makes empty rows below. With ``of`` the grid
    hangs on one record in sight of that model. ``checked`` is for money: nothing is written while
    typing; a page shows all rows with their sum, and a confirmation writes them all or none, in the
    order of ``lock_order``, so that two people never wait for each other. ``version_of`` tells the
    version that a row's cells have where they are another record's than the row's own. What a grid
    ``by_quarter`` tells is of one quarter, which the person chooses among those that are open.
    """

    key: str
    title: str
    unit: str
    shown: Sequence[ShownColumn]
    columns: Sequence[EntryColumn]
    rows: Callable[[Scope], QuerySet[Any]]
    save: Callable[[Hand], Model]
    may_open: Callable[[Scope], Decision]
    may_add: Callable[[Scope], Decision] | None = None
    open_rows: Callable[[QuerySet[Any]], QuerySet[Any]] = field(default=lambda rows: rows)
    of: type[Model] | None = None
    listed: Listed | None = None
    lead: str = ""
    empty: str = ""
    back: Callable[[Scope], tuple[str, str]] | None = None
    checked: bool = False
    lock_order: Callable[[Any], Any] = field(default=lambda row: row.pk)
    version_of: Callable[[Any], int | None] = _own_version
    by_quarter: bool = False

    @property
    def by_key(self) -> dict[str, EntryColumn]:
        """The columns to type in by key."""
        return {column.key: column for column in self.columns}

    def address_of(self, page: ListPage) -> str:
        """The grid of a list's rows as they are chosen now; empty for those who may not open it."""
        user: Any = page.request.user
        if not self.may_open(Scope(user, timezone.localdate())):
            return ""
        query = page.selection().urlencode()
        return reverse("entry:grid", args=[self.key]) + (f"?{query}" if query else "")


GRIDS: dict[str, EntryGrid] = {}


def register_grid(grid: EntryGrid) -> EntryGrid:
    """Make a grid known to the pages; refuses two of one key and two columns of one key."""
    if len(grid.by_key) != len(grid.columns):
        raise ValueError(f"{grid.key}: two columns with one key")
    if GRIDS.setdefault(grid.key, grid) is not grid:
        raise ValueError(f"Two grids called {grid.key!r}")
    if grid.listed is not None:
        tool = Tool(grid.listed.label, "table-2", grid.address_of)
        add_to_list(grid.listed.page, tools=[tool])
    return grid
