"""Who may make, submit, approve and issue editions, and why not."""

from __future__ import annotations

import datetime as dt

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, all_of, allow, deny
from codi.places.models import Region
from codi.thai.dates import long_date
from reports.models import Edition, EditionCheck, EditionState, ReportingQuarter

MAKERS = (Role.REGIONAL_OFFICER, Role.REGIONAL_MANAGER, Role.ANALYST)
APPROVERS = (Role.REGIONAL_MANAGER, Role.EXECUTIVE)
RENDERERS = (*MAKERS, Role.EXECUTIVE)
# Headquarters accepts the regions' parts of a quarter; a director answers for the whole country's.
HEADQUARTERS = (Role.ANALYST, Role.EXECUTIVE)
READERS = (Role.REGIONAL_MANAGER, *HEADQUARTERS, Role.ADMINISTRATOR)
CLOSERS = (Role.EXECUTIVE, Role.ADMINISTRATOR)


def _is(user: User, *roles: Role) -> Decision:
    if user.role in roles:
        return allow()
    return deny(f"ทำได้เฉพาะ{' หรือ '.join(role.label for role in roles)}")


def _in_state(edition: Edition, *states: EditionState) -> Decision:
    if edition.state in states:
        return allow()
    names = " หรือ ".join(f"“{state.label}”" for state in states)
    return deny(f"ฉบับนี้อยู่ในสถานะ “{edition.get_state_display()}” ทำได้เมื่ออยู่ในสถานะ {names}")


def _covers(user: User, region_code: str | None) -> Decision:
    if user.province_id:
        return deny("รายงานระดับภาคมีข้อมูลของทุกจังหวัด ผู้มีขอบเขตระดับจังหวัดจึงใช้ไม่ได้")
    if region_code is None:
        nation = "รายงานของทั้งประเทศจัดทำและเสนอโดยผู้ที่มีขอบเขตทั้งประเทศ"
        return allow() if user.sees_nation else deny(nation)
    inside = user.sees_nation or user.region_id == region_code
    return allow() if inside else deny("รายงานนี้อยู่นอกขอบเขตพื้นที่ของท่าน")


def _in_scope(user: User, edition: Edition) -> Decision:
    return _covers(user, edition.region_id)


def _from_headquarters(user: User) -> Decision:
    return (
        allow()
        if user.sees_nation
        else deny("ส่วนของภาครับรองหรือส่งกลับโดยส่วนกลาง ภาครับรองส่วนของตนเองไม่ได้")
    )


def _judges(user: User, edition: Edition) -> Decision:
    """Whether the person's place is to approve such an edition: by level for those of a quarter."""
    if edition.quarter is None:
        return all_of(_is(user, *APPROVERS), _in_scope(user, edition))
    if edition.region_id is None:
        return all_of(_is(user, Role.EXECUTIVE), _in_scope(user, edition))
    return all_of(_from_headquarters(user), _is(user, *HEADQUARTERS))


def _issues(user: User, edition: Edition) -> Decision:
    roles = (Role.EXECUTIVE,) if edition.is_national else APPROVERS
    return all_of(_is(user, *roles), _in_scope(user, edition))


def can_see_reports(user: User) -> Decision:
    """Open the list of reports: everybody whose scope holds a whole region."""
    if user.province_id:
        return deny("รายงานระดับภาคมีข้อมูลของทุกจังหวัด ผู้มีขอบเขตระดับจังหวัดจึงใช้ไม่ได้")
    return allow()


def can_create(user: User) -> Decision:
    """Make a draft of some region."""
    return all_of(can_see_reports(user), _is(user, *MAKERS))


def can_create_for(user: User, region: Region | None) -> Decision:
    """Make a draft of this region, or of the country."""
    return all_of(_is(user, *MAKERS), _covers(user, region.pk if region else None))


def can_edit(user: User, edition: Edition) -> Decision:
    """Write the texts of a draft, or of what was sent back."""
    return all_of(
        _is(user, *MAKERS),
        _in_scope(user, edition),
        _in_state(edition, EditionState.DRAFT, EditionState.SENT_BACK),
    )


def can_submit(user: User, edition: Edition) -> Decision:
    """Propose a draft for approval."""
    return can_edit(user, edition)


def can_render(user: User, edition: Edition) -> Decision:
    """Make the draft's PDF again from what the tables tell now."""
    frozen = deny("ฉบับนี้ตรึงตัวเลขแล้ว ไฟล์จึงทำใหม่ไม่ได้") if edition.is_frozen else allow()
    return all_of(_is(user, *RENDERERS), _in_scope(user, edition), frozen)


def can_compare(user: User, edition: Edition) -> Decision:
    """Have a draft compared anew with the edition that it takes the place of."""
    frozen = deny("ฉบับนี้ตรึงตัวเลขแล้ว ผลเทียบตรึงไว้กับฉบับ") if edition.is_frozen else allow()
    first = deny("ฉบับนี้ไม่ได้แทนฉบับใด") if edition.replaces_id is None else allow()
    return all_of(_is(user, *RENDERERS), _in_scope(user, edition), frozen, first)


