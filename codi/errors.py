"""The one exception of a broken business rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


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
    """Somebody else changed the record since this person opened it; nothing was written.

    Every door that writes over a version raises and answers this one exception: a form shows both
    values per field (``codi.desk``), a grid marks the cells, an import its row, the API says 412.
    ``differences`` holds per field its Thai label, the value stored now and the wanted one, in
    words. ``record`` is the record as it is stored now, ``wanted`` the refused values by field
    name, ``expected_version`` the version that the person had seen; all three are empty where more
    than one record is concerned.
    """

    def __init__(
        self,
        differences: Sequence[tuple[str, str, str]],
        *,
        record: Any = None,
        wanted: Mapping[str, Any] | None = None,
        expected_version: int | None = None,
    ) -> None:
        super().__init__(
            "มีผู้อื่นแก้ไขข้อมูลนี้หลังจากที่ท่านเปิดหน้าไว้ กรุณาเทียบค่าด้านล่างแล้วบันทึกใหม่",
            code="changed_by_another",
        )
        self.differences = tuple(differences)
        self.record = record
        self.wanted = dict(wanted or {})
        self.expected_version = expected_version
