"""What every service does around a write: lock the row, keep the version, word the refusals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
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

LOCK_WAIT_SECONDS = 3
# How long the transaction that is open waits for rows that others hold; 0 where nobody said so yet.
_patience: ContextVar[float] = ContextVar("patience", default=0)
_LOCK_NOT_AVAILABLE, _DEADLOCK = "55P03", "40P01"
FOREIGN_KEY_VIOLATION = "23503"
BUSY = "มีผู้อื่นกำลังบันทึกข้อมูลชุดเดียวกันอยู่ กรุณารอสักครู่แล้วกดบันทึกอีกครั้ง"
GONE = "รายการที่เลือกถูกผู้อื่นลบไปแล้วในเวลาเดียวกัน กรุณาเปิดหน้านี้ใหม่แล้วเลือกอีกครั้ง"


@contextmanager
def waiting(seconds: float) -> Iterator[None]:
    """Inside a transaction: wait no longer than this for rows that others hold.

    Whoever called with a longer patience keeps it: the setting holds to the end of the transaction,
    so a service inside a long work of a worker must not shorten it.
    """
    if _patience.get() >= seconds:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{seconds}s"])
    before = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(before)


def waited_too_long(error: OperationalError) -> bool:
    """Whether the database gave up because somebody else holds what was asked for."""
    return getattr(error.__cause__, "pgcode", "") in {_LOCK_NOT_AVAILABLE, _DEADLOCK}


@contextmanager
def politely(busy: str = BUSY, code: str = "busy") -> Iterator[None]:
    """Around a whole transaction: who was faster comes out as ``Refused``, and not as a fault.

    Others hold what was asked for (``busy`` under ``code``), or deleted what is named (``gone``).
    Foreign keys are only checked at the end, so nothing inside of the transaction could say so.
    """
    try:
        yield
    except OperationalError as error:
        if not waited_too_long(error):
            raise
        raise Refused(busy, code=code) from error
    except IntegrityError as error:
        if getattr(error.__cause__, "pgcode", "") != FOREIGN_KEY_VIOLATION:
            raise
        raise Refused(GONE, code="gone") from error


@contextmanager
def one_transaction() -> Iterator[None]:
    """Run a service's writes as one transaction whose broken rules come out as ``Refused``.

    Waiting for a row that somebody else holds ends after three seconds (or the longer patience of
    the caller, see :func:`waiting`) with a polite refusal, and so does naming a row that somebody
    else deletes at that moment.
    """
    with politely(), transaction.atomic(), as_refusals(), waiting(LOCK_WAIT_SECONDS):
        yield


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


def titled(record: models.Model, name: str) -> str:
    """What people call a field of a record."""
    field: Any = record._meta.get_field(name)
    return str(field.verbose_name)


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
    """Write ``changes`` to a record and count its version up; nothing when all is the same.

    Raises :class:`Conflict` when ``expected_version`` is given and somebody else wrote since. The
    write itself names the version that ``record`` was read with (``UPDATE … WHERE version =``), so
    that a record read without a lock is not written over either.
    """
    moved = {name: new for name, new in changes.items() if getattr(record, name) != new}
    was: int = record.version  # type: ignore[attr-defined]
    if expected_version is not None and was != expected_version:
        raise _conflict(record, moved, expected_version)
    if not moved:
        return record
    for name, new in moved.items():
        setattr(record, name, new)
    record.version = was + 1  # type: ignore[attr-defined]
    if hasattr(record, "fill_keys"):
        record.fill_keys()
    derived = [name for name in ("search_key", "sort_key", "title_key") if hasattr(record, name)]
    values = {name: getattr(record, name) for name in [*moved, "version", *derived]}
    rows = type(record)._base_manager.filter(pk=record.pk)
    if not rows.filter(version=was).update(**values):
        latest = rows.first()
        if latest is None:
            raise Refused(GONE, code="gone")
        raise _conflict(latest, moved, was)
    return record


def _conflict(record: models.Model, wanted: Mapping[str, Any], expected_version: int) -> Conflict:
    """The refusal to write ``wanted`` over ``record``, which is as it is stored now."""
    moved = {name: new for name, new in wanted.items() if getattr(record, name) != new}
    return Conflict(
        [
            (
                titled(record, name),
                shown(record, name, getattr(record, name)),
                shown(record, name, new),
            )
            for name, new in moved.items()
        ],
        record=record,
        wanted=moved,
        expected_version=expected_version,
    )
