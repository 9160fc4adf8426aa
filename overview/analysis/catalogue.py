"""What can be chosen of the figures: their columns, and of figures without places also their rows.

A column that a figure has once for each quarter of the year (``new_q1`` … ``new_q4``) is offered
once: at each point in time it is the column of that point's own quarter.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from codi.figures.compared import CURRENT, ComparedFigure
from codi.figures.declared import TOTAL, MeasureFigure
from codi.figures.figure import Figure, FigureScope, all_figures, get
from codi.figures.formats import column_title
from codi.figures.grid import Basis, Column, Row, Unit
from codi.figures.quarters import periods
from codi.fiscal import FiscalYear
from codi.places.figures import PlaceFigure
from codi.thai.normalise import search_key

BY_REGION, BY_PROVINCE = "projects.disbursement_by_region", "projects.disbursement_by_province"
# The same table twice, by region and by province: it is offered once and follows the scope.
# Months are points in time themselves: the quarters of an analysis tell the same.
LEFT_OUT = (BY_PROVINCE, "projects.disbursement_by_month")
TITLES = {BY_REGION: "สถานะการเบิกจ่ายของโครงการ"}
QUARTER = re.compile(r"q[1-4](?=_|$)")
NUMBER = "q{}"
OF_QUARTER = re.compile(r"ของไตรมาส \d")
INSTALMENT = re.compile(r"paid_\d+_baht")


class Time(StrEnum):
    """How a measure stands in time."""

    STOCK = "stock"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def told(self) -> str:
        """What a reader must know before comparing quarters."""
        return {
            Time.STOCK: "ยอด ณ วันสิ้นช่วง",
            Time.QUARTER: "เฉพาะที่เกิดขึ้นในไตรมาส",
            Time.YEAR: "นับตั้งแต่ต้นปีงบประมาณถึงวันสิ้นช่วง",
        }[self]


@dataclass(frozen=True)
class Offered:
    """One measure that can be chosen.

    ``column`` is the key in the grid, with ``{}`` for the number of the quarter. ``row`` is the row
    of a figure whose rows are no places; such a figure is computed once for each place.
    """

    figure: Figure
    column: str
    row: str
    title: str
    unit: Unit
    time: Time
    additive: bool

    @property
    def key(self) -> str:
        """The word of the address."""
        return ":".join(filter(None, (self.figure.key, self.column, self.row)))

    @property
    def by_place(self) -> bool:
        """Whether the rows of the figure are the places of the scope."""
        return not self.row

    def column_in(self, quarter: int) -> str:
        """The key of the grid's column at a point in a quarter of that number."""
        return self.column.replace("{}", str(quarter))


@dataclass(frozen=True)
class Group:
    """A figure with what it offers."""

    figure: Figure
    title: str
    offered: tuple[Offered, ...]


def figure_at(figure: Figure, *, by_region: bool) -> Figure:
    """The figure whose rows are the places of the scope: regions, or provinces."""
    return get(BY_PROVINCE) if figure.key == BY_REGION and not by_region else figure


def catalogue(scope: FigureScope, as_of: dt.date, *, only: Iterable[str] = ()) -> list[Group]:
    """Every figure that can be analysed, as its columns are on a day; ``only`` some of them."""
    wanted = set(only)
    found = []
    for figure in all_figures():
        if figure.key in LEFT_OUT or (wanted and figure.key not in wanted):
            continue
        offered = tuple(_offered(figure, scope, as_of))
        if offered:
            found.append(Group(figure, TITLES.get(figure.key, figure.title), offered))
    return found


def matching(groups: Sequence[Group], text: str) -> list[Group]:
    """The groups and measures in whose names, or in whose definition, the text is found."""
    wanted = search_key(text)
    if not wanted:
        return list(groups)
    found = []
    for group in groups:
        told = search_key(f"{group.title} {group.figure.definition}")
        named = tuple(one for one in group.offered if wanted in search_key(one.title))
        if named or wanted in told:
            found.append(Group(group.figure, group.title, named or group.offered))
    return found


def _offered(figure: Figure, scope: FigureScope, as_of: dt.date) -> Iterator[Offered]:
    if isinstance(figure, ComparedFigure):
        basis = _time(figure, None)
        for line in figure.lines:
            row = line.row
            unit = row.unit or Unit.COUNT
            yield Offered(figure, CURRENT, row.key, row.title, unit, basis, additive=True)
    elif isinstance(figure, MeasureFigure):
        by_place = isinstance(figure, PlaceFigure) or figure.key == BY_REGION
        rows = [] if by_place else _rows(figure, scope, as_of)
        columns = list(_columns(figure, scope, as_of))
        titles = _titles(columns, as_of)
        for column in columns:
            if by_place:
                yield _measure(figure, column, None, titles)
            for row in rows:
                yield _measure(figure, column, row, titles)


def _rows(figure: MeasureFigure, scope: FigureScope, as_of: dt.date) -> list[Row]:
    """The whole first, where the figure has a whole."""
    total = [] if figure.total_title is None else [Row(TOTAL, "รวม", "total")]
    return [*total, *figure.rows(scope, as_of)]


def _columns(figure: MeasureFigure, scope: FigureScope, as_of: dt.date) -> Iterator[Column]:
    """The columns that hold numbers; of those of the four quarters the first."""
    seen: set[str] = set()
    for declared in figure.columns_for(scope, as_of):
        column = declared.column()
        key = QUARTER.sub(NUMBER, column.key)
        if key in seen or not column.unit.is_number or INSTALMENT.fullmatch(key):
            continue
        seen.add(key)
        yield column


def _titles(columns: Sequence[Column], as_of: dt.date) -> dict[str, str]:
    """Key → title; a bare "ร้อยละ" says of what it is the percentage."""
    titles = {column.key: _without_time(column, as_of) for column in columns}
    bare = [one for one in columns if one.title == "ร้อยละ" and one.numerator in titles]
    return titles | {one.key: f"{titles[one.numerator]}: ร้อยละ" for one in bare}


def _measure(figure: Figure, column: Column, row: Row | None, titles: Mapping[str, str]) -> Offered:
    title = titles[column.key]
    return Offered(
        figure=figure,
        column=QUARTER.sub(NUMBER, column.key),
        row=row.key if row else "",
        title=f"{row.title}: {title}" if row else title,
        unit=column.unit,
        time=_time(figure, column),
        additive=column.adds_up,
    )


def _time(figure: Figure, column: Column | None) -> Time:
    basis = (column.basis if column else None) or figure.basis
    if basis is Basis.STOCK:
        return Time.STOCK
    is_quarterly = column is not None and QUARTER.search(column.key)
    return Time.QUARTER if is_quarterly else Time.YEAR


def _without_time(column: Column, as_of: dt.date) -> str:
    """The full title, without the quarter and the year that it has on the day."""
    times = {period.title for period in periods(as_of)}
    parts = [part for part in (column.group, column.title) if part and part not in times]
    year = FiscalYear.of(as_of).number
    title = " ".join(parts) or column_title(column)
    title = OF_QUARTER.sub("ของไตรมาสก่อน", title)
    return title.replace(f"ปี {year - 1}", "ปีก่อน").replace(f"ปี {year}", "ปีนั้น")
