"""Two records of one thing: how a room says they are merged, and what a merge would move.

A room declares each register whose records may be doubles (``register_merger`` in its
``merging.py``). Every foreign key to the register is found from the models themselves, so that a
table that comes later cannot be forgotten: its rows move unless the declaration says that they stay.

A merge counts from its day on: the merged record is counted on days before and no longer from then
on. Rows that move are counted with the kept record on every day, rows that stay (a second review of
the same year) are counted with the merged record, and with it until the day before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Model, Q, QuerySet, UniqueConstraint

from codi.accounts.permissions import Decision
from codi.history.queries import tracked_fields
from codi.writing import shown
from programs.models.duplicates import DuplicateCase
from programs.notices_of_merging import declare_kinds

SHOWN = 5
# How an empty field is shown.
NOTHING = "-"
# A concrete table of pairs.
Cases = Any


@dataclass(frozen=True)
class Stay:
    """Rows of a table that stay with the merged record, and why."""

    reason: str
    rows: Callable[[Any, Any], Q] = lambda gone, kept: Q()


def _nothing(gone: Any, kept: Any) -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class Merger:
    """How the records of one register are merged.

    ``area(user, record)`` says whether the record lies in the person's scope, ``keeper(user)`` who
    may ask for a merge. ``ended`` is the field with the day on which a record left the register,
    ``ended_reason`` the one with its reason; ``pairs()`` finds
    near-equal names (``queries_of_doubles``). ``stays`` names tables (``app.model.key``) of which
    rows stay. Of the tables in ``exchangeable`` the contents of two rows that exclude each other
    may change places, so that those of the merged record count. ``blockers(gone, kept)`` say what
    has to be cleared first, ``rests(case)`` what has been built on a merge since, ``facts(record,
    day)`` what else stands on the page of the pair. ``lock_first(record)`` is the record that
    services lock before one of these.
    """

    case: Cases
    model: type[Model]
    noun: str
    url_name: str
    keeper: Callable[[Any], Decision]
    area: Callable[[Any, Any], Decision]
    ended: str
    ended_reason: str
    pairs: Callable[[], Collection[tuple[int, int, int, bool]]]
    places: Sequence[str] = ()
    stays: Mapping[str, Stay] = field(default_factory=dict)
    exchangeable: Sequence[str] = ()
    blockers: Callable[[Any, Any], Sequence[str]] = _nothing
    rests: Callable[[Any], Sequence[str]] = lambda case: ()
    facts: Callable[[Any, dt.date], Sequence[tuple[str, str]]] = lambda record, day: ()
    lock_first: Callable[[Any], Model | None] = lambda record: None

    def stands(self, record: Any) -> bool:
        """Whether the record is in the register and was not merged."""
        return getattr(record, self.ended) is None and record.merged_into_id is None


MERGERS: dict[Cases, Merger] = {}


def register_merger(merger: Merger) -> Merger:
    """Let records of a register be merged, and tell people of it."""
    declare_kinds(merger.case, merger.noun, merger.url_name)
    MERGERS[merger.case] = merger
    return merger


def merger_of(case: DuplicateCase | Cases) -> Merger:
    """How the records of a pair are merged."""
    return MERGERS[case if isinstance(case, type) else type(case)]


@dataclass(frozen=True)
class Reference:
    """A foreign key that names records of a register."""

    model: type[Model]
    key: str

    @property
    def label(self) -> str:
        """The table and its key: ``councils.member.council``."""
        return f"{self.model._meta.label_lower}.{self.key}"

    @property
    def title(self) -> str:
        """What people call its rows."""
        if self.key == "merged_into":
            return "ระเบียนที่เคยรวมเข้ามา"
        return str(self.model._meta.verbose_name)

    def rows(self, *records: Any) -> QuerySet[Any]:
        """The rows that name one of these records."""
        return self.model._base_manager.filter(**{f"{self.key}__in": [one.pk for one in records]})


def references(model: type[Model]) -> list[Reference]:
    """Every foreign key to the model, but those of events of history and of pairs of doubles."""
    found = []
    for relation in model._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete:
            continue
        if not (relation.one_to_many or relation.one_to_one):
            continue
        other: Any = relation.related_model
        if hasattr(other, "pgh_tracked_model") or issubclass(other, DuplicateCase):
            continue
        found.append(Reference(other, relation.field.name))  # type: ignore[union-attr]
    return sorted(found, key=lambda reference: reference.label)


def _uniques(reference: Reference) -> list[tuple[tuple[str, ...], Q]]:
    """The rules that allow one row per record: their other fields, and their condition."""
    column: Any = reference.model._meta.get_field(reference.key)
    found: list[tuple[tuple[str, ...], Q]] = [((), Q())] if column.unique else []
    for rule in reference.model._meta.constraints:
        if isinstance(rule, UniqueConstraint) and reference.key in rule.fields:
            others = tuple(name for name in rule.fields if name != reference.key)
            found.append((others, rule.condition or Q()))
    return found


def _excluded(reference: Reference, gone: Any, kept: Any) -> dict[Any, Any]:
    """Rows of the merged record that cannot stand beside one of the kept: key → key of that one."""
    found: dict[Any, Any] = {}
    for others, condition in _uniques(reference):
        there: dict[int, dict[tuple[Any, ...], Any]] = {gone.pk: {}, kept.pk: {}}
        rows = reference.rows(gone, kept).filter(condition)
        for pk, owner, *values in rows.values_list("pk", reference.key, *others):
            there[owner][tuple(values)] = pk
        mine, theirs = there[gone.pk], there[kept.pk]
        found |= {pk: theirs[values] for values, pk in mine.items() if values in theirs}
    return found


@dataclass(frozen=True)
class Share:
    """Of one table: the rows of both records, and what would become of those of the merged one.

    ``excluded`` are rows for which the kept record has its own (of the same year or name): they
    stay with the merged record, or change contents with it when that was chosen.
    """

    reference: Reference
    moving: Sequence[Any]
    staying: Mapping[str, Sequence[Any]]
    excluded: Mapping[Any, Any]
    gone_rows: Sequence[Any]
    kept_rows: Sequence[Any]
    may_exchange: bool
    already: int = 0

    @property
    def stay_count(self) -> int:
        """Rows that stay for a reason of their table."""
        return sum(len(rows) for rows in self.staying.values())

    @property
    def moved_count(self) -> int:
        """Rows that move, or have moved: a merged record has none left that would."""
        return len(self.moving) or self.already

    @property
    def pairs(self) -> Sequence[tuple[Any, Any]]:
        """The first rows that exclude each other: of the merged record, of the kept one."""
        of_gone = {row.pk: row for row in self.gone_rows}
        of_kept = {row.pk: row for row in self.kept_rows}
        both = list(self.excluded.items())[:SHOWN]
        return [(of_gone[mine], of_kept[theirs]) for mine, theirs in both]


def _rows(reference: Reference, record: Any) -> list[Any]:
    """The rows of a record, each with the record itself at hand."""
    found = list(reference.rows(record).order_by("pk"))
    for row in found:
        setattr(row, reference.key, record)
    return found


def share_of(reference: Reference, gone: Any, kept: Any) -> Share:
    """What would become of one table's rows."""
    merger = next(one for one in MERGERS.values() if one.model is type(kept))
    stay = merger.stays.get(reference.label)
    staying: dict[str, list[Any]] = {}
    kept_apart: set[Any] = set()
    if stay is not None:
        kept_apart = set(
            reference.rows(gone).filter(stay.rows(gone, kept)).values_list("pk", flat=True)
        )
    gone_rows, kept_rows = _rows(reference, gone), _rows(reference, kept)
    excluded = {
        mine: theirs
        for mine, theirs in _excluded(reference, gone, kept).items()
        if mine not in kept_apart
    }
    if stay is not None and kept_apart:
        staying[stay.reason] = [row for row in gone_rows if row.pk in kept_apart]
    return Share(
        reference=reference,
        moving=[r for r in gone_rows if r.pk not in kept_apart and r.pk not in excluded],
        staying=staying,
        excluded=excluded,
        gone_rows=gone_rows,
        kept_rows=kept_rows,
        may_exchange=reference.model._meta.label_lower in merger.exchangeable,
    )


