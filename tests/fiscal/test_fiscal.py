"""A payment counted in the wrong fiscal year is wrong in every report of two years."""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codi.fiscal import AsOf, FiscalYear, Quarter

DAYS = st.dates(dt.date(1937, 10, 1), dt.date(2076, 9, 30))
BANGKOK = ZoneInfo("Asia/Bangkok")


def test_a_fiscal_year_runs_from_october_to_september():
    """2564 would not be 1 ต.ค. 2563 to 30 ก.ย. 2564."""
    year = FiscalYear(2564)
    assert (year.start, year.end) == (dt.date(2020, 10, 1), dt.date(2021, 9, 30))
    assert year.label == "ปีงบประมาณ 2564"
    assert str(year) == "2564"


@pytest.mark.parametrize(
    ("moment", "year", "quarter"),
    [
        (dt.date(2020, 9, 30), 2563, 4),
        (dt.date(2020, 10, 1), 2564, 1),
        (dt.date(2020, 12, 31), 2564, 1),
        (dt.date(2021, 1, 1), 2564, 2),
        (dt.date(2020, 2, 29), 2563, 2),
        (dt.date(2021, 3, 31), 2564, 2),
        (dt.date(2021, 4, 1), 2564, 3),
        (dt.date(2021, 6, 30), 2564, 3),
        (dt.date(2021, 7, 1), 2564, 4),
        (dt.date(2021, 9, 30), 2564, 4),
        (dt.date(2021, 10, 1), 2565, 1),
        (dt.datetime(2021, 9, 30, 23, 59, 59, tzinfo=BANGKOK), 2564, 4),
        (dt.datetime(2021, 10, 1, 0, 0, 0, tzinfo=BANGKOK), 2565, 1),
        (dt.datetime(2021, 9, 30, 16, 59, 59, tzinfo=dt.UTC), 2564, 4),
        (dt.datetime(2021, 9, 30, 17, 0, 0, tzinfo=dt.UTC), 2565, 1),
        (dt.datetime(2021, 9, 30, 23, 59, 59), 2564, 4),  # noqa: DTZ001 - a cell without zone
    ],
)
def test_edges_fall_on_their_side(moment, year, quarter):
    """The last second of September, or the leap day, would count in the other year."""
    assert FiscalYear.of(moment) == FiscalYear(year)
    assert Quarter.of(moment) == Quarter(FiscalYear(year), quarter)
    assert moment in FiscalYear(year)
    assert moment in Quarter(FiscalYear(year), quarter)
    assert moment not in FiscalYear(year + 1)


@given(DAYS)
def test_every_day_lies_in_one_quarter_of_one_year(day):
    """A day would be counted twice or never."""
    year = FiscalYear.of(day)
    assert [quarter for quarter in year.quarters if day in quarter] == [Quarter.of(day)]
    assert year.start <= day <= year.end
    assert day not in FiscalYear(year.number - 1)


@given(st.integers(2481, 2619))
def test_quarters_tile_the_year(number):
    """There would be a gap or an overlap between quarters or years."""
    year = FiscalYear(number)
    quarters = year.quarters
    assert (quarters[0].start, quarters[-1].end) == (year.start, year.end)
    one = dt.timedelta(days=1)
    assert all(a.end + one == b.start for a, b in itertools.pairwise(quarters))
    assert year.end + one == FiscalYear(number + 1).start
    assert (year.end - year.start).days + 1 == (366 if (number - 543) % 4 == 0 else 365)


def test_the_four_quarters_of_2570():
    """Quarters would begin in the months of the calendar year."""
    assert [quarter.start for quarter in FiscalYear(2570).quarters] == [
        dt.date(2026, 10, 1),
        dt.date(2027, 1, 1),
        dt.date(2027, 4, 1),
        dt.date(2027, 7, 1),
    ]
    assert Quarter(FiscalYear(2570), 1).label == "ไตรมาส 1 ปีงบประมาณ 2570"


@pytest.mark.parametrize("number", [2021, 0, 2399, 9999])
def test_a_common_era_year_is_no_fiscal_year(number):
    """2021 for 2564 would make an empty report instead of an error."""
    with pytest.raises(ValueError, match="Buddhist"):
        FiscalYear(number)


@pytest.mark.parametrize("number", [0, 5])
def test_there_are_four_quarters(number):
    """A fifth quarter would be taken."""
    with pytest.raises(ValueError, match="quarter"):
        Quarter(FiscalYear(2564), number)


def test_as_of_names_its_day():
    """Tables would not say up to which day they count."""
    as_of = AsOf(dt.date(2021, 5, 31))
    assert as_of.label == "ณ วันที่ 31 พฤษภาคม 2564"
    assert as_of.short == "31 พ.ค. 64"
    assert as_of.fiscal_year == FiscalYear(2564)
    assert as_of.quarter.number == 3


def test_years_and_quarters_sort_in_time():
    """A list of years or quarters would be out of order."""
    assert FiscalYear(2563) < FiscalYear(2564)
    assert sorted([Quarter(FiscalYear(2564), 1), Quarter(FiscalYear(2563), 4)])[0].number == 4
