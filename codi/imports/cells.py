"""How cells are read: each function makes a ``parse`` for an ``UploadColumn``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from codi.errors import Refused
from codi.thai.dates import parse_date
from codi.thai.normalise import clean, search_key
from codi.thai.numbers import parse_baht, parse_number


def text(max_length: int = 500) -> Callable[[Any, dt.date], str]:
    """Text, cleaned; a number in the cell is taken as its digits."""

    def parse(value: Any, today: dt.date) -> str:
        if isinstance(value, dt.date):
            raise Refused("ช่องนี้ต้องเป็นข้อความ แต่ในไฟล์เป็นวันที่ กรุณาตั้งรูปแบบเซลล์เป็นข้อความ")
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        found = clean(str(value))
        if len(found) > max_length:
            raise Refused(f"ยาวเกิน {max_length} ตัวอักษร กรุณาย่อให้สั้นลง")
        return found

    return parse


def money(value: Any, today: dt.date) -> Decimal:
    """An amount of baht, not negative, with at most two decimals."""
    amount = parse_baht(value)
    if amount < 0:
        raise Refused("จำนวนเงินติดลบไม่ได้ กรุณากรอกตั้งแต่ 0 ขึ้นไป")
    return amount


def whole(value: Any, today: dt.date) -> int:
    """A whole number, not negative."""
    number = parse_number(value)
    if number < 0 or number != number.to_integral_value():
        raise Refused("ต้องเป็นจำนวนเต็มตั้งแต่ 0 ขึ้นไป")
    return int(number)


def day(value: Any, today: dt.date) -> dt.date:
    """A date in any writing that ``codi.thai.dates`` knows."""
    return parse_date(value, today=today)


def choice(labels: Mapping[str, str]) -> Callable[[Any, dt.date], str]:
    """One of the choices ``value → label``, written either way."""
    known = {
        search_key(written): value for value, label in labels.items() for written in (value, label)
    }

    def parse(value: Any, today: dt.date) -> str:
        found = known.get(search_key(str(value)))
        if found is None:
            raise Refused(f"“{clean(str(value))}” ไม่อยู่ในรายการ ใช้ได้: {', '.join(labels.values())}")
        return found

    return parse
