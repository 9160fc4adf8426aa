"""What a report says besides its figures, as plain data that an edition freezes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from codi.figures.figure import FigureScope
from codi.fiscal import Quarter
from codi.places.models import Region
from codi.thai.dates import month_year, short_month
from programs.models import Programme, ProgrammeKind, ProgrammeTarget
from reports.outlines import Outline
from reports.subjects import Subject

LEADING_NUMBER = re.compile(r"^\s*(?:\(?[0-9๐-๙]+[.)]|[-•])\s*")
Facts = Mapping[str, Any]


def facts_of(outline: Outline, subject: Subject, as_of_dates: Sequence[dt.date]) -> dict[str, Any]:
    """What the report says besides figures; three queries at most."""
    facts: dict[str, Any] = {"title": outline.title, "month": month_year(as_of_dates[-1])}
    if subject.programme is not None and subject.region is not None:
        facts |= _of_programme(subject.programme, subject.region, as_of_dates)
    elif subject.period is not None:
        facts |= _of_quarter(subject.period)
    region = subject.region
    facts["region"] = {"code": region.code if region else "", "name": subject.region_name}
    facts["as_of_dates"] = [day.isoformat() for day in as_of_dates]
    return facts


def _of_programme(
    programme: Programme, region: Region, as_of_dates: Sequence[dt.date]
) -> dict[str, Any]:
    activities = Programme.objects.filter(parent=programme, kind=ProgrammeKind.ACTIVITY)
    targets = ProgrammeTarget.objects.filter(
        programme=programme, set_on__lte=as_of_dates[-1]
    ).filter(Q(region=region) | Q(region=None))
    source = programme.funding_source
    return {
        "programme": {
            "code": programme.code,
            "name": programme.name,
            "fiscal_year": programme.fiscal_year,
            "objectives": objectives_of(programme.objectives),
            "activities": list(
                activities.order_by("position", "code").values_list("name", flat=True)
            ),
            "source": source.name if source else "",
        },
        "targets": [
            {
                "count": target.target_count,
                "measure": target.get_measure_display(),
                "basis": target.basis,
                "set_on": target.set_on.isoformat(),
            }
            for target in targets
        ],
    }


def _of_quarter(period: Quarter) -> dict[str, Any]:
    return {
        "period": {
            "fiscal_year": period.fiscal_year.number,
            "quarter": period.number,
            "name": period.label,
            "months": f"{short_month(period.start)} - {short_month(period.end)}",
        }
    }


def objectives_of(text: str) -> list[str]:
    """The aims of a programme, one a line; numbers that were typed before them are dropped."""
    return [aim for line in text.splitlines() if (aim := LEADING_NUMBER.sub("", line).strip())]


def name_of(facts: Facts) -> str:
    """The programme's name, or ไตรมาส 4 ปีงบประมาณ 2562."""
    name: str = (facts.get("programme") or facts["period"])["name"]
    return name


def short_name_of(facts: Facts) -> str:
    """The programme's code, or ไตรมาส 4-2562, as it stands in the name of a file."""
    if "programme" in facts:
        return str(facts["programme"]["code"])
    return f"ไตรมาส {facts['period']['quarter']}-{facts['period']['fiscal_year']}"


def year_of(facts: Facts) -> int:
    """The fiscal year that the report is about."""
    year: int = (facts.get("programme") or facts["period"])["fiscal_year"]
    return year


def scope_of(facts: Facts) -> FigureScope:
    """The scope of every figure of the report."""
    programme = facts.get("programme")
    return FigureScope(
        programme=programme["code"] if programme else None, region=facts["region"]["code"] or None
    )
