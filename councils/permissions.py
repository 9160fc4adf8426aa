"""Who may do what to councils, their members and terms, and why not."""

from __future__ import annotations

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, all_of, allow, closed, deny, has_role
from codi.files.models import DocumentKind
from councils.models import Council, CouncilFile, Member, Term, TermFile

MAKERS = (Role.REGIONAL_OFFICER, Role.REGIONAL_MANAGER)
FORMS = (DocumentKind.JS02, DocumentKind.JS03)


def in_area(user: User, council: Council) -> Decision:
    """Whether the council lies inside the person's scope."""
    inside = user.sees_nation or (
        council.region_id == user.region_id
        and (not user.province_id or council.province_id == user.province_id)
    )
    return allow() if inside else deny("สภานี้อยู่นอกขอบเขตพื้นที่ของท่าน")


def _standing(council: Council) -> Decision:
    if council.merged_into_id is not None:
        return closed("สภานี้รวมเข้ากับระเบียนอื่นแล้ว ให้บันทึกที่ระเบียนที่คงอยู่ หากรวมผิดให้ส่วนกลางยกเลิกการรวม")
    if council.withdrawn_on is None:
        return allow()
    return closed("สภานี้ถอนออกจากทะเบียนแล้ว จึงแก้ไขไม่ได้ หากถอนผิดให้ผู้จัดการภาคนำกลับเข้าทะเบียนก่อน")


def can_manage_councils(user: User) -> Decision:
    """Keep the register of councils at all; of which ones, :func:`can_keep` says."""
    return has_role(user, *MAKERS)


def can_keep(user: User, council: Council) -> Decision:
    """Change a council that stands in the register, its members, terms and work."""
    return all_of(can_manage_councils(user), in_area(user, council), _standing(council))


def can_certify(user: User, council: Council) -> Decision:
    """Certify a council; what its data still lack, ``rules.certification_gaps`` says."""
    done = council.certified_on is not None
    return all_of(
        has_role(user, Role.REGIONAL_MANAGER),
        in_area(user, council),
        _standing(council),
        closed("สภานี้รับรองแล้ว") if done else allow(),
    )


def can_withdraw(user: User, council: Council) -> Decision:
    """Take a council out of the register, with a reason."""
    return all_of(
        has_role(user, Role.REGIONAL_MANAGER, Role.ADMINISTRATOR),
        in_area(user, council),
        _standing(council),
    )


def can_reinstate(user: User, council: Council) -> Decision:
    """Bring a council back that was withdrawn by mistake; a merged one comes back by undoing that."""
    out = council.withdrawn_on is not None
    merged = council.merged_into_id is not None
    return all_of(
        has_role(user, Role.REGIONAL_MANAGER, Role.ADMINISTRATOR),
        in_area(user, council),
        allow() if out else closed("สภานี้อยู่ในทะเบียนแล้ว"),
        closed("สภานี้รวมเข้ากับสภาอื่นแล้ว ให้ยกเลิกการรวมแทน") if merged else allow(),
    )


def can_keep_member(user: User, member: Member) -> Decision:
    """Correct a member or end the membership: as keeping the council."""
    return can_keep(user, member.council)


def can_keep_term(user: User, term: Term) -> Decision:
    """Renew or withdraw a term that counts: as keeping the council."""
    gone = term.withdrawn_on is not None
    return all_of(can_keep(user, term.council), closed("วาระนี้ถอนออกแล้ว") if gone else allow())


def can_renew_term(user: User, term: Term) -> Decision:
    """Record the renewal of a term that was not renewed; whether it is due, ``rules`` say."""
    done = term.renewed_on is not None
    return all_of(can_keep_term(user, term), closed("วาระนี้ทบทวนแล้ว") if done else allow())


def can_remove_council_file(user: User, file: CouncilFile) -> Decision:
    """Take a file off a council; the forms that a certification rests on stay."""
    kept = file.subject.certified_on is not None and file.document in FORMS
    return all_of(
        can_keep(user, file.subject),
        deny("สภานี้รับรองแล้ว แบบ จส.02 และ จส.03 เป็นหลักฐานจึงเอาออกไม่ได้ ให้แนบฉบับใหม่แทนที่")
        if kept
        else allow(),
    )


def can_remove_term_file(user: User, file: TermFile) -> Decision:
    """Take a file off a term; the documents of a recorded renewal stay."""
    kept = file.subject.renewed_on is not None and file.document == DocumentKind.RENEWAL
    return all_of(
        can_keep_term(user, file.subject),
        deny("วาระนี้ทบทวนแล้ว เอกสารเป็นหลักฐานจึงเอาออกไม่ได้ ให้แนบฉบับใหม่แทนที่") if kept else allow(),
    )
