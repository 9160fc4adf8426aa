"""How cells are printed: the one place, for page, PDF, chart and sheet alike."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from codi.figures.grid import Basis, Cell, Column, Grid, Unit
from codi.thai.dates import long_date, short_date
from codi.thai.numbers import baht, number, percent

NIL = "-"
NUMBER_HEADING = "ที่"
UNIT_TITLES = {
    Unit.BAHT: "บาท",
    Unit.COUNT: "จำนวน",
    Unit.PERCENT: "ร้อยละ",
    Unit.DATE: "วันที่",
    Unit.TEXT: "",
}


def text_of(unit: Unit, value: Cell, *, places: int | None = None) -> str:
    """A cell as printed: thousands separated, ``-`` for nil, dates as "25 ก.พ. 64".

    ``places`` fixes the decimals of amounts and percentages; without it they show where there are any.
    """
    if value is None or value == "":
        return NIL
    if isinstance(value, dt.date):
        return short_date(value)
    if isinstance(value, str):
        return value
    if unit is Unit.PERCENT:
        return percent(value) if places is None else number(value, places)
    if unit is Unit.BAHT:
        return baht(value) if places is None else number(value, places)
    return number(value)


def places_of(grid: Grid, column: Column) -> int | None:
    """Decimals of a column's amounts and percentages: two everywhere when one of them needs them."""
    parted = (Unit.BAHT, Unit.PERCENT)
    rows = [row for row in grid.rows if grid.unit_of(row.key, column.key) in parted]
    if not rows and column.unit not in parted:
        return None
    cells = (grid.value(row.key, column.key) for row in rows)
    return 2 if any(isinstance(v, Decimal) and v != v.to_integral_value() for v in cells) else 0


def shown_columns(grid: Grid) -> tuple[Column, ...]:
    """The columns of a page: a percentage that stands behind its number has none of its own."""
    paired = {column.pair for column in grid.columns if column.pair}
    return tuple(column for column in grid.columns if column.key not in paired)


def cell_text(grid: Grid, row: str, column: Column, *, places: int | None = None) -> str:
    """A cell as pages print it: ``7,666``, or with its percentage, in two places, ``7,666 (97.97%)``."""
    text = text_of(grid.unit_of(row, column.key), grid.value(row, column.key), places=places)
    part = grid.value(row, column.pair) if column.pair else None
    return text if part is None else f"{text} ({text_of(Unit.PERCENT, part, places=2)}%)"


def period_of(column: Column) -> str:
    """What a column counts in time, where it differs from its table; else nothing."""
    day = short_date(column.as_of) if column.as_of else ""
    if column.basis is Basis.FLOW:
        return f"เฉพาะที่เกิดขึ้นในช่วงนั้น ถึง {day}" if day else "เฉพาะที่เกิดขึ้นในช่วงนั้น"
    return f"ยอด ณ {day}" if day else ""


def head_titles(grid: Grid) -> tuple[str, ...]:
    """What stands above the row titles, after the heading of the numbers of a numbered grid."""
    return (NUMBER_HEADING, grid.row_heading) if grid.is_numbered else (grid.row_heading,)


def column_title(column: Column) -> str:
    """The column's full name with the heading above it."""
    return f"{column.group} {column.title}".strip()


def base_of(grid: Grid, column: Column) -> str:
    """What a percentage is a percentage of ("ของ งบอนุมัติ"); empty for other columns."""
    if column.unit is not Unit.PERCENT or not column.denominator:
        return ""
    key, _, fixed_row = column.denominator.partition("@")
    row = f" ({grid.row(fixed_row).title})" if fixed_row else ""
    return f"ของ {column_title(grid.column(key))}{row}"


def unit_text(grid: Grid) -> str:
    """The unit of the caption: "หน่วย: บาท", or nothing."""
    title = UNIT_TITLES[Unit(grid.unit)] if grid.unit in list(Unit) else grid.unit
    return f"หน่วย: {title}" if title else ""


def counted_unit(grid: Grid, column: Column) -> str:
    """What a drawing of one column counts: ล้านบาท, ร้อยละ, or the unit of the table.

    Of a table of several units, the one that stands in brackets behind the column's title.
    """
    if column.unit in (Unit.BAHT, Unit.PERCENT):
        return "ล้านบาท" if column.unit is Unit.BAHT else "ร้อยละ"
    named = column.title.rpartition("(")[2].rstrip(")")
    return named if named in grid.unit.split() else grid.unit


def as_of_text(grid: Grid) -> str:
    """The day up to which the table knows: "ข้อมูล ณ วันที่ 31 พฤษภาคม 2564"."""
    return f"ข้อมูล ณ วันที่ {long_date(grid.as_of)}"


def caption_parts(grid: Grid) -> tuple[str, ...]:
    """What stands under a table's title: scope, unit and day."""
    return tuple(part for part in (grid.scope_label, unit_text(grid), as_of_text(grid)) if part)
