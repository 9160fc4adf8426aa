"""Editions of reports: the issue itself, and the parts that are frozen with it."""

from reports.models.comparison import Comparison
from reports.models.edition_life import FROZEN_STATES, TRANSITIONS, EditionState
from reports.models.editions import Edition
from reports.models.later import (
    LaterChange,
    LaterReading,
    TouchedEdition,
    TouchedQuarter,
    Verb,
)
from reports.models.parts import (
    EditionCheck,
    EditionFile,
    EditionGrid,
    EditionRecord,
    EditionText,
    FileKind,
    TextOrigin,
)
from reports.models.quarters import ReportingQuarter

__all__ = [
    "FROZEN_STATES",
    "TRANSITIONS",
    "Comparison",
    "Edition",
    "EditionCheck",
    "EditionFile",
    "EditionGrid",
    "EditionRecord",
    "EditionState",
    "EditionText",
    "FileKind",
    "LaterChange",
    "LaterReading",
    "ReportingQuarter",
    "TextOrigin",
    "TouchedEdition",
    "TouchedQuarter",
    "Verb",
]
