"""The files of a record as its panel shows them: one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from codi.accounts.models import User
from codi.accounts.permissions import Decision
from codi.files.declared import AttachmentKind, kind_of
from codi.files.models import Attachment, FileState


@dataclass(frozen=True)
class FileLine:
    """A file with what the person may do to it, and why not."""

    file: Attachment
    can_replace: Decision
    can_remove: Decision


@dataclass(frozen=True)
class Panel:
    """The files of one record for one person."""

    kind: AttachmentKind
    subject: Any
    present: tuple[FileLine, ...]
    past: tuple[Attachment, ...]
    can_attach: Decision

    @property
    def byte_count(self) -> int:
        """What the files that are attached now take, in bytes."""
        return sum(line.file.byte_count for line in self.present)


def files_of(subject: Model, user: User) -> Panel:
    """The files of a record in sight: those attached now, and those replaced or removed."""
    kind = kind_of(subject)
    found: list[Attachment] = list(
        kind.rows.filter(subject=subject).select_related("attached_by", "removed_by", "replaced_by")
    )
    for file in found:
        # One object for all of them, so that what a right asks of the record is asked once.
        file.subject = subject
    return Panel(
        kind=kind,
        subject=subject,
        present=tuple(
            FileLine(file, kind.replacing(user, file), kind.can_remove(user, file))
            for file in found
            if file.state == FileState.PRESENT
        ),
        past=tuple(file for file in found if file.state != FileState.PRESENT),
        can_attach=kind.can_attach(user, subject),
    )


def versions_of(file: Attachment) -> list[Attachment]:
    """The older versions of a file, the newest first: one query for each."""
    found, seen = [], {file.pk}
    older: Any = file.replaces
    while older is not None and older.pk not in seen:
        found.append(older)
        seen.add(older.pk)
        older = older.replaces
    return found
