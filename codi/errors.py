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
