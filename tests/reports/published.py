"""The printed tables of the quarterly report of 2562, with its slips put right."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "quarterly_2562"
CODES = {
    "กรุงเทพฯ ปริมณฑล และตะวันออก": "BKE",
    "กลางและตะวันตก": "CW",
    "ตะวันออกเฉียงเหนือ": "NE",
    "ใต้": "S",
    "เหนือ": "N",
    "รวม": "total",
}


def _rows(name: str) -> list[dict[str, str]]:
    (file,) = FOLDER.glob(f"{name}*.csv")
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def by_region(name: str, *columns: str) -> dict[str, tuple[Decimal, ...]]:
    """Region code or ``total`` → these columns; a dash is zero, a slip its right value."""
    slips = {
        (row["row"], row["column"]): row["computed"]
        for row in _rows("slips")
        if row["table"] == name
    }
    return {
        CODES[row["region"]]: tuple(
            Decimal(slips.get((row["region"], column), row[column]) or 0) for column in columns
        )
        for row in _rows(name)
    }


def columns_of(name: str) -> tuple[str, ...]:
    """The columns with numbers of a table whose rows are regions."""
    return tuple(column for column in _rows(name)[0] if column != "region")


def regions_only(name: str, *columns: str) -> dict[str, tuple[Decimal, ...]]:
    """The same without the printed total."""
    found = by_region(name, *columns)
    found.pop("total", None)
    return found


def by_line(name: str, key: str, *columns: str) -> dict[str, tuple[Decimal, ...]]:
    """A table whose rows are measures."""
    return {row[key]: tuple(Decimal(row[one]) for one in columns) for row in _rows(name)}
