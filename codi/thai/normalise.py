"""Bring Thai text to one spelling: what is stored, and the key that searching compares.

Typed and scanned Thai writes the same word in several ways that look alike: ำ as two code points,
เเ for แ, a mark struck twice, invisible characters, letters of a neighbouring script. NFKC must not
be used: it takes ำ apart.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from codi.thai.digits import to_arabic

# Longer texts are not kept in memory.
_REMEMBERED_LENGTH = 200
_THAI = "\u0e01-\u0e4e"
_TONES = "\u0e48-\u0e4b"
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LINE_ENDS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 ]+")
# A vowel, tone mark or other sign that no Thai word writes twice in a row.
_DOUBLED = re.compile("([\u0e30-\u0e3a\u0e40-\u0e45\u0e47-\u0e4e])\\1+")
_NIKHAHIT_AA = re.compile(f"\u0e4d([{_TONES}]*)\u0e32")
_AM_BEFORE_TONE = re.compile(f"\u0e33([{_TONES}])")
_TONE_BEFORE_VOWEL = re.compile(f"([{_TONES}\u0e4c])([\u0e31\u0e34-\u0e3a])")

# Latin, Greek and Cyrillic letters that a scan gives for the Thai letter of the same outline.
_LOOKALIKES = {
    "o": "อ",
    "O": "อ",
    "о": "อ",
    "О": "อ",
    "ο": "อ",
    "n": "ก",
    "u": "บ",
    "w": "พ",
    "s": "ร",
}
# Lao stands 0x80 above Thai, letter for letter; two letters look like another one.
_LAO = {chr(code): chr(code - 0x80) for code in (*range(0x0E81, 0x0EBA), *range(0x0EC0, 0x0ECE))}
_LAO |= {"ຍ": "ย", "ຽ": "ย"}
_DEVANAGARI = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह\u093e\u093f\u0940\u0941\u0942\u0947\u0948",
        "กขคฆงจฉชฌญฏฐฑฒณตถทธนปผพภมยรลวศษสห\u0e32\u0e34\u0e35\u0e38\u0e39\u0e40\u0e44",
        strict=True,
    )
)
_SISTERS = _LAO | _DEVANAGARI
_SISTER_RUN = re.compile(
    f"(?<=[{_THAI}])[\u0900-\u097f\u0e80-\u0ecf]+|[\u0900-\u097f\u0e80-\u0ecf]+(?=[{_THAI}])"
)
_LONE_LETTER = re.compile(f"(?<=[{_THAI}])[^\\W\\d_\u0e00-\u0e7f](?=[{_THAI}])")

_KEY_DROPS = re.compile(f"[{_TONES}\\s./()\\-]")


def _thai_for_lone(match: re.Match[str]) -> str:
    """The Thai letter for one foreign letter between two Thai ones.

    A Latin letter without a Thai double stays (ทีมAและ is meant so); a stray letter of another
    script is a scanning fault and goes.
    """
    letter = match[0]
    if letter in _LOOKALIKES:
        return _LOOKALIKES[letter]
    return letter if "LATIN" in unicodedata.name(letter, "") else ""


def _mend_letters(text: str) -> str:
    """Write letters of other scripts inside Thai words as the Thai letter they stand for."""
    text = _SISTER_RUN.sub(lambda run: "".join(_SISTERS.get(c, c) for c in run[0]), text)
    return _LONE_LETTER.sub(_thai_for_lone, text)


def _mend_marks(text: str) -> str:
    """Put vowels and marks of Thai words in the one order and number that spelling knows."""
    text = text.replace("\u0e40\u0e40", "\u0e41")
    text = _NIKHAHIT_AA.sub("\\1\u0e33", text)
    text = _AM_BEFORE_TONE.sub("\\1\u0e33", text)
    text = _TONE_BEFORE_VOWEL.sub(r"\2\1", text)
    return _DOUBLED.sub(r"\1", text)


def _mend(text: str) -> str:
    """Mend until nothing more changes: one cure can lay bare the next fault."""
    while True:
        mended = _mend_marks(_mend_letters(unicodedata.normalize("NFC", text)))
        if mended == text:
            return text
        text = mended


def clean(text: str, *, keep_newlines: bool = False) -> str:
    """The text as it is stored: one spelling of Thai, plain blanks, trimmed.

    ``keep_newlines`` keeps line breaks (long text); otherwise a break becomes a blank. Cleaning
    twice gives the same as cleaning once.
    """
    if len(text) > _REMEMBERED_LENGTH:
        return _cleaned(text, keep_newlines)
    return _clean_again(text, keep_newlines)


def _cleaned(text: str, keep_newlines: bool) -> str:
    text = _INVISIBLE.sub("", text)
    text = _LINE_ENDS.sub("\n" if keep_newlines else " ", text)
    text = _CONTROLS.sub("", text)
    text = _mend(_BLANKS.sub(" ", text))
    if keep_newlines:
        return "\n".join(line.strip(" ") for line in text.split("\n")).strip("\n")
    return text.strip(" ")


# One name is cleaned several times on its way from a sheet to its stored keys.
_clean_again = lru_cache(maxsize=8192)(_cleaned)


def search_key(text: str) -> str:
    """What searching and matching compare; stored beside the name under a trigram index.

    Cleaned, in lower case, Arabic digits, without tone marks, blanks and ``./-()``. Tone marks go
    because they cut words for pg_trgm, and because people leave them out.
    """
    return _search_key_again(text) if len(text) <= _REMEMBERED_LENGTH else _search_key(text)


def _search_key(text: str) -> str:
    return _DOUBLED.sub(r"\1", _KEY_DROPS.sub("", to_arabic(clean(text)).lower()))


_search_key_again = lru_cache(maxsize=8192)(_search_key)
