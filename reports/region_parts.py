"""What each region contributes to a quarter's national report: its own edition of the same quarter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from codi.fiscal import AsOf, Quarter
from codi.places.models import Region
from codi.thai.dates import short_date
from reports.checks import CheckResult
from reports.models import Edition
from reports.models.edition_life import APPROVED_IN, SUBMITTED_IN

OUTLINE = "quarterly"
NOT_BEGUN = "ยังไม่เริ่มจัดทำ"


@dataclass(frozen=True)
class RegionPart:
    """A region with the latest edition of its part, and the one that headquarters accepted."""

    region: Region
    latest: Edition | None = None
    accepted: Edition | None = None

    @property
    def edition(self) -> Edition | None:
        """The edition that the national report rests on, else the one that is on its way."""
        return self.accepted or self.latest

    @property
    def state_text(self) -> str:
        """The state of the latest edition in words."""
        return self.latest.get_state_display() if self.latest else NOT_BEGUN

    @property
    def is_handed_in(self) -> bool:
        """Whether the region has proposed its part, be it that a correction is on its way."""
        latest = self.latest
        return self.accepted is not None or (latest is not None and latest.state in SUBMITTED_IN)

    @property
    def is_being_corrected(self) -> bool:
        """Whether a newer edition than the accepted one is on its way."""
        return self.accepted is not None and self.accepted != self.latest


def region_parts(
    outline: str, period: Quarter, day: dt.date, *, regions: Sequence[Region] | None = None
) -> tuple[RegionPart, ...]:
    """Every region of the day with its part of the quarter, all that its steps ask of it read as well.

    ``regions`` narrows to those that the person sees. Three queries, and two more where a part is
    to take the place of another; what editions froze is not read.
    """
    if regions is None:
        regions = list(Region.objects.current_on(day).order_by("position"))
    told = Edition.objects.defer("facts")
    editions = (
        Edition.objects.filter(
            outline=outline,
            fiscal_year=period.fiscal_year.number,
            quarter=period.number,
            region__isnull=False,
        )
        .select_related("created_by", "submitted_by", "sent_back_by", "approved_by", "issued_by")
        .prefetch_related(
            Prefetch("replaces", told),
            Prefetch("replaces__replaced_by", told),
        )
        .defer("facts")
        .order_by("number")
    )
    by_region: dict[str, list[Edition]] = {}
    for edition in editions:
        by_region.setdefault(str(edition.region_id), []).append(edition)
    return tuple(_part(region, by_region.get(str(region.pk), [])) for region in regions)


def _part(region: Region, editions: Sequence[Edition]) -> RegionPart:
    accepted = [edition for edition in editions if edition.state in APPROVED_IN]
    return RegionPart(
        region, editions[-1] if editions else None, accepted[-1] if accepted else None
    )


def told_of(parts: Sequence[RegionPart]) -> list[dict[str, Any]]:
    """The parts as the national report names and freezes them."""
    return [_told(part) for part in parts]


def _told(part: RegionPart) -> dict[str, Any]:
    edition = part.edition
    told: dict[str, Any] = {
        "region": part.region.pk,
        "name": part.region.name,
        "is_accepted": part.accepted is not None,
        "state": NOT_BEGUN,
    }
    if edition is None:
        return told
    told |= {
        "edition": edition.pk,
        "number": edition.number,
        "state": edition.get_state_display(),
        "as_of": edition.as_of_dates[-1].isoformat(),
    }
    if part.accepted is not None and edition.approved_by and edition.approved_at:
        told["accepted_by"] = edition.approved_by.full_name
        told["accepted_on"] = timezone.localdate(edition.approved_at).isoformat()
    return told


def part_checks(told: Sequence[Mapping[str, Any]], day: dt.date) -> tuple[CheckResult, ...]:
    """Whether headquarters accepted the part of each region; what it did not blocks the issue."""
    return tuple(
        CheckResult(
            f"part:{part['region']}@{day.isoformat()}",
            f"ส่วนกลางรับรองส่วนของ{part['name']}แล้ว {AsOf(day).short}",
            part["is_accepted"],
            "" if part["is_accepted"] else _missing(part),
        )
        for part in told
    )


def _missing(part: Mapping[str, Any]) -> str:
    if "edition" not in part:
        return f"{part['name']}ยังไม่จัดทำส่วนของตน ให้ภาคจัดทำและเสนอ หรือขอผ่อนผันเป็นรายภาค"
    return (
        f"ส่วนของ{part['name']} ฉบับที่ {part['number']} อยู่ในสถานะ “{part['state']}”"
        " ให้ส่วนกลางรับรองก่อน หรือขอผ่อนผันเป็นรายภาค"
    )


def in_words(part: Mapping[str, Any]) -> dict[str, str]:
    """A part as a line of the report: which edition, as of when, accepted by whom."""
    if "edition" not in part:
        return {"name": part["name"], "edition": "-", "as_of": "-", "state": part["state"]}
    state = part["state"]
    if "accepted_by" in part:
        accepted_on = short_date(dt.date.fromisoformat(part["accepted_on"]))
        state = f"รับรองโดย {part['accepted_by']} {accepted_on}"
    return {
        "name": part["name"],
        "edition": f"ฉบับที่ {part['number']}",
        "as_of": short_date(dt.date.fromisoformat(part["as_of"])),
        "state": state,
    }
