"""The rows of an uploaded file in their table, between the reading and the writing."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from codi.bulk import copy_rows
from codi.imports.models import ImportBatch, ImportRow
from codi.imports.plan import PlannedRow, Status

COLUMNS = ("batch_id", "number", "status", "label", "changes", "errors", "raw", "data", "record")
_LONGEST_LABEL = 500
PIECE = 2_000
# As many rows are looked at and named before a file is told to be mixed up: more say nothing more.
_MOST_SUSPECTS, _MOST_NAMED, _MOST_DOUBTS = 200, 10, 20
MIXED_UP = (
    "แถว {rows} ใช้ชื่อของรายการที่อยู่แถวอื่นในไฟล์เดียวกัน อาจเรียงลำดับหรือวางเพียงบางคอลัมน์ "
    "รหัสแถวที่ซ่อนไว้จึงไม่ตามมา หากไม่ได้ตั้งใจ อย่ายืนยัน ให้ดาวน์โหลดข้อมูลใหม่แล้วแก้อีกครั้ง"
)


@dataclass
class Tally:
    """How many rows of each judgement went by, and the fingerprint of all that was shown.

    ``suspects`` are rows that bear another record's name: row number → the keys of such records.
    ``doubts`` are what is to be looked at before confirming: the reason → the numbers of the rows;
    of the rows with further reasons only their number is kept.
    """

    counts: Counter[Status] = field(default_factory=Counter)
    suspects: dict[int, tuple[int, ...]] = field(default_factory=dict)
    doubts: dict[str, list[int]] = field(default_factory=dict)
    further_doubt_count: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the preview: equal when writing would do the same."""
        return str(self.digest.hexdigest())

    def watch(self, rows: Iterable[PlannedRow]) -> Iterator[PlannedRow]:
        """Count the rows that go by."""
        for row in rows:
            self.counts[row.status] += 1
            self.digest.update(_shown(row).encode())
            if row.namesakes and len(self.suspects) < _MOST_SUSPECTS:
                self.suspects[row.number] = row.namesakes
            if row.doubt and (row.doubt in self.doubts or len(self.doubts) < _MOST_DOUBTS):
                self.doubts.setdefault(row.doubt, []).append(row.number)
            elif row.doubt:
                self.further_doubt_count += 1
            yield row


def stage(batch: ImportBatch, rows: Iterable[PlannedRow], *, with_data: bool) -> None:
    """Replace the staged rows of a stored batch, by COPY, a few thousand at once.

    ``with_data`` keeps what a register writes; other kinds are planned again from the file.
    """
    ImportRow.objects.filter(batch=batch).delete()
    waiting = iter(rows)
    # Judging asks the database, which answers nothing while a COPY is under way.
    while piece := list(islice(waiting, PIECE)):
        cells = (_cells(batch, row, with_data) for row in piece)
        copy_rows(ImportRow._meta.db_table, COLUMNS, cells)


def mixed_up(batch: ImportBatch, tally: Tally) -> list[str]:
    """A warning when staged rows bear the names of records whose keys stand in other rows."""
    if not tally.suspects:
        return []
    keys = "|".join(sorted({str(key) for keys in tally.suspects.values() for key in keys}))
    there = batch.rows.filter(record__regex=rf"^({keys})\.").values_list("record", flat=True)
    in_file = {int(record.partition(".")[0]) for record in there}
    rows = [f"{number:,}" for number, keys in tally.suspects.items() if in_file.intersection(keys)]
    return [MIXED_UP.format(rows=_named(rows))] if rows else []


def doubts(tally: Tally) -> list[str]:
    """What people should look at before they confirm, each reason with the rows that it is about."""
    told = [
        f"แถว {_named([f'{number:,}' for number in numbers])}: {reason}"
        for reason, numbers in tally.doubts.items()
    ]
    if tally.further_doubt_count:
        told.append(f"มีอีก {tally.further_doubt_count:,} แถวที่ควรตรวจเช่นเดียวกัน")
    return told


def _named(rows: list[str]) -> str:
    return ", ".join(rows[:_MOST_NAMED]) + (" …" if len(rows) > _MOST_NAMED else "")


def forget_rows(now: dt.datetime) -> int:
    """Remove the rows of files that ended long ago; the files and what they did stay. How many."""
    ended = ImportBatch.objects.with_old_rows(now)
    count, _ = ImportRow.objects.filter(batch__in=ended.values("pk")).delete()
    return count


def pieces(batch: ImportBatch, status: Status, size: int) -> Iterator[list[dict[str, Any]]]:
    """What the staged rows of a judgement ask to be written, so many at once.

    Each piece is a query of its own: a cursor left open by a cancellation would be closed in the
    middle of somebody's later transaction.
    """
    rows = batch.rows.filter(status=status).order_by("number")
    last = 0
    while piece := list(rows.filter(number__gt=last).values_list("number", "data")[:size]):
        last = piece[-1][0]
        yield [data or {} for _number, data in piece]


def _cells(batch: ImportBatch, row: PlannedRow, with_data: bool) -> tuple[object, ...]:
    writes = with_data and row.status in (Status.NEW, Status.CHANGED)
    return (
        batch.pk,
        row.number,
        str(row.status),
        row.label[:_LONGEST_LABEL],
        _json({change.column: [change.old, change.new] for change in row.changes}),
        _json([[error.column, error.message] for error in row.errors]),
        _json(dict(row.raw)),
        _json(row.data) if writes else None,
        row.record,
    )


def _shown(row: PlannedRow) -> str:
    changes = {change.column: [change.old, change.new] for change in row.changes}
    errors = [[error.column, error.message] for error in row.errors]
    told = [row.number, str(row.status), row.label, changes, errors, dict(row.raw)]
    return _json([*told, row.doubt] if row.doubt else told)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
