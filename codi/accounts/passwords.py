"""Password rules: long, not common, not along the keyboard, Latin or Thai (OWASP ASVS 5.0 V6.2)."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

# The keys of a US and of a Thai Kedmanee keyboard (มอก. 820), row by row, plain and shifted.
LATIN_ROWS = ("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./")
LATIN_SHIFTED = ("~!@#$%^&*()_+", "QWERTYUIOP{}", 'ASDFGHJKL:"', "ZXCVBNM<>?")
THAI_ROWS = ("_ๅ/-ภถุึคตจขช", "ๆไำพะัีรนยบล", "ฟหกดเ้่าสวง", "ผปแอิืทมใฝ")
THAI_SHIFTED = ("%+๑๒๓๔ู฿๕๖๗๘๙", '๐"ฎฑธํ๊ณฯญฐ,', "ฤฆฏโฌ็๋ษศซ.", "()ฉฮฺ์?ฒฬฦ")

_PLACES = {
    key: (row, column)
    for rows in (LATIN_SHIFTED, THAI_SHIFTED, LATIN_ROWS, THAI_ROWS)
    for row, keys in enumerate(rows)
    for column, key in enumerate(keys)
}
_TO_LATIN = str.maketrans(
    "".join(THAI_SHIFTED) + "".join(THAI_ROWS), "".join(LATIN_SHIFTED) + "".join(LATIN_ROWS)
)
_SHORTEST_RUN = 4
# Words everyone in the institute would try first.
THAI_COMMON = frozenset(
    {"รหัสผ่าน", "สวัสดี", "ประเทศไทย", "องค์กรชุมชน", "สถาบันพัฒนาองค์กรชุมชน", "พอช", "codi", "password"}
)
TOO_COMMON = "รหัสผ่านนี้เดาง่าย มีผู้ใช้กันมาก เลือกวลีที่มีท่านรู้คนเดียว"


class MinimumLength(password_validation.MinimumLengthValidator):
    """At least 12 characters; Thai vowels and tone marks count."""

    def get_error_message(self) -> str:
        return f"รหัสผ่านสั้นเกินไป ต้องมีอย่างน้อย {self.min_length} ตัวอักษร ใช้วลีที่จำได้ เช่น คำสามคำต่อกัน"

    def get_help_text(self) -> str:
        return f"อย่างน้อย {self.min_length} ตัวอักษร ใช้ภาษาไทยหรืออังกฤษก็ได้"


class NotLikeOwnData(password_validation.UserAttributeSimilarityValidator):
    """Not the person's own user name, name or e-mail."""

    def __init__(self, max_similarity: float = 0.7) -> None:
        super().__init__(("username", "full_name", "email"), max_similarity)

    def get_error_message(self) -> str:
        return "รหัสผ่านคล้ายชื่อผู้ใช้ ชื่อ-สกุล หรืออีเมลของท่านเกินไป เลือกคำอื่น"

    def get_help_text(self) -> str:
        return "ไม่คล้ายชื่อผู้ใช้ ชื่อ-สกุล หรืออีเมล"


class NotCommon(password_validation.CommonPasswordValidator):
    """Not in the list of common passwords, also when typed with the keyboard left in Thai."""

    def validate(self, password: str, user: Any = None) -> None:
        typed = password.lower()
        bare = typed.strip("0123456789๐๑๒๓๔๕๖๗๘๙!@#$%^&*._- ")
        switched = {text.translate(_TO_LATIN).lower() for text in (typed, bare)}
        if {typed, bare, *switched} & (self.passwords | THAI_COMMON):
            raise ValidationError(TOO_COMMON, code="password_too_common")

    def get_error_message(self) -> str:
        return TOO_COMMON

    def get_help_text(self) -> str:
        return "ไม่ใช่รหัสผ่านที่ใช้กันทั่วไป"


class NotAlongTheKeyboard:
    """Not a walk along keyboard rows (ฟหกดฟหกด, ๆไำพะัีรนย, qwerty1234) nor one block repeated."""

    def validate(self, password: str, user: Any = None) -> None:
        if _walked(password) * 3 >= len(password) * 2 or _is_repeated(password):
            raise ValidationError(
                "รหัสผ่านเรียงตามแป้นพิมพ์หรือซ้ำชุดเดิม เดาได้ง่าย เลือกวลีที่ไม่เรียงกัน",
                code="password_keyboard",
            )

    def get_help_text(self) -> str:
        return "ไม่เรียงตามแป้นพิมพ์ เช่น ฟหกดฟหกด หรือ qwerty1234"


def _walked(password: str) -> int:
    """How many characters stand in runs of four or more neighbouring (or the same) keys."""
    steps = (_step(before, after) for before, after in pairwise(password))
    runs = [(step, len(list(run)) + 1) for step, run in groupby(steps)]
    return sum(size for step, size in runs if step is not None and size >= _SHORTEST_RUN)


def _step(before: str, after: str) -> int | None:
    """+1, 0 or −1 for the next, same or previous key of one row; None for all else."""
    first, second = _PLACES.get(before), _PLACES.get(after)
    if first is None or second is None or first[0] != second[0]:
        return None
    step = second[1] - first[1]
    return step if abs(step) <= 1 else None


def _is_repeated(password: str) -> bool:
    """Whether the whole is one block of at most six characters again and again."""
    return any(
        password == (password[:size] * len(password))[: len(password)]
        for size in range(1, min(6, len(password) // 2) + 1)
    )
