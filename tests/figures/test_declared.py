"""Declared figures: if these were wrong, every figure of the product would be."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Count, Q, Sum, Value
from django.db.models.functions import Length

from codi.figures import figure as registry
from codi.figures.declared import (
    Difference,
    ListColumn,
    ListFigure,
    Measure,
    MeasureFigure,
    Percentage,
    Source,
)
from codi.figures.figure import Figure, FigureScope, UnknownFigure
from codi.figures.grid import Basis, Row, Unit
from codi.places.models import District, Province, Region, Subdistrict

AS_OF = dt.date(2021, 5, 31)
NORTH = FigureScope(region="1")

DISTRICTS = Source(
    lambda scope, as_of: District.objects.filter(province__region=scope.region), "province_id"
)
SUBDISTRICTS = Source(
    lambda scope, as_of: Subdistrict.objects.filter(district__province__region=scope.region),
    "district__province_id",
)


class PlacesOfProvinces(MeasureFigure):
    key = "places"
    title = "อำเภอและตำบลรายจังหวัด"
    unit = "แห่ง"
    basis = Basis.STOCK
    definition = "นับจากทะเบียนพื้นที่"
    columns = (
        Measure("districts", "อำเภอ", Unit.COUNT, DISTRICTS, Count("pk")),
        Measure("named", "ชื่อยาว", Unit.COUNT, DISTRICTS, Count("pk"), Q(name__startswith="เมือง")),
        Percentage("named_pct", "ร้อยละ", "named", "districts"),
        Measure("subdistricts", "ตำบล", Unit.COUNT, SUBDISTRICTS, Count("pk")),
        Measure(
            "names",
            "ชื่อตำบลที่ไม่ซ้ำ",
            Unit.COUNT,
            SUBDISTRICTS,
            Count("name", distinct=True),
            additive=False,
        ),
        Difference("more", "ตำบลมากกว่าอำเภอ", Unit.COUNT, ("subdistricts",), ("districts",)),
    )

    def rows(self, scope, as_of):
        provinces = Province.objects.filter(region=scope.region).order_by("code")
        return [Row(code, name) for code, name in provinces.values_list("code", "name")]


class Districts(ListFigure):
    key = "districts"
    title = "รายชื่ออำเภอ"
    unit = ""
    basis = Basis.STOCK
    definition = "ทะเบียนอำเภอ"
    row_title = "name"
    columns = (
        ListColumn("province", "จังหวัด", Unit.TEXT, "province__name"),
        ListColumn("letters", "ตัวอักษร", Unit.COUNT, "letters"),
        ListColumn("cost", "งบ", Unit.BAHT, "cost", convert=lambda value: Decimal(value)),
        Percentage("part", "สัดส่วน", "cost", "cost@total"),
    )

    def queryset(self, scope, as_of):
        rows = District.objects.filter(province__region=scope.region).order_by("code")
        return rows.annotate(letters=Length("name"), cost=Value("2.50"))


def places(provinces, districts=2):
    """Provinces P01…, each with districts of two subdistricts that share their names."""
    region, _ = Region.objects.get_or_create(
        code="1", defaults={"name": "ภาคเหนือ", "short_name": "เหนือ", "position": 1}
    )
    for number in range(provinces):
        province = Province.objects.create(
            code=f"{number:02}", name=f"จังหวัด{number}", region=region
        )
        for other in range(districts):
            code = f"{number:02}{other:02}"
            name = "เมือง" if other == 0 else f"อำเภอ{other}"
            district = District.objects.create(code=code, name=name, province=province)
            Subdistrict.objects.create(code=f"{code}01", name="ในเมือง", district=district)
            Subdistrict.objects.create(code=f"{code}02", name=f"ตำบล{code}", district=district)


@pytest.mark.django_db
@pytest.mark.parametrize("provinces", [1, 3, 60])
def test_queries_do_not_grow_with_rows(provinces, django_assert_num_queries):
    """A query per row would make a national report unusable: rows, two sources, one total."""
    places(provinces)
    with django_assert_num_queries(4):
        grid = PlacesOfProvinces().compute(NORTH, AS_OF)
    assert len(grid.rows) == provinces + 1


@pytest.mark.django_db
def test_cells_of_a_known_country():
    """Two provinces, one without districts: counted by hand."""
    places(1)
    Province.objects.create(code="99", name="ว่าง", region_id="1")
    grid = PlacesOfProvinces().compute(NORTH, AS_OF)
    assert dict(grid.cells["00"]) == {
        "districts": 2,
        "named": 1,
        "named_pct": Decimal("50.00"),
        "subdistricts": 4,
        "names": 3,
        "more": 2,
    }
    assert set(grid.cells["99"].values()) == {None}
    assert grid.value("total", "districts") == 2
    assert grid.check() == ()


@pytest.mark.django_db
def test_what_does_not_add_up_is_asked_of_the_database():
    """Names shared by two provinces would be counted twice by addition."""
    places(2)
    grid = PlacesOfProvinces().compute(NORTH, AS_OF)
    assert [grid.value(row, "names") for row in ("00", "01", "total")] == [3, 3, 5]


@pytest.mark.django_db
def test_a_value_without_a_row_is_not_lost():
    """A record whose row nobody declared would vanish from the total."""
    places(2)

    class OnlyFirst(PlacesOfProvinces):
        def rows(self, scope, as_of):
            return [Row("00", "จังหวัด0")]

    grid = OnlyFirst().compute(NORTH, AS_OF)
    assert [row.key for row in grid.rows] == ["00", "01", "total"]
    assert grid.value("total", "districts") == 4
    assert OnlyFirst().records(NORTH, AS_OF, "01", "districts").count() == 2


@pytest.mark.django_db
def test_records_without_a_value_have_a_row_of_their_own():
    """Records whose dimension is empty must be shown as such, and lead to themselves."""
    places(2)
    successor = Source(lambda scope, as_of: Province.objects.all(), "successor_id")

    class BySuccessor(MeasureFigure):
        key, title, unit, basis, definition = "s", "t", "แห่ง", Basis.STOCK, "d"
        columns = (Measure("n", "จำนวน", Unit.COUNT, successor, Count("pk")),)

        def rows(self, scope, as_of):
            return []

    grid = BySuccessor().compute(NORTH, AS_OF)
    assert [(row.key, row.title, row.kind) for row in grid.rows] == [
        ("unset", "ไม่ระบุ", "item"),
        ("total", "รวม", "total"),
    ]
    assert (
        BySuccessor().records(NORTH, AS_OF, "unset", "n").count() == grid.value("unset", "n") == 2
    )


@pytest.mark.django_db
def test_every_count_leads_to_as_many_records():
    """A click on a figure that shows another number of records would destroy all trust."""
    places(3)
    figure = PlacesOfProvinces()
    grid = figure.compute(NORTH, AS_OF)
    for row in grid.rows:
        for column in ("districts", "named", "subdistricts"):
            records = figure.records(NORTH, AS_OF, row.key, column)
            assert records.count() == grid.value(row.key, column), (row.key, column)
    assert figure.records(NORTH, AS_OF, "00", "named_pct").count() == 1
    assert figure.records(NORTH, AS_OF, "00", "more").count() == 4
    with pytest.raises(KeyError):
        figure.records(NORTH, AS_OF, "00", "nothing")


@pytest.mark.django_db
def test_subtotals_of_groups():
    """Subtotals: additive by addition, distinct ones by the database, records of their items."""
    places(3)

    class Grouped(PlacesOfProvinces):
        def rows(self, scope, as_of):
            return [
                Row("00", "ก", group="x"),
                Row("01", "ข", group="x"),
                Row("x", "รวม x", "subtotal", "x"),
                Row("02", "ค"),
            ]

    grid = Grouped().compute(NORTH, AS_OF)
    assert [grid.value("x", key) for key in ("districts", "names")] == [4, 5]
    assert grid.value("total", "names") == 7
    assert grid.check() == ()
    assert Grouped().records(NORTH, AS_OF, "x", "districts").count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize("provinces", [1, 3, 60])
def test_a_list_is_one_query(provinces, django_assert_num_queries):
    """A query per record would make the detail table slow."""
    places(provinces)
    with django_assert_num_queries(1):
        grid = Districts().compute(NORTH, AS_OF)
    assert len(grid.items) == provinces * 2
    assert grid.check() == ()


@pytest.mark.django_db
def test_a_list_shows_its_records_and_leads_to_them():
    """A row of the list must be that very record."""
    places(2)
    grid = Districts().compute(NORTH, AS_OF)
    assert [row.title for row in grid.rows] == ["เมือง", "อำเภอ1", "เมือง", "อำเภอ1", "รวม"]
    assert dict(grid.cells["0001"]) == {
        "province": "จังหวัด0",
        "letters": 6,
        "cost": Decimal("2.50"),
        "part": Decimal("25.00"),
    }
    assert grid.value("total", "cost") == Decimal("10.00")
    assert [d.pk for d in Districts().records(NORTH, AS_OF, "0001", "cost")] == ["0001"]
    assert Districts().records(NORTH, AS_OF, "total", "cost").count() == 4


@pytest.mark.django_db
def test_an_aggregate_that_filters_already_keeps_its_filter():
    """Replacing a filter instead of adding to it would count too much."""
    places(1)
    both = Measure(
        "n",
        "n",
        Unit.COUNT,
        DISTRICTS,
        Count("pk", filter=Q(name__startswith="เมือง")),
        lambda scope, as_of: Q(code="0001"),
    )

    class Narrow(PlacesOfProvinces):
        columns = (both, Measure("l", "l", Unit.COUNT, DISTRICTS, lambda q: Sum(Length("name"))))

    grid = Narrow().compute(NORTH, AS_OF)
    assert (grid.value("00", "n"), grid.value("00", "l")) == (0, 11)


def test_registry_knows_each_key_once(monkeypatch):
    """Two figures of one key would answer for each other."""
    monkeypatch.setattr(registry, "_figures", {})
    registry.register(Districts)
    assert isinstance(registry.get("districts"), Figure)
    assert [figure.key for figure in registry.all_figures()] == ["districts"]
    with pytest.raises(ValueError, match="districts"):
        registry.register(Districts)
    with pytest.raises(UnknownFigure):
        registry.get("nobody")
