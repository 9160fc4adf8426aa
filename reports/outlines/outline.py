"""The shape of an outline: the figures it shows, as of which of its days, and its staff texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from codi.figures.grid import Grid
from codi.figures.quarters import current_period

Sentences = dict[str, str]
Narrator = Callable[[Mapping[str, Any], Sequence[Grid]], Sentences]


class UnknownOutline(LookupError):
    """No outline has that key."""


class When(StrEnum):
    """As of which of the report's days a figure is shown."""

    EACH = "each"
    LAST = "last"


class Drawing(StrEnum):
    """Bars of the parts end to end, bars of their shares of the total side by side, or a map."""

    BARS = "bars"
    SHARES = "shares"
    MAP = "map"


@dataclass(frozen=True)
class ChartSlot:
    """A drawing of a figure: of the columns ``parts``, or a map of the one column.

    ``{quarter}`` in the name of a column stands for the number of the quarter that the grid is of.
    """

    parts: tuple[str, ...]
    caption: str = ""
    drawing: Drawing = Drawing.BARS

    def columns(self, grid: Grid) -> tuple[str, ...]:
        """The columns that the grid has, with anything in them."""
        quarter = current_period(grid.as_of).number
        known = {column.key for column in grid.columns}
        return tuple(
            key
            for key in (part.format(quarter=quarter) for part in self.parts)
            if key in known and any(grid.value(row.key, key) for row in grid.items)
        )


@dataclass(frozen=True)
class FigureSlot:
    """A figure in its place; ``wide`` puts it on landscape pages, ``charts`` draw it as well.

    A report prints the table only where something stands in the total of the column ``needs``;
    else its sentence says that there is nothing.
    """

    figure_key: str
    when: When = When.LAST
    wide: bool = False
    charts: tuple[ChartSlot, ...] = ()
    needs: str = ""

    def days(self, as_of_dates: Sequence[dt.date]) -> tuple[dt.date, ...]:
        """The days as of which the figure is computed."""
        return tuple(as_of_dates) if self.when is When.EACH else tuple(as_of_dates[-1:])

    def is_printed(self, grid: Grid) -> bool:
        """Whether the table has what makes it worth a place on paper."""
        return not self.needs or bool(grid.value("total", self.needs))


@dataclass(frozen=True)
class TextSlot:
    """A block that staff write: its heading in the report and a hint what belongs there."""

    key: str
    title: str
    hint: str


@dataclass(frozen=True)
class Outline:
    """A report: its name, figures in order, staff texts, template and computed sentences.

    ``by_quarter`` reports are about a quarter of a region or of the country; the others about a
    programme in a region. ``numbers_tables`` prints ตารางที่ 1, 2 … before their titles, and
    ``row_order`` is the order of the regions in every table.

    ``narrate(facts, grids)`` gives the computed sentences by slot, in the order of the report.
    """

    key: str
    title: str
    description: str
    figures: tuple[FigureSlot, ...]
    texts: tuple[TextSlot, ...]
    template: str
    narrate: Narrator
    by_quarter: bool = False
    numbers_tables: bool = False
    row_order: tuple[str, ...] = ()

    def text_slot(self, key: str) -> TextSlot:
        """The staff block of a key; raises ``KeyError``."""
        return {slot.key: slot for slot in self.texts}[key]

    def unwritten(self, texts: Mapping[str, str]) -> tuple[TextSlot, ...]:
        """The staff blocks that are still empty in ``texts`` and therefore not printed."""
        return tuple(slot for slot in self.texts if not texts.get(slot.key, "").strip())
