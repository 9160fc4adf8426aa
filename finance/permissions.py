"""Who may plan, pay, return, correct and move money, and why not."""

from __future__ import annotations

from decimal import Decimal

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, all_of, allow, deny
from finance.models import EntryKind, Instalment, InstalmentFile, LedgerEntry
from programs.models import Project, ProjectStatus
from programs.permissions import in_scope


def _finance(user: User) -> Decision:
    if user.role == Role.FINANCE_OFFICER:
        return allow()
    return deny("ทำได้เฉพาะเจ้าหน้าที่การเงิน")


def can_plan(user: User) -> Decision:
    """Plan instalments at all; of which projects, :func:`can_plan_instalments` says."""
    planner = user.role in (Role.REGIONAL_OFFICER, Role.REGIONAL_MANAGER, Role.FINANCE_OFFICER)
    return allow() if planner else deny("วางแผนงวดเงินได้เฉพาะเจ้าหน้าที่ภาค ผู้จัดการภาค หรือเจ้าหน้าที่การเงิน")


def can_record_payments(user: User) -> Decision:
    """Record payments at all; of which projects, :func:`can_pay` says."""
    return _finance(user)


def plan_is_open(project: Project) -> Decision:
    """Whether the plan may still change: the project is neither closed nor cancelled."""
    ended = project.status in (ProjectStatus.CLOSED, ProjectStatus.CANCELLED)
    return deny("โครงการปิดหรือยกเลิกแล้ว จึงแก้แผนงวดเงินไม่ได้") if ended else allow()


def can_plan_instalments(user: User, project: Project) -> Decision:
    """Plan the instalments of a project that is neither closed nor cancelled."""
    return all_of(can_plan(user), in_scope(user, project), plan_is_open(project))


def can_delete_instalment(user: User, instalment: Instalment) -> Decision:
    """Take a line out of a plan; the database refuses when money went through it."""
    return can_plan_instalments(user, instalment.project)


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


def can_attach_evidence(user: User, instalment: Instalment) -> Decision:
    """Attach the evidence of an instalment while its project is neither closed nor cancelled."""
    bringer = user.role in (Role.REGIONAL_OFFICER, Role.REGIONAL_MANAGER, Role.FINANCE_OFFICER)
    project = instalment.project
    ended = project.status in (ProjectStatus.CLOSED, ProjectStatus.CANCELLED)
    return all_of(
        allow() if bringer else deny("แนบหลักฐานได้เฉพาะเจ้าหน้าที่ภาค ผู้จัดการภาค หรือเจ้าหน้าที่การเงิน"),
        in_scope(user, project),
        deny("โครงการปิดหรือยกเลิกแล้ว จึงแนบหลักฐานไม่ได้") if ended else allow(),
    )


def can_replace_evidence(user: User, file: InstalmentFile) -> Decision:
    """Put a new version in the place of evidence, until it was cleared."""
    cleared = file.subject.evidence_cleared_on is not None
    return all_of(
        can_attach_evidence(user, file.subject),
        deny("ตรวจรับหลักฐานของงวดนี้แล้ว จึงแทนที่ไม่ได้ ให้แนบเป็นไฟล์เพิ่ม") if cleared else allow(),
    )


def can_remove_evidence(user: User, file: InstalmentFile) -> Decision:
    """Take evidence off an instalment, until money went through it or it was cleared."""
    paid = deny("งวดนี้เบิกจ่ายแล้ว หลักฐานจึงเอาออกไม่ได้ ให้แนบฉบับใหม่แทนที่")
    return all_of(can_replace_evidence(user, file), paid if file.subject.has_entries else allow())
