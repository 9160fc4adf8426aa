"""What a room says about its part of the API: registers, their fields, and the steps on a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpResponseBase
from rest_framework.request import Request

from codi.accounts.permissions import Decision
from codi.desk import bin
from codi.ui.forms import UserForm
from codi.ui.lists import ListFilter

if TYPE_CHECKING:
    from codi.accounts.models import User

Kind = Literal["text", "baht", "count", "day", "moment", "flag", "texts", "objects"]
NOT_FACTS = frozenset({"version", "one_time_key"})
# An act whose record may be of any register: what comes back out of the bin.
ANY = "*"
BIN = "bin"


@dataclass(frozen=True)
class Told:
    """A value of a row that is no stored field: an annotation, a property, a joined name.

    ``path`` leads to it (``"organisation.name"``); without one it has the value's own name.
    """

    name: str
    label: str
    kind: Kind = "text"
    path: str = ""


@dataclass(frozen=True)
class Call:
    """One asked-for act: who, on which row, with what, under which one-time key, and when.

    ``version`` is that of the row which the caller saw; None where the row keeps none.
    """

    actor: User
    row: Any
    form: Any
    key: UUID
    version: int | None
    today: dt.date
    now: dt.datetime

    @property
    def facts(self) -> dict[str, Any]:
        """The checked values as the services take them."""
        cleaned = self.form.facts() if hasattr(self.form, "facts") else self.form.cleaned_data
        return {name: value for name, value in cleaned.items() if name not in NOT_FACTS}


def _no_kwargs(row: Any) -> dict[str, Any]:
    return {}


class NothingForm(UserForm):
    """An act that asks for nothing."""


@dataclass(frozen=True)
class Act:
    """A write: one service behind the form of its page.

    ``form`` checks what is sent, by the same rules and in the same words as the page;
    ``form_kwargs(row)`` gives what it is made with besides. ``can(user, row)`` answers with the
    reason, ``perform(call)`` calls the service and returns the record to show, one of the register
    ``answers`` (or of the own; of any with ``ANY``). ``optional`` names fields that the form asks
    for only sometimes, ``choices`` those of fields whose choices depend on the person. A form with
    a file takes multipart/form-data. ``notes_refusals`` says that the service undoes what it
    refuses by itself and stores a note of it, which stays. ``problems`` are kinds of error that it
    answers besides those of every write.
    """

    path: str
    title: str
    form: type[UserForm]
    can: Callable[[Any, Any], Decision]
    perform: Callable[[Call], Any]
    form_kwargs: Callable[[Any], dict[str, Any]] = _no_kwargs
    answers: str = ""
    status: int = 200
    needs_version: bool = True
    optional: Sequence[str] = ()
    choices: Mapping[str, Sequence[tuple[Any, Any]]] = field(default_factory=dict)
    leave_out: Sequence[str] = ()
    notes_refusals: bool = False
    problems: Sequence[str] = ()
    about: str = ""

    @property
    def takes_files(self) -> bool:
        """Whether a file comes along, so that the request is multipart/form-data."""
        fields = self.form.base_fields.values()
        return any(field.widget.needs_multipart_form for field in fields)


@dataclass(frozen=True)
class Part:
    """Something to read that belongs to one row: its content, its file.

    ``read(request, row)`` gives plain data, or an answer of its own for a file of ``media``.
    """

    path: str
    title: str
    read: Callable[[Request, Any], dict[str, Any] | HttpResponseBase]
    media: Sequence[str] = ("application/json",)
    about: str = ""


@dataclass(frozen=True)
class Resource:
    """A register: rows in sight, what is told of each, how to filter and order, what can be done.

    ``rows(user)`` gives the rows with all that ``fields`` read; the generic part narrows them to
    ``.visible_to(user)`` once more, or to those whose ``seen_with`` (the key to the record that
    they are part of) is in sight, unless ``is_common`` says that everybody sees all of them.
    ``order`` maps the words of ``?sort=`` to paths; nothing else sorts. ``lock_first(row)`` is the
    record that services lock before such a row: whoever locks in two orders waits for ever.
    Rows of a kind that its room lets into the bin (``codi.desk.bin``) are deleted by DELETE.
    """

    name: str
    title: str
    model: type[Model]
    rows: Callable[[Any], QuerySet[Any]]
    fields: Sequence[str]
    order: Mapping[str, str]
    told: Sequence[Told] = ()
    default_sort: str = ""
    filters: type[ListFilter] = ListFilter
    search_keys: Sequence[str] = ()
    search_texts: Sequence[str] = ()
    allowed: Callable[[Any], Decision] | None = None
    is_common: bool = False
    seen_with: str = ""
    lock_first: Callable[[Any], Model] | None = None
    create: Act | None = None
    change: Act | None = None
    acts: Sequence[Act] = ()
    parts: Sequence[Part] = ()
    about: str = ""

    @property
    def is_versioned(self) -> bool:
        """Whether a row counts its changes, so that a lost update can be refused."""
        return "version" in self.fields

    @property
    def key_kind(self) -> Literal["slug", "uuid", "int"]:
        """How rows are named in addresses: by a code, a random key or a number."""
        kind = self.model._meta.pk.get_internal_type()
        return "slug" if kind == "CharField" else "uuid" if kind == "UUIDField" else "int"

    @property
    def delete(self) -> Act | None:
        """Putting a row into the bin; None where the room does not let its rows be deleted."""
        declared = bin.DELETABLE.get(self.model._meta.label_lower)
        return _deleting(declared, self.title) if declared else None

    def visible(self, user: Any) -> QuerySet[Any]:
        """The rows that the person may see."""
        rows: Any = self.rows(user)
        if self.seen_with:
            whole: Any = self.model._meta.get_field(self.seen_with).related_model
            seen = whole._default_manager.visible_to(user)
            return rows.filter(**{f"{self.seen_with}__in": seen})  # type: ignore[no-any-return]
        return rows if self.is_common else rows.visible_to(user)  # type: ignore[no-any-return]


def _deleting(declared: bin.Deletable, title: str) -> Act:
    """The act that puts a record into the bin, from which it can come back for 30 days."""
    return Act(
        "delete",
        f"ลบ{title}ลงถังขยะ",
        NothingForm,
        can=declared.can_delete,
        perform=lambda call: bin.delete(
            actor=call.actor, record=call.row, expected_version=call.version, now=call.now
        ),
        answers=BIN,
        about="คำตอบคือรายการในถังขยะ เลิกลบได้ภายใน 30 วันด้วย POST /api/v1/bin/{id}/restore/",
    )


RESOURCES: dict[str, Resource] = {}


def register(resource: Resource) -> Resource:
    """Offer a register; raises ``ValueError`` on a second one of that name."""
    if RESOURCES.setdefault(resource.name, resource) is not resource:
        raise ValueError(f"two registers are called {resource.name}")
    return resource


def register_of(record: Model) -> Resource:
    """The register that a record is a row of; raises ``LookupError`` when there is none."""
    for resource in RESOURCES.values():
        if resource.model is type(record):
            return resource
    raise LookupError(f"{type(record).__name__} has no register")


VIEWS: list[tuple[str, str, Any]] = []
# Title and description, for people, of the chapters that are no register, by their tag.
CHAPTERS: dict[str, tuple[str, str]] = {}


def register_view(route: str, name: str, view: Any) -> None:
    """Offer something that is no register of rows, at an address below the API's own."""
    VIEWS.append((route, name, view))


def register_chapter(tag: str, title: str, about: str) -> None:
    """Name the chapter of the handbook that tells of the views with this tag."""
    CHAPTERS[tag] = (title, about)
