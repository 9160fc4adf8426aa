"""Who may confirm, refuse and throw away an uploaded file that they can see."""

from __future__ import annotations

from codi.accounts.models import Role, User
from codi.accounts.permissions import Decision, all_of, allow, deny
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
    return all_of(is_sender(user, batch), _ready(batch))


def is_sender(user: User, batch: ImportBatch) -> Decision:
    """Whether ``user`` is the one to send the file on, whatever has become of it."""
    if user.pk != batch.uploaded_by_id:
        return deny("ผู้ส่งไฟล์เท่านั้นที่ส่งไฟล์นี้ให้ผู้ยืนยันได้")
    return can_upload(user, batch.kind)


def can_confirm(user: User, batch: ImportBatch) -> Decision:
    """Whether ``user`` may have the file written."""
    awaited = BatchState.WAITING if batch.checker_roles else BatchState.PREVIEWED
    if not (decision := is_confirmer(user, batch)):
        return decision
    if batch.state != awaited:
        step = "รอยืนยัน" if batch.checker_roles else "รอนำเข้า"
        return deny(f"ไฟล์นี้ไม่อยู่ในขั้น{step}")
    return _ready(batch)


def is_confirmer(user: User, batch: ImportBatch) -> Decision:
    """Whether ``user`` is the one to have the file written, whatever has become of it."""
    if not batch.checker_roles:
        if user.pk != batch.uploaded_by_id:
            return deny("ผู้ส่งไฟล์เท่านั้นที่นำเข้าไฟล์นี้ได้")
        return can_upload(user, batch.kind)
    roles = " หรือ ".join(str(Role(role).label) for role in batch.checker_roles)
    if user.pk == batch.uploaded_by_id:
        return deny(f"ผู้ส่งไฟล์ยืนยันไฟล์ของตนเองไม่ได้ ต้องให้{roles}ยืนยัน")
    if user.role not in batch.checker_roles and not is_system(user):
        return deny(f"ต้องให้{roles}ยืนยัน")
    return allow()


def can_refuse(user: User, batch: ImportBatch) -> Decision:
    """Whether ``user`` may send the file back: whoever may confirm it as the second person."""
    return all_of(is_checker(user, batch), can_confirm(user, batch))


def is_checker(user: User, batch: ImportBatch) -> Decision:
    """Whether ``user`` is a second person for the file, whatever has become of it."""
    if not batch.checker_roles:
        return deny("ไฟล์นี้ไม่ต้องมีผู้ยืนยันคนที่สอง")
    return is_confirmer(user, batch)


def can_discard(user: User, batch: ImportBatch) -> Decision:
    """Whether ``user`` may throw the file away or have it checked again."""
    if not batch.is_open:
        return deny("ไฟล์นี้นำเข้า ส่งกลับ หรือยกเลิกไปแล้ว หากต้องการนำเข้าอีก กรุณาส่งไฟล์ใหม่")
    if user.pk != batch.uploaded_by_id:
        return deny("ผู้ส่งไฟล์เท่านั้นที่ยกเลิกหรือตรวจไฟล์นี้ใหม่ได้")
    return allow()


def can_undo(user: User, batch: ImportBatch) -> Decision:
    """Whether ``user`` may take a written file back: whoever may have such a file written.

    What stands in the way of it is asked of ``codi.imports.undoing.obstacles``.
    """
    if batch.state != BatchState.CONFIRMED:
        return deny("ย้อนกลับได้เฉพาะไฟล์ที่นำเข้าแล้ว")
    if batch.kind not in UPLOADS or not UPLOADS[batch.kind].undo or not batch.effects:
        return deny("ไฟล์นี้ย้อนกลับจากหน้านี้ไม่ได้ ให้แก้ไขที่หน้าของรายการ")
    if batch.checker_roles:
        if user.role in batch.checker_roles or is_system(user):
            return allow()
        roles = " หรือ ".join(str(Role(role).label) for role in batch.checker_roles)
        return deny(f"ต้องให้{roles}ย้อนกลับ")
    if user.pk == batch.uploaded_by_id:
        return UPLOADS[batch.kind].can_upload(user)
    return deny("ผู้ส่งไฟล์เท่านั้นที่ย้อนกลับไฟล์นี้ได้")


def can_take_out(user: User, kind: str) -> Decision:
    """Whether ``user`` may take the records of this kind out to edit them."""
    if kind in UPLOADS and UPLOADS[kind].own is None:
        return deny("ข้อมูลชนิดนี้ดาวน์โหลดมาแก้ไขไม่ได้ ให้ใช้แบบฟอร์มเปล่า")
    return can_upload(user, kind)


def _ready(batch: ImportBatch) -> Decision:
    if batch.error_count:
        return deny(f"ยังมี {batch.error_count:,} แถวต้องแก้ไข กรุณาแก้ในไฟล์แล้วส่งไฟล์ใหม่")
    if batch.changes_nothing:
        return deny("ทุกแถวเหมือนข้อมูลในระบบแล้ว ไม่มีอะไรต้องนำเข้า")
    return allow()
