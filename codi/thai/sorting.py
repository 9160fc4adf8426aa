"""The order of the Royal Institute's dictionary, as a text that sorts by code point."""

from __future__ import annotations

import re
import unicodedata

from codi.thai.digits import to_arabic
from codi.thai.normalise import clean

_LEADING_VOWEL = re.compile("([\u0e40-\u0e44])([\u0e01-\u0e2e])")
_SECOND_LEVEL = re.compile("[\u0e47-\u0e4c]")
_PASSED_OVER = ("P", "Z", "C")


def sort_key(text: str) -> str:
    """A key whose code point order (``COLLATE "C"``) is Thai dictionary order.

    A leading vowel (เ แ โ ใ ไ) follows its consonant; tone marks, ์, ็, punctuation and blanks
    count only between words that are otherwise equal: the whole text follows after ``chr(1)``.
    """
    swapped = _LEADING_VOWEL.sub(r"\2\1", clean(text).lower())
    bare = "".join(
        character
        for character in to_arabic(_SECOND_LEVEL.sub("", swapped))
        if unicodedata.category(character)[0] not in _PASSED_OVER
    )
    return f"{bare}\x01{swapped}"
