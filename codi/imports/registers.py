"""Uploads of a plain register, by declaration: which model, what tells its records apart, who writes.

Rows are judged in pieces of a few thousand with a constant number of queries each, and written by
bulk services, so that a hundred thousand rows need the memory of a few thousand.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import models

from codi.history.queries import LastChange, last_changes
from codi.imports.keys import KEY, OwnRow, signed, stamp_of, tell_conflicts
from codi.imports.plan import PlannedRow, Row, judgement

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from codi.accounts.models import User
    from codi.imports.declared import Upload

PIECE = 2_000
GONE = "ไม่พบข้อมูลของแถวนี้ในขอบเขตของท่าน อาจถูกลบไปแล้ว กรุณาดาวน์โหลดข้อมูลใหม่"
TAKEN = (
    "ชื่อและพื้นที่นี้เป็นของอีกรายการในระบบ อาจเรียงลำดับเพียงบางคอลัมน์ รหัสแถวที่ซ่อนไว้จึงไม่ตามมา "
    "กรุณาดาวน์โหลดข้อมูลใหม่แล้วแก้ที่แถวของรายการนั้น"
)

Settle = Callable[[Sequence[Row], "User"], None]


def _as_they_stand() -> Settle:
    """Cells mean what they say."""
    return lambda rows, user: None


def _no_doubt(facts: Mapping[str, Any]) -> str:
    """Nothing to look at twice."""
    return ""


@dataclass(frozen=True)
class Register:
    """A model whose records come in row by row; columns of the upload bear the names of its fields.

    ``identity`` names the fields that tell records apart, the most telling first; ``key_of`` turns
    the value of that first one into what ``key_field`` stores (a search key). ``settle()`` makes, once
    for a file, a function of rows and person that may turn texts of several cells into values, such
    as places, and refuses what lies outside the person's scope. ``create(actor, records)``, ``change(actor, records)`` are bulk services on
    iterators of unsaved records; those of ``change`` carry the primary key and the version that
    was judged. ``doubt`` says of the fields as they shall be why they may not be meant so, though no
    rule forbids them; people read it before they confirm. ``lock_first`` is the way to what the
    services lock before such a record (``group__council``): a whole file holds it at once.
    """

    model: type[models.Model]
    identity: tuple[str, ...]
    create: Callable[..., int]
    change: Callable[..., int]
    key_field: str = ""
    key_of: Callable[[Any], Any] = str
    settle: Callable[[], Settle] = _as_they_stand
    doubt: Callable[[Mapping[str, Any]], str] = _no_doubt
    lock_first: str = ""

    def field(self, column: str) -> models.Field[Any, Any]:
        """The field that a column fills."""
        found: models.Field[Any, Any] = self.model._meta.get_field(column)  # type: ignore[assignment]
        return found

    def stored(self, column: str, value: Any) -> Any:
        """A cell's value as the field keeps it: a blank text is empty, a place its code."""
        field = self.field(column)
        if value is None:
            return None if field.null else field.get_default()
        return value.pk if isinstance(value, models.Model) else value

    def told(self, record: Any, column: str) -> Any:
        """A field's value as a cell tells it: an empty text is blank."""
        value = getattr(record, column)
        return None if value == "" else value

    def judged(self, upload: Upload, rows: Iterable[Row], actor: User) -> Iterator[PlannedRow]:
        """Each row with its judgement, piece by piece."""
        judge = _Judge(self, upload, actor)
        waiting = iter(rows)
        while piece := list(islice(waiting, PIECE)):
            yield from judge.piece(piece)

    def rows(self, upload: Upload, records: QuerySet[Any]) -> Iterator[OwnRow]:
        """The records of a list as rows to edit."""
        columns = [column.key for column in upload.columns if column.key != KEY]
        joined = [name for name in columns if self.field(name).is_relation]
        for record in records.select_related(*joined).iterator(chunk_size=PIECE):
            key = signed(upload.key, record.pk, stamp_of([record.version]))
            yield OwnRow(key, {name: self.told(record, name) for name in columns})

    def record(self, data: dict[str, Any]) -> models.Model:
        """The unsaved record that a staged row asks for."""
        facts = {name: _back(self.model, name, value) for name, value in data["facts"].items()}
        return self.model(
            **{name: data[name] for name in ("id", "version") if name in data}, **facts
        )


@dataclass(frozen=True)
class _Known:
    """What is on record for some rows: by key, by identity, by name alone; who changed it last."""

    by_key: Mapping[Any, Any]
    twins: Mapping[Any, Any]
    namesakes: Mapping[Any, list[int]]
    last: Mapping[Any, LastChange]


