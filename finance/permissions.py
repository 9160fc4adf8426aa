"""Who may plan, pay, return, correct and move money, and why not."""

from __future__ import annotations

from decimal import Decimal

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, all_of, allow, deny
from finance.models import EntryKind, LedgerEntry
from programs.models import Project, ProjectStatus
from programs.permissions import in_scope


def _finance(user: User) -> Decision:
    if user.role == Role.FINANCE_OFFICER:
        return allow()
    return deny("ทำได้เฉพาะเจ้าหน้าที่การเงิน")


def can_plan_instalments(user: User, project: Project) -> Decision:
    """Plan the instalments of a project that is neither closed nor cancelled."""
    planner = user.role in (Role.REGIONAL_OFFICER, Role.REGIONAL_MANAGER, Role.FINANCE_OFFICER)
    ended = project.status in (ProjectStatus.CLOSED, ProjectStatus.CANCELLED)
    return all_of(
        allow() if planner else deny("วางแผนงวดเงินได้เฉพาะเจ้าหน้าที่ภาค ผู้จัดการภาค หรือเจ้าหน้าที่การเงิน"),
        in_scope(user, project),
        deny("โครงการปิดหรือยกเลิกแล้ว จึงแก้แผนงวดเงินไม่ได้") if ended else allow(),
    )


def can_clear_evidence(user: User, project: Project) -> Decision:
    """Confirm that the evidence of an instalment came in and is right."""
    checker = user.role in (Role.REGIONAL_MANAGER, Role.FINANCE_OFFICER)
    return all_of(
        allow() if checker else deny("ตรวจรับหลักฐานได้เฉพาะผู้จัดการภาคหรือเจ้าหน้าที่การเงิน"),
        in_scope(user, project),
    )


def can_pay(user: User, project: Project) -> Decision:
    """Record a payment of an approved project."""
    payable = project.status in (ProjectStatus.APPROVED, ProjectStatus.UNDER_WAY)
    return all_of(
        _finance(user),
        in_scope(user, project),
        allow()
        if payable
        else deny(
            f"โครงการอยู่ในสถานะ “{project.get_status_display()}” เบิกจ่ายได้เมื่ออนุมัติแล้วหรือกำลังดำเนินงาน"
        ),
    )


def has_money_left(left_baht: Decimal) -> Decision:
    """Whether anything of the approved money is still unpaid."""
    if left_baht > 0:
        return allow()
    return deny("จ่ายครบวงเงินที่อนุมัติแล้ว ไม่มียอดเหลือให้จ่าย")


def can_correct(user: User, project: Project) -> Decision:
    """Record a return, an adjustment or a reversal; returns may come after closing."""
    has_money = project.approved_on is not None and project.status != ProjectStatus.CANCELLED
    return all_of(
        _finance(user),
        in_scope(user, project),
        allow() if has_money else deny("โครงการนี้ยังไม่มีรายการเบิกจ่ายให้คืนหรือแก้ไข"),
    )


def can_reverse(user: User, entry: LedgerEntry) -> Decision:
    """Reverse an entry once; a reversal itself is not reversed."""
    if entry.kind == EntryKind.REVERSAL:
        return deny("รายการกลับกลับซ้ำไม่ได้ ให้บันทึกรายการใหม่ที่ถูกต้องแทน")
    if LedgerEntry.objects.filter(reverses=entry).exists():
        return deny("รายการนี้ถูกกลับรายการไปแล้ว")
    return can_correct(user, entry.project)


def can_move_budget(user: User) -> Decision:
    """Move money between frames: nationally, or inside the own region."""
    return _finance(user)
