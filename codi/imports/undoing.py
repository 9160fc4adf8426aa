"""Taking a written file back: everything it made or changed, through services, or the reason why not.

What the file did is read from the history that the database kept of its transaction. A record that
somebody changed since, or that others use by now, stands in the way and is named.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone

from codi.accounts.models import User
from codi.desk import bin
from codi.desk.models import Binned
from codi.errors import Refused
from codi.history import acting
from codi.history.queries import event_model_of, last_changes
from codi.imports import effects, holding, permissions
from codi.imports.declared import UPLOADS, UndoOf
from codi.imports.models import BatchState, ImportBatch
from codi.imports.services import (
    DIRECT_ROW_COUNT,
    Told,
    in_hand,
    in_silence,
    one_at_a_time,
    queue,
)
from codi.jobs.models import Job

T = TypeVar("T")
UNDO = "import-undo"
PIECE = 1_000
MOST_NAMED = 50
UNSEEN_USE = "อยู่นอกขอบเขตของท่าน"
OUT_OF_SIGHT = "อยู่นอกขอบเขตของท่าน ให้ผู้ที่เห็นรายการนี้เป็นผู้ย้อนกลับ"
IN_THE_WAY = "ย้อนกลับไม่ได้ เพราะมีข้อมูลที่แก้หรือใช้ต่อหลังนำเข้า"


@dataclass(frozen=True)
class Obstacle:
    """A record that stands in the way, its page, and what happened to it since."""

    record: str
    url: str
    what: str

    def __str__(self) -> str:
        return f"{self.record}: {self.what}"


@dataclass
class _Piece:
    """What the file did to some records of one model: made them, or changed fields from → to."""

    undo: UndoOf
    made: dict[Any, Any] = field(default_factory=dict)
    changed: dict[Any, dict[str, tuple[Any, Any]]] = field(default_factory=dict)


def obstacles(
    batch: ImportBatch, *, user: User, holding: bool = False, most: int = MOST_NAMED
) -> list[Obstacle]:
    """What keeps ``user`` from taking a written file back, at most so many; nothing when they can.

    What is out of the person's sight stands in the way without its name. ``holding`` locks the
    records to the end of the transaction, for the act itself, in the order that services do.
    """
    upload = UPLOADS[batch.kind]
    if holding:
        _hold_first(batch.effects, upload.undo)
    undone = {undo.model for undo in upload.undo}
    missing = [model for model in effects.touched(batch.effects) if model not in undone]
    found = [
        Obstacle(str(model._meta.verbose_name), "", "ข้อมูลชนิดนี้ย้อนกลับจากไฟล์ไม่ได้") for model in missing
    ]
    for undo in upload.undo:
        for piece in _pieces(batch.effects, undo):
            found += _in_the_way(batch.effects, piece, user, holding)
            if len(found) >= most:
                return found[:most]
    return found


def order_undo(*, batch: ImportBatch, actor: User, reason: str, today: dt.date) -> ImportBatch:
    """Take a written file back: a short one now, a long one by a worker. Raises :class:`Refused`."""
    if batch.new_count + batch.changed_count <= DIRECT_ROW_COUNT:
        return undo(batch=batch, actor=actor, reason=reason, today=today)
    with in_hand(batch, actor) as locked:
        _require_undo(actor, locked, reason)
        title = f"ย้อนกลับไฟล์ {locked.file_name}"
        return queue(locked, UNDO, actor, title=title, reason=reason.strip()[:500])


def undo(
    *,
    batch: ImportBatch,
    actor: User,
    reason: str,
    today: dt.date,
    told: Told = in_silence,
    job: Job | None = None,
) -> ImportBatch:
    """Take back all that a written file made or changed, in one transaction, in the history.

    ``job`` is the worker's own. Raises :class:`Refused` with what stands in the way.
    """
    with (
        in_hand(batch, actor, job) as locked,
        acting(actor, door="import", reason=f"ย้อนกลับไฟล์ {batch.file_name}: {reason.strip()}"),
    ):
        _require_undo(actor, locked, reason)
        one_at_a_time(locked.kind)
        told(5, "ตรวจว่ามีอะไรแก้หรือใช้ต่อหลังนำเข้า")
        if found := obstacles(locked, user=actor, holding=True):
            raise Refused(IN_THE_WAY, code="imports-undo", details=[str(one) for one in found])
        told(40, "ย้อนกลับ")
        _take_back(locked, actor, reason.strip(), today, told)
        locked.state = BatchState.UNDONE
        locked.undone_by = actor
        locked.undone_at = timezone.now()
        locked.undo_reason = reason.strip()[:500]
        locked.save()
        told(99, "บันทึกการย้อนกลับ")
        return locked


def _require_undo(actor: User, batch: ImportBatch, reason: str) -> None:
    decision = permissions.can_undo(actor, batch)
    if not decision:
        raise Refused(decision.reason, code="imports-permission")
    if not reason.strip():
        raise Refused("กรุณาเขียนเหตุผลที่ย้อนกลับ", field="reason")


def _hold_first(traces: Mapping[str, Any], undo: Iterable[UndoOf]) -> None:
    """Lock what services lock before the records of the file, each model's in the order of keys."""
    wanted: dict[Any, set[Any]] = defaultdict(set)
    for act in undo:
        if act.lock_first:
            field: Any = holding.first_field(act.model, act.lock_first)
            events = effects.events_of(traces, act.model).order_by()
            keys = set(events.values_list(field.attname, flat=True).distinct())
            top, held = holding.at_the_end(act.model, act.lock_first, keys)
            own = effects.events_of(traces, top).order_by().values_list("pgh_obj_id", flat=True)
            wanted[top].update(held, own)
    for model, keys in wanted.items():
        holding.hold(model, keys)


