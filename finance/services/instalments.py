"""The plan of a project's instalments, their evidence, and closing the project."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.errors import Conflict, Refused
from codi.thai.numbers import baht
from codi.writing import change, locked, service
from finance import permissions
from finance.models import Instalment
from programs import services as programs
from programs.models import Project


@dataclass(frozen=True)
class PlannedInstalment:
    """One line of a plan: the instalment's number, baht, day, condition and evidence."""

    number: int
    planned_baht: Decimal
    planned_on: dt.date | None = None
    condition: str = ""
    evidence: str = ""


def _in_words(line: Instalment | PlannedInstalment | None) -> str:
    return f"{baht(line.planned_baht)} บาท" if line else "ไม่มี"


def _check_versions(
    present: Mapping[int, Instalment],
    wanted: Mapping[int, PlannedInstalment],
    expected: Mapping[int, int],
) -> None:
    """Raise ``Conflict`` when the stored plan is not the one that this person changed."""
    now = {number: line.version for number, line in present.items()}
    moved = [
        number for number in sorted({*now, *expected}) if now.get(number) != expected.get(number)
    ]
    if moved:
        raise Conflict(
            [
                (f"งวดที่ {number}", _in_words(present.get(number)), _in_words(wanted.get(number)))
                for number in moved
            ]
        )


@service
def plan_instalments(
    *,
    actor: User,
    project: Project,
    plan: Sequence[PlannedInstalment],
    expected_versions: Mapping[int, int] | None = None,
) -> list[Instalment]:
    """Make the project's instalments equal to ``plan``, by number, in the name of ``actor``.

    ``expected_versions`` (number → version) is the plan that the person saw: raises ``Conflict``
    when somebody else changed it since.
    """
    project = locked(project)
    require(permissions.can_plan_instalments(actor, project))
    if expected_versions is not None:
        present = {line.number: line for line in Instalment.objects.filter(project=project)}
        _check_versions(present, {line.number: line for line in plan}, expected_versions)
    return record_plan(project=project, plan=plan)


@service
def record_plan(*, project: Project, plan: Sequence[PlannedInstalment]) -> list[Instalment]:
    """Make the project's instalments equal to ``plan``, by number.

    A line that is gone is deleted, which the database refuses when money went through it. Amounts
    that go down are written before those that go up, so that the sum never passes the ceiling.
    """
    project = locked(project)
    present = {line.number: line for line in Instalment.objects.filter(project=project)}
    wanted = {line.number: line for line in plan}
    if len(wanted) != len(plan):
        raise Refused("เลขงวดซ้ำกัน กรุณาแก้เลขงวดให้ไม่ซ้ำ", field="number")
    gone = [line for number, line in present.items() if number not in wanted]
    if any(line.entries.exists() for line in gone):
        raise Refused("ลบงวดที่มีรายการเบิกจ่ายแล้วไม่ได้ กรุณาคงงวดนั้นไว้")
    Instalment.objects.filter(pk__in=[line.pk for line in gone]).delete()
    changed = [(present[number], line) for number, line in wanted.items() if number in present]
    for instalment, line in sorted(
        changed, key=lambda pair: pair[1].planned_baht - pair[0].planned_baht
    ):
        change(instalment, asdict(line))
    for number, line in sorted(wanted.items()):
        if number not in present:
            Instalment.objects.create(project=project, **asdict(line))
    return list(Instalment.objects.filter(project=project))


@service
def clear_evidence(
    *, actor: User, instalment: Instalment, cleared_on: dt.date, note: str = "", today: dt.date
) -> Instalment:
    """Confirm the evidence of an instalment; told once more, the first confirmation stands."""
    require(permissions.can_clear_evidence(actor, instalment.project))
    if cleared_on > today:
        raise Refused("วันที่ตรวจรับยังมาไม่ถึง กรุณาตรวจวันที่", field="cleared_on")
    instalment = locked(instalment)
    told = {"evidence_cleared_on": cleared_on, "evidence_note": note.strip()}
    if all(getattr(instalment, name) == value for name, value in told.items()):
        return instalment
    return change(instalment, told | {"evidence_cleared_by": actor})


@service
def close_project(*, actor: User, project: Project, closed_on: dt.date, today: dt.date) -> Project:
    """Close a project when the evidence of every paid instalment is cleared."""
    project = locked(project)
    waiting = Instalment.objects.filter(
        project=project, evidence_cleared_on=None, entries__isnull=False
    ).distinct()
    if waiting:
        names = ", ".join(str(instalment) for instalment in waiting)
        raise Refused(f"ยังปิดโครงการไม่ได้ ให้ตรวจรับหลักฐานของ {names} ก่อน", code="evidence_missing")
    return programs.close_project(actor=actor, project=project, closed_on=closed_on, today=today)