def _not_the_maker(user: User, edition: Edition) -> Decision:
    if user.pk in (edition.created_by_id, edition.submitted_by_id):
        return deny("ผู้จัดทำหรือผู้เสนออนุมัติฉบับของตนเองไม่ได้ ให้ผู้อื่นที่มีสิทธิเป็นผู้อนุมัติ")
    return allow()


def can_approve(user: User, edition: Edition) -> Decision:
    """Approve what was submitted; never one's own edition."""
    return all_of(
        _judges(user, edition),
        _in_state(edition, EditionState.SUBMITTED),
        _not_the_maker(user, edition),
    )


def can_send_back(user: User, edition: Edition) -> Decision:
    """Send an edition back to its maker with a reason."""
    return all_of(
        _judges(user, edition),
        _in_state(edition, EditionState.SUBMITTED, EditionState.APPROVED),
    )


def _not_replaced(edition: Edition | None) -> Decision:
    """Whether nothing was issued in place of an edition: the line of editions does not fork."""
    successor = edition.successor if edition is not None else None
    if edition is None or successor is None:
        return allow()
    return deny(
        f"ฉบับที่ {edition.number} มีฉบับที่ {successor.number} ออกแทนแล้ว"
        f" ให้จัดทำฉบับใหม่แทนฉบับที่ {successor.number}"
    )


def can_issue(user: User, edition: Edition) -> Decision:
    """Freeze an approved edition and have its files made."""
    return all_of(
        _issues(user, edition),
        _in_state(edition, EditionState.APPROVED),
        _not_replaced(edition.replaces),
    )


def can_withdraw(user: User, edition: Edition) -> Decision:
    """Take back an issue whose files could not be made."""
    return all_of(
        _issues(user, edition),
        _in_state(edition, EditionState.ISSUING),
    )


def can_replace(user: User, edition: Edition) -> Decision:
    """Make a new edition in place of an issued one that has no successor yet."""
    return all_of(
        _is(user, *MAKERS),
        _in_scope(user, edition),
        _in_state(edition, EditionState.ISSUED),
        _not_replaced(edition),
    )


def can_ask_waiver(user: User, edition: Edition) -> Decision:
    """Ask that a failed check does not block the issue."""
    return all_of(
        _is(user, *MAKERS),
        _in_scope(user, edition),
        _in_state(
            edition,
            EditionState.DRAFT,
            EditionState.SENT_BACK,
            EditionState.SUBMITTED,
            EditionState.APPROVED,
        ),
    )


def can_allow_waiver(user: User, check: EditionCheck) -> Decision:
    """Allow a waiver that somebody else asked for."""
    own = check.asked_by_id == user.pk
    return all_of(
        _judges(user, check.edition),
        _in_state(check.edition, EditionState.SUBMITTED, EditionState.APPROVED),
        deny("ยังไม่มีผู้ขอผ่อนผันรายการนี้") if check.asked_by_id is None else allow(),
        deny("ผู้ขอผ่อนผันอนุญาตให้ตนเองไม่ได้ ให้ผู้อื่นที่มีสิทธิเป็นผู้อนุญาต") if own else allow(),
    )


def can_decide_quarter(user: User) -> Decision:
    """Close and reopen quarters: directors and administrators of the whole country."""
    nation = allow() if user.sees_nation else deny("ปิดและเปิดไตรมาสทำโดยผู้ที่มีขอบเขตทั้งประเทศ")
    return all_of(_is(user, *CLOSERS), nation)


def can_close(user: User, quarter: ReportingQuarter, today: dt.date) -> Decision:
    """Close a quarter that is over and not closed yet."""
    period = quarter.period
    not_over = f"ไตรมาสนี้สิ้นสุด {long_date(period.end)} ปิดได้หลังจากนั้น"
    return all_of(
        can_decide_quarter(user),
        deny("ไตรมาสนี้ปิดแล้ว") if quarter.is_closed else allow(),
        allow() if today > period.end else deny(not_over),
    )


def can_reopen(user: User, quarter: ReportingQuarter) -> Decision:
    """Open a closed quarter again."""
    return all_of(
        can_decide_quarter(user),
        allow() if quarter.is_closed else deny("ไตรมาสนี้ยังไม่ปิด"),
    )


def can_read_history(user: User) -> Decision:
    """Have the history read for the register of later changes now, before the beat does it."""
    return all_of(can_see_reports(user), _is(user, *READERS))


def can_set_due_day(user: User, quarter: ReportingQuarter) -> Decision:
    """Say by when the regions hand in their parts: headquarters, while the quarter is open."""
    nation = allow() if user.sees_nation else deny("กำหนดวันส่งโดยส่วนกลาง")
    return all_of(
        _is(user, *HEADQUARTERS),
        nation,
        deny("ไตรมาสนี้ปิดแล้ว") if quarter.is_closed else allow(),
    )
