"""The crossing: the database groups, pandas adds the groups up to totals, a grid comes out.

One query groups by all chosen dimensions; counts of different records, which do not add up, are
asked once more for each level of totals (at most five times). All sums stay Decimals: the frame
holds Python objects, never floats.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from django.db.models import QuerySet

from codi.errors import Refused
from codi.figures.grid import Basis, Cell, Column, Grid, Row, Unit, share
from codi.pivot.declared import Pivot
from codi.pivot.dimensions import Dimension
from codi.pivot.measures import Measure
from codi.thai.numbers import number

Share = Literal["", "column", "row", "total"]
Key = tuple[int, ...]
"""Which value of each dimension of a level, by its place in the order of the values."""
Level = tuple[int, ...]
"""The positions of the dimensions that a level keeps apart; ``()`` is the grand total."""
_Column = tuple[Column, Key, Measure | None]
"""A column with the value it stands for and its measure; None for a percentage beside one."""
TOTAL = "total"
SHARE_TITLE = "ร้อยละ"
MOST_COLUMNS, MOST_ROWS, MOST_GROUPS = 80, 2000, 40_000


@dataclass(frozen=True)
class Choice:
    """What to cross: one or two dimensions of rows, one of columns or none, and the measures.

    ``share`` sets percentages beside counts and sums: of the column's, row's or grand total.
    """

    rows: tuple[Dimension, ...]
    column: Dimension | None
    measures: tuple[Measure, ...]
    share: Share = ""

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """All of them, those of the rows first."""
        return (*self.rows, self.column) if self.column else self.rows

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The finest level first, then every level of totals."""
        depth = len(self.rows)
        across: tuple[Level, ...] = ((depth,), ()) if self.column else ((),)
        return tuple(
            tuple(range(kept)) + column for kept in range(depth, -1, -1) for column in across
        )


@dataclass(frozen=True)
class Value:
    """One value of a dimension, as the table heads it and the address carries it."""

    value: Any
    label: str
    text: str


