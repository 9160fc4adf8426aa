"""Thai and Arabic digits."""

from __future__ import annotations

import unicodedata

THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
_TO_THAI = str.maketrans("0123456789", THAI_DIGITS)


def _arabic(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def to_arabic(text: str) -> str:
    """Write every decimal digit (Thai, full-width, Lao, Arabic-Indic …) as 0-9; the rest stays."""
    if text.isascii():
        return text
    return "".join(_arabic(character) for character in text)


def to_thai(text: str) -> str:
    """Write 0-9 as ๐-๙; the rest stays."""
    return text.translate(_TO_THAI)
