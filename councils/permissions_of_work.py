"""Who may record what councils and groups did, issue their letters, and send proposals."""

from __future__ import annotations

import datetime as dt

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, all_of, allow, deny, has_role
from councils.models import (
    CapabilityFile,
    CapabilityResult,
    CommunityGroup,
    Council,
    Proposal,
    StatusLetter,
)
from councils.permissions import can_keep, can_manage_councils, in_area


def can_record(user: User) -> Decision:
    """Record work of councils and groups at all: as keeping their register."""
    return can_manage_councils(user)


def can_record_work(user: User, council: Council) -> Decision:
    """Record meetings, missions, indicators and reviews of a council, and register its groups."""
    return can_keep(user, council)


def can_keep_group(user: User, group: CommunityGroup) -> Decision:
    """Change, certify or end a group."""
    return can_record_work(user, group.council)


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
        return deny("สภานี้ยังไม่ถึงวันจดแจ้งจัดตั้ง จึงออกจดหมายรับรองไม่ได้")
    if group is not None and group.registered_on > today:
        return deny("กลุ่มนี้ยังไม่ถึงวันจดแจ้ง จึงออกจดหมายรับรองไม่ได้")
    if group is not None and group.ended_on is not None and group.ended_on <= today:
        return deny("กลุ่มนี้สิ้นสภาพแล้ว จึงออกจดหมายรับรองไม่ได้")
    return allow()


def can_print_letter(user: User, letter: StatusLetter) -> Decision:
    """Print a letter that is not revoked."""
    revoked = letter.revoked_on is not None
    return all_of(
        can_record_work(user, letter.council),
        deny("จดหมายฉบับนี้ยกเลิกแล้ว จึงพิมพ์ไม่ได้") if revoked else allow(),
    )


def can_revoke_letter(user: User, letter: StatusLetter) -> Decision:
    """Revoke a letter, or put another in its place: the manager of the region."""
    revoked = letter.revoked_on is not None
    return all_of(
        has_role(user, Role.REGIONAL_MANAGER),
        in_area(user, letter.council),
        deny("จดหมายฉบับนี้ยกเลิกแล้ว") if revoked else allow(),
    )


def can_follow_up(user: User, proposal: Proposal) -> Decision:
    """Change a proposal and record what became of it; its councils lie in sight by ``visible_to``."""
    return can_record(user)
