"""Columns that the spreadsheets of this room share: the council by its code, days that have come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from codi.accounts.models import User
from codi.errors import Refused
from codi.imports import Row, UploadColumn
from codi.imports.cells import day, text
from codi.imports.registers import Settle
from councils.models import Council


def past_day(value: Any, today: dt.date) -> dt.date:
    """A day that has come."""
    found = day(value, today)
    if found > today:
        raise Refused("วันที่ยังมาไม่ถึง กรุณาตรวจวันที่")
    return found


@dataclass(frozen=True)
class CouncilColumn(UploadColumn):
    """The column that names a council by its code."""

    def shown(self, value: Any) -> str:
        """The code, in the preview and in the files that go out."""
        return value.code if isinstance(value, Council) else super().shown(value)


COUNCIL = CouncilColumn(
    "council", "รหัสสภา", ("รหัสสภาองค์กรชุมชน",), text(20), required=True, example="30307"
)


def settle_councils() -> Settle:
    """The reader of the council's code of one file: one query for a piece of rows."""

    def settle(rows: Sequence[Row], user: User) -> None:
        codes = {row.values["council"] for row in rows if row.values.get("council")}
        found = Council.objects.visible_to(user).filter(code__in=codes)
        known = {council.code: council for council in found}
        for row in rows:
            code = row.values.get("council")
            if code is None:
                continue
            row.values["council"] = council = known.get(code)
            if council is None:
                row.refuse("council", f"ไม่พบสภารหัส “{code}” ในพื้นที่ของท่าน กรุณาตรวจรหัส")
            elif council.withdrawn_on:
                row.refuse("council", f"สภารหัส {code} ถอนออกจากทะเบียนแล้ว")

    return settle
