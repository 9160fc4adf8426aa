"""Deleting as a reversible act: the record leaves its table whole and can come back for 30 days.

A room says in its ``deletion.py`` what may be deleted, by whom, where it lies and where the person
goes on::

    register_deletable(Deletable(Meeting, can_delete_meeting, place_of_meeting, after=…))

Parts that go with a record and come back with it are declared by the room that owns them:
``register_part(Project, Instalment, "project")``. Whatever else names the record stands in the way,
and so does what a room above says of it by ``register_keeper``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import serializers
from django.core.exceptions import ObjectDoesNotExist
from django.core.serializers.base import DeserializationError
from django.db.models import ForeignKey, Model, ProtectedError, QuerySet
from django.db.models.deletion import Collector
from django.db.models.fields.json import KT

from codi.accounts.models import User
from codi.accounts.permissions import Decision, deny, require
from codi.constraints import as_refusals
from codi.desk.models import KEPT, Binned
from codi.errors import Refused
from codi.history import acting
from codi.writing import locked, service

NAMED = 3
REASON = "เลิกลบ นำกลับจากถังขยะ"


@dataclass(frozen=True)
class Deletable:
    """A kind of record that may be deleted.

    ``can_delete`` also decides who may bring it back. ``place`` gives the codes of region and
    province by which the deleted record is seen; ``after`` the address where the person goes on.
    ``owner`` gives the key of the only person who may see it, for what is private. ``make_room`` is
    called before a record comes back, where there is a limit: it locks what the limit is counted
    under and raises :class:`Refused` when it is reached.
    """

    model: type[Model]
    can_delete: Callable[[User, Any], Decision]
    place: Callable[[Any], tuple[str | None, str | None]]
    after: Callable[[Any], str]
    owner: Callable[[Any], int | None] = lambda record: None
    make_room: Callable[[Any], None] = lambda record: None


DELETABLE: dict[str, Deletable] = {}
_parts: dict[type[Model], list[tuple[type[Model], str]]] = defaultdict(list)
_keepers: list[Callable[[Model], str]] = []


def register_deletable(declared: Deletable) -> Deletable:
    """Let records of a kind be deleted and brought back."""
    DELETABLE[declared.model._meta.label_lower] = declared
    return declared


def register_part(whole: type[Model], part: type[Model], key: str) -> None:
    """Let ``part`` go and come back with the ``whole`` that its foreign key ``key`` names."""
    _parts[whole].append((part, key))


def register_keeper(tell: Callable[[Model], str]) -> None:
    """Let a room keep records that name none of its own: why in Thai, or nothing when it does not."""
    _keepers.append(tell)


def declared_for(record: Model) -> Deletable | None:
    """How records of this kind are deleted; None when they never are."""
    return DELETABLE.get(record._meta.label_lower)


@service
def delete(*, actor: User, record: Model, expected_version: int | None, now: dt.datetime) -> Binned:
    """Put a record with its parts into the bin.

    Raises :class:`Refused` when it was changed since ``expected_version``, or when something else
    rests on it (named in the message); ``PermissionDenied`` for whoever may not.
    """
    declared = DELETABLE[record._meta.label_lower]
    record = locked(record)
    require(declared.can_delete(actor, record))
    if expected_version is not None and getattr(record, "version", None) != expected_version:
        raise Refused(
            "มีผู้อื่นแก้ไขรายการนี้หลังจากที่ท่านเปิดหน้าไว้ จึงยังไม่ได้ลบ ตรวจข้อมูลล่าสุดก่อน แล้วกดลบอีกครั้ง",
            code="changed_by_another",
        )
    parts = list(_parts_of(record))
    if told := next(filter(None, (tell(record) for tell in _keepers)), ""):
        raise Refused(f"ลบไม่ได้ เพราะ{told}", code="in_use")
    region, province = declared.place(record)
    binned = Binned.objects.create(
        model=record._meta.label_lower,
        object_id=record.pk,
        kind=str(record._meta.verbose_name),
        title=str(record)[:600],
        region_id=region,
        province_id=province,
        owner_id=declared.owner(record),
        content=json.loads(serializers.serialize("json", [record, *parts])),
        deleted_by=actor,
        deleted_at=now,
        kept_until=now + KEPT,
    )
    for row in [*reversed(parts), record]:
        _require_free(row, actor)
        row.delete()
    return binned


def _parts_of(record: Model) -> Iterator[Model]:
    """The declared parts of a record, locked."""
    for part, key in _parts[type(record)]:
        yield from part._base_manager.select_for_update().filter(**{key: record.pk}).order_by("pk")


def _require_free(row: Model, actor: User) -> None:
    """Refuse when anything names the row: nothing goes unasked with what is deleted."""
    collector = Collector(using="default", origin=row)
    try:
        collector.collect([row])
    except ProtectedError as protected:
        raise Refused(_in_the_way(protected.protected_objects, actor), code="in_use") from protected
    taken = [rows for model, rows in collector.data.items() if model is not type(row)]
    taken += [list(rows[:NAMED]) for rows in collector.fast_deletes]
    in_the_way = {one for rows in taken for one in rows}
    if in_the_way:
        raise Refused(_in_the_way(in_the_way, actor), code="in_use")


def _in_the_way(rows: Iterable[Any], actor: User) -> str:
    """What rests on a record, by kind with a few names; those out of ``actor``'s sight go unnamed."""
    kinds: dict[type[Model], list[Any]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: (one._meta.label, one.pk)):
        kinds[type(row)].append(row)
    told = "; ".join(
        f"{model._meta.verbose_name} {len(found):,} รายการ{_names(model, found, actor)}"
        for model, found in kinds.items()
    )
    return f"ลบไม่ได้ เพราะมีข้อมูลที่อ้างถึงรายการนี้: {told}"


