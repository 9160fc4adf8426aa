"""Checks of the quarterly report: one number in several tables, parts within wholes, series that fall.

A table without a column, or a report without a table, is not checked for it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from codi.figures.compared import CURRENT, PREVIOUS
from codi.figures.grid import Basis, Column, Grid, Row
from codi.fiscal import AsOf
from codi.thai.dates import short_date
from codi.thai.numbers import baht, number
from reports.checks import CheckResult

TOTAL = "total"
Value = int | Decimal
Place = tuple[str, str, str]  # figure, row, column


@dataclass(frozen=True)
class Agreement:
    """One number that several tables print."""

    code: str
    title: str
    places: tuple[Place, ...]


AGREEMENTS = (
    Agreement(
        "councils",
        "จำนวนสภาองค์กรชุมชน",
        (
            ("councils.established", TOTAL, "councils_established"),
            ("councils.forms", TOTAL, "councils_cumulative"),
            ("councils.concrete", TOTAL, "councils"),
            ("councils.letters", TOTAL, "councils"),
        ),
    ),
    Agreement(
        "new-councils",
        "จำนวนสภาที่จัดตั้งใหม่",
        (
            ("councils.new", TOTAL, "new_total"),
            ("councils.new_certification", TOTAL, "newly_registered"),
        ),
    ),
    Agreement(
        "groups",
        "จำนวนกลุ่มองค์กรชุมชน",
        (
            ("councils.established", TOTAL, "groups_registered"),
            ("councils.group_certification", TOTAL, "groups_cumulative"),
            ("councils.letters", TOTAL, "groups"),
        ),
    ),
    Agreement(
        "funds",
        "จำนวนกองทุนสวัสดิการชุมชน",
        (
            ("welfare.change", "1", "current"),
            ("welfare.status", TOTAL, "funds"),
            ("welfare.completeness", TOTAL, "funds"),
            ("welfare.registers", TOTAL, "funds"),
            ("welfare.quality", TOTAL, "funds"),
        ),
    ),
    Agreement(
        "fund-reviews",
        "จำนวนกองทุนที่สอบทาน",
        (("welfare.quality", TOTAL, "reviewed"), ("welfare.risk", TOTAL, "reviewed")),
    ),
    Agreement(
        "fund-members",
        "จำนวนสมาชิกกองทุน",
        (("welfare.change", "1.1", "current"), ("welfare.status", TOTAL, "members")),
    ),
    Agreement(
        "fund-money",
        "เงินกองทุนรวม",
        (
            ("welfare.change", "1.2", "current"),
            ("welfare.status", TOTAL, "money_total_baht"),
        ),
    ),
    Agreement(
        "benefits",
        "เงินจ่ายสวัสดิการ",
        (
            ("welfare.change", "1.4", "current"),
            ("welfare.benefits", TOTAL, "paid_baht"),
        ),
    ),
)

# Figure, part, whole, and how both are called: the part is never above the whole, row by row.
WITHIN = (
    ("welfare.quality", "reviewed", "funds", "กองทุนที่สอบทาน", "กองทุนทั้งหมด"),
    (
        "welfare.contributions",
        "result_budget_approved_baht",
        "allocated_budget_frame_baht",
        "งบสมทบที่อนุมัติ",
        "กรอบงบ",
    ),
    (
        "welfare.contributions",
        "net_disbursed_baht",
        "result_budget_approved_baht",
        "ยอดจ่ายสุทธิ",
        "งบสมทบที่อนุมัติ",
    ),
    ("councils.forms", "not_attached", "councils_cumulative", "สภาที่ยังไม่แนบแบบ", "สภาทั้งหมด"),
    ("councils.concrete", "concrete", "councils", "สภาที่มีผลเป็นรูปธรรม", "สภาทั้งหมด"),
    (
        "councils.group_certification",
        "groups_registered_in_year",
        "groups_cumulative",
        "กลุ่มที่จดแจ้งในปี",
        "กลุ่มสะสม",
    ),
)
# Lines that the lines numbered below them make up; what is left to none of them is the last.
MADE_UP = (
    ("welfare.change", "1.1", "สมาชิกรายกลุ่มรวมกันเท่าสมาชิกทั้งหมด"),
    ("welfare.change", "1.2", "เงินกองทุนรายแหล่งรวมกันเท่าเงินกองทุนทั้งหมด"),
)
QUARTER = re.compile(r"q[1-4]")
# Sums that only grow: below the quarter before they need a reason.
CUMULATIVE_LINES = ("1.3", "1.4")


def run_checks(grids: Sequence[Grid]) -> Iterator[CheckResult]:
    """Every check of councils and welfare funds that the grids allow, in a fixed order."""
    found = {grid.key: grid for grid in grids}
    for agreement in AGREEMENTS:
        yield from _agrees(agreement, found)
    for rule in WITHIN:
        yield from _within(*rule, found=found)
    for line in MADE_UP:
        yield from _made_up(*line, found=found)
    for grid in grids:
        yield from _never_falls(grid)


def _shown(value: Value) -> str:
    return baht(value) if isinstance(value, Decimal) else number(value)


def _agrees(agreement: Agreement, found: dict[str, Grid]) -> Iterator[CheckResult]:
    told = [
        (found[key], value)
        for key, row, column in agreement.places
        if key in found and (value := found[key].number(row, column)) is not None
    ]
    if len(told) < 2:
        return
    day = told[0][0].as_of
    agree = len({Decimal(value) for _, value in told}) == 1
    yield CheckResult(
        f"registers:{agreement.code}@{day.isoformat()}",
        f"{agreement.title}ตรงกันทุกตาราง {AsOf(day).short}",
        agree,
        "" if agree else "; ".join(f"{grid.title} {_shown(value)}" for grid, value in told),
    )


def _within(
    key: str, part: str, whole: str, part_name: str, whole_name: str, *, found: dict[str, Grid]
) -> Iterator[CheckResult]:
    grid = found.get(key)
    if grid is None:
        return
    wrong = [
        f"{row.title}: {part_name} {_shown(got)} แต่{whole_name} {_shown(most)}"
        for row in grid.rows
        if (got := grid.number(row.key, part)) is not None
        and (most := grid.number(row.key, whole)) is not None
        and got > most
    ]
    yield CheckResult(
        f"within:{key}.{part}@{grid.as_of.isoformat()}",
        f"{part_name}ไม่เกิน{whole_name} {AsOf(grid.as_of).short}",
        not wrong,
        "; ".join(wrong),
    )


def _made_up(key: str, whole: str, title: str, *, found: dict[str, Grid]) -> Iterator[CheckResult]:
    """A line is the sum of its parts, of which none is below nil: more in groups than there are."""
    grid = found.get(key)
    parts = [row for row in grid.rows if row.key.startswith(f"{whole}.")] if grid else []
    if grid is None or not parts:
        return
    wrong = []
    for column in (grid.column(name) for name in (PREVIOUS, CURRENT)):
        total = grid.number(whole, column.key) or 0
        told = [(row, grid.number(row.key, column.key) or 0) for row in parts]
        wrong += [f"{column.title}: {row.title} {_shown(got)}" for row, got in told if got < 0]
        if (summed := sum(got for _, got in told)) != total:
            wrong.append(f"{column.title}: รวม {_shown(summed)} แต่ทั้งหมด {_shown(total)}")
    yield CheckResult(
        f"lines:{key}.{whole}@{grid.as_of.isoformat()}",
        f"{title} {AsOf(grid.as_of).short}",
        not wrong,
        "; ".join(wrong),
    )


def _never_falls(grid: Grid) -> Iterator[CheckResult]:
    """A cumulative number below the quarter before: right only with a reason, which is a waiver."""
    series = _series(grid)
    rows = [row for row in grid.rows if row.key in CUMULATIVE_LINES]
    if grid.key == "welfare.change":
        pairs = [(row, grid.column(PREVIOUS), grid.column(CURRENT)) for row in rows]
    else:
        pairs = [
            (row, one, other)
            for columns in series
            for row in grid.items
            for one, other in itertools.pairwise(columns)
        ]
    if not pairs:
        return
    falls = [told for pair in pairs if (told := _fall(grid, *pair))]
    yield CheckResult(
        f"cumulative:{grid.key}@{grid.as_of.isoformat()}",
        f"ยอดสะสมไม่ลดลงจากไตรมาสก่อนใน “{grid.title}” {AsOf(grid.as_of).short}",
        not falls,
        "; ".join(falls),
    )


def _series(grid: Grid) -> list[list[Column]]:
    """The columns of each cumulative number, quarter by quarter."""
    found: dict[str, list[Column]] = {}
    for column in grid.columns:
        if column.basis is Basis.STOCK and column.as_of is not None and QUARTER.search(column.key):
            found.setdefault(QUARTER.sub("", column.key), []).append(column)
    # What is left to do may fall: it is what people work on.
    return [columns for name, columns in found.items() if "not_" not in name]


def _fall(grid: Grid, row: Row, one: Column, other: Column) -> str:
    before, now = grid.number(row.key, one.key), grid.number(row.key, other.key)
    if before is None or now is None or now >= before:
        return ""
    days = [short_date(column.as_of) if column.as_of else column.title for column in (one, other)]
    name = row.title if row.key in CUMULATIVE_LINES else f"{row.title} {other.title}"
    return f"{name} {_shown(before)} ({days[0]}) เป็น {_shown(now)} ({days[1]})"
