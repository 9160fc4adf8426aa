"""The life of a project: each step is one function, one transaction, one entry in its history."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F, IntegerField, Model, ProtectedError
from django.db.models.functions import Cast, Substr

from codi.accounts.models import User
from codi.accounts.permissions import require
from codi.desk import bin
from codi.errors import Refused
from codi.thai.dates import long_date
from codi.writing import change, locked, service
from programs import notices, permissions
from programs.models import Meeting, Origin, Programme, Project, ProjectLevel, ProjectStatus


def _not_future(day: dt.date, today: dt.date, field: str) -> None:
    if day > today:
        raise Refused(f"วันที่ {long_date(day)} ยังมาไม่ถึง กรุณาตรวจวันที่แล้วบันทึกใหม่", field=field)


def next_project_code(programme: Programme) -> str:
    """The next free code of a programme, as ``NL2564-0019``; holds the programme's row meanwhile.

    The code of a draft in the bin is not free: the draft comes back under it. Both places are asked
    by one statement, so that a draft on its way between them is in one of them.
    """
    locked(programme)
    prefix = f"{programme.code}-"
    numbered = rf"^{re.escape(prefix)}\d{{1,9}}$"
    places: list[Any] = [Project.objects.annotate(held=F("code")), bin.held(Project, "code")]
    there, binned = (
        rows.filter(held__regex=numbered)
        .annotate(number=Cast(Substr("held", len(prefix) + 1), IntegerField()))
        .order_by()
        .values_list("number", flat=True)
        for rows in places
    )
    highest = there.union(binned).order_by("-number").first()
    return f"{prefix}{(highest or 0) + 1:04d}"


def _place_of_level(level: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Keep only the places that the level has, so that a left-over choice does no harm."""
    kept = {
        ProjectLevel.NATION: (),
        ProjectLevel.REGION: ("region",),
        ProjectLevel.PROVINCE: ("region", "province"),
        ProjectLevel.DISTRICT: ("region", "province", "district"),
        ProjectLevel.SUBDISTRICT: ("region", "province", "district", "subdistrict"),
    }[ProjectLevel(level)]
    places = ("region", "province", "district", "subdistrict")
    return {**facts, **{place: facts.get(place) if place in kept else None for place in places}}


@service
def create_project(*, actor: User, programme: Programme, level: str, **facts: Any) -> Project:
    """Draw up a draft; the code is given when none is.

    ``facts`` are the fields of the form: title, organisation, places, objectives, targets and
    ``requested_baht``. Raises :class:`Refused` when a rule of the facts is broken.
    """
    require(permissions.can_create_project(actor))
    code = facts.pop("code", "") or next_project_code(programme)
    project = Project(
        code=code,
        programme=programme,
        fiscal_year=programme.fiscal_year,
        level=level,
        created_by=actor,
        **_place_of_level(level, facts),
    )
    require(permissions.in_scope(actor, project))
    project.save()
    return project


@service
def update_project(
    *, actor: User, project: Project, expected_version: int | None, **facts: Any
) -> Project:
    """Change the facts of a draft; raises ``Conflict`` when somebody else did meanwhile."""
    project = locked(project)
    require(permissions.can_edit_project(actor, project))
    if "level" in facts:
        facts = _place_of_level(facts["level"], facts)
    if "programme" in facts:
        facts["fiscal_year"] = facts["programme"].fiscal_year
    project = change(project, facts, expected_version=expected_version)
    require(permissions.in_scope(actor, project))
    return project


