"""The key of a row that was taken out: which record, in which state, signed.

It travels in a hidden, locked column. The signature refuses a key that a spreadsheet program counted
up when somebody pulled a cell down; rights are asked of every row all the same.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.crypto import salted_hmac

from codi.history.queries import LastChange

if TYPE_CHECKING:
    from codi.imports.plan import Row

KEY = "row_key"
_SHAPE = re.compile(r"(\d{1,18})\.([\d-]{1,60})\.([0-9a-f]{16})")
BROKEN = "รหัสแถวที่ซ่อนไว้ถูกแก้ไขหรือเป็นของแบบฟอร์มอื่น กรุณาดาวน์โหลดข้อมูลใหม่ หรือล้างช่องรหัสแถวถ้าเป็นแถวใหม่"


@dataclass(frozen=True)
class RowKey:
    """A record's primary key, and the stamp of the state in which it went out."""

    pk: int
    stamp: str


@dataclass(frozen=True)
class OwnRow:
    """A record on its way into a spreadsheet: the signed key of the row, its values by column."""

    key: str
    values: Mapping[str, Any]


def stamp_of(versions: Iterable[int]) -> str:
    """The state of a record and its parts, from their versions in order."""
    return "-".join(map(str, versions))


def signed(kind: str, pk: int, stamp: str) -> str:
    """The text of a key in the sheet of an upload of this kind."""
    return f"{pk}.{stamp}.{_signature(kind, pk, stamp)}"


def take_key(kind: str, row: Row) -> Row:
    """Take the key out of the row's cells; a forged or broken one is told as an error of the row."""
    written = row.values.pop(KEY, None)
    if not written:
        return row
    found = _SHAPE.fullmatch(written)
    if found and hmac.compare_digest(found[3], _signature(kind, int(found[1]), found[2])):
        row.key = RowKey(int(found[1]), found[2])
    else:
        row.refuse("", BROKEN)
    return row


def tell_conflicts(
    row: Row, before: Mapping[str, Any], *, stamp: str, last: LastChange | None
) -> None:
    """Refuse each cell that differs from a record which somebody changed since it was taken out."""
    if row.key is None or row.key.stamp == stamp:
        return
    who = f"{last.actor}เมื่อ {last.moment}" if last else "ผู้อื่น"
    for column, now in before.items():
        if column in row.values and row.values[column] != now and not row.cell_failed(column):
            change = row.change(column, now)
            row.refuse(
                column,
                f"{who} แก้ข้อมูลแถวนี้หลังจากที่ท่านดาวน์โหลด ในระบบเป็น “{change.old or 'ว่าง'}” "
                f"ในไฟล์เป็น “{change.new or 'ว่าง'}” เลือกค่าที่ถูกในไฟล์แถวที่ต้องแก้ไข แล้วส่งใหม่",
            )


def _signature(kind: str, pk: int, stamp: str) -> str:
    return salted_hmac("codi.imports.row", f"{kind}|{pk}|{stamp}").hexdigest()[:16]
