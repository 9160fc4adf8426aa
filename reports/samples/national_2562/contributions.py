"""Contributions of the state: one project per fund, one instalment, and its ledger entries."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from codi.accounts.models import User
from codi.places.models import Region
from codi.thai.normalise import search_key
from codi.thai.sorting import sort_key
from finance.models import Direction, EntryKind, Instalment, LedgerEntry
from programs.models import (
    BudgetFrame,
    Committee,
    Meeting,
    Organisation,
    OrganisationKind,
    Origin,
    Programme,
    Project,
    ProjectLevel,
    ProjectStatus,
)
from programs.models.organisations import search_key_of
from reports.samples.national_2562.amounts import Reported
from reports.samples.national_2562.days import LAST, YEAR, between, moment
from reports.samples.national_2562.funds import PlannedFund
from reports.samples.national_2562.published import REGIONS, SOURCE, by_region
from reports.samples.national_2562.shares import largest_remainder, spread
from reports.samples.national_2562.storing import keys, store
from welfare.models import Contribution

CODE = "WF2562"
NAME = "โครงการสนับสนุนสวัสดิการชุมชน ปี 2562"
# The committee of a region met once for each round.
MEETINGS = (dt.date(2019, 1, 10), dt.date(2019, 2, 14), dt.date(2019, 4, 4), dt.date(2019, 6, 13))
REQUESTED_FROM = dt.date(2018, 11, 5)
# How the returned money lies on projects, in relation to each other; the first meeting's payments
# leave time for the return and the second payment.
RETURNS = (60, 45, 26)
RETURN_NOTE = "คืนงบเพื่อปรับจำนวนสมาชิกที่ได้รับสมทบ แล้วเบิกจ่ายใหม่"


@dataclass(slots=True)
class Planned:
    """A contribution before it is stored, with the days and keys of its project."""

    fund: PlannedFund
    round_number: int
    members: int
    requested: int
    contributed: int
    baht: int
    approved_on: dt.date
    paid_on: dt.date
    project: int = 0
    organisation: int = 0
    instalment: int = 0
    returned: int = 0


def plan(funds: Sequence[PlannedFund], reported: Reported, dice: random.Random) -> list[Planned]:
    """The contributions of all regions; the larger funds are more likely to have one."""
    found = []
    for region in REGIONS:
        told = by_region("contributions")[region]
        here = [
            (sum(reported.now[at].members), one)
            for at, one in enumerate(funds)
            if one.area.region == region and not one.is_late
        ]
        ranked = sorted(here, key=lambda pair: -pair[0] * dice.uniform(0.5, 1.5))
        planned = _of_region(told, ranked[: told["funds"]], dice)
        _give_back(planned, told["returned_baht"])
        found += planned
    for model, name in ((Project, "project"), (Organisation, "organisation"), (Instalment, "instalment")):  # fmt: skip
        for key, one in zip(keys(model, len(found)), found, strict=True):
            setattr(one, name, key)
    return found


def _of_region(
    told: dict[str, int], chosen: Sequence[tuple[int, PlannedFund]], dice: random.Random
) -> list[Planned]:
    members = largest_remainder(told["members"], [count for count, _ in chosen])
    noisy = [count * dice.randrange(60, 140) for count in members]
    contributed = spread(told["contributed"], noisy, members)
    requested = largest_remainder(told["requested"], members)
    baht = largest_remainder(
        told["approved_baht"], [(count + 50) * dice.randrange(90, 110) for count in contributed]
    )
    found = []
    for at, (_, fund) in enumerate(chosen):
        number = 1 if at < told["round1"] else dice.randrange(2, len(MEETINGS) + 1)
        approved_on = MEETINGS[number - 1] + dt.timedelta(days=dice.randrange(5, 30))
        paid_on = approved_on + dt.timedelta(days=dice.randrange(7, 40))
        found.append(
            Planned(fund, number, members[at], requested[at], contributed[at], baht[at],
                    approved_on, paid_on)
        )  # fmt: skip
    return found


def _give_back(planned: Sequence[Planned], returned: int) -> None:
    """Let the first projects give money back, which is then paid out again."""
    if not returned:
        return
    for one, share in zip(planned, largest_remainder(returned, RETURNS), strict=False):
        one.returned = share


def store_contributions(
    planned: Sequence[Planned], maker: User, checker: User, dice: random.Random
) -> None:
    """Write programme, frames, organisations, projects, their money, and the contributions."""
    programme = _programme()
    meetings = _meetings()
    store(Organisation, ORGANISATION, (_organisation(one) for one in planned))
    projects = (
        _project(number, one, programme.pk, meetings, maker, checker)
        for number, one in enumerate(planned, start=1)
    )
    store(Project, PROJECT, projects)
    store(
        Instalment,
        ("id", "project_id", "number", "planned_baht", "condition", "evidence", "evidence_note",
         "version"),
        ((one.instalment, one.project, 1, one.baht, "", "", "", 1) for one in planned),
    )  # fmt: skip
    store(LedgerEntry, ENTRY, _entries(planned, maker, dice))
    store(
        Contribution,
        ("fund_id", "fiscal_year", "project_id", "round_number", "requested_on",
         "requested_member_count", "member_count", "contributed_member_count", "version"),
        (
            (one.fund.key, YEAR.number, one.project, one.round_number,
             between(REQUESTED_FROM, MEETINGS[one.round_number - 1], dice), one.requested,
             one.members, one.contributed, 1)
            for one in planned
        ),
    )  # fmt: skip


def _programme() -> Programme:
    """The programme of the year with its frame in each region."""
    programme: Programme = Programme.objects.create(code=CODE, name=NAME, fiscal_year=YEAR.number)
    for region in REGIONS:
        BudgetFrame.objects.create(
            programme=programme,
            region_id=region,
            level=ProjectLevel.SUBDISTRICT,
            allocated_baht=by_region("contributions")[region]["frame_baht"],
            allocated_on=YEAR.start,
            note=SOURCE,
        )
    return programme


def _meetings() -> dict[tuple[str, int], int]:
    """Region and round → key of the meeting that endorsed the round's projects."""
    found = {}
    for region in Region.objects.filter(pk__in=REGIONS):
        committee, _ = Committee.objects.get_or_create(
            name=f"คณะพิจารณาโครงการสวัสดิการชุมชน {region.name}", region=region
        )
        for number, day in enumerate(MEETINGS, start=1):
            meeting, _ = Meeting.objects.get_or_create(
                committee=committee,
                number=number,
                fiscal_year=YEAR.number,
                defaults={"starts_on": day, "ends_on": day},
            )
            found[region.pk, number] = meeting.pk
    return found


