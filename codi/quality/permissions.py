"""Who may say that a finding is right as it is, and who may have the data looked through."""

from __future__ import annotations

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, all_of, allow, deny
from codi.quality.models import Finding, FindingState

EXPLAINERS = (Role.REGIONAL_OFFICER, Role.REGIONAL_MANAGER)


def _explains(user: User) -> Decision:
    if user.role in EXPLAINERS:
        return allow()
    names = " หรือ ".join(role.label for role in EXPLAINERS)
    return deny(f"ทำได้เฉพาะ{names}")


def in_scope(user: User, finding: Finding) -> Decision:
    """Whether the finding lies inside the person's scope."""
    inside = user.sees_nation or (
        finding.region_id == user.region_id
        and (not user.province_id or finding.province_id == user.province_id)
    )
    return allow() if inside else deny("รายการนี้อยู่นอกขอบเขตพื้นที่ของท่าน")


def can_explain(user: User, finding: Finding) -> Decision:
    """Whether explaining the finding is the person's part: officers and managers of its place."""
    return all_of(_explains(user), in_scope(user, finding))


def can_close(user: User, finding: Finding) -> Decision:
    """Say that a finding is right as it is, while it waits."""
    waits = allow() if finding.state == FindingState.OPEN else deny(_why_not_open(finding))
    return all_of(can_explain(user, finding), waits)


def can_reopen(user: User, finding: Finding) -> Decision:
    """Take an explanation back, so that the finding is open again."""
    explained = finding.state == FindingState.EXPLAINED
    told = allow() if explained else deny("เปิดใหม่ได้เฉพาะรายการที่ยืนยันไว้ว่าถูกต้องแล้ว")
    return all_of(can_explain(user, finding), told)


def can_sweep(user: User) -> Decision:
    """Have the data looked through now: those who mend it, analysts and administrators."""
    roles = (*EXPLAINERS, Role.FINANCE_OFFICER, Role.ANALYST, Role.ADMINISTRATOR)
    if user.role in roles:
        return allow()
    return deny("ผู้บริหารดูผลได้ การสั่งตรวจเป็นของเจ้าหน้าที่ ผู้จัดการ นักวิเคราะห์ และผู้ดูแลระบบ")


def _why_not_open(finding: Finding) -> str:
    if finding.state == FindingState.GONE:
        return "เรื่องนี้หมดไปแล้ว ไม่ต้องยืนยัน"
    return "มีผู้ยืนยันว่าถูกต้องแล้ว หากต้องการแก้เหตุผลให้เปิดใหม่ก่อน"
