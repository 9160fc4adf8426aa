"""Who may confirm, refuse and throw away an uploaded file that they can see."""

from __future__ import annotations

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, allow, deny
from codi.accounts.system import is_system
from codi.imports.declared import UPLOADS
from codi.imports.models import BatchState, ImportBatch


def can_upload(user: User, kind: str) -> Decision:
    """Whether ``user`` may upload this kind of file."""
    if kind not in UPLOADS:
        return deny("ไม่รู้จักชนิดข้อมูลนี้ กรุณาเลือกจากรายการ")
    return allow() if is_system(user) else UPLOADS[kind].can_upload(user)


def can_upload_any(user: User) -> Decision:
    """Whether there is any kind of file that ``user`` may upload."""
    if any(upload.can_upload(user) for upload in UPLOADS.values()):
        return allow()
    return deny("บทบาทของท่านไม่มีข้อมูลที่นำเข้าจากไฟล์ได้")


def can_send(user: User, batch: ImportBatch) -> Decision:
    """Whether ``user`` may send the file to a second person."""
    if batch.state != BatchState.PREVIEWED or not batch.checker_roles:
        return deny("ไฟล์นี้ไม่อยู่ในขั้นส่งให้ผู้ยืนยัน")
    if user.pk != batch.uploaded_by_id:
        return deny("เฉพาะผู้ส่งไฟล์ส่งให้ผู้ยืนยันได้")
    return _ready(batch)


def can_confirm(user: User, batch: ImportBatch) -> Decision:
    """Whether ``user`` may have the file written."""
    if not batch.checker_roles:
        if batch.state != BatchState.PREVIEWED:
            return deny("ไฟล์นี้ไม่อยู่ในขั้นรอนำเข้า")
        if user.pk != batch.uploaded_by_id:
            return deny("เฉพาะผู้ส่งไฟล์นำเข้าไฟล์นี้ได้")
        return _ready(batch)
    roles = " หรือ ".join(str(Role(role).label) for role in batch.checker_roles)
    if user.pk == batch.uploaded_by_id:
        return deny(f"ผู้ส่งไฟล์ยืนยันไฟล์ของตนเองไม่ได้ ต้องให้{roles}ยืนยัน")
    if user.role not in batch.checker_roles and not is_system(user):
        return deny(f"ต้องให้{roles}ยืนยัน")
    if batch.state != BatchState.WAITING:
        return deny("ไฟล์นี้ไม่อยู่ในขั้นรอยืนยัน")
    return _ready(batch)


def can_refuse(user: User, batch: ImportBatch) -> Decision:
    """Whether ``user`` may send the file back: whoever may confirm it as the second person."""
    if not batch.checker_roles:
        return deny("ไฟล์นี้ไม่ต้องมีผู้ยืนยันคนที่สอง")
    return can_confirm(user, batch)


def can_discard(user: User, batch: ImportBatch) -> Decision:
    """Whether ``user`` may throw the file away or have it checked again."""
    if not batch.is_open:
        return deny("ไฟล์นี้จบขั้นตอนแล้ว")
    if user.pk != batch.uploaded_by_id:
        return deny("เฉพาะผู้ส่งไฟล์ยกเลิกหรือตรวจใหม่ได้")
    return allow()


def _ready(batch: ImportBatch) -> Decision:
    if batch.error_count:
        return deny(f"ยังมี {batch.error_count:,} แถวต้องแก้ไข กรุณาแก้ในไฟล์แล้วส่งไฟล์ใหม่")
    if batch.changes_nothing:
        return deny("ทุกแถวเหมือนข้อมูลในระบบแล้ว ไม่มีอะไรต้องนำเข้า")
    return allow()
