"""Sentences and checks of the quarterly report, on tables made by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from codi.figures.grid import Basis, Column, Grid, Row, Unit
from reports.narrative import quarterly
from reports.rules_of_registers import run_checks

DAY = dt.date(2019, 8, 31)
Q = (dt.date(2018, 12, 31), dt.date(2019, 3, 31), dt.date(2019, 6, 30), DAY)
FACTS = {"region": {"name": "ทั้งประเทศ"}}


def grid(key: str, columns: list[Column], lines: dict[str, list[Any]], **more: Any) -> Grid:
    """A table whose rows are named like their keys; a row called total is the total."""
    rows = [Row(name, name, "total" if name == "total" else "item") for name in lines]
    keys = [column.key for column in columns]
    return Grid(
        key=key,
        title=key,
        unit="แห่ง",
        basis=Basis.STOCK,
        as_of=DAY,
        scope_label="ทั้งประเทศ",
        columns=tuple(columns),
        rows=tuple(rows),
        cells={name: dict(zip(keys, line, strict=True)) for name, line in lines.items()},
        **more,
    )


def counts(*keys: str) -> list[Column]:
    """Columns of counts."""
    return [Column(key, key, Unit.COUNT) for key in keys]


def told(table: Grid) -> str:
    """The sentence of the table's figure."""
    return quarterly.narrate(FACTS, [table]).get(table.key, "")


def failed(*tables: Grid) -> dict[str, str]:
    """Code → message of the checks that do not hold."""
    return {found.code: found.message for found in run_checks(tables) if not found.is_ok}


ESTABLISHED = [
    Column("local_units_total", "พื้นที่", Unit.COUNT),
    Column("councils_established", "สภา", Unit.COUNT, pair="councils_established_pct"),
    Column(
        "councils_established_pct",
        "ร้อยละ",
        Unit.PERCENT,
        numerator="councils_established",
        denominator="local_units_total",
        additive=False,
    ),
    *counts("groups_registered", "members_total"),
]


def test_regions_are_ranked_by_their_share_and_the_mean_is_rounded():
    """Wrong if the ranking followed the count, a share was capped, or the mean was cut off."""
    table = grid(
        "councils.established",
        ESTABLISHED,
        {
            # 1,178 of 1,176 = 100.170…, 2,810 of 2,947 = 95.351…, 781 of 782 = 99.872…
            "ภาคใต้": [1176, 1178, Decimal("100.17"), 10, 33477],
            "ภาคอีสาน": [2947, 2810, Decimal("95.35"), 20, 97765],
            "ภาคกลาง": [782, 781, Decimal("99.87"), 30, 25054],
            "total": [4905, 4769, Decimal("97.23"), 60, 156296],
        },
    )
    text = told(table)
    assert "ณ วันที่ 31 สิงหาคม 2562 มีสภาองค์กรชุมชนในทั้งประเทศทั้งสิ้น 4,769 แห่ง" in text
    assert "คิดเป็นร้อยละ 97.23 ของพื้นที่ทั้งหมด 4,905 แห่ง" in text
    assert (
        "ได้แก่ ภาคใต้ 1,178 แห่ง (ร้อยละ 100.17) รองลงมา คือ ภาคกลาง 781 แห่ง (ร้อยละ 99.87)"
        " และภาคอีสาน 2,810 แห่ง (ร้อยละ 95.35) ตามลำดับ"
    ) in text
    # 156,296 / 4,769 = 32.77…, which is about 33.
    assert "เฉลี่ยแห่งละประมาณ 33 คน" in text
    assert "มีสภามากกว่าพื้นที่ที่เป็นฐานในภาคใต้ (สภา 1,178 แห่ง พื้นที่ 1,176 แห่ง)" in text


