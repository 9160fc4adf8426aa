"""What every service does around a write: lock the row, keep the version, word the refusals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection, models, transaction

from codi.constraints import as_refusals
from codi.errors import Conflict, Refused
from codi.thai.dates import long_date
from codi.thai.numbers import baht

M = TypeVar("M", bound=models.Model)
P = ParamSpec("P")
R = TypeVar("R")

LOCK_WAIT = "3s"
FOREIGN_KEY_VIOLATION = "23503"
GONE = "รายการที่เลือกถูกผู้อื่นลบไปแล้วในเวลาเดียวกัน กรุณาเปิดหน้านี้ใหม่แล้วเลือกอีกครั้ง"


@contextmanager
def one_transaction() -> Iterator[None]:
    """Run a service's writes as one transaction whose broken rules come out as ``Refused``.

    Waiting for a row that somebody else holds ends after three seconds with a polite refusal, and
    so does naming a row that somebody else deletes at that moment: foreign keys are only checked at
    the end, after ``as_refusals``.
    """
    try:
        with transaction.atomic(), as_refusals():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
            yield
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") not in {"55P03", "40P01"}:
            raise
        raise Refused(
            "มีผู้อื่นกำลังบันทึกข้อมูลชุดเดียวกันอยู่ กรุณารอสักครู่แล้วกดบันทึกอีกครั้ง",
            code="busy",
        ) from error
    except IntegrityError as error:
        if getattr(error.__cause__, "pgcode", "") != FOREIGN_KEY_VIOLATION:
            raise
        raise Refused(GONE, code="gone") from error


def service(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a function as a service: all that it writes is one transaction."""

    @wraps(function)
    def run(*args: P.args, **options: P.kwargs) -> R:
        with one_transaction():
            return function(*args, **options)

    return run


def locked(record: M) -> M:
    """The same record, read again under a row lock that lasts to the end of the transaction.

    Raises :class:`Refused` when somebody else deleted it meanwhile.
    """
    manager = type(record)._default_manager
    found = manager.select_for_update(of=("self",)).filter(pk=record.pk).first()
    if found is None:
        raise Refused(GONE, code="gone")
    return found


def shown(record: models.Model, name: str, value: Any) -> str:
    """A field's value as a person reads it: the label of a choice, an amount, a Thai date, a name."""
    if value is None or value == "":
        return "-"
    field: Any = record._meta.get_field(name)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "ใช่" if value else "ไม่ใช่"
    if isinstance(value, Decimal):
        return baht(value)
    return long_date(value) if isinstance(value, dt.date) else str(value)


def change(record: M, changes: Mapping[str, Any], *, expected_version: int | None = None) -> M:
    """Write ``changes`` to a locked record and count its version up; nothing when all is the same.

    Raises :class:`Conflict` when ``expected_version`` is given and somebody else wrote since.
    """
    moved = {name: new for name, new in changes.items() if getattr(record, name) != new}
    if expected_version is not None and record.version != expected_version:  # type: ignore[attr-defined]
        raise Conflict(
            [
                (
                    str(record._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
                    shown(record, name, getattr(record, name)),
                    shown(record, name, new),
                )
                for name, new in moved.items()
            ]
        )
    if not moved:
        return record
    for name, new in moved.items():
        setattr(record, name, new)
    record.version += 1  # type: ignore[attr-defined]
    derived = [name for name in ("search_key", "sort_key", "title_key") if hasattr(record, name)]
    record.save(update_fields=[*moved, "version", *derived])
    return record
