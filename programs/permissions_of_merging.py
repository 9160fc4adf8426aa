"""Who may say that two records are one, who checks it, and why not."""

from __future__ import annotations

from codi.accounts.models import User
from codi.accounts.permissions import Decision, all_of, allow, deny, has_role
from programs.merging import merger_of
from programs.models.duplicates import CaseState, DuplicateCase
from programs.notices_of_merging import CHECKERS


def can_check_doubles(user: User) -> Decision:
    """Check requests at headquarters at all."""
    nation = allow() if user.sees_nation else deny("ทำได้เฉพาะส่วนกลาง")
    return all_of(has_role(user, *CHECKERS), nation)


def can_propose(user: User, case: type[DuplicateCase]) -> Decision:
    """Ask for merges at all; of which records, :func:`can_request` says."""
    return merger_of(case).keeper(user)


def _in_area(user: User, case: DuplicateCase) -> Decision:
    merger = merger_of(case)
    return all_of(merger.area(user, case.first), merger.area(user, case.second))


def _both_stand(case: DuplicateCase) -> Decision:
    merger = merger_of(case)
    if merger.stands(case.first) and merger.stands(case.second):
        return allow()
    return deny("มีระเบียนในคู่นี้ที่ไม่อยู่ในทะเบียนแล้ว จึงขอรวมไม่ได้")


def can_request(user: User, case: DuplicateCase) -> Decision:
    """Ask that a pair be merged: whoever keeps the register of the region."""
    return all_of(
        can_propose(user, type(case)),
        _in_area(user, case),
        allow() if case.is_open else deny(f"คู่นี้อยู่ในสถานะ “{case.get_state_display()}” จึงขอรวมไม่ได้"),
        _both_stand(case),
    )


def _waits(case: DuplicateCase) -> Decision:
    waits = case.state == CaseState.REQUESTED
    return allow() if waits else deny("คู่นี้ไม่มีคำขอที่รอตรวจ")


def can_decide(user: User, case: DuplicateCase) -> Decision:
    """Allow a merge or send it back: headquarters, never who asked for it."""
    own = case.requested_by_id == user.pk
    return all_of(
        can_check_doubles(user),
        _waits(case),
        deny("ท่านเป็นผู้ขอรวมคู่นี้ ต้องให้ผู้อื่นในส่วนกลางตรวจ") if own else allow(),
    )


def can_close(user: User, case: DuplicateCase) -> Decision:
    """Say for good that two records are not one: the region while it is open, or headquarters."""
    if case.state == CaseState.REQUESTED:
        return can_decide(user, case)
    if not case.is_open:
        return deny(f"คู่นี้อยู่ในสถานะ “{case.get_state_display()}” แล้ว")
    if can_check_doubles(user):
        return allow()
    return all_of(can_propose(user, type(case)), _in_area(user, case))


def can_take_back(user: User, case: DuplicateCase) -> Decision:
    """Take a merge back: headquarters."""
    merged = case.state == CaseState.MERGED
    return all_of(
        can_check_doubles(user),
        allow() if merged else deny("คู่นี้ยังไม่ได้รวม จึงไม่มีอะไรให้ยกเลิก"),
    )


def acts_of(user: User, case: DuplicateCase) -> dict[str, Decision]:
    """Every act on a pair with whether the person may do it, for its page."""
    return {
        "may_request": can_request(user, case),
        "may_decide": can_decide(user, case),
        "may_close": can_close(user, case),
        "may_take_back": can_take_back(user, case),
    }