def test_without_records_the_report_says_so():
    """Wrong if an empty region divided by zero, ranked nothing, or kept silent."""
    lines = {"ภาคใต้": [None] * 5, "total": [None] * 5}
    assert told(grid("councils.established", ESTABLISHED, lines)) == (
        "ณ วันที่ 31 สิงหาคม 2562 ยังไม่มีสภาองค์กรชุมชนที่จดแจ้งจัดตั้งในทั้งประเทศ"
    )
    one = {"ภาคใต้": [None, 3, None, None, 4], "total": [None, 3, None, None, 4]}
    text = told(grid("councils.established", ESTABLISHED, one))
    assert "ได้แก่ ภาคใต้ 3 แห่ง" in text
    assert "รองลงมา" not in text
    assert "ร้อยละ" not in text


def test_terms_tell_what_expired_what_was_renewed_and_what_is_left():
    """Wrong if the sentence used another quarter than that of the report, or a wrong base."""
    columns = counts("q4_term_expired", "q4_reviewed", "q4_not_reviewed", "councils_not_reviewed")
    table = grid(
        "councils.terms",
        columns,
        {"ภาคใต้": [1218, 632, 586, 540], "total": [1218, 632, 586, 540]},
    )
    # 632 of 1,218 = 51.888…
    assert told(table) == (
        "วาระของสมาชิกสภาครบ 4 ปีแล้ว 1,218 วาระ ทบทวนแล้ว 632 วาระ (คิดเป็นร้อยละ 51.89 ของวาระที่ครบ)"
        " และยังไม่ทบทวน 586 วาระ เป็นของสภา 540 แห่ง"
    )


def test_a_change_tells_its_direction():
    """Wrong if a fall read as a rise, or an equal number as a change."""
    rows = (
        Row("1", "กองทุน", unit=Unit.COUNT),
        Row("1.1", "สมาชิก", unit=Unit.COUNT),
        Row("1.2", "เงิน", unit=Unit.BAHT),
        Row("1.4", "สวัสดิการ", unit=Unit.BAHT),
    )
    table = Grid(
        key="welfare.change",
        title="x",
        unit="",
        basis=Basis.STOCK,
        as_of=DAY,
        scope_label="",
        columns=(Column("previous", "ก่อน", Unit.BAHT), Column("current", "นี้", Unit.BAHT)),
        rows=rows,
        cells={
            "1": {"previous": 5998, "current": 5997},
            "1.1": {"previous": 5625151, "current": 5994974},
            "1.2": {"previous": Decimal("10.00"), "current": Decimal("10.00")},
            "1.4": {"previous": Decimal(2088676570), "current": Decimal(2042534102)},
        },
    )
    text = told(table)
    assert "จำนวนกองทุนลดลง 1 กองทุน" in text
    assert "สมาชิกเพิ่มขึ้น 369,823 คน" in text
    assert "เงินกองทุนเท่าเดิม" in text
    assert "เงินจ่ายสวัสดิการลดลง 46,142,468 บาท" in text
    (code, message), *others = failed(table).items()
    assert (code, others) == ("cumulative:welfare.change@2019-08-31", [])
    assert "สวัสดิการ 2,088,676,570" in message


def test_stopped_funds_stand_within_the_reviewed():
    """Wrong if those that stopped came on top of the reviewed, or a share had another base."""
    keys = ("funds", "reviewed", "grade_a", "grade_b", "grade_c", "grade_d", "stopped")
    # The totals of the annual report of 2563, part 2: 4,030 of 6,035 funds are 66.777… %.
    line = [6035, 4030, 1580, 768, 578, 832, 272]
    assert sum(line[2:]) == line[1]
    assert told(grid("welfare.quality", counts(*keys), {"total": line})) == (
        "สอบทานคุณภาพกองทุนในปีงบประมาณนี้ 4,030 กองทุน คิดเป็นร้อยละ 66.78 ของกองทุนทั้งหมด"
        " แบ่งเป็นระดับ A 1,580 กองทุน ระดับ B 768 กองทุน ระดับ C 578 กองทุน ระดับ D 832 กองทุน"
        " หยุดดำเนินการ 272 กองทุน"
    )
    none = grid("welfare.quality", counts(*keys), {"total": [6035, *[None] * 6]})
    assert told(none) == "ณ วันที่ 31 สิงหาคม 2562 ยังไม่มีการสอบทานคุณภาพกองทุนในปีงบประมาณนี้"


