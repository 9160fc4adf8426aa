"""What a cross table shows of each group: counts, sums, averages, different ones, shares of sums.

A measure names the aggregates it is made of (its parts) and how they become the cell. Sums and
counts of groups add up to those of their totals; a count of different ones does not and is asked
of the database for every level. An average or a percentage is worked out of its parts at every
level, so that no average of averages can occur.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Aggregate, Count, Sum

from codi.figures.grid import Cell, Unit, share

SATANG = Decimal("0.01")


def _first(parts: Sequence[Any]) -> Cell:
    found: Cell = parts[0]
    return found


def _quotient(parts: Sequence[Any]) -> Cell:
    """Sum by count, half up to the satang; nil where nothing is counted."""
    whole, count = parts
    if not count or whole is None:
        return None
    mean: Decimal = Decimal(whole) / count
    return mean.quantize(SATANG, ROUND_HALF_UP)


def _percentage(parts: Sequence[Any]) -> Cell:
    part, whole = parts
    return share(part, whole)


@dataclass(frozen=True)
class Measure:
    """One number of a cell; use the functions below to make one.

    ``adds_up`` says that the cells add up to their totals, ``parts_add_up`` that its parts do.
    """

    key: str
    title: str
    unit: Unit
    parts: tuple[Aggregate, ...]
    combine: Callable[[Sequence[Any]], Cell] = _first
    definition: str = ""
    adds_up: bool = True
    parts_add_up: bool = True


def count_of(title: str, *, key: str = "count", definition: str = "") -> Measure:
    """How many records; the title names them."""
    return Measure(key, title, Unit.COUNT, (Count("pk"),), definition=definition)


def sum_of(
    key: str, title: str, path: str, *, unit: Unit = Unit.BAHT, definition: str = ""
) -> Measure:
    """The sum of a field; nil where no record has it."""
    return Measure(key, title, unit, (Sum(path),), definition=definition)


def mean_of(key: str, title: str, path: str, *, definition: str = "") -> Measure:
    """The average of an amount over the records that have one, to the satang."""
    parts = (Sum(path), Count(path))
    return Measure(key, title, Unit.BAHT, parts, _quotient, definition, adds_up=False)


def distinct_of(key: str, title: str, path: str, *, definition: str = "") -> Measure:
    """How many different ones stand behind the records; they do not add up over groups."""
    parts = (Count(path, distinct=True),)
    return Measure(
        key,
        title,
        Unit.COUNT,
        parts,
        definition=definition,
        adds_up=False,
        parts_add_up=False,
    )


def percent_of(key: str, title: str, part: str, whole: str, *, definition: str = "") -> Measure:
    """The sum of ``part`` in percent of the sum of ``whole``."""
    parts = (Sum(part), Sum(whole))
    return Measure(key, title, Unit.PERCENT, parts, _percentage, definition, adds_up=False)
