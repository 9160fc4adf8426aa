"""Writes to the programme tree, its frames and targets."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.places.models import Region
from codi.thai.normalise import clean
from codi.writing import change, locked, service
from programs import permissions
from programs.models import BudgetFrame, FundingSource, Programme, ProgrammeTarget


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
