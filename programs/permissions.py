"""Who may do what to programmes, organisations, meetings and projects, and why not."""

from __future__ import annotations

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, all_of, allow, deny, has_role
from programs.models import (
    Committee,
    Meeting,
    Organisation,
    Programme,
    ProgrammeTarget,
    Project,
    ProjectFile,
    ProjectStatus,
)

MAKERS = (Role.REGIONAL_OFFICER, Role.REGIONAL_MANAGER)
DECIDERS = (Role.REGIONAL_MANAGER, Role.FINANCE_OFFICER)


def _in_status(project: Project, *statuses: ProjectStatus) -> Decision:
    if project.status in statuses:
        return allow()
    names = " หรือ ".join(f"“{status.label}”" for status in statuses)
    return deny(f"โครงการอยู่ในสถานะ “{project.get_status_display()}” ทำได้เมื่ออยู่ในสถานะ {names}")


def in_scope(user: User, project: Project) -> Decision:
    """Whether the project lies inside the person's scope."""
    inside = user.sees_nation or (
        project.region_id == user.region_id
        and (not user.province_id or project.province_id == user.province_id)
    )
    return allow() if inside else deny("โครงการนี้อยู่นอกขอบเขตพื้นที่ของท่าน")


def can_manage_programmes(user: User) -> Decision:
    """Programmes, frames and targets are set nationally."""
    return all_of(
        has_role(user, Role.FINANCE_OFFICER, Role.ADMINISTRATOR),
        allow() if user.sees_nation else deny("แผนงานและกรอบงบตั้งได้เฉพาะผู้มีขอบเขตทั้งประเทศ"),
    )


def can_manage_programme(user: User, programme: Programme) -> Decision:
    """As :func:`can_manage_programmes`; a programme has no scope of its own."""
    return can_manage_programmes(user)


def can_set_bases(user: User) -> Decision:
    """Base figures, targets of regions and scales are set nationally."""
    return all_of(
        has_role(user, Role.ADMINISTRATOR, Role.REGIONAL_MANAGER),
        allow() if user.sees_nation else deny("ฐาน เป้าหมาย และเกณฑ์ตั้งได้เฉพาะผู้มีขอบเขตทั้งประเทศ"),
    )


def can_manage_organisations(user: User) -> Decision:
    """Add and change organisations and record the certification of their status."""
    return has_role(user, *MAKERS)


def can_manage_meetings(user: User) -> Decision:
    """Record committees, meetings and resolutions."""
    return has_role(user, *MAKERS)


def can_manage_committee(user: User, committee: Committee) -> Decision:
    """Record meetings and resolutions of a committee: of one's own region, or as the nation."""
    own = user.sees_nation or committee.region_id == user.region_id
    return all_of(
        can_manage_meetings(user),
        allow() if own else deny("บันทึกการประชุมได้เฉพาะคณะของภาคท่าน"),
    )


def can_create_project(user: User) -> Decision:
    """Draw up a project."""
    return has_role(user, *MAKERS)


def can_edit_project(user: User, project: Project) -> Decision:
    """Change the facts of a project that is a draft or was sent back."""
    return all_of(
        has_role(user, *MAKERS),
        in_scope(user, project),
        _in_status(project, ProjectStatus.DRAFT, ProjectStatus.SENT_BACK),
    )


def can_submit_project(user: User, project: Project) -> Decision:
    """Propose a project to the committee."""
    return can_edit_project(user, project)


def can_endorse_project(user: User, project: Project) -> Decision:
    """Record at which meeting the committee endorsed a project."""
    return all_of(
        has_role(user, Role.REGIONAL_MANAGER),
        in_scope(user, project),
        _in_status(project, ProjectStatus.SUBMITTED),
    )


def can_send_back_project(user: User, project: Project) -> Decision:
    """Send a project back to its maker with a reason."""
    return all_of(
        has_role(user, *DECIDERS),
        in_scope(user, project),
        _in_status(project, ProjectStatus.SUBMITTED, ProjectStatus.ENDORSED),
    )


