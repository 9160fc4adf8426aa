"""Base figures and targets of regions as columns of the figures of other rooms."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet, Sum

from codi.figures.declared import Measure
from codi.figures.figure import FigureScope
from codi.figures.grid import Unit
from codi.fiscal import FiscalYear
from codi.places.figures import RegionSource, of_regions
from programs.models.region_bases import BaseKind, RegionBase


def bases(kind: BaseKind, scope: FigureScope, day: dt.date) -> QuerySet[Any]:
    """The bases of the day's fiscal year as they were last known on the day, one per region."""
    latest = RegionBase.objects.latest_as_of(kind, FiscalYear.of(day).number, day)
    return of_regions(RegionBase.objects.filter(pk__in=latest.values("pk")), scope)


def base(key: str, title: str, kind: BaseKind, group: str = "") -> Measure:
    """A column of base figures or targets, which exist of whole regions only."""
    source = RegionSource(lambda scope, day: bases(kind, scope, day), "region")
    return Measure(key, title, Unit.COUNT, source, Sum("base_count"), group=group)
