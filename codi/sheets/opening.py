"""What the child process does with an upload: judge it, and spool its lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from codi.sheets import delimited
from codi.sheets.lines import SPOOL, UPLOAD, encoded
from codi.sheets.raw import Hidden, RawSheet

_CLEAN = "clean.xlsx"


def read(argument: dict[str, Any]) -> dict[str, Any]:
    """Read the file ``upload`` into ``lines.jsonl``, both in the present folder.

    ``argument["kind"]`` is ``xlsx`` or ``csv``. Returns the visible sheets with where their lines
    lie in the spool, and the first cells of the hidden one called ``argument["hidden"]``. Raises
    :class:`codi.errors.Refused`.
    """
    sheets: list[dict[str, Any]] = []
    hidden: list[list[str]] = []
    with Path(SPOOL).open("wb") as spool:
        for sheet in _sheets(argument["kind"]):
            if isinstance(sheet, Hidden):
                if sheet.name == argument.get("hidden"):
                    hidden = list(sheet.first_cells)
            else:
                begin = spool.tell()
                _spool(sheet, spool)
                sheets.append({"name": sheet.name, "begin": begin, "end": spool.tell()})
    return {"sheets": sheets, "hidden": hidden}


def _sheets(kind: str) -> Iterator[RawSheet | Hidden]:
    if kind == "csv":
        content = Path(UPLOAD).read_bytes()
        return iter([RawSheet("", delimited.lines_of(content))])
    # What reads archives and XML takes half of the start of a child: text files need none of it.
    from codi.sheets import workbooks

    return workbooks.sheets_of(Path(UPLOAD), Path(_CLEAN))


def _spool(sheet: RawSheet, spool: IO[bytes]) -> None:
    for number, cells in sheet.lines:
        while cells and cells[-1] is None:
            cells.pop()
        spool.write(encoded(number, cells))
