"""Sentences and checks on plain grids: none, one, many, no frame, one level, above 100."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codi.figures.grid import Basis, Column, Grid, Row, Unit, add_up, share
from codi.thai.words import baht_text
from reports.blocks import blocks_of
from reports.facts import objectives_of
from reports.narrative import regional_status as tell
from reports.rules import run_checks

MAY, AUGUST = dt.date(2021, 5, 31), dt.date(2021, 8, 5)
TITLES = {"region": "โครงการระดับภาค", "province": "โครงการระดับจังหวัด"}
FACTS: dict[str, Any] = {
    "programme": {
        "name": "พัฒนาผู้นำ",
        "fiscal_year": 2564,
        "objectives": [],
        "activities": [],
        "source": "",
    },
    "region": {"name": "ภาคเหนือ"},
    "targets": [],
}
BAHT = ("frame_baht", "approved_baht", "paid_1_baht", "paid_2_baht", "paid_baht")
COUNTS = ("approved_count", "recorded_count", "paid_count")


def levels(day: dt.date = MAY, **rows: dict[str, int | None]) -> Grid:
    """A table by level whose total row is the sum; columns that no row has are left out."""
    given_keys = {key for cells in rows.values() for key in cells}
    columns = [Column(key, key, Unit.BAHT) for key in BAHT if key in given_keys]
    columns += [Column(key, key, Unit.COUNT) for key in COUNTS if key in given_keys]
    cells: dict[str, dict[str, Any]] = {
        row: {k: v if v is None or k in COUNTS else Decimal(v) for k, v in line.items()}
        for row, line in rows.items()
    }
    total = {c.key: add_up([cells[row].get(c.key) for row in cells]) for c in columns}
    return Grid(
        key="projects.disbursement_by_level",
        title="ตาราง",
        unit="บาท",
        basis=Basis.STOCK,
        as_of=day,
        scope_label="",
        columns=tuple(columns),
        rows=(*(Row(row, TITLES[row]) for row in rows), Row("total", "รวม", "total")),
        cells={**cells, "total": total},
    )


def row(
    frame: int | None, approved: int, paid: int, count: int, **more: int
) -> dict[str, int | None]:
    return {
        "frame_baht": frame,
        "approved_baht": approved,
        "paid_1_baht": paid,
        "paid_baht": paid,
        "approved_count": count,
        "recorded_count": count,
        "paid_count": count if paid else 0,
        **more,
    }


def test_no_project_yet():
    """Wrong if an empty programme read as if something had been approved or paid."""
    grid = levels(province=row(500, 0, 0, 0))
    assert "ยังไม่มีโครงการที่อนุมัติ" in tell.approved(grid)
    assert "500 บาท (ห้าร้อยบาทถ้วน)" in tell.approved(grid)
    assert "ยังไม่มีโครงการที่อนุมัติให้บันทึก" in tell.recorded(grid)
    assert tell.paid(grid).endswith("ยังไม่มีการเบิกจ่าย")
    assert "ไม่มียอดคงเหลือ" in tell.remaining([grid])
    assert "ยังไม่มีโครงการที่อนุมัติ" in tell.frame(FACTS, grid)


def test_one_level_needs_no_sum():
    """Wrong if one level were told with a superfluous total."""
    said = tell.approved(levels(province=row(100, 100, 0, 1)))
    assert "โครงการระดับจังหวัด 1 โครงการ วงเงิน" in said
    assert "รวม" not in said


def test_without_a_frame_no_share_is_told():
    """Wrong if a share of nothing were printed."""
    grid = levels(province=row(None, 100, 0, 1))
    assert "ยังไม่มีกรอบงบประมาณในระบบ" in tell.approved(grid)
    assert "ร้อยละ" not in tell.approved(grid)
    assert "ยังไม่มีกรอบงบประมาณ" in tell.frame(FACTS, grid)


def test_above_one_hundred_is_told_as_it_is():
    """Wrong if an approval above the frame were capped at 100 %."""
    said = tell.approved(levels(province=row(100, 150, 0, 1)))
    assert "คิดเป็นร้อยละ 150 ของกรอบ" in said
    assert "สูงกว่ากรอบงบประมาณ 50 บาท" in said


@pytest.mark.parametrize(
    ("recorded", "said"),
    [(0, "ยังไม่ได้บันทึก"), (5, "แล้ว 5 จาก 18 โครงการ คิดเป็นร้อยละ 27.78"), (18, "ครบ 18 โครงการ")],
)
def test_recorded_none_some_all(recorded, said):
    """Wrong if the number of projects in the project program were told wrongly."""
    line = row(100, 100, 0, 18) | {"recorded_count": recorded}
    assert said in tell.recorded(levels(province=line))


def test_several_instalments_are_told_apart():
    """Wrong if two instalments were told as one."""
    line = row(100, 100, 70, 1) | {"paid_2_baht": 20, "paid_baht": 90}
    said = tell.paid(levels(province=line))
    assert "เบิกจ่ายแล้วรวม 90 บาท" in said
    assert "งวด 1 จำนวน 70 บาท และงวด 2 จำนวน 20 บาท" in said


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (70, "ไม่มีการเบิกจ่ายเพิ่ม"),
        (60, "ลดลง 10 บาท (สิบบาทถ้วน)"),
        (80, "เบิกจ่ายเพิ่มอีก 10 บาท (สิบบาทถ้วน)"),
        (100, "ครบตามงบประมาณที่อนุมัติ ไม่มียอดคงเหลือ"),
    ],
)
def test_what_happened_until_the_second_day(later, said):
    """Wrong if standing still, going back or finishing read like something else."""
    first, second = (
        levels(province=row(100, 100, 70, 1)),
        levels(AUGUST, province=row(100, 100, later, 1)),
    )
    assert said in tell.remaining([first, second])


@given(
    frame=st.none() | st.integers(0, 10**10),
    approved=st.integers(0, 10**10),
    paid=st.integers(0, 10**10),
    count=st.integers(0, 500),
)
def test_sentences_hold_for_any_figures(frame, approved, paid, count):
    """Wrong if any figures left a gap, a doubled blank or a None in a sentence."""
    grid = levels(region=row(frame, approved, paid, count), province=row(frame, 0, 0, 0))
    for text in tell.narrate(FACTS, [grid]).values():
        assert "None" not in text
        assert "  " not in text
        assert text == text.strip()
    if approved and count:
        assert baht_text(Decimal(approved)) in tell.approved(grid)


def test_opening_counts_aims_and_plans():
    """Wrong if one aim were numbered, or several were not."""
    one = {**FACTS, "programme": {**FACTS["programme"], "objectives": ["พัฒนา"]}}
    assert "โดยมีวัตถุประสงค์ คือ พัฒนา" in tell.opening(one)
    two = {
        **FACTS,
        "programme": {**FACTS["programme"], "objectives": ["ก", "ข"], "activities": ["ค"]},
    }
    assert "วัตถุประสงค์ 2 ข้อ คือ (1) ก (2) ข" in tell.opening(two)
    assert "1 แผนงาน ดังนี้" in tell.opening(two)
    assert objectives_of("1. ก\n2) ข\n\n- ค") == ["ก", "ข", "ค"]


def test_targets_of_two_bases_are_not_added():
    """Wrong if two bases of one measure passed without a word."""
    facts = {**FACTS, "targets": [{"measure": "ตำบล"}, {"measure": "ตำบล"}, {"measure": "คน"}]}
    assert "“ตำบล”" in tell.targets(facts)
    assert "ไม่นำมารวมกัน" in tell.targets(facts)
    assert tell.targets(FACTS) == ""


def test_checks_find_wrong_sums_overspending_and_disagreement():
    """Wrong if a broken table passed, or a sound one failed."""
    good = levels(province=row(100, 100, 70, 1))
    assert all(result.is_ok for result in run_checks([good]))
    over = levels(province=row(100, 120, 130, 1))
    failed = {result.code.partition(":")[0] for result in run_checks([over]) if not result.is_ok}
    assert failed == {"frame", "approved"}
    broken = Grid(
        **{**_fields(good), "cells": {**good.cells, "total": {"approved_baht": Decimal(99)}}}
    )
    assert not run_checks([broken])[0].is_ok
    other = Grid(**{**_fields(levels(province=row(100, 90, 70, 1))), "key": "projects.other"})
    results = {result.code: result for result in run_checks([good, other])}
    assert not results["tables:approved@2021-05-31"].is_ok
    assert "100 บาท" in results["tables:approved@2021-05-31"].message
    assert results["tables:paid@2021-05-31"].is_ok


def _fields(grid: Grid) -> dict[str, Any]:
    names = ("key", "title", "unit", "basis", "as_of", "scope_label", "columns", "rows", "cells")
    return {name: getattr(grid, name) for name in names}


def test_staff_text_keeps_its_numbers():
    """Wrong if typed numbers were lost, or a second paragraph ran into the first."""
    found = blocks_of("นำ\n\n1. ก\n   ต่อ\n2) ข\n\nปิด\n- ค")
    assert [block.kind for block in found] == ["paragraph", "list", "paragraph", "list"]
    assert [(item.label, item.text) for item in found[1].items] == [("1.", "ก ต่อ"), ("2)", "ข")]
    assert found[3].items[0].label == "•"


def test_shares_follow_the_engine():
    """Wrong if the sentences rounded otherwise than the tables."""
    grid = levels(province=row(3, 1, 0, 1))
    assert f"ร้อยละ {share(Decimal(1), Decimal(3))}" in tell.approved(grid)


def plain(columns: dict[str, Unit], rows: dict[str, tuple[int | None, ...]]) -> Grid:
    """A small table with a total row that adds up."""
    made = [Column(key, key, unit) for key, unit in columns.items()]
    cells: dict[str, dict[str, Any]] = {
        key: {
            column.key: value if value is None or column.unit is Unit.COUNT else Decimal(value)
            for column, value in zip(made, line, strict=True)
        }
        for key, line in rows.items()
    }
    total = {c.key: add_up([line[c.key] for line in cells.values()]) for c in made}
    titles = [Row(key, f"แถว {key}") for key in rows]
    return Grid(
        key="projects.any",
        title="ตาราง",
        unit="บาท",
        basis=Basis.STOCK,
        as_of=AUGUST,
        scope_label="",
        columns=tuple(made),
        rows=(*titles, Row("total", "รวม", "total")),
        cells={**cells, "total": total},
    )


def test_late_projects_are_counted_not_their_months():
    """Wrong if five projects due in two months were told as two."""
    columns = {"late_count": Unit.COUNT, "unpaid_baht": Unit.BAHT}
    said = tell.late(plain(columns, {"2021-02": (2, 100), "2021-03": (3, 200)}))
    assert "5 โครงการ ยังไม่ได้เบิกจ่าย 300 บาท" in said
    assert "ไม่มีโครงการที่ค้าง" in tell.late(plain(columns, {}))


def test_money_that_all_came_back_is_not_money_never_paid():
    """Wrong if payments that were returned in full read as if nobody had been paid."""
    grid = levels(region={**row(100, 100, 0, 1), "paid_count": 1})
    assert "ยอดเบิกจ่ายสุทธิเป็น 0 บาท" in tell.paid(grid)
    assert "ยังไม่มีการเบิกจ่าย" in tell.paid(levels(region=row(100, 100, 0, 1)))


def test_months_tell_what_came_back():
    """Wrong if returned or corrected money went without a word, or the month were shortened."""
    columns = dict.fromkeys(("paid_baht", "returned_baht", "corrected_baht"), Unit.BAHT)
    said = tell.months(plain(columns, {"2021-03": (900, None, -200), "2021-04": (100, -50, None)}))
    assert "มีนาคม 2564 จำนวน 900 บาท" in said
    assert "คืนงบรวม 50 บาท" in said
    assert "ลดลง 200 บาท" in said


def test_a_province_is_ranked_among_provinces():
    """Wrong if money of no province stood in the ranking of provinces."""
    columns = {"approved_baht": Unit.BAHT}
    said = tell.provinces(plain(columns, {"50": (300,), "51": (100,), "unset": (900,)}))
    assert "สูงสุด คือ แถว 50 300 บาท รองลงมา คือ แถว 51 100 บาท ส่วนแถว unset 900 บาท" in said
    only = tell.provinces(plain(columns, {"50": (None,), "unset": (900,)}))
    assert "ทั้งหมดเป็นของ แถว unset 900 บาท" in only


def test_a_source_that_begins_with_its_kind_is_not_doubled():
    """Wrong if งบบุคลากร read งบประมาณงบบุคลากร."""
    named = {**FACTS, "programme": {**FACTS["programme"], "source": "งบบุคลากร"}}
    assert "จากงบบุคลากร" in tell.opening(named)
    bare = {**FACTS, "programme": {**FACTS["programme"], "source": "แผ่นดิน"}}
    assert "จากงบประมาณแผ่นดิน" in tell.opening(bare)


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        # Two share the first place: the third province is the only one after them.
        (
            (300, 300, 200, 100),
            "สูงสุด คือ แถว 0 และแถว 1 เท่ากันจังหวัดละ 300 บาท รองลงมา คือ แถว 2 200 บาท",
        ),
        (
            (300, 200, 200, 100),
            "สูงสุด คือ แถว 0 300 บาท รองลงมา คือ แถว 1 และแถว 2 เท่ากันจังหวัดละ 200 บาท",
        ),
        # The third place is shared: nobody is left out of it, so four are named.
        (
            (300, 200, 100, 100),
            "คือ แถว 0 300 บาท รองลงมา คือ แถว 1 200 บาท ถัดไป คือ แถว 2 และแถว 3 เท่ากันจังหวัดละ 100 บาท",
        ),
        ((100,) * 5, "สูงสุด คือ 5 จังหวัด เท่ากันจังหวัดละ 100 บาท"),
        ((300, 100, 200, 50), "สูงสุด คือ แถว 0 300 บาท รองลงมา คือ แถว 2 200 บาท และแถว 1 100 บาท"),
    ],
)
def test_equal_provinces_share_their_place(amounts, said):
    """Wrong if of two equal provinces one were told as the largest and one as the next."""
    rows = {str(number): (amount,) for number, amount in enumerate(amounts)}
    assert tell.provinces(plain({"approved_baht": Unit.BAHT}, rows)).endswith(said)


def test_equal_months_share_their_place():
    """Wrong if of two equal months only the earlier were told."""
    months = {"2021-03": (900,), "2021-04": (900,), "2021-05": (100,)}
    said = tell.months(plain({"paid_baht": Unit.BAHT}, months))
    assert said == "เดือนที่เบิกจ่ายมากที่สุด คือ มีนาคม 2564 และเมษายน 2564 เท่ากันเดือนละ 900 บาท"
