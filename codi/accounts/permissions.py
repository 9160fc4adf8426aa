"""The answer to "may this person do this?", with the reason when the answer is no."""

from __future__ import annotations

from dataclasses import dataclass

from codi.errors import Refused


@dataclass(frozen=True)
class Decision:
    """Truthy when allowed; else ``reason`` says in Thai why not and who can."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


def allow() -> Decision:
    """Yes."""
    return Decision(True)


def deny(reason: str) -> Decision:
    """No, because …; the reason stands beside the disabled button."""
    return Decision(False, reason)


def all_of(*decisions: Decision) -> Decision:
    """The first no, or yes."""
    return next((decision for decision in decisions if not decision), allow())


def require(decision: Decision) -> None:
    """Raise the decision's reason as a refusal when the answer is no."""
    if not decision:
        raise Refused(decision.reason, code="not_allowed")
