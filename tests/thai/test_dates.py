"""A date read as another date moves money into another quarter."""

import calendar as gregorian
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codi.thai.dates import (
    DateError,
    date_range,
    full_echo,
    long_date,
    month_year,
    parse_date,
    short_date,
    short_month,
)
from codi.thai.digits import to_thai

TODAY = dt.date(2026, 11, 21)
OCTOBER = dt.date(2026, 10, 1)
DAYS = st.dates(dt.date(1937, 1, 1), dt.date(2077, 12, 31))
# Two digits mean 25xx.
THIS_CENTURY = st.dates(dt.date(1957, 1, 1), dt.date(2056, 12, 31))


def parse(text):
    return parse_date(text, today=TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "1/10/2569",
        "01/10/2569",
        "1-10-69",
        "1.10.2569",
        "1 10 2569",
        "1/10/2026",
        "1 ต.ค. 69",
        "1ต.ค.69",
        "1 ต ค 69",
        "1 ตค 2569",
        "1-ต.ค.-69",
        "1 ตุลาคม 2569",
        "๑ ตุลาคม พ.ศ. ๒๕๖๙",
        "1 ตุลาคม พ.ศ.2569",
        "1 ตุลา 69",
        "1 เดือนตุลาคม ปี 2569",
        "วันที่ 1 ต.ค. 2569",
        "วันพฤหัสบดีที่ 1 ตุลาคม พ.ศ. 2569",
        "ณ วันที่ 1 ต.ค. 69",
        "2026-10-01",
        "2569-10-01",
        "2569/10/1",
        "2026-10-01 00:00:00",
        "2026-10-01T08:30:00+07:00",
        "1 ต.ค. 69 เวลา 10.30 น.",
        "1 Oct 2026",
        "1 October 2026",
        "Oct 1, 2026",
        "1-Oct-2026",
        "1 ต.ค. ค.ศ. 2026",
        "\u200b1\u00a0ต.ค. 69 ",
        46296,
        46296.75,
        "46296",
        "๔๖๒๙๖",
        OCTOBER,
        dt.datetime(2026, 10, 1, 23, 59),  # noqa: DTZ001 - cells of a sheet know no zone
        dt.date(2569, 10, 1),
    ],
)
def test_one_day_in_every_writing(text):
    """A writing that people use would be refused or mean another day."""
    assert parse(text) == OCTOBER


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("10 มี ค 64", dt.date(2021, 3, 10)),
        ("7-ก.ค.-64", dt.date(2021, 7, 7)),
        ("25 ก.พ.64", dt.date(2021, 2, 25)),
        ("วันพุธที่ 31 มีนาคม 2564", dt.date(2021, 3, 31)),
        ("4 ก.พ. 64", dt.date(2021, 2, 4)),
        ("วันนี้", TODAY),
        (44231, dt.date(2021, 2, 4)),
    ],
)
def test_dates_of_the_documents(text, day):
    """The columns of the northern report would not import as they stand."""
    assert parse(text) == day


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("29 ก.พ. 2566", "28 วัน"),
        ("29/2/2560", "28 วัน"),
        ("29/2/2643", "2480 ถึง 2620"),
        ("30/2/2567", "ไม่มีวันที่ 30"),
        ("31 เม.ย. 69", "ไม่มีวันที่ 31"),
        ("0/1/2569", "ไม่มีวันที่ 0"),
        ("1/13/2569", "วันก่อนเดือน"),
        ("1/0/2569", "วันก่อนเดือน"),
        ("1/10/569", "4 หลักหรือ 2 หลัก"),
        ("1/1/2479", "2480 ถึง 2620"),
        ("31/12/1936", "2480 ถึง 2620"),
        ("1/1/2621", "2480 ถึง 2620"),
        ("1/1/2399", "2480 ถึง 2620"),
        ("1 ตุลาคน 2569", "หมายถึง ตุลาคม หรือไม่"),
        ("1 foo 2569", "ไม่รู้จักเดือน"),
        ("1 ต.ค.", "พิมพ์ วัน เดือน ปี"),
        ("2564", "พิมพ์ วัน เดือน ปี"),
        (2564, "ไม่ครบวัน เดือน ปี"),
        ("20-21 ม.ค. 64", "อ่านวันที่"),
        ("1 ต.ค. ค.ศ. 2569", "ศักราช"),
        ("1 ต.ค. พ.ศ. 2026", "ศักราช"),
        ("", "ยังไม่ได้กรอกวันที่"),
        (None, "ยังไม่ได้กรอกวันที่"),
        (True, "อ่านวันที่"),
        (float("nan"), "อ่านวันที่"),
        (float("inf"), "อ่านวันที่"),
        (10**12, "อ่านวันที่"),
    ],
)
def test_what_is_no_date_is_refused_with_advice(text, hint):
    """A day that never was would be stored, or the person would not learn what to type."""
    with pytest.raises(DateError, match=hint):
        parse(text)


