"""The table of an analysis: figures are computed, their cells are set out, a grid comes out.

Every number is a cell of a figure's own grid, totals included: nothing is added up over time, and a
total over places is the figure's. Only what is declared here is worked out of such cells: the share
of the total of all places, and the change against the quarter before.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from codi.errors import Refused
from codi.figures.declared import TOTAL
from codi.figures.figure import Figure, FigureScope
from codi.figures.grid import Cell, Grid, Unit, add_up, share
from codi.places.figures import shows_regions
from codi.places.models import Province, Region
from codi.thai.numbers import number
from overview.analysis.catalogue import Offered, Time, figure_at
from overview.analysis.points import Point

MOST_GRIDS = 48


class Axis(StrEnum):
    """What is set out in rows or columns."""

    PLACE = "place"
    PERIOD = "period"
    MEASURE = "measure"


class Show(StrEnum):
    """What stands beside the value."""

    VALUE = "value"
    SHARE = "share"
    CHANGE = "change"
    GROWTH = "growth"


AXIS_TITLES = {Axis.PLACE: "พื้นที่", Axis.PERIOD: "ช่วงเวลา", Axis.MEASURE: "ตัวเลข"}


@dataclass(frozen=True)
class Choice:
    """What to set out, of what, and how. ``rows`` has one or two axes, the others are columns."""

    measures: tuple[Offered, ...]
    points: tuple[Point, ...]
    scope: FigureScope
    rows: tuple[Axis, ...] = (Axis.PLACE,)
    head: Axis = Axis.PERIOD
    shows: tuple[Show, ...] = ()
    split_places: bool = True
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[Axis, ...]:
        """The axes across, the upper heading first."""
        rest = [axis for axis in Axis if axis not in self.rows]
        return tuple(sorted(rest, key=lambda axis: axis is not self.head))

    @property
    def compares(self) -> bool:
        """Whether the quarter before each point is needed."""
        return Show.CHANGE in self.shows or Show.GROWTH in self.shows


@dataclass(frozen=True)
class Place:
    """A region or province, or the whole of the scope."""

    key: str
    title: str
    scope: FigureScope


@dataclass(frozen=True)
class Source:
    """Where a value was read: enough to lead to its records."""

    figure: Figure
    scope: FigureScope
    day: dt.date
    row: str
    column: str


@dataclass
class Table:
    """The computed analysis. Raises :class:`Refused` where it would be too long or too wide."""

    choice: Choice
    _grids: dict[tuple[str, dt.date, FigureScope], Grid] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._refuse_too_much()
        for figure, day, scope in self._needed:
            self._grids[figure.key, day, scope] = figure.compute(scope, day)

    # What is computed

    @cached_property
    def whole(self) -> Place:
        """All places of the scope together."""
        return Place(TOTAL, "รวม", self.choice.scope)

    @cached_property
    def declared_places(self) -> list[Place]:
        """The places of the scope in the order of reports; one query."""
        scope = self.choice.scope
        if not self.choice.split_places:
            return []
        if shows_regions(scope):
            regions = Region.objects.order_by("position", "pk").values_list("pk", "name")
            return [Place(key, name, replace(scope, region=key)) for key, name in regions]
        last = self.choice.points[-1].day
        provinces = Province.objects.current_on(last).filter(region=scope.region)
        if scope.province is not None:
            provinces = provinces.filter(pk=scope.province)
        named = provinces.order_by("sort_key").values_list("pk", "name")
        return [Place(key, name, replace(scope, province=key)) for key, name in named]

    @cached_property
    def days(self) -> list[dt.date]:
        """Every day that is computed, those that are only compared with included."""
        points = self.choice.points
        before = [point.before for point in points] if self.choice.compares else []
        return sorted({point.day for point in (*points, *before)})

    @cached_property
    def _needed(self) -> list[tuple[Figure, dt.date, FigureScope]]:
        """Each figure with each day, and with each place where its rows are no places."""
        found: dict[tuple[str, dt.date, FigureScope], Figure] = {}
        for measure in self.choice.measures:
            figure = self._figure(measure)
            places = [] if measure.by_place else self.declared_places
            for place in (self.whole, *places):
                for day in self.days:
                    found[figure.key, day, place.scope] = figure
        return [(figure, day, scope) for (_key, day, scope), figure in found.items()]

    def _figure(self, measure: Offered) -> Figure:
        return figure_at(measure.figure, by_region=shows_regions(self.choice.scope))

    def _refuse_too_much(self) -> None:
        needed = len(self._needed)
        if needed > MOST_GRIDS:
            raise Refused(
                f"ต้องคำนวณ {number(needed)} ครั้ง (ตารางตัวเลข × วัน × พื้นที่) ทำได้ไม่เกิน {MOST_GRIDS} ครั้งต่อหนึ่งหน้า "
                "เลือกช่วงเวลาให้น้อยลง เลือกตัวเลขจากตารางเดียวกัน หรือไม่แยกพื้นที่"
            )

    # What is read

    @cached_property
    def places(self) -> list[Place]:
        """The declared places, those met only in the data, and the whole."""
        known = {place.key for place in (*self.declared_places, self.whole)}
        strangers: dict[str, Place] = {}
        for measure in self.choice.measures if self.choice.split_places else ():
            for day in self.days if measure.by_place else ():
                for row in self._grid(measure, self.whole, day).items:
                    if row.key not in known:
                        strangers[row.key] = Place(row.key, row.title, self.choice.scope)
        return [*self.declared_places, *strangers.values(), self.whole]

    def _grid(self, measure: Offered, place: Place, day: dt.date) -> Grid:
        scope = self.choice.scope if measure.by_place else place.scope
        return self._grids[self._figure(measure).key, day, scope]

    def source(self, place: Place, point: Point, measure: Offered) -> Source | None:
        """The cell of the figure's grid; None where the grid has no such row or column."""
        row = place.key if measure.by_place else measure.row
        is_stranger = place is not self.whole and place not in self.declared_places
        if is_stranger and not measure.by_place:
            return None
        grid = self._grid(measure, place, point.day)
        column = measure.column_in(point.quarter.number)
        if row not in grid.cells or column not in grid.cells[row]:
            return None
        scope = self.choice.scope if measure.by_place else place.scope
        return Source(self._figure(measure), scope, point.day, row, column)

    def value(self, place: Place, point: Point, measure: Offered) -> Cell:
        """The value as the figure tells it."""
        found = self.source(place, point, measure)
        if found is None:
            return None
        return self._grids[found.figure.key, found.day, found.scope].value(found.row, found.column)

    def shown(self, show: Show, place: Place, point: Point, measure: Offered) -> Cell:
        """The value, or what is worked out of it; nil where that would say nothing."""
        value = self.value(place, point, measure)
        if show is Show.VALUE:
            return value
        if show is Show.SHARE:
            if not measure.additive:
                return None
            return (
                share(value, self.value(self.whole, point, measure)) if value is not None else None
            )
        change = self._change(place, point, measure, value)
        if show is Show.CHANGE:
            return change
        if measure.unit is Unit.PERCENT or change is None:
            return None
        return share(change, self.value(place, point.before, measure))

    def _change(self, place: Place, point: Point, measure: Offered, value: Cell) -> Cell:
        """Against the quarter before; what counts from the year's start never across two years."""
        if measure.time is Time.YEAR and point.before.fiscal_year != point.fiscal_year:
            return None
        now, before = add_up([value]), add_up([self.value(place, point.before, measure)])
        if measure.unit is Unit.PERCENT:
            return None if now is None or before is None else now - before
        wholes = [self.value(self.whole, at, measure) for at in (point, point.before)]
        if None in wholes or (now is None and before is None):
            return None  # a place without records is nil within a whole that is known, and else not
        return (now or 0) - (before or 0)

    def adds_up(self, measure: Offered) -> bool:
        """Whether its places add up to the whole in the figure itself."""
        if not measure.by_place or not self.choice.split_places:
            return False
        grids = [
            (self._grid(measure, self.whole, point.day), point) for point in self.choice.points
        ]
        columns = [(grid, measure.column_in(point.quarter.number)) for grid, point in grids]
        return all(grid.column(key).adds_up for grid, key in columns if key in grid.cells[TOTAL])
