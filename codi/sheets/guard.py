"""Text that no spreadsheet program takes for a formula (OWASP ASVS 5.0 V1.2.10).

The one guard of every file that leaves or enters. In csv a program guesses what a cell is, so an
apostrophe goes before dangerous text; in xlsx a cell has its type, and text is written as typed
text. A number is never text: −500 stays a number in both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# What programs look past before they look for a formula: blanks, and marks that nobody sees.
_UNSEEN = "\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_STARTS_FORMULA = re.compile(f"(?:[{_UNSEEN}]*[=+\\-@＝＋－＠])|[\t\r\0]")
# In texts that stand below each other: quicker than to ask each of them.
_SOME_FORMULA = re.compile(f"\n(?:[{_UNSEEN}]*[=+\\-@＝＋－＠]|[\t\r\0])")
_GUARDED = re.compile(f"'(?:[{_UNSEEN}]*[=+\\-@＝＋－＠]|[\t\r\0])")
_FORMULA = re.compile(f"[{_UNSEEN}]*[=＝]")
# In a file one writes ="0501" so that a program keeps the zero: that is text in disguise.
_TEXT_IN_DISGUISE = re.compile(r'="((?:[^"]|"")*)"')


def guarded(text: str) -> str:
    """``text`` for a csv file: an apostrophe before what a program would compute."""
    return f"'{text}" if _STARTS_FORMULA.match(text) else text


def all_guarded(texts: Sequence[str]) -> Sequence[str]:
    """Each of many texts :func:`guarded`."""
    if _SOME_FORMULA.search("\n" + "\n".join(texts)):
        return [guarded(text) for text in texts]
    return texts


def unguarded(text: str) -> str:
    """Text as it was before :func:`guarded`: a file of ours that comes back changes nothing."""
    return text[1:] if _GUARDED.match(text) else text


def undisguised(text: str) -> str:
    """``="0501"`` as the text 0501; everything else as it is."""
    found = _TEXT_IN_DISGUISE.fullmatch(text)
    return found[1].replace('""', '"') if found else text


def is_formula(text: str) -> bool:
    """Whether an uploaded text is a formula: data never begins with an equals sign."""
    return bool(_FORMULA.match(text))