@pytest.mark.parametrize("year", [2560, 2563, 2564, 2567, 2568])
def test_leap_day_is_judged_in_the_common_era(year):
    """2564 divides by four and 2563 does not, but 2020 had the leap day."""
    if gregorian.isleap(year - 543):
        assert parse(f"29 ก.พ. {year}") == dt.date(year - 543, 2, 29)
    else:
        with pytest.raises(DateError):
            parse(f"29 ก.พ. {year}")


@given(DAYS)
def test_every_printed_day_reads_back(day):
    """A date copied from a page into a form would change."""
    year = day.year + 543
    assert parse(long_date(day)) == day
    assert parse(to_thai(long_date(day))) == day
    assert parse(f"{day.day}/{day.month}/{year}") == day
    assert parse(f"{year}-{day.month:02}-{day.day:02}") == day
    assert parse(day.isoformat()) == day
    assert parse((day - dt.date(1899, 12, 30)).days) == day


@given(THIS_CENTURY)
def test_every_short_day_of_25xx_reads_back(day):
    """Two digits of a year would land in another century."""
    assert parse(short_date(day)) == day
    assert parse(short_date(day).replace(".", "").replace(" ", "")) == day


@given(st.text(max_size=30))
def test_any_text_gives_a_day_or_a_refusal(text):
    """Some pasted text would end in a program error."""
    try:
        year = parse(text).year
    except DateError:
        year = 1937
    assert 1937 <= year <= 2077


def test_dates_print_as_in_the_documents():
    """Pages and PDF would print dates unlike the document."""
    day = dt.date(2021, 5, 31)
    assert long_date(day) == "31 พฤษภาคม 2564"
    assert short_date(day) == "31 พ.ค. 64"
    assert month_year(day) == "พฤษภาคม 2564"
    assert short_month(day) == "พ.ค. 64"
    assert short_date(dt.date(1957, 3, 1)) == "1 มี.ค. 00"


def test_echo_names_quarter_and_fiscal_year():
    """The person would not see in which fiscal year the day counts."""
    assert full_echo(OCTOBER) == "1 ตุลาคม 2569 (ไตรมาส 1 ปีงบประมาณ 2570)"
    assert full_echo(dt.date(2026, 9, 30)) == "30 กันยายน 2569 (ไตรมาส 4 ปีงบประมาณ 2569)"


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (dt.date(2021, 1, 20), dt.date(2021, 1, 21), "20-21 ม.ค. 64"),
        (dt.date(2021, 2, 28), dt.date(2021, 3, 1), "28 ก.พ. - 1 มี.ค. 64"),
        (dt.date(2020, 12, 31), dt.date(2021, 1, 1), "31 ธ.ค. 63 - 1 ม.ค. 64"),
        (dt.date(2020, 12, 22), dt.date(2020, 12, 22), "22 ธ.ค. 63"),
    ],
)
def test_ranges_name_each_part_once(first, last, text):
    """A meeting of two days would print a doubled or a missing month."""
    assert date_range(first, last) == text


def test_a_range_backwards_is_refused():
    """A meeting that ends before it begins would print as if it were right."""
    with pytest.raises(ValueError, match="before"):
        date_range(dt.date(2021, 1, 21), dt.date(2021, 1, 20))
