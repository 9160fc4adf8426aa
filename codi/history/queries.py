"""The trail of a record and of its parts, told as people read it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone

from codi.history import PARTS
from codi.thai.calendar import short_date
from codi.thai.numbers import baht

if TYPE_CHECKING:
    from codi.accounts.models import User

CREATED, CHANGED, DELETED, RESTORED = "เพิ่ม", "แก้ไข", "ลบ", "นำกลับมา"
_VERBS = {"insert": CREATED, "update": CHANGED, "delete": DELETED}
_DOORS = {
    "web": "หน้าเว็บ",
    "api": "API",
    "command": "คำสั่งของระบบ",
    "job": "งานเบื้องหลัง",
    "import": "นำเข้าจากไฟล์",
}
NOBODY = "นอกโปรแกรม (คำสั่งฐานข้อมูล)"
NOTHING = "-"


@dataclass(frozen=True)
class FieldChange:
    """One field before and after, in words; ``-`` where there is nothing."""

    title: str
    old: str
    new: str


# They guard against writing over and writing twice, and tell a reader nothing.
MACHINE_MARKS = {"version", "request_key"}


@dataclass(frozen=True)
class Change:
    """One event: when, who, by which way, what was done to which record, and why."""

    at: dt.datetime
    actor: str
    door: str
    verb: str
    record: str
    fields: tuple[FieldChange, ...]
    reason: str

    @property
    def is_new(self) -> bool:
        """Whether the record was made, so that there is no earlier value to show."""
        return self.verb == CREATED

    @property
    def is_back(self) -> bool:
        """Whether the record came back that was deleted before."""
        return self.verb == RESTORED

    @property
    def tone(self) -> str:
        """The colour of the verb: it says nothing that the word does not."""
        return {CREATED: "good", CHANGED: "info", DELETED: "bad", RESTORED: "good"}[self.verb]


@dataclass(frozen=True)
class _Step:
    """An event with the one before it of the same record."""

    model: type[models.Model]
    before: Any
    event: Any

    @property
    def is_back(self) -> bool:
        """Whether a deleted record came back under its own key."""
        return self.event.pgh_label == "insert" and self.before is not None

    def pairs(self) -> Iterable[tuple[models.Field[Any, Any], Any, Any]]:
        """Each tracked field with its raw value before and after."""
        for field in tracked_fields(self.model):
            new = None if self.event.pgh_label == "delete" else getattr(self.event, field.attname)
            old = getattr(self.before, field.attname) if self.before is not None else None
            if self.event.pgh_label == "delete" and self.before is None:
                old = getattr(self.event, field.attname)
            if old != new and not (_is_nothing(old) and _is_nothing(new)):
                yield field, old, new


def event_model_of(model: type[models.Model]) -> type[models.Model] | None:
    """The table of events of a model; None when the model is not tracked."""
    found: type[models.Model] | None = getattr(model, "pgh_event_model", None)
    return found


def tracked_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields of a model that its events keep and people read: without key and machine's marks."""
    events = event_model_of(model)
    kept = {field.name for field in events._meta.fields} if events else set()
    return [
        field
        for field in model._meta.concrete_fields
        if field.name in kept and not field.primary_key and field.name not in MACHINE_MARKS
    ]


def changes_of(model: type[models.Model], pk: object, *, user: User | None = None) -> list[Change]:
    """All changes of a record and of its parts, the newest first; of a deleted one as well.

    With a ``user``, parts that lie outside the person's scope are left out, such as another
    region's frame of a programme that everybody sees. One query per table of events and one per
    table that the changed keys point to, whatever the number of events.
    """
    steps = _steps(model, {"pgh_obj_id": pk})
    for part, key in PARTS.items():
        field = part._meta.get_field(key)
        if field.related_model is model:
            steps += _steps(part, {f"{key}_id": pk}, hidden=_hidden_from(user, part, {key: pk}))
    names = _names(steps)
    steps.sort(key=lambda step: (step.event.pgh_created_at, step.event.pgh_id), reverse=True)
    return [_told(step, names) for step in steps]


@dataclass(frozen=True)
class ToldEvent:
    """An event, the one before it of the same record, and both in words."""

    before: Any
    event: Any
    change: Change


def told_events(model: type[models.Model], keys: Iterable[int]) -> list[ToldEvent]:
    """The events of these keys in their order, told as by :func:`changes_of`.

    One query for the events and one per table that the changed keys point to.
    """
    events = event_model_of(model)
    if events is None:
        return []
    wanted = set(keys)
    records = events._default_manager.filter(pk__in=wanted).values("pgh_obj_id")
    steps = [
        step for step in _steps(model, {"pgh_obj_id__in": records}) if step.event.pgh_id in wanted
    ]
    names = _names(steps)
    return [ToldEvent(step.before, step.event, _told(step, names)) for step in steps]


@dataclass(frozen=True)
class Writer:
    """Who wrote a field last, and when."""

    actor: str
    at: dt.datetime


@dataclass(frozen=True)
class Since:
    """What became of a record after one of its versions: the fields of then, who moved which."""

    before: Mapping[str, Any] | None
    writers: Mapping[str, Writer]


def since_version(record: models.Model, version: int | None) -> Since:
    """What a record held at ``version``, and who wrote each of its fields since; one query.

    ``before`` holds the stored values by column attribute (``region_id``), or None when the history
    does not know that version; then the writers are those of the record's whole life.
    """
    events = event_model_of(type(record))
    if events is None:
        return Since(None, {})
    before: Any = None
    last: Any = None
    writers: dict[str, Writer] = {}
    for event in events._default_manager.filter(pgh_obj_id=record.pk).order_by("pgh_id"):
        for field in tracked_fields(type(record)):
            if last is None or getattr(last, field.attname) != getattr(event, field.attname):
                writers[field.name] = _writer(event)
        last = event
        if version is not None and getattr(event, "version", None) == version:
            before, writers = event, {}
    if before is None:
        return Since(None, writers)
    held = {field.attname: getattr(before, field.attname) for field in tracked_fields(type(record))}
    return Since(held, writers)


