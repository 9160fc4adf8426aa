"""Numbers and amounts of money in Thai words."""

from __future__ import annotations

from decimal import Decimal

_DIGITS = ("ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
_PLACES = ("", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน")
_MILLION = 1_000_000


def _below_million(value: int, *, follows: bool) -> str:
    """1 to 999,999; ``follows`` says that a higher part (ล้าน) was read before it."""
    parts = []
    for place in range(5, -1, -1):
        digit = value // 10**place % 10
        if digit == 0:
            continue
        if place == 1 and digit <= 2:
            parts.append(("", "สิบ", "ยี่สิบ")[digit])
        elif place == 0 and digit == 1 and (follows or value > 1):
            parts.append("เอ็ด")
        else:
            parts.append(_DIGITS[digit] + _PLACES[place])
    return "".join(parts)


def number_text(value: int) -> str:
    """A whole number in words: 21 → ยี่สิบเอ็ด, 10**12 → หนึ่งล้านล้าน, -1 → ลบหนึ่ง.

    A final 1 after anything higher reads เอ็ด (Royal Institute), 101 and 1,000,001 included.
    """
    if value < 0:
        return "ลบ" + number_text(-value)
    if value == 0:
        return _DIGITS[0]
    millions, rest = divmod(value, _MILLION)
    head = number_text(millions) + "ล้าน" if millions else ""
    return head + _below_million(rest, follows=bool(millions))


def baht_text(value: Decimal | int) -> str:
    """An amount in words: 15,635,880 → สิบห้าล้านหกแสนสามหมื่นห้าพันแปดร้อยแปดสิบบาทถ้วน.

    Whole baht end in ถ้วน; amounts below one baht read the satang alone. Raises ``ValueError``
    when the amount has parts of a satang, which no words of money can say.
    """
    amount = Decimal(value)
    if not amount.is_finite() or amount * 100 != (amount * 100).to_integral_value():
        raise ValueError(f"{value} has parts of a satang")
    sign = "ลบ" if amount < 0 else ""
    whole, satang = divmod(int(abs(amount) * 100), 100)
    if not satang:
        return f"{sign}{number_text(whole)}บาทถ้วน"
    head = f"{number_text(whole)}บาท" if whole else ""
    return f"{sign}{head}{number_text(satang)}สตางค์"