class _Judge:
    """Judges the pieces of one file; remembers what earlier pieces named."""

    def __init__(self, register: Register, upload: Upload, actor: User) -> None:
        self.register, self.upload, self.actor = register, upload, actor
        manager: Any = register.model._default_manager
        joined = [
            name for name in upload.by_key if name != KEY and register.field(name).is_relation
        ]
        self.visible = manager.visible_to(actor).select_related(*joined)
        self.settle = register.settle()
        self.seen: dict[Any, int] = {}

    def piece(self, rows: Sequence[Row]) -> list[PlannedRow]:
        """Judge some rows with a constant number of queries."""
        self.settle(rows, self.actor)
        keys = {row.key.pk for row in rows if row.key}
        by_key = {r.pk: r for r in self.visible.filter(pk__in=keys)} if keys else {}
        twins = self._twins(rows)
        namesakes: dict[Any, list[int]] = defaultdict(list)
        for identity, record in twins.items():
            namesakes[identity[0]].append(record.pk)
        stale = [
            row.key.pk
            for row in rows
            if row.key and row.key.pk in by_key and row.key.stamp != _stamp(by_key[row.key.pk])
        ]
        last = last_changes(self.register.model, stale) if stale else {}
        known = _Known(by_key, twins, namesakes, last)
        return [self._judge(row, known) for row in rows]

    def _twins(self, rows: Sequence[Row]) -> dict[Any, Any]:
        """The records on record under the identities that these rows tell."""
        register = self.register
        first = register.key_field or register.identity[0]
        told = {row.values.get(register.identity[0]) for row in rows} - {None}
        found = self.visible.filter(**{f"{first}__in": {register.key_of(one) for one in told}})
        return {self._identity_of(record): record for record in found}

    def _identity_of(self, record: Any) -> tuple[Any, ...]:
        register = self.register
        first = getattr(record, register.key_field or register.identity[0])
        names = [register.field(name).attname for name in register.identity[1:]]
        return (first, *(getattr(record, name) for name in names))

    def _identity(self, row: Row) -> tuple[Any, ...] | None:
        register = self.register
        first = row.values.get(register.identity[0])
        if first is None:
            return None
        rest = [register.stored(name, row.values.get(name)) for name in register.identity[1:]]
        return (register.key_of(first), *rest)

    def _namesakes(self, row: Row, record: Any, known: _Known) -> list[int]:
        """Other records of the name that a row with a key tells, when its own has another name."""
        name = row.values.get(self.register.identity[0])
        told = None if name is None else self.register.key_of(name)
        if row.key is None or told == self._identity_of(record)[0]:
            return []
        return [pk for pk in known.namesakes.get(told, ()) if pk != record.pk]

    def _judge(self, row: Row, known: _Known) -> PlannedRow:
        label = str(row.values.get(self.register.identity[0]) or "")
        record = known.by_key.get(row.key.pk) if row.key else None
        if row.key and record is None:
            row.refuse("", GONE)
        identity = self._identity(row) if row.ok else None
        twin = known.twins.get(identity)
        if row.key and record is not None and twin is not None and twin.pk != record.pk:
            row.refuse(self.register.identity[0], TAKEN)
        record = record if row.key else twin
        self._refuse_doubles(row, identity, record)
        if record is None:
            data = {"facts": self._facts(row, self.register.model())}
            return judgement(row, label=label, data=data, doubt=self._doubt(row, data))
        before = {name: self.register.told(record, name) for name in row.values}
        if row.key is None:
            before = {name: old for name, old in before.items() if row.values[name] is not None}
        stamp = _stamp(record)
        tell_conflicts(row, before, stamp=stamp, last=known.last.get(record.pk))
        data = {
            "id": record.pk,
            "version": record.version,
            "facts": self._facts(row, record, changes=before),
        }
        key = signed(self.upload.key, record.pk, stamp)
        return judgement(
            row,
            label=label or str(record),
            before=before,
            data=data,
            record=key,
            namesakes=self._namesakes(row, record, known),
            doubt=self._doubt(row, data),
        )

    def _doubt(self, row: Row, data: Mapping[str, Any]) -> str:
        return self.register.doubt(data["facts"]) if row.ok else ""

    def _refuse_doubles(self, row: Row, identity: Any, record: Any) -> None:
        """Two rows of a file for one record are a question, not a guess."""
        names = [name for name in (identity, ("pk", record.pk) if record else None) if name]
        earlier = [
            n for name in names if (n := self.seen.setdefault(name, row.number)) != row.number
        ]
        if earlier:
            row.refuse("", f"ซ้ำกับแถว {earlier[0]} ในไฟล์เดียวกัน กรุณาเหลือไว้แถวเดียว")

    def _facts(
        self, row: Row, record: Any, *, changes: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """All declared fields of the record as they shall be, as JSON keeps them."""
        facts = {}
        for column in self.upload.columns:
            if column.key == KEY:
                continue
            field = self.register.field(column.key)
            told = column.key in (row.values if changes is None else changes)
            value = (
                self.register.stored(column.key, row.values[column.key])
                if told
                else getattr(record, field.attname)
            )
            facts[field.attname] = _plain(value)
        return facts


def _stamp(record: Any) -> str:
    return stamp_of([record.version])


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def _back(model: type[models.Model], attname: str, value: Any) -> Any:
    """A value from JSON as the field holds it."""
    field: Any = model._meta.get_field(attname)
    return value if value is None or field.is_relation else field.to_python(value)
