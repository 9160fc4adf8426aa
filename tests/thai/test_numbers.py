"""A number read as another number is money gone wrong without a trace."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codi.thai.digits import to_arabic, to_thai
from codi.thai.numbers import (
    AmbiguousNumber,
    NumberError,
    baht,
    number,
    parse_baht,
    parse_number,
    percent,
    percent_of,
)

MONEY = st.decimals(
    min_value=Decimal("-9999999999999.99"), max_value=Decimal("9999999999999.99"), places=2
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("32,000.00", "32000"),
        ("๓๒,๐๐๐", "32000"),
        ("(32000)", "-32000"),
        ("(฿500)", "-500"),
        ("฿32,000", "32000"),
        ("฿ 32,000.50 บาท", "32000.50"),
        ("32,000 บาท", "32000"),
        ("500 บาทถ้วน", "500"),
        ("  15635880 ", "15635880"),
        ("32\u00a0000", "32000"),
        ("12 345 678.50", "12345678.50"),
        ("１２，３４５．５０", "12345.50"),
        ("（３２０００）", "-32000"),
        ("−5", "-5"),
        ("–5", "-5"),
        ("-฿5", "-5"),
        ("+5", "5"),
        ("0.125", "0.125"),
        ("1234.567", "1234.567"),
        ("1,234.567", "1234.567"),
        (".5", "0.5"),
        ("0", "0"),
        ("๙,๙๙๙,๙๙๙,๙๙๙,๙๙๙.๙๙", "9999999999999.99"),
        (32000, "32000"),
        (32000.1, "32000.1"),
        (0.1, "0.1"),
        (Decimal("7.25"), "7.25"),
        ("1\u200b,234", "1234"),
    ],
)
def test_numbers_as_people_write_them(text, value):
    """A way of writing that people use would be refused or misread."""
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["1.234", "12.345", "๑.๒๓๔", "1.234.567", "-1.234", "(1.234)", "฿999.000"]
)
def test_a_point_that_may_group_thousands_is_asked_about(text):
    """1.234 would be guessed: a thousand times too much or too little."""
    with pytest.raises(AmbiguousNumber, match="อ่านได้สองอย่าง"):
        parse_number(text)


def test_the_question_shows_both_ways_to_type_it():
    """The message would not say what to type."""
    with pytest.raises(AmbiguousNumber) as caught:
        parse_number("1.234")
    assert "พิมพ์ 1234" in caught.value.message
    assert "1.23" in caught.value.message.split("1234", 1)[1]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1,23", "ทุกสามหลัก"),
        ("12,34,567", "ทุกสามหลัก"),
        ("1,2345", "ทุกสามหลัก"),
        ("1,,234", "ทุกสามหลัก"),
        ("0,123", "ทุกสามหลัก"),
        ("1 2", "ติดกัน"),
        ("1234 567", "ติดกัน"),
        ("abc", "ไม่ใช่ตัวเลข"),
        ("12a", "ไม่ใช่ตัวเลข"),
        ("--5", "ไม่ใช่ตัวเลข"),
        ("(-5)", "ไม่ใช่ตัวเลข"),
        ("()", "ไม่ใช่ตัวเลข"),
        ("1e5", "ไม่ใช่ตัวเลข"),
        ("1.", "ไม่ใช่ตัวเลข"),
        ("NaN", "ไม่ใช่ตัวเลข"),
        (float("nan"), "ไม่ใช่ตัวเลข"),
        (float("inf"), "ไม่ใช่ตัวเลข"),
        (True, "ไม่ใช่ตัวเลข"),
        ("10000000000000", "มากเกิน"),
        ("-10,000,000,000,000", "มากเกิน"),
        ("9" * 400, "มากเกิน"),
        (10**15, "มากเกิน"),
        ("", "ยังไม่ได้กรอก"),
        (None, "ยังไม่ได้กรอก"),
        ("-", "ยังไม่ได้กรอก"),
        ("บาท", "ยังไม่ได้กรอก"),
    ],
)
def test_what_is_no_number_is_refused_with_advice(text, hint):
    """Text would become a number nobody meant, or the person would not learn why not."""
    with pytest.raises(NumberError, match=hint):
        parse_number(text)


@pytest.mark.parametrize("text", ["", "-", "–", None])
def test_a_blank_or_dash_is_nil_only_where_the_caller_says_so(text):
    """The dash of our own tables would be refused when it comes back in a sheet."""
    assert parse_number(text, nil=Decimal(0)) == 0


@given(MONEY)
def test_printed_money_reads_back(amount):
    """An amount printed and typed back would change."""
    text = baht(amount)
    assert parse_baht(text) == amount
    assert parse_baht(to_thai(text)) == amount
    assert parse_baht(f"฿ {text} บาท") == amount


@given(MONEY)
def test_money_in_round_brackets_is_below_zero(amount):
    """Book-keepers' brackets would lose their sign."""
    assert parse_baht(f"({abs(amount):,.2f})") == -abs(amount)


