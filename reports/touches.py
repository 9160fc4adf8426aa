"""Which cells of issued editions a record stands behind, as frozen and as they would be now."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models.fields.json import KT

from codi.figures import figure as figures
from codi.fiscal import Quarter
from reports.history_marks import Marks
from reports.models import FROZEN_STATES, Edition, EditionGrid, EditionRecord, ReportingQuarter
from reports.records import keys_among

Cell = tuple[str, str, str, str]
"""Figure, day, row and column, as text."""
Cells = dict[int, dict[int, set[Cell]]]
"""Record → edition → cells."""


@dataclass(frozen=True)
class Moment:
    """When something closed or was frozen: how far history had come, or the time without marks."""

    since: dt.datetime
    marks: Marks | None

    def is_before(self, label: str, event: Any) -> bool:
        """Whether it came before the event; by time where it kept no marks."""
        mark = (self.marks or {}).get(label)
        if mark is None:
            return bool(event.pgh_created_at > self.since)
        return bool(event.pgh_id > mark)


@dataclass(frozen=True)
class Source:
    """A closed quarter or a frozen edition, with how far history had come for it.

    ``end`` is the freezing of the edition that took its place: what comes after is told of that
    one. ``read`` says up to which events it was judged already.
    """

    start: Moment
    quarter: ReportingQuarter | None = None
    edition: Edition | None = None
    period: Quarter | None = None
    end: Moment | None = None
    read: Marks = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Names this closing or freezing among all: another one of the same record is another."""
        about = f"edition-{self.edition.pk}" if self.edition else f"quarter-{self.period}"
        return f"{about}-{self.start.since.isoformat()}"

    def first_unread(self, label: str) -> int | None:
        """The last key that need not be judged; None where only the time tells."""
        known = [self.read.get(label), (self.start.marks or {}).get(label)]
        return max((mark for mark in known if mark is not None), default=None)

    def is_open_to(self, label: str, event: Any) -> bool:
        """Whether the event came after it, before its successor, and was not judged with it yet."""
        if event.pgh_id <= self.read.get(label, 0) or not self.start.is_before(label, event):
            return False
        return self.end is None or not self.end.is_before(label, event)

    def is_read_out(self, read: Marks) -> bool:
        """Whether everything up to its end was read, when history was read up to ``read``."""
        if self.end is None:
            return False
        marks = self.end.marks
        return marks is None or all(read.get(label, -1) >= mark for label, mark in marks.items())


def closed_quarters() -> list[Source]:
    """The quarters that are closed."""
    closed = ReportingQuarter.objects.filter(closed_at__isnull=False)
    return [
        Source(Moment(quarter.closed_at, quarter.marks), quarter=quarter, period=quarter.period)
        for quarter in closed
        if quarter.closed_at
    ]


def frozen_editions(read: Marks) -> list[Source]:
    """Frozen editions, without those whose successor was frozen before ``read``; two queries."""
    frozen = (
        Edition.objects.filter(state__in=FROZEN_STATES, frozen_at__isnull=False)
        .select_related("programme", "region")
        .annotate(marks=KT("facts__marks"))
        .defer("facts")
    )
    moments = {edition.pk: _moment(edition) for edition in frozen}
    ends = {edition.replaces_id: moments[edition.pk] for edition in frozen if edition.replaces_id}
    found = [
        Source(
            moments[edition.pk],
            edition=edition,
            period=edition.subject.period,
            end=ends.get(edition.pk),
        )
        for edition in frozen
    ]
    return [source for source in found if not source.is_read_out(read)]


def _moment(edition: Any) -> Moment:
    """When an edition was frozen; its marks alone are read of all that it froze."""
    return Moment(edition.frozen_at, json.loads(edition.marks) if edition.marks else None)


BEHIND = """
SELECT g.edition_id, k.key, g.figure_key, g.as_of, r.row_key, r.column_key
  FROM reports_editionrecord r
  JOIN reports_editiongrid g ON g.id = r.grid_id
 CROSS JOIN LATERAL unnest(r.keys) AS k(key)
 WHERE r.model_label = %s AND g.edition_id = ANY(%s) AND k.key = ANY(%s)
   AND (%s::text[] IS NULL OR g.figure_key = ANY(%s::text[]))
"""


def cells_behind(
    label: str,
    keys: Collection[int],
    editions: Collection[int],
    shown_in: Collection[str] | None = None,
) -> Cells:
    """The frozen cells of these editions that records of a kind stand behind; one query."""
    if not keys or not editions:
        return {}
    only = None if shown_in is None else list(shown_in)
    found: Cells = {}
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, [label, list(editions), list(keys), only, only])
        for edition, key, figure, as_of, row, column in cursor.fetchall():
            cell = (figure, as_of.isoformat(), row, column)
            found.setdefault(key, {}).setdefault(edition, set()).add(cell)
    return found


def cells_now(label: str, keys: Collection[int], edition: Edition) -> Cells:
    """The cells of an edition's tables behind which records of a kind would stand now.

    Only these records are asked for: a query per column, and one per row of a column that has any.
    """
    found: Cells = {}
    scope = edition.subject.scope
    for stored in EditionGrid.objects.filter(
        edition=edition, records__model_label=label
    ).distinct():
        figure = figures.get(stored.figure_key)
        rows = [row["key"] for row in stored.grid["rows"] if row["kind"] == "item"]
        for column in _columns(stored, label):
            ask = (figure, scope, stored.as_of, column, label, keys)
            if not (total := _found(ask, "total")):
                continue
            _add(found, edition.pk, stored, "total", column, total)
            for row in rows:
                _add(found, edition.pk, stored, row, column, _found(ask, row))
    return found


def _columns(stored: EditionGrid, label: str) -> list[str]:
    """The columns of a table that are made of such records."""
    columns = EditionRecord.objects.filter(grid=stored, model_label=label)
    return sorted(columns.values_list("column_key", flat=True).distinct())


def _found(ask: tuple[Any, ...], row: str) -> Iterable[int]:
    figure, scope, as_of, column, label, keys = ask
    try:
        records = figure.records(scope, as_of, row, column)
    except KeyError:
        return ()
    return keys_among(records, label, keys)


def _add(
    found: Cells, edition: int, stored: EditionGrid, row: str, column: str, keys: Iterable[int]
) -> None:
    cell = (stored.figure_key, stored.as_of.isoformat(), row, column)
    for key in keys:
        found.setdefault(key, {}).setdefault(edition, set()).add(cell)
