"""Seal the events of each day that is over, and tell later which day was changed.

The triggers and the rights of the application's role keep history from being changed through the
product. The owner of the database can still do it: the seals show it. Each one holds the hash of
the day before, so that a day cannot be sealed anew without all that follow; and a line for each day
goes to a file outside of the database (``HISTORY_SEALS``), where its owner does not reach it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone
from pghistory.models import Event
from psycopg2 import sql

from codi.history.models import DaySeal

# A transaction that began before midnight has ended by then.
REST = dt.timedelta(hours=3)
FIRST = "0" * 64
ZONE = "Asia/Bangkok"
_LOCK = 2564_1001
# Columns by name, not the row: a column that is added later changes nothing of the day.
_DAYS = """
SELECT (pgh_created_at AT TIME ZONE %s)::date AS day, count(*),
       encode(sha256(string_agg(encode(sha256(convert_to(
           jsonb_build_array({columns})::text, 'UTF8')), 'hex'), '' ORDER BY pgh_id)::bytea), 'hex')
  FROM {table}
 WHERE pgh_created_at >= (%s::date)::timestamp AT TIME ZONE %s
   AND pgh_created_at < (%s::date + 1)::timestamp AT TIME ZONE %s
 GROUP BY 1
"""
Parts = dict[str, dict[str, Any]]


RESTORED = "restored"
_HEX = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Difference:
    """A day whose history is not what it was: the table, and what is different, in words.

    ``is_unknown`` when it cannot be told: the table or a column of then is not there any more.
    """

    day: dt.date
    table: str
    what: str
    is_unknown: bool = False

    def __str__(self) -> str:
        return " ".join(filter(None, (self.day.isoformat(), self.table, self.what)))


def seal(*, now: dt.datetime) -> list[DaySeal]:
    """Seal every day that is over and has no seal yet, the earliest first; usually yesterday.

    One query per table of events, however many days there are.
    """
    last = timezone.localdate(now - REST) - dt.timedelta(days=1)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        before = DaySeal.objects.last()
        first = before.day + dt.timedelta(days=1) if before else _first_day()
        if first is None or first > last:
            return []
        days: dict[dt.date, Parts] = defaultdict(dict)
        for table, columns in _tables().items():
            for day, count, digest in _read(table, columns, first, last):
                days[day][table] = {"columns": columns, "rows": count, "digest": digest}
        made = []
        digest = before.digest if before else FIRST
        for day in _each(first, last):
            digest = _chained(digest, day, days[day])
            made.append(DaySeal(day=day, parts=days[day], digest=digest, sealed_at=now))
        return DaySeal.objects.bulk_create(made)


def write_outside(path: Path) -> int:
    """Add the seals that the file does not know yet, a line each; how many."""
    known = read_outside(path)
    new = DaySeal.objects.filter(day__gt=max(known)) if known else DaySeal.objects.all()
    return _append(path, [str(made) for made in new])


def note_restore(path: Path, *, now: dt.datetime) -> None:
    """Write down that the tables are those of an earlier moment.

    The days after the last seal that came back are sealed anew, and differ from their lines so far.
    """
    last = DaySeal.objects.last()
    day = last.day if last else dt.date.min
    _append(path, [f"{RESTORED} {day.isoformat()} {now.isoformat(timespec='seconds')}"])


def read_outside(path: Path) -> dict[dt.date, str]:
    """The digests by day of a file of seals, as far as they hold; empty when there is none.

    A line that cannot be read is no line: its day is missing, which :func:`differences` tells.
    """
    known: dict[dt.date, str] = {}
    for line in path.read_text(encoding="ascii").splitlines() if path.exists() else ():
        match line.split():
            case [word, day, _moment] if word == RESTORED:
                known = {one: kept for one, kept in known.items() if one.isoformat() <= day}
            case [day, digest] if _HEX.fullmatch(digest):
                known[dt.date.fromisoformat(day)] = digest
    return known


def _append(path: Path, lines: Sequence[str]) -> int:
    """Write whole lines, the first of them below whatever a full disk tore off."""
    if lines:
        torn = path.exists() and not path.read_bytes().endswith(b"\n")
        with path.open("a", encoding="ascii") as stream:
            stream.write("".join(["\n"[:torn], *(f"{line}\n" for line in lines)]))
            stream.flush()
            os.fsync(stream.fileno())
    return len(lines)


def differences(
    outside: Mapping[dt.date, str] | None = None, *, now: dt.datetime
) -> list[Difference]:
    """Every day and table whose events, seal or line outside is not what it was, the earliest first.

    ``outside`` is None where no file is kept. One query per table of events, and one more for each
    further set of columns that it had over time.
    """
    with transaction.atomic():
        seals = list(DaySeal.objects.all())
        found = [*_broken_chain(seals), *_changed(seals), *_asleep(seals, now)]
    if outside is not None:
        found += _moved_outside(seals, outside)
    return sorted(found, key=lambda one: (one.day, one.table))


def _asleep(seals: Sequence[DaySeal], now: dt.datetime) -> Iterator[Difference]:
    """The last seal, when a later night should have made one."""
    if seals and seals[-1].day < timezone.localdate(now - REST) - dt.timedelta(days=2):
        yield Difference(
            seals[-1].day, "", "เป็นตราสุดท้าย หลังจากนั้นไม่ได้ประทับตรา ตรวจว่า beat และ worker ทำงานอยู่"
        )


def _broken_chain(seals: Sequence[DaySeal]) -> Iterator[Difference]:
    digest = FIRST
    for number, kept in enumerate(seals):
        if number and kept.day != seals[number - 1].day + dt.timedelta(days=1):
            yield Difference(kept.day, "", "ไม่มีตราของวันก่อนหน้า")
        if _chained(digest, kept.day, kept.parts) != kept.digest:
            yield Difference(kept.day, "", "ตราถูกแก้ไข")
        digest = kept.digest


def _moved_outside(
    seals: Sequence[DaySeal], outside: Mapping[dt.date, str]
) -> Iterator[Difference]:
    kept = {one.day: one.digest for one in seals}
    for day, digest in outside.items():
        if kept.get(day) != digest:
            yield Difference(day, "", "ตราไม่ตรงกับที่เก็บไว้นอกฐานข้อมูล")
    for day in sorted(kept.keys() - outside.keys()):
        yield Difference(day, "", "ไม่มีในไฟล์ตรานอกฐานข้อมูล")


def _changed(seals: Sequence[DaySeal]) -> Iterator[Difference]:
    """Days whose rows of a table are others than were sealed, or came in afterwards."""
    if not seals:
        return
    wanted: dict[tuple[str, tuple[str, ...]], dict[dt.date, dict[str, Any]]] = defaultdict(dict)
    sealed: dict[str, set[dt.date]] = defaultdict(set)
    for one in seals:
        for table, part in one.parts.items():
            wanted[table, tuple(part["columns"])][one.day] = part
            sealed[table].add(one.day)
    present = {table: tuple(columns) for table, columns in _tables().items()}
    # A table is read by its columns of now even when no day was sealed with them.
    for table, columns in {**dict.fromkeys(present.items()), **dict.fromkeys(wanted)}:
        days, columns_now = wanted.get((table, columns), {}), present.get(table, ())
        if set(columns) - set(columns_now):
            yield Difference(min(days), table, "ตารางหรือคอลัมน์ไม่มีแล้ว จึงตรวจไม่ได้", is_unknown=True)
            continue
        read = _read(table, columns, dt.date.min, seals[-1].day)
        now = {day: (rows, digest) for day, rows, digest in read}
        for day, part in days.items():
            if now.get(day) != (part["rows"], part["digest"]):
                yield _moved(day, table, part["rows"], now)
        if columns == columns_now:
            for day in now.keys() - sealed[table]:
                yield _moved(day, table, 0, now)


def _moved(
    day: dt.date, table: str, sealed_count: int, now: Mapping[dt.date, tuple[int, str]]
) -> Difference:
    count = now.get(day, (0, ""))[0]
    return Difference(day, table, f"ประทับตรา {sealed_count:,} แถว ขณะนี้ {count:,} แถว")


def _tables() -> dict[str, list[str]]:
    """The tables of events with their columns, by name."""
    models = [model for model in apps.get_models() if issubclass(model, Event)]
    found = {
        model._meta.db_table: sorted(str(field.column) for field in model._meta.concrete_fields)
        for model in models
        if model._meta.managed
    }
    return dict(sorted(found.items()))


def _first_day() -> dt.date | None:
    """The day of the first event there is."""
    union = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT min(pgh_created_at) AS at FROM {}").format(sql.Identifier(table))
        for table in _tables()
    )
    with connection.cursor() as cursor:
        query = sql.SQL("SELECT (min(at) AT TIME ZONE {})::date FROM ({}) AS events")
        cursor.execute(query.format(sql.Literal(ZONE), union).as_string(cursor.connection))
        day: dt.date | None = cursor.fetchone()[0]
    return day


def _read(
    table: str, columns: Sequence[str], first: dt.date, last: dt.date
) -> list[tuple[dt.date, int, str]]:
    """Day, number of rows and hash of a table of events."""
    query = sql.SQL(_DAYS).format(
        table=sql.Identifier(table), columns=sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor:
        cursor.execute(query.as_string(cursor.connection), [ZONE, first, ZONE, last, ZONE])
        rows: list[tuple[dt.date, int, str]] = cursor.fetchall()
    return rows


def _chained(before: str, day: dt.date, parts: Mapping[str, Any]) -> str:
    told = json.dumps([before, day.isoformat(), parts], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _each(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for number in range((last - first).days + 1):
        yield first + dt.timedelta(days=number)