@given(st.text(max_size=30))
def test_any_text_gives_a_number_or_a_refusal(text):
    """Some pasted text would end in a program error."""
    try:
        value = parse_number(text)
    except NumberError:
        value = Decimal(0)
    assert abs(value) <= Decimal("9999999999999.99")


@pytest.mark.parametrize("value", ["1.255", "100.001", "1,234.567", Decimal("0.005")])
def test_parts_of_a_satang_are_refused(value):
    """Money would be rounded without anybody being asked."""
    with pytest.raises(NumberError, match=r"เกิน 2 ตำแหน่ง|อ่านได้สองอย่าง"):
        parse_baht(value)


def test_percentages_of_the_northern_report():
    """The printed percentages of 31 พ.ค. 2564 would not come out."""
    assert percent_of(10_921_966, 15_635_880) == Decimal("69.85")
    assert percent_of(9_688_300, 13_873_500) == Decimal("69.83")
    assert percent_of(4_185_200, 13_873_500) == Decimal("30.17")
    assert percent_of(4_713_914, 15_635_880) == Decimal("30.15")


@given(st.integers(0, 10**13), st.integers(1, 10**13))
def test_percentages_round_half_up(part, whole):
    """A percentage would differ from exact arithmetic in the last place."""
    exact = Fraction(part * 100, whole)
    assert percent_of(part, whole) == Decimal(int(exact * 100 + Fraction(1, 2))) / 100


def test_nothing_has_no_percentage():
    """A programme without a frame would crash the report."""
    assert percent_of(5, 0) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("69.85", "69.85"),
        ("69.8", "69.80"),
        ("100", "100"),
        ("100.00", "100"),
        ("70.00", "70"),
        ("0", "0"),
    ],
)
def test_percentages_print_as_in_the_report(value, text):
    """Tables would not look like the document: 70 and 100 plain, others with two places."""
    assert percent(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (15635880, 0, "15,635,880"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("1234.5", 2, "1,234.50"),
        (0, 0, "0"),
        (None, 0, "-"),
        ("-0.004", 2, "0.00"),
    ],
)
def test_numbers_print_with_thousands_rounded_half_up(value, places, text):
    """Columns would round to even, or show a negative zero."""
    assert number(value if value is None else Decimal(value), places) == text


def test_baht_show_satang_only_when_there_are_any():
    """Whole amounts would carry .00, or satang would vanish."""
    assert baht(Decimal("32000.00")) == "32,000"
    assert baht(Decimal("32000.5")) == "32,000.50"
    assert baht(None) == "-"


@given(st.integers(0, 10**15))
def test_digits_there_and_back(value):
    """Thai digits would lose a digit."""
    assert to_arabic(to_thai(str(value))) == str(value)
    assert int(to_thai(str(value))) == value


def test_other_digits_become_arabic_and_words_stay():
    """Full-width or Lao digits of a pasted sheet would not count as digits."""
    assert to_arabic("ครั้งที่ ๒/๒๕๖๔ １２ ໓ ٤") == "ครั้งที่ 2/2564 12 3 4"
