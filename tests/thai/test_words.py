"""A wrong word in an amount makes a document void: the print of 2564 dropped หกแสน."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codi.thai.words import baht_text, number_text

# Written by hand after the Royal Institute's reading of numbers.
BY_HAND = {
    "0": "ศูนย์บาทถ้วน",
    "1": "หนึ่งบาทถ้วน",
    "2": "สองบาทถ้วน",
    "5": "ห้าบาทถ้วน",
    "9": "เก้าบาทถ้วน",
    "10": "สิบบาทถ้วน",
    "11": "สิบเอ็ดบาทถ้วน",
    "12": "สิบสองบาทถ้วน",
    "19": "สิบเก้าบาทถ้วน",
    "20": "ยี่สิบบาทถ้วน",
    "21": "ยี่สิบเอ็ดบาทถ้วน",
    "22": "ยี่สิบสองบาทถ้วน",
    "31": "สามสิบเอ็ดบาทถ้วน",
    "48": "สี่สิบแปดบาทถ้วน",
    "99": "เก้าสิบเก้าบาทถ้วน",
    "100": "หนึ่งร้อยบาทถ้วน",
    "101": "หนึ่งร้อยเอ็ดบาทถ้วน",
    "110": "หนึ่งร้อยสิบบาทถ้วน",
    "111": "หนึ่งร้อยสิบเอ็ดบาทถ้วน",
    "121": "หนึ่งร้อยยี่สิบเอ็ดบาทถ้วน",
    "200": "สองร้อยบาทถ้วน",
    "1000": "หนึ่งพันบาทถ้วน",
    "1001": "หนึ่งพันเอ็ดบาทถ้วน",
    "1010": "หนึ่งพันสิบบาทถ้วน",
    "2021": "สองพันยี่สิบเอ็ดบาทถ้วน",
    "10000": "หนึ่งหมื่นบาทถ้วน",
    "32000": "สามหมื่นสองพันบาทถ้วน",
    "100000": "หนึ่งแสนบาทถ้วน",
    "155850": "หนึ่งแสนห้าหมื่นห้าพันแปดร้อยห้าสิบบาทถ้วน",
    "519500": "ห้าแสนหนึ่งหมื่นเก้าพันห้าร้อยบาทถ้วน",
    "528714": "ห้าแสนสองหมื่นแปดพันเจ็ดร้อยสิบสี่บาทถ้วน",
    "1000000": "หนึ่งล้านบาทถ้วน",
    "1000001": "หนึ่งล้านเอ็ดบาทถ้วน",
    "1762380": "หนึ่งล้านเจ็ดแสนหกหมื่นสองพันสามร้อยแปดสิบบาทถ้วน",
    "4185200": "สี่ล้านหนึ่งแสนแปดหมื่นห้าพันสองร้อยบาทถ้วน",
    "4713914": "สี่ล้านเจ็ดแสนหนึ่งหมื่นสามพันเก้าร้อยสิบสี่บาทถ้วน",
    "9688300": "เก้าล้านหกแสนแปดหมื่นแปดพันสามร้อยบาทถ้วน",
    "10921966": "สิบล้านเก้าแสนสองหมื่นหนึ่งพันเก้าร้อยหกสิบหกบาทถ้วน",
    "11000000": "สิบเอ็ดล้านบาทถ้วน",
    "13873500": "สิบสามล้านแปดแสนเจ็ดหมื่นสามพันห้าร้อยบาทถ้วน",
    "15635880": "สิบห้าล้านหกแสนสามหมื่นห้าพันแปดร้อยแปดสิบบาทถ้วน",
    "21000021": "ยี่สิบเอ็ดล้านยี่สิบเอ็ดบาทถ้วน",
    "101000000": "หนึ่งร้อยเอ็ดล้านบาทถ้วน",
    "1000000000000": "หนึ่งล้านล้านบาทถ้วน",
    "2500000000000": "สองล้านห้าแสนล้านบาทถ้วน",
    "0.01": "หนึ่งสตางค์",
    "0.25": "ยี่สิบห้าสตางค์",
    "0.50": "ห้าสิบสตางค์",
    "1.01": "หนึ่งบาทหนึ่งสตางค์",
    "11.11": "สิบเอ็ดบาทสิบเอ็ดสตางค์",
    "1250.75": "หนึ่งพันสองร้อยห้าสิบบาทเจ็ดสิบห้าสตางค์",
    "-5": "ลบห้าบาทถ้วน",
    "-20.21": "ลบยี่สิบบาทยี่สิบเอ็ดสตางค์",
}


@pytest.mark.parametrize(("amount", "words"), BY_HAND.items())
def test_amounts_read_as_written_by_hand(amount, words):
    """An amount in a report would be read wrongly."""
    assert baht_text(Decimal(amount)) == words


UNITS = {
    "หนึ่ง": 1,
    "เอ็ด": 1,
    "ยี่": 2,
    "สอง": 2,
    "สาม": 3,
    "สี่": 4,
    "ห้า": 5,
    "หก": 6,
    "เจ็ด": 7,
    "แปด": 8,
    "เก้า": 9,
}
PLACES = {"แสน": 100_000, "หมื่น": 10_000, "พัน": 1_000, "ร้อย": 100, "สิบ": 10}
TOKEN = re.compile("|".join([*UNITS, *PLACES, "ล้าน", "ศูนย์"]))


def read(words):
    """Read words back into a number, token by token: an algorithm of its own."""
    assert TOKEN.sub("", words) == ""
    done = current = digit = 0
    for token in TOKEN.findall(words):
        if token in UNITS:
            digit = UNITS[token]
        elif token in PLACES:
            current += (digit or 1) * PLACES[token]
            digit = 0
        elif token == "ล้าน":
            done = (done + current + digit) * 1_000_000
            current = digit = 0
    return done + current + digit


@given(st.integers(1, 9_999_999_999_999))
def test_words_read_back_as_the_number(value):
    """Two numbers would share their words, or a place would be lost."""
    assert read(number_text(value)) == value


@given(st.integers(1, 999_999_999_999_999))
def test_satang_read_back(satang):
    """Satang would be dropped or taken for baht."""
    text = baht_text(Decimal(satang) / 100)
    baht, _, rest = text.rpartition("บาท") if "บาท" in text else ("", "", text)
    part = 0 if rest == "ถ้วน" else read(rest.removesuffix("สตางค์"))
    assert (read(baht) if baht else 0) * 100 + part == satang
    assert text.endswith("บาทถ้วน") == (satang % 100 == 0)


@given(st.integers(2, 10**13))
def test_final_one_reads_et_and_ten_never_one_ten(value):
    """หนึ่ง after a higher place, หนึ่งสิบ and สองสิบ are no Thai."""
    words = number_text(value)
    assert "หนึ่งสิบ" not in words
    assert "สองสิบ" not in words
    assert words.endswith("เอ็ด") == (value % 10 == 1)


@pytest.mark.parametrize("amount", ["0.001", "1.005", "NaN", "Infinity"])
def test_parts_of_a_satang_have_no_words(amount):
    """An amount that was not rounded would be put in words as another amount."""
    with pytest.raises(ValueError, match="satang"):
        baht_text(Decimal(amount))
