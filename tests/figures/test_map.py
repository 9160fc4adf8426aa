"""The map must say what the grid says: classes, names, values, ways; and findings in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from codi.figures.findings import leading
from codi.figures.grid import Basis, Column, Grid, Row, Unit
from codi.figures.map import NO_VALUE, PRINT, SCREEN, Area, bins_of, province_map, steps_of
from codi.places.shapes import province_areas

DAY = dt.date(2019, 9, 30)
NAMES = {"50": "เชียงใหม่", "51": "ลำพูน", "52": "ลำปาง", "10": "กรุงเทพมหานคร"}


def grid(*, unit: Unit = Unit.COUNT, title: str = "สภา (แห่ง)", **values: object) -> Grid:
    """A table of provinces; the words are p50=… and so on."""
    cells = {key.removeprefix("p"): {"n": value} for key, value in values.items()}
    known = [value for value in values.values() if value is not None]
    return Grid(
        key="test.map",
        title="ตาราง",
        unit="แห่ง คน บาท",
        basis=Basis.STOCK,
        as_of=DAY,
        scope_label="",
        columns=(Column("n", title, unit),),
        rows=(*(Row(key, NAMES[key]) for key in cells), Row("total", "รวม", "total")),
        cells={**cells, "total": {"n": sum(known)}},  # type: ignore[dict-item]
        row_heading="จังหวัด",
    )


def parts(svg: bytes, tag: str) -> list[ElementTree.Element]:
    """The elements of a name."""
    return [one for one in ElementTree.fromstring(svg).iter() if one.tag.endswith(f"}}{tag}")]


def test_each_value_lies_in_the_class_of_its_bounds():
    """Wrong if a bound belonged to the class below it, a zero were no value, or nil were a zero."""
    bins = bins_of(grid(p50=100, p51=99, p52=0, p10=None), "n", steps=(50, 100))
    assert [(one.title(Unit.COUNT), one.rows) for one in bins] == [
        ("น้อยกว่า 50", ("52",)),
        ("50 ถึงน้อยกว่า 100", ("51",)),
        ("100 ขึ้นไป", ("50",)),
    ]
    money = bins_of(grid(unit=Unit.BAHT, p50=Decimal("2500000")), "n", steps=(1_000_000, 2_500_000))
    assert money[-1].title(Unit.BAHT) == "2.50 ขึ้นไป"
    assert money[-1].rows == ("50",)


def test_bounds_follow_the_values_and_are_round():
    """Wrong if classes were named by crooked numbers, fell, or were more than five."""
    values = [Decimal(value) for value in (31, 44, 57, 63, 78, 86, 101, 120, 135, 303)]
    assert steps_of(values) == (Decimal(55), Decimal(80), Decimal(100), Decimal(150))
    assert steps_of([Decimal(7)] * 5) == ()
    assert steps_of([]) == ()
    with pytest.raises(ValueError, match="at most 5"):
        bins_of(grid(p50=1), "n", steps=(1, 2, 3, 4, 5))
    with pytest.raises(ValueError, match="rise"):
        bins_of(grid(p50=1), "n", steps=(2, 1))


def test_a_map_is_told_to_those_who_do_not_see_it_and_has_no_text_of_the_readers_font():
    """Wrong if Thai were left to the reader's engine, or a value stood in the colours alone."""
    svg = province_map(grid(p50=12, p51=None), "n", province_areas(), title="<มากที่สุด>")
    root = ElementTree.fromstring(svg)
    assert root.findtext("{*}title") == "<มากที่สุด>"
    assert root.findtext("{*}desc") == (
        f"หน่วย: แห่ง ข้อมูล ณ วันที่ 30 กันยายน 2562 เชียงใหม่ 12; ลำพูน {NO_VALUE}"
    )
    assert not parts(svg, "text")
    assert parts(svg, "use")
    assert b"style=" not in svg
    fills = [one.get("fill") for one in parts(svg, "path") if one.get("fill")]
    assert any(fill.startswith("url(#") for fill in fills)
    again = province_map(grid(p50=12, p51=None), "n", province_areas(), title="<มากที่สุด>")
    assert svg == again


def test_every_province_is_a_way_with_its_name_and_value():
    """Wrong if a province could not be reached by keyboard, or an address broke the picture."""
    svg = province_map(
        grid(p50=12, p51=None),
        "n",
        province_areas(),
        title="x",
        shape=SCREEN,
        link=lambda row, _column: f'/p/{row}/?a=1&b="2"',
    )
    assert [(one.get("href"), one.get("aria-label")) for one in parts(svg, "a")] == [
        ('/p/50/?a=1&b="2"', "เชียงใหม่ 12 แห่ง"),
        ('/p/51/?a=1&b="2"', f"ลำพูน {NO_VALUE}"),
    ]


def test_a_name_that_does_not_fit_is_left_out_and_a_map_of_nothing_refused():
    """Wrong if letters ran over the neighbours, or an empty picture passed for a map."""
    wide, narrow = (
        {"50": Area("M0 0l9 0 0 9-9 0z", (0, 0, 900, 900), (450, 450, room))} for room in (900, 5)
    )
    told = [
        len(parts(province_map(grid(p50=1), "n", areas, title="x", shape=PRINT), "use"))
        for areas in (wide, narrow)
    ]
    assert told[0] - told[1] == len("เชียงใหม่") - 0
    with pytest.raises(ValueError, match="no row with a shape"):
        province_map(grid(p50=1), "n", {}, title="x")


def test_every_province_of_the_country_has_a_shape():
    """Wrong if a province were missing on the map, or lay outside the country's frame."""
    areas = province_areas()
    assert len(areas) == 77
    assert {code[0] for code in areas} == set("123456789")
    assert all(0 <= area.box[0] < area.box[2] <= 1700 for area in areas.values())
    assert all(0 <= area.box[1] < area.box[3] <= 3000 for area in areas.values())


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"p50": 3, "p51": 1},
            "สภา 4 แห่ง มากที่สุดที่จังหวัดเชียงใหม่ 3 แห่ง (ร้อยละ 75)",
        ),
        ({"p50": 2, "p10": 2}, "สภา 4 แห่ง มากที่สุดเท่ากันที่จังหวัดเชียงใหม่ กรุงเทพมหานคร 2 แห่ง"),
        ({"p50": 4}, "สภา 4 แห่ง"),
        ({"p50": None, "p51": 0}, "ยังไม่มีสภาในขอบเขตนี้"),
    ],
)
def test_the_finding_names_where_it_is_most(values: dict[str, int], said: str):
    """Wrong if a title named one of two equals, a share of nothing, or the most of none."""
    assert leading(grid(**values), "n", "สภา", "แห่ง") == said
