"""What a person keeps of a list, as the list sees it: columns, order, page size, saved filters.

A room above registers the one who knows (:func:`register_keeper`); without one nothing is kept and
every list looks as it was declared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SavedLink:
    """A saved filter on the bar of its list: its address, and for whom it is."""

    name: str
    url: str
    query: str
    audience: str
    is_default: bool = False


@dataclass(frozen=True)
class Kept:
    """What one person keeps of one list.

    ``columns`` are those to show, in order, and nothing means all; ``default_query`` opens where
    the list is asked for without a word. The addresses lead to the forms that change all this.
    """

    columns: Sequence[str] = ()
    sort: str = ""
    page_size: int | None = None
    default_query: str = ""
    filters: Sequence[SavedLink] = ()
    settings_url: str = ""
    save_url: str = ""
    size_url: str = ""


Keeper = Callable[[Any], Kept]
_keepers: list[Keeper] = []


def register_keeper(keeper: Keeper) -> None:
    """Ask this function for what the person of a list page keeps; it replaces an earlier one."""
    _keepers[:] = [keeper]


def kept_of(page: Any) -> Kept:
    """What the person keeps of the list that ``page`` shows."""
    return _keepers[0](page) if _keepers else Kept()
