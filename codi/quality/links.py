"""Addresses within the inbox: from a number of the overview to the findings it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from codi.figures.html import Link
from codi.quality.declared import Topic

if TYPE_CHECKING:
    from codi.accounts.models import User


def list_address(**words: str) -> str:
    """The list, filtered."""
    query = urlencode({name: value for name, value in words.items() if value})
    return f"{reverse('quality:list')}?{query}" if query else reverse("quality:list")


_OF_COLUMN = {
    "open": {},
    "serious": {"severity": "serious"},
    "explained": {"state": "explained"},
    **{topic.value: {"topic": topic.value} for topic in Topic},
}


def place_link(user: User) -> Link:
    """From a cell of the table by places to its findings; those of no province have no list."""
    place = "region" if user.sees_nation else "province"

    def address(row: str, column: str) -> str | None:
        if row == "unset" or column not in _OF_COLUMN:
            return None
        where = {} if row == "total" else {place: row}
        return list_address(**where, **_OF_COLUMN[column])

    return address
