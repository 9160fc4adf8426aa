"""Who changed what, when, from what to what, and why: written by triggers of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import pghistory
from django.db import models

if TYPE_CHECKING:
    from codi.accounts.models import User

Tracked = TypeVar("Tracked", bound=type[models.Model])


def tracked(*, exclude: tuple[str, ...] = ()) -> Callable[[Tracked], Tracked]:
    """Keep every insert, update and delete of a model in an append-only table beside it.

    Triggers write the events, so bulk writes and plain SQL are recorded as well. Fields in
    ``exclude`` (secrets, noise) are neither stored nor do they make an event.
    """

    def decorate(model: Tracked) -> Tracked:
        follow = pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            exclude=list(exclude) or None,
        )
        result: Tracked = follow(model)
        return result

    return decorate


@contextmanager
def acting(user: User | None, *, door: str, reason: str = "") -> Iterator[None]:
    """Name the actor of every change inside the block.

    ``door`` is the way in (web, command, job, import), ``reason`` the person's own words. Blocks
    nest: an inner one adds to the outer.
    """
    actor = {"actor_id": user.pk, "actor": user.full_name} if user else {"actor": "ระบบ"}
    metadata = {**actor, "door": door, **({"reason": reason} if reason else {})}
    with pghistory.context(**metadata):
        yield