def _writer(event: Any) -> Writer:
    return Writer((event.pgh_context or {}).get("actor", NOBODY), event.pgh_created_at)


def _hidden_from(
    user: User | None, part: type[models.Model], lookup: Mapping[str, object]
) -> models.QuerySet[Any] | None:
    """The events of the parts that lie outside the person's scope; None when that hides nothing.

    A deleted part is in no scope any more: it is judged by the region that its events name, and
    goes unseen where they name none, be it that everybody saw it before. A kind of part that never
    has a region of its own is seen with its record.
    """
    manager: Any = part._default_manager
    events: Any = event_model_of(part)
    if user is None or user.sees_nation or events is None or not hasattr(manager, "visible_to"):
        return None
    trail: models.QuerySet[Any] = events._default_manager.filter(**lookup)
    there = manager.filter(**lookup)
    hidden = models.Q(pgh_obj_id__in=there.exclude(pk__in=manager.visible_to(user).values("pk")))
    if any(field.name == "region" for field in events._meta.fields):
        gone = trail.exclude(pgh_obj_id__in=there.values("pk"))
        hidden |= models.Q(
            pgh_obj_id__in=gone.exclude(region=user.region_id).values("pgh_obj_id")
        ) | models.Q(pgh_obj_id__in=gone.filter(region=None).values("pgh_obj_id"))
    return trail.filter(hidden).values("pgh_obj_id")


def _steps(
    model: type[models.Model],
    lookup: Mapping[str, object],
    *,
    hidden: models.QuerySet[Any] | None = None,
) -> list[_Step]:
    """The events of some records of a model without the hidden ones, each with its predecessor."""
    events = event_model_of(model)
    if events is None:
        return []
    last: dict[object, Any] = {}
    steps = []
    found = events._default_manager.filter(**lookup).order_by("pgh_id")
    for event in found if hidden is None else found.exclude(pgh_obj_id__in=hidden):
        key = event.pgh_obj_id  # type: ignore[attr-defined]
        steps.append(_Step(model, last.get(key), event))
        last[key] = event
    return steps


Names = Mapping[type[models.Model], Mapping[object, str]]


def _names(steps: list[_Step]) -> Names:
    """The names behind every foreign key that appears in a change: one query per table."""
    wanted: dict[type[models.Model], set[object]] = defaultdict(set)
    for step in steps:
        for field, old, new in step.pairs():
            if isinstance(field, models.ForeignKey):
                target: Any = field.related_model
                wanted[target] |= {value for value in (old, new) if value is not None}
    return {
        target: {row.pk: str(row) for row in target._base_manager.filter(pk__in=keys)}
        for target, keys in wanted.items()
    }


def _told(step: _Step, names: Names) -> Change:
    event = step.event
    context = event.pgh_context or {}
    fields = tuple(
        FieldChange(
            str(field.verbose_name), _in_words(field, old, names), _in_words(field, new, names)
        )
        for field, old, new in step.pairs()
    )
    return Change(
        at=event.pgh_created_at,
        actor=context.get("actor", NOBODY),
        door=_DOORS.get(context.get("door", ""), ""),
        verb=RESTORED if step.is_back else _VERBS[event.pgh_label],
        record=f"{step.model._meta.verbose_name} {_label(step)}".strip(),
        fields=fields,
        reason=context.get("reason", ""),
    )


def _label(step: _Step) -> str:
    """What tells one part from its sisters: its number, code or name."""
    for name in ("code", "number", "title", "full_name", "name", "document_number", "file_name"):
        value = getattr(step.event, name, None)
        if value not in (None, ""):
            return str(value)
    return ""


def _is_nothing(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


def _in_words(field: models.Field[Any, Any], value: Any, names: Names) -> str:
    """A stored value as people read it."""
    if _is_nothing(value):
        return NOTHING
    if isinstance(field, models.ForeignKey):
        target: Any = field.related_model
        return names.get(target, {}).get(value, f"รายการที่ถูกลบแล้ว ({value})")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _plain_words(value)


def _plain_words(value: Any) -> str:
    if isinstance(value, bool):
        return "ใช่" if value else "ไม่ใช่"
    if isinstance(value, Decimal):
        return baht(value)
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value)
        return f"{short_date(local.date())} {local:%H.%M} น."
    if isinstance(value, dt.date):
        return short_date(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(_plain_words(item) for item in value)
    return str(value)


@dataclass(frozen=True)
class LastChange:
    """Who wrote a record last, and when; ``moment`` is the time as people read it."""

    actor: str
    at: dt.datetime

    @property
    def moment(self) -> str:
        """Day and time of the clock of Thailand."""
        return _plain_words(self.at)


def last_changes(model: type[models.Model], keys: Iterable[object]) -> dict[Any, LastChange]:
    """The last event of each of these records, by primary key: one query."""
    events = event_model_of(model)
    if events is None:
        return {}
    latest = (
        events._default_manager.filter(pgh_obj_id__in=list(keys))
        .order_by("pgh_obj_id", "-pgh_id")
        .distinct("pgh_obj_id")
    )
    return {
        event.pgh_obj_id: LastChange(  # type: ignore[attr-defined]
            (event.pgh_context or {}).get("actor", NOBODY),  # type: ignore[attr-defined]
            event.pgh_created_at,  # type: ignore[attr-defined]
        )
        for event in latest
    }
