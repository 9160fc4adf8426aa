"""The one exception of a broken business rule."""

from __future__ import annotations

from collections.abc import Sequence


class Refused(Exception):
    """A rule of the business refuses the act; ``message`` tells in Thai why and what to do.

    ``field`` names the form field or spreadsheet column to blame, ``code`` is stable for tests and
    programs, ``details`` are further lines to show below the message.
    """

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        code: str = "",
        details: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code
        self.details = tuple(details)


class Conflict(Refused):
    """Somebody else changed the record since this person opened it.

    ``differences`` holds per field its Thai label, the value that is stored now and the value that
    this person wanted, for a page that shows both; nothing was written.
    """

    def __init__(self, differences: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(
            "มีผู้อื่นแก้ไขข้อมูลนี้หลังจากที่ท่านเปิดหน้าไว้ กรุณาเทียบค่าด้านล่างแล้วบันทึกใหม่",
            code="changed_by_another",
        )
        self.differences = tuple(differences)
