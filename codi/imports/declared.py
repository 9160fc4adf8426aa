"""The declaration of an upload, and the register of all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from codi.accounts.permissions import Decision, allow
from codi.imports.cells import text
from codi.imports.plan import Hands, Plan, Row, shown
from codi.thai.normalise import search_key

if TYPE_CHECKING:
    from codi.accounts.models import User

Parse = Callable[[Any, dt.date], Any]
LINE: Parse = text()


@dataclass(frozen=True)
class UploadColumn:
    """A column of the sheet.

    ``title`` heads the template; ``aliases`` are other headings met in real files. ``parse`` gets
    the cell (never blank) and today's date, and raises ValueError or Refused with a Thai message.
    A ``required`` column must be there, and filled in every row; of another, a blank is None.
    ``labels`` says in Thai what the values of a choice are stored as.
    """

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    parse: Parse = LINE
    required: bool = False
    note: str = ""
    example: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    def shown(self, value: Any) -> str:
        """A value of this column as the preview prints it."""
        return self.labels.get(value, value) if isinstance(value, str) else shown(value)

    @property
    def heading_keys(self) -> frozenset[str]:
        """All headings that mean this column, normalised."""
        return frozenset(search_key(name) for name in (self.key, self.title, *self.aliases))


def _anyone(user: User) -> Decision:
    return allow()


def _nobody(plan: Plan) -> tuple[str, ...]:
    return ()


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
    """

    key: str
    title: str
    columns: tuple[UploadColumn, ...]
    plan: Callable[[Sequence[Row], User, dt.date], Plan]
    apply: Callable[[Plan, Hands, dt.date], None]
    can_upload: Callable[[User], Decision] = _anyone
    needs_checker: Callable[[Plan], tuple[str, ...]] = _nobody
    pages: Callable[[Sequence[Mapping[str, Any]], User], Mapping[int, str]] = _no_pages
    note: str = ""
    max_row_count: int = 5000

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
