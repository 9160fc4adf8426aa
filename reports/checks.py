"""What a check before issue says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckResult:
    """One check: its code, what it looks at, whether it holds, and if not, why and what to do."""

    code: str
    title: str
    is_ok: bool
    message: str = ""
