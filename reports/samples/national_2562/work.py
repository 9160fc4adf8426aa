"""What councils did in the year: meetings, missions of section 21, capability, quality reviews."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from councils.models import CapabilityResult, CouncilMeeting, QualityReview, Section21Mission
from reports.samples.national_2562 import names
from reports.samples.national_2562.councils import PlannedCouncil
from reports.samples.national_2562.days import LAST, YEAR, between
from reports.samples.national_2562.published import REGIONS, by_region, national
from reports.samples.national_2562.storing import keys, store

# Councils that report missions: a few more than the most frequent mission has.
ACTIVE_COUNT = 2450
ADVICE, SERVICES, REPORT_HARM = 4, 5, 9
# Results that do not meet the indicator, because section 21 (9) is missing.
UNMET_COUNT = 120
REPORTED_FROM, REPORTED_BY = dt.date(2019, 1, 7), dt.date(2019, 8, 20)
MISSIONS_FROM = dt.date(2018, 11, 1)
# The review of a year lies within it; the program of 2562 opened on this day (the report, l.211).
REVIEWED = {
    2561: (dt.date(2018, 5, 1), dt.date(2018, 9, 28)),
    2562: (dt.date(2019, 4, 2), LAST),
}
SCORES = {"A": (8100, 9800), "B": (6100, 8100), "C": (3000, 6100)}


@dataclass(slots=True)
class Capable:
    """A result of the capability indicator before it is stored."""

    council: PlannedCouncil
    reported_on: dt.date
    advises: bool
    asks: bool
    reports_harm: bool = True
    key: int = 0


def plan_capability(councils: Sequence[PlannedCouncil], dice: random.Random) -> list[Capable]:
    """The councils that meet the indicator, as many in each region as told, and some that do not."""
    old = [one for one in councils if not one.is_new]
    found = []
    for region in REGIONS:
        homes = [one for one in old if one.area.region == region]
        for one in dice.sample(homes, by_region("capability")[region]["capable"]):
            advises, asks = dice.choice(((True, True), (True, False), (True, True), (False, True)))
            found.append(Capable(one, between(REPORTED_FROM, REPORTED_BY, dice), advises, asks))
    met = {result.council.key for result in found}
    rest = [one for one in old if one.key not in met]
    for one in dice.sample(rest, UNMET_COUNT):
        day = between(REPORTED_FROM, REPORTED_BY, dice)
        found.append(Capable(one, day, True, dice.random() < 0.5, reports_harm=False))
    for key, result in zip(keys(CapabilityResult, len(found)), found, strict=True):
        result.key = key
    return found


def store_capability(results: Sequence[Capable]) -> None:
    """Write the results of the indicator."""
    columns = (
        "id", "council_id", "fiscal_year", "reported_on", "advises", "asks_for_services",
        "reports_harm", "note", "version",
    )  # fmt: skip
    rows = (
        (one.key, one.council.key, YEAR.number, one.reported_on, one.advises, one.asks,
         one.reports_harm, "", 1)
        for one in results
    )  # fmt: skip
    store(CapabilityResult, columns, rows)


def store_year(
    councils: Sequence[PlannedCouncil], results: Sequence[Capable], dice: random.Random
) -> None:
    """Write missions and meetings: who is more active did more of both."""
    activity = _activity(councils, results, dice)
    columns = ("council_id", "fiscal_year", "mission", "reported_on", "detail", "version")
    store(Section21Mission, columns, _missions(results, activity, dice))
    store(
        CouncilMeeting,
        ("council_id", "fiscal_year", "number", "held_on", "attendee_count", "topics", "version"),
        _meetings(councils, activity, dice),
    )


def _activity(
    councils: Sequence[PlannedCouncil], results: Sequence[Capable], dice: random.Random
) -> dict[int, float]:
    """The councils that report missions, with how active each is, from 0 to 1."""
    active = [one.council.key for one in results]
    known = set(active)
    rest = [one.key for one in councils if not one.is_new and one.key not in known]
    active += dice.sample(rest, ACTIVE_COUNT - len(active))
    return {key: dice.random() for key in active}


def _missions(
    results: Sequence[Capable], activity: Mapping[int, float], dice: random.Random
) -> Iterator[tuple[Any, ...]]:
    must = {
        ADVICE: {one.council.key for one in results if one.advises},
        SERVICES: {one.council.key for one in results if one.asks},
        REPORT_HARM: {one.council.key for one in results if one.reports_harm},
    }
    for mission, told in national("missions").items():
        sure = must.get(int(mission), set())
        rank = {key: score + dice.random() + 2 * (key in sure) for key, score in activity.items()}
        for key in sorted(rank, key=rank.__getitem__, reverse=True)[: int(told["councils"])]:
            yield key, YEAR.number, mission, between(MISSIONS_FROM, LAST, dice), "", 1


def _meetings(
    councils: Sequence[PlannedCouncil], activity: Mapping[int, float], dice: random.Random
) -> Iterator[tuple[Any, ...]]:
    days = range((LAST - YEAR.start).days + 1)
    for one in councils:
        if one.is_new:
            continue
        score = activity.get(one.key)
        count = dice.randrange(2) if score is None else min(6, 2 + int(score * 6))
        for number, day in enumerate(sorted(dice.sample(days, count)), start=1):
            held_on = YEAR.start + dt.timedelta(days=day)
            people, topic = dice.randrange(18, 60), dice.choice(names.TOPICS)
            yield one.key, YEAR.number, number, held_on, people, topic, 1


def store_reviews(
    councils: Sequence[PlannedCouncil], scales: Mapping[int, int], dice: random.Random
) -> None:
    """Write the reviews of both years; ``scales`` has the key of each year's scale."""
    columns = (
        "council_id", "fiscal_year", "reviewed_on", "scale_id", "score_pct", "grade", "version",
    )  # fmt: skip
    store(QualityReview, columns, _reviews(councils, scales, dice))


def _reviews(
    councils: Sequence[PlannedCouncil], scales: Mapping[int, int], dice: random.Random
) -> Iterator[tuple[Any, ...]]:
    first, _ = REVIEWED[2561]
    for region in REGIONS:
        told = by_region("quality")[region]
        homes = [one for one in councils if one.area.region == region and one.registered_on < first]
        chosen = iter(dice.sample(homes, sum(told.values())))
        for column, count in told.items():
            grade, year = column.split("_")
            for _ in range(count):
                score = dice.randrange(*SCORES[grade])
                day = between(*REVIEWED[int(year)], dice)
                points = f"{score // 100}.{score % 100:02d}"
                yield next(chosen).key, year, day, scales[int(year)], points, grade, 1
