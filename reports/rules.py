"""The checks before issue, on plain grids: table against itself, table against table, money against its limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from codi.figures.grid import Grid
from codi.fiscal import AsOf
from codi.thai.numbers import baht
from reports import rules_of_registers as registers
from reports.checks import CheckResult

TOTAL = "total"


def run_checks(grids: Sequence[Grid]) -> tuple[CheckResult, ...]:
    """Every check of a report's grids, in a fixed order."""
    return (
        *(_adds_up(grid) for grid in grids),
        *(
            _within(grid, "frame", "approved_baht", "frame_baht")
            for grid in grids
            if _has(grid, "frame_baht")
        ),
        *(
            _within(grid, "approved", "paid_baht", "approved_baht")
            for grid in grids
            if _has(grid, "approved_baht") and _has(grid, "paid_baht")
        ),
        *_tables_agree(grids),
        *registers.run_checks(grids),
    )


def _code(rule: str, grid: Grid) -> str:
    return f"{rule}:{grid.key}@{grid.as_of.isoformat()}"


def _has(grid: Grid, column: str) -> bool:
    return any(known.key == column for known in grid.columns)


def _named(grid: Grid) -> str:
    return f"ตาราง “{grid.title}” {AsOf(grid.as_of).short}"


def _adds_up(grid: Grid) -> CheckResult:
    findings = grid.check()
    return CheckResult(
        _code("sums", grid),
        f"ผลรวมและร้อยละใน{_named(grid)}",
        not findings,
        "; ".join(finding.message for finding in findings),
    )


RULES = {
    "frame": ("งบที่อนุมัติไม่เกินกรอบงบ", "อนุมัติ", "กรอบงบ"),
    "approved": ("ยอดจ่ายสุทธิไม่เกินงบที่อนุมัติ", "จ่ายสุทธิ", "งบที่อนุมัติ"),
}


def _within(grid: Grid, rule: str, part: str, limit: str) -> CheckResult:
    """Row by row, ``part`` is not above ``limit``; a row without a limit may have no part."""
    title, part_name, limit_name = RULES[rule]
    wrong = []
    for row in grid.rows:
        most, got = _amount(grid, row.key, limit), _amount(grid, row.key, part)
        if got > most:
            wrong.append(
                f"{row.title}: {part_name} {baht(got)} บาท แต่{limit_name} {baht(most)} บาท"
            )
    return CheckResult(_code(rule, grid), f"{title} ใน{_named(grid)}", not wrong, "; ".join(wrong))


def _amount(grid: Grid, row: str, column: str) -> Decimal:
    value = grid.cells.get(row, {}).get(column)
    return value if isinstance(value, Decimal) else Decimal(0)


def _paid_total(grid: Grid) -> Decimal | None:
    """What the grid's total row says was paid; None when it does not say."""
    if _has(grid, "cumulative_baht"):
        return _amount(grid, TOTAL, "cumulative_baht")
    if _has(grid, "paid_baht"):
        return _amount(grid, TOTAL, "paid_baht")
    parts = [column.key for column in grid.columns if _is_instalment(column.key)]
    return sum((_amount(grid, TOTAL, key) for key in parts), Decimal(0)) if parts else None


def _is_instalment(key: str) -> bool:
    return key.startswith("paid_") and key.endswith("_baht")


def _tables_agree(grids: Sequence[Grid]) -> Iterator[CheckResult]:
    """On each day, all tables of the same records tell the same approved and paid totals."""
    whole = [grid for grid in grids if not grid.key.endswith(".late")]
    for day in sorted({grid.as_of for grid in whole}):
        same_day = [grid for grid in whole if grid.as_of == day]
        approved = [
            (grid, _amount(grid, TOTAL, "approved_baht"))
            for grid in same_day
            if _has(grid, "approved_baht")
        ]
        paid = [(grid, total) for grid in same_day if (total := _paid_total(grid)) is not None]
        for name, said, told in (("approved", "งบที่อนุมัติ", approved), ("paid", "ยอดจ่ายสุทธิ", paid)):
            if len(told) < 2:
                continue
            agree = len({total for _, total in told}) == 1
            yield CheckResult(
                f"tables:{name}@{day.isoformat()}",
                f"{said}รวมตรงกันทุกตาราง {AsOf(day).short}",
                agree,
                ""
                if agree
                else "; ".join(f"{grid.title} {baht(total)} บาท" for grid, total in told),
            )
