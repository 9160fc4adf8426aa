"""How constraint tests speak: a good row, one part of it broken, the rule that must refuse it.

Rows are written in bulk or changed by a plain update, so that neither a service nor ``save()``
stands before the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pgtrigger
import pytest
from django.db import IntegrityError, models, transaction

from codi.constraints import refusal
from tests.world import World

Facts = Mapping[str, Any] | Callable[[World], Mapping[str, Any]]
Rows = Mapping[str, Callable[[World], models.Model]]


@dataclass(frozen=True)
class Broken:
    """The good row ``row`` with ``changes`` breaks exactly ``rule``.

    ``by`` is ``"insert"`` (the broken row comes new), ``"update"`` (the good row is there and is
    changed), ``"again"`` (the good row is there, a second one comes) or ``"delete"``. ``past`` is a trigger that
    would refuse first, put aside to see the rule itself.
    """

    rule: str
    row: str
    changes: Facts
    by: str = "insert"
    past: str = ""

    @property
    def label(self) -> str:
        """The name of the case in a test run."""
        parts = "-".join(self.changes) if isinstance(self.changes, Mapping) else "computed"
        return f"{self.rule}:{self.row}:{self.by}:{parts}"


def facts(changes: Facts, w: World) -> Mapping[str, Any]:
    """The changes as values of this world."""
    return changes(w) if callable(changes) else changes


def made(rows: Rows, row: str, w: World, changes: Facts = {}) -> models.Model:  # noqa: B006
    """The good row with the changes, not stored."""
    record = rows[row](w)
    for name, value in facts(changes, w).items():
        setattr(record, name, value)
    return record


def store(record: models.Model) -> models.Model:
    """Write the row as it is, past ``save()`` and the services."""
    return type(record)._default_manager.bulk_create([record])[0]


def write(rows: Rows, case: Broken, w: World) -> None:
    """Write what the case describes."""
    if case.by in {"update", "delete", "again"}:
        there = store(rows[case.row](w))
    if case.by in {"insert", "again"}:
        store(made(rows, case.row, w, case.changes))
        return
    found = type(there)._default_manager.filter(pk=there.pk)
    if case.by == "delete":
        found._raw_delete(found.db)
    else:
        found.update(**facts(case.changes, w))


@contextmanager
def refused_by(rule: str) -> Iterator[None]:
    """The database refuses what is written inside under the rule's name, with a Thai message."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
    diagnosis = caught.value.__cause__.diag  # type: ignore[union-attr]
    assert diagnosis.constraint_name == rule
    refused = refusal(caught.value)
    assert refused is not None
    assert refused.code == rule
    assert any("ก" <= letter <= "๙" for letter in refused.message)


def assert_refused(rows: Rows, case: Broken, w: World) -> None:
    """The database refuses the case by its own rule."""
    if case.past:
        # The owner of the tables may put a trigger aside; it is back when the test rolls back.
        ((model, trigger),) = pgtrigger.registered(case.past)
        trigger.disable(model)
    with refused_by(case.rule):
        write(rows, case, w)
