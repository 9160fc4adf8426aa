"""What higher rooms add to a list without the list knowing them: ways to narrow it, and tools.

A room that builds on lists registers here; :class:`codi.ui.lists.ListPage` only asks. So the list
stays in the lower room and every list gets the same from above.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import QuerySet

WORD = "by-"
"""What the word of a narrowing begins with in the address: ``?by-quarter=2021-01-01``."""


class Narrowing(Protocol):
    """Takes a list down to one value of something for which it has no filter of its own."""

    @property
    def key(self) -> str:
        """The word in the address, after ``by-``."""

    @property
    def title(self) -> str:
        """What is narrowed, for the chip."""

    def narrow(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """The rows with the value that ``text`` names; none of them when it names none."""

    def shown(self, rows: QuerySet[Any], text: str) -> str:
        """The value in words, learnt from no other rows than those in sight."""


@dataclass(frozen=True)
class Tool:
    """A button beside the export of a list; ``address(page)`` leads there with the list's state.

    An empty address hides it from those who may not go there.
    """

    label: str
    icon: str
    address: Callable[[Any], str]


_narrowings: dict[type, dict[str, Narrowing]] = defaultdict(dict)
_tools: dict[type, list[Tool]] = defaultdict(list)


def add_to_list(
    page: type, *, narrowings: Sequence[Narrowing] = (), tools: Sequence[Tool] = ()
) -> None:
    """Give a list ways to narrow it and tools; a narrowing's key again replaces the earlier one."""
    _narrowings[page] |= {narrowing.key: narrowing for narrowing in narrowings}
    _tools[page] += tools


def narrowings_of(page: type) -> Sequence[Narrowing]:
    """What the list can be narrowed by."""
    return list(_narrowings.get(page, {}).values())


def tools_of(page: type) -> Sequence[Tool]:
    """The tools of the list and of all lists, in the order in which they were added."""
    return [tool for kind in page.__mro__ for tool in _tools.get(kind, [])]