def can_approve_project(user: User, project: Project) -> Decision:
    """Approve a project's money; never one's own project."""
    own = project.created_by_id == user.pk or project.submitted_by_id == user.pk
    return all_of(
        has_role(user, *DECIDERS),
        in_scope(user, project),
        _in_status(project, ProjectStatus.ENDORSED),
        deny("ผู้จัดทำหรือผู้เสนอโครงการอนุมัติโครงการของตนเองไม่ได้ ให้ผู้อื่นที่มีสิทธิอนุมัติ") if own else allow(),
    )


def can_cancel_project(user: User, project: Project) -> Decision:
    """Cancel a project; its maker may cancel what is not yet approved."""
    approved = project.approved_on is not None
    return all_of(
        has_role(user, *(DECIDERS if approved else (*MAKERS, Role.FINANCE_OFFICER))),
        in_scope(user, project),
        _in_status(
            project,
            ProjectStatus.DRAFT,
            ProjectStatus.SENT_BACK,
            ProjectStatus.SUBMITTED,
            ProjectStatus.ENDORSED,
            ProjectStatus.APPROVED,
            ProjectStatus.UNDER_WAY,
        ),
    )


def can_close_project(user: User, project: Project) -> Decision:
    """Close a project whose evidence is all cleared."""
    return all_of(
        has_role(user, Role.REGIONAL_MANAGER),
        in_scope(user, project),
        _in_status(project, ProjectStatus.UNDER_WAY),
    )


def can_record_in_pm(user: User, project: Project) -> Decision:
    """Record the day a project was entered in the CODI-PM program."""
    return all_of(
        has_role(user, *MAKERS),
        in_scope(user, project),
        _in_status(project, ProjectStatus.APPROVED, ProjectStatus.UNDER_WAY, ProjectStatus.CLOSED),
    )


def can_delete_project(user: User, project: Project) -> Decision:
    """Delete a draft that was never proposed; later a project is cancelled, with a reason."""
    return all_of(
        has_role(user, *MAKERS), in_scope(user, project), _in_status(project, ProjectStatus.DRAFT)
    )


def _in_own_area(user: User, organisation: Organisation) -> Decision:
    inside = user.sees_nation or (
        organisation.region_id == user.region_id
        and (not user.province_id or organisation.province_id == user.province_id)
    )
    return allow() if inside else deny("องค์กรนี้อยู่นอกขอบเขตพื้นที่ของท่าน")


def can_delete_organisation(user: User, organisation: Organisation) -> Decision:
    """Delete an organisation of the own scope; the database tells what rests on it."""
    return all_of(can_manage_organisations(user), _in_own_area(user, organisation))


def can_delete_meeting(user: User, meeting: Meeting) -> Decision:
    """Delete a meeting that decided nothing; the database tells what rests on it."""
    return can_manage_committee(user, meeting.committee)


def can_delete_target(user: User, target: ProgrammeTarget) -> Decision:
    """Delete a target."""
    return can_manage_programmes(user)


def can_attach_to_project(user: User, project: Project) -> Decision:
    """Attach files to a project, also after it was closed; not to a cancelled one."""
    ended = project.status == ProjectStatus.CANCELLED
    return all_of(
        has_role(user, *MAKERS, Role.FINANCE_OFFICER),
        in_scope(user, project),
        deny("โครงการยกเลิกแล้ว จึงแนบไฟล์เพิ่มไม่ได้") if ended else allow(),
    )


def can_remove_project_file(user: User, file: ProjectFile) -> Decision:
    """Take a file off a project; those of a closed project stay."""
    closed = file.subject.status == ProjectStatus.CLOSED
    return all_of(
        can_attach_to_project(user, file.subject),
        deny("โครงการปิดแล้ว ไฟล์เป็นหลักฐานจึงเอาออกไม่ได้ ให้แนบฉบับใหม่แทนที่") if closed else allow(),
    )


def can_attach_to_meeting(user: User, meeting: Meeting) -> Decision:
    """Attach files to a meeting, and take them off: as recording its resolutions."""
    return can_manage_committee(user, meeting.committee)


def can_attach_to_organisation(user: User, organisation: Organisation) -> Decision:
    """Attach files to an organisation of the own area, and take them off."""
    return all_of(can_manage_organisations(user), _in_own_area(user, organisation))
