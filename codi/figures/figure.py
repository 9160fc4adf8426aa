"""What a figure is: a table declared once, its scope, and the registry of all figures."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.db.models import QuerySet

from codi.figures.grid import Basis, Grid


@dataclass(frozen=True)
class FigureScope:
    """Which part of the work a figure looks at, as plain keys; ``None`` means all.

    ``programme`` is the key of a programme, ``region`` and ``province`` are official codes,
    ``fiscal_year`` is the Buddhist-era number of the projects' year.
    """

    programme: int | str | None = None
    region: str | None = None
    province: str | None = None
    fiscal_year: int | None = None


class UnknownFigure(LookupError):
    """No figure is registered under that key."""


class Figure(ABC):
    """One table of a report: ``compute`` makes its grid, ``records`` leads from a cell to its rows.

    ``unit`` is the Thai unit of the caption. ``definition`` says in Thai what is counted and from
    which records. ``compute`` asks the database a constant number of times whatever the rows.
    ``takes_programme`` says whether the programme of a scope narrows it.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    unit: ClassVar[str]
    basis: ClassVar[Basis]
    definition: ClassVar[str]
    notes: ClassVar[tuple[str, ...]] = ()
    source: ClassVar[str] = ""
    row_heading: ClassVar[str] = "รายการ"
    takes_programme: ClassVar[bool] = False

    @abstractmethod
    def compute(self, scope: FigureScope, as_of: dt.date) -> Grid:
        """The table for a scope, knowing what was true at the end of the day ``as_of``."""

    @abstractmethod
    def records(self, scope: FigureScope, as_of: dt.date, row: str, column: str) -> QuerySet[Any]:
        """The records behind a cell; their sum or count is the cell. Raises ``KeyError``."""

    def scope_label(self, scope: FigureScope) -> str:
        """Thai name of the scope for captions; figures that know their subject say it better."""
        return ""


_figures: dict[str, Figure] = {}
FigureClass = TypeVar("FigureClass", bound=type[Figure])


def register(figure: FigureClass) -> FigureClass:
    """Class decorator: make the figure known by its key; raises ``ValueError`` on a second one."""
    if figure.key in _figures:
        raise ValueError(f"two figures are called {figure.key}")
    _figures[figure.key] = figure()
    return figure


def get(key: str) -> Figure:
    """The registered figure; raises :class:`UnknownFigure`."""
    try:
        return _figures[key]
    except KeyError:
        raise UnknownFigure(key) from None


def all_figures() -> tuple[Figure, ...]:
    """Every registered figure, in the order of registration."""
    return tuple(_figures.values())
