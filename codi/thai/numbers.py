"""Numbers as people write them, and as pages and documents print them.

Money is ``Decimal``; a float is accepted only where a spreadsheet cell brings one, and is read by
its shortest writing.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from codi.thai.digits import to_arabic
from codi.thai.normalise import clean

LARGEST = Decimal("9999999999999.99")
LARGEST_BAHT = Decimal("999999999999.99")
"""What one amount on record can be; sums are larger."""
_SATANG = Decimal("0.01")

_MINUS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d", "-"))
_FULLWIDTH = str.maketrans("，．（）＋", ",.()+")
_CURRENCY = re.compile(r"^(?:฿|thb)|(?:บาทถ้วน|บาท|฿|thb)\.?$", re.IGNORECASE)
_PLAIN = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_SPACED_DIGITS = re.compile(r"\d[\d.,]* [\d., ]*\d")
_BLANK_GROUPS = re.compile(r"[1-9]\d{0,2}(?: \d{3})+(?:\.\d+)?")
_MISGROUPED = re.compile(r"[\d,]*,[\d,]*(?:\.\d*)?")
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")


class NumberError(ValueError):
    """The text is no number that can be taken; ``message`` says in Thai what to type."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NumberTooLarge(NumberError):
    """More than the product holds, whatever the number counts."""


class AmbiguousNumber(NumberError):
    """Text like "1.234": a thousand and more for some, one and a fraction for others."""


def parse_number(value: object, *, nil: Decimal | None = None) -> Decimal:
    """Read ``32,000.00``, ``๓๒,๐๐๐``, ``(32000)``, ``฿32,000``, ``32000 บาท`` and cell values.

    Round brackets mean below zero. A blank or a lone dash is ``nil``; without ``nil`` it raises.
    Raises :class:`AmbiguousNumber` for a point that may group thousands, :class:`NumberError` for
    all else that is no number, and for sizes over 9,999,999,999,999.99.
    """
    if isinstance(value, bool):
        raise _unreadable(str(value))
    if isinstance(value, (int, Decimal)):
        return _within_limits(Decimal(value), str(value))
    if isinstance(value, float):
        return _within_limits(Decimal(repr(value)), repr(value))
    shown = clean("" if value is None else str(value))
    text = to_arabic(shown).translate(_FULLWIDTH).translate(_MINUS)
    text = _CURRENCY.sub("", _without_blanks(text, shown))
    if text in {"", "-"}:
        if nil is None:
            raise NumberError("ยังไม่ได้กรอกตัวเลข หากไม่มียอดให้พิมพ์ 0")
        return nil
    sign, digits = _split_sign(text)
    return _within_limits(sign * _read_digits(digits, shown), shown)


def parse_baht(value: object, *, nil: Decimal | None = None) -> Decimal:
    """An amount in baht with two places. Raises :class:`NumberError` for parts of a satang."""
    amount = parse_number(value, nil=nil)
    exact = amount.quantize(_SATANG, rounding=ROUND_HALF_UP)
    if exact != amount:
        raise NumberError(f"จำนวนเงิน “{value}” มีทศนิยมเกิน 2 ตำแหน่ง พิมพ์ถึงหน่วยสตางค์เท่านั้น เช่น 1,250.50")
    return exact


def _without_blanks(text: str, shown: str) -> str:
    """Blanks may stand around a number or between groups of three digits, nowhere else."""
    for run in _SPACED_DIGITS.findall(text):
        if not _BLANK_GROUPS.fullmatch(run):
            raise NumberError(
                f"“{shown}” มีช่องว่างคั่นกลางตัวเลขไม่ถูกตำแหน่ง พิมพ์ตัวเลขติดกัน เช่น 32000 หรือ 32,000"
            )
    return text.replace(" ", "")


def _split_sign(text: str) -> tuple[int, str]:
    """The sign and what follows it; the currency may stand between them."""
    if len(text) > 2 and text[0] == "(" and text[-1] == ")":
        return -1, _CURRENCY.sub("", text[1:-1])
    if text[0] in "+-":
        return (-1 if text[0] == "-" else 1), _CURRENCY.sub("", text[1:])
    return 1, text


def _read_digits(digits: str, shown: str) -> Decimal:
    if _AMBIGUOUS.fullmatch(digits):
        joined = digits.replace(".", "")
        raise AmbiguousNumber(
            f"“{shown}” อ่านได้สองอย่าง หากหมายถึงหลักพันขึ้นไปให้พิมพ์ {joined} "
            f"หากหมายถึงทศนิยมให้พิมพ์ไม่เกิน 2 ตำแหน่ง เช่น {digits[: digits.index('.') + 3]}"
        )
    if _GROUPED.fullmatch(digits) or _PLAIN.fullmatch(digits):
        return Decimal(digits.replace(",", ""))
    if _MISGROUPED.fullmatch(digits):
        raise NumberError(
            f"“{shown}” คั่นหลักด้วยจุลภาคไม่ถูกตำแหน่ง ให้คั่นทุกสามหลัก เช่น 1,234,567 หรือไม่ต้องคั่น"
        )
    raise _unreadable(shown)


def _unreadable(shown: str) -> NumberError:
    return NumberError(f"“{shown}” ไม่ใช่ตัวเลข พิมพ์เฉพาะตัวเลข เช่น 32,000 หรือ 32000.50")


def _within_limits(number: Decimal, shown: str) -> Decimal:
    if not number.is_finite():
        raise _unreadable(shown)
    if abs(number) > LARGEST:
        raise NumberTooLarge(
            f"“{shown}” มากเกินกว่าที่ระบบรับได้ (ไม่เกิน {number_limit()}) ตรวจจำนวนหลักอีกครั้ง"
        )
    return number + 0  # no negative zero


def number_limit() -> str:
    """The largest number taken, as printed in messages."""
    return f"{LARGEST:,}"


def number(value: Decimal | int | None, places: int = 0, nil: str = "-") -> str:
    """Thousands separated, rounded half up to ``places``; nothing known prints ``nil``, zero 0."""
    if value is None:
        return nil
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{rounded + 0:,.{places}f}"


def baht(value: Decimal | int | None) -> str:
    """An amount of baht, with two places only when it has satang: 32,000 or 32,000.50."""
    if value is None:
        return number(None)
    exact = Decimal(value).quantize(_SATANG, rounding=ROUND_HALF_UP)
    return number(exact, 0 if exact == exact.to_integral_value() else 2)


def percent_of(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """``part`` in percent of ``whole``, two places, half up; None when there is no whole."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(_SATANG, rounding=ROUND_HALF_UP)


def percent(value: Decimal | int | None) -> str:
    """A percentage as the reports print it: 100 and 70 plain, otherwise two places (69.80)."""
    return baht(value)
