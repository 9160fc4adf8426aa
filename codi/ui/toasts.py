"""A message that offers an act, such as taking back what was just done: the toast below the page.

It stays until the next page or until it is closed: nobody is hurried (WCAG 2.2.1).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest

_MARK = "act:"


@dataclass(frozen=True)
class Act:
    """A button that posts to an address."""

    url: str
    label: str


def offer(request: HttpRequest, text: str, *, url: str, label: str) -> None:
    """Say ``text`` on the next page with a button that posts to ``url``."""
    messages.success(request, text, extra_tags=f"{_MARK}{url} {label}")


def act_of(tags: str) -> Act | None:
    """The act in the tags of a message; None for a plain one."""
    if not tags.startswith(_MARK):
        return None
    url, _, label = tags.removeprefix(_MARK).partition(" ")
    return Act(url, label)
