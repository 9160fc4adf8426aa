"""Who may cancel, repeat and download a job that they can see."""

from __future__ import annotations

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, allow, deny
from codi.jobs.models import Job, State


def _is_in_charge(user: User, job: Job) -> bool:
    """The requester, an administrator, or the manager of the job's region."""
    return (
        user.pk == job.requested_by_id
        or user.role == Role.ADMINISTRATOR
        or (
            user.role == Role.REGIONAL_MANAGER
            and job.region_id is not None
            and job.region_id == user.region_id
        )
    )


def can_cancel(user: User, job: Job) -> Decision:
    """Whether ``user`` may stop the job."""
    if not job.is_active:
        return deny("งานนี้จบแล้ว จึงยกเลิกไม่ได้")
    if not _is_in_charge(user, job):
        return deny("ยกเลิกได้เฉพาะผู้สั่งงาน ผู้จัดการสำนักงานภาคของงานนี้ หรือผู้ดูแลระบบ")
    return allow()


def can_retry(user: User, job: Job) -> Decision:
    """Whether ``user`` may have the job done again."""
    if job.state not in (State.FAILED, State.CANCELLED):
        return deny("สั่งทำใหม่ได้เมื่องานไม่สำเร็จหรือถูกยกเลิก")
    if not _is_in_charge(user, job):
        return deny("สั่งทำใหม่ได้เฉพาะผู้สั่งงาน ผู้จัดการสำนักงานภาคของงานนี้ หรือผู้ดูแลระบบ")
    return allow()


def can_download(user: User, job: Job) -> Decision:
    """Whether there is a file; who sees the job may have it."""
    if not job.has_file:
        return deny("งานนี้ยังไม่มีไฟล์ให้ดาวน์โหลด")
    return allow()
