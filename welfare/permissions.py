"""Who may do what to welfare funds and what they report, and why not."""

from __future__ import annotations

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, all_of, allow, closed, deny
from codi.files.models import FileState
from welfare.models import FundFile, FundIndicators, WelfareFund
from welfare.rules import GATED_FROM, GATES, rests_on

MAKERS = (Role.REGIONAL_OFFICER, Role.REGIONAL_MANAGER)
KEEPERS = (Role.REGIONAL_MANAGER, Role.ADMINISTRATOR)


def _is(user: User, *roles: Role) -> Decision:
    if user.role in roles:
        return allow()
    names = " หรือ ".join(role.label for role in roles)
    return deny(f"ทำได้เฉพาะ{names}")


def in_scope(user: User, fund: WelfareFund) -> Decision:
    """Whether the fund lies inside the person's scope."""
    inside = user.sees_nation or (
        fund.region_id == user.region_id
        and (not user.province_id or fund.province_id == user.province_id)
    )
    return allow() if inside else deny("กองทุนนี้อยู่นอกขอบเขตพื้นที่ของท่าน")


def _in_register(fund: WelfareFund) -> Decision:
    if fund.merged_into_id is not None:
        return closed("กองทุนนี้รวมเข้ากับระเบียนอื่นแล้ว ให้บันทึกที่ระเบียนที่คงอยู่ หากรวมผิดให้ส่วนกลางยกเลิกการรวม")
    if fund.withdrawn_on is None:
        return allow()
    return closed("กองทุนนี้ถอนออกจากทะเบียนแล้ว จึงแก้ไขหรือบันทึกเพิ่มไม่ได้")


def can_manage_funds(user: User) -> Decision:
    """Add funds and record what they report."""
    return _is(user, *MAKERS)


def can_manage_fund(user: User, fund: WelfareFund) -> Decision:
    """Change a fund of the own scope and record what it reports."""
    return all_of(can_manage_funds(user), in_scope(user, fund), _in_register(fund))


def can_withdraw_fund(user: User, fund: WelfareFund) -> Decision:
    """Take a double or wrong record out of the register."""
    return all_of(_is(user, *KEEPERS), in_scope(user, fund), _in_register(fund))


def can_attach_to_fund(user: User, fund: WelfareFund) -> Decision:
    """Attach files to a fund."""
    return can_manage_fund(user, fund)


def can_remove_fund_file(user: User, file: FundFile) -> Decision:
    """Take a file off a fund; the last one that an indicator rests on stays, or is replaced."""
    fund = file.subject
    may = can_manage_fund(user, fund)
    return all_of(may, _is_free(file)) if may else may


def _is_free(file: FundFile) -> Decision:
    """Whether no indicator would be left without its file."""
    if not any(file.document in documents for documents, _message in GATES.values()):
        return allow()
    others = set(
        FundFile.objects.filter(subject=file.subject_id, state=FileState.PRESENT)
        .exclude(pk=file.pk)
        .values_list("document", flat=True)
    )
    told = FundIndicators.objects.filter(fund=file.subject_id, fiscal_year__gte=GATED_FROM)
    for one in told:
        claims = {name: getattr(one, name) for name in GATES}
        if name := rests_on(claims, file.document, others):
            title = one._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            return deny(
                f"“{title}” ของไตรมาส {one.quarter}/{one.fiscal_year} อ้างไฟล์นี้ "
                "ให้แนบฉบับใหม่แทนที่ หรือแก้ข้อมูลพัฒนากองทุนก่อน"
            )
    return allow()