class Crossing:
    """The groups of a list's rows for a choice, and the grid made of them.

    Raises :class:`codi.errors.Refused` where the table would be too long or too wide to read, with
    what to choose instead.
    """

    def __init__(self, rows: QuerySet[Any], choice: Choice) -> None:
        self.choice = choice
        self._parts = [
            (f"part_{number}_{place}", measure, part)
            for number, measure in enumerate(choice.measures)
            for place, part in enumerate(measure.parts)
        ]
        self._rows = rows.order_by()
        found = self._grouped(choice.levels[0], [name for name, _measure, _part in self._parts])
        if len(found) > MOST_GROUPS:
            raise Refused(
                f"ข้อมูลแยกเป็นกลุ่มย่อยเกิน {number(MOST_GROUPS)} กลุ่ม กรองรายการให้แคบลง หรือเลือกมิติที่หยาบกว่า เช่น ภาคแทนจังหวัด"
            )
        self.values = [
            _values_of(dimension, f"dim_{position}", found)
            for position, dimension in enumerate(choice.dimensions)
        ]
        self._refuse_what_nobody_can_read()
        self._places = [
            {one.value: place for place, one in enumerate(values)} for values in self.values
        ]
        self.facts = self._all_levels(found)

    def _grouped(self, level: Level, names: Sequence[str]) -> list[dict[str, Any]]:
        """One query: the groups of a level with the named parts."""
        grouping: dict[str, Any] = {}
        for position in level:
            grouping |= self.choice.dimensions[position].grouping(f"dim_{position}")
        parts = {name: part for name, _measure, part in self._parts if name in names}
        if not level:
            return [self._rows.aggregate(**parts)]
        return list(self._rows.values(**grouping).annotate(**parts)[: MOST_GROUPS + 1])

    def _refuse_what_nobody_can_read(self) -> None:
        if self.choice.column:
            wide = (len(self.values[-1]) + 1) * len(self._columns_of_measures())
            if wide > MOST_COLUMNS:
                raise Refused(
                    f"ตารางนี้จะมี {number(wide)} คอลัมน์ แสดงได้ไม่เกิน {MOST_COLUMNS} คอลัมน์ "
                    f"ย้าย “{self.choice.column.title}” ไปเป็นแถว เลือกค่าที่แสดงให้น้อยลง หรือกรองรายการให้แคบลง",
                    field="column",
                )
        if len(self.values[0]) > MOST_ROWS:
            raise Refused(
                f"ตารางนี้จะมี {number(len(self.values[0]))} แถว แสดงได้ไม่เกิน {number(MOST_ROWS)} แถว "
                "เลือกมิติของแถวที่หยาบกว่า หรือกรองรายการให้แคบลง",
                field="row",
            )

    def _all_levels(self, found: Sequence[dict[str, Any]]) -> Mapping[Level, Mapping[Key, Any]]:
        """Level → group → part → value."""
        adding = [name for name, measure, _part in self._parts if measure.parts_add_up]
        asked = [name for name, measure, _part in self._parts if not measure.parts_add_up]
        facts: dict[Level, dict[Key, dict[str, Any]]] = {
            level: dict(groups)
            for level, groups in _added_up(self._keyed(found), adding, self.choice.levels)
        }
        for level in self.choice.levels if asked else ():
            finest = level == self.choice.levels[0]
            for group in found if finest else self._grouped(level, asked):
                key = self._key(group, level)
                facts[level].setdefault(key, {}).update({name: group[name] for name in asked})
        return facts

    def _key(self, group: Mapping[str, Any], level: Level) -> Key:
        return tuple(self._places[position][group[f"dim_{position}"]] for position in level)

    def _keyed(self, found: Iterable[dict[str, Any]]) -> list[tuple[Key, dict[str, Any]]]:
        finest = self.choice.levels[0]
        return [(self._key(group, finest), group) for group in found]

    def cell(self, level: Level, key: Key, measure: Measure) -> Cell:
        """What a measure is in a group; nil where there is no such group."""
        parts = self.facts[level].get(key)
        if parts is None:
            return None
        names = [name for name, owner, _part in self._parts if owner is measure]
        return measure.combine([parts.get(name) for name in names])

    # The grid

    def grid(self, pivot: Pivot, *, as_of: dt.date, scope_label: str, notes: Sequence[str]) -> Grid:
        """The table with subtotals and totals; it can check itself like every grid."""
        columns = list(self._columns())
        rows = list(self._row_keys())
        cells = {row.key: self._cells(columns, key) for row, key in rows}
        if self.choice.share:
            _add_shares(cells, [column for column, _key, _measure in columns])
        return Grid(
            key=f"pivot-{pivot.key}",
            title=f"{pivot.title}จำแนกตาม{_listed([one.title for one in self.choice.dimensions])}",
            unit="",
            basis=Basis.STOCK,
            as_of=as_of,
            scope_label=scope_label,
            columns=tuple(column for column, _key, _measure in columns),
            rows=tuple(row for row, _key in rows),
            cells=cells,
            notes=tuple(notes),
            row_heading=" / ".join(one.title for one in self.choice.rows),
        )

    def _columns_of_measures(self) -> list[tuple[Measure, bool]]:
        """Each measure, and once more for its percentage where one is asked for."""
        found: list[tuple[Measure, bool]] = []
        for measure in self.choice.measures:
            found.append((measure, False))
            if self.choice.share and measure.adds_up:
                found.append((measure, True))
        return found

    def _columns(self) -> Iterator[_Column]:
        """Each column with the value it stands for and its measure; None for a percentage."""
        heads: list[tuple[str, Key, str]] = []
        if self.choice.column:
            heads = [
                (_name(place), (place,), one.label) for place, one in enumerate(self.values[-1])
            ]
        heads.append((TOTAL, (), "รวม" if self.choice.column else ""))
        for name, key, label in heads:
            for measure, is_share in self._columns_of_measures():
                own = f"{name}.{measure.key}"
                if is_share:
                    whole = own if self.choice.share == "column" else f"{TOTAL}.{measure.key}"
                    fixed = "" if self.choice.share == "row" else f"@{TOTAL}"
                    yield (
                        Column(
                            f"{own}.share", SHARE_TITLE, Unit.PERCENT, label, own, whole + fixed
                        ),
                        key,
                        None,
                    )
                else:
                    yield (
                        Column(own, measure.title, measure.unit, label, additive=measure.adds_up),
                        key,
                        measure,
                    )

    def _row_keys(self) -> Iterator[tuple[Row, Key]]:
        """Each row with the values it stands for; of two dimensions the first gives subtotals."""
        level = tuple(range(len(self.choice.rows)))
        opened = None
        for key in sorted(self.facts[level]):
            group = _name(key[0])
            if len(level) == 1:
                yield Row(group, self.values[0][key[0]].label), key
                continue
            if group != opened:
                yield Row(group, self.values[0][key[0]].label, "subtotal", group), key[:1]
            opened = group
            yield Row(_name(*key), self.values[1][key[1]].label, group=group), key
        yield Row(TOTAL, "รวม", "total"), ()

    def _cells(self, columns: Sequence[_Column], key: Key) -> dict[str, Cell]:
        """The cells of a row, which stands for the values of ``key``; percentages come later."""
        depth, own = len(self.choice.rows), tuple(range(len(key)))
        return {
            column.key: self.cell(own + ((depth,) if across else ()), key + across, measure)
            for column, across, measure in columns
            if measure is not None
        }

    def words(self, row: str, column: str) -> dict[str, str]:
        """What narrows the list to the records of a cell: key of the dimension → its text."""
        rows = [] if row == TOTAL else [int(place) for place in row.split("-")]
        head = column.partition(".")[0]
        found = {
            dimension.key: values[place].text
            for dimension, values, place in zip(self.choice.rows, self.values, rows, strict=False)
        }
        if self.choice.column and head != TOTAL:
            found[self.choice.column.key] = self.values[-1][int(head)].text
        return found