@service
def submit_project(*, actor: User, project: Project, today: dt.date) -> Project:
    """Propose the project to the committee: it can no longer be edited."""
    project = locked(project)
    require(permissions.can_submit_project(actor, project))
    missing = [
        str(project._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        for name in ("organisation", "requested_baht")
        if getattr(project, name) is None
    ]
    if missing:
        raise Refused("ยังเสนอไม่ได้ กรุณากรอกให้ครบก่อน: " + ", ".join(missing), code="incomplete")
    project = change(
        project,
        {"status": ProjectStatus.SUBMITTED, "submitted_on": today, "submitted_by": actor},
    )
    notices.submitted(project, actor=actor)
    return project


@service
def endorse_project(*, actor: User, project: Project, meeting: Meeting, today: dt.date) -> Project:
    """Record the meeting at which the committee endorsed the project."""
    project = locked(project)
    require(permissions.can_endorse_project(actor, project))
    # Its days are fixed from here on: nobody may move them in this moment.
    meeting = locked(meeting)
    _not_future(meeting.ends_on, today, "endorsed_meeting")
    project = change(
        project,
        {
            "status": ProjectStatus.ENDORSED,
            "endorsed_meeting": meeting,
            "endorsed_on": meeting.ends_on,
        },
    )
    notices.endorsed(project, actor=actor)
    return project


@service
def approve_project(
    *, actor: User, project: Project, approved_baht: Decimal, approved_on: dt.date, today: dt.date
) -> Project:
    """Approve the project's money out of its frame; the maker cannot.

    The database refuses when the frame of programme, region and level has too little uncommitted
    money left.
    """
    project = locked(project)
    require(permissions.can_approve_project(actor, project))
    _not_future(approved_on, today, "approved_on")
    if project.requested_baht is not None and approved_baht > project.requested_baht:
        raise Refused(
            "งบที่อนุมัติมากกว่างบที่ขอ กรุณาตรวจจำนวนเงิน หรือส่งกลับให้แก้ไขงบที่ขอก่อน",
            field="approved_baht",
        )
    project = change(
        project,
        {
            "status": ProjectStatus.APPROVED,
            "approved_baht": approved_baht,
            "approved_on": approved_on,
            "approved_by": actor,
        },
    )
    notices.approved(project, actor=actor)
    return project


@service
def send_back_project(*, actor: User, project: Project, reason: str, today: dt.date) -> Project:
    """Send the project back to its maker; the endorsement, if any, is taken back with it."""
    project = locked(project)
    require(permissions.can_send_back_project(actor, project))
    project = change(
        project,
        {
            "status": ProjectStatus.SENT_BACK,
            "sent_back_on": today,
            "sent_back_by": actor,
            "sent_back_reason": reason.strip(),
            "endorsed_meeting": None,
            "endorsed_on": None,
        },
    )
    notices.sent_back(project, actor=actor)
    return project


@service
def cancel_project(*, actor: User, project: Project, reason: str, today: dt.date) -> Project:
    """Cancel the project; the database refuses while money of it is out."""
    project = locked(project)
    require(permissions.can_cancel_project(actor, project))
    return change(
        project,
        {
            "status": ProjectStatus.CANCELLED,
            "cancelled_on": today,
            "cancelled_by": actor,
            "cancel_reason": reason.strip(),
        },
    )


@service
def start_project(*, project: Project, started_on: dt.date) -> Project:
    """The project is under way: its first payment went out."""
    project = locked(project)
    if project.status != ProjectStatus.APPROVED:
        return project
    return change(project, {"status": ProjectStatus.UNDER_WAY, "started_on": started_on})


@service
def close_project(*, actor: User, project: Project, closed_on: dt.date, today: dt.date) -> Project:
    """Close the project; what must be cleared first is asked of ``finance``."""
    project = locked(project)
    require(permissions.can_close_project(actor, project))
    _not_future(closed_on, today, "closed_on")
    return change(project, {"status": ProjectStatus.CLOSED, "closed_on": closed_on})


@service
def record_in_pm(*, actor: User, project: Project, recorded_on: dt.date, today: dt.date) -> Project:
    """Record the day the approved project was entered in the CODI-PM program."""
    project = locked(project)
    require(permissions.can_record_in_pm(actor, project))
    _not_future(recorded_on, today, "recorded_on")
    if project.approved_on and recorded_on < project.approved_on:
        raise Refused("วันที่บันทึกในโปรแกรมต้องไม่ก่อนวันที่อนุมัติ", field="recorded_on")
    return change(project, {"recorded_on": recorded_on})


@service
def record_project(*, maker: User, approver: User | None, **facts: Any) -> Project:
    """Store a project whose life so far is told by a document: the door of imports.

    The facts carry the status and its dates; the steps that the document does not tell stay empty.
    ``approver`` is the second person who confirmed the import, None for the system's own commands.
    """
    programme: Programme = facts["programme"]
    approved = facts.get("approved_on") is not None
    project = Project(
        code=facts.pop("code", "") or next_project_code(programme),
        fiscal_year=programme.fiscal_year,
        created_by=maker,
        approved_by=approver if approved else None,
        origin=Origin.IMPORT,
        **_place_of_level(facts["level"], facts),
    )
    project.save()
    return project


@service
def record_changes(
    *, project: Project, facts: dict[str, Any], recorded_on: dt.date | None
) -> Project:
    """Store what a confirmed import tells anew of a project: facts of a draft, the day recorded.

    ``project`` is as the file was compared with it: raises ``Conflict`` when somebody wrote since.
    """
    compared_version, project = project.version, locked(project)
    changes = dict(facts) if project.is_editable else {}
    if recorded_on is not None:
        changes["recorded_on"] = recorded_on
    return change(project, changes, expected_version=compared_version)


@service
def restore_project(*, project: Project, facts: dict[str, Any]) -> Project:
    """Put old facts back, as taking a written file back asks."""
    return change(locked(project), facts)


@service
def remove_recorded_project(*, project: Project) -> None:
    """Take away a project that an import made and nothing rests on; its history stays.

    Raises :class:`Refused` for a project of another origin, or one that other records name.
    """
    project = locked(project)
    if project.origin != Origin.IMPORT:
        raise Refused("โครงการนี้ไม่ได้มาจากไฟล์นำเข้า จึงนำออกไม่ได้ ให้ยกเลิกโครงการแทน")
    remove_recorded(model=Project, records=[project])


@service
def remove_recorded(*, model: type[Model], records: Sequence[Any]) -> None:
    """Take away records that an import made beside its own, such as a meeting; history stays.

    Raises :class:`Refused` when other records name one of them.
    """
    try:
        model._default_manager.filter(pk__in=[record.pk for record in records]).delete()
    except ProtectedError as error:
        title = model._meta.verbose_name
        raise Refused(f"มีข้อมูลอื่นอ้างถึง{title}นี้ จึงนำออกไม่ได้") from error
