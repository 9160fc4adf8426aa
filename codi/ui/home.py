"""The cards of the home page: what waits for me, what is late, what was issued.

An app puts a module ``home_cards.py`` beside its ``urls.py`` and decorates functions in it::

    @home_card("regional_officer", "regional_manager", position=20)
    def late_payments(user: User, *, today: date) -> HomeCard: ...

A card is shown even when it is empty: an empty card says that nothing waits, which is an answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Tone = Literal["calm", "info", "good", "warn", "bad"]


@dataclass(frozen=True)
class HomeItem:
    """One line of a card: a link, with a short note below it."""

    title: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class HomeCard:
    """One box of the home page.

    ``count`` is the whole number of things (not only of the few ``items`` shown); ``url`` leads to
    the list of all of them; ``tone`` colours the box and says nothing that the words do not.
    """

    title: str
    empty_text: str
    count: int = 0
    items: Sequence[HomeItem] = field(default_factory=tuple)
    url: str = ""
    url_label: str = "ดูทั้งหมด"
    tone: Tone = "info"
    icon: str = "inbox"


@dataclass(frozen=True)
class HomePanel:
    """A wide box above the cards: a template, its context and style sheet."""

    template: str
    context: dict[str, Any]
    style: str = ""


class PanelFunction(Protocol):
    """Makes a panel for one person as of one day, with a constant number of queries."""

    def __call__(self, user: Any, *, today: dt.date) -> HomePanel | None: ...


_panels: dict[str, PanelFunction] = {}


def home_panel(make: PanelFunction) -> PanelFunction:
    """Register a panel for everybody; it answers None where it has nothing to show."""
    _panels[f"{getattr(make, '__module__', '')}.{getattr(make, '__qualname__', '')}"] = make
    return make


def panels_for(user: Any, *, today: dt.date) -> Sequence[HomePanel]:
    """The panels of a person's home page."""
    made = [make(user, today=today) for make in _panels.values()]
    return [panel for panel in made if panel is not None]


class CardFunction(Protocol):
    """Makes a card for one person as of one day, with a constant number of queries."""

    def __call__(self, user: Any, *, today: dt.date) -> HomeCard | None: ...


@dataclass(frozen=True)
class _Registered:
    roles: frozenset[str]
    position: int
    make: CardFunction


_cards: dict[str, _Registered] = {}


def home_card(*roles: str, position: int = 100) -> Callable[[CardFunction], CardFunction]:
    """Register a card for ``roles`` (for everybody when none is named)."""

    def decorate(make: CardFunction) -> CardFunction:
        name = f"{getattr(make, '__module__', '')}.{getattr(make, '__qualname__', '')}"
        _cards[name] = _Registered(frozenset(roles), position, make)
        return make

    return decorate


def cards_for(user: Any, *, today: dt.date) -> Sequence[HomeCard]:
    """The cards of a person's home page, in order."""
    mine = [card for card in _cards.values() if not card.roles or user.role in card.roles]
    made = [card.make(user, today=today) for card in sorted(mine, key=lambda card: card.position)]
    return [card for card in made if card is not None]
