"""Figures by place: regions of the nation, provinces of a region."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.db.models import Q, QuerySet

from codi.figures.declared import Derived, Measure, MeasureFigure, Source
from codi.figures.figure import FigureScope
from codi.figures.grid import Grid, Row
from codi.places.models import Province, Region

NATION = "ทั้งประเทศ"
ELSEWHERE = "ไม่ระบุพื้นที่"


@dataclass(frozen=True)
class PlaceSource(Source):
    """Records that stand in a place: ``row_path`` is the prefix of their region and province.

    ``""`` for a record with a place of its own, ``"council__"`` for one that has it of a council.
    """


@dataclass(frozen=True)
class RegionSource(Source):
    """Records that exist of whole regions only (bases and targets, frames of a budget).

    Beside rows of provinces they stand in the total alone; a single province has none of them.
    """


def shows_regions(scope: FigureScope) -> bool:
    """Whether the rows are regions; in a region or province they are provinces."""
    return scope.region is None and scope.province is None


def within(scope: FigureScope, prefix: str = "") -> Q:
    """The place that the scope names, on rows that reach their place by ``prefix``."""
    wanted = Q()
    if scope.region is not None:
        wanted &= Q(**{f"{prefix}region": scope.region})
    if scope.province is not None:
        wanted &= Q(**{f"{prefix}province": scope.province})
    return wanted


def of_regions(rows: QuerySet[Any], scope: FigureScope, path: str = "region") -> QuerySet[Any]:
    """Of records of whole regions those of the scope; a single province has none."""
    if scope.province is not None:
        return rows.none()
    return rows if scope.region is None else rows.filter(**{path: scope.region})


class PlaceFigure(MeasureFigure):
    """Measures by region in the order of reports for the nation, else by province.

    A subclass declares :meth:`measures` instead of ``columns``, with sources of the two kinds above.
    """

    columns = ()
    row_heading = "พื้นที่"
    unset_title = ELSEWHERE
    # What stands below the table too where its rows are provinces.
    notes_of_provinces: ClassVar[tuple[str, ...]] = ()

    def measures(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """The columns for a scope and day, whatever the rows."""
        raise NotImplementedError

    def by_region(self, scope: FigureScope) -> bool:
        """Whether the rows are regions."""
        return shows_regions(scope)

    def columns_for(self, scope: FigureScope, as_of: dt.date) -> Sequence[Measure | Derived]:
        """The columns with the row path that the scope's rows need."""
        by_region = self.by_region(scope)
        return [_placed(column, by_region) for column in self.measures(scope, as_of)]

    def rows(self, scope: FigureScope, as_of: dt.date) -> Sequence[Row]:
        """Every region, or every province of the scope; one without records as well."""
        if self.by_region(scope):
            regions = Region.objects.order_by("position", "pk")
            return [Row(code, name) for code, name in regions.values_list("pk", "name")]
        provinces = Province.objects.current_on(as_of).filter(_is_in(scope))
        ordered = provinces.order_by("sort_key").values_list("pk", "name")
        return [Row(code, name) for code, name in ordered]

    def compute(self, scope: FigureScope, as_of: dt.date) -> Grid:
        """The grid, whose rows are headed by what they are."""
        grid = super().compute(scope, as_of)
        if self.by_region(scope):
            return replace(grid, row_heading="ภาค")
        notes = (*grid.notes, *self.notes_of_provinces)
        return replace(grid, row_heading="จังหวัด", notes=notes)

    def scope_label(self, scope: FigureScope) -> str:
        """The province, the region or the whole country."""
        return place_name(scope)


class ProvinceFigure(PlaceFigure):
    """Measures by province whatever the scope, in the order of the names: for maps."""

    def by_region(self, scope: FigureScope) -> bool:
        """Never."""
        return False


def place_name(scope: FigureScope) -> str:
    """Thai name of the scope's place; one query at most."""
    names: Any = ()
    if scope.province is not None:
        names = Province.objects.filter(pk=scope.province).values_list("name", flat=True)
    elif scope.region is not None:
        names = Region.objects.filter(pk=scope.region).values_list("name", flat=True)
    return next(iter(names), NATION)


def _is_in(scope: FigureScope) -> Q:
    wanted = Q()
    if scope.region is not None:
        wanted &= Q(region=scope.region)
    if scope.province is not None:
        wanted &= Q(pk=scope.province)
    return wanted


def _placed(column: Measure | Derived, by_region: bool) -> Measure | Derived:
    """A measure whose source knows its row path; other columns as they are."""
    if not isinstance(column, Measure):
        return column
    source = column.source
    if isinstance(source, PlaceSource):
        path = source.row_path + ("region" if by_region else "province")
        return replace(column, source=Source(source.queryset, path))
    if isinstance(source, RegionSource):
        if by_region:
            return replace(column, source=Source(source.queryset, source.row_path))
        return replace(column, source=Source(source.queryset, ""), additive=False)
    return column
