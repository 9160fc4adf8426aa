"""The content of a report: facts, tables, sentences and texts, live from the tables or as frozen.

Page, PDF, sheets and JSON are made from a :class:`Content` and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from codi.figures import figure as figures
from codi.figures.figure import FigureScope
from codi.figures.grid import Grid
from codi.thai.dates import long_date
from reports import outlines
from reports.checks import CheckResult
from reports.facts import facts_of, scope_of
from reports.models import Edition, EditionCheck, EditionRecord, TextOrigin
from reports.outlines import FigureSlot, Outline, TextSlot
from reports.records import CellKey, CellRecords, records_of_grid
from reports.region_parts import part_checks, region_parts, told_of
from reports.rules import run_checks
from reports.subjects import Subject


@dataclass(frozen=True)
class Table:
    """A grid in its place in the report."""

    slot: FigureSlot
    grid: Grid


@dataclass(frozen=True)
class Waiver:
    """Why a failed check does not block the issue: who asked, who allowed, why, until when."""

    asked_by: str
    allowed_by: str
    reason: str
    valid_until: dt.date

    @property
    def until_text(self) -> str:
        """The last day as printed."""
        return long_date(self.valid_until)


@dataclass(frozen=True)
class Checked:
    """A check with its waiver, if it has one."""

    result: CheckResult
    waiver: Waiver | None = None

    @property
    def blocks(self) -> bool:
        """Whether the check keeps the edition from being issued."""
        return not self.result.is_ok and self.waiver is None


@dataclass(frozen=True)
class Content:
    """Everything that a report says. ``edition`` is None for a report made without one."""

    outline: Outline
    facts: Mapping[str, Any]
    tables: tuple[Table, ...]
    sentences: Mapping[str, str]
    staff_texts: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[Checked, ...] = ()
    edition: Edition | None = None

    @property
    def grids(self) -> tuple[Grid, ...]:
        """The tables' grids in order."""
        return tuple(table.grid for table in self.tables)

    @property
    def scope(self) -> FigureScope:
        """The scope of every figure of the report."""
        return scope_of(self.facts)

    @property
    def as_of_dates(self) -> tuple[dt.date, ...]:
        """The days of the report, first to last."""
        return tuple(dt.date.fromisoformat(day) for day in self.facts["as_of_dates"])

    @property
    def unwritten(self) -> tuple[TextSlot, ...]:
        """The staff blocks that somebody may still write; none once the edition is frozen."""
        if self.edition is None or self.edition.is_frozen:
            return ()
        return self.outline.unwritten(self.staff_texts)

    def table(self, figure_key: str, as_of: dt.date) -> Table:
        """The table of a figure and day; raises ``KeyError``."""
        for table in self.tables:
            if table.grid.key == figure_key and table.grid.as_of == as_of:
                return table
        raise KeyError(figure_key)


def tables_of(outline: Outline, scope: FigureScope, days: Sequence[dt.date]) -> tuple[Table, ...]:
    """The outline's figures, computed now."""
    found = (
        (slot, figures.get(slot.figure_key).compute(scope, day))
        for slot in outline.figures
        for day in slot.days(days)
    )
    order = outline.row_order
    return tuple(Table(slot, grid.reordered(order) if order else grid) for slot, grid in found)


def live(
    outline: Outline,
    subject: Subject,
    as_of_dates: Sequence[dt.date],
    *,
    staff_texts: Mapping[str, str] | None = None,
    checks: Sequence[EditionCheck] = (),
    today: dt.date | None = None,
    edition: Edition | None = None,
) -> Content:
    """The content as the tables tell it at this moment."""
    facts = facts_of(outline, subject, as_of_dates)
    results: tuple[CheckResult, ...] = ()
    if edition is not None and edition.is_national and subject.period is not None:
        day = as_of_dates[-1]
        facts["parts"] = told_of(region_parts(outline.key, subject.period, day))
        results = part_checks(facts["parts"], day)
    tables = tables_of(outline, subject.scope, as_of_dates)
    grids = [table.grid for table in tables]
    known = {check.code: check for check in checks}
    return Content(
        outline=outline,
        facts=facts,
        tables=tables,
        sentences=outline.narrate(facts, grids),
        staff_texts=dict(staff_texts or {}),
        checks=tuple(
            Checked(result, waiver_of(known.get(result.code), result, today))
            for result in (*run_checks(grids), *results)
        ),
        edition=edition,
    )


