"""Every write to money: instalments, the ledger, budget moves, and the steps of life they guard."""

from finance.services.frames import move_budget
from finance.services.instalments import (
    PlannedInstalment,
    clear_evidence,
    close_project,
    plan_instalments,
    record_plan,
)
from finance.services.ledger import (
    record_adjustment,
    record_document_payment,
    record_payment,
    record_return,
    reverse_entry,
)

__all__ = [
    "PlannedInstalment",
    "clear_evidence",
    "close_project",
    "move_budget",
    "plan_instalments",
    "record_adjustment",
    "record_document_payment",
    "record_payment",
    "record_plan",
    "record_return",
    "reverse_entry",
]
