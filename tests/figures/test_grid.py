"""A grid that could lie, change or lose a digit would make every page and file wrong alike."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codi.figures.grid import Basis, Column, Grid, Row, Unit, share

AS_OF = dt.date(2021, 5, 31)
MONEY = (
    Column("approved", "งบอนุมัติ", Unit.BAHT),
    Column("paid", "จำนวนเงิน", Unit.BAHT, "เบิกจ่าย"),
    Column("paid_pct", "ร้อยละ", Unit.PERCENT, "เบิกจ่าย", "paid", "approved"),
)


def grid(rows, cells, columns=MONEY):
    return Grid(
        key="money",
        title="ผลการเบิกจ่าย",
        unit="บาท",
        basis=Basis.STOCK,
        as_of=AS_OF,
        scope_label="ภาคเหนือ",
        columns=columns,
        rows=rows,
        cells=cells,
    )


def state(paid="9688300", total="10921966", percent="69.83", total_percent="69.85"):
    """The state of disbursement of the northern region printed in the document of 2564."""
    return grid(
        (Row("province", "ระดับจังหวัด"), Row("region", "ระดับภาค"), Row("total", "รวม", "total")),
        {
            "province": {
                "approved": Decimal(13873500),
                "paid": Decimal(paid),
                "paid_pct": Decimal(percent),
            },
            "region": {
                "approved": Decimal(1762380),
                "paid": Decimal(1233666),
                "paid_pct": Decimal("70.00"),
            },
            "total": {
                "approved": Decimal(15635880),
                "paid": Decimal(total),
                "paid_pct": Decimal(total_percent),
            },
        },
    )


def test_the_document_of_2564_agrees_with_itself():
    """A true table with findings would block an issue for nothing."""
    assert state().check() == ()


def test_a_total_that_does_not_add_up_is_found():
    """A wrong total would go to print."""
    findings = state(total="10921965").check()
    assert [(f.row, f.column, f.expected, f.actual) for f in findings] == [
        ("total", "paid", Decimal(10921966), Decimal(10921965))
    ]
    assert "ต่างกัน 1" in findings[0].message


def test_a_percentage_one_hundredth_off_is_found():
    """A percentage cut instead of rounded would pass."""
    findings = state(percent="69.84").check()
    assert [(f.row, f.column, f.expected) for f in findings] == [
        ("province", "paid_pct", Decimal("69.83"))
    ]


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (Decimal(1), Decimal(800), "0.13"),
        (Decimal(1), Decimal(3), "33.33"),
        (Decimal(2), Decimal(3), "66.67"),
        (Decimal(3), Decimal(2), "150.00"),
        (None, Decimal(5), "0.00"),
    ],
)
def test_shares_round_half_up(part, whole, expected):
    """0.125 % must print 0.13, and more than 100 must not be capped."""
    assert str(share(part, whole)) == expected


def test_nothing_has_no_share():
    """A division by nothing must be nil, not an error and not zero."""
    assert share(Decimal(5), Decimal(0)) is None
    assert share(Decimal(5), None) is None


def test_subtotals_add_their_own_items_only():
    """A subtotal that adds the whole table, or a total that counts subtotals, doubles money."""
    rows = (
        Row("a", "ก", group="north"),
        Row("b", "ข", group="north"),
        Row("ab", "รวมเหนือ", "subtotal", "north"),
        Row("c", "ค"),
        Row("only_c", "รวม ค", "subtotal"),
        Row("total", "รวม", "total"),
    )
    columns = (Column("n", "จำนวน", Unit.COUNT),)
    numbers = {"a": 1, "b": 2, "ab": 3, "c": 4, "only_c": 4, "total": 7}
    good = {key: {"n": number} for key, number in numbers.items()}
    assert grid(rows, good, columns).check() == ()
    for key in ("ab", "only_c", "total"):
        bad = {**good, key: {"n": 99}}
        assert [f.row for f in grid(rows, bad, columns).check()] == [key]


def test_columns_that_do_not_add_up_are_not_added():
    """Distinct people over regions never add up and must not block an issue."""
    columns = (Column("people", "คน", Unit.COUNT, additive=False),)
    rows = (Row("a", "ก"), Row("b", "ข"), Row("total", "รวม", "total"))
    cells = {"a": {"people": 2}, "b": {"people": 2}, "total": {"people": 3}}
    assert grid(rows, cells, columns).check() == ()


def test_share_of_a_fixed_row():
    """The share of each province in the region divides by the total row."""
    columns = (
        Column("paid", "เบิกจ่าย", Unit.BAHT),
        Column("part", "สัดส่วน", Unit.PERCENT, "", "paid", "paid@total"),
    )
    rows = (Row("a", "ก"), Row("b", "ข"), Row("total", "รวม", "total"))
    cells = {
        "a": {"paid": Decimal(1), "part": Decimal("25.00")},
        "b": {"paid": Decimal(3), "part": Decimal("75.00")},
        "total": {"paid": Decimal(4), "part": Decimal("100.00")},
    }
    assert grid(rows, cells, columns).check() == ()


@pytest.mark.parametrize("value", [1.5, float("nan"), Decimal("NaN"), True, "12", object()])
def test_money_is_never_a_float(value):
    """A float in a cell would bring hidden fractions into print."""
    with pytest.raises(TypeError):
        grid((Row("a", "ก"),), {"a": {"approved": value}})


def test_unknown_cells_are_refused():
    """A cell of no row or column would vanish silently."""
    with pytest.raises(ValueError, match="nobody"):
        grid((Row("a", "ก"),), {"nobody": {}})
    with pytest.raises(ValueError, match="nothing"):
        grid((Row("a", "ก"),), {"a": {"nothing": 1}})


def test_a_grid_cannot_change():
    """A frozen edition must stay as it was computed."""
    with pytest.raises(TypeError):
        state().cells["province"]["paid"] = Decimal(0)
    with pytest.raises(AttributeError):
        state().title = "อื่น"


VALUES = {
    Unit.BAHT: st.decimals(allow_nan=False, allow_infinity=False, places=2),
    Unit.PERCENT: st.decimals(min_value=0, max_value=10**6, places=2),
    Unit.COUNT: st.integers(-(10**18), 10**18),
    Unit.DATE: st.dates(),
    Unit.TEXT: st.text(st.characters(exclude_categories=["Cs"])),
}


@st.composite
def grids(draw):
    units = draw(st.lists(st.sampled_from(list(Unit)), min_size=1, max_size=6))
    columns = tuple(
        Column(f"c{n}", draw(st.text(max_size=8)), unit, draw(st.sampled_from(["", "กลุ่ม"])))
        for n, unit in enumerate(units)
    )
    kinds = draw(st.lists(st.sampled_from(["item", "subtotal", "total"]), max_size=5))
    rows = tuple(Row(f"r{n}", draw(st.text(max_size=8)), kind) for n, kind in enumerate(kinds))
    cells = {
        row.key: {
            column.key: draw(st.none() | VALUES[column.unit])
            for column in columns
            if draw(st.booleans())
        }
        for row in rows
    }
    made = grid(rows, cells, columns)
    return replace(made, notes=tuple(draw(st.lists(st.text(), max_size=2))), source="ระบบ")


@given(grids())
def test_a_grid_survives_json(made):
    """An edition read back must equal the edition that was stored, to the last digit."""
    text = json.dumps(made.to_dict(), ensure_ascii=False)
    back = Grid.from_dict(json.loads(text))
    assert back == made
    assert back.to_dict() == made.to_dict()


def test_an_edition_stored_before_keeps_its_form():
    """New facts of rows and columns must neither change nor break what was stored without them."""
    stored = state().to_dict()
    assert set(stored["columns"][0]) == {
        "key", "title", "unit", "group", "numerator", "denominator", "additive",
    }  # fmt: skip
    assert set(stored["rows"][0]) == {"key", "title", "kind", "group"}
    assert Grid.from_dict(json.loads(json.dumps(stored))) == state()


def test_rows_of_another_unit_and_columns_of_another_day_survive_json():
    """People and baht in one column must come back as what they are."""
    columns = (
        Column("q3", "ไตรมาส 3", Unit.BAHT, basis=Basis.STOCK, as_of=AS_OF, pair="pct"),
        Column("pct", "ร้อยละ", Unit.PERCENT, numerator="q3", denominator="q3@people"),
    )
    rows = (Row("people", "คน", unit=Unit.COUNT), Row("money", "เงิน", unit=Unit.BAHT, level=1))
    cells = {"people": {"q3": 4, "pct": Decimal("100.00")}, "money": {"q3": Decimal("0.50")}}
    made = grid(rows, cells, columns)
    back = Grid.from_dict(json.loads(json.dumps(made.to_dict())))
    assert back == made
    assert (back.value("people", "q3"), back.unit_of("people", "q3")) == (4, Unit.COUNT)
    assert isinstance(back.value("people", "q3"), int)
    with pytest.raises(TypeError):
        grid(rows, {"people": {"q3": Decimal("0.50")}}, columns)


def test_another_order_keeps_sums_last_and_right():
    """A region order of a source must move rows only; a subtotal of the rows above cannot move."""
    rows = (Row("a", "ก"), Row("b", "ข"), Row("c", "ค"), Row("total", "รวม", "total"))
    columns = (Column("n", "จำนวน", Unit.COUNT),)
    cells = {"a": {"n": 1}, "b": {"n": 2}, "c": {"n": 3}, "total": {"n": 6}}
    moved = grid(rows, cells, columns).reordered(["c", "x", "a"])
    assert [row.key for row in moved.rows] == ["c", "a", "b", "total"]
    assert (moved.value("c", "n"), moved.check()) == (3, ())
    subtotal = (*rows[:2], Row("ab", "รวม", "subtotal"), rows[2])
    with pytest.raises(ValueError, match="order"):
        grid(subtotal, {}, columns).reordered(["c"])
