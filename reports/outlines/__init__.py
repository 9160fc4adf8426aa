"""Outlines: what a report is made of, in order."""

from __future__ import annotations

from reports.outlines.outline import (
    ChartSlot,
    Drawing,
    FigureSlot,
    Outline,
    TextSlot,
    UnknownOutline,
    When,
)
from reports.outlines.quarterly import QUARTERLY
from reports.outlines.regional_status import REGIONAL_STATUS

OUTLINES: dict[str, Outline] = {outline.key: outline for outline in (REGIONAL_STATUS, QUARTERLY)}


def get(key: str) -> Outline:
    """The outline of a key; raises :class:`UnknownOutline`."""
    try:
        return OUTLINES[key]
    except KeyError:
        raise UnknownOutline(key) from None


__all__ = [
    "OUTLINES",
    "ChartSlot",
    "Drawing",
    "FigureSlot",
    "Outline",
    "TextSlot",
    "UnknownOutline",
    "When",
    "get",
]