ORGANISATION = (
    "id", "name", "kind", "region_id", "province_id", "district_id", "subdistrict_id", "contact",
    "search_key", "sort_key", "version",
)  # fmt: skip
PROJECT = (
    "id", "code", "programme_id", "fiscal_year", "level", "region_id", "province_id",
    "district_id", "subdistrict_id", "title", "organisation_id", "objectives", "requested_baht",
    "approved_baht", "status", "origin", "created_by_id", "endorsed_meeting_id", "endorsed_on",
    "approved_on", "approved_by_id", "recorded_on", "started_on", "sent_back_reason",
    "cancel_reason", "search_key", "title_key", "sort_key", "version",
)  # fmt: skip
ENTRY = (
    "project_id", "instalment_id", "kind", "direction", "amount_baht", "effective_on",
    "document_number", "note", "actor_id", "recorded_at", "request_key",
)  # fmt: skip


def _organisation(one: Planned) -> tuple[Any, ...]:
    name, area = one.fund.name, one.fund.area
    return (
        one.organisation, name, OrganisationKind.FUND.value, area.region, area.province,
        area.district, area.subdistrict, "", search_key_of(name), sort_key(name)[:640], 1,
    )  # fmt: skip


def _project(
    number: int,
    one: Planned,
    programme: int,
    meetings: dict[tuple[str, int], int],
    maker: User,
    checker: User,
) -> tuple[Any, ...]:
    area = one.fund.area
    code, title = f"{CODE}-{number:04d}", f"สมทบ{one.fund.name} ปี 2562"
    return (
        one.project, code, programme, YEAR.number, ProjectLevel.SUBDISTRICT.value, area.region,
        area.province, area.district, area.subdistrict, title, one.organisation, "", one.baht,
        one.baht, ProjectStatus.UNDER_WAY.value, Origin.IMPORT.value, maker.pk,
        meetings[area.region, one.round_number], MEETINGS[one.round_number - 1], one.approved_on,
        checker.pk, one.approved_on, one.paid_on, "", "", search_key(f"{code} {title}")[:1200],
        search_key(title)[:700], sort_key(title)[:1040], 1,
    )  # fmt: skip


def _entries(
    planned: Sequence[Planned], maker: User, dice: random.Random
) -> Iterator[tuple[Any, ...]]:
    """One payment each; what came back was paid out a second time, so that net is as approved."""
    number = 0
    for one in planned:
        moves = [(EntryKind.PAYMENT, one.baht, one.paid_on, "")]
        if one.returned:
            back = one.paid_on + dt.timedelta(days=30)
            moves.append((EntryKind.RETURN, one.returned, back, RETURN_NOTE))
            again = min(back + dt.timedelta(days=30), LAST)
            moves.append((EntryKind.PAYMENT, one.returned, again, RETURN_NOTE))
        for kind, amount, day, note in moves:
            number += 1
            direction = Direction.BACK if kind == EntryKind.RETURN else Direction.OUT
            request = uuid.UUID(int=dice.getrandbits(128), version=4)
            yield (
                one.project, one.instalment, kind.value, direction.value, amount, day,
                f"สก.{number:04d}/2562", note, maker.pk, moment(day, dice), request,
            )  # fmt: skip
