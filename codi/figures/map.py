"""A grid as a map: one shape per row, tinted by the class of one column, with legend and labels.

Dark is much and light is little, in one hue; a row without a value is grey and hatched. Texts are
outlines (``lettering``), so that page and PDF are alike, and the same grid gives the same bytes. The
numbers stand in the text alternative and in the table beside the map: nothing hangs on colour alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from codi.figures.formats import as_of_text, counted_unit, text_of
from codi.figures.grid import Cell, Column, Grid, Row, Unit
from codi.figures.html import Link
from codi.figures.lettering import Lettering, shaped
from codi.thai.numbers import number

# From light to dark; the last two take white letters.
TINTS = ("#e3f1ef", "#b5d8d5", "#7fb9b4", "#3f8a86", "#0f5c59")
NIL, HATCH, EDGE, INK, QUIET = "#f1f1ee", "#a3aaa8", "#5f7474", "#15202b", "#4a5560"
MOST_CLASSES = len(TINTS)
# Which tints so many bounds take, so that few classes stand far apart.
SPREAD = ((2,), (1, 3), (0, 2, 4), (0, 1, 3, 4), (0, 1, 2, 3, 4))
MILLION = Decimal(1_000_000)
NO_VALUE = "ไม่มีข้อมูล"
LINE = 1.75
# A map so much higher than wide is the country, whose lower right is sea.
CORNER = 1.6


@dataclass(frozen=True)
class Area:
    """A shape: its path, its box (left, top, right, bottom), and where a label of which width fits."""

    path: str
    box: tuple[int, int, int, int]
    label: tuple[int, int, int]


@dataclass(frozen=True)
class MapShape:
    """The room of a map in points, and the size of its letters."""

    width: float
    height: float
    font_size: float


PRINT = MapShape(width=350, height=600, font_size=7.5)
SCREEN = MapShape(width=440, height=780, font_size=11)


@dataclass(frozen=True)
class Bin:
    """One class: its lowest value (included), the first value above it, and its rows."""

    least: Decimal | None
    above: Decimal | None
    tint: str
    rows: tuple[str, ...]

    def title(self, unit: Unit) -> str:
        """น้อยกว่า 50, 50 ถึงน้อยกว่า 100, 100 ขึ้นไป."""
        if self.least is None:
            return "ทุกค่า" if self.above is None else f"น้อยกว่า {_bound(unit, self.above)}"
        if self.above is None:
            return f"{_bound(unit, self.least)} ขึ้นไป"
        return f"{_bound(unit, self.least)} ถึงน้อยกว่า {_bound(unit, self.above)}"


def steps_of(values: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Bounds that part the values into about equally many, rounded so that people can keep them."""
    found: list[Decimal] = []
    ordered = sorted(values)
    for place in range(1, MOST_CLASSES):
        step = _rounded(ordered[len(ordered) * place // MOST_CLASSES]) if ordered else Decimal(0)
        if ordered and step > ordered[0] and step not in found:
            found.append(step)
    return tuple(found)


def _rounded(value: Decimal) -> Decimal:
    """To half of the leading power of ten: 57 is 55, 101 is 100, 1,372,000 is 1,500,000."""
    if value <= 0:
        return Decimal(0)
    half = max(Decimal(10) ** value.adjusted() / 2, Decimal(1))
    return (value / half).to_integral_value() * half


def bins_of(grid: Grid, column: str, steps: Sequence[Decimal | int] | None = None) -> list[Bin]:
    """The classes of the items that have a value, lowest first; empty ones as well.

    ``steps`` are the lower bounds of all classes but the first; without them they follow the values.
    """
    values = {row.key: value for row in grid.items if (value := _value(grid, row, column))}
    zeros = {row.key for row in grid.items if grid.value(row.key, column) == 0}
    known = {**values, **dict.fromkeys(zeros, Decimal(0))}
    bounds = [Decimal(step) for step in steps or steps_of(list(known.values()))]
    if len(bounds) >= MOST_CLASSES:
        raise ValueError(f"a map has at most {MOST_CLASSES} classes")
    if bounds != sorted(set(bounds)):
        raise ValueError("the bounds of a map rise")
    edges: list[Decimal | None] = [None, *bounds, None]
    tints = [TINTS[place] for place in SPREAD[len(bounds)]]
    return [
        Bin(low, high, tint, tuple(key for key, value in known.items() if _holds(low, high, value)))
        for low, high, tint in zip(edges, edges[1:], tints, strict=False)
    ]


def _holds(low: Decimal | None, high: Decimal | None, value: Decimal) -> bool:
    return (low is None or value >= low) and (high is None or value < high)


def _value(grid: Grid, row: Row, column: str) -> Decimal | None:
    value = grid.value(row.key, column)
    return Decimal(value) if isinstance(value, int | Decimal) else None


def _bound(unit: Unit, value: Decimal) -> str:
    if unit is Unit.BAHT:
        millions = value / MILLION
        return number(millions, 0 if millions == millions.to_integral_value() else 2)
    return number(value, 0 if value == value.to_integral_value() else 2)


def shown(column: Column, value: Cell) -> str:
    """A value as the map tells it."""
    if isinstance(value, Decimal) and column.unit is Unit.BAHT:
        return number(value / MILLION, 2)
    return NO_VALUE if value is None else text_of(column.unit, value)


def description(grid: Grid, column: str) -> str:
    """All values of the map as Thai text, for those who do not see it."""
    what = grid.column(column)
    told = "; ".join(
        f"{row.title} {shown(what, grid.value(row.key, column))}" for row in grid.items
    )
    return f"หน่วย: {counted_unit(grid, what)} {as_of_text(grid)} {told}"


def province_map(
    grid: Grid,
    column: str,
    areas: Mapping[str, Area],
    *,
    title: str,
    shape: MapShape = PRINT,
    steps: Sequence[Decimal | int] | None = None,
    link: Link | None = None,
) -> bytes:
    """SVG of the grid's items whose keys have a shape; ``link`` makes each of them a way.

    ``title`` should say the finding; it and all values become the picture's text alternative. With
    links the picture is a group whose parts are reached by keyboard, each with its name and value.
    """
    drawn = [row for row in grid.items if row.key in areas]
    if not drawn:
        raise ValueError(f"grid {grid.key} has no row with a shape")
    drawing = _Drawing(grid, column, {row.key: areas[row.key] for row in drawn}, shape, steps)
    shapes = "".join(drawing.area(row, link) for row in drawn)
    labels = "".join(drawing.label(row) for row in drawn)
    legend = drawing.legend()
    name = drawing.name
    role = f'role="group" aria-labelledby="{name}-title"' if link else 'role="img"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' class="map" width="{drawing.width:.0f}pt" height="{drawing.height:.0f}pt"'
        f' viewBox="0 0 {drawing.width:.0f} {drawing.height:.0f}" {role}>'
        f'<title id="{name}-title">{escape(title)}</title>'
        f"<desc>{escape(description(grid, column))}</desc>"
        f"<defs>{drawing.hatch}{drawing.lettering.glyphs}</defs>"
        f'<g transform="{drawing.frame}" stroke="{EDGE}" stroke-width="{drawing.pen:.2f}"'
        f' stroke-linejoin="round">{shapes}</g>'
        f'<g aria-hidden="true" pointer-events="none">{labels}{legend}</g></svg>'
    ).encode()


class _Drawing:
    """The measures of one map: how large it is drawn, where, and with which tints."""

    def __init__(
        self,
        grid: Grid,
        column: str,
        areas: Mapping[str, Area],
        shape: MapShape,
        steps: Sequence[Decimal | int] | None,
    ) -> None:
        self.grid, self.column, self.areas, self.shape = grid, column, areas, shape
        self.bins = bins_of(grid, column, steps)
        self.tints = {key: one.tint for one in self.bins for key in one.rows}
        self.name = re.sub(r"\W", "-", f"map-{grid.key}-{column}")
        self.lettering = Lettering(f"{self.name}-")
        boxes = [area.box for area in areas.values()]
        self.left, self.top = min(box[0] for box in boxes), min(box[1] for box in boxes)
        across = max(box[2] for box in boxes) - self.left
        down = max(box[3] for box in boxes) - self.top
        self.margin = shape.font_size / 2
        self.scale = min(
            (shape.width - 2 * self.margin) / across, (shape.height - 2 * self.margin) / down
        )
        self.map_width = across * self.scale + 2 * self.margin
        self.map_height = down * self.scale + 2 * self.margin
        self.pen = shape.font_size / 14 / self.scale
        self.line = shape.font_size * LINE

    @property
    def has_corner(self) -> bool:
        """Whether the corner below at the right is free for the legend: sea, in the whole country."""
        return self.map_height > self.map_width * CORNER

    @property
    def legend_lines(self) -> int:
        """The unit, every class, and what has no value."""
        return len(self.bins) + 1 + bool(self.without)

    @property
    def without(self) -> list[str]:
        """The drawn rows that have no value."""
        return [key for key in self.areas if key not in self.tints]

    @property
    def width(self) -> float:
        """Of the whole picture."""
        return max(self.map_width, self.shape.width)

    @property
    def height(self) -> float:
        """Of the whole picture."""
        legend = (self.legend_lines + 0.5) * self.line
        return self.map_height if self.has_corner else self.map_height + legend

    @property
    def indent(self) -> float:
        """Where the map begins: it stands in the middle, and aside where the legend shares its room."""
        return self.margin if self.has_corner else (self.width - self.map_width) / 2 + self.margin

    @property
    def frame(self) -> str:
        """From the units of the shapes to the picture's."""
        x, y = self.indent - self.left * self.scale, self.margin - self.top * self.scale
        return f"translate({x:.2f} {y:.2f}) scale({self.scale:.5f})"

    @property
    def hatch(self) -> str:
        """The pattern of what has no value, told apart on a black-and-white printer as well."""
        size = self.shape.font_size / 2 / self.scale
        return (
            f'<pattern id="{self.name}-nil" patternUnits="userSpaceOnUse" width="{size:.1f}"'
            f' height="{size:.1f}"><rect width="{size:.1f}" height="{size:.1f}" fill="{NIL}"/>'
            f'<path d="M0 {size:.1f}L{size:.1f} 0" stroke="{HATCH}" stroke-width="{size / 8:.2f}"/>'
            "</pattern>"
        )

    def fill(self, key: str) -> str:
        """The tint of a row."""
        return self.tints.get(key) or f"url(#{self.name}-nil)"

    def area(self, row: Row, link: Link | None) -> str:
        """The shape of a row with its name and value, as a way where there is one."""
        what = self.grid.column(self.column)
        value = shown(what, self.grid.value(row.key, self.column))
        said = f"{row.title} {value}"
        if value != NO_VALUE:
            said += f" {counted_unit(self.grid, what)}"
        drawn = f'<path d="{self.areas[row.key].path}" fill="{self.fill(row.key)}"/>'
        told = f"<title>{escape(said)}</title>"
        url = link(row.key, self.column) if link else None
        if url is None:
            return f"<g>{told}{drawn}</g>"
        return f"<a href={quoteattr(url)} aria-label={quoteattr(said)}>{told}{drawn}</a>"

    def label(self, row: Row) -> str:
        """The name inside its shape, where it fits."""
        x, y, room = self.areas[row.key].label
        size = self.shape.font_size
        if shaped(row.title).width * size / 100 > room * self.scale * 0.98:
            return ""
        dark = self.tints.get(row.key) in TINTS[-2:]
        return self.lettering.text(
            row.title,
            self.indent + (x - self.left) * self.scale,
            self.margin + (y - self.top) * self.scale + size * 0.32,
            size,
            colour="#ffffff" if dark else INK,
            anchor="middle",
        )

    def legend(self) -> str:
        """The unit, then each class with its tint, its bounds and how many rows it holds."""
        what = self.grid.column(self.column)
        x, at = self.line / 2, self.map_height + self.line
        if self.has_corner:
            x, at = self.map_width * 0.56, self.map_height * 0.64
        pieces = [self._words(counted_unit(self.grid, what), x, at, QUIET)]
        lines = [(one.tint, one.title(what.unit), len(one.rows)) for one in reversed(self.bins)]
        if self.without:
            lines.append((f"url(#{self.name}-nil)", NO_VALUE, len(self.without)))
        for tint, words, count in lines:
            at += self.line
            pieces.append(self._key(x, at, tint))
            noun = self.grid.row_heading
            pieces.append(self._words(f"{words} ({count} {noun})", x + self.line * 1.5, at, INK))
        return "".join(pieces)

    def _key(self, x: float, y: float, tint: str) -> str:
        size = self.shape.font_size
        fill = NIL if tint.startswith("url") else tint
        mark = (
            f'<rect x="{x:.1f}" y="{y - size * 0.82:.1f}" width="{self.line:.1f}" height="{size:.1f}"'
            f' fill="{fill}" stroke="{EDGE}" stroke-width="{size / 14:.2f}"/>'
        )
        if not tint.startswith("url"):
            return mark
        right, low = x + self.line, y - size * 0.82 + size
        stripes = "".join(
            f"M{x + self.line * part / 4:.1f} {low:.1f}"
            f"L{min(x + self.line * part / 4 + size, right):.1f} {low - size:.1f}"
            for part in range(4)
        )
        return f'{mark}<path d="{stripes}" stroke="{HATCH}" stroke-width="{size / 14:.2f}"/>'

    def _words(self, words: str, x: float, y: float, colour: str) -> str:
        return self.lettering.text(words, x, y, self.shape.font_size, colour=colour)
