"""Who may say that two records are one, who checks it, and why not."""

from __future__ import annotations

from codi.accounts.models import User
from codi.accounts.permissions import Decision, all_of, allow, deny, has_role
from programs.merging import merger_of
from programs.models.duplicates import OPEN, CaseState, DuplicateCase
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


# What a person does who wanted something else of a pair in this state.
_NEXT = {
    CaseState.FOUND: "ขอรวมหรือบันทึกว่าไม่ซ้ำได้",
    CaseState.REQUESTED: "ให้รอผลการตรวจ",
    CaseState.SENT_BACK: "แก้ตามเหตุผลที่ส่งกลับแล้วขอรวมใหม่",
    CaseState.MERGED: "ถ้ารวมผิดให้ส่วนกลางยกเลิกการรวม",
    CaseState.TAKEN_BACK: "ขอรวมใหม่หรือบันทึกว่าไม่ซ้ำได้",
    CaseState.NOT_DOUBLE: "ถ้าซ้ำจริงให้ส่วนกลางเปิดพิจารณาใหม่",
    CaseState.REOPENED: "ขอรวมหรือบันทึกว่าไม่ซ้ำได้",
}


def _is_now(case: DuplicateCase, *states: CaseState) -> Decision:
    """Whether the pair is in one of the states; if not, in which it is and what can be done."""
    if case.state in states:
        return allow()
    state = CaseState(case.state)
    return deny(f"ขณะนี้คู่นี้อยู่ในสถานะ “{state.label}” {_NEXT[state]}")


def _both_stand(case: DuplicateCase) -> Decision:
    merger = merger_of(case)
    if merger.stands(case.first) and merger.stands(case.second):
        return allow()
    return deny("มีระเบียนในคู่นี้ที่ไม่อยู่ในทะเบียนแล้ว จึงขอรวมไม่ได้ ให้นำกลับเข้าทะเบียนก่อน")


def may_speak_of(user: User, case: DuplicateCase) -> Decision:
    """Say of a pair what it is, whatever its state: who keeps the register of the region."""
    return all_of(can_propose(user, type(case)), _in_area(user, case))


def may_close(user: User, case: DuplicateCase) -> Decision:
    """Say that pairs are not one, whatever the state: the region or headquarters."""
    at_headquarters = can_check_doubles(user)
    return at_headquarters if at_headquarters else may_speak_of(user, case)


def can_request(user: User, case: DuplicateCase) -> Decision:
    """Ask that a pair be merged: whoever keeps the register of the region."""
    return all_of(may_speak_of(user, case), _is_now(case, *OPEN), _both_stand(case))


def can_decide(user: User, case: DuplicateCase) -> Decision:
    """Allow a merge or send it back: headquarters, never who asked for it."""
    own = case.requested_by_id == user.pk
    return all_of(
        can_check_doubles(user),
        _is_now(case, CaseState.REQUESTED),
        deny("ท่านเป็นผู้ขอรวมคู่นี้ ต้องให้ผู้อื่นในส่วนกลางตรวจ") if own else allow(),
    )


def can_close(user: User, case: DuplicateCase) -> Decision:
    """Say for good that two records are not one: the region while it is open, or headquarters."""
    if case.state == CaseState.REQUESTED and can_check_doubles(user):
        return can_decide(user, case)
    return all_of(may_close(user, case), _is_now(case, *OPEN))


def can_reopen(user: User, case: DuplicateCase) -> Decision:
    """Take back that two records are not one: headquarters."""
    return all_of(can_check_doubles(user), _is_now(case, CaseState.NOT_DOUBLE), _both_stand(case))


def can_take_back(user: User, case: DuplicateCase) -> Decision:
    """Take a merge back: headquarters."""
    return all_of(can_check_doubles(user), _is_now(case, CaseState.MERGED))


def acts_of(user: User, case: DuplicateCase) -> dict[str, Decision]:
    """Every act on a pair with whether the person may do it, for its page."""
    return {
        "may_request": can_request(user, case),
        "may_decide": can_decide(user, case),
        "may_close": can_close(user, case),
        "may_reopen": can_reopen(user, case),
        "may_take_back": can_take_back(user, case),
    }
