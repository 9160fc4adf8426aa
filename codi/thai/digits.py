"""Thai and Arabic digits."""

from __future__ import annotations

import re
import unicodedata

THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
# Decimal digits of any script but 0-9.
_FOREIGN = re.compile(r"[^\D0-9]")
_TO_THAI = str.maketrans("0123456789", THAI_DIGITS)


def _arabic(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def to_arabic(text: str) -> str:
    """Write every decimal digit (Thai, full-width, Lao, Arabic-Indic …) as 0-9; the rest stays."""
    return _FOREIGN.sub(lambda digit: _arabic(digit[0]), text)


def to_thai(text: str) -> str:
    """Write 0-9 as ๐-๙; the rest stays."""
    return text.translate(_TO_THAI)
