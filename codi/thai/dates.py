"""Dates as people write them.

พ.ศ. lives only at the edges: every date inside the program is a ``datetime.date`` of the common
era. Years from 2400 on are พ.ศ., two digits mean 25xx, and what was understood is echoed in full.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re

from codi.fiscal import Quarter
from codi.thai.calendar import (
    BUDDHIST_ERA,
    MONTHS,
    SHORT_MONTHS,
    date_range,
    long_date,
    month_year,
    short_date,
    short_month,
)
from codi.thai.digits import to_arabic
from codi.thai.normalise import clean, search_key

__all__ = [
    "DateError",
    "date_range",
    "full_echo",
    "long_date",
    "month_year",
    "parse_date",
    "short_date",
    "short_month",
]

FIRST_YEAR, LAST_YEAR = 2480, 2620
_EXAMPLE = "พิมพ์ วัน เดือน ปี พ.ศ. เช่น 1/10/2569 หรือ 1 ต.ค. 69"
_SPREADSHEET_EPOCH = dt.date(1899, 12, 30)

_ENGLISH = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
# เดือนพฤษภา and the like: people drop the last syllable.
_SPOKEN = (
    "มกรา",
    "กุมภา",
    "มีนา",
    "เมษา",
    "พฤษภา",
    "มิถุนา",
    "กรกฎา",
    "สิงหา",
    "กันยา",
    "ตุลา",
    "พฤศจิกา",
    "ธันวา",
)

_MONTH_BY_KEY: dict[str, int] = {"sept": 9}
for _names in (MONTHS, SHORT_MONTHS, _SPOKEN, _ENGLISH, [name[:3] for name in _ENGLISH]):
    _MONTH_BY_KEY |= {search_key(name): month for month, name in enumerate(_names, 1)}

_DASHES = re.compile("[\u2010-\u2014\u2212]")
_WEEKDAY = "จันทร์|อังคาร|พุธ|พฤหัสบดี|พฤหัส|ศุกร์|เสาร์|อาทิตย์"
_PREFIX = re.compile(rf"^(?:ณ|เมื่อ)?\s*(?:วัน\s*(?:{_WEEKDAY})?\s*(?:ที่)?|ที่)?\s*(?=[\dA-Za-z])")
_CLOCK = re.compile(
    r"[\sT]+(?:เวลา\s*)?\d{1,2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?(?:\s*น\.?)?"
    r"|\.\d{2}\s*น\.?)$"
)
_BUDDHIST = re.compile(r"พ\s*\.?\s*ศ\s*\.?\s*(?=\d)")
_COMMON = re.compile(r"(?:ค\s*\.?\s*ศ\s*\.?|a\.?d\.?)\s*(?=\d)", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})")
_NUMERIC = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d+)")
_NAMED = re.compile(r"(\d{1,2})[\s./-]*(?:เดือน)?\s*([^\d]+?)[\s./-]*(?:ปี)?\s*(\d+)")
_MONTH_FIRST = re.compile(r"([A-Za-z]+)\.?\s+(\d{1,2})\s*,?\s+(\d{4})")
_SERIAL = re.compile(r"\d{5,6}(?:\.\d+)?")


class DateError(ValueError):
    """The text is no date that can be taken; ``message`` says in Thai what to type."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def parse_date(text: object, *, today: dt.date) -> dt.date:
    """Read a date from typed text or from a spreadsheet cell.

    Takes ``1/10/2569``, ``1-10-69``, ``1 ต.ค. 69``, ``๑ ตุลาคม พ.ศ. ๒๕๖๙``, ``2026-10-01``, English
    month names, serial numbers of spreadsheets, ``date`` and ``datetime`` (the time of day is left
    out), and วันนี้, which is ``today``. The day always comes before the month; 29 ก.พ. is judged
    in the common era. Raises :class:`DateError`.
    """
    if isinstance(text, dt.datetime):
        text = text.date()
    if isinstance(text, dt.date):
        return _date(text.day, text.month, text.year)
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return _from_serial(float(text), shown=str(text))
    shown = clean("" if text is None else str(text))
    if not shown:
        raise DateError(f"ยังไม่ได้กรอกวันที่ {_EXAMPLE}")
    if shown == "วันนี้":
        return today
    return _from_text(_bare(shown), shown)


