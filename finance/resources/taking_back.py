"""How a written file of projects or payments is taken back: by entries and acts that compensate."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from codi.accounts.models import User
from codi.imports import UndoOf
from codi.writing import locked
from finance import services
from finance.models import Instalment, LedgerEntry
from programs import services as programs
from programs.models import Committee, Meeting, Organisation, Project

Pairs = Sequence[tuple[Any, dict[str, Any]]]


def reverse(records: Sequence[Any], actor: User, reason: str, today: dt.date) -> None:
    """Entries of the ledger are never deleted: each is undone by its mirror image of today."""
    for entry in sorted(records, key=lambda entry: -entry.pk):
        services.reverse_entry(
            actor=actor,
            entry=entry,
            effective_on=today,
            note=f"ย้อนกลับไฟล์นำเข้า: {reason}"[:300],
            request_key=uuid.uuid4(),
            today=today,
        )


def drop_instalments(records: Sequence[Any], actor: User, reason: str, today: dt.date) -> None:
    """Take planned instalments away; one that money went through stays with its reversals."""
    for line in records:
        # Held before its plan is read: what others wrote until then stays in the plan.
        project = locked(line.project)
        if not line.entries.exists():
            kept = [one for one in services.present_plan(project) if one.number != line.number]
            services.record_plan(project=project, plan=kept)


def restore_instalments(pairs: Pairs, actor: User, reason: str, today: dt.date) -> None:
    """Put the planned amounts and days back; what goes down first, so that no sum is passed."""

    def rise(pair: tuple[Any, dict[str, Any]]) -> Any:
        line, facts = pair
        return facts.get("planned_baht", line.planned_baht) - line.planned_baht

    for line, facts in sorted(pairs, key=rise):
        services.restore_line(instalment=line, facts=facts)


def withdraw_projects(records: Sequence[Any], actor: User, reason: str, today: dt.date) -> None:
    """Remove projects without money; one with entries is cancelled, so that its ledger stays."""
    for project in records:
        if project.entries.exists():
            programs.cancel_project(
                actor=actor, project=project, reason=f"ย้อนกลับไฟล์นำเข้า: {reason}", today=today
            )
        else:
            programs.remove_recorded_project(project=project)


def restore_projects(pairs: Pairs, actor: User, reason: str, today: dt.date) -> None:
    """Put the facts back; what a payment started stays started, as after a reversal by hand."""
    for project, facts in pairs:
        told = {
            name: value for name, value in facts.items() if name not in ("status", "started_on")
        }
        programs.restore_project(project=project, facts=told)


def leave(records: Sequence[Any], actor: User, reason: str, today: dt.date) -> None:
    """Nothing of this kind is made by such a file."""


def _remove(model: Any) -> Any:
    def remove(records: Sequence[Any], actor: User, reason: str, today: dt.date) -> None:
        programs.remove_recorded(model=model, records=records)

    return remove


_LEDGER = UndoOf(LedgerEntry, fields=(), unmake=reverse, lock_first="project")

OF_PAYMENTS = (_LEDGER, UndoOf(Project, fields=(), unmake=leave, kept=True))

OF_PROJECTS = (
    _LEDGER,
    UndoOf(
        Instalment,
        fields=("planned_baht", "planned_on", "condition", "evidence", "evidence_cleared_on"),
        unmake=drop_instalments,
        restore=restore_instalments,
        lock_first="project",
    ),
    UndoOf(
        Project,
        fields=(
            "title", "organisation", "objectives", "target_people_count", "status", "approved_baht",
            "target_subdistrict_count", "target_household_count", "requested_baht", "recorded_on",
        ),
        unmake=withdraw_projects,
        restore=restore_projects,
    ),
    UndoOf(Organisation, fields=("name", "kind", "contact"), unmake=_remove(Organisation), kept=True),
    UndoOf(Meeting, fields=("starts_on", "ends_on"), unmake=_remove(Meeting), kept=True),
    UndoOf(Committee, fields=("name",), unmake=_remove(Committee), kept=True),
)  # fmt: skip