def _take_back(batch: ImportBatch, actor: User, reason: str, today: dt.date, told: Told) -> None:
    """Model by model, in the order that the upload declares."""
    for place, undo_of in enumerate(UPLOADS[batch.kind].undo):
        told(40 + 50 * place // len(UPLOADS[batch.kind].undo), "ย้อนกลับ")
        # Read whole before the first write, whose events lie outside the span all the same.
        for piece in _pieces(batch.effects, undo_of):
            _take_back_piece(piece, actor, reason, today)
            told(40 + 50 * place // len(UPLOADS[batch.kind].undo), "ย้อนกลับ")


def _take_back_piece(piece: _Piece, actor: User, reason: str, today: dt.date) -> None:
    act = piece.undo
    if piece.made:
        used = _in_use(act.model, list(piece.made)) if act.kept else set()
        records = act.model._base_manager.in_bulk([pk for pk in piece.made if pk not in used])
        if records:
            act.unmake(list(records.values()), actor, reason, today)
    if act.restore and piece.changed:
        records = act.model._base_manager.in_bulk(list(piece.changed))
        pairs = [
            (records[pk], {name: old for name, (old, _new) in fields.items()})
            for pk, fields in piece.changed.items()
        ]
        act.restore(pairs, actor, reason, today)


def _pieces(traces: Mapping[str, Any], act: UndoOf) -> Iterator[_Piece]:
    """What the transaction did to the records of one model, a thousand records at a time."""
    events = effects.events_of(traces, act.model)
    keys = list(events.order_by("-pgh_obj_id").values_list("pgh_obj_id", flat=True).distinct())
    names = [act.model._meta.get_field(name).attname for name in act.fields]  # type: ignore[union-attr]
    for some in _split(keys, PIECE):
        piece = _Piece(act)
        last: dict[Any, Any] = {}
        first: dict[Any, Any] = {}
        for event in events.filter(pgh_obj_id__in=some):
            first.setdefault(event.pgh_obj_id, event)
            last[event.pgh_obj_id] = event
        piece.made = {pk: last[pk] for pk, one in first.items() if one.pgh_label == "insert"}
        others = {pk: one for pk, one in first.items() if pk not in piece.made}
        for pk, before in _before(act.model, others).items():
            fields = {
                name: (getattr(before, name), getattr(last[pk], name))
                for name in names
                if getattr(before, name) != getattr(last[pk], name)
            }
            if fields:
                piece.changed[pk] = fields
        yield piece


def _before(model: type[models.Model], first: Mapping[Any, Any]) -> dict[Any, Any]:
    """The event before the transaction's first one, per record: one query."""
    if not first:
        return {}
    events: Any = event_model_of(model)
    earliest = min(event.pgh_id for event in first.values())
    found = (
        events.objects.filter(pgh_obj_id__in=list(first), pgh_id__lt=earliest)
        .order_by("pgh_obj_id", "-pgh_id")
        .distinct("pgh_obj_id")
    )
    return {event.pgh_obj_id: event for event in found}


def _in_the_way(
    traces: Mapping[str, Any], piece: _Piece, user: User, holding: bool
) -> list[Obstacle]:
    """The records of a piece that changed since, are gone, out of sight, or are used by others."""
    act = piece.undo
    wanted = _as_left(piece)
    records = _read(act.model, list(wanted), holding)
    unseen = _out_of_sight(act.model, list(records), user)
    found = [_named(act.model, None, OUT_OF_SIGHT) for _pk in sorted(unseen)]
    moved = [
        pk
        for pk, fields in wanted.items()
        if pk not in unseen
        and (pk not in records or any(getattr(records[pk], n) != v for n, v in fields.items()))
    ]
    last = last_changes(act.model, moved) if moved else {}
    for pk in moved:
        who = f"โดย {last[pk].actor} เมื่อ {last[pk].moment}" if pk in last else "ภายหลัง"
        word = "แก้ไข" if pk in records else "ลบ"
        found.append(_named(act.model, records.get(pk), f"{word}{who}"))
    if not act.kept:
        made = [pk for pk in piece.made if pk in records and pk not in unseen]
        used = _used(act.model, made, traces, user)
        found += [_named(act.model, records[pk], what) for pk, what in used.items()]
    return found


def _as_left(piece: _Piece) -> dict[Any, dict[str, Any]]:
    """What the file left in the fields that count, by record: as it must still stand."""
    names = [piece.undo.model._meta.get_field(name).attname for name in piece.undo.fields]  # type: ignore[union-attr]
    wanted = {pk: {n: getattr(event, n) for n in names} for pk, event in piece.made.items()}
    wanted |= {pk: {n: new for n, (_, new) in f.items()} for pk, f in piece.changed.items()}
    for pk, event in piece.made.items():
        # What the file made goes away whole: any later edit counts, also of a field not listed.
        if hasattr(event, "version"):
            wanted[pk]["version"] = event.version
    return wanted


def _read(model: type[models.Model], keys: Sequence[Any], holding: bool) -> dict[Any, Any]:
    """The records, held to the end of the transaction when somebody is about to write them."""
    rows: Any = model._base_manager.all()
    if holding and hasattr(model, "version"):
        rows = rows.select_for_update(of=("self",)).order_by("pk")
    found: dict[Any, Any] = rows.in_bulk(keys)
    return found


def _out_of_sight(model: type[models.Model], keys: Iterable[Any], user: User) -> set[Any]:
    """The keys that the person cannot see."""
    rows: Any = model._default_manager.all()
    if not hasattr(rows, "visible_to"):
        return set()
    keys = set(keys)
    return keys - set(rows.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))


def _named(model: type[models.Model], record: Any, what: str) -> Obstacle:
    title = str(model._meta.verbose_name)
    if record is None:
        return Obstacle(title, "", what)
    url = record.get_absolute_url() if hasattr(record, "get_absolute_url") else ""
    return Obstacle(f"{title} {record}", url, what)


def _used(
    model: type[models.Model], keys: Sequence[Any], traces: Mapping[str, Any], user: User
) -> dict[Any, str]:
    """Which made records are named by records that this file did not make, and by what.

    What lies in the bin counts: it could not come back. What the person cannot see has no name.
    """
    found: dict[Any, str] = {}
    for other, column in _users_of(model):
        own = effects.events_of(traces, other).filter(pgh_label="insert").values("pgh_obj_id")
        users = other._base_manager.filter(**{f"{column}__in": keys}).exclude(pk__in=own)
        if not (users := list(users[:MOST_NAMED])):
            continue
        unseen = _out_of_sight(other, [one.pk for one in users], user)
        last = last_changes(other, [one.pk for one in users if one.pk not in unseen])
        for one in users:
            who = last.get(one.pk)
            told = f" โดย {who.actor} เมื่อ {who.moment}" if who else ""
            name = f" {one}{told}" if one.pk not in unseen else f"ที่{UNSEEN_USE}"
            found[getattr(one, column)] = f"ถูกใช้ใน{other._meta.verbose_name}{name}"
    # The tables first: what goes into the bin between the two looks is seen by one of them.
    return _used_in_bin(model, keys, user) | found


def _in_use(model: type[models.Model], keys: Sequence[Any]) -> set[Any]:
    """Which records are named by any other, in a table or in the bin."""
    found: set[Any] = set()
    for other, column in _users_of(model):
        users = other._base_manager.filter(**{f"{column}__in": keys})
        found.update(users.order_by().values_list(column, flat=True).distinct())
    return found.union(key for key, _binned in bin.naming(model, keys))


def _users_of(model: type[models.Model]) -> Iterator[tuple[Any, str]]:
    """The tracked models that name records of a model, each with the column that does."""
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and (relation.one_to_many or relation.one_to_one):
            other: Any = relation.related_model
            if event_model_of(other) is not None:
                yield other, relation.field.attname  # type: ignore[union-attr]


def _used_in_bin(model: type[models.Model], keys: Sequence[Any], user: User) -> dict[Any, str]:
    """Which records are named by something deleted that may still come back."""
    named = list(bin.naming(model, keys))
    unseen = _out_of_sight(Binned, {binned.pk for _key, binned in named}, user) if named else set()
    return {
        key: f"ถูกใช้ใน{binned.kind}ที่อยู่ในถังขยะ"
        + (
            f": {binned.title} ให้เลิกลบแล้วแก้ที่รายการนั้นก่อน"
            if binned.pk not in unseen
            else f"และ{UNSEEN_USE}"
        )
        for key, binned in named
    }


def _split(items: Iterable[T], size: int) -> Iterator[list[T]]:
    waiting = iter(items)
    while piece := list(islice(waiting, size)):
        yield piece