def _names(model: type[Model], rows: Sequence[Any], actor: User) -> str:
    """The names of the first rows that the person may see, in brackets."""
    manager: Any = model._default_manager
    if hasattr(manager, "visible_to"):
        keys = [row.pk for row in rows]
        seen = set(manager.visible_to(actor).filter(pk__in=keys).values_list("pk", flat=True))
        rows = [row for row in rows if row.pk in seen]
    if not rows:
        return " (นอกขอบเขตที่ท่านดูได้)"
    return f" ({', '.join(map(str, rows[:NAMED]))}{' …' if len(rows) > NAMED else ''})"


@service
def restore(*, actor: User, binned: Binned) -> Model:
    """Bring a deleted record back with its parts, under its own key.

    Raises :class:`Refused` with what stands in the way: a name that was given again meanwhile, a
    record that it names and that is gone itself, a limit that is reached.
    """
    binned = locked(binned)
    rows = list(_rows_of(binned))
    record: Model = rows[0].object
    _require_whole([row.object for row in rows])
    require(DELETABLE[binned.model].can_delete(actor, record))
    if hasattr(record, "version"):
        record.version += 1
    with acting(actor, reason=REASON):
        try:
            with as_refusals():
                DELETABLE[binned.model].make_room(record)
                for row in rows:
                    row.save(force_insert=True)
        except Refused as refused:
            raise Refused(
                f"ยังเลิกลบไม่ได้: {refused.message}", code=refused.code, details=refused.details
            ) from refused
        binned.delete()
    return record


def can_restore(user: User, binned: Binned) -> Decision:
    """Whether the person may bring the record back: whoever may delete such a record."""
    record = record_of(binned)
    try:
        return DELETABLE[binned.model].can_delete(user, record)
    except ObjectDoesNotExist:
        return deny("รายการหลักของข้อมูลนี้ถูกลบไปแล้ว ให้เลิกลบรายการหลักก่อน")


def found(model: type[Model], keys: Iterable[int]) -> QuerySet[Binned]:
    """Which of some records of a model lie in the bin."""
    return Binned.objects.filter(model=model._meta.label_lower, object_id__in=list(keys))


def naming(model: type[Model], keys: Iterable[int]) -> Iterator[tuple[int, Binned]]:
    """Which of some records are named by what lies in the bin, so that it could not come back.

    Gives the key of the record and what names it, once for each; a query per kind that can name it.
    """
    wanted = set(keys)
    for label, column in _named_by(model):
        for binned in Binned.objects.filter(content__contains=[{"model": label}]):
            told = {row["fields"].get(column) for row in binned.content if row["model"] == label}
            yield from ((key, binned) for key in sorted(wanted.intersection(told)))


def _named_by(model: type[Model]) -> Iterator[tuple[str, str]]:
    """The kinds of rows in the bin that name records of a model, each with the field that does."""
    kept = {*DELETABLE, *(part._meta.label_lower for parts in _parts.values() for part, _ in parts)}
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and (relation.one_to_many or relation.one_to_one):
            other: Any = relation.related_model
            if other._meta.label_lower in kept:
                yield other._meta.label_lower, relation.field.name  # type: ignore[union-attr]


def held(model: type[Model], field: str, **facts: Any) -> QuerySet[Binned]:
    """Deleted records of a model with these ``facts``; each one's ``held`` is the text of a field.

    Who gives out numbers asks it, so that nobody else has the number when the record comes back.
    """
    told = {f"content__0__fields__{name}": value for name, value in facts.items()}
    rows = Binned.objects.filter(model=model._meta.label_lower, **told)
    return rows.annotate(held=KT(f"content__0__fields__{field}"))


def _rows_of(binned: Binned) -> Iterator[Any]:
    try:
        yield from serializers.deserialize("python", binned.content, ignorenonexistent=True)
    except DeserializationError as error:
        raise Refused(
            "โครงสร้างข้อมูลเปลี่ยนไปหลังจากที่ลบ จึงเลิกลบรายการนี้เองไม่ได้ กรุณาแจ้งผู้ดูแลระบบ", code="too_old"
        ) from error


def record_of(binned: Binned) -> Model:
    """The deleted record as it was; it lies in no table. Raises :class:`Refused` when unreadable."""
    record: Model = next(_rows_of(binned)).object
    return record


def _require_whole(rows: Sequence[Model]) -> None:
    """Refuse when a row names something that may be deleted and is gone, and does not come along."""
    coming = {(row._meta.label_lower, row.pk) for row in rows}
    for row in rows:
        for field in row._meta.concrete_fields:
            target: Any = field.related_model if isinstance(field, ForeignKey) else None
            key = getattr(row, field.attname)
            if target is None or key is None or (target._meta.label_lower, key) in coming:
                continue
            if target._meta.label_lower not in DELETABLE:
                continue
            if not target._base_manager.filter(pk=key).exists():
                raise Refused(
                    f"ยังเลิกลบไม่ได้ เพราะ{field.verbose_name}ที่อ้างถึงถูกลบไปแล้ว ให้เลิกลบรายการนั้นก่อน",
                    code="whole_is_gone",
                )


@service
def empty(*, now: dt.datetime) -> int:
    """Forget for good what has lain in the bin for 30 days; its history stays. How many."""
    count, _ = Binned.objects.filter(kept_until__lt=now).delete()
    return count
