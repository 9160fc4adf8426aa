"""Base figures, targets and scales of quality that the counts are compared with."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from codi.places.models import Region
from programs.models import QualityBand, QualityScale, RegionBase
from programs.models.region_bases import BaseKind
from programs.models.scales import ScaleSubject
from reports.samples.national_2562.days import LAST, YEAR
from reports.samples.national_2562.published import REGIONS, SOURCE, by_region

# Kind → table, column and the day on which it stands: targets and the number of local units from
# the first day of the year on, the register of CODI PMS as it was last read.
BASES: dict[BaseKind, tuple[str, str, dt.date]] = {
    BaseKind.LOCAL_AUTHORITIES: ("establishment", "local_authorities", YEAR.start),
    BaseKind.NEW_COUNCILS: ("new_councils", "target", YEAR.start),
    BaseKind.CAPABLE_COUNCILS: ("capability", "target", YEAR.start),
    BaseKind.ONE_PAGE_FUNDS: ("one_page", "target", YEAR.start),
    BaseKind.FUNDS_IN_PMS: ("contributions", "funds_in_pms", LAST),
}
BANDS = {"A": Decimal(81), "B": Decimal(61), "C": Decimal(0)}
# The annual report of 2563 grades funds from A to D; what bounds D has, it does not tell.
BANDS_WITH_D = {"A": Decimal(81), "B": Decimal(61), "C": Decimal(41), "D": Decimal(0)}
SCALES = (
    (ScaleSubject.COUNCIL, 2561, BANDS),
    (ScaleSubject.COUNCIL, 2562, BANDS),
    (ScaleSubject.COUNCIL, 2563, BANDS),
    (ScaleSubject.FUND, 2563, BANDS_WITH_D),
)


def store_bases() -> None:
    """Write what is not there yet; a base that somebody entered stays as it is."""
    regions = {region.pk: region for region in Region.objects.filter(pk__in=REGIONS)}
    for kind, (table, column, day) in BASES.items():
        for code, told in by_region(table).items():
            RegionBase.objects.get_or_create(
                kind=kind,
                region=regions[code],
                fiscal_year=YEAR.number,
                stands_on=day,
                defaults={"base_count": told[column], "source": SOURCE},
            )


def scales() -> dict[int, int]:
    """Fiscal year → key of the scale of councils, made where it was missing."""
    found = {}
    for subject, year, bands in SCALES:
        scale, is_made = QualityScale.objects.get_or_create(
            subject=subject, fiscal_year=year, defaults={"source": "เกณฑ์สอบทานคุณภาพ (ข้อมูลตัวอย่าง)"}
        )
        if is_made:
            for grade, bound in bands.items():
                QualityBand.objects.create(scale=scale, grade=grade, from_pct=bound)
        if subject == ScaleSubject.COUNCIL:
            found[year] = scale.pk
    return found
