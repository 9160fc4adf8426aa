"""Boxes on the page of a council, one per kind of its work: groups, letters, meetings, missions …

An app puts a module ``council_panels.py`` beside its ``urls.py`` and decorates functions in it::

    @council_panel(position=200)
    def meetings(council: Council, user: User, today: dt.date) -> Panel | None: ...

The template of a panel gets its context as ``panel``, and ``council``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from programs.panels import Panel

if TYPE_CHECKING:
    from codi.accounts.models import User
    from councils.models import Council

# Makes a panel of one council for one person, with a constant number of queries.
PanelFunction = Callable[["Council", "User", dt.date], Panel | None]
_panels: dict[str, tuple[int, PanelFunction]] = {}


def council_panel(*, position: int) -> Callable[[PanelFunction], PanelFunction]:
    """Register a panel at its place among the others; it answers None with nothing to show."""

    def register(make: PanelFunction) -> PanelFunction:
        _panels[f"{make.__module__}.{make.__qualname__}"] = (position, make)
        return make

    return register


def panels_of(council: Council, user: User, today: dt.date) -> Sequence[Panel]:
    """The panels of a council's page that have something to show this person, in order."""
    in_order = sorted(_panels.values(), key=lambda entry: entry[0])
    made = [make(council, user, today) for _position, make in in_order]
    return [panel for panel in made if panel is not None]
