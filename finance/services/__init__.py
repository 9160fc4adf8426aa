"""Every write to money: instalments, the ledger, budget moves, and the steps of life they guard."""

from finance.services.frames import move_budget
from finance.services.instalments import (
    PlannedInstalment,
    add_instalment,
    clear_evidence,
    close_project,
    next_number,
    plan_instalments,
    present_plan,
    record_plan,
    restore_line,
    update_instalment,
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
    "add_instalment",
    "clear_evidence",
    "close_project",
    "move_budget",
    "next_number",
    "plan_instalments",
    "present_plan",
    "record_adjustment",
    "record_document_payment",
    "record_payment",
    "record_plan",
    "record_return",
    "restore_line",
    "reverse_entry",
    "update_instalment",
]