def _listed(titles: Sequence[str]) -> str:
    """As Thai lists things: "ภาค", "ภาคและสถานะ", "ภาค จังหวัด และสถานะ"."""
    *others, last = titles
    return f"{' '.join(others)}{' ' if len(others) > 1 else ''}{'และ' if others else ''}{last}"


def _name(*places: int) -> str:
    return "-".join(map(str, places))


def _values_of(dimension: Dimension, alias: str, found: Iterable[Mapping[str, Any]]) -> list[Value]:
    """The values that a dimension takes in the groups, in order."""
    seen = {
        group[alias]: (group.get(f"{alias}_name"), group.get(f"{alias}_order")) for group in found
    }
    ordered = sorted(seen, key=lambda value: dimension.order(value, seen[value][1]))
    return [
        Value(value, dimension.label(value, seen[value][0]), dimension.text(value))
        for value in ordered
    ]


def _added_up(
    groups: Sequence[tuple[Key, Mapping[str, Any]]], names: Sequence[str], levels: Sequence[Level]
) -> Iterator[tuple[Level, dict[Key, dict[str, Any]]]]:
    """The parts of every level, added up from the finest; nil only where all of them are.

    Python's own addition of Decimals and whole numbers: the columns hold objects, no floats.
    """
    # Forty megabytes that only those who open a cross table need.
    import pandas as pd

    depth = len(levels[0])
    frame = pd.DataFrame(
        [[*key, *(group[name] for name in names)] for key, group in groups],
        columns=[*range(depth), *names],
        dtype=object,
    )
    everything = pd.Series(0, index=frame.index)
    for level in levels:
        keys = [frame[position].astype(int) for position in level] or [everything]
        sums = frame[list(names)].groupby(keys, sort=False).sum(min_count=1)
        facts = {}
        for index, line in zip(sums.index, sums.itertuples(index=False, name=None), strict=True):
            places = index if isinstance(index, tuple) else (index,)
            key = tuple(map(int, places)) if level else ()
            facts[key] = {
                name: None if pd.isna(value) else value
                for name, value in zip(names, line, strict=True)
            }
        yield level, facts


def _add_shares(cells: dict[str, dict[str, Cell]], columns: Sequence[Column]) -> None:
    """Fill the percentages from the cells that they name."""
    for row in cells.values():
        for column in columns:
            if column.unit is Unit.PERCENT and column.numerator:
                whole, _, fixed = column.denominator.partition("@")
                row[column.key] = share(
                    row[column.numerator], (cells[fixed] if fixed else row)[whole]
                )