def test_two_tables_that_disagree_stop_the_report():
    """Wrong if the number of councils could differ between two tables of one report."""
    one = grid("councils.established", ESTABLISHED, {"total": [10, 9, Decimal(90), 1, 1]})
    same = grid("councils.forms", counts("councils_cumulative"), {"total": [9]})
    other = grid("councils.forms", counts("councils_cumulative"), {"total": [8]})
    assert failed(one, same) == {}
    assert failed(one, other) == {
        "registers:councils@2019-08-31": "councils.established 9; councils.forms 8"
    }
    assert failed(other) == {}


def test_a_part_above_its_whole_is_named_with_its_row():
    """Wrong if a region that paid more than was approved hid in the total."""
    keys = ("result_budget_approved_baht", "net_disbursed_baht")
    columns = [Column(key, key, Unit.BAHT) for key in keys]
    table = grid(
        "welfare.contributions",
        columns,
        {
            "ภาคเหนือ": [Decimal(100), Decimal(101)],
            "ภาคใต้": [Decimal(50), Decimal(10)],
            "total": [Decimal(150), Decimal(111)],
        },
    )
    assert failed(table) == {
        "within:welfare.contributions.net_disbursed_baht@2019-08-31": (
            "ภาคเหนือ: ยอดจ่ายสุทธิ 101 แต่งบสมทบที่อนุมัติ 100"
        )
    }


def test_groups_above_the_members_and_sources_beside_the_money_are_told():
    """Wrong if more members stood in groups than there are, or money came from nowhere."""
    lines: dict[str, list[Any]] = {
        # 100 = 60 + 40; 120 = 90 + 50 − 20.
        "1.1": [100, 120],
        "1.1.1": [60, 90],
        "1.1.2": [40, 50],
        "1.1.6": [None, -20],
        # 30 = 10 + 20; 50 is 5 more than 20 + 25.
        "1.2": [Decimal(30), Decimal(50)],
        "1.2.1": [Decimal(10), Decimal(20)],
        "1.2.5": [Decimal(20), Decimal(25)],
    }
    table = grid("welfare.change", counts("previous", "current"), lines)
    assert failed(table) == {
        "lines:welfare.change.1.1@2019-08-31": "current: 1.1.6 -20",
        "lines:welfare.change.1.2@2019-08-31": "current: รวม 45 แต่ทั้งหมด 50",
    }


def test_a_cumulative_series_that_falls_is_told_quarter_by_quarter():
    """Wrong if 852 → 820 passed, or the councils still waiting were held to grow."""
    columns = [
        Column(f"q{n}_{name}", name, Unit.COUNT, basis=Basis.STOCK, as_of=day)
        for n, day in enumerate(Q, start=1)
        for name in ("term_expired", "not_reviewed")
    ]
    north = [852, 430, 820, 332, 922, 432, 964, 467]
    table = grid("councils.terms", columns, {"ภาคเหนือ": north, "total": north})
    assert failed(table) == {
        "cumulative:councils.terms@2019-08-31": (
            "ภาคเหนือ term_expired 852 (31 ธ.ค. 61) เป็น 820 (31 มี.ค. 62)"
        )
    }
    flow = [
        Column(f"new_q{n}", "ใหม่", Unit.COUNT, basis=Basis.FLOW, as_of=day)
        for n, day in enumerate(Q, start=1)
    ]
    assert failed(grid("councils.new", flow, {"ภาคเหนือ": [9, 0, 41, 116]})) == {}
