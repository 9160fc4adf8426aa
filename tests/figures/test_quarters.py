"""Quarters as columns: a wrong end of a quarter would count what had not happened yet."""

import datetime as dt

import pytest

from codi.figures.quarters import current_period, periods, previous_period

AUGUST = dt.date(2019, 8, 31)


def test_titles_are_those_of_the_print():
    """The months of a quarter under way end with the report's, as the print of 2562 has them."""
    assert [period.title for period in periods(AUGUST)] == [
        "ไตรมาส 1 (ต.ค.-ธ.ค. 61)",
        "ไตรมาส 2 (ม.ค.-มี.ค. 62)",
        "ไตรมาส 3 (เม.ย.-มิ.ย. 62)",
        "ไตรมาส 4 (ก.ค.-ส.ค. 62)",
    ]


@pytest.mark.parametrize(
    ("day", "ends", "begun"),
    [
        (AUGUST, ["2018-12-31", "2019-03-31", "2019-06-30", "2019-08-31"], [1, 1, 1, 1]),
        ("2018-10-01", ["2018-10-01", "2019-03-31", "2019-06-30", "2019-09-30"], [1, 0, 0, 0]),
        ("2019-03-31", ["2018-12-31", "2019-03-31", "2019-06-30", "2019-09-30"], [1, 1, 0, 0]),
        ("2019-04-01", ["2018-12-31", "2019-03-31", "2019-04-01", "2019-09-30"], [1, 1, 1, 0]),
    ],
)
def test_a_quarter_ends_with_the_day_of_the_report(day, ends, begun):
    """A quarter that has not begun must be told apart from one without records."""
    as_of = day if isinstance(day, dt.date) else dt.date.fromisoformat(day)
    found = periods(as_of)
    assert [str(period.ends_on) for period in found] == ends
    assert [period.has_begun for period in found] == [bool(one) for one in begun]


def test_october_looks_back_into_the_year_before():
    """The quarter before the first is the fourth of the year before, whole."""
    before = previous_period(dt.date(2018, 10, 1))
    assert (before.number, before.starts_on, before.ends_on) == (
        4,
        dt.date(2018, 7, 1),
        dt.date(2018, 9, 30),
    )
    assert current_period(dt.date(2018, 10, 1)).title == "ไตรมาส 1 (ต.ค. 61)"
