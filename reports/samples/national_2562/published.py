"""The published figures that the sample adds up to, as ``published/`` holds them.

Each file carries the numbers of one table of the quarterly report of fiscal year 2562, quarter 4;
``published/sources.csv`` says which lines of the source they stand on.
"""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "published"
REGIONS = ("BKE", "CW", "NE", "S", "N")
SOURCE = "รายงานผลการดำเนินงานไตรมาส 4 ปีงบประมาณ 2562"


def _lines(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def by_region(name: str) -> dict[str, dict[str, int]]:
    """A table with a row per region: region → column → count (or whole baht)."""
    return {
        line.pop("region"): {column: int(Decimal(cell)) for column, cell in line.items()}
        for line in _lines(name)
    }


@cache
def national(name: str) -> dict[str, dict[str, Decimal]]:
    """A table with a row per measure: measure → column → number."""
    found = {}
    for line in _lines(name):
        key, *columns = line
        found[line[key]] = {column: Decimal(line[column]) for column in columns}
    return found


@cache
def satang_by_region(name: str, columns: tuple[str, ...]) -> dict[str, list[int]]:
    """Amounts in satang: region → one per column."""
    return {
        line["region"]: [satang(Decimal(line[one])) for one in columns] for line in _lines(name)
    }


def satang(baht: Decimal) -> int:
    """An amount in its smallest unit, so that it can be shared out exactly."""
    return int(baht * 100)


@cache
def text() -> dict[str, Any]:
    """What the running text of the report tells."""
    told: dict[str, Any] = json.loads((FOLDER / "text.json").read_text(encoding="utf-8"))
    return told
