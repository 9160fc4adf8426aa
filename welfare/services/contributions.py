"""Writes to contributions of the state: asked for here; approved, paid and returned as a project."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.errors import Refused
from codi.writing import change, locked, service
from programs.models import (
    Organisation,
    OrganisationKind,
    Programme,
    Project,
    ProjectLevel,
    ProjectStatus,
)
from programs.models.organisations import search_key_of
from programs.services import create_organisation, create_project
from welfare import permissions
from welfare.models import Contribution, WelfareFund
from welfare.services.funds import not_future

PLACES = ("region", "province", "district", "subdistrict")
HAS_PROJECT = "เงินสมทบนี้มีโครงการแล้ว แก้ไขหรือยกเลิกได้ที่หน้าโครงการ"


@service
def request_contribution(
    *, actor: User, fund: WelfareFund, requested_on: dt.date, today: dt.date, **facts: Any
) -> Contribution:
    """Record that a fund asks for the contribution of a year: members asked for and in all, round.

    Raises :class:`Refused` when the year's contribution of the fund is on record.
    """
    require(permissions.can_manage_fund(actor, fund))
    not_future(requested_on, today, "requested_on")
    return Contribution.objects.create(fund=fund, requested_on=requested_on, **facts)


@service
def correct_contribution(
    *,
    actor: User,
    contribution: Contribution,
    expected_version: int | None,
    today: dt.date,
    **facts: Any,
) -> Contribution:
    """Correct members, round or day; raises ``Conflict`` when somebody else did meanwhile."""
    contribution = locked(contribution)
    require(permissions.can_manage_fund(actor, contribution.fund))
    not_future(facts.get("requested_on", contribution.requested_on), today, "requested_on")
    return change(contribution, facts, expected_version=expected_version)


@service
def link_project(
    *,
    actor: User,
    contribution: Contribution,
    project: Project,
    expected_version: int | None = None,
) -> Contribution:
    """Name the project that carries the money: of the same year and province, not cancelled."""
    contribution = locked(contribution)
    fund = contribution.fund
    require(permissions.can_manage_fund(actor, fund))
    if contribution.project_id is not None:
        raise Refused(HAS_PROJECT, field="project", code="has_project")
    if project.fiscal_year != contribution.fiscal_year:
        raise Refused("โครงการเป็นของปีงบประมาณอื่น กรุณาเลือกโครงการปีเดียวกัน", field="project")
    if project.province_id != fund.province_id:
        raise Refused("โครงการอยู่คนละจังหวัดกับกองทุน กรุณาเลือกโครงการอื่น", field="project")
    if project.status == ProjectStatus.CANCELLED:
        raise Refused("โครงการนี้ยกเลิกแล้ว กรุณาเลือกโครงการอื่น", field="project")
    return change(contribution, {"project": project}, expected_version=expected_version)


@service
def draw_up_project(
    *,
    actor: User,
    contribution: Contribution,
    programme: Programme,
    requested_baht: Decimal,
    expected_version: int | None = None,
) -> Contribution:
    """Draw up the project of a contribution: a draft of the fund, whose life goes on in programs.

    The organisation that proposes it is the fund's own, made when there is none of its name there.
    """
    contribution = locked(contribution)
    fund = contribution.fund
    require(permissions.can_manage_fund(actor, fund))
    if contribution.project_id is not None:
        raise Refused(HAS_PROJECT, field="programme", code="has_project")
    if programme.fiscal_year != contribution.fiscal_year:
        raise Refused("โครงการหลักเป็นของปีงบประมาณอื่น กรุณาเลือกใหม่", field="programme")
    place = {name: getattr(fund, name) for name in PLACES}
    project = create_project(
        actor=actor,
        programme=programme,
        level=ProjectLevel.SUBDISTRICT if fund.subdistrict_id else ProjectLevel.PROVINCE,
        title=f"สมทบ{fund.name} ปี {contribution.fiscal_year}",
        organisation=_organisation_of(actor, fund, place),
        requested_baht=requested_baht,
        target_people_count=contribution.requested_member_count or None,
        **place,
    )
    return change(contribution, {"project": project}, expected_version=expected_version)


@service
def carry_by_project(
    *,
    actor: User,
    contribution: Contribution,
    project: Project | None,
    programme: Programme | None,
    requested_baht: Decimal | None,
    expected_version: int | None = None,
) -> Contribution:
    """Name the project on record that was told, else draw up a new one of the programme."""
    told: dict[str, Any] = {
        "actor": actor,
        "contribution": contribution,
        "expected_version": expected_version,
    }
    if project is not None:
        return link_project(project=project, **told)
    if programme is None or requested_baht is None:
        raise Refused("กรุณาเลือกโครงการหลักและงบประมาณที่ขอ หรือกรอกรหัสโครงการ", field="programme")
    return draw_up_project(programme=programme, requested_baht=requested_baht, **told)


def _organisation_of(actor: User, fund: WelfareFund, place: dict[str, Any]) -> Organisation:
    same = Organisation.objects.filter(search_key=search_key_of(fund.name), **place).first()
    if same is not None:
        return same
    return create_organisation(
        actor=actor, name=fund.name, kind=OrganisationKind.FUND, contact=fund.contact, **place
    )
