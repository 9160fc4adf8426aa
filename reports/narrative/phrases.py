"""Small pieces of Thai sentences: lists, amounts with words, shares."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from codi.figures.grid import Cell, Grid, Row
from codi.thai.numbers import baht, number, percent
from codi.thai.words import baht_text

NIL = Decimal(0)


def listed(parts: Sequence[str]) -> str:
    """ก; ก และ ข; ก ข และ ค, as a sentence reads them."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{' '.join(parts[:-1])} และ{parts[-1]}"


def money(amount: Decimal) -> str:
    """15,635,880 บาท."""
    return f"{baht(amount)} บาท"


def money_in_words(amount: Decimal) -> str:
    """15,635,880 บาท (สิบห้าล้านหกแสนสามหมื่นห้าพันแปดร้อยแปดสิบบาทถ้วน)."""
    return f"{money(amount)} ({baht_text(amount)})"


def counted(count: int, unit: str) -> str:
    """17 โครงการ."""
    return f"{number(count)} {unit}"


def share_of(share: Cell, whole: str) -> str:
    """คิดเป็นร้อยละ 69.85 ของ…; nothing where there is no whole to be a share of."""
    return f"คิดเป็นร้อยละ {percent(share)} ของ{whole}" if isinstance(share, Decimal) else ""


def amount_of(grid: Grid, row: str, column: str) -> Decimal:
    """The amount of a cell; nil and a column that the grid lacks are zero."""
    value = grid.number(row, column)
    return value if isinstance(value, Decimal) else NIL


def count_of(grid: Grid, row: str, column: str) -> int:
    """The count of a cell; nil and a column that the grid lacks are zero."""
    value = grid.number(row, column)
    return value if isinstance(value, int) else 0


def levels_with(grid: Grid, column: str, unit: str) -> list[str]:
    """Per row with something to count: "ระดับจังหวัด 17 โครงการ"."""
    rows: list[Row] = [row for row in grid.items if count_of(grid, row.key, column)]
    return [f"{row.title} {counted(count_of(grid, row.key, column), unit)}" for row in rows]


def sentence(*pieces: str) -> str:
    """The pieces that say something, one blank apart."""
    return " ".join(piece for piece in pieces if piece)
