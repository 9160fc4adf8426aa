"""Which records take files, which documents they are, and who may attach, replace and remove them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Model

    from codi.accounts.models import User
    from codi.accounts.permissions import Decision
    from codi.files.models import Attachment, DocumentKind

    Can = Callable[[User, Any], Decision]


def _itself(subject: Any) -> Model:
    found: Model = subject
    return found


@dataclass(frozen=True)
class AttachmentKind:
    """The files of one kind of record.

    ``key`` stands in addresses. ``can_attach(user, subject)`` is asked of the record,
    ``can_remove(user, attachment)`` and ``can_replace`` (as attaching, when left out) of the file.
    ``lock(subject)`` names the row that every write that may change these answers locks as well.
    """

    key: str
    model: type[Attachment]
    documents: tuple[DocumentKind, ...]
    can_attach: Can
    can_remove: Can
    can_replace: Can | None = None
    lock: Callable[[Any], Model] = _itself

    @property
    def subject_model(self) -> type[Model]:
        """The model of the records that the files hang on."""
        table: Any = self.model
        found: type[Model] = table._meta.get_field("subject").related_model
        return found

    @property
    def rows(self) -> Any:
        """The table of these files: its manager, with the filters of ``AttachmentQuerySet``."""
        return self.model._default_manager

    def replacing(self, user: User, attachment: Attachment) -> Decision:
        """Whether the person may put a new version in the place of the file."""
        if self.can_replace is not None:
            return self.can_replace(user, attachment)
        return self.can_attach(user, attachment.subject)


KINDS: dict[str, AttachmentKind] = {}


def register_kind(kind: AttachmentKind) -> AttachmentKind:
    """Let a kind of record take files; the key names it in addresses and is used once."""
    known = KINDS.get(kind.key)
    if known and known.model is not kind.model:
        raise ValueError(f"Two kinds of attachments with the key {kind.key!r}")
    KINDS[kind.key] = kind
    return kind


def kind_of(record: Model) -> AttachmentKind:
    """The kind of files that a record takes, or that an attachment is of; raises ``LookupError``."""
    for kind in KINDS.values():
        if isinstance(record, (kind.model, kind.subject_model)):
            return kind
    raise LookupError(f"{type(record).__name__} takes no files")