def shares_of(merger: Merger, gone: Any, kept: Any, moved: Mapping[str, Any] = {}) -> list[Share]:
    """What would become of all that names the record that is merged; ``moved`` is what has."""
    rows = moved.get("rows", {})
    return [
        replace(share_of(reference, gone, kept), already=len(rows.get(reference.label, ())))
        for reference in references(merger.model)
    ]


def problems_of(merger: Merger, gone: Any, kept: Any) -> list[str]:
    """What has to be cleared before the two can be merged; nothing when they can."""
    found = []
    for record in (gone, kept):
        if not merger.stands(record):
            found.append(f"รหัส {record.code} ไม่อยู่ในทะเบียนแล้ว จึงรวมไม่ได้")
    for name in merger.places:
        if getattr(gone, f"{name}_id") != getattr(kept, f"{name}_id"):
            title = kept._meta.get_field(name).verbose_name
            found.append(f"{title}ของสองระเบียนไม่ตรงกัน ให้แก้พื้นที่ให้ถูกต้องก่อน")
    return [*found, *merger.blockers(gone, kept)]


@dataclass(frozen=True)
class Line:
    """One field of both records."""

    title: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        """Whether the records say different things."""
        return self.first != self.second


def lines_of(merger: Merger, first: Any, second: Any, day: dt.date) -> list[Line]:
    """Both records field by field, then what the room adds of each; without what both leave empty."""
    names = [field.name for field in tracked_fields(merger.model) if field.name != "merged_into"]
    lines = [
        Line(
            str(merger.model._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
            _said(first, name),
            _said(second, name),
        )
        for name in names
    ]
    pairs = zip(merger.facts(first, day), merger.facts(second, day), strict=True)
    lines += [Line(title, mine, theirs) for (title, mine), (_, theirs) in pairs]
    return [line for line in lines if {line.first, line.second} != {NOTHING}]


def _said(record: Any, name: str) -> str:
    value = getattr(record, name)
    if isinstance(value, list):
        return " · ".join(map(str, value)) or NOTHING
    return shown(record, name, value)
