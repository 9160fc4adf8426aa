"""Figures that compare two quarters, and figures by place: worked out by hand on few places."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Count, F, Sum
from django.db.models.functions import Length

from codi.figures.compared import ComparedFigure, Line
from codi.figures.declared import Blank, Measure, Percentage, Source
from codi.figures.figure import FigureScope
from codi.figures.grid import Basis, Grid, Unit
from codi.figures.html import grid_table
from codi.places.figures import PlaceFigure, PlaceSource, RegionSource, of_regions, within
from codi.places.models import District, Province, Region
from reports.records import records_of_grid

pytestmark = pytest.mark.django_db
AUGUST = dt.date(2019, 8, 31)
LIVING = Source(lambda scope, day: Province.objects.current_on(day), "")


class Provinces(ComparedFigure):
    key, title, unit = "p", "จังหวัดสองไตรมาส", "แห่ง"
    basis, definition = Basis.STOCK, "นับจังหวัดที่มีอยู่"
    lines = (
        Line(Measure("provinces", "จังหวัด", Unit.COUNT, LIVING, Count("pk"))),
        Line(Measure("letters", "ตัวอักษร", Unit.COUNT, LIVING, Sum(Length("name"))), level=1),
    )


DISTRICTS = PlaceSource(
    lambda scope, day: District.objects.annotate(region=F("province__region")).filter(
        within(scope, "province__" if scope.province is None else "")
    ),
    "",
)
REGIONS = RegionSource(lambda scope, day: of_regions(Region.objects.all(), scope, "pk"), "pk")


class ByPlace(PlaceFigure):
    key, title, unit = "b", "อำเภอรายพื้นที่", "แห่ง"
    basis, definition = Basis.STOCK, "นับอำเภอ"

    def measures(self, scope, as_of):
        return (
            Measure("base", "ฐาน", Unit.COUNT, REGIONS, Sum("position")),
            Measure("districts", "อำเภอ", Unit.COUNT, DISTRICTS, Count("pk"), pair="pct"),
            Percentage("pct", "ร้อยละ", "districts", "base"),
            Blank("later", "ยังไม่เริ่ม", Unit.COUNT),
        )


@pytest.fixture
def country():
    """Regions S (position 1, base 1) and N (position 4, base 4); N has two provinces."""
    south = Region.objects.create(code="S", name="ใต้", short_name="ใต้", position=1)
    north = Region.objects.create(code="N", name="เหนือ", short_name="เหนือ", position=4)
    first = Province.objects.create(code="50", name="กขค", region=north)
    Province.objects.create(code="51", name="งจ", region=north, valid_from=dt.date(2019, 7, 1))
    songkhla = Province.objects.create(code="90", name="ฉ", region=south)
    for code, province in (("5001", first), ("5002", first), ("5003", first), ("9001", songkhla)):
        District.objects.create(code=code, name=code, province=province)


def test_two_quarters_and_their_difference(country, django_assert_num_queries):
    """Two provinces of four letters by June, three of six by August: one query per quarter."""
    with django_assert_num_queries(2):
        grid = Provinces().compute(FigureScope(), AUGUST)
    assert [column.title for column in grid.columns] == [
        "ไตรมาส 3 (เม.ย.-มิ.ย. 62)",
        "ไตรมาส 4 (ก.ค.-ส.ค. 62)",
        "เพิ่มขึ้น/ลดลง",
    ]
    assert [list(grid.cells[row.key].values()) for row in grid.rows] == [[2, 3, 1], [4, 6, 2]]
    assert grid.column("previous").as_of == dt.date(2019, 6, 30)
    assert Grid.from_dict(grid.to_dict()) == grid
    assert 'class="grid-level-1"' in grid_table(grid)


def test_regions_of_the_nation_in_their_order(country, django_assert_num_queries):
    """Rows, one query per source: and the percentage stands behind its number."""
    with django_assert_num_queries(3):
        grid = ByPlace().compute(FigureScope(), AUGUST)
    assert [(row.key, row.title) for row in grid.rows] == [
        ("S", "ใต้"),
        ("N", "เหนือ"),
        ("total", "รวม"),
    ]
    assert [list(grid.cells[row.key].values()) for row in grid.rows] == [
        [1, 1, Decimal("100.00"), None],
        [4, 3, Decimal("75.00"), None],
        [5, 4, Decimal("80.00"), None],
    ]
    assert grid.row_heading == "ภาค"
    assert "3 (75.00%)" in grid_table(grid)
    assert grid_table(grid).count('<th scope="col"') == 4
    assert [row.key for row in grid.reordered(["N"]).rows] == ["N", "S", "total"]


def test_provinces_of_a_region_have_no_base_of_their_own(country):
    """The base of a region must not be told of each province, and stands in the total."""
    scope = FigureScope(region="N")
    grid = ByPlace().compute(scope, AUGUST)
    assert [list(grid.cells[row.key].values()) for row in grid.rows] == [
        [None, 3, None, None],
        [None, None, None, None],
        [4, 3, Decimal("75.00"), None],
    ]
    assert (grid.row_heading, grid.scope_label, grid.check()) == ("จังหวัด", "เหนือ", ())
    behind = records_of_grid(ByPlace(), scope, AUGUST, grid)
    assert {key: cell.total for key, cell in behind.items() if not cell.parts} == {
        ("50", "districts"): 3,
        ("total", "districts"): 3,
        ("total", "base"): 4,
    }


def test_a_quarter_that_has_not_begun_leads_nowhere(country):
    """A blank column must not show another column's records."""
    with pytest.raises(KeyError):
        ByPlace().records(FigureScope(), AUGUST, "total", "later")
