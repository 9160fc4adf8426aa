"""The rows of a grid as one person types in them on one day: read, judged and shown cell by cell."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from codi.entry.declared import EntryColumn, EntryGrid, Scope, ShownColumn
from codi.errors import Refused
from codi.fiscal import Quarter
from codi.thai.dates import full_echo
from codi.thai.numbers import baht
from codi.ui.forms import UserForm

# State of a row → words, icon; the page and its script show both, the colour only helps.
STATES = {
    "": ("", ""),
    "waiting": ("รอบันทึก", "clock"),
    "saved": ("บันทึกแล้ว", "circle-check"),
    "ready": ("พร้อมตรวจทาน", "circle-check"),
    "invalid": ("ต้องแก้ไข", "circle-alert"),
    "refused": ("ยังบันทึกไม่ได้", "circle-alert"),
    "conflict": ("มีผู้อื่นแก้ไข", "users"),
    "locked": ("ล็อก", "lock"),
}
SEVERAL_LINES = "ข้อความนี้มีหลายบรรทัด แก้ได้ที่หน้าของรายการ"
WRONG = ("invalid", "refused", "conflict")


@dataclass(frozen=True)
class Asked:
    """One row as it came in: ``name`` on the page, what was typed, and what was seen before.

    ``pk`` is None for a new row. ``was`` holds the text that each typed cell showed before, where
    the page knows it.
    """

    name: str
    pk: int | None
    version: int | None
    key: uuid.UUID
    cells: Mapping[str, str]
    was: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """A cell to read only."""

    column: ShownColumn
    text: str
    url: str = ""
    note: str = ""


@dataclass
class Cell:
    """One cell: what it shows, what is stored, and what there is to say about it."""

    column: EntryColumn
    name: str
    text: str = ""
    stored: str = ""
    value: Any = None
    lock: str = ""
    error: str = ""
    other: str | None = None

    @property
    def state(self) -> str:
        """invalid, conflict, locked, or nothing to tell."""
        if self.other is not None:
            return "conflict"
        return "invalid" if self.error else "locked" if self.lock else ""

    @property
    def is_wrong(self) -> bool:
        """Whether something must be put right here."""
        return self.state in WRONG

    @property
    def icon(self) -> str:
        """The icon of the state."""
        return STATES[self.state][1]

    @property
    def in_full(self) -> str:
        """A day in full with its fiscal quarter."""
        return full_echo(self.value) if isinstance(self.value, dt.date) else ""

    @property
    def under(self) -> str:
        """The fiscal quarter of a day, which stands below it."""
        return Quarter.of(self.value).label if isinstance(self.value, dt.date) else ""

    @property
    def note(self) -> str:
        """What is wrong, or why it is locked."""
        if self.other is not None:
            return f"ค่าที่บันทึกไว้ขณะนี้: {self.other or 'ว่าง'} · ของท่าน: {self.text or 'ว่าง'}"
        return self.error or (f"ล็อก: {self.lock}" if self.lock else "")

    def as_dict(self, echo: str) -> dict[str, Any]:
        """For the script."""
        return {
            "text": self.text,
            "stored": self.stored,
            "state": self.state,
            "note": self.note,
            "other": self.other,
            "under": self.under,
            "echo": echo,
        }


@dataclass
class Line:
    """One row of the page."""

    name: str
    row: Any
    version: int | None
    key: uuid.UUID
    cells: dict[str, Cell]
    shown: Sequence[Shown] = ()
    state: str = ""
    message: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    is_blank: bool = False

    @property
    def title(self) -> str:
        """What the row is called in messages."""
        return self.shown[0].text

    @property
    def is_wrong(self) -> bool:
        """Whether something keeps the row from being saved."""
        return self.state in WRONG

    @property
    def words(self) -> str:
        """The state in words, with the message of the row."""
        return self.message or STATES[self.state][0]

    @property
    def icon(self) -> str:
        """The icon of the state."""
        return STATES[self.state][1]

    def blame(self, refused: Refused) -> None:
        """Say a broken rule at the cell that it names, else at the first one that was changed."""
        self.state = "refused"
        at = [refused.field or "", *self.facts, *self.cells]
        cell = next(self.cells[key] for key in at if key in self.cells)
        cell.error = " ".join((refused.message, *refused.details))

    def troubles(self) -> list[tuple[str, str]]:
        """Id of the cell and what is wrong with it, for the summary on top."""
        return [
            (cell.name, f"{self.title} · {cell.column.title}: {cell.note}")
            for cell in self.cells.values()
            if cell.is_wrong
        ]


class Sheet:
    """A grid for one person: its fields know who types and when."""

    def __init__(self, grid: EntryGrid, scope: Scope) -> None:
        self.grid, self.scope = grid, scope
        declared = {column.key: column.field for column in grid.columns}
        form_class = type("RowForm", (UserForm,), declared)
        form: UserForm = form_class(user=scope.user, today=scope.today)
        self.fields: Mapping[str, forms.Field] = form.fields

    def stored_line(self, row: Any) -> Line:
        """A record as it is stored."""
        name = f"r{row.pk}"
        cells = {column.key: self._cell(column, name, row) for column in self.grid.columns}
        version = self.grid.version_of(row)
        line = Line(name, row, version, uuid.uuid4(), cells, self._shown(row))
        if all(cell.lock for cell in cells.values()):
            line.state, line.message = "locked", f"ล็อก: {next(iter(cells.values())).lock}"
        return line

    def new_line(self, name: str) -> Line:
        """An empty row below the others."""
        cells = {column.key: self._cell(column, name, None) for column in self.grid.columns}
        shown = [
            Shown(column, "" if place else "แถวใหม่") for place, column in enumerate(self.grid.shown)
        ]
        return Line(name, None, None, uuid.uuid4(), cells, shown, is_blank=True)

    def _shown(self, row: Any) -> list[Shown]:
        return [
            Shown(
                column,
                _plain(column.value(row)),
                column.url(row) if column.url else "",
                column.note(row) if column.note else "",
            )
            for column in self.grid.shown
        ]

    def _cell(self, column: EntryColumn, name: str, row: Any) -> Cell:
        decision = column.lock(self.scope, row)
        value = None if row is None or self.grid.checked else column.stored(row)
        text = self.text_of(column.key, value)
        lock = "" if decision else decision.reason
        if not lock and isinstance(value, str) and "\n" in value:
            # A cell is one line: typing in it would run the lines together.
            lock = SEVERAL_LINES
        return Cell(column, f"{name}-{column.key}", text, text, value, lock)

    def text_of(self, key: str, value: Any) -> str:
        """A stored value as its cell shows it."""
        shown = self.fields[key].prepare_value(value)
        return "" if shown is None else " ".join(str(shown).split("\n"))

    def echo_of(self, cell: Cell) -> str:
        """What was understood of a cell, in full."""
        field: Any = self.fields[cell.column.key]
        return str(field.echo(cell.text)) if hasattr(field, "echo") and cell.text else ""

    def choices_of(self, column: EntryColumn) -> list[str]:
        """The names that a cell of the column may hold, for the list that drops down."""
        names = getattr(self.fields[column.key], "names", None)
        return list(names()) if names else []

    def judge(self, asked: Asked, row: Any) -> Line:
        """The row with what was typed: ``facts`` to write, and what is wrong at its cell."""
        line = self.stored_line(row) if row is not None else self.new_line(asked.name)
        line.key, line.message, line.state = asked.key, "", ""
        typed = {key: asked.cells[key] for key in self.grid.by_key if key in asked.cells}
        line.is_blank = not any(text.strip() for text in typed.values())
        if line.is_blank and (row is None or self.grid.checked):
            return line
        complete = row is None or self.grid.checked
        for key, cell in line.cells.items():
            if key in typed or complete:
                self._read(line, cell, typed.get(key, ""))
        if any(cell.error for cell in line.cells.values()):
            line.state = "invalid"
        elif row is not None and not self.grid.checked:
            self._compare(line, asked)
        return line

    def _read(self, line: Line, cell: Cell, text: str) -> None:
        """Take what was typed into a cell: a fact, an error, or the stored value once more."""
        if cell.lock:
            if text.strip() and text != cell.stored:
                cell.text, cell.error = text, cell.lock
            return
        key = cell.column.key
        is_stored = line.row is not None and not self.grid.checked
        if is_stored and text == cell.stored:
            return
        cell.text = text
        try:
            value = self.fields[key].clean(text)
        except ValidationError as error:
            cell.value, cell.error = None, " ".join(error.messages)
            return
        if is_stored and value == cell.column.stored(line.row):
            cell.text = cell.stored
            return
        cell.value, cell.text = value, self.text_of(key, value)
        line.facts[key] = value

    def _compare(self, line: Line, asked: Asked) -> None:
        """Where somebody else wrote since, ask about every cell that both changed."""
        if asked.version == line.version:
            return
        for key in line.facts:
            cell = line.cells[key]
            if asked.was.get(key) != cell.stored:
                cell.other, line.state = cell.stored, "conflict"

    def totals(self, lines: Sequence[Line]) -> list[tuple[EntryColumn, Decimal | None]]:
        """Each column with what it adds up to, over what can be read; None where it has no total."""
        return [
            (column, _sum(line.cells[column.key].value for line in lines))
            if column.has_total
            else (column, None)
            for column in self.grid.columns
        ]


def _sum(values: Iterable[Any]) -> Decimal:
    return sum((value for value in values if isinstance(value, Decimal)), Decimal(0))


def _plain(value: object) -> str:
    if value is None or value == "":
        return "-"
    return baht(value) if isinstance(value, Decimal) else str(value)
