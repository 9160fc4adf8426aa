"""A grid as horizontal stacked bars, in million baht or in counts: SVG whose Thai labels are outlines.

Outlines because PDF engines draw Thai text inside SVG wrongly; the drawing library shapes it right.
The same grid gives the same bytes. Numbers stand beside the bars, so that nobody has to guess a
length and nothing hangs on colour alone.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings

from codi.figures.formats import as_of_text, column_title, counted_unit
from codi.figures.grid import Column, Grid, Row, Unit, share
from codi.figures.lettering import EM, shaped
from codi.thai.numbers import number, percent
from codi.thai.typeface import font_file

# Dark teal and light gold differ in brightness, not only in hue (safe for colour-blind readers
# and on a black-and-white printer); the third is between them.
COLOURS = ("#0f5c59", "#e2b04a", "#8db8b5")
TWO, THREE = COLOURS[:2], (COLOURS[0], COLOURS[2], COLOURS[1])  # what is left is always gold
# Quarters and grades: from dark to light in one hue, the last in gold.
FOUR = ("#0f5c59", "#5a9a96", "#b5d3d0", "#e2b04a")
FIVE = (*FOUR, "#8a949c")
INK, QUIET, RULE = "#15202b", "#4a5560", "#d8e1e1"
MILLION = Decimal(1_000_000)
# Half the height of letters and digits, as a part of the font's size.
MIDDLE = 0.32
# Points between names, bars and numbers, and what is kept of the width for the bars at least.
GAP = 9
LEAST_BARS = 0.3
MANY_ROWS = 8
# The part of a chart's height in which the bars lie.
AXES_HEIGHT = 0.8
# How much of the axis its numbers may take, so that blanks stand between them.
AXIS_FILLED = 0.7
# What a legend's entry takes beside its name, in the size of its letters.
LEGEND_MARK = 3.6
# The drawing library keeps its settings in one global place.
_drawing = threading.Lock()


@dataclass(frozen=True)
class Shape:
    """Measures of a chart in inches and points: for A4 portrait or for a wide screen.

    ``dense_height`` is the height of a row where there are more than eight, if it differs.
    """

    width: float
    row_height: float
    font_size: float
    dense_height: float = 0

    def row(self, count: int) -> float:
        """The height of a row among so many."""
        return self.dense_height or self.row_height if count > MANY_ROWS else self.row_height


PRINT = Shape(width=6.5, row_height=0.265, font_size=9.5)
SCREEN = Shape(width=9.6, row_height=0.30, font_size=10.5)


def stacked_bars(
    grid: Grid,
    parts: Sequence[str],
    *,
    title: str,
    labels: str = "",
    shape: Shape = PRINT,
) -> bytes:
    """SVG of one bar per item row, made of the columns ``parts`` (at most five, of one unit).

    ``labels`` names a text column that labels the bars instead of the row titles. ``title`` should
    say the finding; it and the values become the picture's text alternative.
    """
    if len(parts) > len(FIVE):
        raise ValueError(f"a chart has at most {len(FIVE)} parts")
    if len({grid.column(key).unit for key in parts}) > 1:
        raise ValueError("the parts of a chart have one unit")
    rows = grid.items
    names = [str(grid.value(row.key, labels) or row.title) if labels else row.title for row in rows]
    with _drawing:
        svg = _draw(grid, parts, rows, names, shape)
    return _described(svg, title, description(grid, parts, names))


def side_by_side(grid: Grid, parts: Sequence[str], *, title: str, shape: Shape = SCREEN) -> bytes:
    """SVG of a group of bars per item row, one bar for each of the columns ``parts``.

    For what must not be stacked, such as the states of several quarters: their bars end to end
    would show a sum that does not exist.
    """
    names = [row.title for row in grid.items]
    with _drawing:
        svg = _draw(grid, parts, grid.items, names, shape, is_beside=True)
    return _described(svg, title, description(grid, parts, names))


def in_shares(grid: Grid, parts: Sequence[str]) -> Grid:
    """The rows of a grid with its ``parts`` as percentages of their totals, to be drawn together.

    What is counted in funds, people and baht has no common axis; its shares have.
    """
    columns = tuple(Column(key, part_title(grid.column(key)), Unit.PERCENT) for key in parts)
    cells = {
        row.key: {key: share(grid.value(row.key, key), grid.value("total", key)) for key in parts}
        for row in grid.rows
    }
    return replace(grid, unit=Unit.PERCENT, columns=columns, cells=cells, notes=())


def description(grid: Grid, parts: Sequence[str], names: Sequence[str]) -> str:
    """All values of the chart as Thai text, for those who do not see it."""
    titles = part_titles(grid, parts)
    lines = [
        f"{name} "
        + " ".join(
            f"{told} {_shown(grid, row, key)}" for key, told in zip(parts, titles, strict=True)
        )
        for name, row in zip(names, grid.items, strict=True)
    ]
    return f"หน่วย: {_unit(grid, parts)} {as_of_text(grid)} " + "; ".join(lines)


def part_titles(grid: Grid, parts: Sequence[str]) -> list[str]:
    """The names of the parts; where they share a title, the headings above tell them apart."""
    titles = [part_title(grid.column(key)) for key in parts]
    if len(set(titles)) == len(titles):
        return titles
    groups = [grid.column(key).group for key in parts]
    if len(set(groups)) == len(groups):
        return groups
    return [column_title(grid.column(key)) for key in parts]


def part_title(column: Column) -> str:
    """The column's name without the unit of the table: a chart counts in million baht.

    Counts share their heading and have no room for months: the table beside the chart says both.
    """
    if column.unit is not Unit.BAHT:
        return column.title.partition(" (")[0]
    return column_title(column).replace(" (บาท)", "")


def _colours(parts: Sequence[str]) -> Sequence[str]:
    if len(parts) > 3:
        return FIVE if len(parts) > 4 else FOUR
    return THREE if len(parts) > 2 else TWO


def _is_money(grid: Grid, key: str) -> bool:
    return grid.column(key).unit is Unit.BAHT


def _is_percent(grid: Grid, key: str) -> bool:
    return grid.column(key).unit is Unit.PERCENT


def _unit(grid: Grid, parts: Sequence[str]) -> str:
    """ล้านบาท, ร้อยละ, or what the columns count."""
    return counted_unit(grid, grid.column(parts[0]))


def _length(grid: Grid, row: Row, key: str) -> Decimal:
    """How long a part of a bar is, in the unit of the axis; nothing is drawn below zero."""
    value = grid.value(row.key, key)
    if not isinstance(value, int | Decimal):
        return Decimal(0)
    return max(Decimal(value) / (MILLION if _is_money(grid, key) else 1), Decimal(0))


def _shown(grid: Grid, row: Row, key: str) -> str:
    """The value beside the bar."""
    value = grid.value(row.key, key)
    if not isinstance(value, int | Decimal):
        return number(None)
    if _is_percent(grid, key):
        return percent(value)
    return number(value / MILLION, 2) if _is_money(grid, key) else number(value)


@dataclass(frozen=True)
class _Frame:
    """Where things stand across the drawing, in points: the names, the bars, a column of numbers."""

    names: float
    bars: float
    column: float


def _frame(grid: Grid, parts: Sequence[str], names: Sequence[str], shape: Shape) -> _Frame:
    """The bars get what names and numbers leave, so that the whole keeps its width and letters."""
    size = shape.font_size
    told = [_shown(grid, row, key) for row in grid.items for key in parts]
    # Half a point more: letters are hinted when they are drawn.
    room = max((_width(name, size) for name in names), default=0) + GAP + 0.5
    column = max((_width(text, size) for text in told), default=0) + GAP
    whole = shape.width * 72
    bars = max(whole - room - column * len(parts), whole * LEAST_BARS)
    return _Frame(room, bars, column)


def _width(text: str, size: float) -> float:
    """Of a text in points."""
    return shaped(text).width * size / EM


def _font(size: float) -> Any:
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(font_file()), size=size)


def _draw(
    grid: Grid,
    parts: Sequence[str],
    rows: Sequence[Row],
    names: Sequence[str],
    shape: Shape,
    *,
    is_beside: bool = False,
) -> str:
    os.environ.setdefault("MPLCONFIGDIR", str(Path(settings.DATA_DIR) / "matplotlib"))
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    salt = f"{grid.key} {grid.as_of}"
    with mpl.rc_context(
        {"svg.fonttype": "path", "svg.hashsalt": salt, "axes.unicode_minus": False}
    ):
        lines = 1 + 0.5 * (len(parts) - 1) if is_beside else 1
        frame = _frame(grid, parts, names, shape)
        whole = frame.names + frame.bars + frame.column * len(parts)
        figure = Figure(figsize=(whole / 72, shape.row(len(rows)) * len(rows) * lines + 0.9))
        FigureCanvasSVG(figure)
        axes = figure.add_axes((frame.names / whole, 0.1, frame.bars / whole, AXES_HEIGHT))
        _bars(axes, grid, parts, rows, is_beside=is_beside)
        _numbers(axes, grid, parts, rows, shape, step=frame.column / frame.bars)
        _space(axes, shape.font_size - 1, room=frame.bars)
        _dress(axes, grid, parts, names, shape)
        _legend(axes, grid, parts, shape, room=frame.bars)
        target = BytesIO()
        figure.savefig(
            target,
            format="svg",
            bbox_inches="tight",
            pad_inches=0.04,
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )
    return target.getvalue().decode()


def _lowered(axes: Any, size: float) -> Any:
    """Moves a baseline so far down that the letters stand in the middle of the line.

    A text's own middle will not do: it counts the marks above, which most names do not have.
    """
    from matplotlib.transforms import ScaledTranslation

    return ScaledTranslation(0, -MIDDLE * size / 72, axes.figure.dpi_scale_trans)


def _bars(
    axes: Any, grid: Grid, parts: Sequence[str], rows: Sequence[Row], *, is_beside: bool
) -> None:
    start = [0.0] * len(rows)
    height = 0.84 / len(parts) if is_beside else 0.62
    titles = part_titles(grid, parts)
    for place, (key, colour) in enumerate(zip(parts, _colours(parts), strict=False)):
        # Lengths of a drawing are the only floats; the printed numbers come from the decimals.
        lengths = [float(_length(grid, row, key)) for row in rows]
        below = (place - (len(parts) - 1) / 2) * height if is_beside else 0
        axes.barh(
            [line + below for line in range(len(rows))],
            lengths,
            left=start,
            height=height,
            color=colour,
            edgecolor="white",
            linewidth=0.6,
            label=titles[place],
        )
        if is_beside:
            continue
        start = [one + other for one, other in zip(start, lengths, strict=True)]


def _numbers(
    axes: Any, grid: Grid, parts: Sequence[str], rows: Sequence[Row], shape: Shape, *, step: float
) -> None:
    """The values in columns at the right, under a square of the colour of their part.

    ``step`` is the width of a column as a part of the bars' width.
    """
    across = axes.get_yaxis_transform()
    for place, (key, colour) in enumerate(zip(parts, _colours(parts), strict=False)):
        right = 1 + (place + 1) * step
        for line, row in enumerate(rows):
            axes.text(
                right,
                line,
                _shown(grid, row, key),
                transform=across + _lowered(axes, shape.font_size),
                ha="right",
                va="baseline",
                color=INK,
                fontproperties=_font(shape.font_size),
            )
        axes.text(
            right,
            -0.95,
            "■",
            transform=across,
            ha="right",
            va="center",
            color=colour,
            fontsize=shape.font_size,
        )


def _space(axes: Any, size: float, *, room: float) -> None:
    """Fewer numbers along the axis where those that are chosen by themselves would touch."""
    from matplotlib.ticker import MaxNLocator

    most = axes.get_xlim()[1]
    told = [_width(_along(tick), size) for tick in axes.get_xticks() if 0 <= tick <= most]
    if sum(told) > AXIS_FILLED * room:
        count = max(1, int(AXIS_FILLED * room / max(told)))
        axes.xaxis.set_major_locator(MaxNLocator(nbins=count, steps=[1, 2, 2.5, 5, 10]))


def _along(value: float, _place: object = None) -> str:
    """A number along the axis."""
    return f"{value:,.10g}"


def _dress(axes: Any, grid: Grid, parts: Sequence[str], names: Sequence[str], shape: Shape) -> None:
    """Labels, axis, grid lines and legend."""
    axes.set_ylim(len(names) - 0.45, -0.6)
    axes.set_yticks(range(len(names)), names, fontproperties=_font(shape.font_size), color=INK)
    axes.tick_params(axis="both", length=0, pad=5)
    for label in axes.get_yticklabels():
        label.set_verticalalignment("baseline")
        label.set_transform(label.get_transform() + _lowered(axes, shape.font_size))
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(_along)
    axes.xaxis.grid(visible=True, color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.spines["left"].set_color(QUIET)
    small = _font(shape.font_size - 1)
    for label in axes.get_xticklabels():
        label.set_fontproperties(small)
        label.set_color(QUIET)
    axes.set_xlabel(_unit(grid, parts), fontproperties=small, color=QUIET, labelpad=3)


def _legend(axes: Any, grid: Grid, parts: Sequence[str], shape: Shape, *, room: float) -> None:
    """Names of the parts above the bars; a line higher where they reach over the numbers."""
    size = shape.font_size
    needed = sum(_width(title, size) + LEGEND_MARK * size for title in part_titles(grid, parts))
    lift = shape.row_height / (axes.figure.get_figheight() * AXES_HEIGHT) if needed > room else 0
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.01, 1 + lift),
        ncols=len(parts),
        frameon=False,
        prop=_font(size),
        labelcolor=INK,
        handlelength=1,
        handleheight=1,
        borderaxespad=0.2,
    )


def _described(svg: str, title: str, text: str) -> bytes:
    """The picture alone (no XML prologue, so that it can stand in a page), with its text."""
    body = svg[svg.index("<svg") :]
    head = re.match(r"<svg[^>]*>", body)
    if head is None:
        raise ValueError("the drawing library returned no svg")
    opened = head.group().removesuffix(">")
    return (
        f'{opened} role="img">\n<title>{escape(title)}</title>\n<desc>{escape(text)}</desc>'
        f"{body[head.end() :]}"
    ).encode()
