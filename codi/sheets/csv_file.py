"""A table as csv, in pieces: Excel's dialect, with the byte order mark that Thai needs there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from codi.sheets.export import Export, thai_day
from codi.sheets.guard import all_guarded, guarded

_BOM = "\ufeff"
_END = "\r\n"
_SPECIAL = re.compile('[",\r\n]')


def csv_pieces(export: Export) -> Iterator[str]:
    """The file in pieces; rows are read as they are written, and none is kept."""
    yield _BOM + ",".join(_quoted([guarded(name) for name in export.headings()])) + _END
    kinds = [column.kind for column in export.columns]
    for batch in export.batches():
        columns: list[Sequence[str]] = []
        for kind, values in zip(kinds, zip(*batch, strict=True), strict=True):
            columns += _WRITTEN[kind](values)
        yield _END.join(map(",".join, zip(*columns, strict=True))) + _END


def _quoted(texts: Sequence[str]) -> Sequence[str]:
    """Texts as fields (RFC 4180); the column is looked through at once, since few need quotes."""
    together = "".join(texts)
    if not any(sign in together for sign in '",\r\n'):
        return texts
    return [
        '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text for text in texts
    ]


def _texts(values: Sequence[Any]) -> list[Sequence[str]]:
    texts = ["" if value is None else str(value) for value in values]
    return [_quoted(all_guarded(texts))]


def _numbers(values: Sequence[Any]) -> list[Sequence[str]]:
    """A number stays one: −500 has no apostrophe."""
    return [["" if value is None else _number(value) for value in values]]


def _number(value: Any) -> str:
    if not isinstance(value, (Decimal, int)):
        return _quoted([guarded(str(value))])[0]
    text = str(value)
    return format(value, "f") if "E" in text else text


def _days(values: Sequence[Any]) -> list[Sequence[str]]:
    """A day, and its พ.ศ. text beside it."""
    return [
        ["" if day is None else day.isoformat() for day in values],
        ["" if day is None else thai_day(day) for day in values],
    ]


_WRITTEN: dict[str, Callable[[Sequence[Any]], list[Sequence[str]]]] = {
    "text": _texts,
    "number": _numbers,
    "baht": _numbers,
    "percent": _numbers,
    "date": _days,
}
