"""What services lock before the records of a file: all of it at once, in the order of keys.

A file is written and taken back in pieces. Did each piece lock only what it needs, a file that holds
one record and waits for another would meet somebody who holds the second and waits for the first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Model
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from codi.imports.plan import Status

if TYPE_CHECKING:
    from codi.imports.models import ImportBatch
    from codi.imports.registers import Register


def first_field(model: type[Model], way: str) -> Any:
    """The key with which the way to what is locked begins: ``group`` of ``group__council``."""
    return model._meta.get_field(way.partition("__")[0])


def at_the_end(model: type[Model], way: str, keys: Collection[Any]) -> tuple[Any, set[Any]]:
    """Where a way of keys leads, and the records there; ``keys`` are those of its first step."""
    first, *further = way.split("__")
    field: Any = model._meta.get_field(first)
    found = set(keys)
    for name in further:
        held: Any = field.related_model
        field = held._meta.get_field(name)
        rows = held._base_manager.filter(pk__in=found)
        found = set(rows.order_by().values_list(field.attname, flat=True))
    return field.related_model, found - {None}


def hold(model: Any, keys: Iterable[Any], *, no_key: bool = False) -> None:
    """Lock these records to the end of the transaction, in one query.

    With ``no_key``, what only names them by a foreign key goes on meanwhile.
    """
    rows = model._base_manager.filter(pk__in=set(keys)).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=no_key).values_list("pk", flat=True))


def hold_for_writing(batch: ImportBatch, register: Register) -> None:
    """Lock what the services of a register lock before the staged records that are to be written.

    A changed record that the file moves elsewhere concerns the old place and the new one.
    """
    if not register.lock_first:
        return
    field = first_field(register.model, register.lock_first)
    staged = batch.rows.filter(status__in=(Status.NEW, Status.CHANGED)).order_by()
    told = staged.annotate(named=KT(f"data__facts__{field.attname}"))
    keys = {field.target_field.to_python(key) for key in told.values_list("named", flat=True)}
    written = staged.filter(status=Status.CHANGED).annotate(
        own=Cast(KT("data__id"), BigIntegerField())
    )
    records = register.model._base_manager.filter(pk__in=written.values("own")).order_by()
    keys.update(records.values_list(field.attname, flat=True))
    hold(*at_the_end(register.model, register.lock_first, keys), no_key=True)
