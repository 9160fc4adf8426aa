"""The northern leaders programme of fiscal year 2564 and its 18 projects.

Figures and names are those of the regional status report as of July 2564. The document gives the
frame without a day: the first day of the fiscal year stands for it. It says that all 18 projects
were entered in the CODI-PM program, without days: the day of approval stands for each.
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from codi.accounts.system import CHECKER, system_account
from codi.imports import Hands
from codi.imports.services import import_now
from codi.places.models import Region
from codi.writing import service
from programs.models import (
    BudgetFrame,
    FundingSource,
    Programme,
    ProgrammeKind,
    ProgrammeTarget,
    Project,
)

FOLDER = Path(__file__).parent


@service
def load(*, today: dt.date) -> bool:
    """Store the programme and its projects, all or nothing; False when they are there already."""
    if Project.objects.filter(programme__code="NL2564").exists():
        return False
    told: dict[str, Any] = json.loads((FOLDER / "programme.json").read_text(encoding="utf-8"))
    _programme(told)
    import_now(
        kind="projects",
        content=(FOLDER / "projects.csv").read_bytes(),
        file_name="projects.csv",
        hands=Hands(system_account(), system_account(CHECKER)),
        today=today,
    )
    return True


def _programme(told: dict[str, Any]) -> None:
    """The tree of plan, programme and activities, with frames and targets."""
    source, _ = FundingSource.objects.get_or_create(
        code=told["source"]["code"], defaults={"name": told["source"]["name"]}
    )
    year = told["programme"]["fiscal_year"]
    plan, _ = Programme.objects.get_or_create(
        code=told["plan"]["code"],
        defaults={"name": told["plan"]["name"], "kind": ProgrammeKind.PLAN, "fiscal_year": year},
    )
    facts = {"parent": plan, "funding_source": source, **told["programme"]}
    programme, _ = Programme.objects.get_or_create(code=facts.pop("code"), defaults=facts)
    for number, name in enumerate(told["activities"], start=1):
        Programme.objects.get_or_create(
            code=f"{programme.code}.{number}",
            defaults={
                "name": name,
                "kind": ProgrammeKind.ACTIVITY,
                "fiscal_year": year,
                "parent": programme,
                "position": number,
            },
        )
    region = Region.objects.get(pk=told["region"])
    for frame in told["frames"]:
        BudgetFrame.objects.get_or_create(
            programme=programme,
            region=region,
            level=frame["level"],
            defaults={
                "allocated_baht": Decimal(frame["allocated_baht"]),
                "allocated_on": frame["allocated_on"],
            },
        )
    for target in told["targets"]:
        ProgrammeTarget.objects.get_or_create(programme=programme, region=region, **target)
