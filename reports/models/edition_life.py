"""The life of an edition as data: its states, the steps between them, and the rules on its row."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from codi.triggers import raises, row_rule, transition_is_unknown
from programs.models.base import check, together


class EditionState(models.TextChoices):
    """สถานะของฉบับ. While ``issuing`` the content is frozen and its files are being made."""

    DRAFT = "draft", "ร่าง"
    SUBMITTED = "submitted", "เสนอแล้ว รออนุมัติ"
    SENT_BACK = "sent_back", "ส่งกลับให้แก้ไข"
    APPROVED = "approved", "อนุมัติแล้ว รอออกฉบับ"
    ISSUING = "issuing", "กำลังจัดทำไฟล์"
    ISSUED = "issued", "ออกฉบับแล้ว"


FROZEN_STATES = (EditionState.ISSUING, EditionState.ISSUED)
SUBMITTED_IN = ("submitted", "approved", "issuing", "issued")
APPROVED_IN = ("approved", "issuing", "issued")
FROZEN_IN = ("issuing", "issued")
TRANSITIONS: dict[str, tuple[str, ...]] = {
    "draft": ("submitted",),
    "sent_back": ("submitted",),
    "submitted": ("sent_back", "approved"),
    "approved": ("sent_back", "issuing"),
    "issuing": ("approved", "issued"),
    "issued": (),
}
MOST_DATES = 4

# One named rule per step of the life: the fields of a step stand together and with its state.
LIFE_RULES: list[models.BaseConstraint] = [
    check(
        "reports_edition_state_known",
        Q(state__in=EditionState.values),
        "สถานะของฉบับไม่ถูกต้อง กรุณาโหลดหน้าใหม่",
    ),
    check(
        "reports_edition_submission_whole",
        together("submitted_by", "submitted_at"),
        "ผู้เสนอและเวลาที่เสนอต้องบันทึกพร้อมกัน",
    ),
    check(
        "reports_edition_submission_with_state",
        ~Q(state__in=SUBMITTED_IN) | Q(submitted_at__isnull=False),
        "ฉบับที่เสนอแล้วต้องมีผู้เสนอและเวลาที่เสนอ",
    ),
    check(
        "reports_edition_sending_back_whole",
        Q(sent_back_by=None, sent_back_at=None, sent_back_reason="")
        | Q(
            sent_back_by__isnull=False,
            sent_back_at__isnull=False,
            sent_back_reason__regex=r"\S",
        ),
        "การส่งกลับต้องมีผู้ส่งกลับ เวลา และเหตุผล",
    ),
    check(
        "reports_edition_sent_back_has_reason",
        ~Q(state=EditionState.SENT_BACK) | Q(sent_back_at__isnull=False),
        "ฉบับที่ส่งกลับต้องมีเหตุผลให้ผู้จัดทำแก้ไข",
    ),
    check(
        "reports_edition_approval_whole",
        together("approved_by", "approved_at"),
        "ผู้อนุมัติและเวลาที่อนุมัติต้องบันทึกพร้อมกัน",
    ),
    check(
        "reports_edition_approval_with_state",
        Q(state__in=APPROVED_IN, approved_at__isnull=False)
        | (Q(approved_at__isnull=True) & ~Q(state__in=APPROVED_IN)),
        "ฉบับที่อนุมัติแล้วต้องมีผู้อนุมัติ และฉบับที่ยังไม่อนุมัติต้องไม่มี",
    ),
    check(
        "reports_edition_maker_cannot_approve",
        Q(approved_by=None) | (~Q(approved_by=F("created_by")) & ~Q(approved_by=F("submitted_by"))),
        "ผู้จัดทำหรือผู้เสนออนุมัติฉบับของตนเองไม่ได้ ให้ผู้อื่นที่มีสิทธิเป็นผู้อนุมัติ",
    ),
    check(
        "reports_edition_freezing_whole",
        Q(
            state__in=FROZEN_IN,
            issued_by__isnull=False,
            frozen_at__isnull=False,
            program_version__regex=r"\S",
            template_version__regex=r"\S",
        )
        | (
            Q(issued_by=None, frozen_at=None, program_version="", template_version="")
            & ~Q(state__in=FROZEN_IN)
        ),
        "ฉบับที่ตรึงตัวเลขแล้วต้องมีผู้ออกฉบับ เวลา และรุ่นของโปรแกรมกับแบบรายงานครบ",
    ),
    check(
        "reports_edition_issue_with_state",
        Q(state=EditionState.ISSUED, issued_at__isnull=False)
        | (Q(issued_at__isnull=True) & ~Q(state=EditionState.ISSUED)),
        "ฉบับที่ออกแล้วต้องมีเวลาที่ออก และฉบับที่ยังไม่ออกต้องไม่มี",
    ),
]

# What a single row cannot check, and what never changes.
TRIGGERS: list[pgtrigger.Trigger] = [
    row_rule(
        "reports_edition_transition",
        broken=transition_is_unknown(TRANSITIONS, "state"),
        message="เปลี่ยนสถานะข้ามขั้นตอนไม่ได้ กรุณาทำตามลำดับ ร่าง → เสนอ → อนุมัติ → ออกฉบับ",
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.state IS DISTINCT FROM NEW.state"),
    ),
    row_rule(
        "reports_edition_starts_as_draft",
        broken="NEW.state <> 'draft'",
        message="ฉบับใหม่ต้องเริ่มจากร่าง",
        operation=pgtrigger.Insert,
    ),
    row_rule(
        "reports_edition_dates_in_order",
        broken=(
            "NEW.as_of_dates IS DISTINCT FROM "
            "(SELECT array_agg(DISTINCT d ORDER BY d) FROM unnest(NEW.as_of_dates) AS d)"
        ),
        message="วันที่ของข้อมูลต้องไม่ซ้ำและเรียงจากก่อนไปหลัง",
    ),
    row_rule(
        "reports_edition_identity_fixed",
        broken=(
            "(NEW.outline, NEW.programme_id, NEW.region_id, NEW.fiscal_year, NEW.quarter,"
            " NEW.number, NEW.created_by_id, NEW.replaces_id) IS DISTINCT FROM (OLD.outline,"
            " OLD.programme_id, OLD.region_id, OLD.fiscal_year, OLD.quarter,"
            " OLD.number, OLD.created_by_id, OLD.replaces_id)"
        ),
        message="เปลี่ยนโครงการหลัก ไตรมาส ภาค หรือลำดับของฉบับไม่ได้ ให้จัดทำฉบับใหม่",
        operation=pgtrigger.Update,
    ),
    row_rule(
        "reports_edition_content_fixed_after_submission",
        broken=("OLD.state NOT IN ('draft', 'sent_back') AND NEW.as_of_dates <> OLD.as_of_dates"),
        message="เสนอฉบับแล้ว จึงเปลี่ยนวันที่ของข้อมูลไม่ได้ ให้ส่งกลับแก้ไขก่อน",
        operation=pgtrigger.Update,
    ),
    row_rule(
        "reports_edition_frozen_while_issuing",
        broken=(
            "OLD.state = 'issuing' AND NEW.state <> 'approved' AND (NEW.facts, NEW.frozen_at,"
            " NEW.issued_by_id, NEW.program_version, NEW.template_version, NEW.approved_by_id)"
            " IS DISTINCT FROM (OLD.facts, OLD.frozen_at, OLD.issued_by_id,"
            " OLD.program_version, OLD.template_version, OLD.approved_by_id)"
        ),
        message="ฉบับนี้ตรึงตัวเลขแล้ว จึงแก้ไขไม่ได้",
        operation=pgtrigger.Update,
    ),
    row_rule(
        "reports_edition_issued_has_files",
        broken=(
            "NEW.state = 'issued' AND (SELECT count(*) FROM reports_editionfile f"
            " WHERE f.edition_id = NEW.id) <> 2"
        ),
        message="ออกฉบับได้เมื่อมีไฟล์ PDF และไฟล์ตารางครบ",
        operation=pgtrigger.Update,
    ),
    row_rule(
        "reports_edition_replaces_same_report",
        broken=(
            "NEW.replaces_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reports_edition o"
            " WHERE o.id = NEW.replaces_id AND o.state = 'issued' AND o.outline = NEW.outline"
            " AND (o.programme_id, o.region_id, o.fiscal_year, o.quarter) IS NOT DISTINCT FROM"
            " (NEW.programme_id, NEW.region_id, NEW.fiscal_year, NEW.quarter))"
        ),
        message="ฉบับใหม่แทนได้เฉพาะฉบับที่ออกแล้วของรายงานเรื่อง ไตรมาส และภาคเดียวกัน",
        operation=pgtrigger.Insert,
    ),
    pgtrigger.Trigger(
        name="reports_edition_issued_never_changes",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Condition("OLD.state = 'issued'"),
        func=raises(
            "reports_edition_issued_never_changes",
            "ฉบับที่ออกแล้วแก้ไขหรือลบไม่ได้ ให้จัดทำฉบับใหม่ที่แทนฉบับนี้",
        ),
    ),
]
