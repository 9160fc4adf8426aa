"""From a request to the rows that it holds: a plain form, or what the script sends."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict

from codi.entry.declared import EntryGrid
from codi.entry.sheet import Asked

MOST_ROWS = 200
LONGEST_TEXT = 5000
_VERSION = re.compile(r"[0-9]{1,9}")
_NAME = re.compile(r"([rn])(\d{1,15})")


def rows_of_form(grid: EntryGrid, posted: QueryDict) -> list[Asked]:
    """The rows of a posted form, in the order of the page. Raises ``BadRequest``."""
    names = [name.removesuffix("-key") for name in posted if name.endswith("-key")]
    return [
        _asked(
            name,
            version=posted.get(f"{name}-version", ""),
            key=posted.get(f"{name}-key", ""),
            cells={
                key: str(posted[f"{name}-{key}"])
                for key in grid.by_key
                if f"{name}-{key}" in posted
            },
            was={},
        )
        for name in _few(names)
    ]


def rows_of_script(request: HttpRequest) -> list[Asked]:
    """The rows that the script sends as JSON. Raises ``BadRequest`` for anything else."""
    try:
        told = json.loads(request.body)
        return [
            _asked(
                row["name"],
                version=str(row.get("version") or ""),
                key=row["key"],
                cells=_texts(row["cells"]),
                was=_texts(row.get("was") or {}),
            )
            for row in _few(told["rows"])
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadRequest("rows cannot be read") from error


def _few(rows: Any) -> list[Any]:
    if not isinstance(rows, list) or len(rows) > MOST_ROWS:
        raise BadRequest("too many rows")
    return rows


def _texts(told: Any) -> dict[str, str]:
    texts = {str(key): value for key, value in told.items()}
    if not all(isinstance(text, str) and len(text) <= LONGEST_TEXT for text in texts.values()):
        raise BadRequest("a cell is no text")
    return texts


def _asked(
    name: str, *, version: str, key: str, cells: Mapping[str, str], was: Mapping[str, str]
) -> Asked:
    match = _NAME.fullmatch(name)
    try:
        row_key = uuid.UUID(key)
    except ValueError as error:
        raise BadRequest("a row without its key") from error
    if match is None:
        raise BadRequest("a row without its name")
    return Asked(
        name=name,
        pk=int(match[2]) if match[1] == "r" else None,
        version=int(version) if _VERSION.fullmatch(version) else None,
        key=row_key,
        cells={key: text.replace("\x00", "") for key, text in cells.items()},
        was=was,
    )
