"""How each report stands on paper."""

from __future__ import annotations

from reports.layouts import quarterly, regional_status
from reports.layouts.layout import KeyFigure, Layout, Section, Shown, ShownChart
from reports.outlines import Outline
from reports.outlines.quarterly import QUARTERLY
from reports.outlines.regional_status import REGIONAL_STATUS

LAYOUTS: dict[str, Layout] = {
    REGIONAL_STATUS.key: regional_status.LAYOUT,
    QUARTERLY.key: quarterly.LAYOUT,
}


def of(outline: Outline) -> Layout:
    """The layout of an outline."""
    return LAYOUTS[outline.key]


__all__ = ["KeyFigure", "Layout", "Section", "Shown", "ShownChart", "of"]
