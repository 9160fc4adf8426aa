"""Pure arithmetic of distribution: whole numbers that add up exactly, and who is chosen.

Nothing here knows what is distributed. Weights are whole numbers, so that every result is exact
and the same on every machine.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Whole shares of ``total`` in proportion to the weights (Hamilton's method).

    Each share is its quota rounded up or down, and they add up to the total. Without any weight
    above zero all count the same. Raises ``ValueError`` when there is nobody to give to.
    """
    if total and not weights:
        raise ValueError(f"nobody takes a share of {total}")
    whole = sum(weights)
    if not whole:
        weights, whole = [1] * len(weights), len(weights)
    parts = [divmod(total * weight, whole) for weight in weights] if weights else []
    shares = [share for share, _ in parts]
    first = sorted(range(len(parts)), key=lambda at: (-parts[at][1], at))
    for at in first[: total - sum(shares)]:
        shares[at] += 1
    return shares


def spread(total: int, weights: Sequence[int], caps: Sequence[int]) -> list[int]:
    """Shares of ``total`` in proportion to the weights, none above its cap.

    What does not fit under a cap goes to the others. Those with weight come first; when they are
    full, the rest share alike. Raises ``ValueError`` when the caps hold less than the total.
    """
    if not 0 <= total <= sum(caps):
        raise ValueError(f"{total} does not fit under caps of {sum(caps)}")
    shares = [0] * len(caps)
    open_ = [at for at, cap in enumerate(caps) if cap]
    weighted = [at for at in open_ if weights[at]]
    while total:
        taking, pull = (weighted, weights) if weighted else (open_, [1] * len(caps))
        whole = sum(pull[at] for at in taking)
        full = {at for at in taking if total * pull[at] >= caps[at] * whole}
        if not full:
            given = largest_remainder(total, [pull[at] for at in taking])
            for at, share in zip(taking, given, strict=True):
                shares[at] = share
            return shares
        for at in full:
            shares[at] = caps[at]
        total -= sum(caps[at] for at in full)
        weighted = [at for at in weighted if at not in full]
        open_ = [at for at in open_ if at not in full]
    return shares


def table(rows: Sequence[int], columns: Sequence[int]) -> list[list[int]]:
    """A table of whole numbers with these sums of rows and columns, each near its proportion.

    Raises ``ValueError`` when the two do not add up to the same.
    """
    if sum(rows) != sum(columns):
        raise ValueError(f"rows add up to {sum(rows)}, columns to {sum(columns)}")
    left = list(rows)
    filled = []
    for column in columns:
        part = spread(column, left, left)
        left = [had - given for had, given in zip(left, part, strict=True)]
        filled.append(part)
    return [list(row) for row in zip(*filled, strict=True)]


def before(now: Sequence[int], total_before: int, fallers: frozenset[int]) -> list[int]:
    """Earlier values of a series whose values now are known and whose earlier sum is told.

    Where the sum rises, every earlier value is at most the present one; where it falls, the values
    at ``fallers`` (places in the sequence) were higher and no other was.
    """
    grown = sum(now) - total_before
    if grown >= 0:
        gains = spread(grown, now, now)
        return [value - gain for value, gain in zip(now, gains, strict=True)]
    weights = [value + 1 if at in fallers else 0 for at, value in enumerate(now)]
    losses = largest_remainder(-grown, weights)
    return [value + loss for value, loss in zip(now, losses, strict=True)]


def arcs(count: int, lacking: Sequence[int]) -> list[list[bool]]:
    """Who has which of several things when so many of ``count`` lack each, and nobody has all.

    The lacking lie one after the other round a circle. Raises ``ValueError`` when they are too few
    to reach everybody, or more than there are.
    """
    if sum(lacking) < count or any(lack > count for lack in lacking):
        raise ValueError(f"{list(lacking)} cannot leave each of {count} without something")
    start = 0
    columns = []
    for lack in lacking:
        column = [True] * count
        for at in range(start, start + lack):
            column[at % count] = False
        start += lack
        columns.append(column)
    return [list(row) for row in zip(*columns, strict=True)]


def sizes(count: int, dice: random.Random, sigma: float = 0.5) -> list[int]:
    """Weights of things of unequal size, as registers have them: a few large, many small ones."""
    return [max(1, round(1000 * math.exp(dice.gauss(0, sigma)))) for _ in range(count)]
