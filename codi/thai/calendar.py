"""Names of months and days, and dates as Thai documents print them (พ.ศ.)."""

from __future__ import annotations

import datetime as dt

BUDDHIST_ERA = 543

MONTHS = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
SHORT_MONTHS = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)


def buddhist_year(day: dt.date) -> int:
    """The year of the Buddhist era in which ``day`` falls: 2569 for 2026."""
    return day.year + BUDDHIST_ERA


def _short_year(day: dt.date) -> str:
    return f"{buddhist_year(day) % 100:02d}"


def long_date(day: dt.date) -> str:
    """31 พฤษภาคม 2564."""
    return f"{day.day} {month_year(day)}"


def short_date(day: dt.date) -> str:
    """31 พ.ค. 64."""
    return f"{day.day} {short_month(day)}"


def month_year(day: dt.date) -> str:
    """พฤษภาคม 2564."""
    return f"{MONTHS[day.month - 1]} {buddhist_year(day)}"


def short_month(day: dt.date) -> str:
    """พ.ค. 64."""
    return f"{SHORT_MONTHS[day.month - 1]} {_short_year(day)}"


def date_range(first: dt.date, last: dt.date) -> str:
    """20-21 ม.ค. 64; 28 ก.พ. - 1 มี.ค. 64; 31 ธ.ค. 63 - 1 ม.ค. 64.

    Raises ``ValueError`` when ``last`` lies before ``first``.
    """
    if last < first:
        raise ValueError(f"{last} lies before {first}")
    if first == last:
        return short_date(last)
    if first.year != last.year:
        return f"{short_date(first)} - {short_date(last)}"
    if first.month != last.month:
        return f"{first.day} {SHORT_MONTHS[first.month - 1]} - {short_date(last)}"
    return f"{first.day}-{short_date(last)}"
