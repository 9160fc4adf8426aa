"""The kinds of notices, declared by the rooms they come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import reverse

AT_ONCE, DAILY, NEVER = "at_once", "daily", "never"


@dataclass(frozen=True)
class NoticeKind:
    """One thing people are told of.

    ``model_label`` names the record it is about, whose default manager must have ``visible_to``;
    ``url_name`` the page of that record, by its primary key. ``roles`` says for whom it is, asked
    when it is read (everybody when empty). ``mail`` is how often it goes by mail unless the person
    chooses otherwise; ``tone`` colours it.
    """

    key: str
    title: str
    model_label: str
    url_name: str
    roles: tuple[str, ...] = ()
    mail: str = DAILY
    tone: str = "info"

    @property
    def model(self) -> type[Model]:
        """The model of the record."""
        return apps.get_model(self.model_label)

    def url(self, subject_id: int) -> str:
        """The page of the record."""
        return reverse(self.url_name, args=[subject_id])

    def is_for(self, role: str) -> bool:
        """Whether a person of the role is told of this."""
        return not self.roles or role in self.roles


KINDS: dict[str, NoticeKind] = {}
Round = Callable[[dt.date], None]
ROUNDS: dict[str, Round] = {}


def declare(kind: NoticeKind) -> NoticeKind:
    """Add a kind; raises ValueError when its key is another's."""
    if KINDS.setdefault(kind.key, kind) != kind:
        raise ValueError(f"Two kinds of notices with the key {kind.key!r}")
    return kind


def kinds_for(role: str) -> list[NoticeKind]:
    """The kinds that a person of the role is told of, by their titles."""
    mine: list[Any] = [kind for kind in KINDS.values() if kind.is_for(role)]
    return sorted(mine, key=lambda kind: kind.title)


def every_morning(tell_all: Round) -> Round:
    """Register a function that tells people each morning what has become late; it may run twice."""
    ROUNDS[f"{tell_all.__module__}.{tell_all.__qualname__}"] = tell_all
    return tell_all
