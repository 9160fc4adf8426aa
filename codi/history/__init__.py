"""Who changed what, when, from what to what, and why: written by triggers of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

import pghistory
from django.db import DatabaseError, connection, models

if TYPE_CHECKING:
    from codi.accounts.models import User

Tracked = TypeVar("Tracked", bound=type[models.Model])


PARTS: dict[type[models.Model], str] = {}
"""Models whose records are shown in the history of a whole, with the key that leads to it."""


def tracked(*, exclude: tuple[str, ...] = (), part_of: str = "") -> Callable[[Tracked], Tracked]:
    """Keep every insert, update and delete of a model in an append-only table beside it.

    Triggers write the events, so bulk writes and plain SQL are recorded as well. Fields in
    ``exclude`` (secrets, noise) are neither stored nor do they make an event. ``part_of`` names the
    foreign key to the record whose history shows this model's records too (an instalment's project).
    """

    def decorate(model: Tracked) -> Tracked:
        follow = pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            exclude=list(exclude) or None,
        )
        result: Tracked = follow(model)
        if part_of:
            PARTS[result] = part_of
        return result

    return decorate


@contextmanager
def acting(user: User | None, *, door: str = "", reason: str = "") -> Iterator[None]:
    """Name the actor of every change inside the block.

    ``door`` is the way in (web, command, job, import), ``reason`` the person's own words. Blocks
    nest: an inner one replaces the actor until it ends, and keeps the outer door and reason unless
    it brings its own.
    """
    actor = {"actor_id": user.pk, "actor": user.full_name} if user else {"actor": "ระบบ"}
    told = {"door": door, "reason": reason}
    metadata = actor | {name: text for name, text in told.items() if text}
    outermost = True
    try:
        with pghistory.context() as current:
            outer = dict(current.metadata)
            outermost = not outer
            current.metadata.pop("actor_id", None)
            current.metadata.update(metadata)
            try:
                yield
            finally:
                current.metadata.clear()
                current.metadata.update(outer)
    finally:
        if outermost:
            _forget_actor()


def _forget_actor() -> None:
    """Take the name back from the rest of the transaction, which was not this person's doing."""
    if not connection.in_atomic_block or connection.needs_rollback:
        return
    # In a transaction that has failed already nothing can be set, and nothing more be written.
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', '', true), "
            "set_config('pghistory.context_metadata', '', true)"
        )
