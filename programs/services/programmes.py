"""Writes to the programme tree, its frames and targets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import ProtectedError

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.constraints import as_refusals
from codi.errors import Conflict, Refused
from codi.history import acting
from codi.places.models import Region
from codi.thai.normalise import clean
from codi.writing import change, locked, service
from programs import permissions
from programs.models import BudgetFrame, FundingSource, Programme, ProgrammeTarget, Project
from programs.models.project_life import APPROVED_ON

Pairs = Sequence[tuple[Any, dict[str, Any]]]
"""Records with the values that they had before."""


@service
def create_programme(*, actor: User, **facts: Any) -> Programme:
    """Add a programme to the tree of its fiscal year."""
    require(permissions.can_manage_programmes(actor))
    programme = Programme(**facts)
    programme.save()
    return programme


@service
def update_programme(
    *, actor: User, programme: Programme, expected_version: int | None, **facts: Any
) -> Programme:
    """Change a programme's facts; raises ``Conflict`` when somebody else did meanwhile."""
    require(permissions.can_manage_programmes(actor))
    return change(locked(programme), facts, expected_version=expected_version)


@service
def create_source(*, actor: User, code: str, name: str) -> FundingSource:
    """Add a source of money that programmes may name."""
    require(permissions.can_manage_programmes(actor))
    return FundingSource.objects.create(code=code.strip(), name=clean(name))


@service
def rename_source(
    *, actor: User, source: FundingSource, expected_version: int | None, name: str
) -> FundingSource:
    """Correct the name of a source of money; its code, which files name, stays."""
    require(permissions.can_manage_programmes(actor))
    return change(locked(source), {"name": clean(name)}, expected_version=expected_version)


@service
def set_frame(
    *,
    actor: User,
    programme: Programme,
    region: Region | None,
    level: str,
    allocated_baht: Decimal,
    allocated_on: dt.date,
    note: str = "",
) -> BudgetFrame:
    """Allocate the frame of a region and level, once; later changes are budget moves."""
    require(permissions.can_manage_programmes(actor))
    return BudgetFrame.objects.create(
        programme=programme,
        region=region,
        level=level,
        allocated_baht=allocated_baht,
        allocated_on=allocated_on,
        note=note.strip(),
    )


@service
def correct_frame(
    *,
    actor: User,
    frame: BudgetFrame,
    expected_version: int | None,
    allocated_baht: Decimal,
    allocated_on: dt.date,
    note: str,
    reason: str,
) -> BudgetFrame:
    """Correct what was first allocated to a frame; ``reason`` stays in its history.

    Raises ``Conflict`` when somebody else changed it meanwhile, and :class:`Refused` when less
    would be left than is committed, or when approvals would lie before the allocation (the database
    judges, under the lock of the frame).
    """
    require(permissions.can_manage_programmes(actor))
    if not reason.strip():
        raise Refused("กรุณาระบุเหตุผลที่แก้ไข เหตุผลจะอยู่ในประวัติ", field="reason")
    frame = locked(frame)
    facts = {"allocated_baht": allocated_baht, "allocated_on": allocated_on, "note": note.strip()}
    try:
        with acting(actor, door="web", reason=reason.strip()), as_refusals():
            return change(frame, facts, expected_version=expected_version)
    except Conflict:
        raise
    except Refused as refused:
        # The rules of a frame judge its amount, one of them its day.
        of_day = refused.code == "programs_frame_before_its_approvals"
        field = "allocated_on" if of_day else "allocated_baht"
        raise Refused(refused.message, field=field, code=refused.code) from refused


@service
def record_frame(*, actor: User, frame: BudgetFrame, facts: Mapping[str, Any]) -> BudgetFrame:
    """Store what a confirmed file tells anew of a frame; the history names the file.

    ``frame`` is as the file was compared with it: raises ``Conflict`` when somebody wrote since.
    """
    require(permissions.can_manage_programmes(actor))
    return change(locked(frame), facts, expected_version=frame.version)


@service
def restore_frames(pairs: Pairs, actor: User, reason: str, today: dt.date) -> None:
    """Put old allocations back, as taking a written file back asks; the database judges them."""
    require(permissions.can_manage_programmes(actor))
    for frame, facts in pairs:
        change(locked(frame), facts)


@service
def remove_frames(records: Sequence[BudgetFrame], actor: User, reason: str, today: dt.date) -> None:
    """Take away frames that no approval and no move has used; their history stays.

    Each is locked before it is judged: an approval that holds it ends first and is seen, one that
    comes later waits and is refused by the database, which finds the frame no more.
    """
    require(permissions.can_manage_programmes(actor))
    held = [locked(frame) for frame in sorted(records, key=lambda one: one.pk)]
    for frame in held:
        approved = Project.objects.filter(
            programme=frame.programme_id,
            region=frame.region_id,
            level=frame.level,
            status__in=APPROVED_ON,
        )
        if approved.exists():
            raise Refused(f"มีโครงการที่อนุมัติจาก{frame}แล้ว จึงนำกรอบงบนี้ออกไม่ได้")
        _remove(frame)


@service
def restore_programmes(pairs: Pairs, actor: User, reason: str, today: dt.date) -> None:
    """Put old facts of programmes back, as taking a written file back asks."""
    require(permissions.can_manage_programmes(actor))
    for programme, facts in pairs:
        change(locked(programme), facts)


@service
def remove_programmes(
    records: Sequence[Programme], actor: User, reason: str, today: dt.date
) -> None:
    """Take away programmes that nothing rests on, the lowest first; their history stays."""
    require(permissions.can_manage_programmes(actor))
    for programme in sorted(records, key=lambda one: one.kind, reverse=True):
        _remove(programme)


def _remove(record: Programme | BudgetFrame) -> None:
    try:
        record.delete()
    except ProtectedError as error:
        raise Refused(f"มีข้อมูลอื่นอ้างถึง{record} จึงนำออกไม่ได้") from error


@service
def update_target(
    *, actor: User, target: ProgrammeTarget, expected_version: int | None, **facts: Any
) -> ProgrammeTarget:
    """Correct a target; raises ``Conflict`` when somebody else did meanwhile."""
    require(permissions.can_manage_programmes(actor))
    return change(locked(target), facts, expected_version=expected_version)


@service
def add_target(
    *,
    actor: User,
    programme: Programme,
    region: Region | None,
    measure: str,
    target_count: int,
    basis: str,
    set_on: dt.date,
) -> ProgrammeTarget:
    """Add a target with its basis and date; an older one stays beside it."""
    require(permissions.can_manage_programmes(actor))
    return ProgrammeTarget.objects.create(
        programme=programme,
        region=region,
        measure=measure,
        target_count=target_count,
        basis=basis.strip(),
        set_on=set_on,
    )