def waiver_of(
    check: EditionCheck | None, result: CheckResult, today: dt.date | None
) -> Waiver | None:
    """The waiver of a failed check, if it was allowed, still runs, and speaks of the same failure."""
    if check is None or result.is_ok or check.allowed_by is None or check.asked_by is None:
        return None
    if check.message != result.message or check.valid_until is None:
        return None
    if today is not None and check.valid_until < today:
        return None
    return Waiver(
        check.asked_by.full_name, check.allowed_by.full_name, check.reason, check.valid_until
    )


def of_edition(edition: Edition, *, today: dt.date) -> Content:
    """The content of an edition: frozen once it is being issued, live before."""
    outline = outlines.get(edition.outline)
    texts = {text.slot: text for text in edition.texts.all()}
    checks = list(edition.checks.select_related("asked_by", "allowed_by"))
    staff = {slot: t.text for slot, t in texts.items() if t.origin == TextOrigin.STAFF}
    if not edition.is_frozen:
        return live(
            outline,
            edition.subject,
            edition.as_of_dates,
            staff_texts=staff,
            checks=checks,
            today=today,
            edition=edition,
        )
    slots = {slot.figure_key: slot for slot in outline.figures}
    return Content(
        outline=outline,
        facts=edition.facts,
        tables=tuple(
            Table(
                slots.get(stored.figure_key, FigureSlot(stored.figure_key)),
                Grid.from_dict(stored.grid),
            )
            for stored in edition.grids.all()
        ),
        sentences={s: t.text for s, t in texts.items() if t.origin == TextOrigin.COMPUTED},
        staff_texts=staff,
        checks=tuple(_frozen_check(check) for check in checks),
        edition=edition,
    )


def _frozen_check(check: EditionCheck) -> Checked:
    result = CheckResult(check.code, check.title, check.is_ok, check.message)
    return Checked(result, waiver_of(check, result, None))


GridId = tuple[str, dt.date]


def records_of(
    content: Content, only: Set[GridId] | None = None
) -> dict[GridId, dict[CellKey, CellRecords]]:
    """Figure and day → the records behind every cell: stored ones of a frozen edition, else live.

    ``only`` narrows it to some tables.
    """
    edition = content.edition
    if edition is not None and edition.is_frozen:
        return _stored_records(edition, only)
    return {
        (grid.key, grid.as_of): records_of_grid(
            figures.get(grid.key), content.scope, grid.as_of, grid
        )
        for grid in content.grids
        if only is None or (grid.key, grid.as_of) in only
    }


def records_of_cell(content: Content, grid: Grid, row: str, column: str) -> CellRecords:
    """The records behind one cell; a cell that is nil has none."""
    edition = content.edition
    if edition is None or not edition.is_frozen:
        figure = figures.get(grid.key)
        cells = records_of_grid(figure, content.scope, grid.as_of, grid, only=column)
        return cells.get((row, column), CellRecords())
    stored = EditionRecord.objects.filter(
        grid__edition=edition,
        grid__figure_key=grid.key,
        grid__as_of=grid.as_of,
        row_key=row,
        column_key=column,
    ).first()
    return _restored(stored) if stored else CellRecords()


def _restored(record: EditionRecord) -> CellRecords:
    return CellRecords(
        record.model_label,
        tuple(record.keys),
        None if record.amounts is None else tuple(record.amounts),
        tuple(record.parts),
    )


def _stored_records(
    edition: Edition, only: Set[GridId] | None
) -> dict[GridId, dict[CellKey, CellRecords]]:
    found: dict[GridId, dict[CellKey, CellRecords]] = {}
    wanted = [
        stored.pk
        for stored in edition.grids.all()
        if only is None or (stored.figure_key, stored.as_of) in only
    ]
    for stored in edition.grids.filter(pk__in=wanted).prefetch_related("records"):
        cells = found.setdefault((stored.figure_key, stored.as_of), {})
        for record in stored.records.all():
            cells[record.row_key, record.column_key] = _restored(record)
    return found
