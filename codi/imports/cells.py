"""How cells are read: each function makes a ``parse`` for an ``UploadColumn``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from codi.errors import Refused
from codi.thai.dates import parse_date
from codi.thai.normalise import clean, search_key
from codi.thai.numbers import LARGEST_BAHT, baht, parse_baht, parse_number

# Spreadsheet programs keep 15 digits of a number and write zeros for the rest.
_EXACT = 10**15


def text(max_length: int = 500) -> Callable[[Any, dt.date], str]:
    """Text, cleaned; a number in the cell is taken as its digits."""

    def parse(value: Any, today: dt.date) -> str:
        if isinstance(value, dt.date):
            raise Refused("ช่องนี้ต้องเป็นข้อความ แต่ในไฟล์เป็นวันที่ กรุณาตั้งรูปแบบเซลล์เป็นข้อความ")
        if isinstance(value, int | float) and abs(value) >= _EXACT:
            raise Refused(
                "เลขยาวเกิน 15 หลัก โปรแกรมตารางคำนวณตัดท้ายเป็นศูนย์ไปแล้ว "
                "กรุณาตั้งรูปแบบเซลล์เป็นข้อความ แล้วพิมพ์เลขใหม่จากต้นฉบับ"
            )
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        found = clean(str(value))
        if len(found) > max_length:
            raise Refused(f"ยาวเกิน {max_length} ตัวอักษร กรุณาย่อให้สั้นลง")
        return found

    return parse


def money(value: Any, today: dt.date) -> Decimal:
    """An amount of baht, not negative, with at most two decimals, that a record can hold."""
    amount = parse_baht(value)
    if amount < 0:
        raise Refused("จำนวนเงินติดลบไม่ได้ กรุณากรอกตั้งแต่ 0 ขึ้นไป")
    if amount > LARGEST_BAHT:
        raise Refused(f"จำนวนเงินเกิน {baht(LARGEST_BAHT)} บาท กรุณาตรวจว่าพิมพ์เลขเกินหรือไม่")
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


def aside(value: Any, today: dt.date) -> None:
    """An amount that goes out to be read; what stands in the cell when it comes back counts nothing."""


def choice(labels: Mapping[str, str]) -> Callable[[Any, dt.date], str]:
    """One of the choices ``value → label``, written either way."""
    known = {
        search_key(written): value for value, label in labels.items() for written in (value, label)
    }

    def parse(value: Any, today: dt.date) -> str:
        found = value if value in labels else known.get(search_key(str(value)))
        if found is None:
            raise Refused(f"“{clean(str(value))}” ไม่อยู่ในรายการ ใช้ได้: {', '.join(labels.values())}")
        return found

    return parse
