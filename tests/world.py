"""A small true world for tests: places, people, a programme with frames, projects at any step."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from codi.accounts.models import Role, ScopeLevel, User
from codi.places.models import District, Province, Region, Subdistrict
from councils.models import CommunityGroup, Council, Member, Term
from finance import services as finance
from finance.models import Instalment, LedgerEntry
from programs import services as programs
from programs.models import (
    BudgetFrame,
    Committee,
    Meeting,
    Organisation,
    OrganisationKind,
    Programme,
    Project,
    ProjectLevel,
)

TODAY = dt.date(2021, 8, 13)
_number = itertools.count(1)


def region(code: str = "N", name: str = "ภาคเหนือ", position: int = 1) -> Region:
    """A region, made once per code."""
    return Region.objects.get_or_create(
        code=code, defaults={"name": name, "short_name": name, "position": position}
    )[0]


def province(code: str = "50", name: str = "เชียงใหม่", region_code: str = "N") -> Province:
    """A province of a region, made once per code."""
    found = Region.objects.filter(code=region_code).first()
    home = found or region(region_code, f"ภาค {region_code}", Region.objects.count() + 1)
    return Province.objects.get_or_create(code=code, defaults={"name": name, "region": home})[0]


def subdistrict(code: str = "500101", name: str = "ศรีภูมิ") -> Subdistrict:
    """A subdistrict with its district and province."""
    home = District.objects.get_or_create(
        code=code[:4], defaults={"name": "เมือง", "province": province(code[:2])}
    )[0]
    return Subdistrict.objects.get_or_create(code=code, defaults={"name": name, "district": home})[
        0
    ]


def user(role: Role | str = Role.REGIONAL_OFFICER, **fields: Any) -> User:
    """A person of a role; in the northern region unless told otherwise."""
    number = next(_number)
    fields.setdefault("scope_level", ScopeLevel.REGION)
    if fields["scope_level"] != ScopeLevel.NATION:
        fields.setdefault("region", region())
    fields.setdefault("username", f"person{number}")
    fields.setdefault("full_name", f"คนที่ {number}")
    return User.objects.create_user(role=role, password="ทดสอบ-รหัสผ่าน-1", **fields)


@dataclass
class World:
    """The northern programme of 2564 with generous frames, and one person per role."""

    programme: Programme
    officer: User
    manager: User
    finance: User
    analyst: User
    executive: User
    administrator: User
    committee: Committee
    meeting: Meeting
    organisation: Organisation
    frames: dict[str, BudgetFrame] = field(default_factory=dict)


def world(frame_baht: int = 100_000_000) -> World:
    """Build the world; call it once per test."""
    north, chiang_mai = region(), province()
    programme = Programme.objects.create(
        code="NL2564", name="โครงการพัฒนาผู้นำ ภาคเหนือ", fiscal_year=2564
    )
    levels = (ProjectLevel.REGION, ProjectLevel.PROVINCE, ProjectLevel.SUBDISTRICT)
    frames = {
        str(level): BudgetFrame.objects.create(
            programme=programme,
            region=north,
            level=level,
            allocated_baht=frame_baht,
            allocated_on=dt.date(2020, 10, 1),
        )
        for level in levels
    }
    committee = Committee.objects.create(name="คณะทำงานพิจารณาโครงการภาคเหนือ", region=north)
    return World(
        programme=programme,
        officer=user(Role.REGIONAL_OFFICER),
        manager=user(Role.REGIONAL_MANAGER),
        finance=user(Role.FINANCE_OFFICER),
        analyst=user(Role.ANALYST, scope_level=ScopeLevel.NATION),
        executive=user(Role.EXECUTIVE, scope_level=ScopeLevel.NATION),
        administrator=user(Role.ADMINISTRATOR, scope_level=ScopeLevel.NATION),
        committee=committee,
        meeting=Meeting.objects.create(
            committee=committee,
            number=2,
            fiscal_year=2564,
            starts_on=dt.date(2021, 1, 20),
            ends_on=dt.date(2021, 1, 21),
        ),
        organisation=Organisation.objects.create(
            name="เครือข่ายองค์กรชุมชนจังหวัดเชียงใหม่",
            kind=OrganisationKind.NETWORK,
            region=north,
            province=chiang_mai,
        ),
        frames=frames,
    )


def council(name: str = "สภาองค์กรชุมชนตำบลศรีภูมิ", **facts: Any) -> Council:
    """A council of Chiang Mai, registered in the fiscal year 2564."""
    facts.setdefault("code", str(30_000 + next(_number)))
    facts.setdefault("kind", "subdistrict")
    facts.setdefault("registered_on", dt.date(2020, 11, 2))
    facts.setdefault("province", province())
    return Council.objects.create(name=name, region=facts["province"].region, **facts)


def group(of: Council, name: str = "กลุ่มออมทรัพย์", **facts: Any) -> CommunityGroup:
    """A group of a council, registered with it on its own first day."""
    facts.setdefault("code", f"{of.code}-{next(_number):04d}")
    facts.setdefault("registered_on", of.registered_on)
    return CommunityGroup.objects.create(council=of, name=name, **facts)


def term(of: Council, selected_on: dt.date = dt.date(2020, 11, 2), **facts: Any) -> Term:
    """A term of a council: four years from the selection."""
    expires_on = selected_on.replace(year=selected_on.year + 4)
    return Term.objects.create(council=of, selected_on=selected_on, expires_on=expires_on, **facts)


def members(
    of: Council, count: int = 5, kind: str = "representative", **facts: Any
) -> list[Member]:
    """Some members of a council, serving since its registration."""
    facts.setdefault("selected_on", of.registered_on)
    return [
        Member.objects.create(council=of, name=f"สมาชิกคนที่ {next(_number)}", kind=kind, **facts)
        for _ in range(count)
    ]


STEPS = ("draft", "submitted", "endorsed", "approved", "under_way", "closed")


def project(
    w: World,
    step: str = "approved",
    *,
    baht: Decimal | int = 1_000_000,
    title: str = "โครงการพัฒนาผู้นำชุมชน จังหวัดเชียงใหม่",
    plan: tuple[int, ...] = (),
    **facts: Any,
) -> Project:
    """A project brought to ``step`` through the services; ``plan`` gives its instalments in baht."""
    facts.setdefault("level", ProjectLevel.PROVINCE)
    facts.setdefault("region", region())
    facts.setdefault("province", province())
    made = programs.create_project(
        actor=w.officer,
        programme=w.programme,
        title=title,
        organisation=w.organisation,
        requested_baht=Decimal(baht),
        **facts,
    )
    reached = STEPS[: STEPS.index(step) + 1]
    if plan:
        lines = [finance_line(number, amount) for number, amount in enumerate(plan, start=1)]
        finance.plan_instalments(actor=w.officer, project=made, plan=lines)
    if "submitted" in reached:
        made = programs.submit_project(actor=w.officer, project=made, today=dt.date(2021, 1, 10))
    if "endorsed" in reached:
        made = programs.endorse_project(
            actor=w.manager, project=made, meeting=w.meeting, today=TODAY
        )
    if "approved" in reached:
        made = programs.approve_project(
            actor=w.manager,
            project=made,
            approved_baht=Decimal(baht),
            approved_on=dt.date(2021, 2, 4),
            today=TODAY,
        )
    if "under_way" in reached:
        made = programs.start_project(project=made, started_on=dt.date(2021, 2, 25))
    if "closed" in reached:
        made = programs.close_project(
            actor=w.manager, project=made, closed_on=dt.date(2021, 8, 1), today=TODAY
        )
    return made


def finance_line(number: int, baht: Decimal | int) -> finance.PlannedInstalment:
    """One line of an instalment plan."""
    return finance.PlannedInstalment(
        number=number, planned_baht=Decimal(baht), planned_on=dt.date(2021, 3, 1)
    )


def pay(
    w: World,
    instalment: Instalment,
    baht: Decimal | int,
    on: dt.date = dt.date(2021, 2, 25),
    **facts: Any,
) -> LedgerEntry:
    """A payment by the finance officer."""
    facts.setdefault("document_number", "ฎ. 1/2564")
    facts.setdefault("request_key", uuid.uuid4())
    return finance.record_payment(
        actor=w.finance,
        instalment=instalment,
        amount_baht=Decimal(baht),
        effective_on=on,
        today=TODAY,
        **facts,
    )
