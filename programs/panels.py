"""Boxes that rooms above this one add to the page of a programme, such as the money of its frames.

An app puts a module ``programme_panels.py`` beside its ``urls.py`` and decorates functions in it::

    @programme_panel
    def frames(programme: Programme, user: User) -> Panel | None: ...
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from codi.accounts.models import User
    from programs.models import Programme


@dataclass(frozen=True)
class Panel:
    """What to draw: a template, its context (as ``panel``) and its style sheet."""

    template: str
    context: dict[str, Any]
    style: str = ""


class PanelFunction(Protocol):
    """Makes a panel of one programme for one person, with a constant number of queries."""

    def __call__(self, programme: Programme, user: User) -> Panel | None: ...


_panels: dict[str, PanelFunction] = {}


def programme_panel(make: PanelFunction) -> PanelFunction:
    """Register a panel; it answers None where it has nothing to show."""
    _panels[f"{getattr(make, '__module__', '')}.{getattr(make, '__qualname__', '')}"] = make
    return make


def panels_of(programme: Programme, user: User) -> Sequence[Panel]:
    """The panels of a programme's page that have something to show this person."""
    made = [make(programme, user) for make in _panels.values()]
    return [panel for panel in made if panel is not None]
