"""A computed analysis set out in rows and columns, with what stands behind each cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import pandas as pd

from codi.errors import Refused
from codi.figures.declared import TOTAL
from codi.figures.grid import Basis, Cell, Column, Grid, Row, Unit
from codi.places.figures import place_name
from codi.thai.numbers import number
from overview.analysis.catalogue import Offered, Time
from overview.analysis.table import AXIS_TITLES, Axis, Show, Source, Table

MOST_COLUMNS, MOST_ROWS = 80, 400
BETWEEN = "~"
TITLES = {
    Show.VALUE: "ค่า",
    Show.SHARE: "ร้อยละของรวม",
    Show.CHANGE: "เปลี่ยนแปลง",
    Show.GROWTH: "เปลี่ยนแปลง (ร้อยละ)",
}


@dataclass(frozen=True)
class Spot:
    """One value of the table by its place, point and measure."""

    place: str
    point: str
    measure: str

    def part(self, axis: Axis) -> str:
        """The key of the spot on an axis."""
        return {Axis.PLACE: self.place, Axis.PERIOD: self.point, Axis.MEASURE: self.measure}[axis]


class Layout:
    """A table set out in rows and columns: the grid, and what stands behind each cell."""

    def __init__(self, table: Table) -> None:
        self.table, self.choice = table, table.choice
        self.shows = (Show.VALUE, *self.choice.shows)
        self._places = {place.key: place for place in table.places}
        self._points = {point.key: point for point in self.choice.points}
        self._measures = {measure.key: measure for measure in self.choice.measures}
        self._refuse_what_nobody_can_read()
        self.grid = self._grid()

    def _things(self, axis: Axis) -> Mapping[str, Any]:
        things: dict[Axis, Mapping[str, Any]] = {
            Axis.PLACE: self._places,
            Axis.PERIOD: self._points,
            Axis.MEASURE: self._measures,
        }
        return things[axis]

    def _keys(self, axes: Sequence[Axis]) -> list[tuple[str, ...]]:
        """Every combination, the first axis outermost."""
        keys: list[tuple[str, ...]] = [()]
        for axis in axes:
            keys = [(*key, one) for key in keys for one in self._things(axis)]
        return keys

    def _refuse_what_nobody_can_read(self) -> None:
        wide = len(self._keys(self.choice.columns)) * len(self.shows)
        if wide > MOST_COLUMNS:
            raise Refused(
                f"ตารางนี้จะมี {number(wide)} คอลัมน์ แสดงได้ไม่เกิน {MOST_COLUMNS} คอลัมน์ "
                "ย้ายช่วงเวลาหรือตัวเลขไปเป็นแถวย่อย หรือเลือกให้น้อยลง"
            )
        if len(self._keys(self.choice.rows)) > MOST_ROWS:
            raise Refused(f"ตารางนี้ยาวเกิน {MOST_ROWS} แถว เลือกพื้นที่ ช่วงเวลา หรือตัวเลขให้น้อยลง")

    def _title(self, axis: Axis, key: str) -> str:
        """The name on an axis; a measure whose name is another's too says its figure."""
        title: str = self._things(axis)[key].title
        if axis is not Axis.MEASURE:
            return title
        doubles = [one for one in self._measures.values() if one.title == title]
        return f"{title} – {self._measures[key].figure.title}" if len(doubles) > 1 else title

    def _shows_of(self, measure: str | None) -> Sequence[Show]:
        """What stands beside a measure; of a percentage there is neither a share nor a growth."""
        if measure is None or self._measures[measure].unit is not Unit.PERCENT:
            return self.shows
        return [show for show in self.shows if show in (Show.VALUE, Show.CHANGE)]

    # Cells

    def _spots(self) -> Iterator[tuple[Spot, dict[Show, Cell]]]:
        for place, point, measure in self._keys(tuple(Axis)):
            spot = Spot(place, point, measure)
            known = self._places[place], self._points[point], self._measures[measure]
            yield spot, {show: self.table.shown(show, *known) for show in self.shows}

    def _cells(self) -> dict[str, dict[str, Cell]]:
        """Row → column → cell. pandas turns the long list round; it never adds anything up."""
        rows, across = self.choice.rows, self.choice.columns
        lines = [
            {
                "row": BETWEEN.join(spot.part(axis) for axis in rows),
                "column": self._column_key([spot.part(axis) for axis in across], show),
                "cell": cell,
            }
            for spot, cells in self._spots()
            for show, cell in cells.items()
            if Axis.MEASURE in rows or show in self._shows_of(spot.measure)
        ]
        frame = pd.DataFrame(lines, dtype=object)
        wide = frame.pivot(index="row", columns="column", values="cell")
        found: Any = wide.to_dict("index")
        return cast("dict[str, dict[str, Cell]]", found)

    @staticmethod
    def _column_key(keys: Sequence[str], show: Show) -> str:
        return BETWEEN.join((*keys, show))

    # Head and rows

    def _grid(self) -> Grid:
        choice = self.choice
        return Grid(
            key="analysis",
            title=self.title,
            unit="",
            basis=Basis.STOCK,
            as_of=choice.points[-1].day,
            scope_label=place_name(choice.scope),
            columns=tuple(self._columns()),
            rows=tuple(self._rows()),
            cells=self._cells(),
            notes=(*choice.notes, *self._notes()),
            row_heading=" / ".join(AXIS_TITLES[axis] for axis in choice.rows),
        )

    @property
    def title(self) -> str:
        """What is set out, in a line."""
        titles = [self._title(Axis.MEASURE, key) for key in self._measures]
        named = " · ".join(titles[:2]) + (f" และอีก {len(titles) - 2} ตัวเลข" if titles[2:] else "")
        first, last = self.choice.points[0], self.choice.points[-1]
        return f"{named} {first.title}" + (f" ถึง {last.title}" if last is not first else "")

    def _columns(self) -> Iterator[Column]:
        across = self.choice.columns
        for keys in self._keys(across):
            found = dict(zip(across, keys, strict=True))
            titles = [self._title(axis, key) for axis, key in found.items()]
            for show in self._shows_of(found.get(Axis.MEASURE)):
                yield self._column(found, titles, show)

    def _column(self, keys: Mapping[Axis, str], titles: Sequence[str], show: Show) -> Column:
        group, title = (titles[0], titles[1]) if len(titles) > 1 else ("", titles[0])
        if not group and len(self.shows) > 1:
            group, title = title, TITLES[show]
        elif show is not Show.VALUE:
            title = f"{title}: {TITLES[show]}"
        column = Column(
            self._column_key(list(keys.values()), show),
            title,
            self._unit(keys.get(Axis.MEASURE), show),
            group,
            additive=self._adds_up(keys.get(Axis.MEASURE), show),
        )
        if show is Show.SHARE:
            column = self._with_base(column, keys)
        if (point := keys.get(Axis.PERIOD)) and show is Show.VALUE:
            measure = self._measures.get(keys.get(Axis.MEASURE, ""))
            is_flow = measure is not None and measure.time is not Time.STOCK
            basis = Basis.FLOW if is_flow else None
            column = replace(column, as_of=self._points[point].day, basis=basis)
        return column

    def _unit(self, measure: str | None, show: Show) -> Unit:
        if show in (Show.SHARE, Show.GROWTH):
            return Unit.PERCENT
        return self._measures[measure].unit if measure else Unit.COUNT

    def _adds_up(self, measure: str | None, show: Show) -> bool:
        """Whether the places of a column add up to the whole below them."""
        if self.choice.rows != (Axis.PLACE,) or show is not Show.VALUE or measure is None:
            return False
        return self.table.adds_up(self._measures[measure])

    def _with_base(self, column: Column, keys: Mapping[Axis, str]) -> Column:
        """A share says of what, where the whole is one row or one column."""
        own = self._column_key(list(keys.values()), Show.VALUE)
        measure = keys.get(Axis.MEASURE)
        if measure is None or not self._measures[measure].additive:
            return column
        if self.choice.rows == (Axis.PLACE,):
            return replace(column, numerator=own, denominator=f"{own}@{TOTAL}")
        if Axis.PLACE in keys:
            whole = [TOTAL if axis is Axis.PLACE else key for axis, key in keys.items()]
            return replace(column, numerator=own, denominator=self._column_key(whole, Show.VALUE))
        return column

    def _rows(self) -> Iterator[Row]:
        rows = self.choice.rows
        for keys in self._keys(rows):
            key = BETWEEN.join(keys)
            is_whole = rows == (Axis.PLACE,) and keys == (TOTAL,)
            measure = dict(zip(rows, keys, strict=True)).get(Axis.MEASURE)
            unit = self._measures[measure].unit if measure else None
            title = " · ".join(self.row_titles(key))
            yield Row(key, title, "total" if is_whole else "item", unit=unit)

    def row_titles(self, row: str) -> list[str]:
        """The name of a row on each of its axes."""
        pairs = zip(self.choice.rows, row.split(BETWEEN), strict=True)
        return [self._title(axis, key) for axis, key in pairs]

    # What a reader must know

    def _notes(self) -> Iterator[str]:
        for time in Time:
            told = [key for key, one in self._measures.items() if one.time is time]
            if told:
                names = " · ".join(self._title(Axis.MEASURE, key) for key in told)
                yield f"{time.told}: {names}"
        yield from self._notes_of_shows()
        only_whole = [key for key in self._measures if self._is_of_whole_only(key)]
        if only_whole:
            names = " · ".join(self._title(Axis.MEASURE, key) for key in only_whole)
            yield f"มีเฉพาะยอดรวม ไม่แยกตามพื้นที่ย่อย: {names}"

    def _notes_of_shows(self) -> Iterator[str]:
        chosen, measures = self.choice.shows, self._measures.values()
        if Show.SHARE in chosen:
            yield "ร้อยละของรวม = ค่าของพื้นที่เทียบกับยอดรวมทุกพื้นที่ของช่วงเวลาเดียวกัน ตัวเลขที่เป็นร้อยละอยู่แล้วไม่มีค่านี้"
        if self.choice.compares:
            yield "เปลี่ยนแปลง = เทียบกับไตรมาสก่อนหน้าช่วงเวลานั้น"
            if any(one.unit is Unit.PERCENT for one in measures):
                yield "การเปลี่ยนแปลงของตัวเลขที่เป็นร้อยละ นับเป็นจุดร้อยละ"
            if any(one.time is Time.YEAR for one in measures):
                yield "ตัวเลขที่นับตั้งแต่ต้นปีงบประมาณไม่เทียบข้ามปี ไตรมาส 1 จึงไม่มีค่าเปลี่ยนแปลง"

    def _is_of_whole_only(self, key: str) -> bool:
        measure, parts = self._measures[key], self.table.declared_places
        values = [
            self.table.value(place, point, measure)
            for place in parts
            for point in self.choice.points
        ]
        whole = [self.table.value(self.table.whole, point, measure) for point in self.choice.points]
        return bool(parts) and all(v is None for v in values) and any(v is not None for v in whole)

    def is_value(self, column: str) -> bool:
        """Whether a column holds values and not what is worked out of them."""
        return column.rpartition(BETWEEN)[2] == Show.VALUE

    def measure_of(self, column: str) -> Offered | None:
        """The measure of a column; None where measures are rows."""
        keys = dict(zip(self.choice.columns, column.split(BETWEEN)[:-1], strict=True))
        return self._measures.get(keys.get(Axis.MEASURE, ""))

    def source(self, row: str, column: str) -> Source | None:
        """The cell of a figure that a cell of the grid shows, or was worked out of."""
        *keys, _show = column.split(BETWEEN)
        axes = (*self.choice.rows, *self.choice.columns)
        found = dict(zip(axes, (*row.split(BETWEEN), *keys), strict=True))
        return self.table.source(
            self._places[found[Axis.PLACE]],
            self._points[found[Axis.PERIOD]],
            self._measures[found[Axis.MEASURE]],
        )
