"""Every write to editions: making and judging a draft, freezing and issuing it."""

from reports.services.comparing import COMPARE, keep_comparison, request_comparison
from reports.services.drafts import (
    allow_waiver,
    approve,
    ask_waiver,
    create_edition,
    replace_edition,
    request_draft_file,
    send_back,
    submit,
    update_text,
)
from reports.services.issuing import complete_issue, issue, request_issue_files, withdraw_issue
from reports.services.later import READ, note_later_changes, request_reading
from reports.services.quarters import close_quarter, reopen_quarter, set_due_day
from reports.services.rendering_jobs import RENDER

__all__ = [
    "COMPARE",
    "READ",
    "RENDER",
    "allow_waiver",
    "approve",
    "ask_waiver",
    "close_quarter",
    "complete_issue",
    "create_edition",
    "issue",
    "keep_comparison",
    "note_later_changes",
    "reopen_quarter",
    "replace_edition",
    "request_comparison",
    "request_draft_file",
    "request_issue_files",
    "request_reading",
    "send_back",
    "set_due_day",
    "submit",
    "update_text",
    "withdraw_issue",
]
