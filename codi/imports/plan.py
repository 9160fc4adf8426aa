"""What an upload would do, row by row: the preview, and the order that is carried out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from codi.errors import Refused
from codi.thai.dates import short_date
from codi.thai.numbers import baht

if TYPE_CHECKING:
    from codi.accounts.models import User
    from codi.imports.declared import UploadColumn
    from codi.imports.keys import RowKey


class Status(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    ERROR = "error"


STATUS_TITLES = {
    Status.NEW: "เพิ่มใหม่",
    Status.CHANGED: "เปลี่ยนแปลง",
    Status.SAME: "เหมือนเดิม",
    Status.ERROR: "ต้องแก้ไข",
}


@dataclass(frozen=True)
class CellError:
    """What is wrong with a cell (or the whole row, when ``column`` is empty) and what to do."""

    column: str
    title: str
    message: str


@dataclass(frozen=True)
class Change:
    """One field before and after, as people read it."""

    column: str
    title: str
    old: str
    new: str


@dataclass(frozen=True)
class Hands:
    """Who uploaded and who confirmed; the same person where no second one is asked for."""

    maker: User
    checker: User


class RowRefused(Refused):
    """A service refused the writing of one row."""

    def __init__(self, number: int, refused: Refused) -> None:
        super().__init__(
            f"แถว {number}: {refused.message}",
            field=refused.field,
            code=refused.code,
            details=refused.details,
        )
        self.number = number


def shown(value: Any) -> str:
    """A cell's value as the preview prints it; equal values print equally."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ใช่" if value else "ไม่ใช่"
    if isinstance(value, Decimal):
        return baht(value)
    if isinstance(value, dt.date):
        return short_date(value)
    return str(value)


@dataclass
class Row:
    """One line of the sheet: its number there, its values by column key (None when blank or bad).

    ``key`` says which record the row was taken out as, and in which state; None for a new one.
    """

    number: int
    values: dict[str, Any]
    columns: Mapping[str, UploadColumn]
    raw: dict[str, str] = field(default_factory=dict)
    errors: list[CellError] = field(default_factory=list)
    key: RowKey | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with the row so far."""
        return not self.errors

    def refuse(self, column: str, message: str) -> None:
        """Note what is wrong with a cell; an empty ``column`` blames the row."""
        title = self.columns[column].title if column else "ทั้งแถว"
        self.errors.append(CellError(column, title, message))

    def change(self, column: str, old: Any) -> Change:
        """The stored value of a cell against the one in the sheet, both as people read them."""
        declared = self.columns[column]
        new = declared.shown(self.values[column])
        return Change(column, declared.title, declared.shown(old), new)

    def cell_failed(self, column: str) -> bool:
        """Whether something is wrong with that cell already."""
        return any(error.column == column for error in self.errors)


@dataclass(frozen=True)
class PlannedRow:
    """The judgement of one row; ``data`` is what ``apply`` needs and is not shown.

    ``record`` is the signed key of the record on record, as it stood when the row was judged.
    ``namesakes`` are the keys of other records whose name the row bears, though its own key names a
    record of another name: a column that was sorted without the others leaves such rows behind.
    ``doubt`` says in Thai why the row may not be meant as it stands, though no rule forbids it.
    """

    number: int
    status: Status
    label: str
    changes: tuple[Change, ...]
    errors: tuple[CellError, ...]
    raw: Mapping[str, str]
    data: Any = None
    record: str = ""
    namesakes: tuple[int, ...] = ()
    doubt: str = ""


def judgement(
    row: Row,
    *,
    label: str,
    before: Mapping[str, Any] | None = None,
    data: Any = None,
    record: str = "",
    namesakes: Iterable[int] = (),
    doubt: str = "",
) -> PlannedRow:
    """Judge a row: an error when it has any, new without ``before``, else changed or same.

    ``before`` holds the stored value of each column that the row may change. A column that the
    sheet does not have is left alone. ``label`` names the record for people, ``record`` is the
    signed key under which a corrected row comes back; ``namesakes`` and ``doubt`` as in
    :class:`PlannedRow`.
    """
    changes: tuple[Change, ...] = ()
    if not row.ok:
        status = Status.ERROR
    else:
        compared = dict.fromkeys(row.values) if before is None else before
        changes = tuple(
            row.change(key, old)
            for key, old in compared.items()
            if key in row.values and row.values[key] != old
        )
        status = Status.NEW if before is None else Status.CHANGED if changes else Status.SAME
    errors = tuple(row.errors)
    doubt = "" if status is Status.SAME else doubt
    return PlannedRow(
        row.number, status, label, changes, errors, row.raw, data, record, tuple(namesakes), doubt
    )


class Plan:
    """All rows judged. A plan function makes one and judges each row it was given."""

    def __init__(self) -> None:
        self.rows: list[PlannedRow] = []
        self.notes: list[str] = []

    def judge(
        self,
        row: Row,
        *,
        label: str,
        before: Mapping[str, Any] | None = None,
        data: Any = None,
        record: str = "",
        namesakes: Iterable[int] = (),
        doubt: str = "",
    ) -> PlannedRow:
        """Judge a row and keep the judgement, see :func:`judgement`."""
        judged = judgement(
            row,
            label=label,
            before=before,
            data=data,
            record=record,
            namesakes=namesakes,
            doubt=doubt,
        )
        self.rows.append(judged)
        return judged

    def with_status(self, *statuses: Status) -> list[PlannedRow]:
        """The rows of these statuses, in the order of the sheet."""
        return [row for row in self.rows if row.status in statuses]

    def count(self, status: Status) -> int:
        """How many rows have a status."""
        return sum(row.status is status for row in self.rows)

    @property
    def has_errors(self) -> bool:
        """Whether anything keeps the file from being written."""
        return any(row.status is Status.ERROR for row in self.rows)

    @property
    def is_empty(self) -> bool:
        """Whether writing it would change nothing."""
        return not self.with_status(Status.NEW, Status.CHANGED)


@contextmanager
def blaming(row: PlannedRow) -> Iterator[None]:
    """Around the writing of one row: a refusal names the row of the sheet."""
    try:
        yield
    except RowRefused:
        raise
    except Refused as refused:
        raise RowRefused(row.number, refused) from refused


def in_sheet_order(rows: Sequence[PlannedRow]) -> list[PlannedRow]:
    """Rows by their number in the sheet."""
    return sorted(rows, key=lambda row: row.number)
