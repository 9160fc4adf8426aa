"""What a report is about: a programme in a region, or a quarter of a region or of the country."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from codi.figures.figure import FigureScope
from codi.fiscal import FiscalYear, Quarter
from codi.places.models import Region
from programs.models import Programme

NATION = "ทั้งประเทศ"


@dataclass(frozen=True)
class Subject:
    """A programme in a region, or a quarter (``fiscal_year`` and ``quarter``) of a region or nation."""

    programme: Programme | None = None
    region: Region | None = None
    fiscal_year: int | None = None
    quarter: int | None = None

    @property
    def scope(self) -> FigureScope:
        """The scope of every figure of the report."""
        return FigureScope(
            programme=self.programme.code if self.programme else None,
            region=self.region.pk if self.region else None,
        )

    @property
    def period(self) -> Quarter | None:
        """The quarter; None for a report on a programme."""
        if self.fiscal_year is None or self.quarter is None:
            return None
        return Quarter(FiscalYear(self.fiscal_year), self.quarter)

    @property
    def region_name(self) -> str:
        """ภาคเหนือ, or ทั้งประเทศ."""
        return self.region.name if self.region else NATION

    @property
    def name(self) -> str:
        """The programme's name, or ไตรมาส 4 ปีงบประมาณ 2562."""
        if self.programme is not None:
            return self.programme.name
        return self.period.label if self.period else ""

    @property
    def short_name(self) -> str:
        """The programme's code, or ไตรมาส 4/2562."""
        if self.programme is not None:
            return self.programme.code
        return f"ไตรมาส {self.quarter}/{self.fiscal_year}"

    def holds(self, day: dt.date) -> bool:
        """Whether a report on this may tell of a day: a quarter's report of its own days only."""
        return self.period is None or day in self.period
