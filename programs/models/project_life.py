"""The life of a project as data: its states, the steps between them, and the rules on its row."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left

from programs.models.base import check, fiscal_year_check, not_blank, together, unique
from programs.models.programmes import ProjectLevel


class ProjectStatus(models.TextChoices):
    """สถานะโครงการ, in the order of its life."""

    DRAFT = "draft", "ร่าง"
    SUBMITTED = "submitted", "เสนอแล้ว"
    SENT_BACK = "sent_back", "ส่งกลับให้แก้ไข"
    ENDORSED = "endorsed", "ผ่านคณะพิจารณา"
    APPROVED = "approved", "อนุมัติแล้ว"
    UNDER_WAY = "under_way", "กำลังดำเนินงาน"
    CLOSED = "closed", "ปิดโครงการ"
    CANCELLED = "cancelled", "ยกเลิก"


class Origin(models.TextChoices):
    """How a record came in; an imported one may lack the steps its document does not tell."""

    FORM = "form", "บันทึกผ่านหน้าจอ"
    IMPORT = "import", "นำเข้าจากไฟล์"


EDITABLE = (ProjectStatus.DRAFT, ProjectStatus.SENT_BACK)
SUBMITTED_ON = ("submitted", "endorsed", "approved", "under_way", "closed")
ENDORSED_ON = ("endorsed", "approved", "under_way", "closed")
APPROVED_ON = ("approved", "under_way", "closed")
TRANSITIONS: dict[str, tuple[str, ...]] = {
    "draft": ("submitted", "cancelled"),
    "sent_back": ("submitted", "cancelled"),
    "submitted": ("sent_back", "endorsed", "cancelled"),
    "endorsed": ("sent_back", "approved", "cancelled"),
    "approved": ("under_way", "cancelled"),
    "under_way": ("closed", "cancelled"),
    "closed": (),
    "cancelled": (),
}

IMPORTED = Q(origin=Origin.IMPORT)
NO_PLACE = Q(province=None, district=None, subdistrict=None)

# One named rule per step of the life: a step's fields stand together and with its status.
LIFE_RULES: list[models.BaseConstraint] = [
    check(
        "programs_project_status_known",
        Q(status__in=ProjectStatus.values),
        "สถานะโครงการไม่ถูกต้อง เลือกจากรายการที่ให้ไว้",
    ),
    check(
        "programs_project_submission_whole",
        together("submitted_on", "submitted_by"),
        "วันที่เสนอและผู้เสนอต้องบันทึกพร้อมกัน",
    ),
    check(
        "programs_project_submitted_has_submission",
        ~Q(status__in=SUBMITTED_ON) | Q(submitted_on__isnull=False) | IMPORTED,
        "โครงการที่เสนอแล้วต้องมีวันที่เสนอและผู้เสนอ",
    ),
    check(
        "programs_project_submitted_has_request",
        ~Q(status__in=SUBMITTED_ON)
        | Q(requested_baht__isnull=False, organisation__isnull=False)
        | Q(origin=Origin.IMPORT, organisation__isnull=False),
        "ก่อนเสนอโครงการต้องระบุองค์กรที่เสนอและงบประมาณที่ขอ",
    ),
    check(
        "programs_project_endorsement_whole",
        together("endorsed_meeting", "endorsed_on"),
        "ครั้งที่ประชุมและวันที่ผ่านคณะพิจารณาต้องบันทึกพร้อมกัน",
    ),
    check(
        "programs_project_endorsement_with_status",
        Q(status__in=ENDORSED_ON, endorsed_on__isnull=False)
        | (Q(endorsed_on__isnull=True) & ~Q(status__in=ENDORSED_ON))
        | Q(status=ProjectStatus.CANCELLED),
        "โครงการที่ผ่านคณะพิจารณาต้องระบุครั้งที่ประชุม และโครงการที่ยังไม่ผ่านต้องไม่มี",
    ),
    check(
        "programs_project_approval_whole",
        together("approved_baht", "approved_on"),
        "งบที่อนุมัติและวันที่อนุมัติต้องบันทึกพร้อมกัน",
    ),
    check(
        "programs_project_approval_with_status",
        Q(status__in=APPROVED_ON, approved_on__isnull=False)
        | (Q(approved_on__isnull=True) & ~Q(status__in=APPROVED_ON))
        | Q(status=ProjectStatus.CANCELLED),
        "โครงการที่อนุมัติแล้วต้องมีงบและวันที่อนุมัติ และโครงการที่ยังไม่อนุมัติต้องไม่มี",
    ),
    check(
        "programs_project_approval_named",
        Q(approved_on=None, approved_by=None)
        | Q(approved_on__isnull=False, approved_by__isnull=False)
        | (IMPORTED & Q(approved_by=None)),
        "การอนุมัติต้องมีชื่อผู้บันทึกการอนุมัติ",
    ),
    check(
        "programs_project_maker_cannot_approve",
        Q(approved_by=None) | ~Q(approved_by=F("created_by")),
        "ผู้จัดทำโครงการอนุมัติโครงการของตนเองไม่ได้ ให้ผู้อื่นที่มีสิทธิเป็นผู้อนุมัติ",
    ),
    check(
        "programs_project_approval_after_endorsement",
        Q(approved_on=None) | Q(endorsed_on=None) | Q(approved_on__gte=F("endorsed_on")),
        "วันที่อนุมัติต้องไม่ก่อนวันที่ผ่านคณะพิจารณา",
    ),
    check(
        "programs_project_start_with_status",
        Q(status__in=("under_way", "closed"), started_on__isnull=False)
        | (Q(started_on__isnull=True) & ~Q(status__in=("under_way", "closed")))
        | Q(status=ProjectStatus.CANCELLED),
        "โครงการที่กำลังดำเนินงานหรือปิดแล้วต้องมีวันที่เริ่ม และโครงการที่ยังไม่เริ่มต้องไม่มี",
    ),
    check(
        "programs_project_closing_with_status",
        Q(status=ProjectStatus.CLOSED, closed_on__isnull=False)
        | (Q(closed_on__isnull=True) & ~Q(status=ProjectStatus.CLOSED)),
        "โครงการที่ปิดแล้วต้องมีวันที่ปิด และโครงการที่ยังไม่ปิดต้องไม่มี",
    ),
    check(
        "programs_project_life_in_order",
        (Q(started_on=None) | Q(approved_on__isnull=False, started_on__gte=F("approved_on")))
        & (Q(closed_on=None) | Q(started_on__isnull=False, closed_on__gte=F("started_on"))),
        "วันที่เริ่มต้องไม่ก่อนวันที่อนุมัติ และวันที่ปิดต้องไม่ก่อนวันที่เริ่ม",
    ),
    check(
        "programs_project_sending_back_whole",
        Q(sent_back_on=None, sent_back_by=None, sent_back_reason="")
        | Q(
            sent_back_on__isnull=False,
            sent_back_by__isnull=False,
            sent_back_reason__regex=r"\S",
        ),
        "การส่งกลับต้องมีวันที่ ผู้ส่งกลับ และเหตุผล",
    ),
    check(
        "programs_project_sent_back_has_reason",
        ~Q(status=ProjectStatus.SENT_BACK) | Q(sent_back_on__isnull=False),
        "โครงการที่ส่งกลับต้องมีเหตุผลให้ผู้จัดทำแก้ไข",
    ),
    check(
        "programs_project_cancellation_whole",
        Q(
            status=ProjectStatus.CANCELLED,
            cancelled_on__isnull=False,
            cancelled_by__isnull=False,
            cancel_reason__regex=r"\S",
        )
        | (
            Q(cancelled_on=None, cancelled_by=None, cancel_reason="")
            & ~Q(status=ProjectStatus.CANCELLED)
        ),
        "การยกเลิกต้องมีวันที่ ผู้ยกเลิก และเหตุผล และใช้กับโครงการที่ยกเลิกเท่านั้น",
    ),
    check(
        "programs_project_cancelled_after_approval",
        Q(cancelled_on=None) | Q(approved_on=None) | Q(cancelled_on__gte=F("approved_on")),
        "วันที่ยกเลิกต้องไม่ก่อนวันที่อนุมัติ",
    ),
]

# Rules on the facts: amounts, level and place.
FACT_RULES: list[models.BaseConstraint] = [
    unique("programs_project_code_once", "มีโครงการรหัสนี้แล้ว กรุณาใช้รหัสอื่น", "code"),
    fiscal_year_check("programs_project"),
    not_blank("programs_project_title_given", "title", "กรุณาระบุชื่อโครงการ"),
    check(
        "programs_project_code_plain",
        Q(code__regex=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$"),
        "รหัสโครงการใช้ได้เฉพาะ A-Z, 0-9, จุด ขีด และทับ เช่น NL2564-0001",
    ),
    check(
        "programs_project_origin_known",
        Q(origin__in=Origin.values),
        "ที่มาของข้อมูลไม่ถูกต้อง",
    ),
    check(
        "programs_project_requested_positive",
        Q(requested_baht=None) | Q(requested_baht__gt=0),
        "งบประมาณที่ขอต้องมากกว่าศูนย์",
    ),
    check(
        "programs_project_approved_positive",
        Q(approved_baht=None) | Q(approved_baht__gt=0),
        "งบที่อนุมัติต้องมากกว่าศูนย์",
    ),
    check(
        "programs_project_place_of_level",
        (Q(level=ProjectLevel.NATION, region=None) & NO_PLACE)
        | (Q(level=ProjectLevel.REGION, region__isnull=False) & NO_PLACE)
        | Q(
            level=ProjectLevel.PROVINCE,
            region__isnull=False,
            province__isnull=False,
            district=None,
            subdistrict=None,
        )
        | Q(
            level=ProjectLevel.DISTRICT,
            region__isnull=False,
            province__isnull=False,
            district__isnull=False,
            subdistrict=None,
        )
        | Q(
            level=ProjectLevel.SUBDISTRICT,
            region__isnull=False,
            province__isnull=False,
            district__isnull=False,
            subdistrict__isnull=False,
        ),
        "พื้นที่ไม่ตรงกับระดับโครงการ: ระดับจังหวัดต้องระบุจังหวัด ระดับตำบลต้องระบุจังหวัด อำเภอ และตำบล",
    ),
    check(
        "programs_project_district_in_province",
        Q(district=None) | Q(province_id=Left(F("district_id"), 2)),
        "อำเภอที่เลือกไม่อยู่ในจังหวัดนั้น กรุณาเลือกใหม่",
    ),
    check(
        "programs_project_subdistrict_in_district",
        Q(subdistrict=None) | Q(district_id=Left(F("subdistrict_id"), 4)),
        "ตำบลที่เลือกไม่อยู่ในอำเภอนั้น กรุณาเลือกใหม่",
    ),
]
