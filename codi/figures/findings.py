"""What a chart shows, said in a sentence that is computed from its grid."""

from __future__ import annotations

from decimal import Decimal

from codi.figures.grid import Grid, Row, Unit
from codi.thai.numbers import number, percent, percent_of

MILLION = Decimal(1_000_000)
# Bangkok carries no "จังหวัด" before its name.
CAPITAL = "กรุงเทพมหานคร"
MOST_NAMED = 3


def amount(grid: Grid, row: str, column: str, unit: str) -> str:
    """1,925 กองทุน; 15,503.16 ล้านบาท; ร้อยละ 97.97."""
    value = grid.value(row, column)
    kind = grid.column(column).unit
    if not isinstance(value, int | Decimal):
        return f"0 {unit}".strip()
    if kind is Unit.PERCENT:
        return f"ร้อยละ {percent(value)}"
    if kind is Unit.BAHT:
        return f"{number(value / MILLION, 2)} ล้านบาท"
    return f"{number(value)} {unit}".strip()


def place(grid: Grid, row: Row) -> str:
    """The row as a place in a sentence: ภาคเหนือ, จังหวัดเชียงใหม่."""
    is_province = grid.row_heading == "จังหวัด" and row.title != CAPITAL
    return f"จังหวัด{row.title}" if is_province else row.title


def leaders(grid: Grid, column: str) -> list[Row]:
    """The items with the highest value above zero: several when they are equal."""
    values = {
        row.key: value
        for row in grid.items
        if isinstance(value := grid.value(row.key, column), int | Decimal) and value > 0
    }
    highest = max(values.values(), default=None)
    return [row for row in grid.items if values.get(row.key) == highest and highest is not None]


def leading(grid: Grid, column: str, what: str, unit: str = "") -> str:
    """``what`` with the total, and where it is most with its share of the total.

    "กองทุน 5,997 กองทุน มากที่สุดที่ภาคตะวันออกเฉียงเหนือ 1,925 กองทุน (ร้อยละ 32.10)".
    """
    first = leaders(grid, column)
    if not first:
        return f"ยังไม่มี{what}ในขอบเขตนี้"
    total = grid.value("total", column) if any(row.key == "total" for row in grid.rows) else None
    head = what if total is None else f"{what} {amount(grid, 'total', column, unit)}"
    if len(grid.items) < 2 or len(first) > MOST_NAMED:
        return head
    names = " ".join(place(grid, row) for row in first)
    most = amount(grid, first[0].key, column, unit)
    if len(first) > 1:
        return f"{head} มากที่สุดเท่ากันที่{names} {most}"
    value = grid.value(first[0].key, column)
    whole = Decimal(total) if isinstance(total, int | Decimal) else None
    share = (
        percent_of(Decimal(value), whole) if whole and isinstance(value, int | Decimal) else None
    )
    adds_up = grid.column(column).adds_up
    told = f" (ร้อยละ {percent(share)})" if share is not None and adds_up else ""
    return f"{head} มากที่สุดที่{names} {most}{told}"
