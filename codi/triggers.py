"""Rules that a single row cannot check, written as triggers that refuse with a name and a Thai text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pgtrigger


def raises(name: str, message: str) -> str:
    """The PL/pgSQL statement that refuses a write under the rule's ``name``.

    The database reports it like a broken check constraint, so ``codi.constraints`` finds the name.
    """
    text = message.replace("'", "''")
    return f"RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = '{name}', MESSAGE = '{text}';"


def row_rule(
    name: str,
    *,
    broken: str,
    message: str,
    operation: pgtrigger.Operation | pgtrigger.Operations = pgtrigger.Insert | pgtrigger.Update,
    condition: pgtrigger.Condition | None = None,
) -> pgtrigger.Trigger:
    """A rule on the new row: refuse when the SQL expression ``broken`` is true."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        condition=condition,
        func=f"IF {broken} THEN {raises(name, message)} END IF; RETURN NEW;",
    )


def transition_is_unknown(transitions: Mapping[str, Sequence[str]], column: str = "status") -> str:
    """The SQL that is true when a row moves to a state not listed after its old one."""
    pairs = ", ".join(f"('{old}', '{new}')" for old, news in transitions.items() for new in news)
    return f"(OLD.{column}, NEW.{column}) NOT IN ({pairs})"


def append_only(name: str, message: str) -> pgtrigger.Trigger:
    """Rows of the table are only added: change and deletion are refused."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=raises(name, message),
    )
