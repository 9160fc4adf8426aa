"""The fiscal year, its quarters and the day of a report.

The only place that knows when a year begins: 1 ตุลาคม to 30 กันยายน, named by the Buddhist year in
which it ends (พระราชบัญญัติวิธีการงบประมาณ พ.ศ. 2561 มาตรา 4).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Self
from zoneinfo import ZoneInfo

from codi.thai.calendar import BUDDHIST_ERA, buddhist_year, long_date, short_date

BANGKOK = ZoneInfo("Asia/Bangkok")
_FIRST_MONTH = 10
_QUARTER_MONTHS = 3
_FIRST_YEAR, _LAST_YEAR = 2400, 2700


def _day(moment: dt.date) -> dt.date:
    """The day in Thailand; an aware ``datetime`` is turned to Bangkok time first."""
    if isinstance(moment, dt.datetime):
        return (moment.astimezone(BANGKOK) if moment.tzinfo else moment).date()
    return moment


@dataclass(frozen=True, order=True)
class FiscalYear:
    """A fiscal year by its Buddhist number: 2564 runs from 1 ต.ค. 2563 to 30 ก.ย. 2564.

    Raises ``ValueError`` for a number that cannot be a Buddhist year.
    """

    number: int

    def __post_init__(self) -> None:
        if not _FIRST_YEAR <= self.number <= _LAST_YEAR:
            raise ValueError(f"{self.number} is no Buddhist fiscal year")

    @classmethod
    def of(cls, moment: dt.date) -> Self:
        """The fiscal year in which a day, or a moment in Thailand, falls."""
        day = _day(moment)
        return cls(buddhist_year(day) + (day.month >= _FIRST_MONTH))

    def __contains__(self, moment: dt.date) -> bool:
        return self.start <= _day(moment) <= self.end

    def __str__(self) -> str:
        return str(self.number)

    @property
    def start(self) -> dt.date:
        """The first day, 1 October."""
        return dt.date(self.number - BUDDHIST_ERA - 1, _FIRST_MONTH, 1)

    @property
    def end(self) -> dt.date:
        """The last day, 30 September."""
        return dt.date(self.number - BUDDHIST_ERA, _FIRST_MONTH, 1) - dt.timedelta(days=1)

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """The four quarters in order."""
        return tuple(Quarter(self, number) for number in range(1, 5))

    @property
    def label(self) -> str:
        """ปีงบประมาณ 2564."""
        return f"ปีงบประมาณ {self.number}"


@dataclass(frozen=True, order=True)
class Quarter:
    """One of the four quarters (ไตรมาส) of a fiscal year; the first begins in October.

    Raises ``ValueError`` unless ``number`` is 1 to 4.
    """

    fiscal_year: FiscalYear
    number: int

    def __post_init__(self) -> None:
        if self.number not in range(1, 5):
            raise ValueError(f"{self.number} is no quarter")

    @classmethod
    def of(cls, moment: dt.date) -> Self:
        """The quarter in which a day, or a moment in Thailand, falls."""
        day = _day(moment)
        months = (day.month - _FIRST_MONTH) % 12
        return cls(FiscalYear.of(day), months // _QUARTER_MONTHS + 1)

    def __contains__(self, moment: dt.date) -> bool:
        return self.start <= _day(moment) <= self.end

    @property
    def start(self) -> dt.date:
        """The first day."""
        return self._first_of(self.number)

    @property
    def end(self) -> dt.date:
        """The last day."""
        if self.number == 4:
            return self.fiscal_year.end
        return self._first_of(self.number + 1) - dt.timedelta(days=1)

    @property
    def label(self) -> str:
        """ไตรมาส 1 ปีงบประมาณ 2570."""
        return f"ไตรมาส {self.number} {self.fiscal_year.label}"

    def _first_of(self, number: int) -> dt.date:
        months = _FIRST_MONTH - 1 + (number - 1) * _QUARTER_MONTHS
        return dt.date(self.fiscal_year.start.year + months // 12, months % 12 + 1, 1)


@dataclass(frozen=True, order=True)
class AsOf:
    """The day up to which a report counts; that day is included."""

    on: dt.date

    @property
    def label(self) -> str:
        """ณ วันที่ 31 พฤษภาคม 2564."""
        return f"ณ วันที่ {long_date(self.on)}"

    @property
    def short(self) -> str:
        """31 พ.ค. 64."""
        return short_date(self.on)

    @property
    def fiscal_year(self) -> FiscalYear:
        """The fiscal year in which the day falls."""
        return FiscalYear.of(self.on)

    @property
    def quarter(self) -> Quarter:
        """The quarter in which the day falls."""
        return Quarter.of(self.on)
