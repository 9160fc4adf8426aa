"""Who may record what councils and groups did, issue their letters, and send proposals."""

from __future__ import annotations

import datetime as dt

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, all_of, allow, closed, has_role
from councils.models import (
    CapabilityFile,
    CapabilityResult,
    CommunityGroup,
    Council,
    CouncilMeeting,
    GroupCertification,
    Proposal,
    QualityReview,
    StatusLetter,
)
from councils.permissions import can_keep, can_manage_councils, in_area


def can_record(user: User) -> Decision:
    """Record work of councils and groups at all: as keeping their register."""
    return can_manage_councils(user)


def can_record_work(user: User, council: Council) -> Decision:
    """Record meetings, missions, indicators and reviews of a council, and register its groups."""
    return can_keep(user, council)


def _unmerged(group: CommunityGroup) -> Decision:
    if group.merged_into_id is None:
        return allow()
    return closed("กลุ่มนี้รวมเข้ากับระเบียนอื่นแล้ว ให้บันทึกที่ระเบียนที่คงอยู่ หากรวมผิดให้ส่วนกลางยกเลิกการรวม")


def can_keep_group(user: User, group: CommunityGroup) -> Decision:
    """Change or certify a group that was not merged."""
    return all_of(can_record_work(user, group.council), _unmerged(group))


def can_end_group(user: User, group: CommunityGroup) -> Decision:
    """Record the end of a group that has not ended."""
    return all_of(
        can_keep_group(user, group),
        closed("กลุ่มนี้สิ้นสภาพไปแล้ว หากบันทึกผิดให้ผู้จัดการภาคนำกลับเข้าทะเบียนก่อน")
        if group.ended_on
        else allow(),
    )


def can_reinstate_group(user: User, group: CommunityGroup) -> Decision:
    """Bring back a group whose end was recorded by mistake; a merged one comes back by undoing that."""
    return all_of(
        has_role(user, Role.REGIONAL_MANAGER),
        can_keep_group(user, group),
        allow() if group.ended_on else closed("กลุ่มนี้อยู่ในทะเบียนแล้ว"),
    )


def can_delete_work(user: User, record: CouncilMeeting | QualityReview) -> Decision:
    """Put a meeting or a review into the bin, or bring it back: as recording it."""
    return can_record_work(user, record.council)


def can_delete_group(user: User, group: CommunityGroup) -> Decision:
    """Put a group into the bin, or bring it back; the database tells what rests on it."""
    return can_keep_group(user, group)


def can_withdraw_certification(user: User, certification: GroupCertification) -> Decision:
    """Take back a certification of a group, with a reason: the manager of the region."""
    return all_of(has_role(user, Role.REGIONAL_MANAGER), can_keep_group(user, certification.group))


def can_attach_to_capability(user: User, result: CapabilityResult) -> Decision:
    """Attach the three files of the indicator, and others."""
    return can_record_work(user, result.council)


def can_remove_capability_file(user: User, file: CapabilityFile) -> Decision:
    """Take a file off a capability result."""
    return can_record_work(user, file.subject.council)


def can_issue_letter(
    user: User, council: Council, group: CommunityGroup | None, today: dt.date
) -> Decision:
    """Issue the letter of status of an established council, or of a group that has not ended."""
    return all_of(can_record_work(user, council), _certifiable(council, group, today))


def _certifiable(council: Council, group: CommunityGroup | None, today: dt.date) -> Decision:
    if council.registered_on > today:
        return closed("สภานี้ยังไม่ถึงวันจดแจ้งจัดตั้ง จึงออกจดหมายรับรองไม่ได้")
    if group is not None and group.registered_on > today:
        return closed("กลุ่มนี้ยังไม่ถึงวันจดแจ้ง จึงออกจดหมายรับรองไม่ได้")
    if group is not None and group.ended_on is not None and group.ended_on <= today:
        return closed("กลุ่มนี้สิ้นสภาพแล้ว จึงออกจดหมายรับรองไม่ได้")
    return allow()


def can_print_letter(user: User, letter: StatusLetter) -> Decision:
    """Print a letter that is not revoked, of a council or group that still stands as it says."""
    revoked = letter.revoked_on is not None
    ended = letter.group is not None and letter.group.ended_on is not None
    return all_of(
        closed("สภาที่จดหมายระบุรวมเข้ากับระเบียนอื่นแล้ว ให้ออกฉบับใหม่แทน")
        if letter.names_former_council
        else can_record_work(user, letter.council),
        closed("กลุ่มนี้พ้นจากทะเบียนแล้ว จึงพิมพ์จดหมายไม่ได้") if ended else allow(),
        closed("จดหมายฉบับนี้ยกเลิกแล้ว จึงพิมพ์ไม่ได้") if revoked else allow(),
    )


def can_revoke_letter(user: User, letter: StatusLetter) -> Decision:
    """Revoke a letter, or put another in its place: the manager of the region."""
    revoked = letter.revoked_on is not None
    return all_of(
        has_role(user, Role.REGIONAL_MANAGER),
        in_area(user, letter.council_now),
        closed("จดหมายฉบับนี้ยกเลิกแล้ว") if revoked else allow(),
    )


def can_reissue_letter(user: User, letter: StatusLetter, today: dt.date) -> Decision:
    """Put another in the place of a letter: its council or group may still get one."""
    return all_of(
        can_revoke_letter(user, letter),
        can_issue_letter(user, letter.council_now, letter.group, today),
    )


def can_follow_up(user: User, proposal: Proposal) -> Decision:
    """Change a proposal and record what became of it; its councils lie in sight by ``visible_to``."""
    return can_record(user)
