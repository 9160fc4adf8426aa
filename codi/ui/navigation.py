"""The main navigation: rooms register their entries, a person sees those they may open.

An app puts a module ``navigation.py`` beside its ``urls.py`` and calls :func:`register` in it; the
modules are found at start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class NavItem:
    """One entry; ``can(user)`` answers truthy (a ``Decision``) when the person may open the page.

    ``position`` orders the entries, ``icon`` is a name of the lucide set. The entry counts as
    current on its own address and on every address below it.
    """

    label: str
    url_name: str
    icon: str
    can: Callable[[Any], object]
    position: int = 100


@dataclass(frozen=True)
class NavLink:
    """An entry as the page shows it to one person."""

    label: str
    url: str
    icon: str
    is_current: bool


_items: dict[str, NavItem] = {}
_shortcuts: dict[str, NavItem] = {}


def register(*items: NavItem) -> None:
    """Add entries; the same ``url_name`` again replaces the earlier one."""
    for item in items:
        _items[item.url_name] = item


def register_shortcuts(*items: NavItem) -> None:
    """Add what people begin most often; the home page offers it to those who may."""
    for item in items:
        _shortcuts[item.url_name] = item


def shortcuts_for(user: Any) -> Sequence[NavLink]:
    """The shortcuts of a person's home page, in order; asks no database."""
    mine = sorted(_shortcuts.values(), key=lambda item: item.position)
    return [
        NavLink(item.label, url, item.icon, is_current=False)
        for item in mine
        if (url := _address(item.url_name)) and item.can(user)
    ]


def navigation_for(request: HttpRequest) -> Sequence[NavLink]:
    """The entries that the person of ``request`` may open, in order; asks no database."""
    user = request.user
    if not user.is_authenticated:
        return []
    links = []
    for item in sorted(_items.values(), key=lambda item: (item.position, item.label)):
        url = _address(item.url_name)
        if url and item.can(user):
            links.append(NavLink(item.label, url, item.icon, _covers(url, request.path)))
    return links


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _covers(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
