"""The cross tables that rooms declare over their lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.urls import reverse

from codi.pivot.dimensions import Dimension
from codi.pivot.measures import Measure
from codi.ui.additions import Tool, add_to_list

if TYPE_CHECKING:
    from codi.ui.lists import ListPage


@dataclass(frozen=True)
class Pivot:
    """A list with what it can be counted by and what of it can be summed.

    ``first`` is what the page shows before anything is chosen: the dimension of the rows, that of
    the columns (or nothing) and the measures.
    """

    key: str
    title: str
    url_name: str
    page: type[ListPage]
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    first: tuple[str, str, tuple[str, ...]]

    @cached_property
    def dimension(self) -> Mapping[str, Dimension]:
        """The dimensions by their keys."""
        return {one.key: one for one in self.dimensions}

    @cached_property
    def measure(self) -> Mapping[str, Measure]:
        """The measures by their keys."""
        return {one.key: one for one in self.measures}

    def address_of(self, page: ListPage) -> str:
        """The cross table of a list with the search and filter that the list has now."""
        query = page.selection().urlencode()
        return reverse("pivot:table", args=[self.key]) + (f"?{query}" if query else "")


PIVOTS: dict[str, Pivot] = {}


def register_pivot(pivot: Pivot) -> None:
    """Make a cross table known: its page, the button on its list, the narrowing from its cells.

    Raises ``ValueError`` for a key that is taken or a ``first`` that names nothing declared.
    """
    row, column, measures = pivot.first
    known = {*pivot.dimension, ""} >= {row, column} and set(pivot.measure) >= set(measures)
    if pivot.key in PIVOTS or not known or not row or not measures:
        raise ValueError(f"the cross table {pivot.key} is declared twice or wrongly")
    PIVOTS[pivot.key] = pivot
    tool = Tool("ตารางไขว้", "table-properties", pivot.address_of)
    add_to_list(pivot.page, narrowings=pivot.dimensions, tools=[tool])
