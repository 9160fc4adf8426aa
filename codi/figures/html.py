"""A grid as an accessible HTML table; the page and the PDF use the same markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from codi.figures import formats
from codi.figures.grid import Cell, Column, Grid, Row, Unit

Link = Callable[[str, str], str | None]
# What a narrow heading and the title of a chart must not take apart: terms that a dictionary of Thai
# words divides, a quarter and its months, a share.
TERMS = re.compile(r"(เบิกจ่าย|คงเหลือ|กรอบงบ|ไตรมาส \d|\([^()]*\.-[^()]*\)|\(ร้อยละ [\d.,]+\))")
EMPTY = SafeString("")
NO_BREAK = "\u00a0"


class CellLink:
    """A link function that can stand in a template's context without being called there."""

    do_not_call_in_templates = True

    def __init__(self, link: Link) -> None:
        self._link = link

    def __call__(self, row: str, column: str) -> str | None:
        """The address of the records behind a cell."""
        return self._link(row, column)


def grid_table(grid: Grid, link: Link | None = None) -> SafeString:
    """The table with caption, header tree, rows, notes and source.

    ``link(row_key, column_key)`` gives the address of the records behind a cell, or None. Cells
    without a value are never linked.
    """
    name = f"grid-{grid.key}-{grid.as_of:%Y%m%d}"
    return format_html(
        '<div class="grid-figure"><div class="grid-scroll" role="region" tabindex="0"'
        ' aria-labelledby="{0}-title {0}-meta"><table class="grid-table" id="{0}">'
        '<caption><span class="grid-title" id="{0}-title">{1}</span>'
        ' <span class="grid-meta" id="{0}-meta">{2}</span></caption>'
        "{3}<thead>{4}</thead><tbody>{5}</tbody></table></div>{6}</div>",
        name,
        grid.title,
        _meta(grid),
        _colgroup(grid),
        _head(grid),
        _body(grid, link),
        _notes(grid),
    )


def _joined(pieces: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _meta(grid: Grid) -> SafeString:
    parts = formats.caption_parts(grid)
    first, *others = parts
    scope = "grid-part grid-scope" if grid.scope_label else "grid-part"
    pieces = [(scope, first, " · " if others else "")]
    pieces += [("grid-part", part, " · ") for part in others[:-1]]
    pieces += [("grid-part", part, "") for part in others[-1:]]
    return format_html_join("", '<span class="{}">{}{}</span>', pieces)


def _colgroup(grid: Grid) -> SafeString:
    columns = format_html_join(
        "", '<col class="grid-{}">', ((c.unit,) for c in formats.shown_columns(grid))
    )
    number = SafeString('<col class="grid-number">') if grid.is_numbered else EMPTY
    return format_html('<colgroup>{}<col class="grid-head">{}</colgroup>', number, columns)


def _head(grid: Grid) -> SafeString:
    """One header line, or two when any column has a heading above it."""
    shown = formats.shown_columns(grid)
    deep = any(column.group for column in shown)
    corner = format_html_join(
        "",
        '<th scope="col"{}>{}</th>',
        (
            (SafeString(' rowspan="2"') if deep else EMPTY, kept_whole(title))
            for title in formats.head_titles(grid)
        ),
    )
    if not deep:
        return format_html("<tr>{}{}</tr>", corner, _joined(map(_column_head, shown)))
    upper: list[SafeString] = []
    lower: list[SafeString] = []
    for group, columns in groupby(shown, lambda column: column.group):
        members = list(columns)
        if group:
            upper.append(
                format_html(
                    '<th scope="colgroup" colspan="{}">{}</th>', len(members), kept_whole(group)
                )
            )
            lower += map(_column_head, members)
        else:
            upper += [_column_head(column, SafeString(' rowspan="2"')) for column in members]
    return format_html("<tr>{}{}</tr><tr>{}</tr>", corner, _joined(upper), _joined(lower))


def _column_head(column: Column, span: SafeString = EMPTY) -> SafeString:
    """The heading; what the column counts in time is told on hover and to screen readers."""
    period = formats.period_of(column)
    hint = format_html(' title="{}"', period) if period else EMPTY
    told = format_html('<span class="visually-hidden"> {}</span>', period) if period else EMPTY
    return format_html('<th scope="col"{}{}>{}{}</th>', span, hint, kept_whole(column.title), told)


def kept_whole(title: str) -> SafeString:
    """A heading whose terms stay whole where its lines are broken."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<span class="grid-term">{}</span>', part) if TERMS.match(part) else part,)
            for part in TERMS.split(title)
        ),
    )


def unbroken(title: str) -> str:
    """A running title whose terms are not divided at their blanks.

    By no-break spaces: before a span that may not break the PDF engine ends the line far too early.
    """
    return TERMS.sub(lambda term: term[0].replace(" ", NO_BREAK), title)


def _body(grid: Grid, link: Link | None) -> SafeString:
    shown_columns = formats.shown_columns(grid)
    places = {column.key: formats.places_of(grid, column) for column in shown_columns}
    bases = {column.key: _base(grid, column) for column in shown_columns}

    def cell(row: Row, column: Column) -> SafeString:
        value = grid.value(row.key, column.key)
        text = formats.cell_text(grid, row.key, column, places=places[column.key])
        if row.kind != "item" and value is None and not column.unit.is_number:
            text = ""
        shown = _with_base(text, bases[column.key], value)
        url = link(row.key, column.key) if link and value is not None else None
        if url:
            shown = format_html('<a href="{}">{}</a>', url, shown)
        return format_html('<td class="{}">{}</td>', _cell_class(column.unit), shown)

    heads = _row_heads(grid)
    return format_html_join(
        "",
        '<tr class="grid-{}">{}{}</tr>',
        (
            (row.kind, heads[row.key], _joined(cell(row, column) for column in shown_columns))
            for row in grid.rows
        ),
    )


def _base(grid: Grid, column: Column) -> str:
    """What the percentage of a column, or the one behind its number, is a percentage of."""
    return formats.base_of(grid, grid.column(column.pair) if column.pair else column)


def _row_heads(grid: Grid) -> dict[str, SafeString]:
    """Row key → its heading; in a numbered table after the number, which sums do not have."""
    heads = {
        row.key: format_html(
            '<th scope="row"{}>{}</th>',
            format_html(' class="grid-level-{}"', row.level) if row.level else EMPTY,
            row.title,
        )
        for row in grid.rows
    }
    if not grid.is_numbered:
        return heads
    for row in grid.rows:
        if row.kind != "item":
            heads[row.key] = format_html('<th scope="row" colspan="2">{}</th>', row.title)
    for number, row in enumerate(grid.items, start=1):
        heads[row.key] = format_html('<td class="grid-number">{}</td>{}', number, heads[row.key])
    return heads


def _with_base(text: str, base: str, value: Cell) -> SafeString:
    """A percentage says of what, on hover and to screen readers."""
    if not base or value is None:
        return format_html("{}", text)
    return format_html(
        '<span title="{1}">{0}<span class="visually-hidden"> {1}</span></span>', text, base
    )


def _cell_class(unit: Unit) -> str:
    return "num" if unit.is_number else str(unit)


def _notes(grid: Grid) -> SafeString:
    """Notes and source under the table."""
    lines = [("หมายเหตุ", note) for note in grid.notes]
    if grid.source:
        lines.append(("ที่มา", grid.source))
    if not lines:
        return EMPTY
    inner = format_html_join("", '<p><span class="grid-label">{}:</span> {}</p>', lines)
    return format_html('<div class="grid-notes">{}</div>', inner)
