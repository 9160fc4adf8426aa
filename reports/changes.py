"""What moved between an edition and the one it replaces, and why.

Both editions know the keys of the records behind each cell. The ledger is only added to, and of all
other records the history since the freezing is read (``reports.traces``); so the reason of every
move can be told: a new record, one recorded late, a correction, or a withdrawal.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from codi.figures.formats import column_title, text_of
from codi.figures.grid import Cell, Grid, Unit, cell_unit
from finance.models import BudgetMove, EntryKind, LedgerEntry
from programs.models import BudgetFrame, Project
from reports.content import Content, GridId, records_of
from reports.records import CellKey, CellRecords, all_keys
from reports.traces import Trace, Traces, traces_of

LEDGER, PROJECT, FRAME = "finance.ledgerentry", "programs.project", "programs.budgetframe"
# Money is told by its entries and moves; everything else by its history.
OWN_WAYS = (LEDGER, PROJECT, FRAME)


class Reason(StrEnum):
    """Why a figure moved."""

    NEW = "รายการใหม่"
    LATE = "รายการบันทึกย้อนหลัง"
    CORRECTION = "การแก้ไข"
    WITHDRAWN = "การถอนหรือลบ"
    RESTORED = "การนำกลับมา"


@dataclass(frozen=True)
class Move:
    """A cell that differs: where, from what to what, and why."""

    table: str
    before_as_of: dt.date
    as_of: dt.date
    figure_key: str
    row: str
    column: str
    row_key: str
    column_key: str
    unit: Unit
    before: Cell
    now: Cell
    reasons: tuple[Reason, ...]
    # What of the cell's place a table did not have, in words: its row, its column, or nothing.
    lacked_before: str = ""
    lacks_now: str = ""

    @property
    def before_text(self) -> str:
        """The earlier value as printed; words where its table had no such row or column."""
        if self.lacked_before:
            return f"ยังไม่มี{self.lacked_before}นี้"
        return text_of(self.unit, self.before)

    @property
    def now_text(self) -> str:
        """The present value as printed; words where the row or column is gone."""
        if self.lacks_now:
            return f"ไม่มี{self.lacks_now}นี้แล้ว"
        return text_of(self.unit, self.now)

    @property
    def why(self) -> str:
        """The reasons as printed."""
        return " และ".join(self.reasons) or "-"


@dataclass(frozen=True)
class ToldMove:
    """A move as it was kept, in words."""

    table: str
    as_of: dt.date
    figure_key: str
    row: str
    column: str
    before_text: str
    now_text: str
    why: str


@dataclass(frozen=True)
class TableMoved:
    """A table of which cells moved: how many, and the reasons of all of them."""

    figure_key: str
    title: str
    cell_count: int
    whys: str


def kept_move(move: Move) -> dict[str, str]:
    """A move in words, as an edition freezes it and the comparison of a draft keeps it."""
    return {
        "table": move.table,
        "as_of": move.as_of.isoformat(),
        "figure_key": move.figure_key,
        "row": move.row,
        "column": move.column,
        "before": move.before_text,
        "now": move.now_text,
        "why": move.why,
    }


def told_moves(kept: Sequence[Mapping[str, str]]) -> tuple[ToldMove, ...]:
    """What was kept of moves (:func:`kept_move`), to be read."""
    return tuple(
        ToldMove(
            move["table"],
            dt.date.fromisoformat(move["as_of"]),
            move["figure_key"],
            move["row"],
            move["column"],
            move["before"],
            move["now"],
            move["why"],
        )
        for move in kept
    )


def tables_moved(moves: Sequence[ToldMove]) -> list[TableMoved]:
    """The tables of which cells moved, in the order of the report."""
    titles = {move.figure_key: move.table for move in moves}
    count: Counter[str] = Counter(move.figure_key for move in moves)
    whys: dict[str, set[str]] = {}
    for move in moves:
        whys.setdefault(move.figure_key, set()).update(move.why.split(" และ"))
    order = [str(reason) for reason in Reason]
    return [
        TableMoved(
            key, title, count[key], " · ".join(why for why in order if why in whys[key]) or "-"
        )
        for key, title in titles.items()
    ]


Records = Mapping[GridId, Mapping[CellKey, CellRecords]]


def changes_since(
    content: Content, previous: Content, records: Records | None = None
) -> tuple[Move, ...]:
    """The cells of ``content`` that differ from the frozen ``previous``, table by table.

    A table is set against the earlier one of the same day; where no day is common, the last against
    the last. ``records`` are those behind the content where somebody read them already. A constant
    number of queries.
    """
    pairs = list(_pairs(content, previous))
    if not pairs:
        return ()
    pairs = [(old, new) for old, new in pairs if old.cells != new.cells]
    before = records_of(previous, {(old.key, old.as_of) for old, _ in pairs})
    now = records or records_of(content, {(new.key, new.as_of) for _, new in pairs})
    traces: dict[str, Traces] = {}
    if previous.edition is not None:
        traces = traces_of(_changed_keys(pairs, before, now), previous.edition)
    history = replace(History.between(before, now), traces=traces)
    return tuple(
        move
        for old, new in pairs
        for move in _moves(
            old,
            new,
            before.get((old.key, old.as_of), {}),
            now.get((new.key, new.as_of), {}),
            history,
        )
    )


def _changed_keys(
    pairs: Iterable[tuple[Grid, Grid]], before: Records, now: Records
) -> dict[str, set[int]]:
    """Kind of record → the keys that only one side has or that add another amount, in cells that moved."""
    found: dict[str, set[int]] = {}
    none = CellRecords()
    for old, new in pairs:
        was, is_now = before.get((old.key, old.as_of), {}), now.get((new.key, new.as_of), {})
        for cell in was.keys() | is_now.keys():
            earlier, later = was.get(cell, none), is_now.get(cell, none)
            label = later.model_label or earlier.model_label
            if label not in (*OWN_WAYS, "") and earlier != later:
                found.setdefault(label, set()).update(changed_keys(earlier, later))
    return found


def changed_keys(was: CellRecords, now: CellRecords) -> set[int]:
    """Keys that only one side has, or that add another amount."""
    if was.amounts is None and now.amounts is None:
        return set(was.keys) ^ set(now.keys)
    before: dict[int, Any] = dict(zip(was.keys, was.amounts or [1] * len(was.keys), strict=True))
    after: dict[int, Any] = dict(zip(now.keys, now.amounts or [1] * len(now.keys), strict=True))
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def _pairs(content: Content, previous: Content) -> Iterable[tuple[Grid, Grid]]:
    earlier: dict[str, list[Grid]] = {}
    for grid in previous.grids:
        earlier.setdefault(grid.key, []).append(grid)
    present: dict[str, list[Grid]] = {}
    for grid in content.grids:
        present.setdefault(grid.key, []).append(grid)
    for key, grids in present.items():
        old = {grid.as_of: grid for grid in earlier.get(key, [])}
        common = [(old[grid.as_of], grid) for grid in grids if grid.as_of in old]
        if common:
            yield from common
        elif old:
            yield old[max(old)], grids[-1]


def _moves(
    old: Grid,
    new: Grid,
    before: Mapping[CellKey, CellRecords],
    now: Mapping[CellKey, CellRecords],
    history: History,
) -> Iterable[Move]:
    """Every number and day that differs, rows and columns that are gone included."""
    rows = {row.key: row for grid in (old, new) for row in grid.rows}
    columns = {column.key: column for grid in (old, new) for column in grid.columns}
    for row_key, row in rows.items():
        for key, column in columns.items():
            if column.unit is Unit.TEXT:
                continue
            was = old.cells.get(row_key, {}).get(key)
            value = new.cells.get(row_key, {}).get(key)
            if was == value:
                continue
            cause = Cause(before, now, row_key, history, old.as_of, new.as_of)
            yield Move(
                table=new.title,
                before_as_of=old.as_of,
                as_of=new.as_of,
                figure_key=new.key,
                row=row.title,
                column=column_title(column),
                row_key=row_key,
                column_key=key,
                unit=cell_unit(row, column),
                before=was,
                now=value,
                reasons=tuple(sorted(cause.of(key), key=list(Reason).index)),
                lacked_before=_lack(old, row_key, key),
                lacks_now=_lack(new, row_key, key),
            )


def _lack(grid: Grid, row_key: str, column_key: str) -> str:
    """What a table does not have of the place of a cell, in words; nothing where it has both."""
    if all(row.key != row_key for row in grid.rows):
        return "แถว"
    return "" if any(column.key == column_key for column in grid.columns) else "ช่อง"


@dataclass(frozen=True)
class History:
    """The records that only one of the two editions knows, read once for all cells."""

    entries: Mapping[int, LedgerEntry]
    new_entries_of: Mapping[int, tuple[LedgerEntry, ...]]
    projects: Mapping[int, Project]
    known_projects: frozenset[int]
    moves_of: Mapping[int, tuple[BudgetMove, ...]]
    frames: Mapping[int, BudgetFrame]
    traces: Mapping[str, Traces] = field(default_factory=dict)

    @classmethod
    def between(cls, before: Records, now: Records) -> History:
        """Read what differs; four queries."""
        old, new = list(before.values()), list(now.values())
        added = all_keys(new, LEDGER) - all_keys(old, LEDGER)
        entries = LedgerEntry.objects.in_bulk(added)
        by_project: dict[int, list[LedgerEntry]] = {}
        for entry in sorted(entries.values(), key=lambda entry: entry.pk):
            by_project.setdefault(entry.project_id, []).append(entry)
        projects = all_keys(old, PROJECT) | all_keys(new, PROJECT)
        frames = all_keys(old, FRAME) | all_keys(new, FRAME)
        moves: dict[int, list[BudgetMove]] = {}
        for move in BudgetMove.objects.filter(from_frame__in=frames) | BudgetMove.objects.filter(
            to_frame__in=frames
        ):
            moves.setdefault(move.from_frame_id, []).append(move)
            moves.setdefault(move.to_frame_id, []).append(move)
        return cls(
            entries=entries,
            new_entries_of={key: tuple(found) for key, found in by_project.items()},
            projects=Project.objects.in_bulk(projects),
            known_projects=all_keys(old, PROJECT),
            moves_of={key: tuple(found) for key, found in moves.items()},
            frames=BudgetFrame.objects.in_bulk(frames),
        )


def _dated(day: dt.date | None, known_until: dt.date) -> Reason:
    """What was true by the earlier day but not known then came late; the rest is new."""
    return Reason.LATE if day is not None and day <= known_until else Reason.NEW


@dataclass(frozen=True)
class Cause:
    """Finds why the cells of one row moved."""

    before: Mapping[CellKey, CellRecords]
    now: Mapping[CellKey, CellRecords]
    row_key: str
    history: History
    known_until: dt.date
    told_until: dt.date
    _none: CellRecords = field(default=CellRecords(), repr=False)

    def of(self, column: str) -> set[Reason]:
        """The reasons of one cell; of a derived one, those of its parts."""
        key, _, fixed_row = column.partition("@")
        row = fixed_row or self.row_key
        was = self.before.get((row, key), self._none)
        is_now = self.now.get((row, key), self._none)
        parts = is_now.parts or was.parts
        if parts:
            return {reason for part in parts for reason in self.of(part[1:])}
        changed = changed_keys(was, is_now)
        label = is_now.model_label or was.model_label
        if label == LEDGER:
            # Entries never go; one that left the cell went with its project's cancellation.
            added = self.history.entries
            return {
                self._entry(added[key]) if key in added else Reason.CORRECTION for key in changed
            }
        if label == PROJECT:
            return {
                r for key in changed for r in self._project(key, key in set(is_now.keys), column)
            }
        if label == FRAME:
            return {reason for key in changed for reason in self._frame(key)}
        return self._traced(label, changed, is_now) if label else set()

    def _traced(self, label: str, keys: set[int], now: CellRecords) -> set[Reason]:
        """The reasons of records by what happened to them; time alone is a reason where days differ."""
        present = set(now.keys)
        traces = self.history.traces.get(label, {})
        found: set[Reason] = set()
        for key in keys & traces.keys():
            found |= self._of_trace(traces[key], key in present)
        if found or not keys:
            return found
        return {Reason.NEW if self.told_until > self.known_until else Reason.CORRECTION}

    def _of_trace(self, trace: Trace, is_in: bool) -> set[Reason]:
        if trace.has_ended and not is_in:
            return {Reason.WITHDRAWN}
        found = {_dated(trace.recorded_for, self.known_until)} if trace.is_new else set()
        if trace.is_back:
            found.add(Reason.RESTORED)
        if trace.has_changed or trace.has_ended:
            found.add(Reason.CORRECTION)
        return found

    def _entry(self, entry: LedgerEntry) -> Reason:
        if entry.kind in (EntryKind.REVERSAL, EntryKind.ADJUSTMENT):
            return Reason.CORRECTION
        return _dated(entry.effective_on, self.known_until)

    def _project(self, key: int, is_in: bool, column: str) -> set[Reason]:
        project = self.history.projects.get(key)
        if project is None:
            return {Reason.CORRECTION}
        if project.cancelled_on is not None and not is_in:
            return {Reason.CORRECTION}
        if column == "recorded_count":
            return {_dated(project.recorded_on, self.known_until)}
        found = {
            self._entry(entry)
            for entry in self.history.new_entries_of.get(key, ())
            if entry.effective_on <= self.told_until
        }
        if key not in self.history.known_projects:
            found = {_dated(project.approved_on, self.known_until)} | (found - {Reason.NEW})
        return found or {Reason.NEW}

    def _frame(self, key: int) -> set[Reason]:
        frame = self.history.frames.get(key)
        moves = self.history.moves_of.get(key, ())
        found = {_dated(move.moved_on, self.known_until) for move in moves}
        if not found and frame is not None:
            found = {_dated(frame.allocated_on, self.known_until)}
        return found or {Reason.CORRECTION}
