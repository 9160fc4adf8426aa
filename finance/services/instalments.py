"""The plan of a project's instalments, their evidence, and closing the project."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db.models import IntegerField
from django.db.models.functions import Cast
from django.utils import timezone

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.desk import bin
from codi.errors import Conflict, Refused
from codi.thai.numbers import baht
from codi.writing import change, locked, service, shown, titled
from finance import permissions
from finance.models import Instalment
from programs import services as programs
from programs.models import Project

# What may be changed of an instalment by itself.
PLAN_FACTS = frozenset(("planned_baht", "planned_on", "condition", "evidence"))


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


def _differences(
    number: int, now: Instalment | None, wanted: PlannedInstalment | None
) -> Iterator[tuple[str, str, str]]:
    """What the stored line and the wanted one say differently: label, stored, wanted, in words."""
    label = f"งวดที่ {number}"
    if now is None or wanted is None:
        yield label, _in_words(now), _in_words(wanted)
        return
    for name, value in asdict(wanted).items():
        if getattr(now, name) != value:
            stored = shown(now, name, getattr(now, name))
            yield f"{label}: {titled(now, name)}", stored, shown(now, name, value)


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
                difference
                for number in moved
                for difference in _differences(number, present.get(number), wanted.get(number))
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
    _take_out(actor=actor, project=project, kept={line.number for line in plan}, now=timezone.now())
    return record_plan(project=project, plan=plan)


def _take_out(*, actor: User, project: Project, kept: Set[int], now: dt.datetime) -> None:
    """Put the lines that are not ``kept`` into the bin, from which they can come back."""
    for line in Instalment.objects.filter(project=project).exclude(number__in=kept):
        if line.entries.exists():
            raise Refused("ลบงวดที่มีรายการเบิกจ่ายแล้วไม่ได้ กรุณาคงงวดนั้นไว้")
        bin.delete(actor=actor, record=line, expected_version=line.version, now=now)


@service
def record_plan(
    *,
    project: Project,
    plan: Sequence[PlannedInstalment],
    expected_versions: Mapping[int, int] | None = None,
) -> list[Instalment]:
    """Make the project's instalments equal to ``plan``, by number.

    ``expected_versions`` (number → version) is the plan that ``plan`` was compared with: raises
    ``Conflict`` when somebody else changed it since. A line that is gone is deleted, which the database refuses when money went through it. Amounts
    that go down are written before those that go up, so that the sum never passes the ceiling.
    """
    project = locked(project)
    present = {line.number: line for line in Instalment.objects.filter(project=project)}
    wanted = {line.number: line for line in plan}
    if expected_versions is not None:
        _check_versions(present, wanted, expected_versions)
    if len(wanted) != len(plan):
        raise Refused("เลขงวดซ้ำกัน กรุณาแก้เลขงวดให้ไม่ซ้ำ", field="number")
    gone = [line for number, line in present.items() if number not in wanted]
    if any(line.entries.exists() for line in gone):
        raise Refused("ลบงวดที่มีรายการเบิกจ่ายแล้วไม่ได้ กรุณาคงงวดนั้นไว้")
    if any(line.files.exists() for line in gone):
        raise Refused("ลบงวดที่มีหลักฐานแนบอยู่หรือเคยแนบไม่ได้ กรุณาคงงวดนั้นไว้")
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


def present_plan(project: Project) -> list[PlannedInstalment]:
    """The plan of a project as it stands."""
    lines = Instalment.objects.filter(project=project)
    return [
        PlannedInstalment(
            line.number, line.planned_baht, line.planned_on, line.condition, line.evidence
        )
        for line in lines
    ]


@service
def restore_line(*, instalment: Instalment, facts: Mapping[str, object]) -> Instalment:
    """Put old values of a planned instalment back, as taking a written file back asks.

    The database refuses a plan below what was paid or above what was approved.
    """
    locked(instalment.project)
    return change(locked(instalment), facts)


def next_number(project: Project) -> int:
    """The number behind the last of a project's plan, lines in the bin counted: they come back.

    Both places are asked by one statement, so that a line on its way between them is in one.
    """
    there = Instalment.objects.filter(project=project).order_by().values_list("number", flat=True)
    binned = (
        bin.held(Instalment, "number", project=project.pk)
        .order_by()
        .values_list(Cast("held", IntegerField()), flat=True)
    )
    return max(there.union(binned), default=0) + 1


@service
def add_instalment(
    *,
    actor: User,
    project: Project,
    planned_baht: Decimal,
    planned_on: dt.date | None = None,
    condition: str = "",
    evidence: str = "",
) -> Instalment:
    """Add one instalment behind the last of a project's plan.

    Raises :class:`Refused` when the plan would pass the approval (else the request).
    """
    project = locked(project)
    require(permissions.can_plan_instalments(actor, project))
    return Instalment.objects.create(
        project=project,
        number=next_number(project),
        planned_baht=planned_baht,
        planned_on=planned_on,
        condition=condition,
        evidence=evidence,
    )


@service
def update_instalment(
    *, actor: User, instalment: Instalment, expected_version: int | None, **facts: Any
) -> Instalment:
    """Change amount, day, condition or evidence of one planned instalment.

    Raises ``Conflict`` when somebody else changed it meanwhile, :class:`Refused` when the plan
    would pass the approval or the instalment fall below what was paid of it.
    """
    if unknown := facts.keys() - PLAN_FACTS:
        raise TypeError(f"no facts of a plan: {sorted(unknown)}")
    project = locked(instalment.project)
    require(permissions.can_plan_instalments(actor, project))
    return change(locked(instalment), facts, expected_version=expected_version)


@service
def clear_evidence(
    *,
    actor: User,
    instalment: Instalment,
    cleared_on: dt.date,
    note: str = "",
    expected_version: int | None = None,
    today: dt.date,
) -> Instalment:
    """Confirm the evidence of an instalment; told once more, the first confirmation stands.

    Raises ``Conflict`` when ``expected_version`` is given and somebody else wrote since.
    """
    # The project first, as payments do, whose entries hold the instalment after it.
    project = locked(instalment.project)
    require(permissions.can_clear_evidence(actor, project))
    if cleared_on > today:
        raise Refused("วันที่ตรวจรับยังมาไม่ถึง กรุณาตรวจวันที่", field="cleared_on")
    instalment = locked(instalment)
    told = {"evidence_cleared_on": cleared_on, "evidence_note": note.strip()}
    if all(getattr(instalment, name) == value for name, value in told.items()):
        return instalment
    told |= {"evidence_cleared_by": actor}
    return change(instalment, told, expected_version=expected_version)


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
