"""The declaration of an upload, and the register of all of them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from codi.accounts.permissions import Decision, allow
from codi.imports.cells import text
from codi.imports.keys import KEY, OwnRow, take_key
from codi.imports.plan import Hands, Plan, PlannedRow, Row, Status, in_sheet_order, shown
from codi.thai.normalise import search_key

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from codi.accounts.models import User
    from codi.imports.registers import Register

Parse = Callable[[Any, dt.date], Any]
LINE: Parse = text()


@dataclass(frozen=True)
class UploadColumn:
    """A column of the sheet.

    ``title`` heads the template; ``aliases`` are other headings met in real files. ``parse`` gets
    the cell (never blank) and today's date, and raises ValueError or Refused with a Thai message.
    A ``required`` column must be there, and filled in every row unless it ``may_be_blank``, which
    ``plan`` then judges; of another, a blank is None.
    ``labels`` says in Thai what the values of a choice are stored as; ``choices`` gives other texts
    that a person may choose from, such as the provinces in sight.
    """

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    parse: Parse = LINE
    required: bool = False
    may_be_blank: bool = False
    note: str = ""
    example: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    choices: Callable[[User], Sequence[str]] | None = None

    @property
    def must_be_filled(self) -> bool:
        """Whether a blank cell is an error by itself."""
        return self.required and not self.may_be_blank

    def choices_for(self, user: User) -> list[str]:
        """What the drop-down of this column offers; nothing where anything may be written."""
        return list(self.choices(user)) if self.choices else list(self.labels.values())

    def shown(self, value: Any) -> str:
        """A value of this column as the preview prints it."""
        return self.labels.get(value, value) if isinstance(value, str) else shown(value)

    @property
    def heading_keys(self) -> frozenset[str]:
        """All headings that mean this column, normalised."""
        return frozenset(search_key(name) for name in (self.key, self.title, *self.aliases))


KEY_COLUMN = UploadColumn(
    KEY,
    "รหัสแถว (ระบบใช้ ห้ามแก้)",
    parse=text(120),
    note="ซ่อนไว้ ระบบใช้จับคู่แถวกับข้อมูลเดิม แถวใหม่ให้เว้นว่าง",
)


def _anyone(user: User) -> Decision:
    return allow()


def _nobody(plan: Plan) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Own:
    """How the records of an upload go out to be edited.

    ``list_url`` names the list page whose scope, search and filters choose the records; ``rows``
    turns its queryset into rows, in pieces (a register does so itself). ``most`` is how many records
    go out at once where one makes several rows; else as many as the upload takes rows. ``label`` is
    the button's, ``title`` what the file is called where it is not edited but filled in.
    """

    list_url: str
    rows: Callable[[QuerySet[Any]], Iterator[OwnRow]] | None = None
    most: int = 0
    label: str = "แก้ไขใน Excel"
    title: str = ""


@dataclass(frozen=True)
class UndoOf:
    """How what a file did to the records of one model is taken back, by services of its room.

    ``unmake(records, actor, reason, today)`` takes away what the file made, by deletion or by an
    act that compensates; ``restore(pairs, actor, reason, today)`` puts each record's old values
    back. ``fields`` are those that count: only what changed in them is restored, and only a later
    change in them stands in the way. ``kept`` says that a record which others use by then stays.
    ``lock_first`` is the way to what services lock before such a record: ``group__council``.
    """

    model: type[Model]
    fields: tuple[str, ...]
    unmake: Callable[[Sequence[Any], User, str, dt.date], None]
    restore: Callable[[Sequence[tuple[Any, dict[str, Any]]], User, str, dt.date], None] | None = (
        None
    )
    kept: bool = False
    lock_first: str = ""


def _no_pages(rows: Sequence[Mapping[str, Any]], user: User) -> Mapping[int, str]:
    return {}


@dataclass(frozen=True)
class Upload:
    """A kind of spreadsheet that may be uploaded.

    ``plan(rows, actor, today)`` judges every row without writing. ``apply(plan, hands, today)``
    writes the new and changed rows through services; it runs in one transaction with the history
    naming the import, and anything it raises undoes all of it. ``can_upload`` asks the person's
    right. ``needs_checker(plan)`` names the roles of which one must confirm what another uploaded;
    none means the uploader confirms. ``pages(rows, user)`` gives the addresses of what a written
    file's rows are now, by row number, from the rows as the preview stores them.

    ``own`` lets people take their records out, edit and send them back; ``undo`` says for each kind
    of record in which order and how a written file is taken back. A kind with a ``register`` is
    judged and written in pieces, whatever its length, and needs neither ``plan`` nor ``apply``.
    """

    key: str
    title: str
    columns: tuple[UploadColumn, ...]
    plan: Callable[[Sequence[Row], User, dt.date], Plan] | None = None
    apply: Callable[[Plan, Hands, dt.date], None] | None = None
    can_upload: Callable[[User], Decision] = _anyone
    needs_checker: Callable[[Plan], tuple[str, ...]] = _nobody
    pages: Callable[[Sequence[Mapping[str, Any]], User], Mapping[int, str]] = _no_pages
    note: str = ""
    max_row_count: int = 5000
    own: Own | None = None
    undo: tuple[UndoOf, ...] = ()
    register: Register | None = None

    def __post_init__(self) -> None:
        if self.own and KEY not in self.by_key:
            object.__setattr__(self, "columns", (KEY_COLUMN, *self.columns))

    def judged(self, rows: Iterable[Row], actor: User, today: dt.date) -> Iterator[PlannedRow]:
        """Every row of a file with its judgement, in the order of the sheet; writes nothing."""
        rows = (take_key(self.key, row) for row in rows)
        if self.register:
            yield from self.register.judged(self, rows, actor)
            return
        if self.plan is None:
            raise ValueError(f"{self.key}: neither plan nor register")
        rows = list(rows)
        planned = list(self.plan(rows, actor, today).rows)
        judged = {row.number for row in planned}
        for row in rows:
            if row.number not in judged:
                if row.ok:
                    raise ValueError(f"{self.key}: row {row.number} was not judged")
                planned.append(
                    PlannedRow(row.number, Status.ERROR, "", (), tuple(row.errors), row.raw)
                )
        yield from in_sheet_order(planned)

    def own_rows(self, records: QuerySet[Any]) -> Iterator[OwnRow]:
        """The records of the list as rows to edit."""
        if self.register:
            return self.register.rows(self, records)
        if self.own is None or self.own.rows is None:
            raise ValueError(f"{self.key}: its records do not go out")
        return self.own.rows(records)

    @property
    def most_records(self) -> int:
        """How many records go out at once."""
        return (self.own.most if self.own else 0) or self.max_row_count

    @property
    def template_version(self) -> str:
        """Eight letters that change when the columns or the fixed choices of the template do."""
        told = [
            f"{c.key}|{c.title}|{c.required}|{'/'.join(c.labels.values())}" for c in self.columns
        ]
        return hashlib.sha256("\n".join([self.key, *told]).encode()).hexdigest()[:8]

    @property
    def by_key(self) -> dict[str, UploadColumn]:
        """The columns by key."""
        return {column.key: column for column in self.columns}

    @property
    def required_titles(self) -> str:
        """The headings that must be there, in one line."""
        return " · ".join(column.title for column in self.columns if column.required)


UPLOADS: dict[str, Upload] = {}


def register_upload(upload: Upload) -> Upload:
    """Make an upload known to the page and the command; refuses two columns with one heading."""
    seen: dict[str, str] = {}
    for column in upload.columns:
        for key in column.heading_keys:
            if seen.setdefault(key, column.key) != column.key:
                raise ValueError(f"{upload.key}: heading {key!r} means two columns")
    if UPLOADS.setdefault(upload.key, upload) is not upload:
        raise ValueError(f"Two uploads called {upload.key!r}")
    return upload
