"""Send a list as it stands on the screen: same rows, order and columns, real values.

The writers (``codi.sheets``) read the rows once, in pieces, and hold none of them: 200,000 rows
need no more memory than 2,000.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from typing import IO

from django.db import connection
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone

from codi.sheets.csv_file import csv_pieces
from codi.sheets.export import Export, ExportColumn
from codi.sheets.xlsx_file import MAX_ROW_COUNT, write_xlsx
from codi.thai.dates import short_date
from codi.ui import downloads

__all__ = [
    "XLSX_ROWS",
    "Export",
    "ExportColumn",
    "LargeExport",
    "csv_response",
    "long_address",
    "moment_of_export",
    "offer_long",
    "xlsx_file",
    "xlsx_response",
]

XLSX_ROWS = MAX_ROW_COUNT
_LOCK = 20_451
"""The first half of the key of the lock of large exports; the second is the person."""
_long: list[Callable[[], str]] = []


def offer_long(address: Callable[[], str]) -> None:
    """Say where a list sends people who ask for a file that takes long; the last one counts."""
    _long[:] = [address]


def long_address() -> str:
    """Where to ask for a long file; empty when no room does long work."""
    return _long[0]() if _long else ""


class LargeExport:
    """The pieces of a large file; while they are sent, its person gets no second one.

    The lock is the database's, so it holds over all processes and goes with a lost connection.
    """

    def __init__(self, pieces: Iterator[str], person: int) -> None:
        self._pieces, self._person = pieces, person

    @staticmethod
    def begin(person: int) -> bool:
        """Take the person's lock; False when another large export of theirs is being sent."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, person])
            return bool(cursor.fetchone()[0])

    def __iter__(self) -> Iterator[str]:
        return self._pieces

    def close(self) -> None:
        """Give the lock back; called when the answer is sent or broken off."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, self._person])


def csv_response(export: Export, *, large_for: int | None = None) -> StreamingHttpResponse:
    """The list as csv with a byte order mark, which Thai needs in spreadsheet programs.

    ``large_for`` is the person whose lock :meth:`LargeExport.begin` took; it is given back at the
    end.
    """
    pieces = csv_pieces(export)
    content = pieces if large_for is None else LargeExport(pieces, large_for)
    response = StreamingHttpResponse(content, content_type=downloads.CSV)
    name = downloads.file_name(export.file_title, extension="csv")
    response["Content-Disposition"] = downloads.disposition(name)
    response["Cache-Control"] = "private, no-store"
    return response


def xlsx_response(export: Export) -> FileResponse:
    """The list as xlsx, with the sheet "เงื่อนไข" that says what the file holds."""
    name = downloads.file_name(export.file_title, extension="xlsx")
    return downloads.file_response(xlsx_file(export), name=name, content_type=downloads.XLSX)


def xlsx_file(export: Export) -> IO[bytes]:
    """The workbook in a temporary file that goes when it is closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_xlsx(export, file)
    file.seek(0)
    return file


def moment_of_export() -> str:
    """Now, by the clock of Thailand, as the conditions print it."""
    now = timezone.localtime()
    return f"{short_date(now.date())} เวลา {now:%H.%M} น."
