"""Who may cancel, repeat and download a job that they can see."""

from __future__ import annotations

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, allow, deny
from codi.accounts.system import is_system
from codi.jobs import KINDS
from codi.jobs.models import Job, State

LIST_EXPORT = "list-export"
"""The kind of jobs whose file is a list as one person sees it."""


def scope_of(user: User) -> list[str | None]:
    """What decides which rows a person sees, as a job keeps it."""
    return [user.role, user.scope_level, user.region_id, user.province_id]


def _in_charge(user: User, job: Job, verb: str) -> Decision:
    """The requester; but for personal work also an administrator or the manager of its region."""
    if user.pk == job.requested_by_id:
        return allow()
    if job.kind in KINDS and KINDS[job.kind].is_personal:
        return deny(f"{verb}ได้เฉพาะผู้สั่งงาน เพราะงานนี้ทำในนามของผู้นั้น")
    is_manager = user.role == Role.REGIONAL_MANAGER and job.region_id is not None
    if user.role == Role.ADMINISTRATOR or (is_manager and job.region_id == user.region_id):
        return allow()
    return deny(f"{verb}ได้เฉพาะผู้สั่งงาน ผู้จัดการสำนักงานภาคของงานนี้ หรือผู้ดูแลระบบ")


def can_run(job: Job) -> Decision:
    """Whether the work may still be done in the name of who asked for it."""
    person = job.requested_by
    if person.is_active or is_system(person):
        return allow()
    return deny("บัญชีของผู้สั่งงานถูกระงับแล้ว จึงไม่ทำงานนี้ ให้ผู้ที่มีสิทธิสั่งใหม่")


def can_cancel(user: User, job: Job) -> Decision:
    """Whether ``user`` may stop the job."""
    if not job.is_active:
        return deny("งานนี้จบแล้ว จึงยกเลิกไม่ได้")
    return _in_charge(user, job, "ยกเลิก")


def can_retry(user: User, job: Job) -> Decision:
    """Whether ``user`` may have the job done again."""
    if job.state not in (State.FAILED, State.CANCELLED):
        return deny("สั่งทำใหม่ได้เมื่องานไม่สำเร็จหรือถูกยกเลิก")
    return _in_charge(user, job, "สั่งทำใหม่")


def can_download(user: User, job: Job) -> Decision:
    """Whether there is a file; who sees the job may have it, a list only who asked for it."""
    if not job.has_file:
        return deny("งานนี้ยังไม่มีไฟล์ให้ดาวน์โหลด")
    if job.kind == LIST_EXPORT:
        if user.pk != job.requested_by_id:
            return deny("ไฟล์ส่งออกดาวน์โหลดได้เฉพาะผู้สั่ง เพราะเป็นรายการตามสิทธิของผู้นั้น")
        if job.payload.get("scope") != scope_of(user):
            return deny("สิทธิของท่านเปลี่ยนไปหลังสั่งส่งออก กรุณาส่งออกใหม่")
    return allow()