def _bare(shown: str) -> str:
    """The text without weekday, time of day and other dress."""
    text = _DASHES.sub("-", to_arabic(shown))
    return _CLOCK.sub("", _PREFIX.sub("", text)).strip(" .,")


def _from_text(text: str, shown: str) -> dt.date:
    if _SERIAL.fullmatch(text):
        return _from_serial(float(text), shown=shown)
    text, buddhist = _BUDDHIST.subn("", text)
    text, common = _COMMON.subn("", text)
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := _NUMERIC.fullmatch(text):
        day, month, year = int(match[1]), int(match[2]), _year(match[3], shown)
    elif match := _MONTH_FIRST.fullmatch(text):
        day, month, year = int(match[2]), _month(match[1], shown), int(match[3])
    elif match := _NAMED.fullmatch(text):
        day, month, year = int(match[1]), _month(match[2], shown), _year(match[3], shown)
    else:
        raise DateError(f"อ่านวันที่ “{shown}” ไม่ได้ {_EXAMPLE}")
    if (buddhist and year < 2400) or (common and year >= 2400):
        raise DateError(f"ปีใน “{shown}” ไม่ตรงกับศักราชที่ระบุ {_EXAMPLE}")
    return _date(day, month, year)


def _year(digits: str, shown: str) -> int:
    """A year as written; two digits mean 25xx."""
    if len(digits) == 2:
        return 2500 + int(digits)
    if len(digits) == 4:
        return int(digits)
    raise DateError(f"ปีใน “{shown}” ต้องมี 4 หลักหรือ 2 หลัก เช่น 2569 หรือ 69")


def _month(name: str, shown: str) -> int:
    key = search_key(name)
    if month := _MONTH_BY_KEY.get(key):
        return month
    near = difflib.get_close_matches(key, _MONTH_BY_KEY, n=1, cutoff=0.6)
    hint = f"หมายถึง {MONTHS[_MONTH_BY_KEY[near[0]] - 1]} หรือไม่" if near else _EXAMPLE
    raise DateError(f"ไม่รู้จักเดือน “{name.strip()}” ใน “{shown}” {hint}")


def _from_serial(serial: float, *, shown: str) -> dt.date:
    """A day counted from 30 December 1899, as spreadsheets store dates (ECMA-376 18.17.4)."""
    try:
        day = _SPREADSHEET_EPOCH + dt.timedelta(days=int(serial))
    except (OverflowError, ValueError):
        raise DateError(f"อ่านวันที่ “{shown}” ไม่ได้ {_EXAMPLE}") from None
    if abs(serial) < 10_000:
        raise DateError(f"“{shown}” ไม่ครบวัน เดือน ปี {_EXAMPLE}")
    return _date(day.day, day.month, day.year)


def _date(day: int, month: int, year: int) -> dt.date:
    """The day of the common era; ``year`` from 2400 on is พ.ศ."""
    common = year - BUDDHIST_ERA if year >= 2400 else year
    buddhist = common + BUDDHIST_ERA
    if not FIRST_YEAR <= buddhist <= LAST_YEAR:
        raise DateError(
            f"ปี {year} อยู่นอกช่วงที่ระบบรับได้ ปี พ.ศ. ต้องอยู่ระหว่าง {FIRST_YEAR} ถึง {LAST_YEAR} ตรวจปีอีกครั้ง"
        )
    if not 1 <= month <= 12:
        raise DateError(f"ไม่มีเดือนที่ {month} พิมพ์วันก่อนเดือน เช่น 31/12/2569")
    try:
        return dt.date(common, month, day)
    except ValueError:
        pass
    if (day, month) == (29, 2):
        raise DateError(
            f"ปี พ.ศ. {buddhist} (ค.ศ. {common}) เดือนกุมภาพันธ์มี 28 วัน ไม่มีวันที่ 29 ตรวจวันที่อีกครั้ง"
        )
    raise DateError(f"{MONTHS[month - 1]} {buddhist} ไม่มีวันที่ {day} ตรวจวันที่อีกครั้ง")


def full_echo(day: dt.date) -> str:
    """What was understood, shown beside the field: 1 ตุลาคม 2569 (ไตรมาส 1 ปีงบประมาณ 2570)."""
    return f"{long_date(day)} ({Quarter.of(day).label})"
